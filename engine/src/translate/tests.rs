use std::sync::Arc;

use super::*;
use crate::ValueRange;
use crate::model::{Abilities, LatentSpec, PicturePort, StyleFactor, Translator};

/// Shows maps of three labels in red, green and blue, brighter by its style; takes sides that are multiples of 4.
struct Lights;

impl Translator for Lights {
    fn takes(&self) -> Port {
        let label = |name: &str, colour| Label { name: name.into(), colour };
        let labels = vec![label("a", [10; 3]), label("b", [100; 3]), label("c", [200; 3])];
        Port::Labels { labels, sides: Sides::Any { multiple_of: 4 } }
    }

    fn makes(&self) -> Port {
        Port::Picture(PicturePort {
            sides: Sides::Any { multiple_of: 4 },
            channels: 3,
            range: ValueRange::Unit,
        })
    }

    fn style(&self) -> Option<Port> {
        let factor = StyleFactor { name: "light".into(), least: 0.0, most: 1.0, usual: 1.0 };
        Some(Port::Style { factors: vec![factor] })
    }

    fn parameters(&self) -> usize {
        0
    }

    fn translate(&self, maps: &Tensor, style: Option<&Tensor>) -> Result<Tensor> {
        assert!(maps.dims()[2].is_multiple_of(4) && maps.dims()[3].is_multiple_of(4));
        match style {
            None => Ok(maps.clone()),
            Some(style) => Ok(maps.broadcast_mul(&style.reshape((1, 1, 1, 1))?)?),
        }
    }
}

fn lights() -> Model {
    let abilities = Abilities { translator: Some(Arc::new(Lights)), ..Abilities::default() };
    Model::new("lights", "Lights", abilities, LatentSpec::none(), ValueRange::Unit, Device::Cpu)
}

#[test]
fn any_sides_and_nearest_labels() {
    let mut map = Picture::filled(5, 3, [10; 3]);
    map.rgb_mut()[3..6].copy_from_slice(&[90, 110, 100]);
    map.rgb_mut()[42..45].copy_from_slice(&[255; 3]);
    let made = translate(&lights(), &map, None).unwrap();
    assert_eq!((made.picture.width(), made.picture.height()), (5, 3));
    assert_eq!([made.picture.pixel(0, 0), made.picture.pixel(1, 0)], [[255, 0, 0], [0, 255, 0]]);
    assert_eq!(made.picture.pixel(4, 2), [0, 0, 255]);
    assert_eq!(made.strange, Some((2, [90, 110, 100])));
    let dim = translate(&lights(), &Picture::filled(4, 4, [200; 3]), Some(&[0.2])).unwrap();
    assert_eq!((dim.picture.pixel(1, 1), dim.strange), ([0, 0, 51], None));
}

#[test]
fn a_picture_goes_on_as_in_a_mirror() {
    assert_eq!([0, 1, 2, 3, 4, 5, 6].map(|place| mirrored(place, 3)), [0, 1, 2, 1, 0, 1, 2]);
    assert_eq!([0, 1, 5].map(|place| mirrored(place, 1)), [0; 3]);
}

#[test]
fn what_can_not_be_translated_is_refused() {
    let error = |picture: &Picture, style: Option<&[f32]>| {
        translate(&lights(), picture, style).unwrap_err().to_string()
    };
    let map = Picture::filled(4, 4, [10; 3]);
    assert!(error(&map, Some(&[0.1, 0.2])).contains("has 1 numbers, not 2"));
    assert!(error(&map, Some(&[f32::NAN])).contains("numbers"));
    assert!(error(&Picture::filled(4096, 2048, [0; 3]), None).contains("too large"));
    let toy = crate::model::toy::toy(crate::model::toy::Temper::Good, crate::model::Prior::Normal);
    assert!(translate(&toy, &map, None).unwrap_err().to_string().contains("has no translator"));
}
