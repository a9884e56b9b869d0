//! What a person does that is no single room's matter.

use std::path::PathBuf;

use latent_engine::model::ModelSource;

use crate::platform::files::FormWish;
use crate::shell::actions::Action;
use crate::shell::closing::QuitAnswer;

/// What a person does, with what it needs.
#[derive(Clone, Debug)]
pub enum Command {
    /// One of the actions that need nothing else.
    Act(&'static Action),
    /// Show the room at this place of the bar.
    ShowRoom(usize),
    /// Open a model.
    OpenModel(ModelSource),
    /// Show what there is to know of the model in use.
    ShowModel,
    /// Look again which of the listed models are there.
    LookAtShelf,
    /// Take a path off the list of recent models.
    ForgetModel(PathBuf),
    /// Take a folder off the list.
    ForgetFolder(PathBuf),
    /// What is done with the form that asks for a path.
    Form(FormWish),
    /// The message was read.
    DismissNotice,
    /// What shall become of what is at stake before the window closes.
    AnswerQuit(QuitAnswer),
}

impl From<&'static Action> for Command {
    fn from(action: &'static Action) -> Self {
        Self::Act(action)
    }
}
