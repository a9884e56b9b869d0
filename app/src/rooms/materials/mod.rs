//! Painting with materials: a map of labels is drawn, and a translator makes a picture of it, live.

mod actions;
mod canvas;
mod document;
mod drawing;
mod panel;
mod room;

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::{Ability, Label, ModelInfo, ModelSource, Offer, Port, StyleFactor};

use self::document::{Document, History};
pub(crate) use self::room::MaterialsRoom;
use crate::desk::Desk;
use crate::link::answer::Answer;
use crate::link::models::{ModelKey, OpenModel};
use crate::link::request::{Request, Topic, Want};

/// The model that the room begins with.
const FIRST_MODEL: &str = "materials";
/// Narrowest and widest brush, as shares of the picture's side.
const WIDTHS: std::ops::RangeInclusive<f32> = 0.01..=0.5;

/// What is in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Paints with the chosen label.
    #[default]
    Brush,
    /// Fills an area of one label with the chosen one.
    Fill,
    /// Chooses the label under the pointer.
    Pick,
}

/// What is done in a frame, in the order in which it was done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    /// An action.
    Act(&'static actions::Action),
    /// The pointer went down at a place of the picture, as shares of its sides.
    Down([f32; 2]),
    /// It moved while it was down.
    Move([f32; 2]),
    /// It was let go.
    Up,
    /// Paint with this label.
    Choose(usize),
    /// The diameter of the brush, as a share of the picture's side.
    SetWidth(f32),
    /// A factor of the style, and whether the slide is over.
    SetStyle { factor: usize, value: f32, ended: bool },
}

impl From<&'static actions::Action> for Command {
    fn from(action: &'static actions::Action) -> Self {
        Self::Act(action)
    }
}

/// The state of the room.
pub(crate) struct Materials {
    pub document: Document,
    history: History,
    pub tool: Tool,
    /// Which label is painted with.
    pub label: usize,
    /// Diameter of the brush, as a share of the picture's side.
    pub width: f32,
    pub model: Option<OpenModel>,
    /// The model that shall be open.
    wanted: ModelSource,
    /// It could not be opened.
    failed: bool,
    /// The room has been shown: before that it asks for nothing.
    entered: bool,
    /// Models that are not needed any more.
    superfluous: Vec<ModelKey>,
    /// The newest picture, and what it was made of.
    made: Option<(Document, Arc<Picture>)>,
    /// What can't be translated is not asked for again.
    refused: Option<Document>,
    /// The document from before the stroke that is being drawn, and where the pointer was last.
    stroke: Option<(Document, [f32; 2])>,
}

impl Materials {
    pub(crate) fn new() -> Self {
        Self {
            document: Document::default(),
            history: History::default(),
            tool: Tool::default(),
            label: 0,
            width: 0.12,
            model: None,
            wanted: ModelSource::Bundled(FIRST_MODEL.into()),
            failed: false,
            entered: false,
            superfluous: Vec::new(),
            made: None,
            refused: None,
            stroke: None,
        }
    }

    /// The labels of the model, each with its colour; paper and ink for one that takes drawings.
    pub(crate) fn labels(&self) -> Vec<Label> {
        let Some(model) = &self.model else { return Vec::new() };
        match ports(&model.info).next() {
            Some(Port::Labels { labels, .. }) => labels.clone(),
            _ => [("paper", [255; 3]), ("ink", [0; 3])]
                .map(|(name, colour)| Label { name: name.into(), colour })
                .into(),
        }
    }

    /// What can be set of the whole picture.
    pub(crate) fn factors(&self) -> &[StyleFactor] {
        let model = self.model.as_ref();
        let style =
            model.and_then(|model| ports(&model.info).find(|port| matches!(port, Port::Style { .. })));
        if let Some(Port::Style { factors }) = style { factors } else { &[] }
    }

    /// The newest picture.
    pub(crate) fn picture(&self) -> Option<&Arc<Picture>> {
        self.made.as_ref().map(|(_, picture)| picture)
    }

    /// True in the middle of a stroke.
    pub(crate) fn is_drawing(&self) -> bool {
        self.stroke.is_some()
    }

    pub(crate) fn apply(&mut self, command: Command, desk: &mut Desk) {
        match command {
            Command::Act(action) => action.act(self, desk),
            Command::Down(at) => self.begin(at),
            Command::Move(to) => {
                if let Some((_, last)) = &mut self.stroke {
                    let from = std::mem::replace(last, to);
                    self.draw(from, to);
                }
            }
            Command::Up => {
                if let Some((before, _)) = self.stroke.take() {
                    self.history.record("stroke", before);
                }
            }
            Command::Choose(label) => {
                self.label = label;
                if self.tool == Tool::Pick {
                    self.tool = Tool::Brush;
                }
            }
            Command::SetWidth(width) => self.set_width(width),
            Command::SetStyle { factor, value, ended } => {
                if self.document.style.get(factor).is_some_and(|old| *old != value) {
                    self.history.record_sliding(factor, self.document.clone());
                    self.document.style[factor] = value;
                }
                if ended {
                    self.history.close();
                }
            }
        }
    }

