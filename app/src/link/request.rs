//! What the window wants answered.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::edit::{Crop, ProjectionSettings};
use latent_engine::enlarge::Way;
use latent_engine::model::{Decisions, Latent, ModelSource};
use latent_engine::search::constraint::{Constraints, Stroke};
use latent_engine::search::ways::Interpolation;
use latent_engine::search::{Base, Candidate, SolveSettings};
use latent_engine::service::Retouching;

use crate::link::models::ModelKey;

/// What an answer is for. Of each topic only the newest request counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A model to work with.
    Model,
    /// Pictures to choose from.
    Pictures,
    /// The picture of the latent that is set by hand.
    Edit,
    /// The way from the old picture to the new one.
    Morph,
    /// The mean of the candidates.
    Mean,
    /// Random pictures that show what the model makes.
    Samples,
    /// An enlarger to show pictures with.
    Enlarger,
    /// The picture on the canvas, enlarged, or a photo with the change.
    Large,
    /// The latent of a photo.
    Projection,
    /// A photo, or a part of it, as large as the canvas shows it.
    View,
    /// A photo with the change, at its own size.
    Original,
    /// A translator of pictures.
    Translator,
    /// What it makes of what is drawn.
    Translated,
}

impl Topic {
    /// Every topic, the most urgent first.
    pub const ALL: [Self; 13] = [
        Self::Model,
        Self::Translator,
        Self::Translated,
        Self::Pictures,
        Self::Edit,
        Self::Projection,
        Self::View,
        Self::Original,
        Self::Large,
        Self::Morph,
        Self::Mean,
        Self::Samples,
        Self::Enlarger,
    ];
}

/// What pictures are asked for. Two questions that are equal have the same answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Random ones.
    Random {
        /// Whose.
        model: ModelKey,
        /// How many.
        count: usize,
        /// Seed of the draw.
        seed: u64,
    },
    /// Those that agree with strokes.
    Strokes {
        /// Whose.
        model: ModelKey,
        /// In the order they were drawn.
        strokes: Vec<Arc<Stroke>>,
        /// The latent that they stay near.
        anchor: Option<Latent>,
        /// What they are painted over.
        base: Option<Base>,
        /// How they are searched.
        settings: SolveSettings,
    },
}

impl Question {
    /// The same question to another model.
    pub fn set_model(&mut self, new: ModelKey) {
        match self {
            Self::Random { model, .. } | Self::Strokes { model, .. } => *model = new,
        }
    }

    /// True when it is what becomes of `older` in one drag: a stroke that grew, was moved or
    /// recoloured, or settings that slid.
    fn goes_on_from(&self, older: &Self) -> bool {
        let (
            Self::Strokes { model, strokes, anchor, base, settings },
            Self::Strokes {
                model: old_model,
                strokes: old_strokes,
                anchor: old_anchor,
                base: old_base,
                settings: old_settings,
            },
        ) = (self, older)
        else {
            // Random pictures are made all at once: there is no older request to take the place of.
            return matches!((self, older), (Self::Random { .. }, Self::Random { .. }));
        };
        let held = |base: &Option<Base>| base.as_ref().map(|base| base.before.clone());
        if model != old_model
            || held(base) != held(old_base)
            || anchor != old_anchor
            || strokes.len() != old_strokes.len()
        {
            return false;
        }
        let same = |(a, b): &(&Arc<Stroke>, &Arc<Stroke>)| Arc::ptr_eq(a, b) || a == b;
        let changed = strokes.iter().zip(old_strokes).filter(|pair| !same(pair)).count();
        changed == 0 || changed == 1 && (settings, base) == (old_settings, old_base)
    }
}

/// The two ends of a morph and the way between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ends {
    /// Where it starts.
    pub from: Latent,
    /// Where it ends.
    pub to: Latent,
    /// The way between them.
    pub way: Interpolation,
}

/// A request.
#[derive(Clone, Debug)]
pub enum Request {
    /// Open a model.
    Open {
        /// Where it comes from.
        source: ModelSource,
        /// What a person decided about what its file does not say; `None`: as it was kept the last time.
        decisions: Option<Decisions>,
    },
    /// Pictures to choose from.
    Pictures {
        /// What is asked.
        question: Question,
        /// The strokes at the model's resolution.
        constraints: Arc<Constraints>,
        /// Latents to start from. They are no part of what is asked: better ones do not ask again.
        start: Vec<Latent>,
    },
    /// The pictures of latents.
    Render {
        /// Whose.
        model: ModelKey,
        /// The latents.
        latents: Vec<Latent>,
    },
    /// Pictures on the way from one latent to another.
    Morph {
        /// Whose.
        model: ModelKey,
        /// Where it leads.
        ends: Ends,
        /// How many, both ends included.
        frames: usize,
    },
    /// The mean of pictures, the cheaper the heavier.
    Mean(Arc<[Candidate]>),
    /// The picture that is made of another one, or of a map of labels.
    Translate {
        /// The translator.
        model: ModelKey,
        /// The picture or map.
        picture: Arc<Picture>,
        /// A number for each factor of the style; `None` where there is none.
        style: Option<Vec<f32>>,
    },
    /// A picture, larger.
    Enlarge {
        /// The enlarger.
        model: ModelKey,
        /// The picture.
        picture: Arc<Picture>,
        /// How.
        way: Way,
    },
    /// The latent of a part of a photo.
    Project {
        /// Whose.
        model: ModelKey,
        /// The photo.
        photo: Arc<Picture>,
        /// The part; `None`: the best one.
        crop: Option<Crop>,
        /// How it is looked for.
        settings: ProjectionSettings,
    },
    /// A photo with a change made in it.
    Retouch(Box<Retouching>),
    /// A part of a photo, with so many pixels.
    View {
        /// The photo.
        photo: Arc<Picture>,
        /// The part.
        crop: Crop,
        /// Height and width.
        sides: [usize; 2],
    },
}

