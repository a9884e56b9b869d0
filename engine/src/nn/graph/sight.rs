//! How a network sees maps of any sides: how far it looks, and what their sides must be multiples of.

use super::{Graph, Op};

impl Graph {
    /// How many pixels of what goes in lie at most between a result and the pixels that it depends on; `None` where it
    /// depends on all of them.
    #[must_use]
    pub fn reach(&self) -> Option<usize> {
        let side = self.inputs().next()?[0] as f64;
        let mut reaches: Vec<f64> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            let before = self.from[place].iter().map(|&before| reaches[before]).fold(0.0, f64::max);
            let taken = self.from[place].first().map_or(side, |&before| self.shapes[before][0] as f64);
            // Pixels of the input in one of the maps that the node takes.
            let pixel = side / taken;
            let more = match &node.op {
                Op::Convolution { kernel, .. } | Op::TransposedConvolution { kernel, .. } => {
                    (kernel / 2) as f64 * pixel
                }
                Op::Resample { filter } => filter.taps.len() as f64 / filter.up as f64 * pixel,
                Op::PixelShuffle { .. } => 0.0,
                Op::PixelUnshuffle { factor } => (factor - 1) as f64 * pixel,
                Op::Dense { .. } | Op::Reshape { .. } | Op::InstanceNorm { .. } | Op::Deviation { .. } => {
                    return None;
                }
                Op::Input { .. }
                | Op::BatchNorm { .. }
                | Op::Prelu { .. }
                | Op::Activation { .. }
                | Op::Add
                | Op::Multiply
                | Op::Concatenate
                | Op::Affine { .. }
                | Op::Narrow { .. }
                | Op::Clip { .. } => 0.0,
            };
            reaches.push(before + more);
        }
        Some(reaches.into_iter().fold(0.0, f64::max).ceil() as usize)
    }

    /// The sides of what goes in are multiples of this: the most that one of its maps is smaller.
    #[must_use]
    pub fn divides(&self) -> usize {
        let side = self.inputs().next().map_or(1, |shape| shape[0]);
        self.shapes.iter().map(|shape| side.div_ceil(shape[0].max(1))).max().unwrap_or(1)
    }
}
