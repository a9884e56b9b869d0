//! Painting: a document of strokes and pictures, its steps, its tools and its panels.

pub mod document;
pub mod history;
pub mod latents;
pub mod tools;

pub(crate) mod morph;
pub(crate) mod panels;
pub(crate) mod samples;
pub(crate) mod stroke_maps;

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::Latent;
use latent_engine::search::Candidate;

use self::document::Document;
use self::history::History;
use self::morph::Morph;
use self::samples::Samples;
use self::stroke_maps::StrokeMaps;
use self::tools::Toolbox;
use crate::shell::view::{LatentsView, Look, Side};

/// The painter's room: what is painted, and how it is looked at.
pub struct Paint {
    /// What is undone and saved.
    pub document: Document,
    /// The steps.
    pub history: History,
    /// The tools.
    pub tools: Toolbox,
    /// Strokes are shown over the picture.
    pub edits: bool,
    /// The candidates' mean is shown.
    pub average: bool,
    /// Zoom and place of the picture.
    pub look: Look,
    /// What the panel at the right shows.
    pub side: Side,
    /// Which latents are listed there.
    pub latents_view: LatentsView,
    pub(crate) morph: Morph,
    pub(crate) samples: Samples,
    /// The document from before the stroke in the making.
    pub(crate) before_stroke: Option<Document>,
    pub(crate) maps: StrokeMaps,
    pub(crate) mean: Option<(Arc<[Candidate]>, Arc<Picture>)>,
}

impl Paint {
    pub(crate) fn new(document: Document, tools: Toolbox) -> Self {
        Self {
            document,
            history: History::default(),
            tools,
            edits: true,
            average: false,
            look: Look::default(),
            side: Side::default(),
            latents_view: LatentsView::default(),
            morph: Morph::default(),
            samples: Samples::default(),
            before_stroke: None,
            maps: StrokeMaps::default(),
            mean: None,
        }
    }

    /// True while a stroke is in the making.
    #[must_use]
    pub fn is_drawing(&self) -> bool {
        self.before_stroke.is_some()
    }

    /// True when the morph from the old picture to the chosen one can be scrubbed.
    #[must_use]
    pub fn has_morph(&self) -> bool {
        self.morph.is_current(&self.document)
    }

    /// The picture on the canvas.
    #[must_use]
    pub fn shown_picture(&self) -> Option<Arc<Picture>> {
        if let Some((_, picture)) = self.morph.shown() {
            return Some(picture.clone());
        }
        if let (true, Some((_, picture))) = (self.average, &self.mean) {
            return Some(picture.clone());
        }
        self.document.candidate().map(|candidate| candidate.picture.clone())
    }

    /// The picture on the canvas with its latent; in place of an average, which has none, the candidate.
    #[must_use]
    pub fn shown_candidate(&self) -> Option<Candidate> {
        let Some((latent, picture)) = self.morph.shown() else {
            return self.document.candidate().cloned();
        };
        Some(Candidate {
            latent: latent.clone(),
            picture: picture.clone(),
            cost: 0.0,
            terms: Vec::new(),
            spread: self.document.spread(latent),
        })
    }

    /// The latent that the sliders show, and the one that they began with.
    pub(crate) fn slider_latents(&self) -> Option<(Latent, Latent)> {
        if let (None, Some(edit)) = (self.morph.shown(), &self.document.edit) {
            return Some((edit.latent.clone(), edit.from.latent.clone()));
        }
        self.shown_candidate().map(|shown| (shown.latent.clone(), shown.latent))
    }
}
