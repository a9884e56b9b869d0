//! The VAE of PyTorch's examples (Kingma and Welling 2014): two dense layers each way.

use candle_core::Device;

use super::layers::{Assembly, Draft, square_side};
use super::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, LatentSpec, Prior};
use crate::nn::{Activation, MapShape};
use crate::{Error, Result, ValueRange};

const NAME: &str = "Linear VAE";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "linear_vae", name: NAME, detect, support: Support::Describes(describe) };

/// Latents, width of the layer between, and pictures.
fn sizes(tensors: &TensorTable) -> Option<(usize, usize, MapShape)> {
    let [width, latents] = tensors.dims("fc3.weight")?;
    let [pixels, inputs] = tensors.dims("fc4.weight")?;
    let channels = [1, 3].into_iter().find(|&c| square_side(pixels, c).is_some())?;
    let side = square_side(pixels, channels)?;
    let encoder = tensors.dims("fc1.weight") == Some([width, pixels])
        && tensors.dims("fc21.weight") == Some([latents, width])
        && tensors.contains("fc22.weight");
    (encoder && inputs == width).then_some((latents, width, [side, side, channels]))
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let (latents, width, [size, _, channels]) = sizes(network.tensors)?;
    Some(
        Detection::new(Assumptions::new().prior(Prior::Normal).range(ValueRange::Unit))
            .fact("latents", latents)
            .fact("width", width)
            .fact("channels", channels)
            .fact("size", size),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let Some((latents, _, picture)) = sizes(tensors) else {
        return Err(Error::Invalid("is no VAE of dense layers".into()));
    };
    let dense = |name: &str| -> Result<Draft> {
        let load = |part: &str| tensors.load(&format!("{name}.{part}"), &Device::Cpu);
        Ok(Draft::dense(load("weight")?).bias(Some(load("bias")?)))
    };
    let mut generator = Assembly::new("z", [1, 1, latents])?;
    generator.layer("fc3", dense("fc3")?.activation(Activation::Relu))?;
    generator.layer("fc4", dense("fc4")?.making_maps(picture)?.activation(Activation::Sigmoid))?;
    let mut encoder = Assembly::new("picture", picture)?;
    encoder.layer("fc1", dense("fc1")?.taking_maps(picture)?.activation(Activation::Relu))?;
    encoder.layer("fc21", dense("fc21")?)?;
    let assumed = &detection.assumptions;
    let latents = LatentSpec::continuous(latents, assumed.prior_of());
    let generator = generator.finish("picture")?;
    let encoder = Some(encoder.finish("mean")?);
    Ok(Described { encoder, ..Described::of_generator(NAME, generator, latents, assumed.range_of()) })
}
