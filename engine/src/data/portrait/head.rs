//! The form of head, neck and shoulders.

use super::factors::Factors;
use super::lanes::{Lanes, Points};
use super::solids::{Ball, Rod, common, join};
use crate::data::curves::{lerp, smooth};

/// Where the parts of a face are, in the head's coordinates: x to the right, y up, z to the front; the skull is
/// about 1.4 wide and the face ends at y = -1.
pub(super) struct Measures {
    /// Half width of the skull.
    pub wide: f32,
    /// Right eye: middle, half width.
    pub eye: [f32; 2],
    pub eye_width: f32,
    /// Height of the tip of the nose and half the distance between the nostrils.
    pub nose: f32,
    pub nostril: f32,
    /// Middle and half width of the mouth, thickness of a lip, way between the lips.
    pub mouth: f32,
    pub mouth_width: f32,
    pub lip: f32,
    pub gap: f32,
    /// Rise of the mouth's corners.
    pub smile: f32,
    /// Height of the brows.
    pub brow: f32,
}

impl Measures {
    pub(super) fn new(f: &Factors) -> Self {
        let smile = lerp(-0.06, 0.14, 0.5 + 0.5 * f.smile);
        Self {
            wide: lerp(0.66, 0.74, f.face_width),
            eye: [lerp(0.27, 0.32, f.eye_spacing), 0.05],
            eye_width: lerp(0.128, 0.165, f.eye_size),
            nose: lerp(-0.24, -0.36, f.nose_length),
            nostril: lerp(0.065, 0.115, f.nose_width),
            mouth: -0.57,
            mouth_width: lerp(0.19, 0.265, f.mouth_width) + 0.05 * f.smile.max(0.0),
            lip: lerp(0.036, 0.08, f.lips),
            gap: 0.085 * f.mouth_open,
            smile,
            brow: lerp(0.215, 0.29, f.brow_height),
        }
    }

    /// Height of the line between the lips at `x`.
    pub(super) fn lip_line(&self, x: f32) -> f32 {
        let t = x / self.mouth_width;
        self.mouth + self.smile * (t * t).min(1.4) - 0.3 * self.smile
    }
}

/// The solids of a head.
pub(super) struct Head {
    skull: Ball,
    jaw: Ball,
    cheek: Ball,
    chin: Ball,
    socket: Ball,
    eyeball: Ball,
    brow: Rod,
    bridge: Rod,
    tip: Ball,
    wing: Ball,
    upper_lip: Ball,
    lower_lip: Ball,
    smile: f32,
    mouth_width: f32,
    ear: Ball,
    beard: Option<Ball>,
    neck: Rod,
    shoulders: Ball,
}

