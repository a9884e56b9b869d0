//! Files that hold models. The only place that knows their layouts; nothing in them is ever executed, and
//! nothing is allocated on their word.

mod folder;
pub mod npy;
mod tensor;
pub(crate) mod write;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use candle_core::Device;
use serde::{Deserialize, Serialize};

pub use folder::{
    DESCRIPTION_FILE, ModelFile, WEIGHTS_FILE, open_folder, read_decisions, write_decisions,
    write_description,
};
pub use tensor::{Element, SharedBytes, StoredTensor, TensorTable};

use crate::{Error, Result};

/// What kind of file holds a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// `safetensors`.
    Safetensors,
    /// `torch.save` since PyTorch 1.6: a zip archive with a pickle and raw storages.
    TorchZip,
    /// `torch.save` before PyTorch 1.6: pickles one after the other, then raw storages.
    TorchLegacy,
    /// `torch.jit.save`; its code is never run.
    TorchScript,
    /// `numpy.savez`.
    Npz,
    /// A pickle of dictionaries, lists and NumPy arrays.
    Pickle,
}

impl Container {
    /// As people read it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::TorchZip => "PyTorch checkpoint",
            Self::TorchLegacy => "PyTorch checkpoint from before 1.6",
            Self::TorchScript => "TorchScript archive",
            Self::Npz => "NumPy archive (.npz)",
            Self::Pickle => "Python pickle",
        }
    }
}

/// A plain value that stands beside the tensors: a hyper-parameter, a counter, a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

/// Key of a safetensors file's metadata under which [`Values`] are kept as JSON.
pub(crate) const VALUES_KEY: &str = "latent-studio.values";

/// Plain values by their dotted paths ("args.size").
pub type Values = BTreeMap<String, Value>;

/// What a file holds. Names are dotted paths from the root of the file: `main.0.weight` of a bare state
/// dictionary, `g_ema.style.1.weight` of a nested one, `gen_params.0` of a list.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The kind of file.
    pub container: Container,
    /// The tensors, not read yet.
    pub tensors: TensorTable,
    /// Plain values beside them.
    pub values: Values,
    /// Size of the file.
    pub file_bytes: u64,
}

impl Checkpoint {
    /// Looks into a file; its first bytes decide what it is, never its name.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be read, [`Error::Checkpoint`] when it is of no known kind or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        match &bytes[..] {
            [b'P', b'K', 3, 4, ..] => Self::from_torch_zip(path, bytes.len() as u64),
            [_, _, _, _, _, _, _, _, b'{', ..] => {
                Self::from_safetensors(&(Arc::new(bytes) as SharedBytes), path)
            }
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

    /// Tensors that are in memory, as a file would hold them.
    #[must_use]
    pub fn of_tensors(tensors: TensorTable) -> Self {
        Self { container: Container::Safetensors, tensors, values: Values::new(), file_bytes: 0 }
    }

    /// Looks into the bytes of a safetensors file; `path` is for the error.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] when the bytes are damaged.
    pub fn from_safetensors(bytes: &SharedBytes, path: &Path) -> Result<Self> {
        let damaged = |e: &dyn std::fmt::Display| {
            Error::checkpoint(path, format!("is a damaged safetensors file: {e}"))
        };
        let all = (**bytes).as_ref();
        let (header, metadata) = safetensors::SafeTensors::read_metadata(all).map_err(|e| damaged(&e))?;
        let start = header + 8;
        let mut rows = Vec::new();
        for (name, info) in metadata.tensors() {
            let element = match info.dtype {
                safetensors::Dtype::F16 => Element::F16,
                safetensors::Dtype::BF16 => Element::Bf16,
                safetensors::Dtype::F32 => Element::F32,
                safetensors::Dtype::F64 => Element::F64,
                safetensors::Dtype::I8 => Element::I8,
                safetensors::Dtype::U8 => Element::U8,
                safetensors::Dtype::I16 => Element::I16,
                safetensors::Dtype::I32 => Element::I32,
                safetensors::Dtype::I64 => Element::I64,
                safetensors::Dtype::BOOL => Element::Bool,
                _ => continue,
            };
            let range = start + info.data_offsets.0..start + info.data_offsets.1;
            let strides = tensor::contiguous_strides(&info.shape);
            let row = StoredTensor::new(element, info.shape.clone(), strides, bytes.clone(), range);
            rows.push((name.clone(), row.map_err(|e| damaged(&e))?));
        }
        let mut values = Values::new();
        for (key, text) in metadata.metadata().iter().flatten() {
            match serde_json::from_str::<Values>(text) {
                Ok(kept) if key == VALUES_KEY => values.extend(kept),
                _ => drop(values.insert(key.clone(), Value::Text(text.clone()))),
            }
        }
        Ok(Self {
            container: Container::Safetensors,
            tensors: rows.into_iter().collect(),
            values,
            file_bytes: all.len() as u64,
        })
    }

    /// A file of `torch.save` since PyTorch 1.6.
    fn from_torch_zip(path: &Path, file_bytes: u64) -> Result<Self> {
        let tensors = candle_core::pickle::read_all(path)
            .map_err(|e| Error::checkpoint(path, format!("can't be read as a PyTorch checkpoint: {e}")))?;
        if tensors.is_empty() {
            return Err(Error::checkpoint(
                path,
                "holds no tensors at its top level; save the generator's state_dict by itself",
            ));
        }
        let tensors = tensors.into_iter().filter(|(_, t)| t.dtype().is_float());
        let tensors: Vec<_> =
            tensors.map(|(name, t)| Ok((name, t.to_device(&Device::Cpu)?))).collect::<Result<_>>()?;
        Ok(Self {
            container: Container::TorchZip,
            tensors: TensorTable::from_tensors(tensors),
            values: Values::new(),
            file_bytes,
        })
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
