//! Files that hold models. The only place that knows their layouts; nothing in them is ever executed.

mod folder;
pub mod npy;

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};

pub use folder::{DESCRIPTION_FILE, ModelFile, WEIGHTS_FILE, open_folder};

use crate::{Error, Result};

/// The tensors of a file by their names, as float32 on the CPU.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// Ordered by name.
    pub tensors: BTreeMap<String, Tensor>,
}

impl Checkpoint {
    /// Reads a file; its first bytes decide what it is, never its name.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be read, [`Error::Checkpoint`] when it is of no known kind or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        match &bytes[..] {
            [b'P', b'K', 3, 4, ..] => Self::from_torch_zip(path),
            [_, _, _, _, _, _, _, _, b'{', ..] => Self::from_safetensors(&bytes, path),
            [b'v', ..] if bytes.starts_with(b"version https://git-lfs") => Err(Error::checkpoint(
                path,
                "is only a pointer to a file in Git LFS; run `git lfs pull` to get the file itself",
            )),
            _ if bytes.trim_ascii_start().starts_with(b"<") => Err(Error::checkpoint(
                path,
                "is a web page, not a model: the download failed; get the file again",
            )),
            _ => Err(Error::checkpoint(
                path,
                "is no checkpoint that can be read so far (safetensors, or PyTorch 1.6 and newer)",
            )),
        }
    }

    /// Reads safetensors from memory; `path` is for the error.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] when the bytes are damaged.
    pub fn from_safetensors(bytes: &[u8], path: &Path) -> Result<Self> {
        let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)
            .map_err(|e| Error::checkpoint(path, format!("is a damaged safetensors file: {e}")))?;
        Self::collect(tensors)
    }

    /// A file of `torch.save` since PyTorch 1.6: a zip archive with a pickle and raw storages.
    fn from_torch_zip(path: &Path) -> Result<Self> {
        let tensors = candle_core::pickle::read_all(path)
            .map_err(|e| Error::checkpoint(path, format!("can't be read as a PyTorch checkpoint: {e}")))?;
        if tensors.is_empty() {
            return Err(Error::checkpoint(
                path,
                "holds no tensors at its top level; save the generator's state_dict by itself",
            ));
        }
        Self::collect(tensors)
    }

    fn collect(tensors: impl IntoIterator<Item = (String, Tensor)>) -> Result<Self> {
        let tensors = tensors
            .into_iter()
            // Counters such as num_batches_tracked are of no use to a picture.
            .filter(|(_, tensor)| tensor.dtype().is_float())
            .map(|(name, tensor)| Ok((name, tensor.to_dtype(DType::F32)?)))
            .collect::<Result<_>>()?;
        Ok(Self { tensors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_checkpoints_are_named_for_what_they_are() {
        let dir = tempfile::tempdir().unwrap();
        for (bytes, words) in [
            (&b"version https://git-lfs.github.com/spec/v1\noid sha256:0"[..], "git lfs pull"),
            (b"\n<!DOCTYPE html><html>", "web page"),
            (b"PK\x03\x04 and then nothing", "PyTorch"),
            (b"\x10\0\0\0\0\0\0\0{ not json ....", "damaged"),
            (b"", "no checkpoint"),
        ] {
            let path = dir.path().join("file.pth");
            std::fs::write(&path, bytes).unwrap();
            let error = Checkpoint::open(&path).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
