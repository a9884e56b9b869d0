use super::*;
use crate::data::portrait::HairStyle;
use crate::data::{Portrait, World};
use crate::rng::Rng;

fn noise(width: usize, height: usize) -> Picture {
    let mut rng = Rng::new(7);
    Picture::new(width, height, (0..3 * width * height).map(|_| rng.below(200) as u8).collect()).unwrap()
}

fn whole() -> Crop {
    Crop { centre: [0.5; 2], side: 1.0, angle: 0.0, mirrored: false }
}

#[test]
fn no_change_strength_0_and_an_empty_mask_leave_the_photo_bit_for_bit() {
    let (small, photo) = (noise(8, 8), noise(40, 40));
    let [same, other] = [&small, &Picture::filled(8, 8, [90; 3])]
        .map(|after| Transfer::between(&small, after, None).unwrap());
    let (all, none) = (Mask::everywhere([8, 8]), Mask::new([8, 8], vec![0.0; 64]).unwrap());
    assert_eq!(same.apply(&photo, &whole(), &all, 1.0).unwrap(), photo);
    assert_eq!(other.apply(&photo, &whole(), &all, 0.0).unwrap(), photo);
    assert_eq!(other.apply(&photo, &whole(), &none, 1.0).unwrap(), photo);
    assert_ne!(other.apply(&photo, &whole(), &all, 1.0).unwrap(), photo);
}

#[test]
fn what_lies_outside_of_a_turned_frame_stays_bit_for_bit() {
    let (before, after) = (Picture::filled(8, 8, [50; 3]), Picture::filled(8, 8, [90; 3]));
    let photo = noise(60, 40);
    let crop = Crop { centre: [0.4, 0.5], side: 0.5, angle: 30.0, mirrored: true };
    let transfer = Transfer::between(&before, &after, None).unwrap();
    let made = transfer.apply(&photo, &crop, &Mask::everywhere([8, 8]), 0.5).unwrap();
    let place = crop.on(&photo, [8, 8]);
    let mut inside = 0;
    for (i, (was, is)) in photo.rgb().chunks(3).zip(made.rgb().chunks(3)).enumerate() {
        let at = place.in_crop([(i % 60) as f64 + 0.5, (i / 60) as f64 + 0.5]);
        if at.iter().all(|share| (0.0..=1.0).contains(share)) {
            inside += 1;
        } else {
            assert_eq!(is, was);
        }
    }
    assert!((350..450).contains(&inside), "{inside} pixels of 20 x 20");
}

#[test]
fn pictures_of_two_sizes_and_wild_numbers_are_refused() {
    let small = noise(8, 8);
    assert!(Transfer::between(&small, &noise(8, 9), None).is_err());
    let transfer = Transfer::between(&small, &noise(8, 8), None).unwrap();
    let all = Mask::everywhere([8, 8]);
    assert!(transfer.apply(&small, &whole(), &all, f32::NAN).is_err());
    let wild = Crop { angle: f32::INFINITY, ..whole() };
    assert!(transfer.apply(&small, &wild, &all, 1.0).is_err());
}

/// Hills of three colours, sampled as finely as asked for, moved to the right by a share of the width.
fn hills(side: usize, moved: f32) -> Picture {
    let fine = 4;
    let byte = |i: usize| {
        let mut sum = 0.0;
        for sub in 0..fine * fine {
            let place =
                |whole: usize, part: usize| (whole as f32 + (part as f32 + 0.5) / fine as f32) / side as f32;
            let (x, y) = (place(i / 3 % side, sub % fine) - moved, place(i / 3 / side, sub / fine));
            let hill = |left: f32, top: f32, wide: f32| {
                (-((x - left).powi(2) + (y - top).powi(2)) / (wide * wide)).exp()
            };
            sum += match i % 3 {
                0 => 60.0 + 110.0 * hill(0.4, 0.5, 0.12) + 60.0 * hill(0.6, 0.3, 0.2),
                1 => 80.0 + 90.0 * hill(0.5, 0.4, 0.1),
                _ => 120.0 - 70.0 * hill(0.45, 0.6, 0.15) + 50.0 * hill(0.6, 0.5, 0.08),
            };
        }
        (sum / (fine * fine) as f32).round() as u8
    };
    Picture::new(side, side, (0..3 * side * side).map(byte).collect()).unwrap()
}

