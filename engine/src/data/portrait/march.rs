//! The solids of a portrait, and rays that march towards them, many at a time.

use super::factors::Factors;
use super::hair::Hair;
use super::head::{Head, Measures};
use super::lanes::{LANES, Lanes, Points};
use super::solids::join;
use pulp::{Arch, Simd, WithSimd};

/// Half the width of the picture, in the head's units, and the height of its middle.
pub(super) const HALF: f32 = 1.18;
pub(super) const MIDDLE: f32 = 0.05;
/// Side of a block of pixels: it sets out together, and its rays march side by side.
pub(super) const BLOCK: usize = 4;
const _: () = assert!(BLOCK * BLOCK == LANES, "a ray for every pixel of a block");
/// Where rays start, and where they have missed everything: all solids are widest before that.
const NEAR: f32 = 1.3;
const FAR: f32 = -0.55;
/// A ray that is this close has arrived, in pixels; a block that is this close is left to its rays.
const CLOSE: f32 = 0.12;
const BLOCK_CLOSE: f32 = 0.5;
/// A ray that has not arrived after so many steps passes something closely: from then on its least step grows by so
/// much each time.
const PATIENCE: usize = 4;
const LEAST_STEP: f32 = 0.012;
const MOST_STEPS: usize = 24;

/// Everything that a ray can meet.
pub(super) struct Form {
    head: Head,
    hair: Option<Hair>,
    /// From the view to the head; the rows are the head's axes.
    pub turn: [[f32; 3]; 3],
    /// Pixels of a side.
    size: usize,
    /// Width of a pixel.
    pub pixel: f32,
}

/// The part of a ray that is gone along: depths, of which the larger one is nearer to the camera.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub from: f32,
    pub to: f32,
}

/// Distances of some points to everything.
pub(super) struct Fields {
    pub face: Lanes,
    pub neck: Lanes,
    pub skin: Lanes,
    pub hair: Lanes,
    pub cloth: Lanes,
    nearest: Lanes,
    /// The points, in the head's coordinates.
    pub head: Points,
}

/// Where rays ended.
pub(super) struct Ends {
    view: Points,
    /// Where they would have missed everything.
    end: Lanes,
    pub fields: Fields,
    /// The nearest distances a little to the right, above and before.
    beside: Option<[Lanes; 3]>,
    close: f32,
}

impl Form {
    pub(super) fn new(f: &Factors, measures: &Measures, size: usize) -> Self {
        let ((sy, cy), (sp, cp), (sr, cr)) = (f.yaw.sin_cos(), (-f.pitch).sin_cos(), f.roll.sin_cos());
        // Roll first, then pitch, then yaw.
        let turn = [
            [cy * cr - sy * sp * sr, cy * sr + sy * sp * cr, -sy * cp],
            [-cp * sr, cp * cr, sp],
            [sy * cr + cy * sp * sr, sy * sr - cy * sp * cr, cy * cp],
        ];
        let pixel = 2.0 * HALF / size as f32;
        Self { head: Head::new(f, measures), hair: Hair::new(f, measures), turn, size, pixel }
    }

    /// Where a place of the picture lies, in pixels from its left upper corner.
    pub(super) fn place(&self, [column, row]: [f32; 2]) -> [f32; 2] {
        [column * self.pixel - HALF, HALF + MIDDLE - row * self.pixel]
    }

    /// The ways of the rays of every block, which nobody has to march alone through the empty space before the head;
    /// ways of no length where all of them miss it.
    pub(super) fn ways(&self) -> Vec<Way> {
        let side = self.size.div_ceil(BLOCK);
        let mut ways = vec![Way { from: NEAR, to: FAR }; side * side];
        for (index, ways) in ways.chunks_mut(LANES).enumerate() {
            let mut view = Points { x: Lanes::all(0.0), y: Lanes::all(0.0), z: Lanes::all(NEAR) };
            for lane in 0..LANES {
                let block = index * LANES + lane;
                let middle = [block % side, block / side].map(|b| (b as f32 + 0.5) * BLOCK as f32);
                [view.x.0[lane], view.y.0[lane]] = self.place(middle);
            }
            let reached = Arch::new().dispatch(Approach { form: self, view });
            ways.iter_mut().zip(reached.0).for_each(|(way, z)| way.from = z);
        }
        ways
    }

    /// Sends rays through places of the picture, each from some depth to another.
    pub(super) fn send(&self, places: &[[f32; 2]; LANES], ways: &[Way; LANES]) -> Ends {
        let mut view = Points { x: Lanes::all(0.0), y: Lanes::all(0.0), z: Lanes::all(0.0) };
        let mut end = Lanes::all(FAR);
        for (lane, (place, way)) in places.iter().zip(ways).enumerate() {
            [view.x.0[lane], view.y.0[lane]] = self.place(*place);
            (view.z.0[lane], end.0[lane]) = (way.from, way.to);
        }
        Arch::new().dispatch(March { form: self, view, end })
    }

