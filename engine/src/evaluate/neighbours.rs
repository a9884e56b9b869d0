//! Precision and recall of a set of pictures (Kynkäänniemi et al. 2019).

use rayon::prelude::*;
use serde::Serialize;

use super::features::Features;

/// A picture's neighbourhood reaches to its neighbour of this number.
const NEIGHBOUR: usize = 3;

/// How many pictures of a model look real, and how many real ones it could have made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PrecisionRecall {
    /// Share of the model's pictures that lie in the neighbourhood of a real one, 0 to 1.
    pub precision: f32,
    /// Share of the real pictures that lie in the neighbourhood of one of the model's, 0 to 1.
    pub recall: f32,
}

/// Precision and recall of `made` against `real`, each with more than three pictures.
#[must_use]
pub fn precision_recall(made: &Features, real: &Features) -> PrecisionRecall {
    PrecisionRecall { precision: covered(made, real), recall: covered(real, made) }
}

/// Share of `points` within the neighbourhood of any of `centres`.
fn covered(points: &Features, centres: &Features) -> f32 {
    let radii: Vec<f32> = centres.par_rows().map(|row| radius(row, centres)).collect();
    let inside = points
        .par_rows()
        .filter(|point| centres.rows().zip(&radii).any(|(centre, radius)| distance(point, centre) <= *radius))
        .count();
    inside as f32 / points.rows().len().max(1) as f32
}

/// The squared distance to the neighbour of that number; the row itself is one of `all`.
fn radius(row: &[f32], all: &Features) -> f32 {
    let mut nearest = [f32::INFINITY; NEIGHBOUR + 1];
    for other in all.rows() {
        let distance = distance(row, other);
        if distance < nearest[NEIGHBOUR] {
            let place = nearest.partition_point(|d| *d <= distance);
            nearest[place..].rotate_right(1);
            nearest[place] = distance;
        }
    }
    nearest[NEIGHBOUR]
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn cloud(count: usize, seed: u64, place: impl Fn(&mut Rng) -> f32) -> Features {
        let mut rng = Rng::new(seed);
        Features::new((0..count).flat_map(|_| [place(&mut rng), rng.normal()]).collect(), 2)
    }

    #[test]
    fn a_model_of_half_of_the_pictures_is_precise_and_recalls_half() {
        let real = cloud(2000, 1, |rng| if rng.chance(0.5) { 50.0 } else { 0.0 } + rng.normal());
        let same = cloud(2000, 2, |rng| if rng.chance(0.5) { 50.0 } else { 0.0 } + rng.normal());
        let half = cloud(2000, 3, Rng::normal);
        let wild = cloud(2000, 4, |rng| 200.0 * rng.normal());
        let of = |made| precision_recall(made, &real);
        assert!(of(&same).precision > 0.95 && of(&same).recall > 0.95);
        assert!(of(&half).precision > 0.95 && (of(&half).recall - 0.5).abs() < 0.06);
        assert!(of(&wild).precision < 0.1);
    }

    #[test]
    fn the_radius_is_that_of_the_third_neighbour() {
        let line = Features::new(vec![0.0, 1.0, 3.0, 6.0, 10.0], 1);
        assert_eq!(radius(&[0.0], &line), 36.0);
        assert_eq!(radius(&[3.0], &line), 9.0);
    }
}
