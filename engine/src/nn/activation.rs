//! Activations that are applied while a tile is still in the cache, and undone from the result alone.

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

/// What follows a layer's linear part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Nothing.
    #[default]
    None,
    /// max(x, 0).
    Relu,
    /// x where positive, else x times the slope (in (0, 1)).
    LeakyRelu(f32),
    /// The hyperbolic tangent.
    Tanh,
    /// The logistic function, 1 / (1 + e^-x).
    Sigmoid,
    /// x where positive, else e^x - 1.
    Elu,
}

impl Activation {
    /// As people read it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::None => "none".into(),
            Self::Relu => "ReLU".into(),
            Self::LeakyRelu(slope) => format!("leaky ReLU {slope}"),
            Self::Tanh => "tanh".into(),
            Self::Sigmoid => "sigmoid".into(),
            Self::Elu => "ELU".into(),
        }
    }

    /// Applies it in place to `values`, rows of `bias.len()` values, after adding the bias.
    pub(crate) fn apply_with_bias(self, bias: Option<&[f32]>, values: &mut [f32]) {
        let Some(bias) = bias else {
            return self.apply(values);
        };
        match self {
            Self::None => each_row(values, bias, |x| x),
            Self::Relu => each_row(values, bias, relu),
            Self::LeakyRelu(slope) => each_row(values, bias, |x| if x > 0.0 { x } else { x * slope }),
            Self::Tanh => each_row(values, bias, tanh),
            Self::Sigmoid => each_row(values, bias, sigmoid),
            Self::Elu => each_row(values, bias, elu),
        }
    }

    /// Applies it in place.
    pub(crate) fn apply(self, values: &mut [f32]) {
        match self {
            Self::None => {}
            Self::Relu => values.iter_mut().for_each(|x| *x = relu(*x)),
            Self::LeakyRelu(slope) => {
                values.iter_mut().for_each(|x| *x = if *x > 0.0 { *x } else { *x * slope });
            }
            Self::Tanh => values.iter_mut().for_each(|x| *x = tanh(*x)),
            Self::Sigmoid => values.iter_mut().for_each(|x| *x = sigmoid(*x)),
            Self::Elu => values.iter_mut().for_each(|x| *x = elu(*x)),
        }
    }

    /// The gradient after the activation becomes the one before it, by the activation's result.
    pub(crate) fn undo(self, result: &[f32], gradient: &mut [f32]) {
        let pairs = gradient.iter_mut().zip(result);
        match self {
            Self::None => {}
            Self::Relu => pairs.for_each(|(g, y)| *g = if *y <= 0.0 { 0.0 } else { *g }),
            Self::LeakyRelu(slope) => {
                pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { *g * slope });
            }
            Self::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
            Self::Sigmoid => pairs.for_each(|(g, y)| *g *= y * (1.0 - y)),
            Self::Elu => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { *g * (y + 1.0) }),
        }
    }

    /// The same with candle's operations, for devices other than the CPU.
    pub(crate) fn on_device(self, x: &Tensor) -> candle_core::Result<Tensor> {
        match self {
            Self::None => Ok(x.clone()),
            // Not `relu`, which makes 0 of NaN.
            Self::Relu => x.maximum(&x.zeros_like()?),
            Self::LeakyRelu(slope) => candle_nn::ops::leaky_relu(x, f64::from(slope)),
            Self::Tanh => x.tanh(),
            Self::Sigmoid => candle_nn::ops::sigmoid(x),
            Self::Elu => x.elu(1.0),
        }
    }
}

fn each_row(values: &mut [f32], bias: &[f32], f: impl Fn(f32) -> f32) {
    for row in values.chunks_exact_mut(bias.len().max(1)) {
        for (x, b) in row.iter_mut().zip(bias) {
            *x = f(*x + b);
        }
    }
}

/// max(x, 0), and NaN for NaN: `f32::max` would make 0 of it, and a damaged model would paint without a word. This order
/// of the comparison is what one vector instruction does.
fn relu(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

/// The hyperbolic tangent to about 3e-7, as a ratio of polynomials (the one in Eigen), which the compiler
/// turns into vector instructions; the library's function is called once per value.
fn tanh(x: f32) -> f32 {
    // Beyond this the result is 1 in float32; NaN passes through clamp.
    let x = x.clamp(-7.905_311, 7.905_311);
    let x2 = x * x;
    let mut p = -2.760_768_5e-16_f32;
    for c in [2.000_188e-13, -8.604_672e-11, 5.122_297_1e-8, 1.485_722_4e-5, 6.372_619_3e-4, 4.893_524_6e-3] {
        p = p * x2 + c;
    }
    let mut q = 1.198_258_4e-6_f32;
    for c in [1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3] {
        q = q * x2 + c;
    }
    x * p / q
}

/// The logistic function by way of the hyperbolic tangent, to about 2e-7.
fn sigmoid(x: f32) -> f32 {
    0.5 + 0.5 * tanh(0.5 * x)
}

fn elu(x: f32) -> f32 {
    if x > 0.0 { x } else { x.exp_m1() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activation_lets_nan_through() {
        use candle_core::Device;
        let all = [
            Activation::None,
            Activation::Relu,
            Activation::LeakyRelu(0.2),
            Activation::Tanh,
            Activation::Sigmoid,
            Activation::Elu,
        ];
        for activation in all {
            // Enough of them for whole vectors and a rest.
            let mut values = vec![f32::NAN; 37];
            values[5] = -1.0;
            let tensor = Tensor::new(values.as_slice(), &Device::Cpu).unwrap();
            let mut with_bias = values.clone();
            activation.apply(&mut values);
            activation.apply_with_bias(Some(&[0.5; 37]), &mut with_bias);
            let on_device = activation.on_device(&tensor).unwrap().to_vec1::<f32>().unwrap();
            for results in [&values, &with_bias, &on_device] {
                assert_eq!(results.iter().filter(|v| v.is_nan()).count(), 36, "{activation:?}");
            }
            let mut gradient = vec![1.0; 37];
            activation.undo(&values, &mut gradient);
            assert!(gradient.iter().all(|g| !g.is_infinite()), "{activation:?}");
        }
    }

    #[test]
    fn tanh_is_the_librarys() {
        for i in -12_000..12_000 {
            let x = i as f32 * 1e-3;
            assert!((tanh(x) - x.tanh()).abs() < 4e-7, "{x}: {} {}", tanh(x), x.tanh());
        }
        assert!(tanh(f32::NAN).is_nan());
        assert!((tanh(f32::INFINITY) - 1.0).abs() < 4e-7);
    }
}
