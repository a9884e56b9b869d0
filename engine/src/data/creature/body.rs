//! The creature: from factors to parts, and the order in which they are painted.

use super::canvas::{Canvas, Finish, GROUND, OUTLINE};
use super::face::Face;
use super::factors::Factors;
use super::shapes::{Cut, Ellipse, Joined, Limb, Shape};
use crate::data::colour::Colour;
use crate::data::curves::{cover, lerp, smooth};

/// Colours of a creature and its room.
pub(super) struct Palette {
    pub skin: Colour,
    pub belly: Colour,
    pub accent: Colour,
    pub horn: Colour,
    /// Outlines: the skin, nearly black.
    pub line: Colour,
    wall: Colour,
    floor: Colour,
}

impl Palette {
    fn new(factors: &Factors) -> Self {
        // Little more than half of the circle: beyond that its ends come near each other again.
        let hue = 0.06 + 0.6 * factors.hue;
        let lightness = lerp(0.46, 0.82, factors.lightness);
        // Very dark and very light colours have no room for as much chroma.
        let chroma = 0.165 - 0.25 * (lightness - 0.64).powi(2);
        let skin = Colour::perceptual(lightness, chroma, hue);
        let accent = hue + lerp(0.18, 0.82, factors.accent);
        let cream = Colour::perceptual(0.94, 0.04, lerp(hue, 0.24, 0.5));
        let room = lerp(0.55, 0.96, factors.backdrop);
        Self {
            skin,
            belly: skin.mix(cream, factors.belly),
            accent: Colour::perceptual(lerp(0.74, 0.6, factors.lightness), 0.16, accent),
            horn: Colour::perceptual(0.9, 0.05, 0.22),
            line: Colour::perceptual(0.2 + 0.12 * lightness, 0.06, hue),
            // Across the circle from the skin, and much greyer.
            wall: Colour::perceptual(room, 0.045, hue + 0.5),
            floor: Colour::perceptual(room - 0.08, 0.05, hue + 0.47),
        }
    }
}

/// The creature's measures, in its own units: the ground at 0, most creatures 1 to 1.5 high.
pub(super) struct Body {
    factors: Factors,
    palette: Palette,
    face: Face,
    trunk: Ellipse,
    head: Ellipse,
    /// Trunk: half width, half height, height of its middle. Head: radius, height of its middle.
    wide: f32,
    high: f32,
    middle: f32,
    radius: f32,
    crown: f32,
}

impl Body {
    pub(super) fn new(factors: &Factors) -> Self {
        let f = factors;
        let leg = lerp(0.02, 0.2, f.limbs);
        let (wide, high) = (lerp(0.27, 0.47, f.stoutness), lerp(0.4, 0.3, f.stoutness));
        let middle = leg + 0.94 * high;
        let radius = lerp(0.25, 0.33, f.head);
        let crown = middle + high + radius * lerp(-0.7, 0.42, f.head);
        Self {
            palette: Palette::new(f),
            face: Face::new(f, radius, crown),
            trunk: Ellipse::new(0.0, middle, wide, high),
            head: Ellipse::new(0.0, crown, 1.1 * radius, radius),
            factors: f.clone(),
            wide,
            high,
            middle,
            radius,
            crown,
        }
    }

    pub(super) fn paint(&self, size: usize) -> Vec<u8> {
        let f = &self.factors;
        let mut canvas = Canvas::new(size, lerp(0.86, 1.2, f.size), 0.16 * f.lean);
        self.room(&mut canvas);
        self.wings(&mut canvas);
        self.tail(&mut canvas);
        self.ears(&mut canvas);
        self.legs(&mut canvas);
        self.arms(&mut canvas);
        self.trunk_and_head(&mut canvas);
        self.horns(&mut canvas);
        self.face.paint(&mut canvas, &self.palette);
        canvas.bytes()
    }

    /// Skin with an outline.
    fn finish(&self) -> Finish {
        let shade = Colour::linear([0.5, 0.46, 0.62]);
        Finish { outline: self.palette.line, width: OUTLINE, shade, gloss: 0.14 }
    }

    /// An outline that vanishes together with its part.
    fn fading(&self, part: f32) -> Finish {
        Finish { width: OUTLINE * smooth(0.0, 0.2, part), ..self.finish() }
    }

