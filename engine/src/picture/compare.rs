//! How alike two pictures are.

use super::Picture;

/// Pixels a side of the windows in which structure is compared, and the deviation of their Gaussian weights.
const WINDOW: usize = 11;
const DEVIATION: f64 = 1.5;

impl Picture {
    /// The ratio of the largest value to the root of the mean squared difference of all values, in decibels ("PSNR");
    /// 100 where pictures are the same or nearly so. Pictures of other sizes have a ratio of 0.
    #[must_use]
    pub fn peak_ratio(&self, other: &Self) -> f32 {
        if (self.width(), self.height()) != (other.width(), other.height()) {
            return 0.0;
        }
        let squares = self.rgb().iter().zip(other.rgb()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
        let mean = squares.sum::<f64>() / self.rgb().len().max(1) as f64;
        (10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()).min(100.0) as f32
    }

    /// The similarity of structure, 1 for the same picture ("SSIM", Wang et al. 2004): of lightness (Rec. 601), in windows
    /// of 11 x 11 pixels with Gaussian weights, where the whole window lies in the picture. 0 for pictures of other sizes
    /// or smaller than a window.
    #[must_use]
    pub fn structural_similarity(&self, other: &Self) -> f32 {
        let (width, height) = (self.width(), self.height());
        if (width, height) != (other.width(), other.height()) || width < WINDOW || height < WINDOW {
            return 0.0;
        }
        let (a, b) = (luma(self), luma(other));
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<f64>>();
        let smooth = |values: &[f64]| smoothed(values, width, height);
        let [mean_a, mean_b] = [&a, &b].map(|v| smooth(v));
        let [aa, bb, ab] = [product(&a, &a), product(&b, &b), product(&a, &b)].map(|v| smooth(&v));
        let (c1, c2) = ((0.01f64 * 255.0).powi(2), (0.03f64 * 255.0).powi(2));
        let one = |i: usize| {
            let (ma, mb) = (mean_a[i], mean_b[i]);
            let (va, vb, cov) = (aa[i] - ma * ma, bb[i] - mb * mb, ab[i] - ma * mb);
            (2.0 * ma * mb + c1) * (2.0 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
        };
        ((0..mean_a.len()).map(one).sum::<f64>() / mean_a.len() as f64) as f32
    }
}

fn luma(picture: &Picture) -> Vec<f64> {
    let weights = [0.299, 0.587, 0.114];
    let one = |rgb: &[u8]| rgb.iter().zip(weights).map(|(v, w)| f64::from(*v) * w).sum();
    picture.rgb().chunks_exact(3).map(one).collect()
}

/// The weighted means of all windows that lie within.
fn smoothed(values: &[f64], width: usize, height: usize) -> Vec<f64> {
    let centre = (WINDOW / 2) as f64;
    let weights: Vec<f64> =
        (0..WINDOW).map(|i| (-0.5 * ((i as f64 - centre) / DEVIATION).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let along = |values: &[f64], width: usize| -> Vec<f64> {
        let rows = values.chunks_exact(width);
        rows.flat_map(|row| {
            let weights = &weights;
            row.windows(WINDOW).map(move |w| w.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / sum)
        })
        .collect()
    };
    let turned = |values: &[f64], width: usize| -> Vec<f64> {
        (0..width).flat_map(|x| values.iter().skip(x).step_by(width).copied()).collect()
    };
    let narrow = width + 1 - WINDOW;
    turned(&along(&turned(&along(values, width), narrow), height), height + 1 - WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn the_ratio_is_that_of_the_formula() {
        let (black, grey) = (Picture::filled(20, 20, [0; 3]), Picture::filled(20, 20, [16; 3]));
        assert!((black.peak_ratio(&grey) - 20.0 * (255f32 / 16.0).log10()).abs() < 1e-4);
        assert_eq!((grey.peak_ratio(&grey), grey.peak_ratio(&Picture::filled(3, 3, [0; 3]))), (100.0, 0.0));
    }

    #[test]
    fn structure_is_1_for_itself_and_falls_with_noise() {
        let mut rng = Rng::new(3);
        let picture = Picture::new(32, 24, (0..32 * 24 * 3).map(|i| (i / 9 % 256) as u8).collect()).unwrap();
        let mut noisy = |strength: f32| {
            let mut noisy = picture.clone();
            let change = |v: &mut u8| *v = (f32::from(*v) + strength * rng.normal()).clamp(0.0, 255.0) as u8;
            noisy.rgb_mut().iter_mut().for_each(change);
            picture.structural_similarity(&noisy)
        };
        let (little, much) = (noisy(4.0), noisy(40.0));
        assert!((picture.structural_similarity(&picture) - 1.0).abs() < 1e-6);
        assert!(1.0 > little && little > 0.8 && much < little - 0.2, "{little} {much}");
        // Two plain pictures have no structure; what is left is (2 a b + c1) / (a^2 + b^2 + c1).
        let [a, b] = [100u8, 120].map(|v| Picture::filled(16, 16, [v; 3]));
        let expected = (2.0 * 100.0 * 120.0 + 6.5025) / (100.0f64.powi(2) + 120.0f64.powi(2) + 6.5025);
        assert!((f64::from(a.structural_similarity(&b)) - expected).abs() < 1e-5);
    }
}