    fn begin(&mut self, at: [f32; 2]) {
        let labels = self.labels();
        let Some(label) = labels.get(self.label) else { return };
        let before = self.document.clone();
        match self.tool {
            Tool::Brush => {
                self.stroke = Some((before, at));
                self.draw(at, at);
            }
            Tool::Fill => {
                if let Some(filled) = drawing::filled(&self.document.map, at, label.colour) {
                    self.history.record("fill", before);
                    self.document.map = Arc::new(filled);
                }
            }
            Tool::Pick => {
                let colour = drawing::colour_at(&self.document.map, at);
                if let Some(label) = labels.iter().position(|label| label.colour == colour) {
                    self.label = label;
                }
                self.tool = Tool::Brush;
            }
        }
    }

    fn draw(&mut self, from: [f32; 2], to: [f32; 2]) {
        let Some(colour) = self.labels().get(self.label).map(|label| label.colour) else { return };
        drawing::stroke(Arc::make_mut(&mut self.document.map), from, to, self.width, colour);
    }

    pub(crate) fn set_width(&mut self, width: f32) {
        self.width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    }

    pub(crate) fn undo(&mut self) {
        if let Some((before, _)) = self.stroke.take() {
            self.document = before;
        } else {
            self.history.undo(&mut self.document);
        }
    }

    pub(crate) fn redo(&mut self) {
        self.history.redo(&mut self.document);
    }

    pub(crate) fn undo_name(&self) -> Option<&'static str> {
        self.history.undo_name()
    }

    pub(crate) fn redo_name(&self) -> Option<&'static str> {
        self.history.redo_name()
    }

    /// The map that the room begins with.
    pub(crate) fn start_over(&mut self) {
        self.history.record("new map", self.document.clone());
        self.document.map = Arc::new(drawing::first_map(&self.labels()));
    }

    pub(crate) fn save(&self, desk: &mut Desk) {
        if let Some(picture) = self.picture() {
            desk.files.ask_to_save(picture.clone(), "materials.png", true);
        }
    }

    /// Everything that should be answered. It follows from the state alone.
    pub(crate) fn wants(&self) -> Vec<Want> {
        if !self.entered {
            return Vec::new();
        }
        let open = self.model.as_ref().is_some_and(|model| model.source == self.wanted);
        let model = (!open && !self.failed).then(|| {
            Want::new(Topic::Translator, Request::Open { source: self.wanted.clone(), decisions: None })
        });
        let document = &self.document;
        let known = |of: Option<&Document>| of.is_some_and(|of| of == document);
        let done = known(self.made.as_ref().map(|(of, _)| of)) || known(self.refused.as_ref());
        let picture = self.model.as_ref().filter(|_| !done).map(|model| Want {
            topic: Topic::Translated,
            request: Request::Translate {
                model: model.key,
                picture: document.map.clone(),
                style: (!document.style.is_empty()).then(|| document.style.clone()),
            },
            in_motion: self.is_drawing() || self.history.is_sliding(),
        });
        model.into_iter().chain(picture).collect()
    }

    /// Opens a model in the place of the one in use.
    pub(crate) fn open(&mut self, source: ModelSource) {
        (self.wanted, self.failed) = (source, false);
    }

    /// A model is open: it is used where it makes pictures of pictures.
    pub(crate) fn opened(
        &mut self,
        key: ModelKey,
        info: Arc<ModelInfo>,
        source: ModelSource,
        desk: &mut Desk,
    ) {
        if let Some(why) = info.why_not(Ability::Translate) {
            desk.warn(&why);
            self.superfluous.push(key);
            self.not_opened();
            return;
        }
        let model = OpenModel { key, info, source, decisions: None };
        self.superfluous.extend(self.model.replace(model).map(|old| old.key));
        let labels = self.labels();
        // A map of other labels says nothing to this model.
        let colours: Vec<[u8; 3]> = labels.iter().map(|label| label.colour).collect();
        if !drawing::holds_only(&self.document.map, &colours) || self.made.is_none() {
            self.document.map = Arc::new(drawing::first_map(&labels));
            self.label = 0;
        }
        self.document.style = self.factors().iter().map(|factor| factor.usual).collect();
        self.history = History::default();
        (self.made, self.refused, self.stroke) = (None, None, None);
    }

    /// The wanted model can't be used; the one in use goes on.
    pub(crate) fn not_opened(&mut self) {
        match &self.model {
            Some(model) => self.wanted = model.source.clone(),
            None => self.failed = true,
        }
    }

    pub(crate) fn take(&mut self, request: Request, answer: Answer) {
        if let (Request::Translate { picture, style, .. }, Answer::Picture(made)) = (request, answer) {
            let of = Document { map: picture, style: style.unwrap_or_default() };
            self.made = Some((of, made));
        }
    }

    pub(crate) fn refused(&mut self) {
        self.refused = Some(self.document.clone());
    }

    pub(crate) fn superfluous(&mut self) -> Vec<ModelKey> {
        std::mem::take(&mut self.superfluous)
    }
}

/// What a translator takes.
fn ports(info: &ModelInfo) -> impl Iterator<Item = &Port> {
    let takes = match info.offers.get(&Ability::Translate) {
        Some(Offer::Has { takes, .. }) => takes.as_slice(),
        _ => &[],
    };
    takes.iter()
}
