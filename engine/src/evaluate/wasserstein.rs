//! The sliced Wasserstein distance of two sets of pictures (Karras et al. 2018, section 5): how much their
//! small patches differ, at every scale.

use rayon::prelude::*;

use crate::data::PictureSet;
use crate::rng::Rng;

/// Side of a patch in pixels.
const PATCH: usize = 7;
const PATCH_LEN: usize = PATCH * PATCH * 3;
/// Patches taken of each picture, fewer where there are so many pictures that [`MOST_PATCHES`] come first.
const PATCHES: usize = 32;
/// Patches of a set that are compared at most: 154 MB for each of the two sets.
const MOST_PATCHES: usize = 1 << 18;
/// Directions that patches are looked at along.
const DIRECTIONS: usize = 256;
/// The smallest scale in pixels.
const SMALLEST: usize = 16;
/// Patches and directions are the same for every comparison.
const SEED: u64 = 0x0073_7764;

/// The distance for each scale, from the pictures' own size down to 16 pixels, times 1000 as it is usually
/// given. The finest scale sees detail and noise, the coarsest sees layout. Both sets have pictures of one size;
/// when one has fewer, so many of the other count. Nothing for pictures smaller than a patch of 7 pixels.
///
/// One scale is looked at after the other, and of a picture only its patches are kept: beside the sets this takes the
/// patches of two sets, 308 MB at most, and a few pictures for each thread, however many and large they are.
#[must_use]
pub fn sliced_wasserstein(a: &PictureSet, b: &PictureSet) -> Vec<f32> {
    let count = a.len().min(b.len());
    let levels = scales(a.size());
    (0..levels)
        .map(|level| {
            let patches = |set| normalized(patches(set, count, level, level + 1 == levels));
            1000.0 * distance(&patches(a), &patches(b), level)
        })
        .collect()
}

/// How many scales pictures of a size have.
fn scales(size: usize) -> usize {
    if size < PATCH {
        return 0;
    }
    // A side that is odd can't be halved.
    let halves = std::iter::successors(Some(size), |s| (s % 2 == 0).then_some(s / 2));
    halves.take_while(|&s| s == size || s >= SMALLEST).count()
}

/// Patches taken of each of so many pictures.
fn patches_each(pictures: usize) -> usize {
    (MOST_PATCHES / pictures.max(1)).clamp(1, PATCHES)
}

/// The patches of the first `count` pictures at a scale, at places that are the same for every set.
fn patches(set: &PictureSet, count: usize, level: usize, is_last: bool) -> Vec<f32> {
    let (each, count) = (patches_each(count), count.min(MOST_PATCHES));
    let size = set.size() >> level;
    let mut rng = Rng::stream(SEED, level as u64);
    let mut place = || rng.below(size - PATCH + 1);
    let places: Vec<[usize; 2]> = (0..count * each).map(|_| [place(), place()]).collect();
    let mut patches = vec![0.0; count * each * PATCH_LEN];
    let of_pictures = patches.par_chunks_exact_mut(each * PATCH_LEN).zip(places.par_chunks_exact(each));
    of_pictures.enumerate().for_each(|(index, (patches, places))| {
        let scale = scale(set.picture(index), set.size(), level, is_last);
        for (patch, &[x, y]) in patches.chunks_exact_mut(PATCH_LEN).zip(places) {
            for (row, y) in patch.chunks_exact_mut(3 * PATCH).zip(y..) {
                row.copy_from_slice(&scale[3 * (y * size + x)..][..3 * PATCH]);
            }
        }
    });
    patches
}

/// Mean over directions of the mean distance between patches in their order along the direction.
fn distance(a: &[f32], b: &[f32], level: usize) -> f32 {
    let sum: f32 = (0..DIRECTIONS)
        .into_par_iter()
        .map(|index| {
            let mut rng = Rng::stream(SEED + 1, (level * DIRECTIONS + index) as u64);
            let mut direction = rng.normals(PATCH_LEN);
            let norm = direction.iter().map(|v| v * v).sum::<f32>().sqrt();
            direction.iter_mut().for_each(|v| *v /= norm);
            let along = |patches: &[f32]| {
                let dot = |patch: &[f32]| patch.iter().zip(&direction).map(|(p, d)| p * d).sum::<f32>();
                let mut places: Vec<f32> = patches.chunks_exact(PATCH_LEN).map(dot).collect();
                places.sort_unstable_by(f32::total_cmp);
                places
            };
            let (a, b) = (along(a), along(b));
            a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len().max(1) as f32
        })
        // In the order of the directions: the sum does not depend on the threads.
        .collect::<Vec<f32>>()
        .into_iter()
        .sum();
    sum / DIRECTIONS as f32
}

