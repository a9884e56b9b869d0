//! The worlds by name, for the command line.

use super::vary::fields;
use super::{Creature, Landscape, Portrait, Scene, Vary, World, creature, landscape, portrait};
use crate::Result;
use crate::rng::Rng;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// A world that pictures can be drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorldName {
    /// [`Landscape`].
    Landscape,
    /// [`Creature`].
    Creature,
    /// [`Portrait`].
    Portrait,
}

/// The factors of a picture of any world; serialized, they look like the factors themselves.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AnyFactors {
    /// Of a landscape.
    Landscape(landscape::Factors),
    /// Of a creature.
    Creature(creature::Factors),
    /// Of a portrait.
    Portrait(portrait::Factors),
}

impl WorldName {
    /// Every world.
    pub const ALL: [Self; 3] = [Self::Landscape, Self::Creature, Self::Portrait];

    /// The name in commands and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Landscape => "landscape",
            Self::Creature => "creature",
            Self::Portrait => "portrait",
        }
    }

    /// What its pictures show, in a few words.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Landscape => "Mountains, meadows, lakes and skies",
            Self::Creature => "Small round monsters with ears, wings and moods",
            Self::Portrait => "Faces: heads, hair, expressions, light",
        }
    }

    /// The world of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|world| world.name() == name)
    }

    /// Pixels a side that its pictures can have.
    #[must_use]
    pub fn sizes(self) -> RangeInclusive<usize> {
        match self {
            Self::Landscape => Landscape::SIZES,
            Self::Creature => Creature::SIZES,
            Self::Portrait => Portrait::SIZES,
        }
    }

    /// The names of the factors of this world, in alphabetical order.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the factors have no names.
    pub fn factors(self) -> Result<Vec<String>> {
        let fields = match self {
            Self::Landscape => fields(&Landscape::typical()),
            Self::Creature => fields(&Creature::typical()),
            Self::Portrait => fields(&Portrait::typical()),
        };
        Ok(fields?.keys().cloned().collect())
    }

    /// The factors of this world that shall vary, by their names.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a name that is no factor of the world, with those that are.
    pub fn vary(self, names: &[impl AsRef<str>]) -> Result<Vary> {
        match self {
            Self::Landscape => Vary::only::<Landscape>(names),
            Self::Creature => Vary::only::<Creature>(names),
            Self::Portrait => Vary::only::<Portrait>(names),
        }
    }

    /// The factors of picture `index` of the world `seed`, without the picture.
    #[must_use]
    pub fn draw(self, seed: u64, index: u64) -> AnyFactors {
        let mut rng = Rng::stream(seed, index);
        match self {
            Self::Landscape => AnyFactors::Landscape(Landscape::draw(&mut rng)),
            Self::Creature => AnyFactors::Creature(Creature::draw(&mut rng)),
            Self::Portrait => AnyFactors::Portrait(Portrait::draw(&mut rng)),
        }
    }

    /// Pictures `first..first + count` of the world `seed`, see [`World::render_many`]; only the factors in `vary`
    /// differ from picture to picture.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when `vary` was made for another world.
    pub fn render_many(
        self,
        vary: &Vary,
        seed: u64,
        first: u64,
        count: usize,
        size: usize,
    ) -> Result<Vec<Scene<AnyFactors>>> {
        fn any<F>(scenes: Vec<Scene<F>>, of: fn(F) -> AnyFactors) -> Vec<Scene<AnyFactors>> {
            scenes.into_iter().map(|scene| Scene { rgb: scene.rgb, factors: of(scene.factors) }).collect()
        }
        Ok(match self {
            Self::Landscape => {
                any(vary.render_many::<Landscape>(seed, first, count, size)?, AnyFactors::Landscape)
            }
            Self::Creature => {
                any(vary.render_many::<Creature>(seed, first, count, size)?, AnyFactors::Creature)
            }
            Self::Portrait => {
                any(vary.render_many::<Portrait>(seed, first, count, size)?, AnyFactors::Portrait)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_found_by_its_name_and_draws() {
        for world in WorldName::ALL {
            assert_eq!(WorldName::from_name(world.name()), Some(world));
            let size = *world.sizes().start();
            let scenes = world.render_many(&Vary::all(), 3, 5, 2, size).unwrap();
            assert_eq!((scenes.len(), scenes[1].rgb.len()), (2, size * size * 3));
            let factors = serde_json::to_value(&scenes[0].factors).unwrap();
            let names: Vec<String> = factors.as_object().unwrap().keys().cloned().collect();
            assert!(names.len() > 5 && world.factors().unwrap() == names);
            assert!(world.vary(&names).is_ok());
        }
        assert_eq!(WorldName::from_name("Landscape"), None);
    }
}
