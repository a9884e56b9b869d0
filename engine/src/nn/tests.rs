//! The kernels against candle's own operations, which are written in another way entirely, and against
//! finite differences.

use candle_core::{Device, Tensor, Var};
use proptest::prelude::*;

use super::conv_transpose::on_device as slow_conv_transpose;
use super::*;
use crate::Error;
use crate::rng::Rng;

/// Largest difference between two ways of adding up float32 numbers of size 1.
const SUM_TOLERANCE: f32 = 2e-4;

fn noise(rng: &mut Rng, shape: &[usize]) -> Tensor {
    let n = shape.iter().product();
    Tensor::from_vec(rng.normals(n), shape, &Device::Cpu).unwrap()
}

/// The same numbers with an offset and strides that are not contiguous.
fn twisted(t: &Tensor) -> Tensor {
    let wide = Tensor::cat(&[&t.zeros_like().unwrap(), t], 0).unwrap();
    let dims = t.dims().len();
    let swapped = wide.transpose(dims - 2, dims - 1).unwrap().contiguous().unwrap();
    swapped.narrow(0, t.dim(0).unwrap(), t.dim(0).unwrap()).unwrap().transpose(dims - 2, dims - 1).unwrap()
}

fn assert_close(a: &Tensor, b: &Tensor, what: &str) {
    assert_eq!(a.dims(), b.dims(), "{what}");
    let a = a.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let b = b.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for (a, b) in a.iter().zip(&b) {
        assert!((a - b).abs() <= SUM_TOLERANCE * (1.0 + b.abs()), "{what}: {a} {b}");
    }
}

/// Runs `f` on variables of these values; the result and the gradient of a weighted sum of it.
fn with_gradients(inputs: &[Tensor], f: impl Fn(&[Tensor]) -> Tensor) -> (Tensor, Vec<Tensor>) {
    let vars: Vec<Var> = inputs.iter().map(|t| Var::from_tensor(t).unwrap()).collect();
    let tensors: Vec<Tensor> = vars.iter().map(|v| v.as_tensor().clone()).collect();
    let y = f(&tensors);
    let weights = noise(&mut Rng::new(77), y.dims());
    let grads = (&y * weights).unwrap().sum_all().unwrap().backward().unwrap();
    let grads = vars.iter().map(|v| grads.get(v).unwrap().clone()).collect();
    (y, grads)
}

fn compare(inputs: &[Tensor], fast: impl Fn(&[Tensor]) -> Tensor, slow: impl Fn(&[Tensor]) -> Tensor) {
    let (y, g) = with_gradients(inputs, fast);
    let (y2, g2) = with_gradients(inputs, slow);
    assert_close(&y, &y2, "forward");
    for (i, (g, g2)) in g.iter().zip(&g2).enumerate() {
        assert_close(g, g2, &format!("gradient {i}"));
    }
}

/// A convolution as a sum over the places of the kernel. (candle's own has no gradient where height and
/// width leave different remainders.)
fn slow_conv(
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    config: ConvConfig,
    activation: Activation,
) -> candle_core::Result<Tensor> {
    let x = x.pad_with_zeros(1, config.padding, config.padding)?;
    let x = x.pad_with_zeros(2, config.padding, config.padding)?;
    let (kernel, _, inputs, outputs) = w.dims4()?;
    let places = |size: usize, k: usize| {
        let n = (size - kernel) / config.stride + 1;
        Tensor::from_iter((0..n).map(|i| (i * config.stride + k) as u32), &Device::Cpu)
    };
    let (batch, height, width, _) = x.dims4()?;
    let mut sum: Option<Tensor> = None;
    for ky in 0..kernel {
        for kx in 0..kernel {
            let part = x.index_select(&places(height, ky)?, 1)?.index_select(&places(width, kx)?, 2)?;
            let (_, oh, ow, _) = part.dims4()?;
            let w = w.narrow(0, ky, 1)?.narrow(1, kx, 1)?.reshape((inputs, outputs))?;
            let term = part.reshape(((), inputs))?.matmul(&w)?.reshape((batch, oh, ow, outputs))?;
            sum = Some(if let Some(sum) = sum { (sum + term)? } else { term });
        }
    }
    let y = sum.unwrap();
    let y = if let Some(bias) = bias { y.broadcast_add(bias)? } else { y };
    activation.on_device(&y)
}

