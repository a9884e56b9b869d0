//! The DCGAN family (Radford et al. 2016): a chain of transposed convolutions from one pixel to a picture.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::{Family, Finding, Network, Parts, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, Generator, LatentSpec, Prior};
use crate::nn::{Activation, ConvTransposeConfig, FrozenWeights, conv_transpose2d_frozen};
use crate::{Error, Result, ValueRange};

pub(super) const FAMILY: Family =
    Family { key: "dcgan", name: "DCGAN", detect, support: Support::Opens(build) };

/// PyTorch's default, which checkpoints don't record.
pub(crate) const BATCH_NORM_EPSILON: f64 = 1e-5;

/// One layer, ready for use: batch norm is folded into weights and bias.
#[derive(Clone, Debug)]
pub struct DcganLayer {
    /// Input channels x kernel x kernel x output channels.
    pub weight: FrozenWeights,
    /// One number per output channel.
    pub bias: Option<Tensor>,
    /// Stride and paddings.
    pub config: ConvTransposeConfig,
}

/// The generator of a DCGAN: ReLU between the layers, tanh at the end.
#[derive(Clone, Debug)]
pub struct Dcgan {
    layers: Vec<DcganLayer>,
    latent_len: usize,
    size: usize,
    parameters: usize,
    multiplications: f64,
}

impl Dcgan {
    /// A generator from layers, of which the first makes its whole kernel of a single pixel.
    ///
    /// # Errors
    /// [`Error::Shape`] when the channels of neighbours don't fit, [`Error::Invalid`] for no layers.
    pub fn new(layers: Vec<DcganLayer>) -> Result<Self> {
        let (mut size, mut parameters, mut latent_len) = (1usize, 0, 0);
        let mut multiplications = 0.0;
        let mut before: Option<[usize; 4]> = None;
        for layer in &layers {
            let (inputs, kernel, width, outputs) = layer.weight.tensor().dims4()?;
            let shape = [inputs, kernel, width, outputs];
            if let Some(before) = before.filter(|b| b[3] != inputs) {
                return Err(Error::Shape {
                    op: "layers of a generator",
                    left: before.to_vec(),
                    right: shape.to_vec(),
                    why: "a layer takes the channels that the one before it makes".into(),
                });
            }
            if before.is_none() {
                latent_len = inputs;
            }
            let config = layer.config;
            multiplications += (size * size) as f64 * layer.weight.tensor().elem_count() as f64;
            size = ((size - 1) * config.stride + kernel + config.output_padding)
                .checked_sub(2 * config.padding)
                .filter(|&side| side > 0)
                .ok_or_else(|| Error::Invalid(format!("a layer of kernel {kernel} leaves no pixel")))?;
            parameters +=
                layer.weight.tensor().elem_count() + layer.bias.as_ref().map_or(0, Tensor::elem_count);
            before = Some(shape);
        }
        if before.is_none() {
            return Err(Error::Invalid("a generator needs layers".into()));
        }
        Ok(Self { layers, latent_len, size, parameters, multiplications })
    }

    /// A generator from the tensors of a checkpoint in the layout of PyTorch's DCGAN example: `P.0.weight`
    /// (latent x channels x 4 x 4), `P.1.{weight,bias,running_mean,running_var}`, `P.3.weight`, ... where
    /// `P` is "main" or anything else.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the names and shapes are not those of such a chain or a tensor can't be read.
    pub fn from_tensors(tensors: &TensorTable, epsilon: f64, device: &Device) -> Result<Self> {
        let refuse = || Error::Invalid("the tensors are not those of a DCGAN generator".into());
        let chain = convolutions(tensors).ok_or_else(refuse)?;
        let mut layers = Vec::with_capacity(chain.len());
        for (position, convolution) in chain.iter().enumerate() {
            let config = layer_config(&convolution.shape, position).ok_or_else(refuse)?;
            let (weight, bias) = fold(tensors, convolution, epsilon)?;
            // From (in, out, kh, kw) to the kernels' own order, once.
            let weight = FrozenWeights::new(&weight.permute((0, 2, 3, 1))?.contiguous()?.to_device(device)?)?;
            let bias = bias.map(|b| b.to_device(device)).transpose()?;
            layers.push(DcganLayer { weight, bias, config });
        }
        Self::new(layers)
    }
}

