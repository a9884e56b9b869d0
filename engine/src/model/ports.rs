//! What goes into a model and what comes out of it.

use serde::{Deserialize, Serialize};

use super::LatentSpec;
use crate::ValueRange;

/// Height and width of the pictures at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sides {
    /// These and no others.
    Fixed {
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// Whatever the picture has, in multiples of so many pixels.
    Any {
        /// 1 where every size will do.
        multiple_of: usize,
    },
}

/// Pictures at a port, as tensors N x C x H x W.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturePort {
    /// Height and width.
    pub sides: Sides,
    /// Channels: 3, or 1 for grey.
    pub channels: usize,
    /// The numbers for black and white.
    pub range: ValueRange,
}

/// Something that a model takes or makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Port {
    /// Pictures.
    Picture(PicturePort),
    /// Latents, N x L: their groups one after the other, classes among them.
    Latents(LatentSpec),
    /// One class of several beside whatever else there is, N x K with a single 1 in each row.
    Class {
        /// The names of the classes.
        classes: Vec<String>,
    },
    /// What somebody does between two frames of a world, N x K with a single 1 in each row.
    Actions {
        /// The names of the actions.
        actions: Vec<String>,
    },
    /// The last frames of a world, oldest first, N x (count * C) x H x W.
    Frames {
        /// How many of them.
        count: usize,
        /// What each of them is.
        picture: PicturePort,
    },
    /// A class for every pixel, N x K x H x W with a single 1 for each pixel.
    Labels {
        /// The names of the classes.
        classes: Vec<String>,
        /// Height and width.
        sides: Sides,
    },
    /// The colours that a picture is to be made of, N x colours x 3 in the picture's value range.
    Palette {
        /// How many of them.
        colours: usize,
    },
}
