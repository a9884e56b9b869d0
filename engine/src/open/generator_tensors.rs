//! The tensors of a generator that is to get another encoder.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::opening::{Contents, contents};
use super::{identify, refusal};
use crate::arch::{dcgan, dcgan_encoder};
use crate::model::{Decisions, ModelSource};
use crate::{Error, Result};

/// A generator as its file has it.
#[derive(Clone, Debug)]
pub struct GeneratorTensors {
    /// Names without what stands before all of them, float32.
    pub tensors: Vec<(String, Tensor)>,
    /// Everything that was assumed or decided about it.
    pub assumptions: Decisions,
}

/// The tensors of a DCGAN's generator, without the encoder that it may have already.
///
/// # Errors
/// [`Error::UnknownModel`] where there is none, [`Error::Checkpoint`] for a file that can't be used or holds
/// something else than a DCGAN.
pub fn generator_tensors(source: &ModelSource) -> Result<GeneratorTensors> {
    let Contents { path, checkpoint, file, .. } = contents(source, &Arc::default())?;
    let Some(mut found) = identify(&checkpoint) else {
        return Err(Error::checkpoint(&path, refusal(&checkpoint)));
    };
    if ![dcgan::ARCHITECTURE.key, dcgan_encoder::ARCHITECTURE.key].contains(&found.architecture.key) {
        let why = format!(
            "is of the family {}; only a DCGAN's generator can get an encoder here",
            found.architecture.name
        );
        return Err(Error::checkpoint(&path, why));
    }
    found.detection.assumptions.decide(&file.assumptions)?;
    let assumptions =
        found.detection.assumptions.iter().map(|a| (a.key.to_string(), a.answer.text())).collect();
    let table = checkpoint.tensors.under(&found.prefix).without(dcgan_encoder::ENCODER);
    let floats = table.iter().filter(|(_, row)| row.element().is_float());
    let tensors = floats.map(|(name, _)| Ok((name.to_owned(), table.load(name, &Device::Cpu)?)));
    Ok(GeneratorTensors { tensors: tensors.collect::<Result<_>>()?, assumptions })
}
