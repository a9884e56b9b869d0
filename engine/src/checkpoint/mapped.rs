//! The bytes of a file without a copy of them: mapped into memory, and let go of as soon as they are read.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::{Error, Result};

/// Bytes that stay where they are: of a file that is mapped into memory, or in memory anyway.
pub trait FileBytes: AsRef<[u8]> + Send + Sync {
    /// Says that the bytes of a range are not needed soon, so that the memory they take can be used for
    /// something else; they can still be read.
    fn release(&self, _range: Range<usize>) {}
}

/// The bytes of a file, in memory or mapped into it.
pub type SharedBytes = Arc<dyn FileBytes>;

impl FileBytes for Vec<u8> {}
impl FileBytes for &'static [u8] {}

/// A file that is mapped into memory.
struct Mapped(memmap2::Mmap);

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl FileBytes for Mapped {
    #[cfg(unix)]
    fn release(&self, range: Range<usize>) {
        if range.start < range.end && range.end <= self.0.len() {
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the map is of a file and never written to, so pages that are dropped come back from the
            // file with the same bytes when they are read again.
            let released = unsafe { self.0.unchecked_advise_range(advice, range.start, range.len()) };
            if let Err(error) = released {
                tracing::debug!("the system keeps the pages of a file in memory: {error}");
            }
        }
    }
}

/// Maps a file into memory; an empty file has no bytes.
///
/// # Errors
/// [`Error::Io`] when it can't be opened or mapped, [`Error::Checkpoint`] when it is no file but a folder, a
/// device or a pipe.
pub(super) fn map(path: &Path) -> Result<SharedBytes> {
    // Before it is opened: a pipe would wait for somebody to write.
    let kind = std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
    if kind.is_dir() {
        return Err(Error::checkpoint(path, "is a folder; choose the file with the weights in it"));
    }
    if !kind.is_file() {
        return Err(Error::checkpoint(path, "is a device or a pipe, not a file; copy it into one first"));
    }
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let length = file.metadata().map_err(|e| Error::io(path, e))?.len();
    if length == 0 {
        return Ok(Arc::new(Vec::new()));
    }
    // SAFETY: the map is read only. A program that shortens the file while it is open here would end this one;
    // every reader of large files by mapping lives with that, and nothing here writes to files that it reads.
    let mapped = unsafe { memmap2::Mmap::map(&file) }.map_err(|e| Error::io(path, e))?;
    Ok(Arc::new(Mapped(mapped)))
}

/// A range of shared bytes.
#[derive(Clone)]
pub(super) struct Part {
    all: SharedBytes,
    range: Range<usize>,
}

impl Part {
    /// All of the bytes.
    pub(super) fn whole(all: SharedBytes) -> Self {
        let range = 0..(*all).as_ref().len();
        Self { all, range }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &(*self.all).as_ref()[self.range.clone()]
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.range.len()
    }

    /// Where they begin among all of the bytes.
    pub(super) fn start(&self) -> usize {
        self.range.start
    }

    /// A range of this range; `None` when it reaches outside.
    pub(super) fn part(&self, range: Range<usize>) -> Option<Self> {
        let inside = range.start <= range.end && range.end <= self.len();
        let start = self.range.start;
        inside.then(|| Self { all: self.all.clone(), range: start + range.start..start + range.end })
    }

    /// [`FileBytes::release`] for a range of this range.
    pub(super) fn release(&self, range: Range<usize>) {
        self.all.release(self.range.start + range.start..self.range.start + range.end);
    }
}
