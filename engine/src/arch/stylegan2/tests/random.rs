//! Checkpoints of random weights in both layouts.

use candle_core::{Device, Tensor};

use crate::checkpoint::TensorTable;
use crate::rng::Rng;

/// What a checkpoint is like.
pub(super) struct Shape {
    /// Numbers in a latent and in a style.
    pub style: usize,
    pub mapping: usize,
    /// Channels at every side from 4 x 4 on.
    pub widths: Vec<usize>,
    /// Names and shapes only.
    pub absent: bool,
}

impl Shape {
    /// Pictures of 16 x 16.
    pub fn little() -> Self {
        Self { style: 16, mapping: 3, widths: vec![8, 7, 6], absent: false }
    }

    /// What the published configuration for 256 x 256 with a channel multiplier of 1 is like.
    pub fn of_256() -> Self {
        Self { style: 512, mapping: 8, widths: vec![512, 512, 512, 512, 256, 128, 64], absent: false }
    }
}

#[derive(Default)]
struct Names(Vec<(String, Vec<usize>)>);

impl Names {
    fn add(&mut self, name: impl Into<String>, shape: &[usize]) {
        self.0.push((name.into(), shape.to_vec()));
    }

    fn linear(&mut self, name: &str, outputs: usize, inputs: usize) {
        self.add(format!("{name}.weight"), &[outputs, inputs]);
        self.add(format!("{name}.bias"), &[outputs]);
    }

    fn table(self, absent: bool) -> TensorTable {
        if absent {
            return TensorTable::from_shapes(self.0);
        }
        let mut rng = Rng::new(11);
        TensorTable::from_tensors(self.0.into_iter().map(|(name, shape)| {
            let count = shape.iter().product();
            let values: Vec<f32> = if name.ends_with("kernel") {
                let taps = [1.0, 3.0, 3.0, 1.0];
                taps.iter().flat_map(|a| taps.map(|b| a * b / 16.0)).collect()
            } else if name.ends_with("noise.weight") || name.ends_with("noise_strength") {
                vec![0.3; count]
            } else {
                let centre =
                    f32::from(u8::from(name.ends_with("modulation.bias") || name.ends_with("affine.bias")));
                // Weights of the mapping are divided by 0.01 because it is multiplied by that.
                let mapping = name.starts_with("style.") || name.starts_with("mapping.fc");
                let scale = if mapping && name.ends_with("weight") { 100.0 } else { 1.0 };
                rng.normals(count).into_iter().map(|v| centre + scale * v).collect()
            };
            (name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap())
        }))
    }
}

/// In the layout of rosinality's `stylegan2-pytorch`.
pub(super) fn rosinality(shape: &Shape) -> TensorTable {
    let Shape { style, mapping, widths, absent } = shape;
    let mut names = Names::default();
    for i in 1..=*mapping {
        names.linear(&format!("style.{i}"), *style, *style);
    }
    names.add("input.input", &[1, widths[0], 4, 4]);
    let mut inputs = widths[0];
    let mut convolution = |names: &mut Names, name: &str, outputs: usize, index: usize| {
        names.add(format!("{name}.conv.weight"), &[1, outputs, inputs, 3, 3]);
        names.linear(&format!("{name}.conv.modulation"), inputs, *style);
        names.add(format!("{name}.noise.weight"), &[1]);
        names.add(format!("{name}.activate.bias"), &[outputs]);
        let side = 4 << index.div_ceil(2);
        names.add(format!("noises.noise_{index}"), &[1, 1, side, side]);
        if index % 2 == 1 {
            names.add(format!("{name}.conv.blur.kernel"), &[4, 4]);
        }
        inputs = outputs;
    };
    convolution(&mut names, "conv1", widths[0], 0);
    for (level, &width) in widths.iter().enumerate().skip(1) {
        convolution(&mut names, &format!("convs.{}", 2 * level - 2), width, 2 * level - 1);
        convolution(&mut names, &format!("convs.{}", 2 * level - 1), width, 2 * level);
    }
    for (level, &width) in widths.iter().enumerate() {
        let name = if level == 0 { "to_rgb1".into() } else { format!("to_rgbs.{}", level - 1) };
        names.add(format!("{name}.bias"), &[1, 3, 1, 1]);
        names.add(format!("{name}.conv.weight"), &[1, 3, width, 1, 1]);
        names.linear(&format!("{name}.conv.modulation"), width, *style);
    }
    names.table(*absent)
}

/// In the layout of NVIDIA's `stylegan2-ada-pytorch`, with classes.
pub(super) fn nvidia(shape: &Shape, classes: usize) -> TensorTable {
    let Shape { style, mapping, widths, absent } = shape;
    let mut names = Names::default();
    if classes > 0 {
        names.linear("mapping.embed", *style, classes);
    }
    for i in 0..*mapping {
        let inputs = if i == 0 && classes > 0 { 2 * style } else { *style };
        names.linear(&format!("mapping.fc{i}"), *style, inputs);
    }
    names.add("mapping.w_avg", &[*style]);
    names.add("synthesis.b4.const", &[widths[0], 4, 4]);
    let mut inputs = widths[0];
    for (level, &width) in widths.iter().enumerate() {
        let side = 4 << level;
        let block = format!("synthesis.b{side}");
        let layers: &[&str] = if level == 0 { &["conv1"] } else { &["conv0", "conv1"] };
        for layer in layers {
            let name = format!("{block}.{layer}");
            names.add(format!("{name}.weight"), &[width, inputs, 3, 3]);
            names.add(format!("{name}.bias"), &[width]);
            names.add(format!("{name}.noise_strength"), &[]);
            names.add(format!("{name}.noise_const"), &[side, side]);
            names.linear(&format!("{name}.affine"), inputs, *style);
            inputs = width;
        }
        names.add(format!("{block}.torgb.weight"), &[3, width, 1, 1]);
        names.add(format!("{block}.torgb.bias"), &[3]);
        names.linear(&format!("{block}.torgb.affine"), width, *style);
    }
    names.table(*absent)
}
