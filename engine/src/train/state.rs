//! Saving a training and going on with it: every number that the next step depends on, in one file that is
//! replaced all at once.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor, Var};
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::gan::{Gan, GanConfig};
use crate::checkpoint::write::{Entry, write_safetensors};
use crate::rng::{Rng, RngState};
use crate::{Error, Result};

/// Key of the metadata that holds [`Header`] as JSON.
const HEADER_KEY: &str = "latent-studio.gan";

/// What is not a tensor.
#[derive(Serialize, Deserialize)]
struct Header {
    config: GanConfig,
    steps: u64,
    adam_g: u64,
    adam_d: u64,
    rng: RngState,
    /// What the caller wants to find again, for example the minutes spent.
    note: String,
}

impl Gan {
    /// Saves the whole state, with a note for the caller. The file is written beside its place, flushed to the
    /// disk and then renamed, so that there is a complete one at any time.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be written.
    pub fn save(&self, path: &Path, note: &str) -> Result<()> {
        let header = Header {
            config: self.config.clone(),
            steps: self.steps,
            adam_g: self.adam_g.steps,
            adam_d: self.adam_d.steps,
            rng: self.rng.state(),
            note: note.to_owned(),
        };
        let header = serde_json::to_string(&header).map_err(|e| Error::checkpoint(path, e.to_string()))?;
        let mut entries = Vec::new();
        self.each_value(|name, shape, values| {
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            entries.push(Entry { name, dtype: Dtype::F32, shape, bytes });
        })?;
        write_safetensors(path, &entries, vec![(HEADER_KEY.to_owned(), header)])
    }

    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can't be read, [`Error::Checkpoint`] when it is not a complete state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let wrong = |why: String| Error::checkpoint(path, why);
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| wrong(e.to_string()))?;
        let header = metadata.metadata().as_ref().and_then(|m| m.get(HEADER_KEY));
        let header = header.ok_or_else(|| wrong("this is not a saved GAN training".to_owned()))?;
        let header: Header = serde_json::from_str(header).map_err(|e| wrong(e.to_string()))?;
        let mut values = BTreeMap::new();
        for (name, view) in SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(wrong(format!("{name} is not float32")));
            }
            let numbers = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            values.insert(name.to_owned(), numbers.collect::<Vec<f32>>());
        }
        let mut take = |name: String, len: usize| {
            let found = values.remove(&name).ok_or_else(|| wrong(format!("{name} is missing")))?;
            if found.len() == len {
                Ok(found)
            } else {
                Err(wrong(format!("{name} has {} values instead of {len}", found.len())))
            }
        };

        let mut gan = Self::new(header.config)?;
        let networks = [("generator", &gan.generator), ("discriminator", &gan.discriminator)];
        for (part, parameters) in networks {
            for (name, var) in parameters.names.iter().zip(&parameters.vars) {
                fill(var, take(format!("{part}.{name}"), var.elem_count())?)?;
            }
        }
        for (name, average) in gan.generator.names.iter().zip(&mut gan.average) {
            let values = take(format!("average.{name}"), average.elem_count())?;
            *average = Tensor::from_vec(values, average.shape(), &Device::Cpu)?;
        }
        for (part, parameters, adam) in [
            ("generator", &gan.generator, &mut gan.adam_g),
            ("discriminator", &gan.discriminator, &mut gan.adam_d),
        ] {
            for (name, moments) in parameters.names.iter().zip(&mut adam.moments) {
                for (order, moment) in moments.iter_mut().enumerate() {
                    *moment = take(format!("{part}.moment{}.{name}", order + 1), moment.len())?;
                }
            }
        }
        for (index, vectors) in gan.vectors.iter_mut().enumerate() {
            vectors.right = take(format!("discriminator.singular.{index}"), vectors.right.len())?;
        }
        gan.adam_g.steps = header.adam_g;
        gan.adam_d.steps = header.adam_d;
        gan.steps = header.steps;
        gan.rng =
            Rng::restore(&header.rng).ok_or_else(|| wrong("the random stream is damaged".to_owned()))?;
        Ok((gan, header.note))
    }

    /// Every tensor of the state with its name in the file.
    fn each_value(&self, mut visit: impl FnMut(String, Vec<usize>, Vec<f32>)) -> Result<()> {
        let parts = [
            ("generator", &self.generator, &self.adam_g),
            ("discriminator", &self.discriminator, &self.adam_d),
        ];
        for (part, parameters, adam) in parts {
            let named = parameters.names.iter().zip(&parameters.vars).zip(&adam.moments);
            for ((name, var), [first, second]) in named {
                let shape = var.dims().to_vec();
                visit(format!("{part}.{name}"), shape.clone(), var.flatten_all()?.to_vec1()?);
                visit(format!("{part}.moment1.{name}"), shape.clone(), first.clone());
                visit(format!("{part}.moment2.{name}"), shape, second.clone());
            }
        }
        for (name, average) in self.generator.names.iter().zip(&self.average) {
            visit(format!("average.{name}"), average.dims().to_vec(), average.flatten_all()?.to_vec1()?);
        }
        for (index, vectors) in self.vectors.iter().enumerate() {
            let right = &vectors.right;
            visit(format!("discriminator.singular.{index}"), vec![right.len()], right.clone());
        }
        Ok(())
    }
}

fn fill(var: &Var, values: Vec<f32>) -> Result<()> {
    Ok(var.set(&Tensor::from_vec(values, var.shape(), &Device::Cpu)?)?)
}
