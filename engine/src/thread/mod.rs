//! What the engine's threads have in common: their stack, the word to the window, the newest-value slot.

mod latest;

use std::sync::Arc;

pub use latest::Latest;

/// The stack of a thread that computes. candle walks a computation graph by recursion, which needs more than
/// the usual 2 MB for deep models.
pub(crate) const STACK_BYTES: usize = 64 << 20;

/// Called by a thread of the engine whenever something new can be taken: ask the window for a frame there.
pub type Wake = Arc<dyn Fn() + Send + Sync>;
