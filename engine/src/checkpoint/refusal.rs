//! Why a file can't be used, before it is known which file that is.

use std::fmt::Display;
use std::path::Path;

use crate::Error;

/// The rest of a sentence that begins with the name of a file: what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub String);

/// What the readers of the containers return.
pub(super) type Read<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal in the reader's own words.
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// A file that ends too early; `end` is its length, `needed` the length that what it says asks for.
    pub(super) fn cut_short(end: usize, needed: impl Display) -> Self {
        Self(format!(
            "is cut short: it ends after byte {end}, but {needed}; get the whole file again (the download or \
             copy was not finished)"
        ))
    }

    /// A file whose bytes contradict each other.
    pub(super) fn damaged(kind: &str, why: impl Display) -> Self {
        Self(format!("is a damaged {kind}: {why}; get the file again"))
    }

    /// The error for people.
    pub(super) fn of(self, path: &Path) -> Error {
        Error::checkpoint(path, self.0)
    }
}
