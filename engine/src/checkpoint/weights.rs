//! A look at every tensor that becomes a part of a model.

use std::hash::Hasher;
use std::sync::atomic::{AtomicU64, Ordering};

use candle_core::{CpuStorage, Storage, Tensor};

use crate::{Error, Result};

/// Refuses weights that are no finite numbers and takes a fingerprint of the others. Layers hide what is not finite (the
/// larger one of 0 and NaN is 0), so a damaged model would paint without a word.
#[derive(Debug, Default)]
pub struct WeightCheck(AtomicU64);

impl WeightCheck {
    /// What all weights are that were looked at so far, whatever their order: others have another fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Looks at a float32 tensor in main memory.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a number in it is not finite.
    pub(super) fn look(&self, name: &str, tensor: &Tensor) -> Result<()> {
        let tensor = tensor.contiguous()?;
        let (storage, layout) = tensor.storage_and_layout();
        let Storage::Cpu(CpuStorage::F32(values)) = &*storage else { return Ok(()) };
        let (start, end) = layout.contiguous_offsets().unwrap_or((0, values.len()));
        let mut sum = fingerprint_of(name);
        let mut finite = true;
        for value in &values[start..end] {
            finite &= value.is_finite();
            sum = (sum.rotate_left(5) ^ u64::from(value.to_bits())).wrapping_mul(SPREAD);
        }
        if !finite {
            return Err(Error::Invalid(format!(
                "the weights \"{name}\" are not all finite numbers: the file is damaged, or its training went wrong"
            )));
        }
        self.0.fetch_add(sum, Ordering::Relaxed);
        Ok(())
    }
}

/// Spreads a bit over all of a word: 2^64 over the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

fn fingerprint_of(name: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}
