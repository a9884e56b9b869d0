//! What a batch tells of how a GAN is doing: cheap enough for every line of the log, rough enough to be read as a trend
//! only. [`crate::evaluate`] measures models.

use candle_core::Tensor;

use crate::Result;

/// The share of pairs of a real and a generated picture of which the discriminator finds the real one more real, ties
/// half: 0.5 when it can't tell them apart, 1 when it tells all. The same for every loss, since it has no threshold (the
/// area under the curve of hits over false alarms, Hanley and McNeil 1982).
pub(crate) fn told_apart(real: &[f32], fake: &[f32]) -> f32 {
    let won = |r: f32, f: f32| if r > f { 1.0 } else { f32::from(u8::from(r == f)) * 0.5 };
    let all: f32 = real.iter().map(|r| fake.iter().map(|f| won(*r, *f)).sum::<f32>()).sum();
    all / (real.len() * fake.len()).max(1) as f32
}

/// How far generated pictures are from each other, as a part of how far real ones are: the root of the mean square
/// distance over all pairs of a batch. Near 1 when a generator is as varied as its pictures, near 0 when it makes one
/// picture only.
///
/// # Shapes
/// Both N x S x S x 3.
pub(crate) fn diversity(real: &Tensor, fake: &Tensor) -> Result<f32> {
    // The mean square distance of two of N points is 2 N / (N - 1) times their variance, which takes one pass.
    let variance = |x: &Tensor| -> Result<f32> {
        let x = x.detach();
        Ok(x.broadcast_sub(&x.mean_keepdim(0)?)?.sqr()?.mean_all()?.to_scalar::<f32>()?)
    };
    // A batch of one picture, or of the same one: float32 can't say anything of less than this.
    Ok((variance(fake)? / variance(real)?.max(1e-10)).sqrt())
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use crate::rng::Rng;

    #[test]
    fn pairs_are_counted() {
        assert_eq!(told_apart(&[2.0, 3.0], &[0.0, 1.0]), 1.0);
        assert_eq!(told_apart(&[0.0], &[0.0]), 0.5);
        assert_eq!(told_apart(&[0.0, 2.0], &[1.0, 3.0]), 0.25);
    }

    #[test]
    fn diversity_is_the_root_mean_square_distance_of_pairs() {
        let mut rng = Rng::new(1);
        let mut draw = |scale: f32| {
            let values: Vec<f32> = rng.normals(5 * 12).iter().map(|v| 0.2 + scale * v).collect();
            values
        };
        let (real, fake) = (draw(1.0), draw(0.3));
        let naive = |values: &[f32]| {
            let pictures: Vec<&[f32]> = values.chunks(12).collect();
            let distance = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
            pictures.iter().flat_map(|a| pictures.iter().map(|b| distance(a, b))).sum::<f32>().sqrt()
        };
        let tensor = |v: &[f32]| Tensor::from_slice(v, (5, 2, 2, 3), &Device::Cpu).unwrap();
        let measured = diversity(&tensor(&real), &tensor(&fake)).unwrap();
        assert!((measured - naive(&fake) / naive(&real)).abs() < 1e-4, "{measured}");
        let one = tensor(&[0.4; 60]);
        assert!(diversity(&tensor(&real), &one).unwrap() < 1e-3);
        assert!(diversity(&one, &tensor(&real)).unwrap().is_finite());
    }
}
