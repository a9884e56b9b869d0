//! Writing files that are whole or not there.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::{Error, Result};

/// A tensor as a file has it.
pub(crate) struct Entry {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// Writes a safetensors file all at once or not at all.
pub(crate) fn write_safetensors(
    path: &Path,
    entries: &[Entry],
    metadata: Vec<(String, String)>,
) -> Result<()> {
    let wrong = |e: safetensors::SafeTensorError| Error::checkpoint(path, e.to_string());
    let mut views = Vec::with_capacity(entries.len());
    for Entry { name, dtype, shape, bytes } in entries {
        views.push((name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).map_err(wrong)?));
    }
    let metadata: HashMap<String, String> = metadata.into_iter().collect();
    let bytes = safetensors::serialize(views, Some(metadata)).map_err(wrong)?;
    write_atomically(path, &bytes)
}

/// Replaces a file all at once: written beside it, flushed to the disk, renamed.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let beside = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|e| {
        // The half-written file is of no use to anybody; the error is the write's.
        let _ = std::fs::remove_file(&beside);
        Error::io(path, e)
    })
}
