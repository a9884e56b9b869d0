//! What there is to know of a model in use: its card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Abilities, Ability, LatentSpec, ModelSource, PicturePort, Port, Sides, Summary};
use crate::{Error, Result, ValueRange};

/// Tells one model from another: two models of the same weights, put to use in the same way, have the same identity.
/// It holds within one run of the program and is nothing to be kept in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity(pub u64);

/// An ability of a model, or why it is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// The model can do it.
    Has {
        /// What goes in.
        takes: Vec<Port>,
        /// What comes out.
        makes: Vec<Port>,
    },
    /// It can't.
    Lacks {
        /// Why, as the rest of a sentence.
        why: String,
    },
}

/// What a window may want to know of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// What to call it.
    pub name: String,
    /// Its family, for people: "DCGAN, 64x64".
    pub family: String,
    /// Changes with its weights and with what was decided about them.
    pub identity: Identity,
    /// Height and width of the pictures that its latents become; 0 for a model that makes none of latents.
    pub sides: [usize; 2],
    /// What its latents are made of; empty for a model without.
    pub latents: LatentSpec,
    /// How many numbers it learned.
    pub parameters: usize,
    /// What it can do with what, and why not what it can't.
    pub offers: BTreeMap<Ability, Offer>,
    /// The enlarger that makes its pictures larger, where its folder names one.
    pub enlarger: Option<ModelSource>,
    /// What its file holds; `None` for a model that never was in one.
    pub summary: Option<Summary>,
}

impl ModelInfo {
    /// True when the model can do it.
    #[must_use]
    pub fn can(&self, ability: Ability) -> bool {
        matches!(self.offers.get(&ability), Some(Offer::Has { .. }))
    }

    /// Pixels a side, for what only works with square pictures.
    ///
    /// # Errors
    /// [`Error::Invalid`] where they are not square, or where there are none.
    pub fn square(&self) -> Result<usize> {
        match self.sides {
            [0, _] | [_, 0] => Err(Error::Invalid(self.why_not(Ability::Decode).unwrap_or_default())),
            [height, width] if height == width => Ok(height),
            [height, width] => Err(Error::Invalid(format!(
                "the pictures of {} are {width} x {height} pixels; only square ones can be used here",
                self.name
            ))),
        }
    }

    /// Why it can't, as a sentence; `None` where it can.
    #[must_use]
    pub fn why_not(&self, ability: Ability) -> Option<String> {
        match self.offers.get(&ability) {
            Some(Offer::Has { .. }) => None,
            Some(Offer::Lacks { why }) => Some(format!("{} has no {ability}: {why}", self.name)),
            None => Some(format!("{} has no {ability}", self.name)),
        }
    }
}

/// Every ability with its ports or its reason.
pub(super) fn offers(
    abilities: &Abilities,
    latents: &LatentSpec,
    range: ValueRange,
) -> BTreeMap<Ability, Offer> {
    let picture = abilities.decoder.as_ref().map(|decoder| {
        let [height, width] = decoder.sides();
        Port::Picture(PicturePort {
            sides: Sides::Fixed { height, width },
            channels: decoder.channels(),
            range,
        })
    });
    let pictures = || picture.clone().into_iter().collect::<Vec<_>>();
    let latents = || vec![Port::Latents(latents.clone())];
    let ports = |ability| -> Option<(Vec<Port>, Vec<Port>)> {
        Some(match ability {
            Ability::Decode => abilities.decoder.as_ref().map(|_| (latents(), pictures()))?,
            Ability::Encode => {
                let condition = abilities.encoder.as_ref()?.condition();
                (pictures().into_iter().chain(condition).collect(), latents())
            }
            Ability::Judge => abilities.critic.as_ref().map(|_| (pictures(), Vec::new()))?,
            Ability::Translate => {
                let translator = abilities.translator.as_ref()?;
                (
                    std::iter::once(translator.takes()).chain(translator.style()).collect(),
                    vec![translator.makes()],
                )
            }
            Ability::Enlarge => abilities.enlarger.as_ref().map(|e| (vec![e.takes()], vec![e.makes()]))?,
            Ability::Complete => {
                let completer = abilities.completer.as_ref()?;
                let picture = completer.picture();
                (std::iter::once(picture.clone()).chain(completer.condition()).collect(), vec![picture])
            }
            Ability::Predict => {
                let predictor = abilities.predictor.as_ref()?;
                (vec![predictor.frames(), predictor.actions()], vec![predictor.makes()])
            }
            Ability::Likelihood => abilities.density.as_ref().map(|d| (vec![d.takes()], Vec::new()))?,
        })
    };
    let offer = |ability| match ports(ability) {
        Some((takes, makes)) => Offer::Has { takes, makes },
        None => Offer::Lacks { why: abilities.why_not(ability) },
    };
    Ability::ALL.map(|ability| (ability, offer(ability))).into()
}
