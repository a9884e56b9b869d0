//! Sixteen numbers at once: written so that the compiler turns every operation into vector instructions.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// Numbers in a bundle.
pub(super) const LANES: usize = 16;

/// Part of a distance that is safe to go: fields are not exact.
const CAUTION: f32 = 0.95;
/// From this distance on the field is nearly linear.
const NEAR: f32 = 0.06;

/// A bundle of numbers, one for each ray.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(super) struct Lanes(pub [f32; LANES]);

impl Lanes {
    #[inline(always)]
    pub(super) fn all(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    fn zip(mut self, other: Self, combine: impl Fn(f32, f32) -> f32) -> Self {
        // A plain loop: the compiler makes less of `array::map`.
        for i in 0..LANES {
            self.0[i] = combine(self.0[i], other.0[i]);
        }
        self
    }

    #[inline(always)]
    fn each(mut self, change: impl Fn(f32) -> f32) -> Self {
        for value in &mut self.0 {
            *value = change(*value);
        }
        self
    }

    #[inline(always)]
    pub(super) fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    pub(super) fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    /// Within 0..1.
    #[inline(always)]
    pub(super) fn share(self) -> Self {
        self.max(Self::all(0.0)).min(Self::all(1.0))
    }

    #[inline(always)]
    pub(super) fn abs(self) -> Self {
        self.each(f32::abs)
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Self {
        self.each(f32::sqrt)
    }

    /// 0 below `low`, 1 above `high`, an S between.
    #[inline(always)]
    pub(super) fn smooth(self, low: f32, high: f32) -> Self {
        let t = ((self - low) * (1.0 / (high - low))).share();
        t * t * (t * -2.0 + 3.0)
    }

    /// About the sine of 2 pi times the number.
    #[inline(always)]
    pub(super) fn wave(self) -> Self {
        /// 1.5 * 2^23: adding it rounds to a whole number.
        const WHOLE: f32 = 12_582_912.0;
        self.each(|x| {
            let turn = x - ((x + WHOLE) - WHOLE);
            turn * (8.0 - 16.0 * turn.abs())
        })
    }

    /// `self` where `distance` is more than `least` and `place` is more than `end`, 0 elsewhere.
    #[inline(always)]
    pub(super) fn while_going(mut self, distance: Self, least: f32, place: Self, end: Self) -> Self {
        for i in 0..LANES {
            let going = (distance.0[i] > least) & (place.0[i] > end.0[i]);
            self.0[i] = if going { self.0[i] } else { 0.0 };
        }
        self
    }

    /// How far rays may march that are this far from everything and were `before` so far, one `step` ago: near a
    /// surface that they graze they would come closer by small parts only, so there they go to where the distance
    /// would be 0 if it kept falling like this (the secant method), back if they are inside.
    #[inline(always)]
    pub(super) fn next_step(self, before: Self, step: Self, least: f32) -> Self {
        let mut next = self;
        for i in 0..LANES {
            let (distance, fallen) = (self.0[i], before.0[i] - self.0[i]);
            // Steps of at most three times the distance: what is thinner than that could be passed over.
            let stretch = step.0[i] / fallen.max(1e-6);
            let stretch =
                if (fallen > 0.0) & (distance < NEAR) { stretch.clamp(CAUTION, 3.0) } else { CAUTION };
            let forward = distance * stretch;
            next.0[i] = if (distance > 0.0) & (forward < least) { least } else { forward };
        }
        next
    }

    #[inline(always)]
    pub(super) fn is_zero(self) -> bool {
        let mut sum = 0.0;
        for i in 0..LANES {
            sum += self.0[i].abs();
        }
        sum == 0.0
    }

    #[inline(always)]
    pub(super) fn largest(self) -> f32 {
        -(-self).smallest()
    }

    #[inline(always)]
    pub(super) fn smallest(mut self) -> f32 {
        // By halves: one after the other, each would wait for the one before.
        let mut half = LANES / 2;
        while half > 0 {
            for i in 0..half {
                let (a, b) = (self.0[i], self.0[i + half]);
                self.0[i] = if a < b { a } else { b };
            }
            half /= 2;
        }
        self.0[0]
    }
}

macro_rules! operator {
    ($name:ident, $function:ident, $sign:tt) => {
        impl $name for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                self.zip(other, |a, b| a $sign b)
            }
        }
        impl $name<f32> for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: f32) -> Self {
                self.each(|a| a $sign other)
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.each(|x| -x)
    }
}

/// A point for each ray.
#[derive(Clone, Copy, Debug)]
pub(super) struct Points {
    pub x: Lanes,
    pub y: Lanes,
    pub z: Lanes,
}

impl Points {
    /// The points with their left halves laid over the right ones: for parts that come in pairs.
    #[inline(always)]
    pub(super) fn folded(self) -> Self {
        Self { x: self.x.abs(), ..self }
    }

    /// How far they lie along an axis.
    #[inline(always)]
    pub(super) fn along(self, [x, y, z]: [f32; 3]) -> Lanes {
        self.x * x + self.y * y + self.z * z
    }

    #[inline(always)]
    pub(super) fn at(&self, lane: usize) -> [f32; 3] {
        [self.x.0[lane], self.y.0[lane], self.z.0[lane]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_nearly_sines() {
        for i in -400..400 {
            let x = 0.01 * i as f32;
            let wave = Lanes::all(x).wave().0[3];
            assert!((wave - (std::f32::consts::TAU * x).sin()).abs() < 0.06, "{x}: {wave}");
        }
    }

    #[test]
    fn every_lane_is_computed_alone() {
        let a = Lanes(std::array::from_fn(|i| i as f32 - 3.5));
        let b = (a * a + 1.0).sqrt().min(Lanes::all(2.0)) / Lanes::all(2.0);
        for i in 0..LANES {
            let x = i as f32 - 3.5;
            assert_eq!(b.0[i], (x * x + 1.0).sqrt().min(2.0) / 2.0);
        }
        assert_eq!(a.smallest(), -3.5);
        assert_eq!(a.abs().share().0[0], 1.0);
    }
}
