//! Tests of the creature world as a whole: reproducibility, and that factors mean what they say.

use super::*;
use crate::data::Scene;

/// A factor: its name, its place, its smallest and its largest value.
type Factor = (&'static str, fn(&mut Factors) -> &mut f32, f32, f32);

const FACTORS: [Factor; 20] = [
    ("hue", |f| &mut f.hue, 0.0, 1.0),
    ("lightness", |f| &mut f.lightness, 0.0, 1.0),
    ("accent", |f| &mut f.accent, 0.0, 1.0),
    ("backdrop", |f| &mut f.backdrop, 0.0, 1.0),
    ("size", |f| &mut f.size, 0.0, 1.0),
    ("stoutness", |f| &mut f.stoutness, 0.0, 1.0),
    ("head", |f| &mut f.head, 0.0, 1.0),
    ("limbs", |f| &mut f.limbs, 0.0, 1.0),
    ("pose", |f| &mut f.pose, 0.0, 1.0),
    ("lean", |f| &mut f.lean, -1.0, 1.0),
    ("ears", |f| &mut f.ears, 0.0, 1.0),
    ("ear roundness", |f| &mut f.ear_roundness, 0.0, 1.0),
    ("eyes", |f| &mut f.eyes, 0.0, 1.0),
    ("mood", |f| &mut f.mood, 0.0, 1.0),
    ("belly", |f| &mut f.belly, 0.0, 1.0),
    ("pattern", |f| &mut f.pattern, 0.0, 1.0),
    ("stripes", |f| &mut f.stripes, 0.0, 1.0),
    ("tail", |f| &mut f.tail, 0.0, 1.0),
    ("wings", |f| &mut f.wings, 0.0, 1.0),
    ("horns", |f| &mut f.horns, 0.0, 1.0),
];

fn difference(a: &[u8], b: &[u8]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| f32::from(a.abs_diff(b))).sum::<f32>() / a.len() as f32
}

/// A creature with nothing extreme about it.
fn plain(factors: &mut Factors) {
    for (_, place, low, high) in FACTORS {
        *place(factors) = 0.5 * (low + high);
    }
}

fn plain_but(size: usize, change: impl FnOnce(&mut Factors)) -> Scene<Factors> {
    Creature::render_changed(0, 0, size, |factors| {
        plain(factors);
        change(factors);
    })
}

/// Mean of each channel over the pixels (column, row as shares of the picture) that `within` takes.
fn mean(scene: &Scene<Factors>, size: usize, within: impl Fn(f32, f32) -> bool) -> [f32; 3] {
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for (i, pixel) in scene.rgb.chunks_exact(3).enumerate() {
        let (row, column) = (i / size, i % size);
        if within((column as f32 + 0.5) / size as f32, (row as f32 + 0.5) / size as f32) {
            (0..3).for_each(|c| sum[c] += f32::from(pixel[c]));
            count += 1.0;
        }
    }
    sum.map(|x| x / count)
}

/// Pixels that differ between two pictures.
fn changed(a: &Scene<Factors>, b: &Scene<Factors>) -> usize {
    a.rgb.chunks_exact(3).zip(b.rgb.chunks_exact(3)).filter(|(a, b)| a != b).count()
}

#[test]
fn a_picture_is_a_function_of_seed_and_index() {
    let picture = Creature::render(5, 17, 64);
    assert_eq!(picture, Creature::render(5, 17, 64));
    assert_eq!(picture.rgb.len(), 64 * 64 * 3);
    assert!(difference(&picture.rgb, &Creature::render(5, 18, 64).rgb) > 2.0);
    assert!(difference(&picture.rgb, &Creature::render(6, 17, 64).rgb) > 2.0);
    assert_eq!(Creature::render(5, 17, 0).rgb.len(), 16 * 16 * 3, "sizes are clamped");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| Creature::render_many(3, 100, 12, 32))
    };
    let one = with(1);
    assert_eq!(one, with(4));
    assert_eq!(one[7], Creature::render(3, 107, 32));
}

#[test]
fn sizes_show_the_same_scene() {
    let differences: Vec<f32> = (0..32)
        .map(|i| {
            let (large, small) = (Creature::render(1, i, 128), Creature::render(1, i, 64));
            let half = |k: usize| {
                let (row, column, channel) = (k / 3 / 64, k / 3 % 64, k % 3);
                let at = |a, b| u16::from(large.rgb[((2 * row + a) * 128 + 2 * column + b) * 3 + channel]);
                ((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1) + 2) / 4) as u8
            };
            let halved: Vec<u8> = (0..64 * 64 * 3).map(half).collect();
            difference(&halved, &small.rgb)
        })
        .collect();
    let worst = differences.iter().copied().fold(0.0, f32::max);
    assert!(worst < 3.0, "{differences:?}");
}