/// Patches with mean 0 and deviation 1 of each channel.
fn normalized(mut patches: Vec<f32>) -> Vec<f32> {
    for channel in 0..3 {
        let values = || patches.iter().skip(channel).step_by(3).map(|v| f64::from(*v));
        let count = (patches.len() / 3).max(1) as f64;
        let mean = values().sum::<f64>() / count;
        let deviation = (values().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt().max(1e-6);
        let (mean, scale) = (mean as f32, (1.0 / deviation) as f32);
        patches.iter_mut().skip(channel).step_by(3).for_each(|v| *v = (*v - mean) * scale);
    }
    patches
}

/// A scale of the Laplacian pyramid of a picture: what it adds to the one below it; the last is the smallest picture
/// itself.
fn scale(rgb: &[u8], size: usize, level: usize, is_last: bool) -> Vec<f32> {
    let mut picture: Vec<f32> = rgb.iter().map(|v| f32::from(*v)).collect();
    for above in 0..level {
        picture = halved(&picture, size >> above);
    }
    if is_last {
        return picture;
    }
    let size = size >> level;
    let blurred = doubled(&halved(&picture, size), size / 2);
    picture.iter_mut().zip(&blurred).for_each(|(p, b)| *p -= b);
    picture
}

/// Weights of a binomial of five, the customary filter of pyramids (Burt and Adelson 1983).
const BINOMIAL: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

fn mirrored(i: isize, size: usize) -> usize {
    let last = size as isize - 1;
    let i = i.abs();
    (if i > last { 2 * last - i } else { i }).clamp(0, last) as usize
}

/// Blurred along both axes; `weight` is what a pixel at a place contributes.
fn blurred(picture: &[f32], size: usize, gain: f32) -> Vec<f32> {
    let along = |picture: &[f32], step_x: bool| {
        let mut out = vec![0.0; picture.len()];
        for y in 0..size {
            for x in 0..size {
                for (tap, weight) in BINOMIAL.iter().enumerate() {
                    let shift = tap as isize - 2;
                    let (from_x, from_y) = if step_x {
                        (mirrored(x as isize + shift, size), y)
                    } else {
                        (x, mirrored(y as isize + shift, size))
                    };
                    for channel in 0..3 {
                        out[3 * (y * size + x) + channel] +=
                            gain * weight * picture[3 * (from_y * size + from_x) + channel];
                    }
                }
            }
        }
        out
    };
    along(&along(picture, true), false)
}

/// Blurred, every second pixel of every second row.
fn halved(picture: &[f32], size: usize) -> Vec<f32> {
    let soft = blurred(picture, size, 1.0);
    let half = size / 2;
    let pixels = (0..half * half).map(|i| 2 * (i / half) * size + 2 * (i % half));
    pixels.flat_map(|pixel| soft[3 * pixel..3 * pixel + 3].to_vec()).collect()
}

/// Twice as large, smooth.
fn doubled(picture: &[f32], size: usize) -> Vec<f32> {
    let wide = 2 * size;
    let mut sparse = vec![0.0; wide * wide * 3];
    for (pixel, colour) in picture.chunks_exact(3).enumerate() {
        let place = 2 * (pixel / size) * wide + 2 * (pixel % size);
        sparse[3 * place..3 * place + 3].copy_from_slice(colour);
    }
    // Along each axis every second pixel is there.
    blurred(&sparse, wide, 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Vary, WorldName};

    fn world(seed: u64, blur: bool) -> PictureSet {
        let scenes = WorldName::Landscape.render_many(&Vary::all(), seed, 0, 64, 32).unwrap();
        let soften = |rgb: Vec<u8>| {
            let values: Vec<f32> = rgb.iter().map(|v| f32::from(*v)).collect();
            blurred(&values, 32, 1.0).into_iter().map(|v| v.round() as u8).collect()
        };
        let pictures = scenes.into_iter().map(|s| if blur { soften(s.rgb) } else { s.rgb });
        PictureSet::from_rgb(32, pictures).unwrap()
    }

    #[test]
    fn blur_shows_at_the_finest_scale() {
        let (real, other, soft) = (world(1, false), world(2, false), world(2, true));
        let floor = sliced_wasserstein(&real, &other);
        let blurred = sliced_wasserstein(&real, &soft);
        assert_eq!(floor.len(), 2);
        assert!(blurred[0] > 1.5 * floor[0], "{blurred:?} against {floor:?}");
        assert!(sliced_wasserstein(&real, &real).iter().all(|d| *d == 0.0));
    }

    #[test]
    fn the_patches_of_any_number_of_pictures_fit_into_memory() {
        for pictures in [1, 2_000, MOST_PATCHES / PATCHES] {
            assert_eq!(patches_each(pictures), PATCHES);
        }
        for pictures in [10_000, 50_000, 200_000] {
            let kept = pictures * patches_each(pictures);
            assert!(kept <= MOST_PATCHES && kept * PATCH_LEN * 4 < 160_000_000, "{pictures} {kept}");
        }
        assert_eq!(patches_each(10 * MOST_PATCHES), 1);
    }

    #[test]
    fn any_size_has_scales() {
        for (size, scales) in [(4, 0), (7, 1), (8, 1), (28, 1), (33, 1), (48, 2), (100, 3)] {
            let set = PictureSet::from_rgb(size, [vec![9; 3 * size * size]]).unwrap();
            assert_eq!(sliced_wasserstein(&set, &set).len(), scales, "{size}");
        }
    }

    #[test]
    fn a_pyramid_adds_up_to_the_picture() {
        let set = world(1, false);
        let scales = [0, 1].map(|level| scale(set.picture(0), 32, level, level == 1));
        let sum: Vec<f32> = doubled(&scales[1], 16).iter().zip(&scales[0]).map(|(a, b)| a + b).collect();
        let furthest =
            sum.iter().zip(set.picture(0)).map(|(s, p)| (s - f32::from(*p)).abs()).fold(0.0, f32::max);
        assert!(furthest < 1e-3, "{furthest}");
        let flat = vec![7.0; 16 * 16 * 3];
        assert!(doubled(&flat, 16).iter().all(|v| (v - 7.0).abs() < 1e-4));
    }
}
