//! The DCGAN family (Radford et al. 2016) in PyTorch's layout: a chain of transposed convolutions from one pixel
//! to a picture, a batch norm and a ReLU after each but the last, tanh at the end.

use candle_core::Device;

use super::layered::LayeredGenerator;
use super::layers::{Assembly, Draft, doubling};
use super::modules::{Module, Shape, modules};
use super::{Architecture, Described, Detection, Network, Part, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, Choice, LatentSpec, Prior};
use crate::nn::{Activation, ConvTransposeConfig, LARGEST_SIDE};
use crate::{Error, Result, ValueRange};

const NAME: &str = "DCGAN";

pub(crate) const ARCHITECTURE: Architecture =
    Architecture { key: "dcgan", name: NAME, detect, support: Support::Describes(describe) };

/// PyTorch's default, which checkpoints don't record.
pub(crate) const BATCH_NORM_EPSILON: f64 = 1e-5;

/// Larger kernels are none of a generator.
const LARGEST_KERNEL: usize = 64;

/// What a kernel of 3 may do; kernels of other sizes are used in one way only.
const KERNELS_OF_3: &[Choice] = &[
    Choice::new("double", "double the side"),
    Choice::new("double_less_one", "double the side, less a pixel"),
    Choice::new("keep", "keep the side"),
];
/// What a last layer with a kernel of 1 may do.
const LAST_CROPS: &[Choice] = &[Choice::new("0", "nothing"), Choice::new("2", "2 pixels at every side")];

/// The generator of a DCGAN from the tensors of a checkpoint in the layout of PyTorch's example: `P.0.weight`
/// (latent x channels x 4 x 4), `P.1.{weight,bias,running_mean,running_var}`, `P.3.weight`, ... where `P` is
/// "main" or anything else.
///
/// # Errors
/// [`Error::Invalid`] when the names and shapes are not those of such a chain or a tensor can't be read.
pub fn dcgan_generator(tensors: &TensorTable, device: &Device) -> Result<LayeredGenerator> {
    let steps = steps(tensors).ok_or_else(refusal)?;
    let generator = generator(tensors, &assumptions(&steps))?;
    LayeredGenerator::new(NAME, generator.compile(device)?)
}

fn refusal() -> Error {
    Error::Invalid("the tensors are not those of a DCGAN generator".into())
}

pub(super) fn detect(network: &Network<'_>) -> Option<Detection> {
    let steps = steps(network.tensors)?;
    let assumptions = assumptions(&steps);
    let side = side(&steps, &assumptions)?;
    let (first, last) = (steps.first()?, steps.last()?);
    Some(
        Detection::new(assumptions)
            .fact("latents", first.inputs)
            .fact("width", last.inputs)
            .fact("channels", last.outputs)
            .fact("size", side),
    )
}

pub(super) fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let generator = generator(network.tensors, &detection.assumptions)?;
    let inputs = generator.graph.inputs().next().map_or(0, |[_, _, latents]| latents);
    let latents = LatentSpec::continuous(inputs, detection.assumptions.prior_of());
    let range = detection.assumptions.range_of();
    Ok(Described::of_generator(NAME, generator, latents, range))
}

fn assumptions(steps: &[Step]) -> Assumptions {
    let mut assumed = Assumptions::new()
        .prior(Prior::Normal)
        .range(ValueRange::SignedUnit)
        .batch_norm_epsilon(BATCH_NORM_EPSILON);
    // Grey pictures of networks with unusual kernels are nearly always the 28 x 28 digits.
    let grey = steps.last().is_some_and(|s| s.outputs == 1);
    if steps.last().is_some_and(|s| s.kernel == 1) {
        let why = "files don't record strides and paddings; a last layer with a kernel of 1 may crop";
        assumed = assumed.choice("last_crop", "Last layer crops", why, LAST_CROPS, usize::from(grey));
    }
    if steps[1..].iter().any(|s| s.kernel == 3) {
        let why = "files don't record strides and paddings; a kernel of 3 can do several things";
        let with = |chosen| assumed.clone().choice("kernels_of_3", "Kernels of 3", why, KERNELS_OF_3, chosen);
        let digits = grey && side(steps, &with(1)) == Some(28);
        assumed = with(usize::from(digits));
    }
    assumed
}

