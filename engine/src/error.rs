//! What can go wrong, with the words that a user reads.

use std::path::{Path, PathBuf};

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The engine's error. Its text is one sentence that says what is wrong and, where it can, what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Two shapes that should fit don't.
    #[error("{op}: {left:?} does not fit {right:?} ({why})")]
    Shape {
        /// The operation that refused.
        op: &'static str,
        /// Shape of the first operand.
        left: Vec<usize>,
        /// Shape of the second operand.
        right: Vec<usize>,
        /// What would fit.
        why: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that should be a picture is none.
    #[error("{} is not a picture that can be read: {why}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        why: String,
    },
    /// A file that can't be written, for a reason that is not the system's.
    #[error("{} can't be written: {why}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        why: String,
    },
    /// A checkpoint that can't be used.
    #[error("{}: {why}", path.display())]
    Checkpoint {
        /// The file or model folder.
        path: PathBuf,
        /// What is wrong with it and what to do.
        why: String,
    },
    /// A model name that is neither bundled nor a path.
    #[error(
        "there is no model \"{name}\"; bundled models: {known}; or give a model folder or a checkpoint file"
    )]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A request that makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// A calculation left the finite numbers.
    #[error("{what} is not a finite number any more")]
    NonFinite {
        /// What was being calculated.
        what: &'static str,
    },
    /// A piece of the engine panicked.
    #[error("the engine met a defect of its own and ended the job: {0}")]
    Panic(String),
    /// A stop was asked for.
    #[error("stopped")]
    Cancelled,
    /// The tensor library refused.
    #[error("tensor operation failed: {}", without_backtrace(.0))]
    Tensor(#[from] candle_core::Error),
}

/// candle's errors print their backtrace, which is nothing for a user.
fn without_backtrace(error: &candle_core::Error) -> &candle_core::Error {
    match error {
        candle_core::Error::WithBacktrace { inner, .. } => without_backtrace(inner),
        other => other,
    }
}

impl Error {
    /// An [`Error::Io`] that names its file.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { path: path.as_ref().to_owned(), source }
    }

    /// An [`Error::Panic`] with the panic's own words.
    pub(crate) fn of_panic(panic: &(dyn std::any::Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::Panic(text.unwrap_or_else(|| "no message".into()))
    }

    /// An [`Error::Checkpoint`] that names its file.
    pub fn checkpoint(path: impl AsRef<Path>, why: impl Into<String>) -> Self {
        Self::Checkpoint { path: path.as_ref().to_owned(), why: why.into() }
    }
}
