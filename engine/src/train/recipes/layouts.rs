//! What trainings give away, in layouts that other programs read: those of PyTorch's DCGAN example and of the public
//! beta-VAE. A table of names says which weight of our networks is which of theirs.

use candle_core::Tensor;

use crate::Result;
use crate::nn::graph::{Graph, Weights};
use crate::train::core::trainer::NamedTensor;

/// How a weight's axes lie in our networks, and are laid for others.
#[derive(Clone, Copy)]
pub(crate) enum Axes {
    /// As they are.
    Same,
    /// A convolution: k x k x Cin x Cout becomes Cout x Cin x k x k.
    Convolution,
    /// A transposed convolution: Cin x k x k x Cout becomes Cin x Cout x k x k.
    Transposed,
    /// A matrix: Cin x Cout becomes Cout x Cin.
    Matrix,
}

/// A weight under the name and in the layout that others give it.
pub(crate) fn renamed(weights: &Weights, ours: &str, theirs: String, axes: Axes) -> Result<NamedTensor> {
    let weight = weights.get(ours)?;
    let tensor = match axes {
        Axes::Same => weight.clone(),
        Axes::Convolution => weight.permute((3, 2, 0, 1))?,
        Axes::Transposed => weight.permute((0, 3, 1, 2))?,
        Axes::Matrix => weight.t()?,
    };
    Ok(NamedTensor { name: theirs, tensor: tensor.contiguous()? })
}

/// A DCGAN's averaged generator in the layout of PyTorch's example: `main.0.weight` (Cin x Cout x 4 x 4),
/// `main.1.{weight,bias,running_mean,running_var}`, `main.3.weight` and so on, where the numbers count convolution, norm
/// and activation.
///
/// The statistics of the training's batches belong to other weights, so they are measured anew, over `batches` of
/// latents, each N x 1 x 1 x Z.
pub(crate) fn dcgan_tensors(
    generator: &Graph,
    average: &Weights,
    batches: impl Iterator<Item = Result<Tensor>>,
) -> Result<Vec<NamedTensor>> {
    let weights = generator.with_statistics(average, "picture", batches)?;
    let mut tensors = Vec::new();
    for level in 0.. {
        let (up, norm) = (format!("up{level}"), format!("norm{level}"));
        if generator.shape_of(&up).is_none() {
            break;
        }
        let number = 3 * level;
        let (ours, theirs) = (format!("{up}.weight"), format!("main.{number}.weight"));
        tensors.push(renamed(&weights, &ours, theirs, Axes::Transposed)?);
        // The last one makes the picture as it is.
        if generator.shape_of(&norm).is_some() {
            for (ours, theirs) in
                [("gamma", "weight"), ("beta", "bias"), ("mean", "running_mean"), ("variance", "running_var")]
            {
                let theirs = format!("main.{}.{theirs}", number + 1);
                tensors.push(renamed(&weights, &format!("{norm}.{ours}"), theirs, Axes::Same)?);
            }
        }
    }
    Ok(tensors)
}

/// An encoder that is a chain of convolutions, the last of them the node `end`, in PyTorch's layout: `encoder.0.weight`
/// (Cout x Cin x 4 x 4), `encoder.0.bias`, `encoder.2.weight` and so on, where the numbers count convolution and
/// activation.
pub(crate) fn encoder_tensors(graph: &Graph, weights: &Weights, end: &str) -> Result<Vec<NamedTensor>> {
    let levels = (0..).map(|level| format!("down{level}"));
    let nodes = levels.take_while(|node| graph.shape_of(node).is_some()).chain([end.to_owned()]);
    let mut tensors = Vec::new();
    for (layer, node) in nodes.enumerate() {
        for (kind, axes) in [("weight", Axes::Convolution), ("bias", Axes::Same)] {
            let theirs = format!("encoder.{}.{kind}", 2 * layer);
            tensors.push(renamed(weights, &format!("{node}.{kind}"), theirs, axes)?);
        }
    }
    Ok(tensors)
}
