//! What is painted onto the head: complexion, lips, eyes, brows and beard, in the head's own coordinates.

use super::factors::Factors;
use super::head::Measures;
use crate::data::colour::Colour;
use crate::data::curves::{cover, decay, lerp, smooth, wave};

/// The colours of a head.
pub(super) struct Skin<'a> {
    factors: &'a Factors,
    measures: &'a Measures,
    base: Colour,
    lips: Colour,
    iris: Colour,
    /// Hair in full light.
    pub hair: Colour,
    /// Width of a pixel in the head's units.
    pixel: f32,
}

/// A place on the head's surface.
pub(super) struct Surface {
    pub colour: Colour,
    /// Strength of its highlight.
    pub gloss: f32,
    /// Share of the light that reaches it past brows, nose and lips.
    pub open: f32,
}

impl<'a> Skin<'a> {
    pub(super) fn new(factors: &'a Factors, measures: &'a Measures, pixel: f32) -> Self {
        let c = Colour::display;
        let tones = [
            c(240.0, 208.0, 188.0),
            c(230.0, 188.0, 160.0),
            c(212.0, 166.0, 130.0),
            c(174.0, 124.0, 90.0),
            c(126.0, 84.0, 60.0),
            c(84.0, 56.0, 42.0),
        ];
        let base = along(&tones, factors.skin);
        let natural = base * Colour::linear([0.80, 0.52, 0.53]);
        let red = c(178.0, 38.0, 56.0).mix(c(120.0, 24.0, 44.0), factors.skin);
        let shades = [c(26.0, 22.0, 22.0), c(58.0, 40.0, 30.0), c(104.0, 70.0, 44.0), c(152.0, 112.0, 70.0)];
        let brown =
            along(&[shades[0], shades[1], shades[2], shades[3], c(218.0, 182.0, 124.0)], factors.hair_tone);
        let red_hair = c(96.0, 36.0, 22.0).mix(c(206.0, 106.0, 50.0), factors.hair_tone);
        let hair = brown.mix(red_hair, 0.85 * factors.hair_red);
        let irises = [c(74.0, 46.0, 28.0), c(116.0, 90.0, 48.0), c(90.0, 116.0, 84.0), c(86.0, 124.0, 160.0)];
        Self {
            factors,
            measures,
            base,
            lips: natural.mix(red, factors.lipstick),
            iris: along(&irises, factors.eye_colour),
            hair: hair.mix(c(196.0, 194.0, 192.0), 0.95 * factors.grey),
            pixel,
        }
    }

    /// The surface at a point of the head; `face` is 0 on the neck.
    pub(super) fn at(&self, [x, y, z]: [f32; 3], face: f32) -> Surface {
        let (m, ax) = (self.measures, x.abs());
        let front = smooth(0.1, 0.35, z);
        let mut surface = Surface { colour: self.base, gloss: 0.10, open: 1.0 };
        if front > 0.0 {
            self.complexion(&mut surface, x, y, front);
        }
        self.beard(&mut surface, [x, y, z], face);
        if front > 0.0 && y < m.mouth + 0.3 && y > m.mouth - 0.3 {
            self.mouth(&mut surface, x, y, front);
        }
        if front > 0.0 && y > m.eye[1] - 0.15 && y < m.brow + 0.15 && ax < 0.6 {
            self.eye(&mut surface, x, y, front);
            self.brow(&mut surface, ax, y, front);
        }
        surface
    }

