//! The painter's room as the shell knows it.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use egui::{Margin, Rect, Ui};
use latent_engine::Picture;
use latent_engine::model::{Decisions, ModelSource};

use super::Paint;
use super::actions::Action;
use super::canvas::Canvas;
use super::command::Command;
use super::document::{Document, Standing};
use super::models::Wanted;
use super::panels::{self, Side};
use super::tools::Toolbox;
use crate::desk::Desk;
use crate::desk::action::Press;
use crate::desk::room::{AtStake, DropHint, Room};
use crate::kit::texture::Sheet;
use crate::kit::{area, theme};
use crate::link::answer::Answer;
use crate::link::jobs::News;
use crate::link::models::{ModelKey, OpenModel};
use crate::link::request::{Request, Topic, Want};
use crate::platform::library::Wish;

/// The painter's room, with what it keeps from one frame to the next.
pub struct PaintRoom {
    /// What is painted, and how it is looked at.
    pub paint: Paint,
    canvas: Canvas,
    candidates: Sheet,
    samples: Sheet,
    morph: Sheet,
    /// What the pointer and keys did in this frame, each with the place of its event among all of the frame.
    ordered: Vec<(usize, Command)>,
    /// What was done in the panels in this frame.
    commands: Vec<Command>,
    /// When the room was made; `None` once the time to the first picture has been logged.
    born: Option<Instant>,
}

impl PaintRoom {
    /// Nothing is painted yet.
    pub(crate) fn new(desk: &Desk) -> Self {
        let document = Document { settings: desk.settings, ..Document::default() };
        Self {
            paint: Paint::new(document, Toolbox::new(theme::FIRST_PAINT)),
            canvas: Canvas::default(),
            candidates: Sheet::default(),
            samples: Sheet::default(),
            morph: Sheet::default(),
            ordered: Vec::new(),
            commands: Vec::new(),
            born: Some(Instant::now()),
        }
    }

    /// For measurements: the time to the first picture.
    fn log_time(&mut self) {
        if self.paint.document.candidate().is_some()
            && let Some(born) = self.born.take()
        {
            tracing::debug!(ms = born.elapsed().as_millis(), "first picture");
        }
    }
}

