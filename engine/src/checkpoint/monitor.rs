//! How far the reading of a file is, and a way to stop it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::{Error, Result};

/// Counts what is read of the tensors of a file and ends the reading when somebody asks for that. Shared
/// between the thread that reads and the one that shows progress.
#[derive(Debug, Default)]
pub struct LoadMonitor {
    read: AtomicU64,
    cancelled: AtomicBool,
}

impl LoadMonitor {
    /// Bytes of tensors that were read so far; compare with
    /// [`TensorTable::stored_bytes`](super::TensorTable::stored_bytes).
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Ends the reading at the next opportunity.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Counts bytes that were read.
    ///
    /// # Errors
    /// [`Error::Cancelled`] after [`Self::cancel`].
    pub(super) fn advance(&self, bytes: usize) -> Result<()> {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        if self.cancelled.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }
}
