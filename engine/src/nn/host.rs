//! Getting at the numbers of a tensor on the CPU, and the memory that kernels work in.

use std::cell::RefCell;

use candle_core::{CpuStorage, Layout, Shape, Storage, Tensor, bail};

/// The values of a contiguous float32 tensor inside an operation.
pub(crate) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    let all = storage.as_slice::<f32>()?;
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&all[start..end]),
        None => bail!("a kernel needs its operands contiguous"),
    }
}

/// The values of a contiguous float32 tensor from its guard, see `Tensor::storage_and_layout`.
pub(crate) fn guarded<'a>(storage: &'a Storage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    match storage {
        Storage::Cpu(storage) => values(storage, layout),
        _ => bail!("a kernel for the CPU got a tensor from another device"),
    }
}

/// A tensor on the CPU.
pub(crate) fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> candle_core::Result<Tensor> {
    Tensor::from_vec(values, shape.into(), &candle_core::Device::Cpu)
}

thread_local! {
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` on `len` values of unspecified content that the thread keeps for the next call.
///
/// The buffer is taken out of its place meanwhile: a thread that waits for the pool may be handed another
/// task, which then finds an empty place and allocates its own.
pub(crate) fn with_scratch<R>(len: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut buffer = SCRATCH.take();
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    #[cfg(test)]
    buffer.fill(f32::NAN);
    let result = work(&mut buffer[..len]);
    SCRATCH.set(buffer);
    result
}