    fn complexion(&self, surface: &mut Surface, x: f32, y: f32, front: f32) {
        let (m, f, ax) = (self.measures, self.factors, x.abs());
        let [eye, level] = m.eye;
        // Inlined with constants, the divisions happen at compile time.
        let spot = |dx: f32, dy: f32, wide: f32, high: f32| {
            decay(dx * dx * (1.0 / (wide * wide)) + dy * dy * (1.0 / (high * high)))
        };
        let red = spot(ax - 0.36, y + 0.2, 0.19, 0.16) + 0.5 * spot(x, y - m.nose, 0.12, 0.1);
        let red = front * red * lerp(0.1, 0.4, f.flush);
        surface.colour =
            surface.colour * Colour::linear([1.0 + 0.04 * red, 1.0 - 0.32 * red, 1.0 - 0.30 * red]);
        let tired = 0.16 * front * spot(ax - eye + 0.02, y - level + 0.075, 0.13, 0.05);
        surface.colour = surface.colour * Colour::linear([1.0 - tired, 1.0 - 1.3 * tired, 1.0 - tired]);
        // The nose and the forehead shine most.
        surface.gloss += 0.08 * spot(x, y - m.nose - 0.05, 0.07, 0.12) + 0.04 * spot(x, y - 0.5, 0.35, 0.2);
        let socket = 0.24 * spot(ax - eye + 0.05, y - level - 0.085, 0.15, 0.06);
        let nostrils = 0.5 * spot(ax - 0.65 * m.nostril, y - m.nose + 0.062, 0.045, 0.024);
        let under_nose = 0.25 * spot(x, y - m.nose + 0.09, 0.12, 0.045);
        let under_lip = 0.22 * spot(x, y - m.mouth + 0.115 + m.lip + m.gap, 0.13, 0.04);
        let corner = m.mouth_width + 0.015;
        let corners = 0.25 * spot(ax - corner, y - m.lip_line(corner), 0.04, 0.035);
        // From the wing of the nose past the corner of a smiling mouth.
        let t = ((m.nose - y) / (m.nose - m.mouth)).clamp(0.0, 1.2);
        let fold = ax - lerp(m.nostril + 0.05, corner + 0.05, t);
        let fold = lerp(0.06, 0.2, f.smile.max(0.0))
            * decay(fold * fold * (1.0 / 0.0009))
            * smooth(0.0, 0.25, t)
            * smooth(1.2, 0.9, t);
        let shadows = [socket, nostrils, under_nose, under_lip, corners, fold];
        surface.open *= shadows.iter().map(|shadow| 1.0 - front * shadow).product::<f32>();
    }

    fn mouth(&self, surface: &mut Surface, x: f32, y: f32, front: f32) {
        let (m, ax, pixel) = (self.measures, x.abs(), self.pixel);
        let t = ax / m.mouth_width;
        let arch = (1.0 - t * t).max(0.0);
        if t > 1.3 {
            return;
        }
        let line = m.lip_line(x);
        // Cupid's bow: a dip in the middle of the upper lip.
        let upper = line + m.lip * arch.sqrt() * (0.95 - 0.3 * decay(x * x * (1.0 / 0.0016)));
        let open = m.gap * arch;
        let lower = line - open - 1.25 * m.lip * arch.sqrt();
        let soft = pixel.max(0.012);
        let ends = front * smooth(1.06, 0.9, t);
        let lips = cover(y - upper, soft) * cover(lower - y, soft) * ends;
        // The upper lip faces the ground.
        let shaded = if y > line { 0.8 } else { 1.0 };
        surface.colour =
            surface.colour.mix(self.lips * shaded, lips * lerp(0.75, 0.95, self.factors.lipstick));
        surface.gloss += lips * lerp(0.08, 0.25, self.factors.lipstick);
        if open > 0.003 {
            let gap = cover(y - line, pixel) * cover(line - open - y, pixel) * ends;
            let depth = (line - y) / open;
            let teeth = smooth(0.55, 0.4, depth) * smooth(0.012, 0.035, open) * smooth(0.95, 0.6, t);
            let inside =
                Colour::linear([0.07, 0.016, 0.016]).mix(Colour::linear([0.66, 0.62, 0.56]), 0.95 * teeth);
            surface.colour = surface.colour.mix(inside, gap);
        }
        let parted = cover((y - line).abs() - 0.006, pixel.max(0.014)) * smooth(1.1, 0.85, t);
        let strength = if open > 0.003 { 0.3 } else { 0.65 };
        surface.colour = surface.colour.mix(self.lips * 0.22, strength * front * parted);
    }

