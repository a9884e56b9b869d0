//! The form of the hair: a shell over the skull that is thin at the hairline, and what hangs from it.

use super::factors::{Factors, HairStyle};
use super::head::Measures;
use super::lanes::{Lanes, Points};
use super::solids::{Ball, common, join};
use crate::data::curves::lerp;

/// The hair of a head.
pub(super) struct Hair {
    shell: Ball,
    /// Thickness away from the hairline.
    volume: f32,
    /// Height of the hairline in the middle of the forehead.
    line: f32,
    parting: f32,
    /// Half width of the forehead.
    temple: f32,
    side: Option<Ball>,
    back: Option<Ball>,
    knot: Option<Ball>,
    curl: f32,
    phase: f32,
}

impl Hair {
    /// `None` for the bald.
    pub(super) fn new(f: &Factors, m: &Measures) -> Option<Self> {
        let full = lerp(0.05, 0.2, f.hair_volume);
        let (volume, side, back, knot) = match f.hair_style {
            HairStyle::Bald => return None,
            HairStyle::Short => (0.6 * full + 0.02, None, None, None),
            HairStyle::Medium => {
                let side = Ball::new([m.wide - 0.02, -0.12, -0.16], [0.13 + 0.6 * full, 0.62, 0.42]);
                (full, Some(side), Some(Ball::new([0.0, -0.3, -0.5], [m.wide, 0.75, 0.42])), None)
            }
            HairStyle::Long => {
                let side = Ball::new([m.wide - 0.02, -0.5, -0.18], [0.15 + 0.7 * full, 1.15, 0.4]);
                (full, Some(side), Some(Ball::new([0.0, -0.6, -0.5], [m.wide + 0.08, 1.2, 0.42])), None)
            }
            HairStyle::Bun => {
                (0.03 + 0.25 * full, None, None, Some(Ball::new([0.0, 1.08, -0.3], [0.28, 0.25, 0.28])))
            }
        };
        // Tied hair leaves the forehead free.
        let fringe = if knot.is_some() { 0.1 } else { f.fringe };
        Some(Self {
            shell: Ball::new([0.0, 0.29, -0.11], [m.wide + 0.015, 0.775, 0.875]),
            volume,
            line: lerp(0.8, 0.4, fringe),
            parting: 0.35 * f.parting,
            temple: m.wide - 0.1,
            side,
            back,
            knot,
            curl: 0.075 * f.curl,
            phase: f.parting,
        })
    }

    /// Distance to the hair.
    #[inline(always)]
    pub(super) fn distance(&self, p: Points) -> Lanes {
        let q = p.folded();
        let shell = self.shell.distance(p);
        if shell.smallest() > 0.3 + self.volume && self.side.is_none() && self.knot.is_none() {
            return shell - (self.volume + 0.08);
        }
        // The hairline sinks from the parting to both sides, and fast behind the temples.
        let aside = p.x - self.parting;
        let behind = (p.z * -1.0 + 0.5).max(Lanes::all(0.0));
        let temple = (q.x - self.temple).max(Lanes::all(0.0));
        let line = aside * aside * -0.28 - behind * 0.95 - temple * 1.2 + self.line;
        let above = p.y - line;
        // Thin at the line: hair grows out of the skin instead of lying on it like a cap.
        let mut hair = common(shell - above.smooth(-0.02, 0.34) * self.volume, -above, 0.06);
        if let Some(side) = &self.side {
            let hanging = side.distance(q);
            hair = join(hair, hanging, 0.16);
        }
        if let Some(back) = &self.back {
            hair = join(hair, back.distance(p), 0.1);
        }
        if let Some(knot) = &self.knot {
            hair = join(hair, knot.distance(p), 0.07);
        }
        if self.curl > 0.004 && hair.smallest() < 0.2 {
            hair = hair - self.locks(p) * self.curl;
        }
        hair
    }

    /// Curls: about -1..1.
    #[inline(always)]
    fn locks(&self, p: Points) -> Lanes {
        let wide = (p.x * 1.25 + self.phase).wave() * (p.y * 1.1 + 0.27).wave() * (p.z * 1.15 + 0.4).wave();
        let fine = (p.x * 2.6 + 0.3).wave() * (p.y * 2.4 + self.phase).wave() * (p.z * 2.5 + 0.5).wave();
        wide + fine * 0.6
    }
}
