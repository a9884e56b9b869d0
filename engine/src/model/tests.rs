//! What a model says of itself, and what is refused when it opens.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use super::toy::{Temper, WIDE, sized_toy, toy};
use super::*;
use crate::checkpoint::TensorTable;
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

#[test]
fn what_a_model_lacks_is_said_with_its_reason() {
    let plain = toy(Temper::Good, Prior::Normal);
    let sentence = |error: Error| error.to_string();
    assert_eq!(
        plain.encoder().map(|_| ()).map_err(sentence).unwrap_err(),
        "toy has no encoder: all that it has is its generator"
    );
    let told = plain.with_abilities(|able| able.because(Ability::Encode, "its file is cut in half"));
    assert_eq!(told.info.why_not(Ability::Encode).unwrap(), "toy has no encoder: its file is cut in half");
    for ability in Ability::ALL {
        assert_eq!(told.info.can(ability), ability == Ability::Decode);
        assert_eq!(told.info.why_not(ability).is_none(), ability == Ability::Decode);
    }
    let reasons = [
        told.critic().map(|_| ()).unwrap_err(),
        told.translator().map(|_| ()).unwrap_err(),
        told.enlarger().map(|_| ()).unwrap_err(),
        told.completer().map(|_| ()).unwrap_err(),
        told.predictor().map(|_| ()).unwrap_err(),
        told.density().map(|_| ()).unwrap_err(),
    ];
    assert!(reasons.iter().all(|reason| reason.to_string().starts_with("toy has no ")));
}

/// Pictures become their mirror images: a model without latents.
struct Mirror;

impl Translator for Mirror {
    fn takes(&self) -> Port {
        let sides = Sides::Any { multiple_of: 1 };
        Port::Picture(PicturePort { sides, channels: 3, range: ValueRange::Unit })
    }

    fn makes(&self) -> Port {
        self.takes()
    }

    fn translate(&self, pictures: &Tensor) -> Result<Tensor> {
        Ok(pictures.flip(&[3])?)
    }
}

#[test]
fn a_model_needs_no_generator() {
    let abilities = Abilities { translator: Some(Arc::new(Mirror)), ..Abilities::default() };
    let none = LatentSpec { groups: Vec::new() };
    let model = Model::new("mirror", "Mirror", abilities, none, ValueRange::Unit, Device::Cpu);
    assert_eq!((model.info.sides, model.info.family.as_str()), ([0, 0], "Mirror"));
    assert!(matches!(&model.info.offers[&Ability::Translate], Offer::Has { takes, makes } if takes == makes));
    let picture = Tensor::arange(0f32, 6., &Device::Cpu).unwrap().reshape((1, 1, 2, 3)).unwrap();
    let mirrored = model.translator().unwrap().translate(&picture).unwrap();
    assert_eq!(mirrored.flatten_all().unwrap().to_vec1::<f32>().unwrap(), [2., 1., 0., 5., 4., 3.]);
    for refused in [
        model.pictures(&[Latent::from(vec![])]).unwrap_err(),
        model.picture_tensor(&Picture::filled(2, 2, [0; 3])).unwrap_err(),
        model.info.square().unwrap_err(),
    ] {
        assert!(refused.to_string().contains("mirror has no generator"), "{refused}");
    }
}

#[test]
fn ports_tell_what_goes_in_and_what_comes_out() {
    let model = sized_toy(Temper::Good, Prior::Normal, WIDE);
    let [height, width] = WIDE;
    let Offer::Has { takes, makes } = &model.info.offers[&Ability::Decode] else { panic!("no decoder") };
    assert_eq!(takes, &[Port::Latents(model.info.latents.clone())]);
    let sides = Sides::Fixed { height, width };
    assert_eq!(makes, &[Port::Picture(PicturePort { sides, channels: 3, range: model.range })]);
    assert!(model.info.square().unwrap_err().to_string().contains("24 x 16 pixels"));
}

#[test]
fn an_encoder_that_asks_for_nothing_refuses_a_condition() {
    struct Zero;
    impl Encoder for Zero {
        fn encode(&self, pictures: &Tensor) -> Result<Tensor> {
            Ok(Tensor::zeros((pictures.dim(0)?, 2), pictures.dtype(), pictures.device())?)
        }
    }
    let pictures = Tensor::zeros((1, 3, 2, 2), candle_core::DType::F32, &Device::Cpu).unwrap();
    assert!(Zero.encode_given(&pictures, None).is_ok());
    assert!(Zero.encode_given(&pictures, Some(&pictures)).unwrap_err().to_string().contains("condition"));
}
