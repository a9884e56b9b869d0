//! Solids as distance fields, for many points at once.

use super::lanes::{Lanes, Points};

/// An ellipsoid.
#[derive(Clone, Copy)]
pub(super) struct Ball {
    middle: [f32; 3],
    /// One over the radii.
    inverse: [f32; 3],
}

impl Ball {
    pub(super) fn new(middle: [f32; 3], radii: [f32; 3]) -> Self {
        Self { middle, inverse: radii.map(|r| 1.0 / r) }
    }

    /// Distance, negative inside (Quilez' estimate: exact at the surface to first order).
    #[inline(always)]
    pub(super) fn distance(&self, p: Points) -> Lanes {
        let (x, y, z) = (p.x - self.middle[0], p.y - self.middle[1], p.z - self.middle[2]);
        let (a, b, c) = (x * self.inverse[0], y * self.inverse[1], z * self.inverse[2]);
        let inside = a * a + b * b + c * c + 1e-12;
        let (a, b, c) = (a * self.inverse[0], b * self.inverse[1], c * self.inverse[2]);
        let slope = a * a + b * b + c * c + 1e-12;
        // k0 (k0 - 1) / k1 with k0 the root of `inside` and k1 that of `slope`.
        (inside - inside.sqrt()) / slope.sqrt()
    }
}

/// A rod with round ends that may change its thickness.
#[derive(Clone, Copy)]
pub(super) struct Rod {
    from: [f32; 3],
    along: [f32; 3],
    inverse: f32,
    radius: f32,
    growth: f32,
}

impl Rod {
    pub(super) fn new(from: [f32; 3], to: [f32; 3], radii: [f32; 2]) -> Self {
        let along: [f32; 3] = std::array::from_fn(|i| to[i] - from[i]);
        let inverse = 1.0 / along.iter().map(|x| x * x).sum::<f32>();
        Self { from, along, inverse, radius: radii[0], growth: radii[1] - radii[0] }
    }

    #[inline(always)]
    pub(super) fn distance(&self, p: Points) -> Lanes {
        let (x, y, z) = (p.x - self.from[0], p.y - self.from[1], p.z - self.from[2]);
        let [dx, dy, dz] = self.along;
        let t = ((x * dx + y * dy + z * dz) * self.inverse).share();
        let (x, y, z) = (x - t * dx, y - t * dy, z - t * dz);
        (x * x + y * y + z * z + 1e-12).sqrt() - (t * self.growth + self.radius)
    }
}

/// Both solids, grown into each other over about `width`.
#[inline(always)]
pub(super) fn join(a: Lanes, b: Lanes, width: f32) -> Lanes {
    // The quadratic of Quilez: where the two differ by less than `width`, up to a quarter of it is added.
    let near = (Lanes::all(width) - (a - b).abs()).max(Lanes::all(0.0));
    a.min(b) - near * near * (0.25 / width)
}

/// What is inside of both solids, with an edge rounded over about `width`.
#[inline(always)]
pub(super) fn common(a: Lanes, b: Lanes, width: f32) -> Lanes {
    -join(-a, -b, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, y: f32, z: f32) -> Points {
        Points { x: Lanes::all(x), y: Lanes::all(y), z: Lanes::all(z) }
    }

    #[test]
    fn distances_are_right_where_they_are_easy() {
        let ball = Ball::new([1.0, 0.0, 0.0], [0.5, 0.5, 0.5]);
        let rod = Rod::new([0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.1, 0.3]);
        for (distance, expected) in [
            (ball.distance(at(3.0, 0.0, 0.0)), 1.5),
            (ball.distance(at(1.0, 0.0, 0.25)), -0.25),
            (rod.distance(at(1.0, 0.0, 0.0)), 0.9),
            (rod.distance(at(0.0, 1.0, 1.0)), 0.8),
            (rod.distance(at(0.0, 3.0, 0.0)), 0.7),
            (join(Lanes::all(0.3), Lanes::all(0.9), 0.1), 0.3),
            (join(Lanes::all(0.3), Lanes::all(0.3), 0.1), 0.275),
            (common(Lanes::all(0.3), Lanes::all(0.9), 0.1), 0.9),
        ] {
            assert!((distance.0[0] - expected).abs() < 1e-4, "{distance:?} {expected}");
        }
    }
}
