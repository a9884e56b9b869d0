use super::*;
use crate::rng::Rng;

fn noise(width: usize, height: usize) -> Picture {
    let mut rng = Rng::new(7);
    Picture::new(width, height, (0..3 * width * height).map(|_| rng.below(256) as u8).collect()).unwrap()
}

/// A picture without anything finer than a few pixels.
fn waves(width: usize, height: usize) -> Picture {
    let byte = |i: usize| {
        let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
        let phase = 40.0 * x as f32 / width as f32 + (9.0 + 8.0 * c as f32) * y as f32 / height as f32;
        (127.5 + 120.0 * phase.sin()).round() as u8
    };
    Picture::new(width, height, (0..3 * width * height).map(byte).collect()).unwrap()
}

fn crop(centre: [f32; 2], side: f32, angle: f32, mirrored: bool) -> Crop {
    Crop { centre, side, angle, mirrored }
}

fn largest_difference(a: &Picture, b: &Picture) -> u8 {
    a.rgb().iter().zip(b.rgb()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// The mean over each pixel of the crop, from the nearest pixels of very many places.
fn naive(photo: &Picture, crop: &Crop, [height, width]: [usize; 2]) -> Picture {
    let place = crop.on(photo, [height, width]);
    let fine = 64;
    let mut rgb = Vec::new();
    for i in 0..height * width {
        let mut sum = [0.0; 3];
        for j in 0..fine * fine {
            let part = |whole: usize, sub: usize| whole as f64 + (sub as f64 + 0.5) / fine as f64;
            let (u, v) =
                (part(i % width, j % fine) / width as f64, part(i / width, j / fine) / height as f64);
            let [x, y] = place.in_photo([u, v]);
            for (sum, byte) in sum.iter_mut().zip(photo.pixel(x.max(0.0) as usize, y.max(0.0) as usize)) {
                *sum += f64::from(byte);
            }
        }
        rgb.extend(sum.map(|sum| (sum / (fine * fine) as f64).round() as u8));
    }
    Picture::new(width, height, rgb).unwrap()
}

#[test]
fn a_part_of_the_models_size_stays_bit_for_bit() {
    for (width, height) in [(7, 5), (5, 7), (24, 40), (64, 64)] {
        let photo = noise(width, height);
        let sides = [height, width];
        let middle = Crop::middle(&photo, sides);
        assert_eq!((middle.centre, middle.side), ([0.5; 2], 1.0));
        assert_eq!(middle.sample(&photo, sides).unwrap(), photo);
        let mirrored = Crop { mirrored: true, ..middle };
        assert_eq!(mirrored.sample(&photo, sides).unwrap(), photo.clone().mirrored());
        let turned = Crop { angle: 180.0, ..middle }.sample(&photo, sides).unwrap();
        assert!(turned.rgb().chunks(3).eq(photo.rgb().chunks(3).rev()));
    }
}

#[test]
fn a_quarter_turn_brings_the_left_side_up() {
    // The crop is turned clockwise, so what it shows is turned back: its top is the photo's right side.
    let photo = noise(6, 6);
    let turned = crop([0.5; 2], 1.0, 90.0, false).sample(&photo, [6, 6]).unwrap();
    for y in 0..6 {
        for x in 0..6 {
            assert_eq!(turned.pixel(x, y), photo.pixel(5 - y, x));
        }
    }
}

#[test]
fn whole_pixels_are_averaged_exactly() {
    let photo = noise(12, 8);
    let small = crop([0.5; 2], 1.0, 0.0, false).sample(&photo, [2, 2]).unwrap();
    for (i, pixel) in small.rgb().chunks_exact(3).enumerate() {
        for (channel, byte) in pixel.iter().enumerate() {
            let (left, top) = (2 + 4 * (i % 2), 4 * (i / 2));
            let sum: u32 = (0..16).map(|j| u32::from(photo.pixel(left + j % 4, top + j / 4)[channel])).sum();
            assert!((f32::from(*byte) - sum as f32 / 16.0).abs() <= 0.5);
        }
    }
}

#[test]
fn turned_mirrored_and_moved_crops_agree_with_a_naive_mean() {
    let photo = waves(160, 120);
    for (angle, side, mirrored) in
        [(0.0, 0.37, false), (31.0, 0.6, true), (-100.0, 0.55, false), (5.0, 0.9, true)]
    {
        let crop = crop([0.52, 0.49], side, angle, mirrored);
        let (fast, slow) = (crop.sample(&photo, [9, 7]).unwrap(), naive(&photo, &crop, [9, 7]));
        let difference = largest_difference(&fast, &slow);
        assert!(difference <= 4, "{crop:?}: {difference}");
    }
}

#[test]
fn places_go_there_and_back() {
    let photo = waves(90, 40);
    let place = crop([0.3, 0.6], 0.5, 27.0, true).on(&photo, [8, 16]);
    for at in [[0.0, 0.0], [0.25, 0.75], [1.0, 0.3], [-0.4, 1.7]] {
        let back = place.in_crop(place.in_photo(at));
        assert!((back[0] - at[0]).abs() < 1e-9 && (back[1] - at[1]).abs() < 1e-9, "{at:?} {back:?}");
    }
    let middle = place.in_photo([0.5, 0.5]);
    assert!((middle[0] - 27.0).abs() < 1e-3 && (middle[1] - 24.0).abs() < 1e-3);
}

#[test]
fn what_lies_beside_the_photo_is_moved_inside() {
    let photo = waves(300, 200);
    let sides = [64, 64];
    assert!(crop([0.5; 2], 1.0, 0.0, false).is_inside(&photo, sides));
    assert!(!crop([0.5; 2], 1.0, 10.0, false).is_inside(&photo, sides), "its corners stand out");
    assert!(!crop([0.2, 0.5], 1.0, 0.0, false).is_inside(&photo, sides));
    let wild = [
        crop([0.2, 0.5], 1.0, 0.0, false),
        crop([-3.0, 9.0], 0.4, 20.0, true),
        crop([0.9, 0.1], 7.0, 45.0, false),
        crop([0.5, 0.5], -1.0, 0.0, false),
        crop([f32::NAN, 0.5], 0.5, 0.0, false),
    ];
    for crop in wild {
        for sides in [sides, [32, 64], [64, 16]] {
            let inside = crop.clamped(&photo, sides);
            assert!(inside.is_inside(&photo, sides), "{crop:?} became {inside:?}");
            assert_eq!(inside.clamped(&photo, sides), inside, "it stays where it is");
        }
    }
    assert!(crop([0.5; 2], f32::INFINITY, 0.0, false).sample(&photo, sides).is_err());
    assert!(crop([0.5; 2], 1.0, 0.0, false).sample(&photo, [0, 3]).is_err());
}

#[test]
fn beyond_the_photo_its_border_goes_on() {
    let mut photo = Picture::filled(8, 8, [10; 3]);
    photo.rgb_mut()[3 * 8 * 7..].fill(200);
    let low = crop([0.5, 2.0], 1.0, 0.0, false).sample(&photo, [4, 4]).unwrap();
    assert_eq!(low, Picture::filled(4, 4, [200; 3]));
}

#[test]
fn a_crop_survives_being_written() {
    let crop = crop([0.1, 0.7], 0.33, -12.5, true);
    assert_eq!(serde_json::from_str::<Crop>(&serde_json::to_string(&crop).unwrap()).unwrap(), crop);
}
