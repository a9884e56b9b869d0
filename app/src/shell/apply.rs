//! The one match that changes the document or talks to the engine.

use std::sync::Arc;

use latent_engine::model::ModelSource;
use latent_engine::search::SolveSettings;
use latent_engine::search::constraint::{Stroke, StrokeKind};

use crate::platform::library::Wish;
use crate::rooms::paint::tools::{Effect, Pointer, ToolKind};
use crate::shell::command::{Action, Command};
use crate::shell::session::{Ask, Session};
use crate::shell::view::{Look, PathField, PathPurpose};

/// A larger or smaller picture by one step.
const ZOOM_STEP: f32 = 1.25;

/// How much larger [`Action::SaveLarge`] saves.
const LARGE: usize = 8;

impl Session {
    /// Carries a command out.
    pub fn apply(&mut self, command: Command) {
        match command {
            Command::Act(action) => {
                let in_the_way = self.paint.is_drawing() && !action.leaves_strokes_alone();
                if !in_the_way && action.blocked(self).is_none() {
                    self.act(action);
                }
            }
            Command::Pointer(event) => {
                if let Some(effect) = self.paint.tools.pointer(event) {
                    self.paint(effect);
                }
            }
            Command::SetColour(colour) => {
                self.paint.tools.colour.colour = colour;
                if !self.paint.is_drawing() {
                    self.paint.tools.active = ToolKind::Colour;
                }
            }
            Command::SetWidth(width) => {
                if let Some(brush) = self.paint.tools.brush_mut() {
                    brush.set_width(width);
                }
            }
            Command::StepWidth(notches) => {
                if let Some(brush) = self.paint.tools.brush_mut() {
                    brush.step(notches);
                }
            }
            Command::Select(i) => self.select(i),
            Command::Scrub(position) => {
                self.paint.morph.show(position);
                if position.is_some() {
                    self.ask_for_morph();
                }
            }
            Command::SetWay(way) => self.paint.morph.way = way,
            Command::SetSettings(settings) => self.set_settings(settings),
            Command::EndSlide => self.paint.history.close(),
            Command::ChangeLatent(change) => self.change_latent(change),
            Command::ShowRoom(room) => self.show_room(room),
            Command::Train(wish) => self.train(wish),
            Command::LearnFrom(folder) => self.learn_from(&folder),
            Command::ShowSide(side) => {
                self.paint.history.close();
                self.paint.side = side;
            }
            Command::SetLatentsView(latents) => self.paint.latents_view = latents,
            Command::OpenModel(source) => self.open(source, None),
            Command::Decide(decisions) => {
                if let Some(source) = self.source.clone() {
                    self.open(source, Some(decisions));
                }
            }
            Command::NewSamples => self.paint.samples.renew(),
            Command::UseSample(i) => self.use_sample(i),
            Command::LookAtShelf => self.library.wish(Wish::Look),
            Command::ForgetModel(path) => self.library.wish(Wish::Forget(path)),
            Command::ForgetFolder(path) => self.library.wish(Wish::ForgetFolder(path)),
            Command::SetLook(look) => self.paint.look = look,
            Command::TypePath(path) => {
                if let Some(field) = &mut self.view.path_field {
                    field.path = path;
                }
            }
            Command::ConfirmPath(path) => {
                if let Some(field) = self.view.path_field.take() {
                    self.use_path(field.purpose, path);
                }
            }
            Command::ClosePath => self.view.path_field = None,
            Command::DismissNotice => self.view.notice = None,
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Tool(kind) => self.paint.tools.active = kind,
            Action::Undo => self.undo(),
            Action::Redo => {
                if self.paint.history.redo(&mut self.paint.document).is_some() {
                    self.rest_on_step();
                }
            }
            Action::Fix => self.fix(),
            Action::Restart => self.restart(),
            Action::Random => self.random(),
            Action::ShowEdits => self.paint.edits = !self.paint.edits,
            Action::Average => self.paint.average = !self.paint.average,
            Action::Play => {
                self.ask_for_morph();
                self.paint.morph.toggle_play(self.now);
            }
            Action::Latest => self.paint.morph.show(None),
            Action::Save => self.save(1),
            Action::SaveLarge => self.save(LARGE),
            Action::OpenCheckpoint => self.ask_path(PathPurpose::Open),
            Action::AddFolder => self.ask_path(PathPurpose::AddFolder),
            Action::LearnFrom => self.ask_path(PathPurpose::LearnFrom),
            Action::TrainInto => self.ask_path(PathPurpose::TrainInto),
            Action::Train => self.show_room(self.view.room.other()),
            Action::Stop => self.stop(),
            Action::Wider => self.apply(Command::StepWidth(1.0)),
            Action::Narrower => self.apply(Command::StepWidth(-1.0)),
            Action::ZoomIn => self.paint.look = self.paint.look.zoomed(ZOOM_STEP),
            Action::ZoomOut => self.paint.look = self.paint.look.zoomed(1.0 / ZOOM_STEP),
            Action::Fit => self.paint.look = Look::default(),
            Action::Pixels => self.view.pixels = !self.view.pixels,
            Action::Theme => self.view.dark = !self.view.dark,
            Action::Quit => self.view.quit = true,
        }
    }