fn generator(tensors: &TensorTable, assumed: &Assumptions) -> Result<Part> {
    let steps = steps(tensors).ok_or_else(refusal)?;
    let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(BATCH_NORM_EPSILON);
    let mut generator = Assembly::new("z", [1, 1, steps[0].inputs])?;
    for (position, step) in steps.iter().enumerate() {
        let config = step.config(position, steps.len(), assumed);
        let mut draft =
            Draft::transposed(step.module.weight(tensors)?, config).bias(step.module.bias(tensors)?);
        if let Some(norm) = &step.norm {
            draft = draft.norm(norm.norm(tensors, epsilon)?);
        }
        let last = position + 1 == steps.len();
        if last && step.outputs == 4 {
            // Red, green, blue and a transparency that has no place here.
            draft = draft.first_outputs(3)?;
        }
        let activation = if last { Activation::Tanh } else { Activation::Relu };
        generator.layer(&step.module.path, draft.activation(activation))?;
    }
    generator.finish("picture")
}

/// A transposed convolution with the batch norm after it.
struct Step {
    module: Module,
    inputs: usize,
    outputs: usize,
    kernel: usize,
    norm: Option<Module>,
}

impl Step {
    /// Stride and padding, which checkpoints don't record: the first layer makes its whole kernel of a pixel,
    /// every other one doubles the side.
    fn config(&self, position: usize, count: usize, assumed: &Assumptions) -> ConvTransposeConfig {
        let kernel = self.kernel;
        let same = ConvTransposeConfig { stride: 1, padding: 0, output_padding: 0 };
        let double = doubling(kernel);
        match (kernel, assumed.choice_of("kernels_of_3")) {
            _ if position == 0 => same,
            (1, _) => {
                let crop = usize::from(position + 1 == count && assumed.choice_of("last_crop") == Some("2"));
                ConvTransposeConfig { padding: 2 * crop, ..same }
            }
            (3, Some("double_less_one")) => ConvTransposeConfig { output_padding: 0, ..double },
            (3, Some("keep")) => ConvTransposeConfig { padding: 1, ..same },
            _ => double,
        }
    }
}

/// Pixels a side of the pictures; `None` when there are none, or too many.
fn side(steps: &[Step], assumed: &Assumptions) -> Option<usize> {
    steps.iter().enumerate().try_fold(1usize, |side, (position, step)| {
        let config = step.config(position, steps.len(), assumed);
        let whole = (side - 1) * config.stride + step.kernel + config.output_padding;
        whole.checked_sub(2 * config.padding).filter(|side| (1..=LARGEST_SIDE).contains(side))
    })
}

/// The layers, when there is nothing but convolutions, each of which takes what the one before makes, and their
/// batch norms, and the last makes a picture.
///
/// A discriminator's chain runs the other way: its last layer makes one channel of many, but there the first
/// dimension is the output, so neighbours don't fit.
fn steps(tensors: &TensorTable) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for module in modules(tensors) {
        match module.shape {
            Shape::Kernel([inputs, outputs, kernel, width])
                if kernel == width && (1..=LARGEST_KERNEL).contains(&kernel) =>
            {
                if steps.last().is_some_and(|before| before.outputs != inputs) {
                    return None;
                }
                steps.push(Step { module, inputs, outputs, kernel, norm: None });
            }
            Shape::Norm(channels) => {
                let step = steps.last_mut().filter(|s| s.outputs == channels && s.norm.is_none())?;
                step.norm = Some(module);
            }
            _ => return None,
        }
    }
    let makes_pictures = matches!(steps.last()?.outputs, 1 | 3 | 4);
    (makes_pictures && steps.len() >= 2 && steps[0].kernel >= 2).then_some(steps)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use candle_core::Tensor;

    use super::*;
    use crate::checkpoint::Values;
    use crate::model::Decoder as _;
    use crate::rng::Rng;

    fn dcgan(tensors: &BTreeMap<String, Tensor>) -> LayeredGenerator {
        dcgan_generator(&TensorTable::from_tensors(tensors.clone()), &Device::Cpu).unwrap()
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
        assert_eq!((generator.sides()[0], generator.latent_len()), (8, 6));
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
        let difference = (generator.decode(&z).unwrap() - naive).unwrap().abs().unwrap();
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
            assert!(dcgan_generator(&table, &Device::Cpu).is_err());
        }
    }

    #[test]
    fn a_latent_of_another_length_is_refused() {
        let generator = dcgan(&checkpoint());
        let z = Tensor::zeros((2, 7), candle_core::DType::F32, &Device::Cpu).unwrap();
        assert!(matches!(generator.decode(&z), Err(Error::Shape { .. })));
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let generator = dcgan(&checkpoint());
        let z = tensor(&mut Rng::new(3), &[1, 6]);
        let cost = |z: &Tensor| generator.decode(z).unwrap().sqr().unwrap().sum_all().unwrap();
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
