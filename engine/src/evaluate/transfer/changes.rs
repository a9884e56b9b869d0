//! Changes of single factors of the worlds, of which the truth is known at every size.

use serde::Serialize;

use crate::data::landscape::{self, Biome};
use crate::data::portrait::{self, HairStyle};
use crate::data::{Landscape, Portrait, World, WorldName};
use crate::{Picture, Result};

/// What a change does to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Colour or light: everything stays where it is.
    Colour,
    /// Shapes: something moves, comes or goes.
    Shape,
}

/// A change of a single factor.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// As people call it.
    pub name: &'static str,
    /// What it does to a picture.
    pub kind: Kind,
    scene: Scene,
}

#[derive(Clone, Copy, Debug)]
enum Scene {
    Portrait(fn(&mut portrait::Factors, bool)),
    Landscape(fn(&mut landscape::Factors, bool)),
}

/// Every change that is measured.
pub const CHANGES: &[Change] = &[
    portrait("hair", Kind::Colour, |f, after| {
        if f.hair_style == HairStyle::Bald {
            f.hair_style = HairStyle::Short;
        }
        (f.grey, f.hair_tone) = (0.0, if after { 0.9 } else { 0.15 });
    }),
    portrait("skin", Kind::Colour, |f, after| f.skin = if after { 0.75 } else { 0.2 }),
    portrait("lips", Kind::Colour, |f, after| f.lipstick = if after { 0.9 } else { 0.0 }),
    portrait("light", Kind::Colour, |f, after| f.light_azimuth = if after { 0.8 } else { -0.8 }),
    portrait("warmth", Kind::Colour, |f, after| f.warmth = if after { 1.0 } else { 0.0 }),
    portrait("smile", Kind::Shape, |f, after| f.smile = if after { 0.9 } else { -0.3 }),
    portrait("beard", Kind::Shape, |f, after| {
        (f.beard, f.moustache) = if after { (0.9, 0.7) } else { (0.0, 0.0) };
    }),
    portrait("glasses", Kind::Shape, |f, after| f.glasses = after.then_some(0.5)),
    landscape("sky", Kind::Colour, |f, after| {
        f.overcast = f.overcast.min(0.1);
        f.sun_elevation = f.sun_elevation.max(0.2);
        f.sky_tint = if after { 1.0 } else { -1.0 };
    }),
    landscape("season", Kind::Colour, |f, after| {
        f.biome = if f.woods > 0.4 { Biome::Forest } else { Biome::Meadow };
        f.season = if after { 1.0 } else { 0.0 };
    }),
    landscape("dusk", Kind::Colour, |f, after| f.sun_elevation = if after { 0.05 } else { 0.7 }),
    landscape("autumn", Kind::Colour, |f, after| {
        f.woods = f.woods.max(0.4);
        f.biome = if after { Biome::Autumn } else { Biome::Forest };
    }),
    landscape("clouds", Kind::Shape, |f, after| {
        f.overcast = f.overcast.min(0.1);
        f.cloud_cover = if after { 0.6 } else { 0.0 };
    }),
];

const fn portrait(name: &'static str, kind: Kind, set: fn(&mut portrait::Factors, bool)) -> Change {
    Change { name, kind, scene: Scene::Portrait(set) }
}

const fn landscape(name: &'static str, kind: Kind, set: fn(&mut landscape::Factors, bool)) -> Change {
    Change { name, kind, scene: Scene::Landscape(set) }
}

impl Change {
    /// The world that its pictures are of.
    #[must_use]
    pub fn world(&self) -> WorldName {
        match self.scene {
            Scene::Portrait(_) => WorldName::Portrait,
            Scene::Landscape(_) => WorldName::Landscape,
        }
    }

    /// A picture before and after the change, `size` pixels a side. Of pictures with an odd index the change goes back.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for a size that the world doesn't draw.
    pub fn pair(&self, seed: u64, index: u64, size: usize) -> Result<[Picture; 2]> {
        let one = |after: bool| {
            let after = after ^ (index % 2 == 1);
            let rgb = match self.scene {
                Scene::Portrait(set) => {
                    Portrait::render_changed(seed, index, size, |factors| set(factors, after)).rgb
                }
                Scene::Landscape(set) => {
                    Landscape::render_changed(seed, index, size, |factors| set(factors, after)).rgb
                }
            };
            Picture::new(size, size, rgb)
        };
        Ok([one(false)?, one(true)?])
    }
}