impl Request {
    /// True when an answer to the other is an answer to this one.
    #[must_use]
    pub fn asks_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Open { source: a, decisions: c }, Self::Open { source: b, decisions: d }) => {
                (a, c) == (b, d)
            }
            (Self::Pictures { question: a, .. }, Self::Pictures { question: b, .. }) => a == b,
            (Self::Render { model: a, latents: c }, Self::Render { model: b, latents: d }) => {
                (a, c) == (b, d)
            }
            (Self::Morph { model: a, ends: c, .. }, Self::Morph { model: b, ends: d, .. }) => {
                (a, c) == (b, d)
            }
            (Self::Mean(a), Self::Mean(b)) => Arc::ptr_eq(a, b),
            (
                Self::Enlarge { model: a, picture: c, way: e },
                Self::Enlarge { model: b, picture: d, way: f },
            ) => (a, e) == (b, f) && Arc::ptr_eq(c, d),
            (
                Self::Project { model: a, photo: c, crop: e, settings: g },
                Self::Project { model: b, photo: d, crop: f, settings: h },
            ) => (a, e, g) == (b, f, h) && Arc::ptr_eq(c, d),
            (Self::Retouch(a), Self::Retouch(b)) => a == b,
            (Self::View { photo: a, crop: c, sides: e }, Self::View { photo: b, crop: d, sides: f }) => {
                (c, e) == (d, f) && Arc::ptr_eq(a, b)
            }
            (
                Self::Translate { model: a, picture: c, style: e },
                Self::Translate { model: b, picture: d, style: f },
            ) => (a, e) == (b, f) && Arc::ptr_eq(c, d),
            _ => false,
        }
    }

    /// The model that must be open for it.
    #[must_use]
    pub fn model(&self) -> Option<ModelKey> {
        match self {
            Self::Pictures {
                question: Question::Random { model, .. } | Question::Strokes { model, .. },
                ..
            }
            | Self::Render { model, .. }
            | Self::Morph { model, .. }
            | Self::Translate { model, .. }
            | Self::Enlarge { model, .. }
            | Self::Project { model, .. } => Some(*model),
            Self::Open { .. } | Self::Mean(_) | Self::Retouch(_) | Self::View { .. } => None,
        }
    }

    /// True when answers to the older one are still welcome.
    pub(super) fn goes_on_from(&self, older: &Self) -> bool {
        match (self, older) {
            (Self::Pictures { question, .. }, Self::Pictures { question: older, .. }) => {
                question.goes_on_from(older)
            }
            // A slider moves faster than pictures are made: what comes on the way is worth seeing.
            (Self::Render { .. }, Self::Render { .. })
            | (Self::Mean(_), Self::Mean(_))
            | (Self::View { .. }, Self::View { .. })
            | (Self::Translate { .. }, Self::Translate { .. }) => true,
            _ => false,
        }
    }

    /// True when it waits for the first answer to the older one, which runs. A drag asks for more than can be
    /// answered; whoever asks again before an answer has come keeps the engine from ever giving one. A search
    /// is worth breaking off once the drag is over.
    pub(super) fn waits_for(&self, older: &Self, in_motion: bool) -> bool {
        match (self, older) {
            (Self::Open { .. } | Self::Project { .. }, _) => false,
            (Self::Pictures { question: Question::Strokes { .. }, .. }, _) => {
                in_motion && self.goes_on_from(older)
            }
            (Self::Pictures { question: Question::Random { .. }, .. }, older) => self.goes_on_from(older),
            // Made all at once.
            (
                Self::Render { .. }
                | Self::Morph { .. }
                | Self::Mean(_)
                | Self::Translate { .. }
                | Self::Enlarge { .. }
                | Self::Retouch(_)
                | Self::View { .. },
                _,
            ) => true,
        }
    }
}

/// What should be answered.
#[derive(Clone, Debug)]
pub struct Want {
    /// What it is for.
    pub topic: Topic,
    /// What is asked.
    pub request: Request,
    /// A drag is under way that will ask for more.
    pub in_motion: bool,
}

impl Want {
    /// A want that nothing is about to change.
    #[must_use]
    pub fn new(topic: Topic, request: Request) -> Self {
        Self { topic, request, in_motion: false }
    }
}
