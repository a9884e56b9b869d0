//! The Fréchet distance of two sets of features (Heusel et al. 2017).

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::features::Features;

/// The squared Fréchet distance between normal distributions of the same means and covariances as two sets of
/// features: `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`, 0 or more. The sets have 2 pictures or more.
#[must_use]
pub fn frechet_distance(a: &Features, b: &Features) -> f64 {
    let (mean_a, covariance_a) = moments(a);
    let (mean_b, covariance_b) = moments(b);
    // tr (A B)^(1/2) = tr (A^(1/2) B A^(1/2))^(1/2), and that product is symmetric.
    let root = square_root(covariance_a.clone());
    let product = &root * &covariance_b * &root;
    let cross: f64 = roots(&SymmetricEigen::new(symmetric(&product)).eigenvalues).sum();
    let distance =
        (mean_a - mean_b).norm_squared() + covariance_a.trace() + covariance_b.trace() - 2.0 * cross;
    distance.max(0.0)
}

fn moments(features: &Features) -> (DVector<f64>, DMatrix<f64>) {
    let width = features.width();
    let count = features.rows().len().max(2) as f64;
    let mut mean = DVector::zeros(width);
    for row in features.rows() {
        for (m, v) in mean.iter_mut().zip(row) {
            *m += f64::from(*v) / count;
        }
    }
    let rows = features.rows().len();
    let centred = DMatrix::from_row_iterator(
        rows,
        width,
        features.rows().flat_map(|row| row.iter().zip(mean.iter()).map(|(v, m)| f64::from(*v) - m)),
    );
    (mean, centred.transpose() * centred / (count - 1.0))
}

/// Rounding leaves tiny negative numbers where there is no variance.
fn roots(eigenvalues: &DVector<f64>) -> impl Iterator<Item = f64> + '_ {
    eigenvalues.iter().map(|v| v.max(0.0).sqrt())
}

fn square_root(matrix: DMatrix<f64>) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(matrix);
    let diagonal =
        DMatrix::from_diagonal(&DVector::from_iterator(eigen.eigenvalues.len(), roots(&eigen.eigenvalues)));
    &eigen.eigenvectors * diagonal * eigen.eigenvectors.transpose()
}

fn symmetric(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    (matrix + matrix.transpose()) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn normals(mean: f32, deviations: &[f32], seed: u64) -> Features {
        let mut rng = Rng::new(seed);
        let rows = 20_000;
        let values =
            (0..rows).flat_map(|_| deviations.iter().map(|d| mean + d * rng.normal()).collect::<Vec<_>>());
        Features::new(values.collect(), deviations.len())
    }

    #[test]
    fn the_distance_of_normals_is_the_textbooks() {
        let a = normals(0.0, &[1.0, 2.0, 0.5], 1);
        // Means 1 apart in three dimensions, deviations 1, 2 and 0.5 against 2, 2 and 1.
        let b = normals(1.0, &[2.0, 2.0, 1.0], 2);
        let expected = 3.0 + 1.0 + 0.0 + 0.25;
        let distance = frechet_distance(&a, &b);
        assert!((distance - expected).abs() < 0.15, "{distance}");
        assert!((frechet_distance(&b, &a) - distance).abs() < 1e-6);
        assert!(frechet_distance(&a, &a) < 1e-9);
    }

    #[test]
    fn covariances_count_and_not_only_variances() {
        let mut rng = Rng::new(3);
        let mut tied = Vec::new();
        let mut free = Vec::new();
        for _ in 0..20_000 {
            let (x, y) = (rng.normal(), rng.normal());
            tied.extend([x, 0.8 * x + 0.6 * y]);
            free.extend([x, y]);
        }
        // Covariance [[1, r], [r, 1]] with r = 0.8: 4 - 2 (sqrt(1.8) + sqrt(0.2)).
        let distance = frechet_distance(&Features::new(tied, 2), &Features::new(free, 2));
        assert!((distance - 0.4222).abs() < 0.03, "{distance}");
    }
}