    #[inline(always)]
    fn fields(&self, view: Points) -> Fields {
        let [x, y, z] = self.turn;
        let head = Points { x: view.along(x), y: view.along(y), z: view.along(z) };
        let (face, neck) = (self.head.face(head), self.head.neck(head));
        let skin = join(face, neck, 0.09);
        let hair = match &self.hair {
            Some(hair) => hair.distance(head),
            None => Lanes::all(9.0),
        };
        let cloth = self.head.clothes(view);
        Fields { face, neck, skin, hair, cloth, nearest: skin.min(hair).min(cloth), head }
    }
}

impl Ends {
    /// Where a ray ended.
    pub(super) fn place(&self, lane: usize) -> [f32; 3] {
        self.view.at(lane)
    }

    /// Where the surface faces that a ray met (not of length 1), if it did.
    pub(super) fn facing(&self, lane: usize) -> Option<[f32; 3]> {
        let (beside, here) = (self.beside.as_ref()?, self.fields.nearest.0[lane]);
        let met = self.view.z.0[lane] > self.end.0[lane] && here < 2.0 * self.close;
        met.then(|| std::array::from_fn(|axis| beside[axis].0[lane] - here))
    }
}

// Both are run with the widest registers that the processor has; every operation rounds as it does without. Inside,
// there must be no closure that is not inlined.

/// Blocks of pixels that march together.
struct Approach<'a> {
    form: &'a Form,
    view: Points,
}

impl WithSimd for Approach<'_> {
    type Output = Lanes;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Lanes {
        let Self { form, mut view } = self;
        // To the farthest corner.
        let reach = BLOCK as f32 * form.pixel * std::f32::consts::FRAC_1_SQRT_2;
        let close = BLOCK_CLOSE * form.pixel;
        for _ in 0..MOST_STEPS {
            let free = form.fields(view).nearest - reach;
            let step = (free * 0.95).while_going(free, close, view.z, Lanes::all(FAR));
            if step.is_zero() {
                break;
            }
            view.z = view.z - step;
        }
        view.z
    }
}

/// Rays that march side by side.
struct March<'a> {
    form: &'a Form,
    view: Points,
    end: Lanes,
}

impl WithSimd for March<'_> {
    type Output = Ends;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Ends {
        let Self { form, mut view, end } = self;
        let close = CLOSE * form.pixel;
        let mut fields = form.fields(view);
        let (mut before, mut step) = (fields.nearest, Lanes::all(0.0));
        for k in 0..MOST_STEPS {
            let least = LEAST_STEP * k.saturating_sub(PATIENCE) as f32;
            let next = fields.nearest.next_step(before, step, least);
            step = next.while_going(fields.nearest.abs(), close, view.z, end);
            if step.is_zero() {
                break;
            }
            before = fields.nearest;
            view.z = view.z - step;
            fields = form.fields(view);
        }
        const STEP: f32 = 0.006;
        let mut beside = None;
        if (view.z - end).largest() > 0.0 {
            let x = form.fields(Points { x: view.x + STEP, ..view }).nearest;
            let y = form.fields(Points { y: view.y + STEP, ..view }).nearest;
            let z = form.fields(Points { z: view.z + STEP, ..view }).nearest;
            beside = Some([x, y, z]);
        }
        Ends { view, end, fields, beside, close }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Where rays first come as close as counts, by steps that leave nothing out; `FAR` where they don't.
    fn slowly(form: &Form, places: &[[f32; 2]; LANES]) -> [f32; LANES] {
        const STEP: f32 = 0.004;
        let place = |axis: usize| Lanes(places.map(|p| form.place(p)[axis]));
        let (x, y) = (place(0), place(1));
        let mut ends = [FAR; LANES];
        let mut z = NEAR;
        while z > FAR {
            let nearest = form.fields(Points { x, y, z: Lanes::all(z) }).nearest;
            for (end, distance) in ends.iter_mut().zip(nearest.0) {
                if *end == FAR && distance < CLOSE * form.pixel {
                    *end = z;
                }
            }
            z -= STEP;
        }
        ends
    }

    #[test]
    fn rays_end_where_slow_ones_do() {
        let (mut rays, mut otherwise) = (0, 0);
        for seed in 0..6 {
            let factors = Factors::draw(&mut Rng::stream(5, seed));
            // One side that blocks do not divide.
            for size in [30, 64] {
                let form = Form::new(&factors, &Measures::new(&factors), size);
                let blocks = size.div_ceil(BLOCK);
                for (block, way) in form.ways().into_iter().enumerate() {
                    let corner = [block % blocks, block / blocks].map(|b| (b * BLOCK) as f32 + 0.5);
                    let places = std::array::from_fn(|lane| {
                        [corner[0] + (lane % BLOCK) as f32, corner[1] + (lane / BLOCK) as f32]
                    });
                    let ends = form.send(&places, &[way; LANES]);
                    for (lane, slow) in slowly(&form, &places).into_iter().enumerate() {
                        let fast = ends.facing(lane).map_or(FAR, |_| ends.place(lane)[2]);
                        rays += 1;
                        otherwise += usize::from((fast - slow).abs() > 0.03);
                    }
                }
            }
        }
        // Who grazes something may meet it in one way and miss it in the other.
        assert!(otherwise * 100 < rays, "{otherwise} of {rays}");
    }
}
