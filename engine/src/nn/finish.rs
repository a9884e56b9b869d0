//! What is done to the results of a layer's linear part while they are still in the cache.

use super::activation::Activation;

/// The end of a pass over a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Finish<'a> {
    /// Of a forward pass: the bias is added to every row, then the activation applied.
    Activate { bias: Option<&'a [f32]>, activation: Activation },
    /// Of a gradient: it is taken through the activation of the layer before, whose results these are.
    Undo { activation: Activation, results: &'a [f32] },
}

impl Finish<'static> {
    /// Nothing more is done.
    pub const NOTHING: Self = Self::Activate { bias: None, activation: Activation::None };
}

impl Finish<'_> {
    /// Does it to `values`, whole rows that begin with value number `start` of the whole result.
    pub fn apply(self, start: usize, values: &mut [f32]) {
        match self {
            Self::Activate { bias, activation } => activation.apply_with_bias(bias, values),
            Self::Undo { activation, results } => {
                activation.undo(&results[start..start + values.len()], values);
            }
        }
    }
}
