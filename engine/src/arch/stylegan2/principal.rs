//! The principal directions of styles (`GANSpace`, Härkönen et al. 2020): coordinates in which a mapped random
//! latent is about standard normal, ordered by how much they change.

use candle_core::{Device, Tensor};
use nalgebra::{DMatrix, SymmetricEigen};

use super::generator::Drawing;
use super::plan::Plan;
use crate::Result;
use crate::rng::Rng;

/// How many random latents are mapped.
const SAMPLES: usize = 4096;
/// The directions are the model's own, whatever the seed of a search.
const SEED: u64 = 0x7374_796c_6573;

/// Random styles of a mapping, SAMPLES x W; classes are drawn uniformly.
pub(super) fn sample_styles(mapping: &Drawing, plan: &Plan) -> Result<Tensor> {
    let (mut rng, inputs) = (Rng::new(SEED), plan.latents + plan.classes);
    let mut values = Vec::with_capacity(SAMPLES * inputs);
    for _ in 0..SAMPLES {
        values.extend((0..plan.latents).map(|_| rng.normal()));
        let chosen = rng.below(plan.classes);
        values.extend((0..plan.classes).map(|class| f32::from(u8::from(class == chosen))));
    }
    let network = mapping.graph.compile(&mapping.weights, "style", &Device::Cpu)?;
    let latents = Tensor::from_vec(values, (SAMPLES, 1, 1, inputs), &Device::Cpu)?;
    Ok(network.forward(&latents)?.flatten_from(1)?)
}

/// Mean and directions of styles.
#[derive(Clone, Debug)]
pub(super) struct Principal {
    /// The mean, W.
    pub mean: Tensor,
    /// Row i is direction i times the standard deviation along it, W x W; the largest deviation comes first.
    pub directions: Tensor,
}

impl Principal {
    /// Of styles, N x W.
    pub fn of(styles: &Tensor) -> Result<Self> {
        let device = styles.device().clone();
        let (count, width) = styles.dims2()?;
        let mean = styles.mean(0)?;
        let centred = styles.broadcast_sub(&mean)?;
        let covariance = (centred.t()?.contiguous()?.matmul(&centred)? / count as f64)?;
        let values = covariance.flatten_all()?.to_vec1::<f32>()?;
        let matrix = DMatrix::from_iterator(width, width, values.into_iter().map(f64::from));
        let eigen = SymmetricEigen::new(matrix);

        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]).then(a.cmp(&b)));
        let mut rows = Vec::with_capacity(width * width);
        for index in order {
            let direction = eigen.eigenvectors.column(index);
            // Rounding leaves tiny negative numbers where there is no variance.
            let deviation = eigen.eigenvalues[index].max(0.0).sqrt();
            // Either sign would do: the largest part is positive, so that sliders keep their sense.
            let largest = direction.iter().fold(0f64, |most, &v| if v.abs() > most.abs() { v } else { most });
            let scale = deviation * largest.signum();
            rows.extend(direction.iter().map(|v| (v * scale) as f32));
        }
        Ok(Self { mean, directions: Tensor::from_vec(rows, (width, width), &device)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_standard_normal_and_ordered() {
        // Correlated numbers with a mean: three of five directions have variance.
        let mut rng = Rng::new(9);
        let mix = Tensor::from_vec(rng.normals(15), (3, 5), &Device::Cpu).unwrap();
        let x = Tensor::from_vec(rng.normals(3 * 5000), (5000, 3), &Device::Cpu).unwrap();
        let styles = (x.matmul(&mix).unwrap() + 2.0).unwrap();
        let principal = Principal::of(&styles).unwrap();
        let rows = principal.directions.to_vec2::<f32>().unwrap();
        let squares: Vec<f32> = rows.iter().map(|row| row.iter().map(|v| v * v).sum()).collect();
        assert!(squares.windows(2).all(|pair| pair[0] >= pair[1]), "{squares:?}");
        assert!(squares[2] > 1e-2 && squares[3] < 1e-6, "{squares:?}");
        // The covariance is the product of the directions with themselves.
        let centred = styles.broadcast_sub(&principal.mean).unwrap();
        let covariance = (centred.t().unwrap().matmul(&centred).unwrap() / 5000.0).unwrap();
        let directions = &principal.directions;
        let product = directions.t().unwrap().matmul(directions).unwrap();
        let difference = (covariance - product).unwrap().abs().unwrap();
        assert!(difference.max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-4);
    }
}
