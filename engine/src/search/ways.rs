//! Ways through a latent space.

use serde::{Deserialize, Serialize};

use crate::model::Latent;

/// The way between two latents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// Straight.
    #[default]
    Linear,
    /// Along the arc of a circle (Shoemake 1985), which keeps the norm typical of a normal prior.
    Spherical,
}

/// `frames` latents from `from` to `to`, both included; one frame is `to` alone.
///
/// Latents of different lengths have no way between them: the result is empty.
#[must_use]
pub fn interpolate(from: &Latent, to: &Latent, frames: usize, way: Interpolation) -> Vec<Latent> {
    if from.values().len() != to.values().len() {
        return Vec::new();
    }
    (0..frames)
        .map(|i| match i + 1 {
            // The ends are the very latents, bit for bit.
            last if last == frames => to.clone(),
            1 => from.clone(),
            _ => between(from.values(), to.values(), i as f32 / (frames - 1) as f32, way),
        })
        .collect()
}

/// A plane through a latent space: `rows` x `columns` latents between four corners (upper left, upper right,
/// lower left, lower right), row by row. Each row is a way from a point of the left side to one of the right.
///
/// Latents of different lengths span no plane: the result is empty.
#[must_use]
pub fn plane(corners: &[Latent; 4], columns: usize, rows: usize, way: Interpolation) -> Vec<Latent> {
    let [upper_left, upper_right, lower_left, lower_right] = corners;
    // The way down the two sides; a plane of one row is its upper edge.
    let down = |from: &Latent, to: &Latent| match rows {
        1 => vec![from.clone()],
        _ => interpolate(from, to, rows, way),
    };
    let across = |(left, right): (Latent, Latent)| match columns {
        1 => vec![left],
        _ => interpolate(&left, &right, columns, way),
    };
    let sides = down(upper_left, lower_left).into_iter().zip(down(upper_right, lower_right));
    sides.flat_map(across).collect()
}

fn between(from: &[f32], to: &[f32], t: f32, way: Interpolation) -> Latent {
    let (a, b) = match way {
        Interpolation::Linear => (1.0 - t, t),
        Interpolation::Spherical => slerp_weights(from, to, t),
    };
    from.iter().zip(to).map(|(x, y)| a * x + b * y).collect::<Vec<_>>().into()
}

fn slerp_weights(from: &[f32], to: &[f32], t: f32) -> (f32, f32) {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(a, b)| a * b).sum::<f32>();
    let norms = (dot(from, from) * dot(to, to)).sqrt();
    let angle = if norms > 0.0 { (dot(from, to) / norms).clamp(-1.0, 1.0).acos() } else { 0.0 };
    let sin = angle.sin();
    // Parallel latents have no arc of their own, opposite ones too many.
    if sin < 1e-4 {
        return (1.0 - t, t);
    }
    (((1.0 - t) * angle).sin() / sin, (t * angle).sin() / sin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn the_ends_are_kept_bit_for_bit() {
        let mut rng = Rng::new(1);
        let (a, b) = (Latent::from(rng.normals(8)), Latent::from(rng.normals(8)));
        for way in [Interpolation::Linear, Interpolation::Spherical] {
            let path = interpolate(&a, &b, 16, way);
            assert_eq!((path.len(), &path[0], &path[15]), (16, &a, &b));
        }
        assert_eq!(interpolate(&a, &b, 1, Interpolation::Linear), vec![b]);
    }

    #[test]
    fn a_plane_has_its_corners_and_its_middle() {
        let corner = |x: f32, y: f32| Latent::from(vec![x, y]);
        let corners = [corner(0.0, 0.0), corner(2.0, 0.0), corner(0.0, 4.0), corner(2.0, 4.0)];
        let all = plane(&corners, 3, 3, Interpolation::Linear);
        assert_eq!(all.len(), 9);
        assert_eq!([&all[0], &all[2], &all[6], &all[8]], corners.each_ref());
        assert_eq!(all[4], corner(1.0, 2.0));
        assert_eq!(plane(&corners, 1, 1, Interpolation::Linear), vec![corner(0.0, 0.0)]);
        let odd = [corners[0].clone(), Latent::from(vec![1.0]), corners[2].clone(), corners[3].clone()];
        assert!(plane(&odd, 3, 3, Interpolation::Linear).is_empty());
    }

    #[test]
    fn an_arc_keeps_the_norm() {
        let (a, b) = (Latent::from(vec![1.0, 0.0]), Latent::from(vec![0.0, 1.0]));
        for latent in interpolate(&a, &b, 9, Interpolation::Spherical) {
            assert!((latent.rms() - a.rms()).abs() < 1e-6);
        }
        let middle = &interpolate(&a, &b, 3, Interpolation::Linear)[1];
        assert_eq!(middle.values(), [0.5, 0.5]);
    }

    #[test]
    fn equal_and_opposite_latents_give_finite_ways() {
        let a = Latent::from(vec![1.0, 2.0]);
        let opposite = Latent::from(vec![-1.0, -2.0]);
        for b in [a.clone(), opposite, Latent::from(vec![0.0, 0.0])] {
            let path = interpolate(&a, &b, 5, Interpolation::Spherical);
            assert!(path.iter().all(|l| l.values().iter().all(|v| v.is_finite())));
        }
    }
}