impl Room for PaintRoom {
    fn name(&self) -> &'static str {
        "Paint"
    }

    fn about(&self) -> &'static str {
        "Paint with the open model"
    }

    fn show(&mut self, ui: &mut Ui, place: Rect, desk: &Desk) {
        self.log_time();
        let Self { paint, canvas, candidates, samples, morph, ordered, commands, .. } = self;
        let palette = theme::palette(ui.visuals());
        let (tools, rest) = area::cut_left(place, panels::tools::WIDTH + 16.0);
        let side = panels::candidates::width(ui.ctx().content_rect().width()) + 32.0;
        let (middle, pictures) = area::cut_right(rest, side);
        let (picture, strip) = area::cut_bottom(middle, panels::morph::HEIGHT + 8.0);
        let (held, picture) = match paint.document.base {
            Some(_) => area::cut_top(picture, panels::base::HEIGHT),
            None => (Rect::NOTHING, picture),
        };
        area::show(ui, "tools", tools, palette.panel, Margin::same(8), |ui| {
            panels::tools::show(ui, paint, desk, commands);
        });
        if paint.document.base.is_some() {
            area::show(ui, "held", held, palette.panel, Margin::symmetric(12, 4), |ui| {
                panels::base::show(ui, paint, desk, commands);
            });
            area::line_between(ui, held, picture);
        }
        area::show(ui, "canvas", picture, palette.canvas, Margin::ZERO, |ui| {
            canvas.show(ui, paint, desk, ordered, commands);
        });
        area::show(ui, "morph", strip, palette.panel, Margin::symmetric(12, 4), |ui| {
            panels::morph::show(ui, paint, desk, morph, commands);
        });
        area::line_between(ui, picture, strip);
        area::show(ui, "pictures", pictures, palette.panel, Margin::symmetric(0, 4), |ui| {
            panels::side::show(ui, paint, desk, [candidates, samples], commands);
        });
        area::line_between(ui, tools, middle);
        area::line_between(ui, middle, pictures);
    }

    fn carry_out(&mut self, desk: &mut Desk) -> bool {
        desk.files.shown = self.canvas.shown_side();
        self.paint.views.set_side(self.canvas.shown_side());
        self.ordered.sort_by_key(|(at, _)| *at);
        let ordered = std::mem::take(&mut self.ordered).into_iter().map(|(_, command)| command);
        let commands: Vec<Command> = ordered.chain(self.commands.drain(..)).collect();
        let changed = !commands.is_empty();
        for command in commands {
            self.paint.apply(command, desk);
        }
        changed
    }

    fn top(&mut self, ui: &mut Ui, end: f32, desk: &Desk) {
        panels::top::show(ui, end, &self.paint, desk, &mut self.commands);
    }

    fn status(&mut self, ui: &mut Ui, desk: &Desk) {
        panels::status::show(ui, &self.paint, desk, &mut self.commands);
    }

    fn status_end(&mut self, ui: &mut Ui, desk: &Desk) {
        panels::status::zoom(ui, &self.paint, desk, &mut self.commands);
    }

    fn standing(&self) -> Option<(&'static str, bool)> {
        match self.paint.standing() {
            Standing::Stopped => Some(("Stopped", false)),
            Standing::Failed => Some(("No pictures", true)),
            Standing::Open | Standing::Settled => None,
        }
    }

    fn press(&mut self, press: &Press) -> bool {
        let action = Action::of(press);
        self.ordered.extend(action.map(|action| (press.at, Command::Act(action))));
        action.is_some()
    }

    fn is_drawing(&self) -> bool {
        self.paint.is_drawing()
    }

    fn leave(&mut self) {
        self.paint.history.close();
    }

    fn tick(&mut self, now: f64) -> Option<f64> {
        self.paint.tick(now)
    }

    fn drop_hint(&self, count: usize, name: &str, _desk: &Desk) -> DropHint {
        if is_photo(Path::new(name.trim_matches(['\u{201c}', '\u{201d}']))) {
            let title = format!("Drop to paint on {name}");
            return DropHint { title, about: "What you painted so far stays behind Undo." };
        }
        let title = match count {
            1 => format!("Drop to open {name} as a model"),
            _ => format!("Drop to open the first of {count} files as a model"),
        };
        let about = if self.paint.document.model.is_some() {
            "The model in use stays until the new one works. Your strokes are searched anew; Undo brings everything \
             back."
        } else {
            "A checkpoint file or a model folder. It is read, never executed."
        };
        DropHint { title, about }
    }

    fn dropped(&mut self, path: &Path, desk: &mut Desk) {
        if is_photo(path) {
            return desk.files.read_photo(path.to_owned());
        }
        desk.open(ModelSource::Path(path.to_owned()), None);
    }

    fn photo(&mut self, name: &str, picture: &Arc<Picture>) -> bool {
        self.paint.open_photo(picture.clone(), name.to_owned());
        true
    }

    fn topics(&self) -> &'static [Topic] {
        &[
            Topic::Model,
            Topic::Pictures,
            Topic::Edit,
            Topic::Large,
            Topic::Morph,
            Topic::Mean,
            Topic::Samples,
            Topic::Enlarger,
            Topic::Projection,
            Topic::View,
            Topic::Original,
        ]
    }

    fn wants(&self) -> Vec<Want> {
        self.paint.wants()
    }

    fn take(&mut self, news: News, desk: &mut Desk) {
        match news {
            News::Answered(Topic::Original, _, Answer::Picture(picture)) => {
                self.paint.finished(picture, desk);
            }
            News::Answered(topic, request, answer) => self.paint.take(topic, request, answer),
            News::Opened(Topic::Enlarger, key, info, request) => {
                if let Request::Open { source, .. } = request {
                    self.paint.development.opened(key, &info, source);
                }
            }
            News::Opened(_, key, info, Request::Open { source, .. }) if info.sides.contains(&0) => {
                self.paint.no_generator(key, &info, source, desk);
            }
            News::Opened(_, key, info, request) => {
                self.paint.opened(key, info, request);
                if let Some(ModelSource::Path(path)) = self.paint.source() {
                    desk.library.wish(Wish::Opened(path.clone()));
                }
            }
            News::Failed(topic, request, _) => {
                self.paint.take_failure(topic, request);
                if topic == Topic::Model {
                    self.paint.want_what_is_open(desk);
                }
            }
            News::Remark(_) | News::Died => {}
        }
    }

    fn model(&self) -> Option<&Arc<OpenModel>> {
        self.paint.document.model.as_ref()
    }

    fn open(&mut self, source: &ModelSource, decisions: Option<&Decisions>) -> bool {
        self.paint.wanted = Some(Wanted { source: source.clone(), decisions: decisions.cloned() });
        true
    }

    fn show_model(&mut self) {
        self.paint.show_side(Side::Model);
    }

    fn superfluous(&mut self) -> Vec<ModelKey> {
        let enlargers = self.paint.development.superfluous();
        self.paint.superfluous().into_iter().chain(enlargers).collect()
    }

    fn can_stop(&self, desk: &Desk) -> bool {
        self.paint.can_stop(desk)
    }

    fn stop(&mut self, desk: &mut Desk) {
        self.paint.stop(desk);
    }

    fn at_stake(&self, desk: &Desk) -> Option<AtStake> {
        let document = &self.paint.document;
        let saved = desk.saved.as_ref().is_some_and(|saved| self.paint.is_shown_as(saved));
        let unsaved = document.has_work() && !document.candidates.is_empty() && !saved;
        let question = "Save the picture before you quit?";
        unsaved.then_some(AtStake { question, remark: "", savable: true })
    }

    fn save(&mut self, desk: &mut Desk) {
        self.paint.save(desk);
    }
}

/// True for what is opened as a photo, by its name; anything else is tried as a model.
fn is_photo(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ["jpg", "jpeg", "png", "webp", "gif"].contains(&ending.as_str()))
}
