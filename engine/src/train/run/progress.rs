//! Where a run stands.

use serde::{Deserialize, Serialize};

use crate::train::core::trainer::Report;

/// Steps between lines of the log.
pub(crate) const LOG_EVERY: u32 = 50;

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What the last step measured.
    #[serde(flatten)]
    pub report: Report,
    /// Seconds of training so far, earlier runs included.
    pub seconds: f64,
    /// How much of the planned run is over, 0 to 1.
    pub progress: f32,
    /// Real pictures a second, in this run.
    pub pictures_per_second: f64,
}
