//! The names of `stylegan2-pytorch` by Kim Seonghyeon (rosinality): `style.1.weight`, `input.input`,
//! `conv1.conv.weight`, `convs.0.conv.weight`, `to_rgbs.0.conv.weight`, `noises.noise_0`.

use super::plan::{ColourPlan, ConvolutionPlan, Layout, Plan};
use crate::checkpoint::TensorTable;

/// Sides double this often at most.
const MOST_LEVELS: usize = 16;

pub(super) fn plan(tensors: &TensorTable) -> Option<Plan> {
    let [styles, latents] = tensors.dims::<2>("style.1.weight")?;
    // `style.0` is the normalization, which has no weights.
    let mapping_layers = (1..).map(|i| format!("style.{i}"));
    let mapping_layers =
        mapping_layers.take_while(|name| tensors.contains(&format!("{name}.weight"))).collect();

    let mut convolutions = vec![convolution(tensors, "conv1", 0)?];
    let mut colours = vec![colour(tensors, "to_rgb1")?];
    for level in 0..MOST_LEVELS {
        let name = format!("to_rgbs.{level}");
        if !tensors.contains(&format!("{name}.conv.weight")) {
            break;
        }
        convolutions.push(convolution(tensors, &format!("convs.{}", 2 * level), 2 * level + 1)?);
        convolutions.push(convolution(tensors, &format!("convs.{}", 2 * level + 1), 2 * level + 2)?);
        colours.push(colour(tensors, &name)?);
    }
    let filter = "convs.0.conv.blur.kernel".to_owned();
    Some(Plan {
        layout: Layout::Rosinality,
        latents,
        styles,
        classes: 0,
        mapping_layers,
        embedding: None,
        constant: "input.input".into(),
        convolutions,
        colours,
        filter: tensors.contains(&filter).then_some(filter),
    })
}

/// Convolution `index` of all; those with odd numbers double the side.
fn convolution(tensors: &TensorTable, name: &str, index: usize) -> Option<ConvolutionPlan> {
    let weight = format!("{name}.conv.weight");
    let [1, outputs, inputs, kernel, _] = tensors.dims::<5>(&weight)? else { return None };
    Some(ConvolutionPlan {
        name: name.to_owned(),
        side: 4usize.checked_shl(u32::try_from(index.div_ceil(2)).ok()?)?,
        up: index % 2 == 1,
        inputs,
        outputs,
        kernel,
        weight,
        style: format!("{name}.conv.modulation"),
        bias: format!("{name}.activate.bias"),
        noise: format!("noises.noise_{index}"),
        strength: format!("{name}.noise.weight"),
    })
}

fn colour(tensors: &TensorTable, name: &str) -> Option<ColourPlan> {
    let weight = format!("{name}.conv.weight");
    let [1, _, inputs, 1, 1] = tensors.dims::<5>(&weight)? else { return None };
    let style = format!("{name}.conv.modulation");
    Some(ColourPlan { name: name.to_owned(), inputs, weight, style, bias: format!("{name}.bias") })
}
