//! The models inside the program.

pub(super) struct Bundled {
    pub name: &'static str,
    /// A safetensors file.
    pub weights: &'static [u8],
    /// A `model.toml`.
    pub description: &'static str,
}

const BUNDLED: &[Bundled] = &[Bundled {
    name: "landscape",
    weights: include_bytes!("../../../models/landscape/weights.safetensors"),
    description: include_str!("../../../models/landscape/model.toml"),
}];

/// The names of the models inside the program, the one to start with first.
pub fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|b| b.name)
}

pub(super) fn find(name: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|b| b.name == name)
}
