//! What is done to the results of a layer's linear part while they are still in the cache.

use super::activation::Activation;

/// What is done at the very end of a layer and is undone by its results alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct End {
    pub activation: Activation,
    /// Results are kept between these.
    pub bounds: Option<[f32; 2]>,
}

impl End {
    /// Whether it does nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The gradient of results becomes that of what was there before the end.
    pub fn undo(&self, results: &[f32], gradient: &mut [f32]) {
        self.activation.undo(results, gradient);
        if let Some([least, most]) = self.bounds {
            for (g, y) in gradient.iter_mut().zip(results) {
                if *y <= least || *y >= most {
                    *g = 0.0;
                }
            }
        }
    }
}

/// The end of a pass over a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Finish<'a> {
    /// Of a forward pass: the bias is added to every row, then the activation applied.
    Activate { bias: Option<&'a [f32]>, activation: Activation },
    /// Of a gradient: it is taken through the end of the layer before, whose results these are.
    Undo { end: End, results: &'a [f32] },
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
            Self::Undo { end, results } => end.undo(&results[start..start + values.len()], values),
        }
    }
}
