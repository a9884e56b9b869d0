//! What pictures are to be made of: a picture beside each of a set, and what is known of the whole.

use std::sync::Arc;

use crate::model::Label;
use crate::{Error, Result};

/// What the pictures of a set are to be made of, one input for each of them, at their size. Clones share them.
#[derive(Clone, Debug)]
pub struct Inputs {
    rgb: Arc<Vec<u8>>,
    /// What colours of the inputs stand for, where they are maps of labels; else empty.
    labels: Arc<[Label]>,
    style: Arc<Style>,
}

/// Numbers that are known of every picture of a set.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// What they mean.
    pub names: Vec<String>,
    /// One after the other, those of a picture together.
    pub values: Vec<f32>,
}

impl Inputs {
    /// Pictures as bytes, one after the other.
    #[must_use]
    pub fn of_pictures(rgb: Vec<u8>) -> Self {
        Self { rgb: Arc::new(rgb), labels: Arc::default(), style: Arc::default() }
    }

    /// The same as maps of labels.
    #[must_use]
    pub fn with_labels(self, labels: Vec<Label>) -> Self {
        Self { labels: labels.into(), ..self }
    }

    /// The same with what is known of every whole picture.
    #[must_use]
    pub fn with_style(self, style: Style) -> Self {
        Self { style: Arc::new(style), ..self }
    }

    /// Refuses inputs that are not those of so many pictures of so many bytes.
    pub(super) fn check(&self, count: usize, bytes: usize) -> Result<()> {
        let Style { names, values } = &*self.style;
        if self.rgb.len() == bytes && values.len() == names.len() * count {
            return Ok(());
        }
        Err(Error::Invalid(format!("{count} pictures have the inputs of others")))
    }

    /// What colours stand for; empty where inputs are pictures.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// What is known of every whole picture, by name.
    #[must_use]
    pub fn style_names(&self) -> &[String] {
        &self.style.names
    }

    /// The bytes of the input at a place, of pictures of so many bytes.
    pub(super) fn at(&self, place: usize, len: usize) -> &[u8] {
        &self.rgb[place * len..][..len]
    }

    /// The numbers at a place.
    pub(super) fn style_at(&self, place: usize) -> &[f32] {
        let count = self.style.names.len();
        &self.style.values[place * count..][..count]
    }
}
