//! Files that others wrote, files written by hand, and files that mean harm.

mod pickles;
mod refused;
mod samples;
mod small;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use super::Checkpoint;
use crate::Result;

/// The folder of the samples: one small generator in every container.
fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints")
}

/// Looks into bytes as if they were a file.
fn open(bytes: &[u8]) -> Result<Checkpoint> {
    Checkpoint::from_bytes(Arc::new(bytes.to_vec()), "file".as_ref())
}
