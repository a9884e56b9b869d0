//! What the modules of an ESRGAN generator are called in the programs that train it.

use crate::checkpoint::TensorTable;

/// Whose names they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// xinntao/ESRGAN.
    Esrgan,
    /// The same before it was published: places in lists.
    Places,
    /// BasicSR and Real-ESRGAN.
    BasicSr,
    /// eriklindernoren/PyTorch-GAN, where a few things are done in another way.
    Zoo,
}

impl Naming {
    const ALL: [Self; 4] = [Self::Esrgan, Self::Places, Self::BasicSr, Self::Zoo];

    /// That of these tensors.
    pub fn of(tensors: &TensorTable) -> Option<Self> {
        Self::ALL.into_iter().find(|naming| tensors.contains(&format!("{}.weight", naming.dense(0, 0, 0))))
    }

    /// The first convolution.
    pub fn first(self) -> &'static str {
        match self {
            Self::Esrgan | Self::BasicSr => "conv_first",
            Self::Places => "model.0",
            Self::Zoo => "conv1",
        }
    }

    /// A residual block of dense blocks.
    pub fn block(self, block: usize) -> String {
        match self {
            Self::Esrgan => format!("RRDB_trunk.{block}"),
            Self::Places => format!("model.1.sub.{block}"),
            Self::BasicSr => format!("body.{block}"),
            Self::Zoo => format!("res_blocks.{block}"),
        }
    }

    /// One of its three dense blocks.
    pub fn dense_block(self, block: usize, dense: usize) -> String {
        let outer = self.block(block);
        match self {
            Self::Esrgan | Self::Places => format!("{outer}.RDB{}", dense + 1),
            Self::BasicSr => format!("{outer}.rdb{}", dense + 1),
            Self::Zoo => format!("{outer}.dense_blocks.{dense}"),
        }
    }

    /// One of the five convolutions of that.
    pub fn dense(self, block: usize, dense: usize, convolution: usize) -> String {
        let (outer, number) = (self.dense_block(block, dense), convolution + 1);
        match self {
            Self::Esrgan | Self::BasicSr => format!("{outer}.conv{number}"),
            Self::Places => format!("{outer}.conv{number}.0"),
            Self::Zoo => format!("{outer}.b{number}.0"),
        }
    }

    /// The convolution after so many blocks.
    pub fn body(self, blocks: usize) -> String {
        match self {
            Self::Esrgan => "trunk_conv".into(),
            Self::Places => format!("model.1.sub.{blocks}"),
            Self::BasicSr => "conv_body".into(),
            Self::Zoo => "conv2".into(),
        }
    }

    /// The convolutions of the steps that make sides larger, and the two after them.
    pub fn ends(self, tensors: &TensorTable) -> Option<(Vec<String>, [String; 2])> {
        let there = |path: &String| tensors.contains(&format!("{path}.weight"));
        let numbered = |name: &dyn Fn(usize) -> String| (0..).map(name).take_while(there).collect();
        Some(match self {
            Self::Esrgan => {
                (numbered(&|i| format!("upconv{}", i + 1)), ["HRconv", "conv_last"].map(Into::into))
            }
            Self::BasicSr => {
                (numbered(&|i| format!("conv_up{}", i + 1)), ["conv_hr", "conv_last"].map(Into::into))
            }
            Self::Zoo => {
                (numbered(&|i| format!("upsampling.{}", 3 * i)), ["conv3.0", "conv3.2"].map(Into::into))
            }
            Self::Places => {
                // Activations and doublings take places too, so those of convolutions have gaps between them.
                let place = |name: &str| name.strip_prefix("model.")?.strip_suffix(".weight")?.parse().ok();
                let mut places: Vec<usize> = tensors.names().filter_map(place).filter(|p| *p > 1).collect();
                places.sort_unstable();
                let mut steps: Vec<String> = places.iter().map(|place| format!("model.{place}")).collect();
                let (last, before) = (steps.pop()?, steps.pop()?);
                (steps, [before, last])
            }
        })
    }
}
