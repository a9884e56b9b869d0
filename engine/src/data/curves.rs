//! The few curves that every world is drawn with, cheap enough to be evaluated in each pixel.

/// 0 below `low`, 1 above `high`, an S between. `high` may be the smaller one: then the S falls.
#[inline(always)]
pub(super) fn smooth(low: f32, high: f32, x: f32) -> f32 {
    // Inlined with constants, the division happens at compile time.
    let t = ((x - low) * (1.0 / (high - low))).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `a` at 0, `b` at 1.
#[inline(always)]
pub(super) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// exp(-x) for x >= 0, to 5 digits: several times as fast as the library's.
#[inline]
pub(super) fn decay(x: f32) -> f32 {
    /// 1.5 * 2^23: what is added to it loses its fraction, and the low bits hold the whole number.
    const WHOLE: f32 = 12_582_912.0;
    let halvings = (x * std::f32::consts::LOG2_E).clamp(0.0, 120.0);
    let nearest = halvings + WHOLE;
    let rest = (nearest - WHOLE - halvings) * std::f32::consts::LN_2;
    let power = f32::from_bits((127 + WHOLE.to_bits() - nearest.to_bits()) << 23);
    power * (1.0 + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0)))))
}

/// About the sine of 2 pi `x`, to 0.06.
#[inline]
pub(super) fn wave(x: f32) -> f32 {
    // Within 2^22 turns the cast keeps its meaning.
    let turn = x - (x + 0.5_f32.copysign(x)) as i32 as f32;
    turn * (8.0 - 16.0 * turn.abs())
}

/// How much of a pixel `width` wide is inside of an outline at `distance` (negative: inside), 0..1.
#[inline(always)]
pub(super) fn cover(distance: f32, width: f32) -> f32 {
    (0.5 - distance / width).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decay_is_the_exponential() {
        for i in 0..4000 {
            let x = 0.01 * i as f32;
            let exact = (-x).exp();
            assert!((decay(x) - exact).abs() <= 6e-5 * exact, "{x}");
        }
        assert!(decay(f32::INFINITY) < 1e-30);
    }

    #[test]
    fn wave_is_nearly_a_sine() {
        for i in -400..400 {
            let x = 0.01 * i as f32;
            assert!((wave(x) - (std::f32::consts::TAU * x).sin()).abs() < 0.06, "{x}");
        }
    }

    #[test]
    fn smooth_rises_and_falls() {
        assert_eq!((smooth(1.0, 3.0, 0.0), smooth(1.0, 3.0, 2.0), smooth(1.0, 3.0, 9.0)), (0.0, 0.5, 1.0));
        assert_eq!((smooth(3.0, 1.0, 0.0), smooth(3.0, 1.0, 9.0)), (1.0, 0.0));
    }
}