#[derive(Clone, Debug)]
struct Case {
    batch: usize,
    height: usize,
    width: usize,
    inputs: usize,
    outputs: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    output_padding: usize,
    bias: bool,
    activation: Activation,
    seed: u64,
}

fn cases() -> impl Strategy<Value = Case> {
    let activation = prop_oneof![
        Just(Activation::None),
        Just(Activation::Relu),
        Just(Activation::LeakyRelu(0.2)),
        Just(Activation::Tanh),
        Just(Activation::Sigmoid),
        Just(Activation::Elu)
    ];
    let sizes = (1..3usize, 1..9usize, 1..9usize, 1..6usize, 1..6usize);
    let windows = (1..6usize, 1..4usize, 0..4usize, 0..3usize);
    (sizes, windows, any::<bool>(), activation, any::<u64>()).prop_map(|(s, w, bias, activation, seed)| {
        Case {
            batch: 2 * s.0 - 1,
            height: s.1,
            width: s.2,
            inputs: s.3,
            outputs: s.4,
            kernel: w.0,
            stride: w.1,
            padding: w.2.min(w.0 - 1),
            output_padding: w.3.min(w.1 - 1),
            bias,
            activation,
            seed,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn convolution_equals_its_twin(case in cases()) {
        let Case { batch, height, width, inputs, outputs, kernel, .. } = case;
        prop_assume!(kernel <= height.min(width) + 2 * case.padding);
        let mut rng = Rng::new(case.seed);
        let x = noise(&mut rng, &[batch, height, width, inputs]);
        let w = noise(&mut rng, &[kernel, kernel, inputs, outputs]);
        let b = noise(&mut rng, &[outputs]);
        let config = ConvConfig { stride: case.stride, padding: case.padding };
        let bias = |t: &[Tensor]| t.get(2).cloned();
        let all = if case.bias { vec![x, w, b] } else { vec![x, w] };
        compare(
            &all,
            |t| conv2d(&twisted(&t[0]), &twisted(&t[1]), bias(t).as_ref(), config, case.activation).unwrap(),
            |t| slow_conv(&t[0], &t[1], bias(t).as_ref(), config, case.activation).unwrap(),
        );
    }

    #[test]
    fn transposed_convolution_equals_its_twin(case in cases()) {
        let Case { batch, height, width, inputs, outputs, kernel, stride, padding, output_padding, .. } = case;
        prop_assume!((height.min(width) - 1) * stride + kernel + output_padding > 2 * padding);
        let mut rng = Rng::new(case.seed);
        let x = noise(&mut rng, &[batch, height, width, inputs]);
        let w = noise(&mut rng, &[inputs, kernel, kernel, outputs]);
        let b = noise(&mut rng, &[outputs]);
        let config = ConvTransposeConfig { stride, padding, output_padding };
        let bias = |t: &[Tensor]| t.get(2).cloned();
        let all = if case.bias { vec![x, w, b] } else { vec![x, w] };
        compare(
            &all,
            |t| {
                let (x, w) = (twisted(&t[0]), twisted(&t[1]));
                conv_transpose2d(&x, &w, bias(t).as_ref(), config, case.activation).unwrap()
            },
            |t| slow_conv_transpose(&t[0], &t[1], bias(t).as_ref(), config, case.activation).unwrap(),
        );
    }

    #[test]
    fn batch_norm_equals_its_twin(case in cases()) {
        let mut rng = Rng::new(case.seed);
        let x = noise(&mut rng, &[case.batch + 1, case.height, case.width, case.inputs]);
        let gamma = noise(&mut rng, &[case.inputs]);
        let beta = noise(&mut rng, &[case.inputs]);
        compare(
            &[x, gamma, beta],
            |t| batch_norm_train(&twisted(&t[0]), &t[1], &t[2], 1e-3, case.activation).unwrap().0,
            |t| batch_norm::on_device(&t[0], &t[1], &t[2], 1e-3, case.activation).unwrap(),
        );
    }
}

/// Sizes at which the work is divided: several tasks, several parts, an image larger than a buffer.
#[test]
fn divided_work_equals_its_twin() {
    let mut rng = Rng::new(5);
    for (batch, size, inputs, outputs, kernel) in
        [(37, 4, 6, 5, 4), (70, 1, 5, 3, 4), (3, 40, 3, 4, 5), (1, 40, 24, 48, 5), (2, 17, 32, 40, 3)]
    {
        let x = noise(&mut rng, &[batch, size, size, inputs]);
        let wt = (noise(&mut rng, &[inputs, kernel, kernel, outputs]) * 0.1).unwrap();
        let config = ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 };
        compare(
            &[x.clone(), wt],
            |t| conv_transpose2d(&t[0], &t[1], None, config, Activation::Tanh).unwrap(),
            |t| slow_conv_transpose(&t[0], &t[1], None, config, Activation::Tanh).unwrap(),
        );
        let w = (noise(&mut rng, &[kernel, kernel, inputs, outputs]) * 0.1).unwrap();
        let config = ConvConfig { stride: 2, padding: 2 };
        compare(
            &[x, w],
            |t| conv2d(&t[0], &t[1], None, config, Activation::LeakyRelu(0.1)).unwrap(),
            |t| slow_conv(&t[0], &t[1], None, config, Activation::LeakyRelu(0.1)).unwrap(),
        );
    }
}

#[test]
fn gradients_agree_with_finite_differences_also_of_a_tensor_used_twice() {
    let mut rng = Rng::new(3);
    let x = noise(&mut rng, &[2, 5, 4, 2]);
    let w = noise(&mut rng, &[2, 3, 3, 2]);
    let config = ConvTransposeConfig { stride: 2, padding: 1, output_padding: 1 };
    let f = |x: &Tensor, w: &Tensor| {
        let y = conv_transpose2d(x, w, None, config, Activation::Tanh).unwrap();
        let back = conv2d(&y, w, None, ConvConfig { stride: 2, padding: 1 }, Activation::None);
        // The weights serve both layers, and so does x.
        (back.unwrap() * x).unwrap().sum_all().unwrap()
    };
    let w = w.transpose(0, 3).unwrap().contiguous().unwrap();
    let square = noise(&mut rng, &[3, 3, 3, 3]);
    let x3 = noise(&mut rng, &[2, 5, 4, 3]);
    drop((x, w));
    let (xv, wv) = (Var::from_tensor(&x3).unwrap(), Var::from_tensor(&square).unwrap());
    let grads = f(&xv, &wv).backward().unwrap();
    const STEP: f64 = 1e-2;
    for var in [&xv, &wv] {
        let direction = noise(&mut rng, var.dims());
        let at = |sign: f64| {
            let moved = (var.as_tensor() + (&direction * (sign * STEP)).unwrap()).unwrap().detach();
            let (x, w) =
                if var.dims() == xv.dims() { (&moved, wv.as_tensor()) } else { (xv.as_tensor(), &moved) };
            f(x, w).to_scalar::<f32>().unwrap()
        };
        let measured = (at(1.0) - at(-1.0)) / (2.0 * STEP as f32);
        let claimed = (grads.get(var).unwrap() * &direction).unwrap().sum_all().unwrap();
        let claimed = claimed.to_scalar::<f32>().unwrap();
        assert!((measured - claimed).abs() < 1e-2 * (1.0 + claimed.abs()), "{measured} {claimed}");
    }
}

#[test]
fn constants_get_no_gradient() {
    let mut rng = Rng::new(4);
    let w = Var::from_tensor(&noise(&mut rng, &[2, 4, 4, 3])).unwrap();
    let x = Var::from_tensor(&noise(&mut rng, &[1, 4, 4, 2])).unwrap();
    let config = ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 };
    let y = conv_transpose2d(&x, &w.detach(), None, config, Activation::Relu).unwrap();
    let grads = y.sum_all().unwrap().backward().unwrap();
    assert!(grads.get(&w).is_none() && grads.get(&x).is_some());
    let y = conv_transpose2d(&x.detach(), &w, None, config, Activation::Relu).unwrap();
    let grads = y.sum_all().unwrap().backward().unwrap();
    assert!(grads.get(&w).is_some() && grads.get(&x).is_none());
}

#[test]
fn an_empty_batch_gives_an_empty_result() {
    let x = Tensor::zeros((0, 4, 4, 2), candle_core::DType::F32, &Device::Cpu).unwrap();
    let w = noise(&mut Rng::new(1), &[2, 3, 3, 5]);
    let y = conv_transpose2d(&x, &w, None, ConvTransposeConfig::default(), Activation::Relu).unwrap();
    assert_eq!(y.dims(), [0, 6, 6, 5]);
    let w = noise(&mut Rng::new(1), &[3, 3, 2, 5]);
    let y = conv2d(&x, &w, None, ConvConfig::default(), Activation::Relu).unwrap();
    assert_eq!(y.dims(), [0, 2, 2, 5]);
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let mut rng = Rng::new(9);
    let x = noise(&mut rng, &[40, 8, 8, 24]);
    let w = noise(&mut rng, &[24, 4, 4, 16]);
    let config = ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 };
    let run = |threads: usize, batch: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let x = x.narrow(0, 0, batch).unwrap();
        pool.install(|| {
            let (y, g) = with_gradients(&[x, w.clone()], |t| {
                conv_transpose2d(&t[0], &t[1], None, config, Activation::Relu).unwrap()
            });
            [&y, &g[0], &g[1]].map(|t| t.flatten_all().unwrap().to_vec1::<f32>().unwrap())
        })
    };
    for batch in [1, 40] {
        assert_eq!(run(1, batch), run(3, batch));
    }
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    let rng = &mut Rng::new(2);
    let x = noise(rng, &[1, 4, 4, 2]);
    let config = ConvConfig::default();
    let cases = [noise(rng, &[3, 3, 3, 2]), noise(rng, &[3, 2, 2, 2]), noise(rng, &[7, 7, 2, 2])];
    for w in cases {
        let error = conv2d(&x, &w, None, config, Activation::None).unwrap_err();
        assert!(matches!(error, Error::Shape { .. }), "{error}");
        assert!(error.to_string().contains("[1, 4, 4, 2]"), "{error}");
    }
    let zero = ConvConfig { stride: 0, padding: 0 };
    assert!(conv2d(&x, &noise(rng, &[1, 1, 2, 2]), None, zero, Activation::None).is_err());
    let bias = noise(rng, &[5]);
    assert!(conv2d(&x, &noise(rng, &[1, 1, 2, 2]), Some(&bias), config, Activation::None).is_err());
    let swallow = ConvTransposeConfig { stride: 1, padding: 9, output_padding: 0 };
    assert!(conv_transpose2d(&x, &noise(rng, &[2, 3, 3, 2]), None, swallow, Activation::None).is_err());
}

#[test]
fn the_device_path_of_the_convolution_agrees() {
    let rng = &mut Rng::new(8);
    let inputs = [noise(rng, &[2, 6, 6, 3]), noise(rng, &[4, 4, 3, 5]), noise(rng, &[5])];
    let config = ConvConfig { stride: 2, padding: 1 };
    compare(
        &inputs,
        |t| conv2d(&t[0], &t[1], Some(&t[2]), config, Activation::LeakyRelu(0.2)).unwrap(),
        |t| conv::on_device(&t[0], &t[1], Some(&t[2]), config, Activation::LeakyRelu(0.2)).unwrap(),
    );
}