    fn eye(&self, surface: &mut Surface, x: f32, y: f32, front: f32) {
        let (f, m, pixel) = (self.factors, self.measures, self.pixel);
        let [eye, level] = m.eye;
        let (ax, side) = (x.abs(), 1.0_f32.copysign(x));
        let u = (ax - eye) / m.eye_width;
        if u.abs() > 1.25 {
            return;
        }
        let arch = (1.0 - u * u).max(0.0);
        let high = m.eye_width * lerp(0.2, 0.62, f.eye_open) * (1.0 - 0.22 * f.smile.max(0.0));
        // The outer corner lies a little higher.
        let level = level + 0.012 * u;
        let (upper, lower) = (level + high * arch * (1.0 - 0.12 * u), level - 0.42 * high * arch);
        let within = cover(y - upper, pixel) * cover(lower - y, pixel) * front * smooth(1.04, 0.94, u.abs());
        if within > 0.0 {
            let (dx, dy) = (x - side * eye - 0.032 * f.gaze, y - level - 0.14 * high);
            let away = (dx * dx + dy * dy).sqrt();
            let radius = 0.46 * m.eye_width;
            let white = Colour::linear([0.70, 0.66, 0.63]) * (1.0 - 0.25 * u * u);
            let rim = self.iris.mix(self.iris * 0.35, smooth(0.65 * radius, radius, away));
            let mut ball = white.mix(rim, cover(away - radius, pixel));
            ball = ball.mix(Colour::linear([0.008; 3]), cover(away - 0.42 * radius, pixel));
            // The upper lid and its lashes shade the ball.
            ball = ball * (1.0 - 0.45 * smooth(0.55 * high, 0.0, upper - y));
            let toward = 0.35 * radius;
            let (gx, gy) = (dx - toward * f.light_azimuth, dy - 0.4 * radius);
            let glint = cover((gx * gx + gy * gy).sqrt() - 0.26 * radius, pixel);
            ball = ball.mix(Colour::linear([1.1; 3]), 0.9 * glint);
            surface.colour = surface.colour.mix(ball, within);
            surface.gloss += 0.1 * within;
            surface.open = lerp(surface.open, 1.0, 0.7 * within);
        }
        let ends = smooth(1.15, 0.9, u.abs()) * front;
        let dark = self.hair.mix(Colour::default(), 0.75);
        let lash = cover((y - upper).abs() - 0.009, pixel.max(0.012)) * ends;
        let low_lash = cover((y - lower).abs() - 0.004, pixel.max(0.012)) * ends;
        surface.colour = surface.colour.mix(dark, 0.85 * lash).mix(dark, 0.3 * low_lash);
        let crease = y - upper - 0.036;
        surface.open *= 1.0 - 0.2 * ends * decay(crease * crease * (1.0 / 0.00025));
    }

    fn brow(&self, surface: &mut Surface, ax: f32, y: f32, front: f32) {
        let (f, m) = (self.factors, self.measures);
        let t = (ax - m.eye[0] + 0.155) / 0.34;
        let middle = m.brow + 0.035 * (4.0 * t * (1.0 - t)) - 0.015 + 0.055 * f.brow_slant * (0.45 - t);
        let thick = lerp(0.012, 0.034, f.brow_thickness) * (1.0 - 0.6 * t.clamp(0.0, 1.0));
        let ends = smooth(-0.04, 0.1, t) * smooth(1.05, 0.85, t);
        let brow = cover((y - middle).abs() - thick, self.pixel.max(0.03)) * ends * front;
        let colour = self.hair * 0.55;
        surface.colour = surface.colour.mix(colour, lerp(0.6, 0.88, f.brow_thickness) * brow);
        surface.gloss *= 1.0 - brow;
    }

    fn beard(&self, surface: &mut Surface, [x, y, z]: [f32; 3], face: f32) {
        let (f, m, ax) = (self.factors, self.measures, x.abs());
        if f.beard <= 0.0 && f.moustache <= 0.0 {
            return;
        }
        // The edge runs from the ear along the cheek to below the corner of the mouth.
        let edge = lerp(-0.56, -0.02, smooth(0.2, 0.62, ax));
        let cheek = face * smooth(0.16, -0.2, y - edge) * smooth(-0.28, -0.02, z);
        let bare_chin = decay(x * x * (1.0 / 0.03) + (y - m.mouth + 0.13 + m.lip).powi(2) * (1.0 / 0.002));
        let jaw = cheek * (1.0 - 0.5 * bare_chin) * smooth(-0.2, 0.9, f.beard) * smooth(0.0, 0.1, f.beard);
        // The moustache hangs from below the nose, thickest in the middle.
        let (t, lip) = (ax / (m.mouth_width + 0.05), m.lip_line(x) + 0.5 * m.lip);
        let top = lip + 0.13 * (1.0 - t * t);
        let above = smooth(lip - 0.02, lip + 0.02, y) * smooth(top + 0.02, top - 0.05, y);
        let hair = jaw.max(above * smooth(0.3, 0.45, z) * f.moustache.sqrt());
        let grain = 1.0 + 0.08 * wave(13.3 * x + 2.0 * y + 0.3 * wave(3.0 * y)) * wave(4.1 * y - 5.0 * x);
        surface.colour = surface.colour.mix(self.hair * (0.62 * grain), 0.92 * hair);
        surface.gloss *= 1.0 - 0.9 * hair;
    }
}

/// The colour at `t` (0..1) on the way through `stops`.
fn along(stops: &[Colour], t: f32) -> Colour {
    let place = t.clamp(0.0, 1.0) * (stops.len() - 1) as f32;
    let first = (place as usize).min(stops.len() - 2);
    stops[first].mix(stops[first + 1], place - first as f32)
}
