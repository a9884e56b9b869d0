//! What is refused when a model opens, and what tells models from each other.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use super::from_tensors;
use crate::Result;
use crate::checkpoint::TensorTable;
use crate::model::{Decisions, Model};
use crate::rng::Rng;

/// A little DCGAN in PyTorch's layout: 6 latents, pictures of 8 x 8 pixels.
fn dcgan(seed: u64) -> BTreeMap<String, Tensor> {
    let mut rng = Rng::new(seed);
    let mut tensor = |shape: &[usize]| {
        let values: Vec<f32> = rng.normals(shape.iter().product()).iter().map(|v| 0.3 * v).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    };
    let mut tensors: BTreeMap<String, Tensor> = [
        ("main.0.weight", &[6, 8, 4, 4][..]),
        ("main.1.weight", &[8]),
        ("main.1.bias", &[8]),
        ("main.1.running_mean", &[8]),
        ("main.3.weight", &[8, 3, 4, 4]),
    ]
    .map(|(name, shape)| (name.to_owned(), tensor(shape)))
    .into();
    tensors.insert("main.1.running_var".into(), Tensor::from_vec(vec![1f32; 8], 8, &Device::Cpu).unwrap());
    tensors
}

fn opened(tensors: &BTreeMap<String, Tensor>, decisions: &Decisions) -> Result<Model> {
    from_tensors("little", TensorTable::from_tensors(tensors.clone()), decisions, &Device::Cpu)
}

#[test]
fn a_weight_that_is_no_finite_number_is_found_when_the_model_opens() {
    let whole = dcgan(1);
    assert!(opened(&whole, &Decisions::new()).is_ok());
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for name in whole.keys() {
            let mut damaged = whole.clone();
            let tensor = &whole[name];
            let mut values = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let middle = values.len() / 2;
            values[middle] = wrong;
            damaged.insert(name.clone(), Tensor::from_vec(values, tensor.shape(), &Device::Cpu).unwrap());
            let Err(error) = opened(&damaged, &Decisions::new()) else { panic!("{name} {wrong}") };
            assert!(error.to_string().contains(name.as_str()), "{name} {wrong}: {error}");
        }
    }
}

#[test]
fn the_identity_tells_new_weights_and_new_decisions_from_the_same_model() {
    let plain = Decisions::new();
    let identity = |seed, decisions| opened(&dcgan(seed), decisions).unwrap().info.identity;
    assert_eq!(identity(1, &plain), identity(1, &plain));
    assert_ne!(identity(1, &plain), identity(2, &plain));
    let uniform: Decisions = [("prior".to_owned(), "uniform".to_owned())].into();
    assert_ne!(identity(1, &plain), identity(1, &uniform));
    // The same numbers in another tensor are other weights.
    let mut exchanged = dcgan(1);
    let (gain, offset) = (exchanged["main.1.weight"].clone(), exchanged["main.1.bias"].clone());
    exchanged.insert("main.1.weight".into(), offset);
    exchanged.insert("main.1.bias".into(), gain);
    assert_ne!(opened(&exchanged, &plain).unwrap().info.identity, identity(1, &plain));
}
