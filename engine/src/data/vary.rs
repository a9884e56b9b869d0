//! Pictures in which only some factors vary, for models that shall learn these and nothing else.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::world::{Scene, World};
use crate::{Error, Result};

/// Which factors of a world vary from picture to picture; the others keep the world's typical values.
///
/// Works on the factors as they are serialized, so that a world needs nothing but [`World::typical`].
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// The values of the factors that do not vary, by name; `None` when all do.
    held: Option<Map<String, Value>>,
}

impl Vary {
    /// Everything varies.
    #[must_use]
    pub fn all() -> Self {
        Self { held: None }
    }

    /// Only the factors of these names vary.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is no factor of the world, with those that are.
    pub fn only<W: World>(names: &[impl AsRef<str>]) -> Result<Self> {
        let mut held = fields(&W::typical())?;
        let known = held.keys().cloned().collect::<Vec<_>>().join(", ");
        let names: BTreeSet<&str> = names.iter().map(|name| name.as_ref().trim()).collect();
        for name in names {
            held.remove(name).ok_or_else(|| {
                Error::Invalid(format!("\"{name}\" is no factor of this world, which has {known}"))
            })?;
        }
        Ok(Self { held: Some(held) })
    }

    /// `drawn`, with the typical value of every factor that does not vary.
    pub(super) fn hold<F: serde::Serialize + serde::de::DeserializeOwned>(&self, drawn: F) -> Result<F> {
        let Some(held) = &self.held else { return Ok(drawn) };
        let mut all = fields(&drawn)?;
        all.extend(held.iter().map(|(name, value)| (name.clone(), value.clone())));
        serde_json::from_value(Value::Object(all))
            .map_err(|e| Error::Invalid(format!("factors of a world: {e}")))
    }

    /// Pictures `first..first + count` of the world `seed` like [`World::render_many`]; what varies has the same
    /// values as there.
    ///
    /// # Errors
    /// [`Error::Invalid`] when this was made for another world.
    pub fn render_many<W: World>(
        &self,
        seed: u64,
        first: u64,
        count: usize,
        size: usize,
    ) -> Result<Vec<Scene<W::Factors>>> {
        W::prepare();
        (0..count as u64)
            .into_par_iter()
            .map(|i| self.render::<W>(seed, first.wrapping_add(i), size))
            .collect()
    }

    fn render<W: World>(&self, seed: u64, index: u64, size: usize) -> Result<Scene<W::Factors>> {
        let mut refused = None;
        let scene = W::render_changed(seed, index, size, |factors| match self.hold(factors.clone()) {
            Ok(held) => *factors = held,
            Err(error) => refused = Some(error),
        });
        refused.map_or(Ok(scene), Err)
    }
}

/// Factors by name.
pub(super) fn fields(factors: &impl serde::Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(factors) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => Err(Error::Invalid(format!("the factors of a world have names, unlike {other}"))),
        Err(e) => Err(Error::Invalid(format!("factors of a world: {e}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Creature, Landscape, Portrait, WorldName};
    use crate::rng::Rng;

    #[test]
    fn what_varies_is_drawn_as_ever_and_the_rest_is_typical() {
        let vary = Vary::only::<Creature>(&["hue", " lean"]).unwrap();
        let (whole, some) =
            (Creature::render_many(3, 5, 4, 16), vary.render_many::<Creature>(3, 5, 4, 16).unwrap());
        for (whole, some) in whole.iter().zip(&some) {
            let (hue, lean) = (whole.factors.hue, whole.factors.lean);
            assert_eq!(some.factors, crate::data::creature::Factors { hue, lean, ..Creature::typical() });
            assert_eq!(some.rgb, Creature::paint(&some.factors, &mut Rng::new(0), 16));
        }
        assert_ne!(some[0].rgb, some[1].rgb);
    }

    #[test]
    fn every_world_can_hold_and_vary_every_factor() {
        fn check<W: World>() {
            let none = Vary::only::<W>(&[""; 0]).unwrap();
            assert_eq!(none.hold(W::draw(&mut Rng::new(1))).unwrap(), W::typical());
            let names: Vec<String> = fields(&W::typical()).unwrap().keys().cloned().collect();
            let every = Vary::only::<W>(&names).unwrap();
            assert_eq!(every.render_many::<W>(2, 0, 3, 32).unwrap(), W::render_many(2, 0, 3, 32));
            assert_eq!(Vary::all().render_many::<W>(2, 0, 3, 32).unwrap(), W::render_many(2, 0, 3, 32));
        }
        check::<Landscape>();
        check::<Creature>();
        check::<Portrait>();
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let vary = Vary::only::<Landscape>(&["biome", "hills"]).unwrap();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| vary.render_many::<Landscape>(3, 9, 6, 16).unwrap())
        };
        assert_eq!(with(1), with(4));
    }

    #[test]
    fn an_unknown_factor_is_refused_with_those_that_there_are() {
        let error = WorldName::Creature.vary(&["hue", "beard"]).unwrap_err().to_string();
        assert!(error.contains("\"beard\"") && error.contains("stoutness, "), "{error}");
        assert!(WorldName::Portrait.vary(&["hue"]).is_err());
    }
}