/// With other colours, as a straight function of those that were there.
fn recoloured(picture: &Picture) -> Picture {
    let mut other = picture.clone();
    for pixel in other.rgb_mut().chunks_exact_mut(3) {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        let colour = [0.7 * r + 0.2 * g + 10.0, 0.9 * g - 0.1 * b + 20.0, 0.3 * r + 0.6 * b + 15.0];
        pixel.iter_mut().zip(colour).for_each(|(byte, value)| *byte = value.round() as u8);
    }
    other
}

/// The mean difference, in levels.
fn error(a: &Picture, b: &Picture) -> f64 {
    let sum: u64 = a.rgb().iter().zip(b.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.rgb().len() as f64
}

/// The photo after the change of its small picture to that of the truth, and with their difference added.
fn transferred(photo: &Picture, truth: &Picture, crop: &Crop, side: usize) -> (Picture, Picture) {
    let [before, after] = [photo, truth].map(|picture| crop.sample(picture, [side; 2]).unwrap());
    let make = |transfer: Result<Transfer>| {
        transfer.unwrap().apply(photo, crop, &Mask::everywhere([side; 2]), 1.0).unwrap()
    };
    (make(Transfer::between(&before, &after, None)), make(Transfer::of_difference(&before, &after)))
}

#[test]
fn another_colouring_is_made_in_every_pixel_of_the_photo() {
    let photo = hills(128, 0.0);
    let mut grainy = photo.clone();
    let mut rng = Rng::new(4);
    grainy.rgb_mut().iter_mut().for_each(|byte| *byte = byte.saturating_add(rng.below(12) as u8));
    for photo in [photo, grainy] {
        let truth = recoloured(&photo);
        let (made, plain) = transferred(&photo, &truth, &whole(), 32);
        let (ours, added) = (error(&made, &truth), error(&plain, &truth));
        assert!(ours < 1.0, "{ours}, and {added} when the difference is added");
    }
}

#[test]
fn what_moves_is_moved_in_the_photo() {
    let (photo, truth) = (hills(128, 0.0), hills(128, 1.5 / 32.0));
    let (made, plain) = transferred(&photo, &truth, &whole(), 32);
    let (ours, added) = (error(&made, &truth), error(&plain, &truth));
    assert!(ours < 0.6, "{ours}, and {added} when the difference is added");

    let [before, after] =
        [&photo, &truth].map(|picture| Field::of(&whole().sample(picture, [32; 2]).unwrap()));
    let motion = motion::found(&before, &after);
    // Where there is something to see: on the flank of the hills.
    for (x, y) in [(14, 16), (17, 12), (12, 15)] {
        let [across, down] = motion.values[32 * y + x];
        assert!((across + 1.5).abs() < 0.3 && down.abs() < 0.3, "({across}, {down}) at ({x}, {y})");
    }
}

#[test]
fn a_known_truth_is_nearer_than_with_the_difference_added() {
    for index in 0..3 {
        let draw = |tone: f32| {
            let scene = Portrait::render_changed(9, index, 96, |factors| {
                (factors.grey, factors.hair_tone) = (0.0, tone);
                factors.hair_style = HairStyle::Medium;
            });
            Picture::new(96, 96, scene.rgb).unwrap()
        };
        let (photo, truth) = (draw(0.1), draw(0.9));
        let (made, plain) = transferred(&photo, &truth, &whole(), 32);
        let (ours, added) = (error(&made, &truth), error(&plain, &truth));
        assert!(ours < 0.6 * added, "{index}: {ours} and {added}");
    }
}

#[test]
fn a_turned_and_mirrored_photo_is_changed_as_the_upright_one() {
    let (photo, truth) = (hills(64, 0.0), recoloured(&hills(64, 0.02)));
    let (upright, _) = transferred(&photo, &truth, &whole(), 32);
    let turned = Crop { angle: 90.0, mirrored: true, ..whole() };
    let [before, after] = [&photo, &truth].map(|picture| whole().sample(picture, [32; 2]).unwrap());
    // The photo that the turned frame shows as the upright one does the other.
    let mut lying = photo.clone();
    let place = turned.on(&photo, [64; 2]);
    for y in 0..64 {
        for x in 0..64 {
            let at = place.in_photo([(x as f64 + 0.5) / 64.0, (y as f64 + 0.5) / 64.0]);
            let i = 3 * (64 * (at[1] as usize) + at[0] as usize);
            lying.rgb_mut()[i..i + 3].copy_from_slice(&photo.pixel(x, y));
        }
    }
    assert_eq!(turned.sample(&lying, [64; 2]).unwrap(), photo);
    let transfer = Transfer::between(&before, &after, None).unwrap();
    let made = transfer.apply(&lying, &turned, &Mask::everywhere([32; 2]), 1.0).unwrap();
    let seen = turned.sample(&made, [64; 2]).unwrap();
    let worst = seen.rgb().iter().zip(upright.rgb()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(1), "{worst:?} levels apart");
}

#[test]
fn a_change_fades_where_the_frame_ends_within_the_photo() {
    let (before, after) = (Picture::filled(16, 16, [60; 3]), Picture::filled(16, 16, [160; 3]));
    let photo = Picture::filled(200, 100, [60; 3]);
    // Its left and right borders lie within the photo, the others are the photo's.
    let crop = Crop::middle(&photo, [16; 2]);
    let transfer = Transfer::between(&before, &after, None).unwrap();
    let made = transfer.apply(&photo, &crop, &Mask::everywhere([16; 2]), 1.0).unwrap();
    let row: Vec<u8> = (0..200).map(|x| made.pixel(x, 0)[0]).collect();
    assert!(row[..50].iter().chain(&row[150..]).all(|byte| *byte == 60));
    assert!(row[56..144].iter().all(|byte| *byte == 160), "{row:?}");
    assert!(row[50..57].windows(2).all(|pair| pair[0] <= pair[1]) && row[51] < 80, "{row:?}");
    assert!((0..200).all(|x| (0..100).all(|y| made.pixel(x, y) == made.pixel(x, 0))));
}

#[test]
fn an_enlarger_makes_what_is_new() {
    let (before, mut after) = (Picture::filled(16, 16, [60; 3]), Picture::filled(16, 16, [60; 3]));
    for y in 6..10 {
        after.rgb_mut()[3 * (16 * y + 6)..3 * (16 * y + 10)].fill(200);
    }
    let mut asked = 0;
    let mut squares = |picture: &Picture| {
        asked += 1;
        Ok(picture.resized_nearest(4 * picture.width(), 4 * picture.height()))
    };
    let transfer = Transfer::between(&before, &after, Some(&mut squares)).unwrap();
    assert_eq!(asked, 2);
    let photo = Picture::filled(64, 64, [60; 3]);
    let sharp = transfer.apply(&photo, &whole(), &Mask::everywhere([16; 2]), 1.0).unwrap();
    let soft = Transfer::between(&before, &after, None).unwrap();
    let soft = soft.apply(&photo, &whole(), &Mask::everywhere([16; 2]), 1.0).unwrap();
    let truth = after.resized_nearest(64, 64);
    let (sharp, soft) = (error(&sharp, &truth), error(&soft, &truth));
    assert!(sharp < 0.8 * soft, "{sharp} and {soft}");

    let mut refuses = |_: &Picture| Err(Error::Cancelled);
    assert!(matches!(Transfer::between(&before, &after, Some(&mut refuses)), Err(Error::Cancelled)));
}

#[test]
fn what_the_model_knows_nothing_of_is_not_amplified() {
    // The model's pictures are all but plain, and their little contrast doubles; the photo is a chequerboard.
    let faint = |contrast: usize| {
        let byte = |i: usize| (100 + contrast * (i / 3 % 32) / 8) as u8;
        Picture::new(32, 32, (0..3 * 32 * 32).map(byte).collect()).unwrap()
    };
    let mut photo = Picture::filled(64, 64, [70; 3]);
    for (i, pixel) in photo.rgb_mut().chunks_exact_mut(3).enumerate() {
        pixel.fill(if (i / 2 + i / 128) % 2 == 0 { 80 } else { 130 });
    }
    let transfer = Transfer::between(&faint(2), &faint(4), None).unwrap();
    let made = transfer.apply(&photo, &whole(), &Mask::everywhere([32; 2]), 1.0).unwrap();
    let [was, is] = [&photo, &made]
        .map(|picture| i32::from(picture.pixel(31, 31)[0]) - i32::from(picture.pixel(33, 31)[0]));
    assert!(was.abs() == 50 && (is.abs() - 50).abs() <= 5, "{was} became {is}");
}