    fn paint(&mut self, effect: Effect) {
        match effect {
            Effect::Begin { kind, width, at } => {
                self.paint.before_stroke = Some(self.paint.document.clone());
                if self.paint.document.edit.is_some()
                    && let Some(shown) = self.paint.shown_candidate()
                {
                    // What was set by hand would be lost among what a free search finds.
                    self.paint.document.fix(shown);
                }
                if self.paint.document.before.is_none() {
                    self.paint.document.before = self.paint.shown_candidate();
                }
                (self.paint.document.selected, self.paint.document.picked) = (0, false);
                self.paint.morph.show(None);
                self.paint.average = false;
                self.paint.document.strokes.push(Arc::new(Stroke { kind, width, points: vec![at] }));
                self.ask = Ask::Pictures { goes_on: false };
            }
            Effect::Extend(at) => {
                if let Some(stroke) = self.paint.document.strokes.last_mut() {
                    Arc::make_mut(stroke).points.push(at);
                }
                // A stroke that began in this very frame has nothing to go on from.
                if self.ask == Ask::Nothing {
                    self.ask = Ask::Pictures { goes_on: true };
                }
            }
            Effect::End => {
                if let Some(before) = self.paint.before_stroke.take() {
                    let name = match self.paint.document.strokes.last().map(|stroke| stroke.kind) {
                        Some(StrokeKind::Sketch) => "sketch",
                        Some(StrokeKind::Erase) => "erase",
                        _ => "stroke",
                    };
                    self.paint.history.record(name, before);
                }
            }
            Effect::RollBack => {
                if let Some(before) = self.paint.before_stroke.take() {
                    self.paint.document = before;
                    self.rest();
                }
            }
            Effect::Pick([x, y]) => {
                if let Some(picture) = self.paint.shown_picture() {
                    let pixel = |share: f32, side: usize| (share.clamp(0.0, 1.0) * side as f32) as usize;
                    self.paint.tools.colour.colour =
                        picture.pixel(pixel(x, picture.width()), pixel(y, picture.height()));
                }
            }
            Effect::Picked => self.paint.tools.active = ToolKind::Colour,
        }
    }

    /// After the document was exchanged: nothing that is under way belongs to it.
    fn rest(&mut self) {
        self.ask = Ask::Nothing;
        self.link.cancel();
        self.paint.morph.clear();
    }

    fn undo(&mut self) {
        if self.paint.is_drawing() {
            self.apply(Command::Pointer(Pointer::Cancel));
        } else if self.paint.history.undo(&mut self.paint.document).is_some() {
            self.rest_on_step();
        }
    }

    /// After a step back or forth. One that was done with another model has no pictures of this one.
    fn rest_on_step(&mut self) {
        self.rest();
        if self.paint.document.candidates.is_empty() {
            self.ask = Ask::Pictures { goes_on: false };
        }
    }