    fn room(&self, canvas: &mut Canvas) {
        let palette = &self.palette;
        canvas.fill(|x, y| {
            let ground = smooth(GROUND + 0.42, GROUND + 0.16, y);
            palette.wall.mix(palette.floor, ground) * (1.0 - 0.1 * (x * x + y * y))
        });
        let shadow = Ellipse::new(0.0, 0.005, 1.2 * self.wide, 0.06);
        canvas.spread(&shadow, 0.45, 0.07, palette.floor * 0.3);
    }

    fn wings(&self, canvas: &mut Canvas) {
        let span = 0.54 * self.factors.wings.sqrt().min(2.0 * self.factors.wings);
        let shoulder = [0.55 * self.wide, self.middle + 0.35 * self.high];
        let [x, y] = [shoulder[0] + 0.75 * span, shoulder[1] + 0.3 * span];
        let wing = Cut {
            from: Ellipse::new(x, y, 0.8 * span, 0.52 * span).turned(0.45),
            away: Ellipse::new(x + 0.12 * span, y - 0.5 * span, 0.62 * span, 0.42 * span).turned(0.3),
        };
        let skin = self.palette.accent;
        canvas.pair(&wing, &self.fading(self.factors.wings), |x, y, _| {
            // Fingers spread from the shoulder.
            let angle = (y - shoulder[1]) / (x.abs() - shoulder[0] + 0.5);
            skin * (1.0 - 0.22 * smooth(0.3, 1.0, (19.0 * angle).sin()))
        });
    }

    fn tail(&self, canvas: &mut Canvas) {
        let tail = self.factors.tail;
        let length = 0.42 * tail;
        let from = [0.6 * self.wide, self.middle - 0.45 * self.high];
        // A short one hides behind the trunk.
        let bend = [from[0] + 0.16 * smooth(0.0, 0.4, tail) + 0.6 * length, from[1] - 0.02];
        let to = [bend[0] + 0.42 * length, bend[1] + 0.8 * length];
        let thick = 0.095 * smooth(0.0, 0.5, tail);
        let shape = Joined {
            first: Limb::new(from, bend, [thick, 0.8 * thick]),
            second: Limb::new(bend, to, [0.8 * thick, 0.5 * thick]),
            width: 0.02,
        };
        let (skin, tip) = (self.palette.skin, self.palette.accent);
        canvas.single(&shape, &self.fading(tail), |_, _, _| skin);
        let tuft = 0.13 * smooth(0.0, 0.8, tail);
        let tuft = Ellipse::new(to[0], to[1] + 0.3 * tuft, 0.75 * tuft, tuft).turned(-0.5);
        canvas.single(&tuft, &self.fading(tail), |_, _, _| tip);
    }

    fn ears(&self, canvas: &mut Canvas) {
        let (long, round) = (self.factors.ears, self.factors.ear_roundness);
        let angle = lerp(0.28, 0.85, round);
        let (sin, cos) = angle.sin_cos();
        let length = long * lerp(0.5, 0.2, round);
        let base = [0.86 * self.radius * sin, self.crown + 0.8 * self.radius * cos];
        let tip = [base[0] + length * sin, base[1] + length * cos];
        // Short ears are small ones, too.
        let grown = smooth(0.0, 0.3, long);
        let radii = [lerp(0.11, 0.13, round) * grown, lerp(0.025, 0.15, round) * grown];
        let ear = Limb::new(base, tip, radii);
        let inner = Limb::new(
            base,
            [lerp(base[0], tip[0], 0.85), lerp(base[1], tip[1], 0.85)],
            radii.map(|r| 0.55 * r),
        );
        let (skin, flesh) = (self.palette.skin, self.palette.belly.mix(self.palette.accent, 0.35));
        let pixel = canvas.pixel;
        canvas.pair(&ear, &self.fading(long), |x, y, _| {
            skin.mix(flesh, 0.8 * cover(inner.touch(x.abs(), y).distance, 2.0 * pixel))
        });
    }