fn detect(network: &Network<'_>) -> Option<Finding> {
    let chain = convolutions(network.tensors)?;
    let mut side = 1;
    for (position, convolution) in chain.iter().enumerate() {
        layer_config(&convolution.shape, position)?;
        side = if position == 0 { convolution.shape[2] } else { 2 * side };
    }
    let last = chain.last()?;
    let assumptions = Assumptions::new()
        .prior(Prior::Normal)
        .range(ValueRange::SignedUnit)
        .batch_norm_epsilon(BATCH_NORM_EPSILON);
    Some(
        Finding::new(assumptions)
            .fact("latents", chain[0].shape[0])
            .fact("width", last.shape[0])
            .fact("channels", last.shape[1])
            .fact("size", side),
    )
}

fn build(network: &Network<'_>, finding: &Finding, device: &Device) -> Result<Parts> {
    let assumed = &finding.assumptions;
    let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(BATCH_NORM_EPSILON);
    let generator = Dcgan::from_tensors(network.tensors, epsilon, device)?;
    let latents = LatentSpec::continuous(generator.latent_len(), assumed.prior_of());
    Ok(Parts {
        generator: Arc::new(generator),
        encoder: None,
        critic: None,
        latents,
        range: assumed.range_of(),
    })
}

impl Generator for Dcgan {
    fn forward(&self, latents: &Tensor) -> Result<Tensor> {
        let (count, length) = latents.dims2()?;
        let mut maps = latents.reshape((count, 1, 1, length))?;
        for (i, layer) in self.layers.iter().enumerate() {
            let last = i + 1 == self.layers.len();
            let activation = if last { Activation::Tanh } else { Activation::Relu };
            let bias = layer.bias.as_ref();
            maps = conv_transpose2d_frozen(&maps, &layer.weight, bias, layer.config, activation)?;
        }
        Ok(maps.permute((0, 3, 1, 2))?.contiguous()?)
    }

    fn size(&self) -> usize {
        self.size
    }

    fn latent_len(&self) -> usize {
        self.latent_len
    }

    fn parameters(&self) -> usize {
        self.parameters
    }

    fn family(&self) -> &'static str {
        "DCGAN"
    }

    fn operations(&self) -> f64 {
        self.multiplications
    }
}

/// A convolution of a checkpoint: its place in the list of layers and the shape of its weight.
struct Convolution {
    prefix: String,
    index: usize,
    shape: [usize; 4],
}

/// The 4-dimensional weights of the list of layers in its order, when each takes what the one before makes
/// and the last makes a picture.
fn convolutions(tensors: &TensorTable) -> Option<Vec<Convolution>> {
    let mut chain: Vec<Convolution> = tensors
        .iter()
        .filter(|(_, row)| row.shape().len() == 4)
        .map(|(name, row)| {
            let (prefix, index) = name.strip_suffix(".weight")?.rsplit_once('.')?;
            let shape = row.shape().try_into().ok()?;
            Some(Convolution { prefix: prefix.to_owned(), index: index.parse().ok()?, shape })
        })
        .collect::<Option<_>>()?;
    chain.sort_by_key(|c| c.index);
    let one_list = chain.iter().all(|c| c.prefix == chain[0].prefix);
    let fits = chain.windows(2).all(|pair| pair[0].shape[1] == pair[1].shape[0]);
    let makes_pictures = matches!(chain.last()?.shape[1], 1 | 3);
    // A discriminator's chain runs the other way: its last layer makes one channel of many, but there the
    // first dimension is the output, so neighbours don't fit.
    (one_list && fits && makes_pictures && chain.len() >= 2).then_some(chain)
}

