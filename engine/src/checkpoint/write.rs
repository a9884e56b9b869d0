//! Writing safetensors files.

use std::collections::HashMap;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;

use super::folder::{DESCRIPTION_FILE, ModelFile, WEIGHTS_FILE, description_text};
use crate::{Error, Result, file};

/// A tensor as a file has it.
pub(crate) struct Entry {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// Writes the weights and the description of a model folder, both or neither; the folder is made where it is missing.
pub(crate) fn write_model(
    folder: &Path,
    entries: &[Entry],
    metadata: Vec<(String, String)>,
    description: &ModelFile,
) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    let (weights, about) = (folder.join(WEIGHTS_FILE), folder.join(DESCRIPTION_FILE));
    let text = description_text(folder, description)?;
    file::write_all(&[
        (&about, text.as_bytes()),
        (&weights, &safetensors_bytes(&weights, entries, metadata)?),
    ])
}

/// Writes a safetensors file all at once or not at all.
pub(crate) fn write_safetensors(
    path: &Path,
    entries: &[Entry],
    metadata: Vec<(String, String)>,
) -> Result<()> {
    file::write(path, &safetensors_bytes(path, entries, metadata)?)
}

/// The bytes of a safetensors file; `path` is for the error.
pub(crate) fn safetensors_bytes(
    path: &Path,
    entries: &[Entry],
    metadata: Vec<(String, String)>,
) -> Result<Vec<u8>> {
    let wrong = |e: safetensors::SafeTensorError| Error::checkpoint(path, e.to_string());
    let mut views = Vec::with_capacity(entries.len());
    for Entry { name, dtype, shape, bytes } in entries {
        views.push((name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).map_err(wrong)?));
    }
    let metadata: HashMap<String, String> = metadata.into_iter().collect();
    safetensors::serialize(views, Some(metadata)).map_err(wrong)
}
