//! How far the reading of a file is, and a way to stop it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::{Error, Result};

/// Counts what is read of the tensors of a file and ends the reading when somebody asks for that. Shared
/// between the thread that reads and the one that shows progress.
#[derive(Debug, Default)]
pub struct LoadMonitor {
    read: AtomicU64,
    expected: AtomicU64,
    cancelled: AtomicBool,
}

impl LoadMonitor {
    /// Bytes of tensors that were read so far; compare with
    /// [`TensorTable::stored_bytes`](super::TensorTable::stored_bytes).
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// How much of what is expected has been read, 0 to 1; `None` as long as nobody knows how much it will be.
    #[must_use]
    pub fn share(&self) -> Option<f32> {
        let expected = self.expected.load(Ordering::Relaxed);
        (expected > 0).then(|| (self.bytes_read() as f32 / expected as f32).min(1.0))
    }

    /// Says how many bytes of tensors will be read, at most.
    pub(crate) fn expect(&self, bytes: u64) {
        self.expected.store(bytes, Ordering::Relaxed);
    }

    /// Ends the reading at the next opportunity.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Counts bytes that were read.
    ///
    /// # Errors
    /// [`Error::Cancelled`] after [`Self::cancel`].
    pub(crate) fn advance(&self, bytes: usize) -> Result<()> {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        if self.cancelled.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }
}
