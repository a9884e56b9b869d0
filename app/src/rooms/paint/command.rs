//! What a person does in the painter's room. Its panels and keys say it; one place carries it out.

use latent_engine::edit::Crop;
use latent_engine::model::{Decisions, ModelSource};
use latent_engine::search::SolveSettings;
use latent_engine::search::ways::Interpolation;

use super::Paint;
use super::actions::Action;
use super::arrange::Arrange;
use super::held::Hold;
use super::latents::Change;
use super::panels::Side;
use super::panels::latents::LatentsView;
use super::photos::Finish;
use super::tools::Pointer;
use crate::desk::Desk;
use crate::kit::look::Look;
use crate::link::request::Topic;

/// What a person does, with what it needs.
#[derive(Clone, Debug)]
pub enum Command {
    /// One of the actions that need nothing else.
    Act(&'static Action),
    /// The pointer did something on the picture.
    Pointer(Pointer),
    /// Paint with this colour.
    SetColour([u8; 3]),
    /// The brush in hand gets this width.
    SetWidth(f32),
    /// The brush in hand gets wider by so many notches.
    StepWidth(f32),
    /// Do this to strokes that are drawn already.
    Arrange(Arrange),
    /// Do this to the picture that is held.
    Hold(Hold),
    /// The model sees this part of the photo; `None`: the best one.
    SetFrame(Option<Crop>),
    /// Show the picture left of here as it was.
    SetSplit(f32),
    /// Show this candidate.
    Select(usize),
    /// Show this frame of the morph; `None` shows the newest picture.
    Scrub(Option<usize>),
    /// The way that the morph takes.
    SetWay(Interpolation),
    /// Search with these settings.
    SetSettings(SolveSettings),
    /// The slide that changed the settings or a latent is over.
    EndSlide,
    /// Set the latent of the shown picture by hand.
    ChangeLatent(Change),
    /// Show this part of the panel at the right.
    ShowSide(Side),
    /// Which latents are listed.
    SetLatentsView(LatentsView),
    /// Open the model in use again with these decisions about what its file does not say.
    Decide(Decisions),
    /// Pictures go through this enlarger; `None`: through none.
    SetEnlarger(Option<ModelSource>),
    /// Show other random pictures in the model's panel.
    NewSamples,
    /// Go on from this one of them.
    UseSample(usize),
    /// Zoom and place of the picture.
    SetLook(Look),
}

impl From<&'static Action> for Command {
    fn from(action: &'static Action) -> Self {
        Self::Act(action)
    }
}

impl Paint {
    /// Carries a command out.
    pub(super) fn apply(&mut self, command: Command, desk: &mut Desk) {
        match command {
            Command::Act(action) => action.act(self, desk),
            Command::Pointer(event) => self.pointer(event),
            Command::SetColour(colour) => self.set_colour(colour),
            Command::SetWidth(width) => self.tools.set_width(width),
            Command::StepWidth(notches) => self.tools.step_width(notches),
            Command::Arrange(arrange) => self.arrange(arrange),
            Command::Hold(hold) => self.hold(hold),
            Command::SetFrame(crop) => self.set_frame(crop),
            Command::SetSplit(at) => self.split = Some(at.clamp(0.0, 1.0)),
            Command::Select(i) => self.select(i),
            Command::Scrub(position) => self.scrub(position),
            Command::SetWay(way) => self.morph.way = way,
            Command::SetSettings(settings) => self.set_settings(settings),
            Command::EndSlide => self.history.close(),
            Command::ChangeLatent(_) if desk.link.is_dead() => {}
            Command::ChangeLatent(change) => self.change_latent(change),
            Command::ShowSide(side) => self.show_side(side),
            Command::SetLatentsView(latents) => self.latents_view = latents,
            Command::Decide(decisions) => {
                if let Some(source) = self.source().cloned() {
                    desk.open(source, Some(decisions));
                }
            }
            Command::SetEnlarger(None) => self.development.on = false,
            Command::SetEnlarger(chosen) => self.development.choose(chosen),
            Command::NewSamples => self.samples.renew(),
            Command::UseSample(i) => self.use_sample(i),
            Command::SetLook(look) => self.look = look,
        }
    }

    pub(super) fn show_side(&mut self, side: Side) {
        self.history.close();
        self.side = side;
    }

    /// True when [`Self::stop`] would do something.
    pub(super) fn can_stop(&self, desk: &Desk) -> bool {
        self.is_drawing()
            || self.wanted.is_some()
            || desk.link.is_searching()
            || desk.link.is_running(Topic::Projection)
    }

    /// Takes the stroke in the making back, or stops the opening of a model or the search.
    pub(super) fn stop(&mut self, desk: &mut Desk) {
        if self.is_drawing() {
            self.undo();
        } else if self.wanted.take().is_some() {
            self.want_what_is_open(desk);
        } else {
            self.stop_search();
        }
    }

    /// What was asked for does not come: the name that is shown is that of the model in use.
    pub(super) fn want_what_is_open(&self, desk: &mut Desk) {
        if let Some(source) = self.source() {
            desk.view.wanted_model = source.clone();
        }
    }

    /// Asks where the shown picture shall be saved.
    pub(super) fn save(&mut self, desk: &mut Desk) {
        if self.photo().is_some() && !self.plain {
            return self.finish(Finish::Save, desk);
        }
        // With pixels as squares the picture is shown, and saved, as the model made it.
        let picture = if desk.view.pixels { self.shown_picture() } else { self.developed_picture() };
        if let Some(picture) = picture {
            desk.files.ask_to_save(picture, &self.file_name(), !desk.view.pixels);
        }
    }

    /// A name for the shown picture's file.
    fn file_name(&self) -> String {
        let document = &self.document;
        let model = document.model.as_ref().map_or("picture", |model| model.name.as_str());
        let plain: String = model.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        format!("{plain}-{}.png", document.settings.seed)
    }
}
