//! Painting: a document of strokes and pictures, its steps, its tools and its panels.

pub mod base;
pub mod development;
pub mod document;
pub mod drawn;
pub mod held;
pub mod history;
pub mod latents;
pub mod models;
pub mod photos;
pub mod shown;
pub mod tools;
pub mod views;

pub(crate) mod actions;
pub(crate) mod arrange;
pub(crate) mod command;
pub(crate) mod morph;
pub(crate) mod panels;
pub(crate) mod samples;

mod canvas;
mod room;
mod steps;
mod stroke_maps;
mod strokes;
mod wants;

use std::cell::RefCell;
use std::sync::Arc;

use egui::Rect;
use latent_engine::Picture;
use latent_engine::search::Candidate;

use self::development::Development;
use self::document::Document;
use self::held::Composites;
use self::history::History;
use self::models::Wanted;
use self::morph::Morph;
use self::panels::Side;
use self::panels::latents::LatentsView;
use self::photos::{Finish, Framing};
use self::samples::Samples;
use self::shown::Showing;
use self::stroke_maps::StrokeMaps;
use self::tools::Toolbox;
use self::views::Views;
use crate::kit::look::{Look, ratio};
use crate::link::models::{ModelKey, OpenModel};

pub use self::room::PaintRoom;

/// The painter's room: what is painted, and how it is looked at.
pub struct Paint {
    /// What is undone and saved.
    pub document: Document,
    /// The steps.
    pub history: History,
    /// The tools.
    pub tools: Toolbox,
    /// What a person wants to see on the canvas.
    pub showing: Showing,
    /// Strokes are shown over the picture.
    pub edits: bool,
    /// Zoom and place of the picture.
    pub look: Look,
    /// The place of the selected stroke among all.
    selected: Option<usize>,
    /// What the panel at the right shows.
    pub side: Side,
    /// Which latents are listed there.
    pub latents_view: LatentsView,
    /// How pictures become larger than the model makes them.
    pub development: Development,
    pub(crate) morph: Morph,
    pub(crate) samples: Samples,
    /// What the model makes is shown without the picture that is held.
    pub plain: bool,
    /// Left of this share of the picture it is shown as it was before anything was painted.
    pub split: Option<f32>,
    /// What the photo at its own size is wanted for.
    finishing: Option<Finish>,
    /// The photo that was made last at its own size, and the model's picture that it was made with.
    made: Option<(Arc<Picture>, Arc<Picture>)>,
    /// What is done with the frame.
    framing: Option<Framing>,
    pub(crate) views: Views,
    composites: RefCell<Composites>,
    /// The document from before the stroke in the making.
    before_stroke: Option<Document>,
    /// The newest mean, and what it is the mean of.
    mean: Option<(Arc<[Candidate]>, Arc<Picture>)>,
    /// The model that a person wants to open.
    pub(crate) wanted: Option<Wanted>,
    /// The models that the engine holds.
    open_models: Vec<ModelKey>,
    /// Models of this document's steps that can't be opened again.
    lost_models: Vec<ModelKey>,
    /// A model that came while the pen was down.
    arrived: Option<Arc<OpenModel>>,
    /// The maps of the strokes, remembered: they follow from the document.
    maps: RefCell<StrokeMaps>,
}

impl Paint {
    pub(crate) fn new(document: Document, tools: Toolbox) -> Self {
        Self {
            document,
            history: History::default(),
            tools,
            showing: Showing::default(),
            edits: true,
            look: Look::default(),
            selected: None,
            side: Side::default(),
            latents_view: LatentsView::default(),
            development: Development::default(),
            morph: Morph::default(),
            samples: Samples::default(),
            plain: false,
            split: None,
            finishing: None,
            made: None,
            framing: None,
            views: Views::default(),
            composites: RefCell::default(),
            before_stroke: None,
            mean: None,
            wanted: None,
            open_models: Vec::new(),
            lost_models: Vec::new(),
            arrived: None,
            maps: RefCell::default(),
        }
    }

    /// Where the shown picture lies on a canvas.
    #[must_use]
    pub fn place(&self, canvas: Rect) -> Rect {
        self.look.place(canvas, self.ratio())
    }

    /// Width by height of the shown picture.
    pub(crate) fn ratio(&self) -> f32 {
        self.canvas_picture().map_or(1.0, |picture| ratio(&picture))
    }

    /// True while a stroke is in the making.
    #[must_use]
    pub fn is_drawing(&self) -> bool {
        self.before_stroke.is_some()
    }
}
