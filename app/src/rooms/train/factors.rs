//! What is known of the factors of a world.

use std::sync::OnceLock;

use latent_engine::data::{ClassFactors, WorldName};

/// The names of a world's factors.
#[derive(Debug, Default)]
pub struct Factors {
    /// All of them.
    pub all: Vec<String>,
    /// Those that make classes of its pictures.
    pub classes: Vec<String>,
}

/// The factors of a world; found out once, by a look at some of its pictures' factors.
pub fn of(world: WorldName) -> &'static Factors {
    static KNOWN: [OnceLock<Factors>; WorldName::ALL.len()] =
        [const { OnceLock::new() }; WorldName::ALL.len()];
    let place = WorldName::ALL.iter().position(|known| *known == world).unwrap_or(0);
    KNOWN[place].get_or_init(|| Factors {
        all: world.factors().unwrap_or_default(),
        classes: ClassFactors::of(world).map(|found| found.names().to_vec()).unwrap_or_default(),
    })
}

/// A factor's name, for people.
pub fn label(name: &str) -> String {
    crate::kit::words::capital(&name.replace('_', " "))
}