impl Head {
    pub(super) fn new(f: &Factors, m: &Measures) -> Self {
        let jaw = lerp(0.48, 0.6, f.jaw);
        let chin = lerp(-0.80, -0.9, f.chin);
        let [eye, level] = m.eye;
        let corner = m.lip_line(0.8 * m.mouth_width) - m.mouth;
        Self {
            skull: Ball::new([0.0, 0.28, -0.1], [m.wide, 0.76, 0.86]),
            jaw: Ball::new([0.0, -0.36, 0.14], [jaw, 0.6 - 0.4 * (chin + 0.85), 0.6]),
            cheek: Ball::new([0.33, -0.2 + 0.3 * corner, 0.40], [0.24, 0.25, lerp(0.20, 0.29, f.cheeks)]),
            chin: Ball::new([0.0, chin, 0.5], [lerp(0.13, 0.22, f.jaw), 0.14, 0.15]),
            socket: Ball::new([eye, level + 0.05, 0.9], [0.18, 0.11, 0.15]),
            eyeball: Ball::new([eye, level, 0.615], [0.145, 0.13, 0.13]),
            brow: Rod::new([0.03, m.brow - 0.03, 0.745], [0.42, m.brow - 0.04, 0.6], [0.045, 0.04]),
            bridge: Rod::new([0.0, 0.12, 0.755], [0.0, m.nose + 0.03, 0.9], [0.052, 0.078]),
            tip: Ball::new([0.0, m.nose, 0.9], [0.085 + 0.25 * (m.nostril - 0.065), 0.07, 0.085]),
            wing: Ball::new([m.nostril, m.nose - 0.025, 0.80], [0.05, 0.05, 0.07]),
            upper_lip: Ball::new(
                [0.0, m.mouth + 0.45 * m.lip, 0.69],
                [m.mouth_width, 0.6 * m.lip + 0.008, 0.085],
            ),
            lower_lip: Ball::new(
                [0.0, m.mouth - 0.6 * m.lip - m.gap, 0.67],
                [0.85 * m.mouth_width, 0.65 * m.lip + 0.01, 0.09],
            ),
            smile: m.smile,
            mouth_width: m.mouth_width,
            ear: Ball::new([m.wide + 0.015, 0.0, -0.08], [0.055, 0.16, 0.11]),
            beard: (f.beard > 0.35).then(|| {
                let long = (f.beard - 0.35) / 0.65;
                // It grows out of the chin, where the shortest ones are still hidden.
                let grown = lerp(0.35, 1.0, smooth(0.0, 0.6, long));
                let radii = [jaw - 0.06, 0.24 + 0.1 * long, 0.32].map(|r| r * grown);
                Ball::new([0.0, chin + 0.06 - 0.06 * long, 0.36], radii)
            }),
            neck: Rod::new(
                [0.0, -2.0, -0.38],
                [0.0, -0.5, -0.16],
                [lerp(0.36, 0.44, f.jaw), lerp(0.3, 0.38, f.jaw)],
            ),
            shoulders: Ball::new([0.0, -1.88, -0.3], [1.6, 0.84, 0.62]),
        }
    }

    /// Distance to the head without its neck.
    #[inline(always)]
    pub(super) fn face(&self, p: Points) -> Lanes {
        let q = p.folded();
        let mut d = join(self.skull.distance(p), self.jaw.distance(p), 0.4);
        d = join(d, self.cheek.distance(q), 0.24);
        // Neighbouring rays see the same height of the face: most parts are far above or below them.
        let (low, high) = (p.y.smallest(), p.y.largest());
        if low < -0.3 {
            d = join(d, self.chin.distance(p), 0.24);
            if let Some(beard) = &self.beard {
                d = join(d, beard.distance(p), 0.1);
            }
        }
        // From afar the features make no difference; they reach no farther out than this.
        if d.smallest() > 0.45 {
            return d - 0.1;
        }
        if high > -0.25 && low < 0.5 {
            d = common(d, -self.socket.distance(q), 0.13);
            d = join(d, self.brow.distance(q), 0.12);
            d = join(d, self.eyeball.distance(q), 0.03);
            d = join(d, self.ear.distance(q), 0.04);
        }
        if high > -0.6 && low < 0.3 {
            d = join(d, self.bridge.distance(p), 0.09);
            d = join(d, self.tip.distance(p), 0.06);
            d = join(d, self.wing.distance(q), 0.045);
        }
        if high > -0.9 && low < -0.3 {
            // The lips follow `Measures::lip_line`.
            let t = p.x * (1.0 / self.mouth_width);
            let bend = (t * t).min(Lanes::all(1.4)) * self.smile - 0.3 * self.smile;
            let p = Points { y: p.y - bend, ..p };
            d = join(d, self.upper_lip.distance(p), 0.035);
            d = join(d, self.lower_lip.distance(p), 0.035);
        }
        d
    }

    /// Distance to the neck; somewhat less where it is far.
    #[inline(always)]
    pub(super) fn neck(&self, p: Points) -> Lanes {
        if p.y.smallest() > -0.1 { Lanes::all(0.35) } else { self.neck.distance(p) }
    }

    /// Distance to the clothes, somewhat less where they are far; these do not turn with the head.
    #[inline(always)]
    pub(super) fn clothes(&self, view: Points) -> Lanes {
        if view.y.smallest() > -0.65 { Lanes::all(0.35) } else { self.shoulders.distance(view) }
    }
}
