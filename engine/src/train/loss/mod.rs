//! What trainings minimize, and what a batch tells of how they are doing.

pub(crate) mod adversarial;
pub(crate) mod bernoulli;
pub(crate) mod minibatch;
pub(crate) mod regularizer;
