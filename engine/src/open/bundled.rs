//! The models inside the program.

pub(super) struct Bundled {
    pub name: &'static str,
    /// A safetensors file.
    pub weights: &'static [u8],
    /// A `model.toml`.
    pub description: &'static str,
}

/// Those that make pictures of latents.
const BUNDLED: &[Bundled] = &[
    Bundled {
        name: "landscape",
        weights: include_bytes!("../../../models/landscape/weights.safetensors"),
        description: include_str!("../../../models/landscape/model.toml"),
    },
    Bundled {
        name: "portrait",
        weights: include_bytes!("../../../models/portrait/weights.safetensors"),
        description: include_str!("../../../models/portrait/model.toml"),
    },
    Bundled {
        name: "creature",
        weights: include_bytes!("../../../models/creature/weights.safetensors"),
        description: include_str!("../../../models/creature/model.toml"),
    },
];

/// Those that make pictures larger.
const ENLARGERS: &[Bundled] = &[
    Bundled {
        name: "photo-enlarger",
        weights: include_bytes!("../../../models/photo-enlarger/weights.safetensors"),
        description: include_str!("../../../models/photo-enlarger/model.toml"),
    },
    Bundled {
        name: "landscape-enlarger",
        weights: include_bytes!("../../../models/landscape-enlarger/weights.safetensors"),
        description: include_str!("../../../models/landscape-enlarger/model.toml"),
    },
    Bundled {
        name: "portrait-enlarger",
        weights: include_bytes!("../../../models/portrait-enlarger/weights.safetensors"),
        description: include_str!("../../../models/portrait-enlarger/model.toml"),
    },
];

/// Those that make pictures of maps.
const TRANSLATORS: &[Bundled] = &[Bundled {
    name: "materials",
    weights: include_bytes!("../../../models/materials/weights.safetensors"),
    description: include_str!("../../../models/materials/model.toml"),
}];

/// The names of the translators inside the program.
pub fn bundled_translators() -> impl Iterator<Item = &'static str> {
    TRANSLATORS.iter().map(|b| b.name)
}

/// The names of the enlargers inside the program.
pub fn bundled_enlargers() -> impl Iterator<Item = &'static str> {
    ENLARGERS.iter().map(|b| b.name)
}

/// The names of the models inside the program, the one to start with first.
pub fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|b| b.name)
}

pub(super) fn find(name: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().chain(ENLARGERS).chain(TRANSLATORS).find(|b| b.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Picture;
    use crate::model::{ModelSource, Port};
    use crate::open::open_best;
    use crate::rng::Rng;
    use crate::translate::translate;

    #[test]
    fn every_bundled_model_opens_and_makes_pictures() {
        for bundled in BUNDLED {
            assert!(bundled.weights.len() < 12 << 20, "{} is too large", bundled.name);
            let model = open_best(&ModelSource::named(bundled.name), None).unwrap();
            assert!(!model.info.summary.as_ref().unwrap().made_by.is_empty(), "{}", bundled.name);
            let latent = model.info.latents.draw(&mut Rng::new(1));
            assert_eq!(model.pictures(&[latent]).unwrap()[0].width(), 64);
        }
    }

    #[test]
    fn every_bundled_enlarger_opens_in_both_ways_and_models_name_theirs() {
        for bundled in ENLARGERS {
            assert!(bundled.weights.len() < 3 << 20, "{} is too large", bundled.name);
            let model = open_best(&ModelSource::named(bundled.name), None).unwrap();
            let enlarger = model.enlarger().unwrap();
            assert_eq!((enlarger.factor(), enlarger.faithful().is_some()), (4, true), "{}", bundled.name);
        }
        for name in ["landscape", "portrait"] {
            let model = open_best(&ModelSource::named(name), None).unwrap();
            assert_eq!(model.info.enlarger, Some(ModelSource::Bundled(format!("{name}-enlarger"))));
        }
    }

    #[test]
    fn the_bundled_translator_makes_snow_brighter_than_woods() {
        let model = open_best(&ModelSource::named("materials"), None).unwrap();
        let Port::Labels { labels, .. } = model.translator().unwrap().takes() else { panic!("no labels") };
        let colour = |name: &str| labels.iter().find(|label| label.name == name).unwrap().colour;
        // Sky above, and one material below.
        let light = |name: &str| {
            let mut map = Picture::filled(64, 64, colour("sky"));
            for pixel in map.rgb_mut()[64 * 32 * 3..].chunks_exact_mut(3) {
                pixel.copy_from_slice(&colour(name));
            }
            let made = translate(&model, &map, None).unwrap();
            assert_eq!((made.picture.width(), made.strange), (64, None));
            made.picture.lightness()[64 * 40..].iter().sum::<f32>() / (64.0 * 24.0)
        };
        let (snow, trees) = (light("snow"), light("trees"));
        assert!(snow > trees + 0.15, "snow {snow}, trees {trees}");
    }

    #[test]
    fn portraits_can_be_opened() {
        let model = open_best(&ModelSource::named("portrait"), None).unwrap();
        assert!(model.encoder().is_ok());
    }

    #[test]
    fn the_creatures_have_an_encoder_and_a_name_for_each_latent() {
        let model = open_best(&ModelSource::named("creature"), None).unwrap();
        assert!(model.encoder().is_ok());
        assert_eq!((model.info.latents.len(), model.info.latents.groups[0].names.len()), (10, 10));
    }
}
