//! What is painted over: a picture that is held. What is not painted of it stays.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::edit::Crop;
use latent_engine::model::Latent;
use latent_engine::search::{self, Candidate, Extent};
use latent_engine::service::Projected;

use super::document::{Progress, Standing};

/// A picture that is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// Where it comes from.
    pub ground: Ground,
    /// How far strokes may reach.
    pub extent: Extent,
    /// How much of a change is shown: 1 is all of it.
    pub strength: f32,
}

/// Where a picture comes from that is held.
#[derive(Clone, Debug, PartialEq)]
pub enum Ground {
    /// A picture of the model that was fixed.
    Fixed {
        /// Its latent and the model's picture.
        before: Candidate,
        /// What was seen of it.
        seen: Arc<Picture>,
    },
    /// A photo.
    Photo(Photo),
}

/// A photo that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// All of it.
    pub picture: Arc<Picture>,
    /// Its file's name, without what follows the last dot.
    pub name: String,
    /// The part that the model sees; `None`: the engine looks for the best one.
    pub crop: Option<Crop>,
    /// The nearest latent, as far as it is found.
    pub found: Option<Arc<Projected>>,
    /// What became of the search for it.
    pub standing: Standing,
    /// How far that search is.
    pub progress: Progress,
}

/// What an edit goes on from.
pub struct Held<'a> {
    /// Where it lies in the latent space.
    pub latent: &'a Latent,
    /// The model's picture of it.
    pub before: &'a Arc<Picture>,
    /// What is seen of it, at the model's size.
    pub seen: &'a Arc<Picture>,
}

impl Photo {
    /// A photo of which nothing is known yet.
    #[must_use]
    pub fn new(picture: Arc<Picture>, name: String) -> Self {
        let progress = Progress::default();
        Self { picture, name, crop: None, found: None, standing: Standing::Open, progress }
    }

    /// Another part of it: its latent is another one.
    pub fn set_crop(&mut self, crop: Option<Crop>) {
        (self.crop, self.found, self.standing) = (crop, None, Standing::Open);
        self.progress = Progress::default();
    }

    /// The part that the model sees; before one is known the largest in the middle.
    #[must_use]
    pub fn frame(&self, sides: [usize; 2]) -> Crop {
        let found = || Some(self.found.as_ref()?.crop);
        self.crop.or_else(found).unwrap_or_else(|| Crop::middle(&self.picture, sides))
    }

    /// The model's picture of it, as a candidate.
    #[must_use]
    pub fn candidate(&self) -> Option<Candidate> {
        let found = &self.found.as_ref()?.projection;
        Some(Candidate {
            latent: found.latent.clone(),
            picture: found.picture.clone(),
            cost: found.error,
            terms: found.terms.clone(),
            spread: 1.0,
        })
    }
}

impl Base {
    /// What is held, with the usual reach.
    #[must_use]
    pub fn of(ground: Ground) -> Self {
        Self { ground, extent: Extent::default(), strength: 1.0 }
    }

    /// The photo, where it is one.
    #[must_use]
    pub fn photo(&self) -> Option<&Photo> {
        match &self.ground {
            Ground::Photo(photo) => Some(photo),
            Ground::Fixed { .. } => None,
        }
    }

    /// The photo, to change what is known of it.
    pub fn photo_mut(&mut self) -> Option<&mut Photo> {
        match &mut self.ground {
            Ground::Photo(photo) => Some(photo),
            Ground::Fixed { .. } => None,
        }
    }

    /// The pictures of the edit; `None` as long as nothing is known of a photo.
    #[must_use]
    pub fn held(&self) -> Option<Held<'_>> {
        match &self.ground {
            Ground::Fixed { before, seen } => {
                Some(Held { latent: &before.latent, before: &before.picture, seen })
            }
            Ground::Photo(photo) => {
                let found = &photo.found.as_ref()?.projection;
                Some(Held { latent: &found.latent, before: &found.picture, seen: &found.photo })
            }
        }
    }

    /// The same, as a search is told.
    #[must_use]
    pub fn of_search(&self) -> Option<search::Base> {
        let Held { latent, before, seen } = self.held()?;
        let extent = self.extent;
        Some(search::Base { latent: latent.clone(), before: before.clone(), photo: seen.clone(), extent })
    }

    /// True while the latent of a photo is still being looked for.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.photo().is_some_and(|photo| photo.standing == Standing::Open)
    }
}
