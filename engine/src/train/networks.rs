//! The two networks of a DCGAN (Radford et al. 2016), as lists of parameters and pure functions of them. The
//! second one also makes latents of pictures where it ends in as many channels.

use candle_core::{DType, Device, Tensor, Var};

use crate::Result;
use crate::arch::BATCH_NORM_EPSILON;
use crate::nn::{
    Activation, BatchStatistics, ConvConfig, ConvTransposeConfig, batch_norm_train, conv_transpose2d, conv2d,
};
use crate::rng::Rng;
use crate::train::spectral::SingularVectors;

/// Every kernel is 4 x 4.
const KERNEL: usize = 4;
/// Standard deviation of a DCGAN's first weights.
const FIRST_DEVIATION: f32 = 0.02;

/// Variables with names, in a fixed order.
#[derive(Debug)]
pub struct Parameters {
    pub names: Vec<String>,
    pub vars: Vec<Var>,
}

impl Parameters {
    pub fn new() -> Self {
        Self { names: Vec::new(), vars: Vec::new() }
    }

    pub fn add(&mut self, name: String, values: Vec<f32>, shape: &[usize]) -> Result<()> {
        self.vars.push(Var::from_vec(values, shape, &Device::Cpu)?);
        self.names.push(name);
        Ok(())
    }

    pub fn tensors(&self) -> Vec<Tensor> {
        self.vars.iter().map(|v| v.as_tensor().clone()).collect()
    }

    /// Copies of the values, to begin a moving average with.
    pub fn copies(&self) -> Result<Vec<Tensor>> {
        Ok(self.vars.iter().map(|v| v.copy().map(|t| t.detach())).collect::<Result<_, _>>()?)
    }

    /// The same values outside the graph. They share the memory of the variables, so they follow them.
    pub fn frozen(&self) -> Vec<Tensor> {
        self.vars.iter().map(Var::as_detached_tensor).collect()
    }
}

/// The standard deviation of a DCGAN's first weights, whatever their layer sums over.
pub(crate) fn dcgan_deviation(_inputs: usize) -> f32 {
    FIRST_DEVIATION
}

/// The standard deviation that keeps the variance through ReLUs (He et al. 2015), for weights of layers whose
/// outputs sum over `inputs` numbers.
pub(crate) fn he_deviation(inputs: usize) -> f32 {
    (2.0 / inputs as f32).sqrt()
}

fn normal(rng: &mut Rng, mean: f32, deviation: f32, shape: &[usize]) -> Vec<f32> {
    (0..shape.iter().product()).map(|_| mean + deviation * rng.normal()).collect()
}

/// Channels of the feature maps from half of a picture's `size` down to 4 x 4, for a network of `width`.
fn widths(size: usize, width: usize) -> Vec<usize> {
    let levels = (size / 4).max(1).ilog2();
    (0..levels).map(|level| width << level).collect()
}

/// Weights, gamma and beta of every layer, the last without batch norm; named as in PyTorch's DCGAN example,
/// where the numbers count convolution, norm and activation. The weights are Cin x 4 x 4 x Cout.
pub(crate) fn generator(latent: usize, size: usize, width: usize, rng: &mut Rng) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let widths = widths(size, width);
    let mut inputs = latent;
    for (layer, &outputs) in widths.iter().rev().chain(&[3]).enumerate() {
        let shape = [inputs, KERNEL, KERNEL, outputs];
        parameters.add(
            format!("main.{}.weight", 3 * layer),
            normal(rng, 0.0, FIRST_DEVIATION, &shape),
            &shape,
        )?;
        if layer < widths.len() {
            let norm = 3 * layer + 1;
            parameters.add(
                format!("main.{norm}.weight"),
                normal(rng, 1.0, FIRST_DEVIATION, &[outputs]),
                &[outputs],
            )?;
            parameters.add(format!("main.{norm}.bias"), vec![0.0; outputs], &[outputs])?;
        }
        inputs = outputs;
    }
    Ok(parameters)
}

/// Numbers that a network has learned, and numbers that its layers make of one picture.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub weights: u64,
    pub maps: u64,
}

/// What a [`generator`] costs, without making it.
pub(crate) fn generator_cost(latent: usize, size: usize, width: usize) -> Cost {
    let (mut cost, mut inputs, mut side) = (Cost { weights: 0, maps: 0 }, latent, KERNEL);
    let widths = widths(size, width);
    for (layer, &outputs) in widths.iter().rev().chain(&[3]).enumerate() {
        let normed = layer < widths.len();
        cost.weights += (inputs * KERNEL * KERNEL * outputs + if normed { 2 * outputs } else { 0 }) as u64;
        // What the convolution makes, and what the norm makes of that.
        cost.maps += (side * side * outputs * if normed { 2 } else { 1 }) as u64;
        (inputs, side) = (outputs, 2 * side);
    }
    cost
}

/// What a [`discriminator`] costs, without making it.
pub(crate) fn discriminator_cost(size: usize, width: usize, ends: &[usize]) -> Cost {
    let ends: usize = ends.iter().sum();
    // The picture, moved and not.
    let (mut cost, mut inputs, mut side) = (Cost { weights: 0, maps: 6 * (size * size) as u64 }, 3, size);
    for outputs in widths(size, width).into_iter().chain([ends]) {
        side = (side / 2).max(1);
        cost.weights += (KERNEL * KERNEL * inputs * outputs + outputs) as u64;
        cost.maps += (side * side * outputs) as u64;
        inputs = outputs;
    }
    cost
}

/// Where the windows of a generator's layer lie: the first makes 4 x 4 of a point, the others double the size.
pub(crate) fn generator_layer(layer: usize) -> ConvTransposeConfig {
    if layer == 0 {
        ConvTransposeConfig::default()
    } else {
        ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 }
    }
}

