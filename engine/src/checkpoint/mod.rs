//! Files that hold models. The only place that knows their layouts; nothing in them is ever executed, and
//! nothing is allocated on their word.

mod blob;
mod element;
mod flatten;
mod folder;
mod mapped;
mod monitor;
pub mod npy;
mod numpy;
mod pickle;
mod refusal;
mod safetensors;
mod sniff;
mod stated;
mod table;
mod tensor;
mod torch;
mod weights;
pub(crate) mod write;
mod zip;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use element::Element;
pub use folder::{
    DESCRIPTION_FILE, Decisions, ModelFile, WEIGHTS_FILE, open_folder, read_decisions, write_decisions,
    write_description,
};
pub use mapped::{FileBytes, SharedBytes};
pub use monitor::LoadMonitor;
pub use stated::{ARCHITECTURE_KEY, Stated};
pub use table::TensorTable;
pub use tensor::StoredTensor;
pub use weights::WeightCheck;

use crate::Result;
use mapped::Part;
use pickle::Limits;
use refusal::{Read, Refusal};
use sniff::Kind;
use torch::Storages;
use zip::Archive;

/// Most tensors of a file: twenty times what the largest known one has.
const MOST_TENSORS: usize = 65_536;
/// Longest name of a tensor, in bytes.
const LONGEST_NAME: usize = 512;
/// The tensors of a file may overlap (tied weights, averages that were just begun), but together they have at
/// most so many times the bytes of the file.
const MOST_OVERLAP: u64 = 16;
/// What is allowed on top of that, in bytes.
const FREE_OVERLAP: u64 = 64 << 20;
/// PyTorch never packs the pickle of its archives; one that somebody packed again may have so many bytes.
const LARGEST_PACKED_PICKLE: usize = 16 << 20;

/// What kind of file holds a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Looks into a file; its first bytes decide what it is, never its name. The file is mapped into memory: no
    /// weights are read, and no copy of them is made.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when it can't be read, [`crate::Error::Checkpoint`] when it is of no known kind or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Arc::default())
    }

    /// [`Self::open`] with a monitor that sees and can stop the reading of the tensors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(path: &Path, monitor: Arc<LoadMonitor>) -> Result<Self> {
        let checkpoint = Self::from_bytes(mapped::map(path)?, path)?;
        Ok(Self { tensors: checkpoint.tensors.watched_by(monitor), ..checkpoint })
    }

    /// Looks into the bytes of a file; `path` is for the error.
    ///
    /// # Errors
    /// [`crate::Error::Checkpoint`] when the bytes are of no known kind or damaged.
    pub fn from_bytes(bytes: SharedBytes, path: &Path) -> Result<Self> {
        read(&Part::whole(bytes)).map_err(|why| why.of(path))
    }

    /// Tensors that are in memory, as a file would hold them.
    #[must_use]
    pub fn of_tensors(tensors: TensorTable) -> Self {
        Self { container: Container::Safetensors, tensors, values: Values::new(), file_bytes: 0 }
    }

    /// Looks into the bytes of a safetensors file; `path` is for the error.
    ///
    /// # Errors
    /// [`crate::Error::Checkpoint`] when the bytes are damaged.
    pub fn from_safetensors(bytes: &SharedBytes, path: &Path) -> Result<Self> {
        Self::from_bytes(bytes.clone(), path)
    }
}

fn read(bytes: &Part) -> Read<Checkpoint> {
    let (container, tensors, values) = match sniff::sniff(bytes.bytes())? {
        Kind::Zip => read_zip(bytes)?,
        Kind::TorchLegacy => {
            let (graph, storages) = torch::legacy(bytes, Limits::FILE)?;
            let (tensors, values) = flatten::flatten(&graph, &storages)?;
            (Container::TorchLegacy, tensors, values)
        }
        Kind::Pickle => {
            let (graph, _) = pickle::read(bytes, 0, Limits::FILE)?;
            let (tensors, values) = flatten::flatten(&graph, &Storages::Nowhere)?;
            (Container::Pickle, tensors, values)
        }
        Kind::Safetensors => {
            let (rows, values) = safetensors::read(bytes)?;
            (Container::Safetensors, rows.into_iter().collect(), values)
        }
    };
    if tensors.is_empty() {
        return Err(Refusal::new("holds no tensors; save the state_dict of the generator"));
    }
    let file_bytes = bytes.len() as u64;
    let most = file_bytes.saturating_mul(MOST_OVERLAP).saturating_add(FREE_OVERLAP);
    // Members of an archive of arrays don't overlap, and may be packed.
    if container != Container::Npz && tensors.stored_bytes() > most {
        return Err(Refusal::new(
            "is damaged: its tensors claim the same bytes many times over; get the file again",
        ));
    }
    Ok(Checkpoint { container, tensors, values, file_bytes })
}

/// A file of `torch.save`, `torch.jit.save` or `numpy.savez`.
fn read_zip(bytes: &Part) -> Read<(Container, TensorTable, Values)> {
    let archive = Archive::open(bytes.clone())?;
    let pickle = archive.names().filter(|name| *name == "data.pkl" || name.ends_with("/data.pkl"));
    let Some(pickle) = pickle.min_by_key(|name| name.len()).map(str::to_owned) else {
        let names = || archive.names();
        return Err(Refusal::new(if names().any(|name| name.ends_with(".npy")) {
            return Ok((Container::Npz, numpy::arrays(&archive)?.into_iter().collect(), Values::new()));
        } else if names().any(|name| name.ends_with(".weights.h5")) {
            "is a Keras model, which is not read here; save the weights as safetensors or .npz"
        } else if names().any(|name| name.ends_with("model.json") || name.contains("/code/")) {
            "is a TorchScript archive of PyTorch before 1.4; load it there and save its state_dict"
        } else {
            "is a zip archive without a model in it; unpack it and open the file with the weights"
        }));
    };
    let root = pickle.trim_end_matches("data.pkl").to_owned();
    let script = archive.contains(&format!("{root}constants.pkl"));
    let member = |name: &str| archive.member(&format!("{root}{name}"));
    if member("byteorder")?.is_some_and(|order| order.head(8) == b"big") {
        return Err(torch::big_endian());
    }
    let Some(blob) = member("data.pkl")? else {
        return Err(Refusal::damaged("checkpoint", "its pickle is missing"));
    };
    let part = match blob.in_place() {
        Some(part) => part.clone(),
        None => Part::whole(Arc::new(blob.head(LARGEST_PACKED_PICKLE))),
    };
    let (graph, _) = pickle::read(&part, 0, Limits::FILE)?;
    let storages = Storages::Members(archive, format!("{root}data/"));
    let (tensors, values) = flatten::flatten(&graph, &storages)?;
    Ok((if script { Container::TorchScript } else { Container::TorchZip }, tensors, values))
}

#[cfg(test)]
mod tests;
