//! Saving a training and going on with it: every number that the next step depends on, in one file that is
//! replaced all at once.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor, Var};
use safetensors::{Dtype, SafeTensors};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::adam::Adam;
use crate::checkpoint::write::{Entry, write_safetensors};
use crate::train::networks::Parameters;
use crate::train::spectral::SingularVectors;
use crate::{Error, Result};

/// What stands before the recipe in the key of the metadata that holds what is not a tensor, as JSON.
const KEY: &str = "latent-studio.";
/// More bytes than this no header has: names, shapes and settings.
const MOST_HEADER: u64 = 64 << 20;

/// What a safetensors file says beside its tensors.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "__metadata__", default)]
    metadata: BTreeMap<String, String>,
}

/// The numbers of a state, to be written.
#[derive(Default)]
pub(crate) struct Numbers(Vec<Entry>);

impl Numbers {
    pub fn add(&mut self, name: String, shape: Vec<usize>, values: &[f32]) {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.0.push(Entry { name, dtype: Dtype::F32, shape, bytes });
    }

    /// A network and its optimizer.
    pub fn network(&mut self, part: &str, parameters: &Parameters, adam: &Adam) -> Result<()> {
        let named = parameters.names.iter().zip(&parameters.vars).zip(&adam.moments);
        for ((name, var), [first, second]) in named {
            let shape = var.dims().to_vec();
            self.add(format!("{part}.{name}"), shape.clone(), &var.flatten_all()?.to_vec1::<f32>()?);
            self.add(format!("{part}.moment1.{name}"), shape.clone(), first);
            self.add(format!("{part}.moment2.{name}"), shape, second);
        }
        Ok(())
    }

    /// The moving average of a network.
    pub fn average(&mut self, part: &str, names: &[String], average: &[Tensor]) -> Result<()> {
        for (name, average) in names.iter().zip(average) {
            let values = average.flatten_all()?.to_vec1::<f32>()?;
            self.add(format!("{part}.{name}"), average.dims().to_vec(), &values);
        }
        Ok(())
    }

    /// The singular vectors of a network's weights.
    pub fn vectors(&mut self, part: &str, vectors: &[SingularVectors]) {
        for (index, vectors) in vectors.iter().enumerate() {
            let right = &vectors.right;
            self.add(format!("{part}.singular.{index}"), vec![right.len()], right);
        }
    }

    /// Writes the state of a training by `recipe`.
    pub fn write(&self, path: &Path, recipe: &str, header: &impl Serialize) -> Result<()> {
        let header = serde_json::to_string(header).map_err(|e| Error::checkpoint(path, e.to_string()))?;
        write_safetensors(path, &self.0, vec![(format!("{KEY}{recipe}"), header)])
    }
}

/// The name of a state's recipe and what is not a tensor, without reading the numbers.
pub(crate) fn header<H: DeserializeOwned>(path: &Path) -> Result<(String, H)> {
    let wrong = |why: String| Error::checkpoint(path, why);
    let mut file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    let mut len = [0; 8];
    file.read_exact(&mut len).map_err(|e| Error::io(path, e))?;
    let mut bytes = Vec::new();
    let len = u64::from_le_bytes(len).min(MOST_HEADER);
    file.take(len).read_to_end(&mut bytes).map_err(|e| Error::io(path, e))?;
    let Metadata { metadata } = serde_json::from_slice(&bytes).map_err(|e| wrong(e.to_string()))?;
    let found = metadata.iter().find_map(|(key, value)| Some((key.strip_prefix(KEY)?, value)));
    let (recipe, header) = found.ok_or_else(|| wrong("this is not a saved training".into()))?;
    Ok((recipe.to_owned(), serde_json::from_str(header).map_err(|e| wrong(e.to_string()))?))
}

/// The numbers of a state that was read.
pub(crate) struct Loaded {
    path: PathBuf,
    values: BTreeMap<String, Vec<f32>>,
}

impl Loaded {
    /// Reads the state of a training by one of `recipes`: what is not a tensor, and the numbers.
    pub fn read<H: DeserializeOwned>(path: &Path, recipes: &[&str]) -> Result<(H, Self)> {
        let wrong = |why: String| Error::checkpoint(path, why);
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| wrong(e.to_string()))?;
        let metadata = metadata.metadata().clone().unwrap_or_default();
        let Some(header) = recipes.iter().find_map(|recipe| metadata.get(&format!("{KEY}{recipe}"))) else {
            let other = metadata.keys().find_map(|key| key.strip_prefix(KEY));
            return Err(match other {
                Some(other) => other_recipe(path, other, recipes.first().unwrap_or(&"")),
                None => wrong("this is not a saved training".to_owned()),
            });
        };
        let header = serde_json::from_str(header).map_err(|e| wrong(e.to_string()))?;
        let mut values = BTreeMap::new();
        for (name, view) in SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(wrong(format!("{name} is not float32")));
            }
            let numbers = view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
            values.insert(name.to_owned(), numbers.collect::<Vec<f32>>());
        }
        Ok((header, Self { path: path.to_owned(), values }))
    }

    pub fn take(&mut self, name: &str, len: usize) -> Result<Vec<f32>> {
        let wrong = |why: String| Error::checkpoint(&self.path, why);
        let found = self.values.remove(name).ok_or_else(|| wrong(format!("{name} is missing")))?;
        if found.len() == len {
            Ok(found)
        } else {
            Err(wrong(format!("{name} has {} values instead of {len}", found.len())))
        }
    }

    /// What [`Numbers::network`] wrote.
    pub fn network(&mut self, part: &str, parameters: &Parameters, adam: &mut Adam) -> Result<()> {
        for ((name, var), moments) in parameters.names.iter().zip(&parameters.vars).zip(&mut adam.moments) {
            fill(var, self.take(&format!("{part}.{name}"), var.elem_count())?)?;
            for (order, moment) in moments.iter_mut().enumerate() {
                *moment = self.take(&format!("{part}.moment{}.{name}", order + 1), moment.len())?;
            }
        }
        Ok(())
    }

    /// What [`Numbers::average`] wrote.
    pub fn average(&mut self, part: &str, names: &[String], average: &mut [Tensor]) -> Result<()> {
        for (name, average) in names.iter().zip(average) {
            let values = self.take(&format!("{part}.{name}"), average.elem_count())?;
            *average = Tensor::from_vec(values, average.shape(), &Device::Cpu)?;
        }
        Ok(())
    }

    /// What [`Numbers::vectors`] wrote.
    pub fn vectors(&mut self, part: &str, vectors: &mut [SingularVectors]) -> Result<()> {
        for (index, vectors) in vectors.iter_mut().enumerate() {
            vectors.right = self.take(&format!("{part}.singular.{index}"), vectors.right.len())?;
        }
        Ok(())
    }

    pub fn wrong(&self, why: &str) -> Error {
        Error::checkpoint(&self.path, why)
    }
}

/// What is said of the state of a training by another recipe than was asked for.
pub(crate) fn other_recipe(path: &Path, found: &str, wanted: &str) -> Error {
    Error::checkpoint(path, format!("this is a training by the recipe {found}, not {wanted}"))
}

fn fill(var: &Var, values: Vec<f32>) -> Result<()> {
    Ok(var.set(&Tensor::from_vec(values, var.shape(), &Device::Cpu)?)?)
}
