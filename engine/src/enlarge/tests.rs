//! Enlarging in tiles against enlarging at once.

use candle_core::Device;

use super::*;
use crate::ValueRange;
use crate::arch::{Described, Part, own};
use crate::model::Abilities;
use crate::rng::Rng;

fn model(factor: usize) -> Model {
    let graph = own::Enlarger { factor, width: 8, blocks: 2, faithful: false }.graph().unwrap();
    // Larger weights than at the beginning, so that neighbours count.
    let weights = graph.begin(&mut Rng::new(4)).unwrap();
    let larger = weights.iter().map(|(name, t)| (name.to_owned(), (t * 4.0).unwrap())).collect();
    let part = Part { graph, weights: larger, output: "large".into() };
    let parts = Described::of_enlarger("enlarger", part, ValueRange::SignedUnit).parts(&Device::Cpu).unwrap();
    Model::new("enlarger", "SRResNet", parts.abilities, parts.latents, parts.range, Device::Cpu)
}

fn noise(width: usize, height: usize) -> Picture {
    let mut rng = Rng::new(9);
    Picture::new(width, height, (0..3 * width * height).map(|_| rng.below(256) as u8).collect()).unwrap()
}

fn go_on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn tiles_have_no_seams() {
    for factor in [2, 4] {
        let model = model(factor);
        let enlarger = &**model.enlarger().unwrap();
        let reach = enlarger.reach().unwrap();
        assert!((5..=10).contains(&reach), "{reach}");
        for (width, height) in [(70, 53), (41, 90), (12, 7)] {
            let picture = noise(width, height);
            let in_tiles = |tile| {
                let mut enlarging =
                    Enlarging::new(&model, &picture, Way::Sharp).unwrap().cut(enlarger, &picture, tile);
                let (_, all) = enlarging.standing();
                (0..all).for_each(|_| enlarging.step(&model).unwrap());
                (enlarging.finish().unwrap(), all)
            };
            let ((whole, one), (tiled, many)) = (in_tiles(4096), in_tiles(1));
            assert!(one == 1 && (many > 1 || width < 40));
            assert_eq!((whole.width(), whole.height()), (width * factor, height * factor));
            // Sums of other lengths are rounded differently.
            assert!(
                whole.rgb().iter().zip(tiled.rgb()).all(|(a, b)| a.abs_diff(*b) <= 1),
                "{width} {height}"
            );
        }
    }
}

#[test]
fn ways_are_told_apart_and_what_is_missing_is_said() {
    let model = model(2);
    let picture = noise(9, 6);
    let with = |way| enlarge(&model, &picture, way, &mut go_on);
    assert_eq!(with(Way::Nearest).unwrap(), picture.resized_nearest(18, 12));
    assert_eq!(with(Way::Bicubic).unwrap(), picture.resized_bicubic(18, 12));
    assert!(with(Way::Sharp).is_ok() && has_way(&model, Way::Sharp) && !has_way(&model, Way::Faithful));
    assert!(with(Way::Faithful).unwrap_err().to_string().contains("squared error"));
    let stopped = enlarge(&model, &picture, Way::Sharp, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Cancelled)));
    let huge = Picture::filled(9000, 9000, [0; 3]);
    assert!(enlarge(&model, &huge, Way::Sharp, &mut go_on).unwrap_err().to_string().contains("million"));
    let none = Model::new(
        "none",
        "none",
        Abilities::default(),
        model.info.latents.clone(),
        model.range,
        Device::Cpu,
    );
    assert!(enlarge(&none, &picture, Way::Bicubic, &mut go_on).is_err());
}

#[test]
fn sides_that_a_network_can_not_take_are_padded_and_cut() {
    let picture = noise(5, 3);
    let padded = padded(&picture, 4);
    assert_eq!((padded.width(), padded.height()), (8, 4));
    assert_eq!((padded.pixel(4, 2), padded.pixel(7, 3)), (picture.pixel(4, 2), picture.pixel(4, 2)));
}
