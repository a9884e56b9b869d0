//! What holds for every world, and what the tests of the worlds share.

use super::{Creature, Landscape, Portrait, World};

/// A factor of a world: its name, its place, its smallest and its largest value.
pub(super) type Factor<F> = (&'static str, fn(&mut F) -> &mut f32, f32, f32);

/// Mean absolute difference of two pictures, 0..255.
pub(super) fn difference(a: &[u8], b: &[u8]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| f32::from(a.abs_diff(b))).sum::<f32>() / a.len() as f32
}

/// Mean of each channel over the pixels that `within` (column and row, as shares of the picture) takes.
pub(super) fn mean(rgb: &[u8], within: impl Fn(f32, f32) -> bool) -> [f32; 3] {
    let size = (rgb.len() / 3).isqrt();
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for (i, pixel) in rgb.chunks_exact(3).enumerate() {
        if within(((i % size) as f32 + 0.5) / size as f32, ((i / size) as f32 + 0.5) / size as f32) {
            (0..3).for_each(|c| sum[c] += f32::from(pixel[c]));
            count += 1.0;
        }
    }
    sum.map(|x| x / count)
}

/// Half the size, by the mean of 2x2 pixels.
fn halved(rgb: &[u8], size: usize) -> Vec<u8> {
    let half = size / 2;
    let mut out = Vec::with_capacity(half * half * 3);
    for i in 0..half * half * 3 {
        let (row, column, channel) = (i / 3 / half, i / 3 % half, i % 3);
        let at = |a: usize, b: usize| u16::from(rgb[((2 * row + a) * size + 2 * column + b) * 3 + channel]);
        out.push(((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1) + 2) / 4) as u8);
    }
    out
}

/// Moves each factor from end to end, from the factors that `plain` makes: the picture must change by at least
/// `least`, and evenly.
pub(super) fn check_smooth<W: World>(factors: &[Factor<W::Factors>], plain: fn(&mut W::Factors), least: f32) {
    const STEPS: usize = 40;
    for (name, place, low, high) in factors {
        let at = |k: usize| {
            W::render_changed(0, 0, 64, |f| {
                plain(f);
                *place(f) = low + (high - low) * k as f32 / STEPS as f32;
            })
        };
        let pictures: Vec<_> = (0..=STEPS).map(|k| at(k).rgb).collect();
        let steps: Vec<f32> = pictures.windows(2).map(|two| difference(&two[0], &two[1])).collect();
        // The way, not its ends: a hue comes back to where it started.
        let whole = steps.iter().sum::<f32>();
        assert!(whole > least, "{name} does next to nothing: {whole}");
        let mean = whole / STEPS as f32;
        for (k, step) in steps.iter().enumerate() {
            assert!(*step < 5.0 * mean + 0.05, "{name} jumps after step {k}: {step}, {mean} on average");
        }
    }
}

#[test]
fn a_picture_is_a_function_of_seed_and_index() {
    fn check<W: World>() {
        let picture = W::render(5, 17, 64);
        assert_eq!(picture, W::render(5, 17, 64));
        assert_eq!(picture.rgb.len(), 64 * 64 * 3);
        assert!(difference(&picture.rgb, &W::render(5, 18, 64).rgb) > 2.0);
        assert!(difference(&picture.rgb, &W::render(6, 17, 64).rgb) > 2.0);
        let smallest = *W::SIZES.start();
        assert_eq!(W::render(5, 17, 0).rgb.len(), smallest * smallest * 3, "sizes are clamped");
    }
    check::<Landscape>();
    check::<Creature>();
    check::<Portrait>();
}

#[test]
fn the_number_of_threads_changes_nothing() {
    fn check<W: World<Factors: PartialEq>>() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| W::render_many(3, 100, 12, 32))
        };
        let one = with(1);
        assert_eq!(one, with(4));
        assert_eq!(one[7], W::render(3, 107, 32));
    }
    check::<Landscape>();
    check::<Creature>();
    check::<Portrait>();
}

#[test]
fn sizes_show_the_same_scene() {
    fn check<W: World>(most_mean: f32, most: f32) {
        let differences: Vec<f32> = (0..32)
            .map(|i| {
                let (large, small) = (W::render(1, i, 128), W::render(1, i, 64));
                assert_eq!(large.factors, small.factors);
                difference(&halved(&large.rgb, 128), &small.rgb)
            })
            .collect();
        let mean = differences.iter().sum::<f32>() / 32.0;
        let worst = differences.iter().copied().fold(0.0, f32::max);
        assert!(mean < most_mean && worst < most, "mean {mean}, worst {worst}");
    }
    check::<Landscape>(3.0, 8.0);
    check::<Creature>(2.0, 3.0);
    check::<Portrait>(1.5, 2.5);
}

#[test]
fn many_pictures_differ_and_fill_the_range_of_values() {
    fn check<W: World>() {
        let pictures = W::render_many(0, 0, 256, 32);
        let bytes: Vec<f32> = pictures.iter().flat_map(|p| p.rgb.iter().map(|&b| f32::from(b))).collect();
        let n = bytes.len() as f32;
        let mean = bytes.iter().sum::<f32>() / n;
        let deviation = (bytes.iter().map(|b| (b - mean).powi(2)).sum::<f32>() / n).sqrt();
        assert!((100.0..165.0).contains(&mean), "mean {mean}");
        assert!((38.0..75.0).contains(&deviation), "deviation {deviation}");
        let white = bytes.iter().filter(|&&b| b > 253.0).count() as f32 / n;
        assert!(white < 0.01, "{white} of the bytes are clipped");
        for (i, a) in pictures.iter().enumerate() {
            for b in &pictures[i + 1..] {
                assert!(difference(&a.rgb, &b.rgb) > 2.0);
            }
        }
    }
    check::<Landscape>();
    check::<Creature>();
    check::<Portrait>();
}