#[test]
fn every_factor_changes_the_picture_without_jumps() {
    const STEPS: usize = 40;
    for (name, place, low, high) in FACTORS {
        let pictures: Vec<_> = (0..=STEPS)
            .map(|k| plain_but(64, |f| *place(f) = low + (high - low) * k as f32 / STEPS as f32))
            .collect();
        let whole = difference(&pictures[0].rgb, &pictures[STEPS].rgb);
        assert!(whole > 0.25, "{name} does next to nothing: {whole}");
        let steps: Vec<f32> = pictures.windows(2).map(|two| difference(&two[0].rgb, &two[1].rgb)).collect();
        let mean = steps.iter().sum::<f32>() / STEPS as f32;
        for (k, step) in steps.iter().enumerate() {
            assert!(*step < 5.0 * mean + 0.05, "{name} jumps after step {k}: {step}, {mean} on average");
        }
    }
}

#[test]
fn parts_at_nothing_are_not_there() {
    // Their other factors then change no pixel.
    let without = |change: fn(&mut Factors)| {
        plain_but(64, |f| {
            (f.ears, f.pattern) = (0.0, 0.0);
            change(f);
        })
    };
    assert_eq!(changed(&without(|f| f.ear_roundness = 0.3), &without(|f| f.ear_roundness = 0.6)), 0);
    assert_eq!(changed(&without(|f| f.stripes = 0.0), &without(|f| f.stripes = 1.0)), 0);
}

#[test]
fn factors_mean_what_they_say() {
    let wall = |backdrop| mean(&plain_but(32, |f| f.backdrop = backdrop), 32, |x, y| x < 0.1 && y < 0.3);
    assert!((0..3).all(|c| wall(1.0)[c] > wall(0.0)[c] + 40.0));

    let skin = |hue| {
        mean(&plain_but(32, |f| (f.hue, f.belly) = (hue, 0.0)), 32, |x, y| {
            (0.4..0.6).contains(&x) && (0.65..0.8).contains(&y)
        })
    };
    let (red, green, blue) = (skin(0.0), skin(0.42), skin(0.8));
    assert!(red[0] > red[1] + 20.0 && red[0] > red[2] + 20.0, "{red:?}");
    assert!(green[1] > green[0] + 20.0 && green[1] > green[2] + 20.0, "{green:?}");
    assert!(blue[2] > blue[0] + 20.0 && blue[2] > blue[1], "{blue:?}");

    // Against the same room, what a creature covers is what differs from a creature elsewhere.
    let covered = |change: fn(&mut Factors)| {
        let bright = plain_but(64, |f| (change(f), f.hue = 0.0).0);
        let dark = plain_but(64, |f| (change(f), f.hue = 0.0, f.lightness = 0.0).0);
        changed(&bright, &dark)
    };
    assert!(covered(|f| f.size = 1.0) > covered(|f| f.size = 0.0) + 200);
    assert!(covered(|f| f.wings = 0.0) < covered(|f| f.wings = 1.0));

    // Red skin at the sides of the trunk: arms, above or below the shoulders.
    let arms = |pose, from: usize, to: usize| {
        let scene = plain_but(64, |f| {
            (f.pose, f.hue, f.limbs, f.wings, f.tail, f.ears) = (pose, 0.0, 1.0, 0.0, 0.0, 0.0);
        });
        let rows = scene.rgb.chunks_exact(64 * 3).skip(from).take(to - from);
        let sides = rows.flat_map(|row| row[..20 * 3].chunks_exact(3));
        sides.filter(|pixel| pixel[0] > pixel[1].saturating_add(40)).count()
    };
    assert!(arms(1.0, 12, 34) > arms(0.0, 12, 34) + 10);
    assert!(arms(1.0, 38, 50) + 10 < arms(0.0, 38, 50));
}

#[test]
fn factors_stay_in_their_ranges() {
    let mut winged = 0;
    for i in 0..2000 {
        let mut factors = Creature::draw(&mut Rng::stream(11, i));
        for (name, place, low, high) in FACTORS {
            let value = *place(&mut factors);
            assert!((low..=high).contains(&value), "{name} {value}");
        }
        winged += usize::from(factors.wings > 0.0);
    }
    assert!((700..900).contains(&winged), "two in five have wings: {winged}");
}

#[test]
fn many_pictures_have_sane_statistics() {
    let pictures = Creature::render_many(0, 0, 256, 32);
    let bytes: Vec<f32> = pictures.iter().flat_map(|p| p.rgb.iter().map(|&b| f32::from(b))).collect();
    let n = bytes.len() as f32;
    let mean = bytes.iter().sum::<f32>() / n;
    let deviation = (bytes.iter().map(|b| (b - mean).powi(2)).sum::<f32>() / n).sqrt();
    assert!((105.0..165.0).contains(&mean), "mean {mean}");
    assert!((38.0..75.0).contains(&deviation), "deviation {deviation}");
    for (i, a) in pictures.iter().enumerate() {
        for b in &pictures[i + 1..] {
            assert!(difference(&a.rgb, &b.rgb) > 2.0);
        }
    }
}