/// Stride and padding, which checkpoints don't record: the first layer makes its whole kernel of a pixel,
/// every other one doubles the side. `None` for kernels that can't double it.
fn layer_config(&[_, _, kernel, width]: &[usize; 4], position: usize) -> Option<ConvTransposeConfig> {
    if kernel != width || kernel < 2 {
        return None;
    }
    Some(if position == 0 {
        ConvTransposeConfig { stride: 1, padding: 0, output_padding: 0 }
    } else {
        // 2 (side - 1) + kernel + output_padding - 2 padding = 2 side
        ConvTransposeConfig { stride: 2, padding: (kernel - 1) / 2, output_padding: kernel % 2 }
    })
}

/// Weight and bias with the batch norm that follows the convolution folded in:
/// y = (x w - mean) / sqrt(variance + epsilon) * gain + shift.
fn fold(tensors: &TensorTable, convolution: &Convolution, epsilon: f64) -> Result<(Tensor, Option<Tensor>)> {
    let get = |index: usize, name: &str| {
        let name = format!("{}.{index}.{name}", convolution.prefix);
        tensors.contains(&name).then(|| tensors.load(&name, &Device::Cpu)).transpose()
    };
    let Some(weight) = get(convolution.index, "weight")? else {
        return Err(Error::Invalid("a convolution without weights".into()));
    };
    let bias = get(convolution.index, "bias")?;
    let norm = convolution.index + 1;
    let (Some(mean), Some(variance)) = (get(norm, "running_mean")?, get(norm, "running_var")?) else {
        return Ok((weight, bias));
    };
    let mut scale = (variance + epsilon)?.sqrt()?.recip()?;
    if let Some(gain) = get(norm, "weight")? {
        scale = (scale * gain)?;
    }
    let centre = match bias {
        Some(bias) => (mean - bias)?,
        None => mean,
    };
    let mut shift = (centre * &scale)?.neg()?;
    if let Some(offset) = get(norm, "bias")? {
        shift = (shift + offset)?;
    }
    Ok((weight.broadcast_mul(&scale.reshape((1, (), 1, 1))?)?, Some(shift)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::checkpoint::Values;
    use crate::rng::Rng;

    fn dcgan(tensors: &BTreeMap<String, Tensor>) -> Dcgan {
        let table = TensorTable::from_tensors(tensors.clone());
        Dcgan::from_tensors(&table, BATCH_NORM_EPSILON, &Device::Cpu).unwrap()
    }

    fn tensor(rng: &mut Rng, shape: &[usize]) -> Tensor {
        let n = shape.iter().product();
        Tensor::from_vec(rng.normals(n).iter().map(|v| 0.3 * v).collect::<Vec<_>>(), shape, &Device::Cpu)
            .unwrap()
    }

    /// A little generator in PyTorch's layout: 6 latents, 8 and 4 channels, pictures of 8 x 8.
    fn checkpoint() -> BTreeMap<String, Tensor> {
        let mut rng = Rng::new(8);
        let mut tensors = BTreeMap::new();
        for (index, shape) in [(0, [6, 8, 4, 4]), (3, [8, 3, 4, 4])] {
            tensors.insert(format!("main.{index}.weight"), tensor(&mut rng, &shape));
        }
        for name in ["weight", "bias", "running_mean"] {
            tensors.insert(format!("main.1.{name}"), tensor(&mut rng, &[8]));
        }
        let variance = (tensor(&mut rng, &[8]).sqr().unwrap() + 0.5).unwrap();
        tensors.insert("main.1.running_var".into(), variance);
        tensors.insert("main.3.bias".into(), tensor(&mut rng, &[3]));
        tensors
    }

    #[test]
    fn folding_agrees_with_the_layers_one_by_one() {
        let tensors = checkpoint();
        let generator = dcgan(&tensors);
        assert_eq!((generator.size(), generator.latent_len()), (8, 6));
        let z = tensor(&mut Rng::new(1), &[5, 6]);
        let get = |name: &str| tensors[&format!("main.{name}")].clone();
        let per_channel = |t: Tensor| t.reshape((1, (), 1, 1)).unwrap();
        // candle's own transposed convolution and an unfolded batch norm are the naive twin.
        let x = z.reshape((5, 6, 1, 1)).unwrap();
        let x = x.conv_transpose2d(&get("0.weight"), 0, 0, 1, 1).unwrap();
        let x = x.broadcast_sub(&per_channel(get("1.running_mean"))).unwrap();
        let deviation = (get("1.running_var") + 1e-5).unwrap().sqrt().unwrap();
        let x = x.broadcast_div(&per_channel(deviation)).unwrap();
        let x = x.broadcast_mul(&per_channel(get("1.weight"))).unwrap();
        let x = x.broadcast_add(&per_channel(get("1.bias"))).unwrap().relu().unwrap();
        let x = x.conv_transpose2d(&get("3.weight"), 1, 0, 2, 1).unwrap();
        let naive = x.broadcast_add(&per_channel(get("3.bias"))).unwrap().tanh().unwrap();
        let difference = (generator.forward(&z).unwrap() - naive).unwrap().abs().unwrap();
        assert!(difference.max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-5);
    }

    #[test]
    fn other_networks_are_not_taken_for_generators() {
        let mut rng = Rng::new(2);
        let mut discriminator = BTreeMap::new();
        discriminator.insert("main.0.weight".to_owned(), tensor(&mut rng, &[8, 3, 4, 4]));
        discriminator.insert("main.2.weight".to_owned(), tensor(&mut rng, &[1, 8, 4, 4]));
        let two_nets: BTreeMap<_, _> = checkpoint()
            .into_iter()
            .flat_map(|(name, t)| [(format!("a.{name}"), t.clone()), (format!("b.{name}"), t)])
            .collect();
        for tensors in [discriminator, two_nets, BTreeMap::new()] {
            let table = TensorTable::from_tensors(tensors);
            assert!(detect(&Network { tensors: &table, all: &table, values: &Values::new() }).is_none());
            assert!(Dcgan::from_tensors(&table, BATCH_NORM_EPSILON, &Device::Cpu).is_err());
        }
    }

    #[test]
    fn a_latent_of_another_length_is_refused() {
        let generator = dcgan(&checkpoint());
        let z = Tensor::zeros((2, 7), candle_core::DType::F32, &Device::Cpu).unwrap();
        assert!(matches!(generator.forward(&z), Err(Error::Shape { .. })));
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let generator = dcgan(&checkpoint());
        let z = tensor(&mut Rng::new(3), &[1, 6]);
        let cost = |z: &Tensor| generator.forward(z).unwrap().sqr().unwrap().sum_all().unwrap();
        let variable = candle_core::Var::from_tensor(&z).unwrap();
        let gradient =
            cost(&variable).backward().unwrap().remove(&variable).unwrap().to_vec2::<f32>().unwrap();
        let largest = gradient[0].iter().fold(0f32, |largest, g| largest.max(g.abs()));
        for (i, expected) in gradient[0].iter().enumerate() {
            let mut step = vec![0f32; 6];
            step[i] = 2e-3;
            let step = Tensor::from_vec(step, (1, 6), &Device::Cpu).unwrap();
            let value = |z: candle_core::Result<Tensor>| cost(&z.unwrap()).to_scalar::<f32>().unwrap();
            let difference = (value(&z + &step) - value(&z - &step)) / 4e-3;
            assert!((difference - expected).abs() < 2e-2 * largest, "{difference} {expected}");
        }
    }
}
