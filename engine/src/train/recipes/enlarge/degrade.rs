//! What happens to small pictures on their way: they are a little out of focus, noisy, compressed.

use crate::rng::Rng;
use crate::{Picture, Result};

/// The least and the widest blur, as the deviation of a Gaussian in pixels, and the strongest noise, as its deviation of 255.
const LEAST: f32 = 0.4;
const WIDEST: f32 = 0.9;
const NOISIEST: f32 = 6.0;
/// Worst and best quality of JPEG.
const QUALITY: [usize; 2] = [50, 95];

/// Damages a small picture in one to three ways.
pub(super) fn degrade(picture: Picture, rng: &mut Rng) -> Result<Picture> {
    let mut picture = picture;
    // At least one of them.
    let surely = rng.below(3);
    if surely == 0 || rng.chance(0.3) {
        blur(&mut picture, rng.uniform(LEAST, WIDEST));
    }
    if surely == 1 || rng.chance(0.3) {
        let deviation = rng.uniform(1.0, NOISIEST);
        let noisy = |value: &mut u8| {
            *value = (f32::from(*value) + deviation * rng.normal()).round().clamp(0.0, 255.0) as u8;
        };
        picture.rgb_mut().iter_mut().for_each(noisy);
    }
    if surely == 2 || rng.chance(0.3) {
        let quality = QUALITY[0] + rng.below(QUALITY[1] - QUALITY[0] + 1);
        picture = picture.compressed(quality as u8)?;
    }
    Ok(picture)
}

/// A Gaussian of three taps along each axis, edges repeated; wide enough for deviations of up to a pixel.
fn blur(picture: &mut Picture, deviation: f32) {
    let beside = (-0.5 / (deviation * deviation)).exp();
    let sum = 1.0 + 2.0 * beside;
    let (width, height) = (picture.width(), picture.height());
    for across in [true, false] {
        let before = picture.rgb().to_vec();
        let (step, length) = if across { (3, width) } else { (3 * width, height) };
        for (index, value) in picture.rgb_mut().iter_mut().enumerate() {
            let place = if across { index / 3 % width } else { index / (3 * width) };
            let back = if place == 0 { index } else { index - step };
            let on = if place + 1 == length { index } else { index + step };
            let [a, b, c] = [back, index, on].map(|i| f32::from(before[i]));
            *value = ((b + beside * (a + c)) / sum).round() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_keeps_the_picture_recognizable_and_is_repeated_by_its_seed() {
        let mut picture = Picture::filled(24, 24, [60, 120, 180]);
        let values = picture.rgb_mut().iter_mut().enumerate();
        values.for_each(|(i, v)| *v += (i * i % 61) as u8);
        for seed in 0..40 {
            let damaged = degrade(picture.clone(), &mut Rng::new(seed)).unwrap();
            assert_eq!((damaged.width(), damaged.height()), (24, 24));
            assert_eq!(damaged, degrade(picture.clone(), &mut Rng::new(seed)).unwrap());
            let error: f32 =
                damaged.rgb().iter().zip(picture.rgb()).map(|(a, b)| f32::from(a.abs_diff(*b))).sum();
            let mean = error / damaged.rgb().len() as f32;
            assert!(mean > 0.0 && mean < 20.0, "{seed}: {mean}");
        }
    }

    #[test]
    fn a_blur_keeps_the_mean_and_softens_edges() {
        let mut picture = Picture::filled(8, 8, [0; 3]);
        picture.rgb_mut()[3 * 8 * 4..].fill(200);
        blur(&mut picture, 0.8);
        let column: Vec<u8> = (0..8).map(|y| picture.pixel(3, y)[0]).collect();
        assert_eq!((column[0], column[7]), (0, 200));
        assert!(column[3] > 20 && column[4] < 180 && column[3] + column[4] == 200, "{column:?}");
    }
}
