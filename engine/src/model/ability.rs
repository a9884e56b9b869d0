//! What a model can do: one trait for each ability. A model has those that it was given; what it lacks is said with
//! its reason.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::{LIGHT, Port};
use crate::{Error, Result};

/// Something that a model may be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Latents become pictures: [`Decoder`].
    Decode,
    /// Pictures become latents: [`Encoder`].
    Encode,
    /// Tells how real a picture looks: [`Critic`].
    Judge,
    /// A picture becomes another one of the same place: [`Translator`].
    Translate,
    /// A picture becomes a larger one: [`Enlarger`].
    Enlarge,
    /// A part of a picture becomes the whole, pixel by pixel: [`Completer`].
    Complete,
    /// The next frame of a world: [`Predictor`].
    Predict,
    /// How likely a picture is: [`Density`].
    Likelihood,
}

impl Ability {
    /// All of them, in the order in which people should see them.
    pub const ALL: [Self; 8] = [
        Self::Decode,
        Self::Encode,
        Self::Judge,
        Self::Translate,
        Self::Enlarge,
        Self::Complete,
        Self::Predict,
        Self::Likelihood,
    ];

    /// What a model with this ability has, as people say it: "encoder".
    #[must_use]
    pub fn part(self) -> &'static str {
        match self {
            Self::Decode => "generator",
            Self::Encode => "encoder",
            Self::Judge => "critic",
            Self::Translate => "translator of pictures",
            Self::Enlarge => "enlarger",
            Self::Complete => "network that completes pictures",
            Self::Predict => "network that predicts frames",
            Self::Likelihood => "likelihood of pictures",
        }
    }
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.part())
    }
}

/// Turns latents into pictures.
pub trait Decoder: Send + Sync {
    /// Pictures of latents.
    ///
    /// # Shapes
    /// `latents` is N x L, the result N x 3 x H x W (or N x 1 x H x W) in the model's value range,
    /// differentiable with respect to the latents; the weights are constants.
    ///
    /// # Errors
    /// [`Error::Shape`] when a latent has another length.
    fn decode(&self, latents: &Tensor) -> Result<Tensor>;

    /// Height and width of its pictures in pixels.
    fn sides(&self) -> [usize; 2];

    /// How many numbers a latent has.
    fn latent_len(&self) -> usize;

    /// Channels of its pictures: 3, or 1 for grey.
    fn channels(&self) -> usize {
        3
    }

    /// How many numbers it learned.
    fn parameters(&self) -> usize;

    /// Its family, for people.
    fn family(&self) -> &'static str;

    /// About how many multiplications a picture takes; what decides how many are made at once. A guess
    /// from the size where a family doesn't count them.
    fn operations(&self) -> f64 {
        let [height, width] = self.sides();
        LIGHT * (height * width) as f64 / (64.0 * 64.0)
    }
}

/// Turns pictures into latents.
pub trait Encoder: Send + Sync {
    /// Latents of pictures.
    ///
    /// # Shapes
    /// `pictures` is N x C x H x W in the model's value range, as the decoder makes them, the result N x L.
    ///
    /// # Errors
    /// [`Error::Shape`] when the pictures have another size; [`Error::Invalid`] where it asks for a condition.
    fn encode(&self, pictures: &Tensor) -> Result<Tensor>;

    /// What has to be known of a picture beside itself: a class, a palette; `None` where a picture is enough.
    fn condition(&self) -> Option<Port> {
        None
    }

    /// Latents of pictures of which something is known.
    ///
    /// # Shapes
    /// `pictures` and the result as [`Self::encode`], `condition` as its [`Port`] says.
    ///
    /// # Errors
    /// As [`Self::encode`]; [`Error::Invalid`] for a condition where none is asked for.
    fn encode_given(&self, pictures: &Tensor, condition: Option<&Tensor>) -> Result<Tensor> {
        match condition {
            None => self.encode(pictures),
            Some(_) => Err(Error::Invalid("this encoder takes pictures alone, without a condition".into())),
        }
    }
}

/// Tells how real a picture looks.
pub trait Critic: Send + Sync {
    /// A number for each picture: the larger, the more real.
    ///
    /// # Shapes
    /// `pictures` is N x C x H x W in the model's value range, the result N; differentiable with respect to
    /// the pictures.
    ///
    /// # Errors
    /// [`Error::Shape`] when the pictures have another size.
    fn score(&self, pictures: &Tensor) -> Result<Tensor>;
}

/// Turns pictures (or maps of labels) into other pictures of the same places.
pub trait Translator: Send + Sync {
    /// What it takes.
    fn takes(&self) -> Port;

    /// What it makes.
    fn makes(&self) -> Port;

    /// How many numbers it learned.
    fn parameters(&self) -> usize;

    /// What has to be known of a whole picture beside it: a [`Port::Style`]; `None` where a picture is enough.
    fn style(&self) -> Option<Port> {
        None
    }

    /// The pictures that belong to other pictures.
    ///
    /// # Shapes
    /// `pictures` is N x C x H x W as [`Self::takes`] says, `style` N x K as [`Self::style`] says, or the usual one; the
    /// result is N x C' x H x W as [`Self::makes`] says, differentiable with respect to the pictures.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of other channels or sides; [`Error::Invalid`] for a style where there is none.
    fn translate(&self, pictures: &Tensor, style: Option<&Tensor>) -> Result<Tensor>;
}

/// Turns pictures into larger ones.
pub trait Enlarger: Send + Sync {
    /// How many times larger its pictures are, a side.
    fn factor(&self) -> usize;

    /// What it takes.
    fn takes(&self) -> Port;

    /// What it makes: the same, [`Self::factor`] times larger.
    fn makes(&self) -> Port;

