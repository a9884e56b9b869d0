//! The simple Introspective Adversarial Network of the Neural Photo Editor (Brock et al. 2017), `IAN_simple.npz`.
//!
//! The math is that of its `IAN_simple.py` under Lasagne: batch norm with a stored inverse deviation and without
//! an epsilon, the decoder's kernels turned by half a turn (its layers are gradients of true convolutions), the
//! encoder's not.

use candle_core::{Device, Tensor};

use super::layers::{Assembly, Draft, doubled, square_side};
use super::norm::Norm;
use super::{Architecture, Described, Detection, Network, Part, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, LatentSpec, Prior};
use crate::nn::{Activation, MapShape};
use crate::{Error, Result, ValueRange};

const NAME: &str = "IAN";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "ian", name: NAME, detect, support: Support::Describes(describe) };

/// The decoder's layers between the dense one and the last, with their batch norms.
const DECODER: [[&str; 2]; 3] =
    [["dec_conv1.W", "bnorm_dc1"], ["dec_conv2.W", "bnorm_dc2"], ["dec_conv3.W", "bnorm_dc3"]];
/// The encoder's convolutions after the first, with their batch norms.
const ENCODER: [[&str; 2]; 3] =
    [["enc_conv2.W", "bnorm2"], ["enc_conv3.W", "bnorm3"], ["enc_conv4.W", "bnorm4"]];

/// Latents and the shape of the maps that the dense layer makes, and what comes out.
struct Sizes {
    latents: usize,
    first: MapShape,
    picture: MapShape,
    width: usize,
}

fn sizes(tensors: &TensorTable) -> Option<Sizes> {
    let [latents, outputs] = tensors.dims("l_dec_fc2.W")?;
    let [inputs, ..] = tensors.dims::<4>("dec_conv1.W")?;
    let [width, channels, ..] = tensors.dims::<4>("dec_out.W")?;
    let side = square_side(outputs, inputs)?;
    let size = doubled(side, DECODER.len() + 1)?;
    let complete = !tensors.contains("dec_conv4.W") && tensors.contains("bnorm_dec_fc2.inv_std");
    complete.then_some(Sizes { latents, first: [side, side, inputs], picture: [size, size, channels], width })
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = sizes(network.tensors)?;
    Some(
        Detection::new(Assumptions::new().prior(Prior::Normal).range(ValueRange::SignedUnit))
            .fact("latents", sizes.latents)
            .fact("width", sizes.width)
            .fact("channels", sizes.picture[2])
            .fact("size", sizes.picture[0]),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let Some(sizes) = sizes(tensors) else {
        return Err(Error::Invalid("is no simple IAN".into()));
    };
    let generator = generator(tensors, &sizes)?;
    let encoder = tensors.contains("enc_mu.W").then(|| encoder(tensors, &sizes)).transpose()?;
    let assumed = &detection.assumptions;
    let latents = LatentSpec::continuous(sizes.latents, assumed.prior_of());
    Ok(Described { encoder, ..Described::of_generator(NAME, generator, latents, assumed.range_of()) })
}

fn load(tensors: &TensorTable, name: &str) -> Result<Tensor> {
    tensors.load(name, &Device::Cpu)
}

fn norm(tensors: &TensorTable, name: &str) -> Result<Norm> {
    let get = |part: &str| load(tensors, &format!("{name}.{part}"));
    Norm::with_deviation(get("mean")?, &get("inv_std")?, &get("gamma")?, get("beta")?)
}

fn generator(tensors: &TensorTable, sizes: &Sizes) -> Result<Part> {
    let mut generator = Assembly::new("z", [1, 1, sizes.latents])?;
    // Lasagne's dense weights are inputs x outputs.
    let dense = Draft::dense(load(tensors, "l_dec_fc2.W")?.t()?).norm(norm(tensors, "bnorm_dec_fc2")?);
    generator.layer("l_dec_fc2", dense.making_maps(sizes.first)?.activation(Activation::Relu))?;
    let deconvolution = |name: &str| Draft::deconvolution(load(tensors, name)?);
    for [name, norms] in DECODER {
        let draft = deconvolution(name)?.norm(norm(tensors, norms)?);
        generator.layer(name.trim_end_matches(".W"), draft.activation(Activation::Relu))?;
    }
    generator.layer("dec_out", deconvolution("dec_out.W")?.activation(Activation::Tanh))?;
    generator.finish("picture")
}

fn encoder(tensors: &TensorTable, sizes: &Sizes) -> Result<Part> {
    let mut encoder = Assembly::new("picture", sizes.picture)?;
    let convolution = |name: &str| -> Result<Draft> {
        Ok(Draft::halving(load(tensors, name)?)?.activation(Activation::LeakyRelu(0.2)))
    };
    encoder.layer("enc_conv1", convolution("enc_conv1.W")?.bias(Some(load(tensors, "enc_conv1.b")?)))?;
    for [name, norms] in ENCODER {
        encoder.layer(name.trim_end_matches(".W"), convolution(name)?.norm(norm(tensors, norms)?))?;
    }
    let dense = |name: &str, norms: &str| -> Result<Draft> {
        Ok(Draft::dense(load(tensors, name)?.t()?).norm(norm(tensors, norms)?))
    };
    let features = dense("enc_fc1.W", "bnorm_enc_fc1")?.taking_maps(encoder.maps())?;
    encoder.layer("enc_fc1", features.activation(Activation::Elu))?;
    encoder.layer("enc_mu", dense("enc_mu.W", "mu_bnorm")?)?;
    encoder.finish("mean")
}
