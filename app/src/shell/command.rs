//! Everything that a person can do. Panels and keys emit commands; one place carries them out.

use std::path::PathBuf;

use latent_engine::model::{Decisions, ModelSource};
use latent_engine::search::SolveSettings;
use latent_engine::search::ways::Interpolation;

use crate::platform::files::FormWish;
use crate::rooms::paint::latents::Change;
use crate::rooms::paint::tools::Pointer;
use crate::rooms::train::Wish;
pub use crate::shell::action::Action;
use crate::shell::closing::QuitAnswer;
use crate::shell::view::{LatentsView, Look, Room, Side};

/// A wish of the user, with what it needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// One of the actions that need nothing else.
    Act(Action),
    /// The pointer did something on the picture.
    Pointer(Pointer),
    /// Paint with this colour.
    SetColour([u8; 3]),
    /// The brush in hand gets this width.
    SetWidth(f32),
    /// The brush in hand gets wider by so many notches.
    StepWidth(f32),
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
    /// Show this room.
    ShowRoom(Room),
    /// What the user wants of the training's room.
    Train(Wish),
    /// Learn from the pictures of this folder.
    LearnFrom(PathBuf),
    /// Show this part of the panel at the right.
    ShowSide(Side),
    /// Which latents are listed.
    SetLatentsView(LatentsView),
    /// Open a model.
    OpenModel(ModelSource),
    /// Open the model in use again with these decisions about what its file does not say.
    Decide(Decisions),
    /// Show other random pictures in the model's panel.
    NewSamples,
    /// Go on from this one of them.
    UseSample(usize),
    /// Look again which of the listed models are there.
    LookAtShelf,
    /// Take a path off the list of recent models.
    ForgetModel(PathBuf),
    /// Take a folder off the list.
    ForgetFolder(PathBuf),
    /// Zoom and place of the picture.
    SetLook(Look),
    /// What is done with the form that asks for a path.
    Form(FormWish),
    /// The message was read.
    DismissNotice,
    /// What shall become of what is at stake before the window closes.
    AnswerQuit(QuitAnswer),
}
