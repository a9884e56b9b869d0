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

/// A label that pixels can have: what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// As people read it: "snow".
    pub name: String,
    /// The colour that stands for it in a picture of labels.
    pub colour: [u8; 3],
}

/// Something that is known of a whole picture beside what its pixels show: the height of the sun, for example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StyleFactor {
    /// As people read it: "sun height".
    pub name: String,
    /// The least that the model has learned.
    pub least: f32,
    /// The most.
    pub most: f32,
    /// Where nobody asked for anything.
    pub usual: f32,
}

impl StyleFactor {
    /// The middle of its bounds.
    #[must_use]
    pub fn middle(&self) -> f32 {
        0.5 * (self.least + self.most)
    }

    /// Half of the way from one bound to the other; 1 where they are the same.
    #[must_use]
    pub fn half_range(&self) -> f32 {
        let half = 0.5 * (self.most - self.least);
        if half > 0.0 { half } else { 1.0 }
    }
}

/// Something that a model takes or makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// A label for every pixel, N x K x H x W with a single 1 for each pixel, or none where nobody says what is there.
    Labels {
        /// The labels.
        labels: Vec<Label>,
        /// Height and width.
        sides: Sides,
    },
    /// What is known of whole pictures, N x K, each number within its bounds.
    Style {
        /// What the numbers mean.
        factors: Vec<StyleFactor>,
    },
    /// The colours that a picture is to be made of, N x colours x 3 in the picture's value range.
    Palette {
        /// How many of them.
        colours: usize,
    },
}