    fn select(&mut self, i: usize) {
        if i < self.paint.document.candidates.len() {
            if self.paint.document.edit.is_some() {
                self.paint.history.record("choice", self.paint.document.clone());
                self.paint.document.edit = None;
                if self.paint.document.strokes.is_empty() && self.paint.document.anchor.is_none() {
                    self.paint.document.before = None;
                }
            }
            (self.paint.document.selected, self.paint.document.picked) = (i, true);
            self.paint.average = false;
            self.paint.morph.show(None);
        }
    }

    fn fix(&mut self) {
        let Some(shown) = self.paint.shown_candidate() else { return };
        self.paint.history.record("fix", self.paint.document.clone());
        self.paint.document.fix(shown);
        let has_strokes = !self.paint.document.strokes.is_empty();
        self.paint.average = false;
        self.rest();
        if has_strokes {
            self.ask = Ask::Pictures { goes_on: false };
        }
    }

    fn restart(&mut self) {
        self.paint.history.record("restart", self.paint.document.clone());
        let document = &mut self.paint.document;
        document.strokes.clear();
        document.anchor = None;
        self.search_anew(SolveSettings { seed: self.next_seed(), ..self.paint.document.settings });
    }

    fn random(&mut self) {
        self.paint.history.record("random pictures", self.paint.document.clone());
        if self.paint.document.strokes.is_empty() {
            self.paint.document.anchor = None;
        }
        self.search_anew(SolveSettings { seed: self.next_seed(), ..self.paint.document.settings });
    }

    fn next_seed(&self) -> u64 {
        self.paint.document.settings.seed.wrapping_add(1)
    }

    fn set_settings(&mut self, settings: SolveSettings) {
        if settings != self.paint.document.settings {
            self.paint.history.record_sliding("search settings", self.paint.document.clone());
            if !self.paint.document.strokes.is_empty()
                && let Some(edit) = self.paint.document.edit.take()
            {
                self.paint.document.fix(edit.shown);
            }
            self.search_anew(settings);
        }
    }

    /// Searches as if the strokes had just been drawn, so that the result depends on nothing else.
    pub(crate) fn search_anew(&mut self, settings: SolveSettings) {
        let document = &mut self.paint.document;
        document.settings = settings;
        document.edit = None;
        (document.selected, document.picked, document.searched) = (0, false, false);
        if document.strokes.is_empty() && document.anchor.is_none() {
            document.before = None;
        }
        self.paint.average = false;
        self.rest();
        self.ask = Ask::Pictures { goes_on: false };
    }

    fn stop(&mut self) {
        if self.paint.is_drawing() {
            self.apply(Command::Pointer(Pointer::Cancel));
        } else if self.view.path_field.is_some() {
            self.view.path_field = None;
        } else if self.link.opening().is_some() {
            self.stop_opening();
        } else {
            self.link.cancel();
        }
    }

    fn save(&mut self, enlarge: usize) {
        self.to_save = self.paint.shown_picture();
        self.ask_path(PathPurpose::Save { enlarge });
    }

    fn ask_path(&mut self, purpose: PathPurpose) {
        if !self.files.ask(purpose, &self.file_name()) {
            self.type_path(purpose, "");
        }
    }

    pub(crate) fn type_path(&mut self, purpose: PathPurpose, remark: &str) {
        let path = match purpose {
            PathPurpose::Save { .. } => self.files.suggestion(&self.file_name()),
            PathPurpose::Open | PathPurpose::AddFolder => String::new(),
            PathPurpose::LearnFrom => self.workshop.setup.folder.clone(),
            PathPurpose::TrainInto => self.workshop.setup.out.clone(),
        };
        self.view.path_field = Some(PathField { purpose, path, remark: remark.into() });
    }

    pub(crate) fn use_path(&mut self, purpose: PathPurpose, path: std::path::PathBuf) {
        match purpose {
            PathPurpose::Open => self.open(ModelSource::Path(path), None),
            PathPurpose::AddFolder => self.library.wish(Wish::AddFolder(path)),
            PathPurpose::LearnFrom => self.learn_from(&path),
            PathPurpose::TrainInto => self.train_into(&path),
            PathPurpose::Save { enlarge } => {
                if let Some(picture) = self.to_save.take().or_else(|| self.paint.shown_picture()) {
                    self.files.save(picture, path, enlarge, !self.view.pixels);
                }
            }
        }
    }
}
