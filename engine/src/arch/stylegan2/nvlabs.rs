//! The names of `stylegan2-ada-pytorch` by NVIDIA: `mapping.fc0.weight`, `mapping.w_avg`, `synthesis.b4.const`,
//! `synthesis.b8.conv0.affine.weight`, `synthesis.b8.torgb.weight`.

use super::plan::{ColourPlan, ConvolutionPlan, Layout, Plan};
use crate::checkpoint::TensorTable;

/// Larger pictures are not looked for.
const LARGEST: usize = 1 << 16;

pub(super) fn plan(tensors: &TensorTable) -> Option<Plan> {
    let [styles, inputs] = tensors.dims::<2>("mapping.fc0.weight")?;
    let mapping_layers = (0..).map(|i| format!("mapping.fc{i}"));
    let mapping_layers =
        mapping_layers.take_while(|name| tensors.contains(&format!("{name}.weight"))).collect();
    let embedding = "mapping.embed";
    let [embedded, classes] = tensors.dims::<2>(&format!("{embedding}.weight")).unwrap_or([0, 0]);

    let mut convolutions = vec![convolution(tensors, 4, "conv1")?];
    let mut colours = vec![colour(tensors, 4)?];
    let mut side = 8;
    while side <= LARGEST && tensors.contains(&format!("synthesis.b{side}.conv1.weight")) {
        convolutions.push(convolution(tensors, side, "conv0")?);
        convolutions.push(convolution(tensors, side, "conv1")?);
        // Networks that make colours only at the end ("orig", "resnet") are no StyleGAN2 as published.
        colours.push(colour(tensors, side)?);
        side *= 2;
    }
    let filter = "synthesis.b4.resample_filter".to_owned();
    Some(Plan {
        layout: Layout::Nvidia,
        latents: inputs.checked_sub(embedded).filter(|&latents| latents > 0)?,
        styles,
        classes,
        mapping_layers,
        embedding: (classes > 0).then(|| embedding.to_owned()),
        constant: "synthesis.b4.const".into(),
        convolutions,
        colours,
        filter: tensors.contains(&filter).then_some(filter),
    })
}

fn convolution(tensors: &TensorTable, side: usize, name: &str) -> Option<ConvolutionPlan> {
    let layer = format!("synthesis.b{side}.{name}");
    let weight = format!("{layer}.weight");
    let [outputs, inputs, kernel, _] = tensors.dims::<4>(&weight)?;
    Some(ConvolutionPlan {
        side,
        up: name == "conv0",
        inputs,
        outputs,
        kernel,
        weight,
        style: format!("{layer}.affine"),
        bias: format!("{layer}.bias"),
        noise: format!("{layer}.noise_const"),
        strength: format!("{layer}.noise_strength"),
        name: layer,
    })
}

fn colour(tensors: &TensorTable, side: usize) -> Option<ColourPlan> {
    let layer = format!("synthesis.b{side}.torgb");
    let weight = format!("{layer}.weight");
    let [_, inputs, 1, 1] = tensors.dims::<4>(&weight)? else { return None };
    let (style, bias) = (format!("{layer}.affine"), format!("{layer}.bias"));
    Some(ColourPlan { name: layer, inputs, weight, style, bias })
}