    fn legs(&self, canvas: &mut Canvas) {
        let apart = 0.56 * self.wide;
        let thick = lerp(0.1, 0.12, self.factors.stoutness);
        let leg = Limb::new([apart, self.middle - 0.4 * self.high], [apart, 0.07], [thick, 0.95 * thick]);
        let foot = Ellipse::new(apart + 0.035, 0.065, 1.35 * thick, 0.075);
        let shape = Joined { first: leg, second: foot, width: 0.06 };
        let skin = self.palette.skin;
        let foot = skin.mix(self.palette.accent, 0.35) * 0.85;
        canvas.pair(&shape, &self.finish(), |_, y, _| skin.mix(foot, smooth(0.16, 0.09, y)));
    }

    fn arms(&self, canvas: &mut Canvas) {
        let length = lerp(0.16, 0.4, self.factors.limbs);
        let (sin, cos) = lerp(-1.05, 0.95, self.factors.pose).sin_cos();
        let shoulder = [0.78 * self.wide, self.middle + 0.36 * self.high];
        let hand = [shoulder[0] + length * cos, shoulder[1] + length * sin];
        let shape = Joined {
            first: Limb::new(shoulder, hand, [0.09, 0.065]),
            second: Ellipse::new(hand[0], hand[1], 0.085, 0.085),
            width: 0.04,
        };
        let skin = self.palette.skin;
        canvas.pair(&shape, &self.finish(), |_, _, _| skin);
    }

    fn trunk_and_head(&self, canvas: &mut Canvas) {
        let f = &self.factors;
        let main = Joined { first: self.trunk, second: self.head, width: 0.13 };
        let belly = Ellipse::new(0.0, self.middle - 0.1 * self.high, 0.68 * self.wide, 0.74 * self.high);
        // The shadow of the chin lies on the trunk, and only where there is a neck.
        let chin = Ellipse::new(0.0, self.crown - 0.05, 1.04 * self.radius, self.radius);
        let chin_shadow = 0.4 * smooth(0.1, 0.8, f.head);
        let palette = &self.palette;
        let strength = 0.85 * smooth(0.0, 0.5, f.pattern);
        let pixel = canvas.pixel;
        canvas.pair(&main, &self.finish(), |x, y, _| {
            let pale = cover(belly.touch(x, y).distance, pixel.max(0.05));
            let mut skin = palette.skin.mix(palette.belly, pale);
            if strength > 0.0 {
                let marks = self.marks(x, y, pixel) * (1.0 - 0.9 * pale * smooth(0.0, 0.3, f.belly));
                skin = skin.mix(palette.accent, strength * marks * self.face.free(x, y));
            }
            let under = smooth(0.02, -0.1, chin.touch(x, y).distance);
            let below = smooth(self.crown - 0.55 * self.radius, self.crown - 1.05 * self.radius, y);
            skin * (1.0 - chin_shadow * under * below)
        });
    }

    /// The pattern at a point, 0..1: spots or stripes that keep their places while the trunk changes its form.
    fn marks(&self, x: f32, y: f32, pixel: f32) -> f32 {
        let (u, v) = (x.abs() / (0.3 + 0.4 * self.wide), (y - self.middle) / (0.3 + 0.4 * self.high));
        let spots = (8.2 * u + 1.2).sin() * (7.4 * v + 0.9).sin() + 0.25 * (3.1 * v - 2.0 * u).sin();
        // Bands that come in from the sides and end before the middle.
        let bands = (11.5 * v + 1.4 * (3.0 * u).cos()).sin() - 1.3 * smooth(0.55, 0.1, u);
        let field = lerp(spots - 0.42, bands - 0.25, smooth(0.25, 0.75, self.factors.stripes));
        // A pixel wide, but never so sharp that it flickers in small pictures.
        let edge = (5.0 * pixel).max(0.2);
        smooth(-edge, edge, field)
    }

    fn horns(&self, canvas: &mut Canvas) {
        let length = 0.3 * self.factors.horns;
        let thick = 0.06 * smooth(0.0, 0.35, self.factors.horns);
        let foot = [0.34 * self.radius, self.crown + 0.84 * self.radius];
        let tip = [foot[0] + 0.4 * length, foot[1] + 0.92 * length];
        let horn = Limb::new(foot, tip, [thick, 0.12 * thick]);
        let colour = self.palette.horn;
        canvas.pair(&horn, &self.fading(self.factors.horns), |_, _, _| colour);
    }
}