/// Pictures N x S x S x 3 of latents N x 1 x 1 x Z with the statistics of the batch, and these statistics.
pub(crate) fn generate(parameters: &[Tensor], z: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
    let mut x = z.clone();
    let mut statistics = Vec::new();
    for (layer, part) in parameters.chunks(3).enumerate() {
        let config = generator_layer(layer);
        if let [w, gamma, beta] = part {
            let y = conv_transpose2d(&x, w, None, config, Activation::None)?;
            let (y, batch) = batch_norm_train(&y, gamma, beta, BATCH_NORM_EPSILON, Activation::Relu)?;
            statistics.push(batch);
            x = y;
        } else {
            x = conv_transpose2d(&x, &part[0], None, config, Activation::Tanh)?;
        }
    }
    Ok((x, statistics))
}

/// Weights 4 x 4 x Cin x Cout and bias of the layers that halve the side down to 4 x 4, and of one or more that
/// each make so many numbers of what is left. `deviation` is that of the first weights of a layer which sums over
/// so many numbers.
pub(crate) fn discriminator(
    size: usize,
    width: usize,
    ends: &[usize],
    deviation: fn(usize) -> f32,
    rng: &mut Rng,
) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let mut inputs = 3;
    let widths = widths(size, width);
    for (layer, &outputs) in widths.iter().chain(ends).enumerate() {
        let shape = [KERNEL, KERNEL, inputs, outputs];
        let first = normal(rng, 0.0, deviation(KERNEL * KERNEL * inputs), &shape);
        parameters.add(format!("{layer}.weight"), first, &shape)?;
        parameters.add(format!("{layer}.bias"), vec![0.0; outputs], &[outputs])?;
        if layer < widths.len() {
            inputs = outputs;
        }
    }
    Ok(parameters)
}

/// Starting vectors for the spectral norm of the first `layers` layers of the discriminator.
pub(crate) fn singular_vectors(
    parameters: &Parameters,
    layers: usize,
    rng: &mut Rng,
) -> Vec<SingularVectors> {
    let weights = parameters.vars.iter().step_by(2).take(layers);
    weights.map(|w| SingularVectors::new(w.dims().last().copied().unwrap_or(1), rng)).collect()
}

/// Parameters whose weights are divided by their largest singular values, as far as there are vectors.
pub(crate) fn normalized(parameters: &[Tensor], vectors: &[SingularVectors]) -> Result<Vec<Tensor>> {
    let mut normal = parameters.to_vec();
    for (weight, vectors) in normal.iter_mut().step_by(2).zip(vectors) {
        *weight = vectors.normalize(weight)?;
    }
    Ok(normal)
}

/// Slope of the leaky ReLUs where they are off.
const LEAK: f32 = 0.2;
/// Where the windows of a layer lie that halves the side.
const HALVING: ConvConfig = ConvConfig { stride: 2, padding: 1 };

/// Maps of pictures N x S x S x 3 after every layer that halves the side.
pub(crate) fn halve(layers: &[Tensor], x: &Tensor) -> Result<Vec<Tensor>> {
    let mut maps: Vec<Tensor> = Vec::with_capacity(layers.len() / 2);
    for part in layers.chunks(2) {
        let x = maps.last().unwrap_or(x);
        maps.push(conv2d(x, &part[0], Some(&part[1]), HALVING, Activation::LeakyRelu(LEAK))?);
    }
    Ok(maps)
}

/// The parameters of the layers that halve the side, of a network that ends in so many others.
pub(crate) fn halving(parameters: &[Tensor], ends: usize) -> &[Tensor] {
    &parameters[..parameters.len() - 2 * ends]
}

/// What each of so many ends makes (N x C) of the maps before them.
pub(crate) fn ends(parameters: &[Tensor], ends: usize, maps: &Tensor) -> Result<Vec<Tensor>> {
    parameters[parameters.len() - 2 * ends..].chunks(2).map(|layer| end(layer, maps)).collect()
}

/// How fast what each of so many ends makes (N x C) changes when pictures, whose [`halve`]d maps are given, move
/// along `direction`, N x S x S x 3. The maps only tell which units are on; they are constants.
pub(crate) fn derivative(
    parameters: &[Tensor],
    ends: usize,
    maps: &[Tensor],
    direction: &Tensor,
) -> Result<Vec<Tensor>> {
    let mut x = direction.clone();
    for (part, maps) in halving(parameters, ends).chunks(2).zip(maps) {
        let on = maps.detach().gt(0f32)?.to_dtype(DType::F32)?;
        let slopes = on.affine(f64::from(1.0 - LEAK), f64::from(LEAK))?;
        x = (conv2d(&x, &part[0], None, HALVING, Activation::None)? * slopes)?;
    }
    let last = parameters[parameters.len() - 2 * ends..].chunks(2);
    last.map(|layer| {
        let numbers = conv2d(&x, &layer[0], None, ConvConfig::default(), Activation::None)?;
        Ok(numbers.flatten_from(1)?)
    })
    .collect()
}

/// The numbers (N x C) that a last layer makes of the maps before it, N x 4 x 4 x Cin.
pub(crate) fn end(layer: &[Tensor], maps: &Tensor) -> Result<Tensor> {
    let numbers = conv2d(maps, &layer[0], Some(&layer[1]), ConvConfig::default(), Activation::None)?;
    Ok(numbers.flatten_from(1)?)
}

/// What halving layers and one last layer make of pictures: N x S x S x 3 to N x C.
pub(crate) fn read(parameters: &[Tensor], x: &Tensor) -> Result<Tensor> {
    let (before, last) = parameters.split_at(parameters.len() - 2);
    end(last, halve(before, x)?.last().unwrap_or(x))
}
