//! The form that asks for a path: what was typed, how large a picture is saved, what was wrong with the last try.

use std::path::PathBuf;
use std::sync::Arc;

use latent_engine::Picture;

/// What a path is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    /// Save the shown picture.
    Save,
    /// Open a model.
    Open,
    /// Open a photo.
    Photo,
    /// List the models of a folder.
    AddFolder,
    /// Learn from the pictures of a folder.
    LearnFrom,
    /// The folder of what these pictures are to be made of.
    MakeOf,
    /// Train a model into a folder.
    TrainInto,
}

/// How large a picture is saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveSize {
    /// As large as the whole of it is shown, but no smaller than the model made it.
    #[default]
    Shown,
    /// As the model made it.
    Made,
    /// With so many pixels on its longer side.
    Side(usize),
}

/// What is wrong with the path, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is a file already; the other name is free.
    Exists {
        /// The file that is there.
        path: PathBuf,
        /// Its neighbour that is not.
        free: PathBuf,
    },
    /// There is no such folder; it can be made.
    NoFolder(PathBuf),
    /// Anything else, in a sentence.
    Other(String),
}

impl Trouble {
    /// It as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Exists { path, .. } => format!("There is a file {} already.", path.display()),
            Self::NoFolder(folder) => format!("There is no folder {}.", folder.display()),
            Self::Other(sentence) => sentence.clone(),
        }
    }
}

/// The form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What the path is wanted for.
    pub purpose: PathPurpose,
    /// What was typed so far.
    pub path: String,
    /// Why there is a form instead of a dialog; empty where that is no question.
    pub remark: String,
    /// The picture to save.
    pub picture: Option<Arc<Picture>>,
    /// It is a photo: its own size is what it is saved at.
    pub photo: bool,
    /// How large it is saved.
    pub size: SaveSize,
    /// It is enlarged smoothly, else in squares.
    pub smooth: bool,
    /// What was wrong with the path at the last try.
    pub trouble: Option<Trouble>,
    /// The path is being tried.
    pub busy: bool,
}

/// What is done with the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormWish {
    /// This is typed.
    Type(String),
    /// Save at this size.
    Size(SaveSize),
    /// Enlarge smoothly, or in squares.
    Smooth(bool),
    /// Choose the path in the system's dialog instead.
    Browse,
    /// Use what was typed, where that is allowed.
    Confirm(May),
    /// Close the form.
    Close,
}

/// What the user has allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum May {
    /// Nothing that was not asked for.
    #[default]
    Ask,
    /// Replace the file that is there.
    Replace,
    /// Take the free name beside it.
    UseFreeName,
    /// Make the folder that is not there.
    MakeFolder,
}

impl SaveSize {
    /// Sides that are offered.
    pub const SIDES: [usize; 3] = [512, 1024, 2048];

    /// Width and height of the file for a picture of these sides; `shown` is how long its longer side is on the screen.
    pub fn sides(self, [width, height]: [usize; 2], shown: usize) -> [usize; 2] {
        let longer = width.max(height).max(1);
        let side = match self {
            Self::Made => longer,
            Self::Shown => shown.max(longer),
            Self::Side(side) => side.max(1),
        };
        [width, height].map(|own| ((own * side + longer / 2) / longer).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_saved_as_it_is_shown_and_keeps_its_ratio() {
        let wide = [64, 32];
        assert_eq!(SaveSize::Shown.sides(wide, 700), [700, 350]);
        assert_eq!(SaveSize::Shown.sides([1024, 1024], 700), [1024, 1024], "no smaller than it is");
        assert_eq!(SaveSize::Made.sides(wide, 700), wide);
        assert_eq!(SaveSize::Side(512).sides(wide, 700), [512, 256]);
    }
}
