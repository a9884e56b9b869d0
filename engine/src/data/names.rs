//! The worlds by name, for the command line.

use super::{Creature, Landscape, Portrait, Scene, World, creature, landscape, portrait};
use serde::Serialize;
use std::ops::RangeInclusive;

/// A world that pictures can be drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// Pictures `first..first + count` of the world `seed`, see [`World::render_many`].
    #[must_use]
    pub fn render_many(self, seed: u64, first: u64, count: usize, size: usize) -> Vec<Scene<AnyFactors>> {
        fn many<W: World>(
            (seed, first, count, size): (u64, u64, usize, usize),
            any: fn(W::Factors) -> AnyFactors,
        ) -> Vec<Scene<AnyFactors>> {
            let scenes = W::render_many(seed, first, count, size).into_iter();
            scenes.map(|scene| Scene { rgb: scene.rgb, factors: any(scene.factors) }).collect()
        }
        let which = (seed, first, count, size);
        match self {
            Self::Landscape => many::<Landscape>(which, AnyFactors::Landscape),
            Self::Creature => many::<Creature>(which, AnyFactors::Creature),
            Self::Portrait => many::<Portrait>(which, AnyFactors::Portrait),
        }
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
            let scenes = world.render_many(3, 5, 2, size);
            assert_eq!((scenes.len(), scenes[1].rgb.len()), (2, size * size * 3));
            let factors = serde_json::to_value(&scenes[0].factors).unwrap();
            assert!(factors.as_object().is_some_and(|map| map.len() > 5));
        }
        assert_eq!(WorldName::from_name("Landscape"), None);
    }
}
