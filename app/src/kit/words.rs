//! What things are called where people read it.

use std::path::Path;

use latent_engine::model::ModelSource;

/// What to call a model by where it comes from.
#[must_use]
pub fn source_name(source: &ModelSource) -> String {
    match source {
        ModelSource::Bundled(name) => name.clone(),
        ModelSource::Path(path) => path_name(path),
    }
}

/// What to call what lies at a path.
#[must_use]
pub fn path_name(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into())
}

/// A sentence with a capital at its beginning.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
