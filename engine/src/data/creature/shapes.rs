//! Flat shapes as distance fields, each with the direction in which its surface would face if it were inflated.

use crate::data::curves::{lerp, smooth};

/// What a shape knows about a point.
#[derive(Clone, Copy)]
pub(super) struct Touch {
    /// Distance to the outline, negative inside.
    pub distance: f32,
    /// Sideways and upward parts of the surface's direction: 0 in the middle, length 1 at the outline.
    pub facing: [f32; 2],
}

/// Something that can be painted.
pub(super) trait Shape {
    fn touch(&self, x: f32, y: f32) -> Touch;

    /// Left, lower, right and upper limits.
    fn bounds(&self) -> [f32; 4];
}

/// An ellipse, turned by an angle.
#[derive(Clone, Copy)]
pub(super) struct Ellipse {
    x: f32,
    y: f32,
    rx: f32,
    ry: f32,
    cos: f32,
    sin: f32,
}

impl Ellipse {
    pub(super) fn new(x: f32, y: f32, rx: f32, ry: f32) -> Self {
        Self { x, y, rx: rx.max(1e-4), ry: ry.max(1e-4), cos: 1.0, sin: 0.0 }
    }

    /// Turned by `angle` radians, counterclockwise.
    pub(super) fn turned(self, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { cos, sin, ..self }
    }
}

impl Shape for Ellipse {
    #[inline]
    fn touch(&self, x: f32, y: f32) -> Touch {
        let (dx, dy) = (x - self.x, y - self.y);
        let a = (self.cos * dx + self.sin * dy) / self.rx;
        let b = (self.cos * dy - self.sin * dx) / self.ry;
        // Quilez' estimate; exact at the outline to first order.
        let k0 = (a * a + b * b).sqrt();
        let k1 = ((a / self.rx).powi(2) + (b / self.ry).powi(2)).sqrt();
        let distance = if k1 > 0.0 { k0 * (k0 - 1.0) / k1 } else { -self.rx.min(self.ry) };
        let scale = if k0 > 1.0 { 1.0 / k0 } else { 1.0 };
        let (a, b) = (a * scale, b * scale);
        Touch { distance, facing: [self.cos * a - self.sin * b, self.sin * a + self.cos * b] }
    }

    fn bounds(&self) -> [f32; 4] {
        let wide = (self.rx * self.cos).hypot(self.ry * self.sin);
        let high = (self.rx * self.sin).hypot(self.ry * self.cos);
        [self.x - wide, self.y - high, self.x + wide, self.y + high]
    }
}

/// A limb: a disc that changes its size on the way from one point to another.
#[derive(Clone, Copy)]
pub(super) struct Limb {
    from: [f32; 2],
    to: [f32; 2],
    radii: [f32; 2],
}

impl Limb {
    pub(super) fn new(from: [f32; 2], to: [f32; 2], radii: [f32; 2]) -> Self {
        Self { from, to, radii }
    }
}

impl Shape for Limb {
    #[inline]
    fn touch(&self, x: f32, y: f32) -> Touch {
        let (px, py) = (x - self.from[0], y - self.from[1]);
        let (dx, dy) = (self.to[0] - self.from[0], self.to[1] - self.from[1]);
        let t = ((px * dx + py * dy) / (dx * dx + dy * dy + 1e-9)).clamp(0.0, 1.0);
        let (qx, qy) = (px - dx * t, py - dy * t);
        let away = (qx * qx + qy * qy).sqrt();
        let radius = lerp(self.radii[0], self.radii[1], t);
        let scale = 1.0 / away.max(radius).max(1e-6);
        Touch { distance: away - radius, facing: [qx * scale, qy * scale] }
    }

    fn bounds(&self) -> [f32; 4] {
        let [[x0, y0], [x1, y1], [r0, r1]] = [self.from, self.to, self.radii];
        [(x0 - r0).min(x1 - r1), (y0 - r0).min(y1 - r1), (x0 + r0).max(x1 + r1), (y0 + r0).max(y1 + r1)]
    }
}

/// Two shapes grown into each other over about `width`.
#[derive(Clone, Copy)]
pub(super) struct Joined<A, B> {
    pub first: A,
    pub second: B,
    pub width: f32,
}

impl<A: Shape, B: Shape> Shape for Joined<A, B> {
    #[inline]
    fn touch(&self, x: f32, y: f32) -> Touch {
        let (a, b) = (self.first.touch(x, y), self.second.touch(x, y));
        let t = (0.5 + 0.5 * (b.distance - a.distance) / self.width).clamp(0.0, 1.0);
        let distance = lerp(b.distance, a.distance, t) - self.width * t * (1.0 - t);
        // The surfaces turn into each other more slowly than the outlines: no crease in the light.
        let soft = smooth(-2.5 * self.width, 2.5 * self.width, b.distance - a.distance);
        Touch { distance, facing: std::array::from_fn(|i| lerp(b.facing[i], a.facing[i], soft)) }
    }

    fn bounds(&self) -> [f32; 4] {
        let (a, b) = (self.first.bounds(), self.second.bounds());
        let more = 0.25 * self.width;
        [a[0].min(b[0]) - more, a[1].min(b[1]) - more, a[2].max(b[2]) + more, a[3].max(b[3]) + more]
    }
}

/// What of one shape lies outside of another.
#[derive(Clone, Copy)]
pub(super) struct Cut<A, B> {
    pub from: A,
    pub away: B,
}

impl<A: Shape, B: Shape> Shape for Cut<A, B> {
    #[inline]
    fn touch(&self, x: f32, y: f32) -> Touch {
        let (a, b) = (self.from.touch(x, y), self.away.touch(x, y));
        Touch { distance: a.distance.max(-b.distance), facing: a.facing }
    }

    fn bounds(&self) -> [f32; 4] {
        self.from.bounds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on the outline found by walking outwards, compared with the bounds; and the sign of the distance.
    fn check(shape: &impl Shape, inside: [f32; 2]) {
        assert!(shape.touch(inside[0], inside[1]).distance < 0.0);
        let bounds = shape.bounds();
        for i in 0..64 {
            let (sin, cos) = (i as f32 * 0.098).sin_cos();
            let mut way = 0.0;
            while shape.touch(inside[0] + way * cos, inside[1] + way * sin).distance < 0.0 {
                way += 1e-3;
                assert!(way < 4.0);
            }
            let (x, y) = (inside[0] + way * cos, inside[1] + way * sin);
            let within =
                x > bounds[0] - 0.01 && x < bounds[2] + 0.01 && y > bounds[1] - 0.01 && y < bounds[3] + 0.01;
            assert!(within, "({x}, {y}) outside of {bounds:?}");
            let touch = shape.touch(x, y);
            assert!(touch.facing[0].hypot(touch.facing[1]) < 1.0001);
            // Near the outline the distance is one: it grows as fast as the point moves away from it.
            let far = shape.touch(x + 0.01 * cos, y + 0.01 * sin).distance;
            assert!((0.0..0.0125).contains(&far), "{far}");
        }
    }

    #[test]
    fn shapes_know_their_outlines() {
        let ellipse = Ellipse::new(0.2, -0.1, 0.5, 0.3).turned(0.6);
        let limb = Limb::new([-0.2, 0.0], [0.4, 0.3], [0.2, 0.05]);
        check(&ellipse, [0.2, -0.1]);
        check(&limb, [-0.2, 0.0]);
        check(&Joined { first: ellipse, second: limb, width: 0.1 }, [0.1, 0.0]);
        check(&Cut { from: ellipse, away: Ellipse::new(0.9, 0.3, 0.4, 0.4) }, [0.0, -0.2]);
    }
}
