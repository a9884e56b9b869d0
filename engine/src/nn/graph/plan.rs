//! Which nodes are run for what is wanted, and which activations are applied by the node before them.

use super::{Graph, Op};

/// A way through a graph.
pub(super) struct Plan {
    /// Whether a node is run at all.
    pub needed: Vec<bool>,
    /// How many of the nodes that are run take what a node makes.
    pub uses: Vec<usize>,
    /// Whether a node's results are only ever made together with what the next one does with them: it is linear or a norm,
    /// and its only user is an activation.
    pub fused: Vec<bool>,
}

impl Graph {
    pub(super) fn plan(&self, wanted: &[usize]) -> Plan {
        let count = self.nodes.len();
        let mut needed = vec![false; count];
        wanted.iter().for_each(|&place| needed[place] = true);
        let mut uses = vec![0; count];
        for place in (0..count).rev() {
            if !needed[place] {
                continue;
            }
            for &before in &self.from[place] {
                needed[before] = true;
                uses[before] += 1;
            }
        }
        let mut fused = vec![false; count];
        for place in (0..count).filter(|&place| needed[place]) {
            let [before] = self.from[place][..] else { continue };
            let activates = matches!(self.nodes[place].op, Op::Activation { .. });
            let single = uses[before] == 1 && !wanted.contains(&before);
            fused[before] = activates && single && self.nodes[before].op.takes_activation();
        }
        Plan { needed, uses, fused }
    }
}

impl Op {
    /// Whether its kernel can apply an activation to what it makes.
    fn takes_activation(&self) -> bool {
        match self {
            Self::Dense { .. }
            | Self::Convolution { .. }
            | Self::TransposedConvolution { .. }
            | Self::BatchNorm { .. } => true,
            Self::Input { .. }
            | Self::Activation { .. }
            | Self::InstanceNorm { .. }
            | Self::Prelu { .. }
            | Self::PixelShuffle { .. }
            | Self::PixelUnshuffle { .. }
            | Self::Add
            | Self::Multiply
            | Self::Concatenate
            | Self::Resample { .. }
            | Self::Affine { .. }
            | Self::Reshape { .. }
            | Self::Narrow { .. }
            | Self::Deviation { .. }
            | Self::Clip { .. } => false,
        }
    }
}
