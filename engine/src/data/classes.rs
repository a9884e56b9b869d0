//! Factors of a world that sort its pictures into classes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{AnyFactors, WorldName};
use crate::{Error, Result};

/// Pictures from which is told which factors a world has classes of.
const LOOKED_AT: u64 = 64;
/// What pictures are called that have something a world leaves out of others, and those that have not.
const WITH: &str = "with";
const WITHOUT: &str = "without";

/// Factors of one world by which pictures are sorted: kinds, and things that are there or not.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassFactors {
    world: WorldName,
    names: Vec<String>,
}

impl ClassFactors {
    /// Those of a world; continuous factors are none.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the factors have no names.
    pub fn of(world: WorldName) -> Result<Self> {
        let drawn: Vec<AnyFactors> = (0..LOOKED_AT).map(|index| world.draw(0, index)).collect();
        let rows = drawn.iter().map(fields).collect::<Result<Vec<_>>>()?;
        let names = rows.first().map(|row| row.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let sorts = |name: &String| {
            // Something that is always there, or never, is no reason to take its size for a class.
            let absent = rows.iter().any(|row| row.get(name).is_some_and(Value::is_null));
            rows.iter().all(|row| match row.get(name) {
                Some(Value::String(_) | Value::Bool(_)) => true,
                _ => absent,
            })
        };
        Ok(Self { world, names: names.into_iter().filter(sorts).collect() })
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Refuses a name that is none of them.
    ///
    /// # Errors
    /// [`Error::Invalid`] with those that there are.
    pub fn check(&self, name: &str) -> Result<()> {
        if self.names.iter().any(|known| known == name) {
            return Ok(());
        }
        let world = self.world.name();
        Err(Error::Invalid(match self.names.as_slice() {
            [] => format!("the {world} world has no factor that makes classes: all of them are continuous"),
            names => format!(
                "\"{name}\" makes no classes of the {world} world's pictures; {} can",
                names.join(" or ")
            ),
        }))
    }

    /// The names of the classes that pictures with these factors have by one of them, in order, and the class of each
    /// picture.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the factor makes no classes, or all pictures are of the same.
    pub fn classes(&self, name: &str, factors: &[AnyFactors]) -> Result<(Vec<String>, Vec<usize>)> {
        self.check(name)?;
        let kinds = factors.iter().map(|factors| kind(name, factors)).collect::<Result<Vec<_>>>()?;
        let classes: Vec<String> = kinds.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        if let [only] = classes.as_slice() {
            return Err(Error::Invalid(format!(
                "all pictures have {name} {only}: let it vary, two classes are the least"
            )));
        }
        let labels = kinds.iter().map(|kind| classes.partition_point(|class| class < kind)).collect();
        Ok((classes, labels))
    }
}

fn fields(factors: &AnyFactors) -> Result<serde_json::Map<String, Value>> {
    match serde_json::to_value(factors) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Error::Invalid("the factors of a world have names".into())),
    }
}

/// The class of a picture by a factor.
fn kind(name: &str, factors: &AnyFactors) -> Result<String> {
    Ok(match fields(factors)?.get(name) {
        Some(Value::String(kind)) => kind.to_lowercase(),
        Some(Value::Null | Value::Bool(false)) => WITHOUT.into(),
        _ => WITH.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vary;

    #[test]
    fn kinds_and_things_that_may_be_missing_make_classes() {
        let names = |world| ClassFactors::of(world).unwrap().names().to_vec();
        assert_eq!(names(WorldName::Landscape), ["biome", "cloud_kind", "sea_level"]);
        assert_eq!(names(WorldName::Portrait), ["glasses", "hair_style"]);
        assert!(names(WorldName::Creature).is_empty());
    }

    #[test]
    fn every_picture_has_its_class() {
        let world = WorldName::Landscape;
        let scenes = world.render_many(&Vary::all(), 3, 0, 60, 16).unwrap();
        let factors: Vec<AnyFactors> = scenes.into_iter().map(|scene| scene.factors).collect();
        let of = |name| ClassFactors::of(world).unwrap().classes(name, &factors).unwrap();
        let (biomes, labels) = of("biome");
        assert_eq!(biomes, ["autumn", "desert", "forest", "heath", "meadow", "snow"]);
        let (water, with) = of("sea_level");
        assert_eq!(water, ["with", "without"]);
        for ((factors, biome), water) in factors.iter().zip(labels).zip(with) {
            let AnyFactors::Landscape(factors) = factors else { panic!("a landscape") };
            assert_eq!(biomes[biome], format!("{:?}", factors.biome).to_lowercase());
            assert_eq!(water == 0, factors.sea_level.is_some());
        }
    }

    #[test]
    fn what_makes_no_classes_is_refused_with_what_does() {
        let refusal = |world, name| ClassFactors::of(world).unwrap().check(name).unwrap_err().to_string();
        for name in ["haze", "beard"] {
            let refusal = refusal(WorldName::Landscape, name);
            assert!(refusal.contains(name) && refusal.contains("biome or cloud_kind"), "{refusal}");
        }
        assert!(refusal(WorldName::Creature, "hue").contains("continuous"));
        let world = WorldName::Landscape;
        let vary = world.vary(&["haze"]).unwrap();
        let scenes = world.render_many(&vary, 3, 0, 5, 16).unwrap();
        let factors: Vec<AnyFactors> = scenes.into_iter().map(|scene| scene.factors).collect();
        let error = ClassFactors::of(world).unwrap().classes("biome", &factors).unwrap_err().to_string();
        assert!(error.contains("biome meadow"), "{error}");
    }
}