    /// The sides of pictures have to be multiples of this.
    fn multiple_of(&self) -> usize {
        1
    }

    /// How far from a pixel the pixels lie at most that it depends on, in pixels of what goes in; `None` where it depends
    /// on all of them.
    fn reach(&self) -> Option<usize>;

    /// How many numbers it learned.
    fn parameters(&self) -> usize;

    /// The same as it was trained for squared error alone, where there is one: softer, and closer to the truth.
    fn faithful(&self) -> Option<&dyn Enlarger> {
        None
    }

    /// Larger pictures.
    ///
    /// # Shapes
    /// `pictures` is N x C x H x W as [`Self::takes`] says, the result N x C x (factor * H) x (factor * W) in the
    /// same value range.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of other channels.
    fn enlarge(&self, pictures: &Tensor) -> Result<Tensor>;
}

/// Makes a picture of a part of it, one step after the other, so that the whole can be watched and stopped.
pub trait Completer: Send + Sync {
    /// What it takes and makes.
    fn picture(&self) -> Port;

    /// What it takes beside the picture: a class, for example.
    fn condition(&self) -> Option<Port> {
        None
    }

    /// How many steps a whole picture takes.
    fn steps(&self) -> usize;

    /// One step of a batch: the pixels of the step are drawn, all others stay as they are.
    ///
    /// # Shapes
    /// `pictures` is N x C x H x W in the model's value range; `known` N x 1 x H x W is 1 where a pixel is given
    /// and stays, 0 where it is to be made; `noise` N x K has the uniform numbers of the step, so that the same
    /// seed gives the same picture. The result is as `pictures`.
    ///
    /// # Errors
    /// [`Error::Shape`] for other sides, [`Error::Invalid`] for a step that is not there.
    fn step(
        &self,
        step: usize,
        pictures: &Tensor,
        known: &Tensor,
        noise: &Tensor,
        condition: Option<&Tensor>,
    ) -> Result<Tensor>;
}

/// Says what the next frame of a world looks like.
pub trait Predictor: Send + Sync {
    /// The frames that it looks at: a [`Port::Frames`].
    fn frames(&self) -> Port;

    /// What somebody can do: a [`Port::Actions`].
    fn actions(&self) -> Port;

    /// What the next frame is: a [`Port::Picture`].
    fn makes(&self) -> Port;

    /// The next frame.
    ///
    /// # Shapes
    /// `frames` and `actions` as their ports say, the result N x C x H x W in the frames' value range.
    ///
    /// # Errors
    /// [`Error::Shape`] for other frames or actions.
    fn predict(&self, frames: &Tensor, actions: &Tensor) -> Result<Tensor>;
}

/// Knows how likely pictures are.
pub trait Density: Send + Sync {
    /// What it takes.
    fn takes(&self) -> Port;

    /// The natural logarithm of the likelihood of each picture, in nats.
    ///
    /// # Shapes
    /// `pictures` is N x C x H x W in the model's value range, the result N.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of other sides or channels.
    fn log_likelihood(&self, pictures: &Tensor) -> Result<Tensor>;
}

/// What a model can do, and why not what it can't, as far as somebody knows.
#[derive(Clone, Default)]
pub struct Abilities {
    /// Latents become pictures.
    pub decoder: Option<Arc<dyn Decoder>>,
    /// Pictures become latents.
    pub encoder: Option<Arc<dyn Encoder>>,
    /// Tells how real a picture looks.
    pub critic: Option<Arc<dyn Critic>>,
    /// A picture becomes another one.
    pub translator: Option<Arc<dyn Translator>>,
    /// A picture becomes a larger one.
    pub enlarger: Option<Arc<dyn Enlarger>>,
    /// A part of a picture becomes the whole.
    pub completer: Option<Arc<dyn Completer>>,
    /// The next frame of a world.
    pub predictor: Option<Arc<dyn Predictor>>,
    /// How likely a picture is.
    pub density: Option<Arc<dyn Density>>,
    /// Why an ability is missing, as the rest of a sentence: "its file has the generator only".
    pub reasons: BTreeMap<Ability, String>,
}

impl Abilities {
    /// Those of a model that turns latents into pictures and nothing else.
    #[must_use]
    pub fn of_decoder(decoder: Arc<dyn Decoder>) -> Self {
        Self { decoder: Some(decoder), ..Self::default() }
    }

    /// True when the ability is there.
    #[must_use]
    pub fn can(&self, ability: Ability) -> bool {
        match ability {
            Ability::Decode => self.decoder.is_some(),
            Ability::Encode => self.encoder.is_some(),
            Ability::Judge => self.critic.is_some(),
            Ability::Translate => self.translator.is_some(),
            Ability::Enlarge => self.enlarger.is_some(),
            Ability::Complete => self.completer.is_some(),
            Ability::Predict => self.predictor.is_some(),
            Ability::Likelihood => self.density.is_some(),
        }
    }

    /// With the reason why an ability is missing, as the rest of a sentence.
    #[must_use]
    pub fn because(mut self, ability: Ability, why: impl Into<String>) -> Self {
        self.reasons.insert(ability, why.into());
        self
    }

    /// Why an ability is missing, as the rest of a sentence.
    #[must_use]
    pub(super) fn why_not(&self, ability: Ability) -> String {
        match self.reasons.get(&ability) {
            Some(why) => why.clone(),
            None => {
                let has: Vec<_> = Ability::ALL.iter().filter(|a| self.can(**a)).map(|a| a.part()).collect();
                match has.as_slice() {
                    [] => "it can't do anything".into(),
                    has => format!("all that it has is its {}", has.join(", its ")),
                }
            }
        }
    }
}
