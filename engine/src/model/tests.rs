//! What a model says of itself, and what is refused when it opens.

use candle_core::{Device, Tensor};

use super::toy::{Temper, WIDE, sized_toy, toy};
use super::*;

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

    fn parameters(&self) -> usize {
        0
    }

    fn translate(&self, pictures: &Tensor, _: Option<&Tensor>) -> Result<Tensor> {
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
    let mirrored = model.translator().unwrap().translate(&picture, None).unwrap();
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
