//! The camera's walk over the land: every column of the picture goes from near to far, which gives the
//! place that each sample of the picture sees.

use super::factors::Factors;
use super::terrain::{Place, Terrain};
use crate::data::curves::lerp;

/// Half the width of the view at distance 1: a field of 58 degrees.
pub(super) const HALF: f32 = 0.55;
/// First and last distance of a walk, world units.
const NEAR: f32 = 1.6;
const FAR: f32 = 700.0;
/// Up to this distance the camera looks over all ground from at least its own height.
const CAMERA_GROUND: f32 = 5.0;
/// Samples that a pixel has in each direction.
pub(super) const SUB: usize = 2;
/// Depth of a sample that sees the sky.
pub(super) const SKY: f32 = f32::INFINITY;

/// What a sample sees of the land.
pub(super) struct Sight {
    /// Height and trees.
    pub place: Place,
    /// Distance ahead, world units.
    pub distance: f32,
    /// Rise of the ground to the right and ahead, per world unit.
    pub slope: [f32; 2],
}

/// The land as seen from the camera.
pub(super) struct Walk {
    /// Pixels along a side.
    size: usize,
    /// Height of the camera, of the water, and row of the horizon in pixels.
    pub camera: f32,
    sea: f32,
    pub horizon: f32,
    /// The steps, near to far.
    steps: Vec<Step>,
    /// Height with trees, and share under trees, at every step and every edge between two columns of pixels,
    /// step by step.
    heights: Vec<f32>,
    trees: Vec<f32>,
    /// Step (with fraction) that each sample sees, pixel by pixel; `SKY` above the land.
    depth: Vec<[f32; SUB * SUB]>,
    /// Largest steepness at which the mirrored camera, as far below the water as the real one is above it, sees
    /// the land of a step or of a later one; step by step. Empty without water.
    mirrored: Vec<f32>,
}

/// A step of the walk.
#[derive(Clone, Copy)]
struct Step {
    /// World units.
    distance: f32,
    /// One over the width of a pixel, and over the way from the step before to the step after.
    per_pixel: f32,
    per_depth: f32,
}

impl Walk {
    pub(super) fn new(factors: &Factors, land: &Terrain, size: usize) -> Self {
        let around = (0..24).map(|i| land.bare((i % 4) as f32 - 1.5, (i / 4) as f32 * 1.5, 0.5));
        let camera = around.fold(land.sea, f32::max) + factors.camera_height;
        let mut walk = Self {
            size,
            camera,
            sea: land.sea,
            horizon: factors.horizon * size as f32,
            steps: Vec::new(),
            heights: Vec::new(),
            trees: Vec::new(),
            depth: vec![[SKY; SUB * SUB]; size * size],
            mirrored: Vec::new(),
        };
        walk.steps = walk.steps(factors);
        walk.march(land);
        if factors.sea_level.is_some() {
            walk.mirrored = walk.mirrored_steepness();
        }
        walk
    }

    /// The distances to look at.
    fn steps(&self, factors: &Factors) -> Vec<Step> {
        // Steps grow with the distance; larger pictures get more of them, but not in proportion.
        let count = (16.0 * (self.size as f32).sqrt()) as usize;
        let ratio = (FAR / NEAR).powf(1.0 / (count - 1) as f32);
        // What is nearer than this lies below the picture.
        let seen = factors.camera_height / (2.0 * HALF * (1.0 - factors.horizon));
        let first = CAMERA_GROUND.min(0.7 * seen);
        let all = (0..count).scan(NEAR, |distance, _| Some(std::mem::replace(distance, *distance * ratio)));
        let distances: Vec<f32> = all.skip_while(|&distance| distance < first).collect();
        let last = distances.len() - 1;
        let step = |k: usize| Step {
            distance: distances[k],
            per_pixel: 1.0 / self.spacing(distances[k]),
            per_depth: 1.0 / (distances[(k + 1).min(last)] - distances[k.saturating_sub(1)]),
        };
        (0..=last).map(step).collect()
    }

    /// Distances of the steps, world units.
    pub(super) fn distances(&self) -> impl Iterator<Item = f32> {
        self.steps.iter().map(|step| step.distance)
    }

    /// Tangent of the direction of an edge of pixel columns: 0 is the left side of the picture.
    pub(super) fn tangent(&self, edge: f32) -> f32 {
        HALF * (2.0 * edge / self.size as f32 - 1.0)
    }

    /// Width of a pixel at a distance, world units.
    pub(super) fn spacing(&self, distance: f32) -> f32 {
        2.0 * HALF * distance / self.size as f32
    }

    /// Row (in pixels, 0 is the upper side) at which a height appears at a distance.
    pub(super) fn row(&self, height: f32, distance: f32) -> f32 {
        self.horizon + (self.camera - height) / self.spacing(distance)
    }

    fn march(&mut self, land: &Terrain) {
        let (edges, side) = (self.size + 1, self.size * SUB);
        self.heights = vec![0.0; self.steps.len() * edges];
        self.trees = vec![0.0; self.steps.len() * edges];
        // First row covered so far in each column of samples, and the rows of this step and the last one there.
        let mut top = vec![side; side];
        let (mut now, mut last) = (vec![0.0; side], vec![f32::MAX; side]);
        let mut rows = vec![0.0; edges];
        for k in 0..self.steps.len() {
            let distance = self.steps[k].distance;
            let spacing = self.spacing(distance);
            let strip = land.strip(distance, spacing);
            let (first, width) = (distance * self.tangent(0.0), spacing);
            let summit = self.row(land.highest(distance), distance) * SUB as f32;
            let (behind, here) = self.heights.split_at_mut(k * edges);
            let (trees_behind, trees) = self.trees.split_at_mut(k * edges);
            for edge in 0..edges {
                let (left, right) = ((SUB * edge).max(1) - 1, (SUB * edge).min(side - 1));
                let hidden = k > 0 && summit > top[left].max(top[right]) as f32;
                // Nobody sees what lies behind a hill, so what stands in for it is not important.
                (here[edge], trees[edge]) = if hidden {
                    (behind[(k - 1) * edges + edge], trees_behind[(k - 1) * edges + edge])
                } else {
                    let place = strip.place(first + width * edge as f32);
                    (place.height, place.trees)
                };
            }
            let per_unit = SUB as f32 / spacing;
            let horizon = self.horizon * SUB as f32;
            for (row, height) in rows.iter_mut().zip(&*here) {
                *row = horizon + (self.camera - height) * per_unit;
            }
            let water = horizon + (self.camera - self.sea) * per_unit;
            for (samples, pair) in now.chunks_exact_mut(SUB).zip(rows.windows(2)) {
                for (i, row) in samples.iter_mut().enumerate() {
                    let land = lerp(pair[0], pair[1], (i as f32 + 0.5) / SUB as f32);
                    *row = if land < water { land } else { water };
                }
            }
            for (column, (&row, top)) in now.iter().zip(&mut top).enumerate() {
                while *top as f32 - 0.5 >= row && *top > 0 {
                    let back = (*top as f32 - 0.5 - row) / (last[column] - row);
                    *top -= 1;
                    let pixel = *top / SUB * self.size + column / SUB;
                    let sample = *top % SUB * SUB + column % SUB;
                    self.depth[pixel][sample] = (k as f32 - back.clamp(0.0, 1.0)).max(0.0);
                }
            }
            std::mem::swap(&mut now, &mut last);
        }
    }

    /// Depths of the samples of a pixel, row by row; `SKY` where it sees no land.
    pub(super) fn samples(&self, row: usize, column: usize) -> [f32; SUB * SUB] {
        self.depth[row * self.size + column]
    }

    /// The step before a depth, and the fraction on the way to the next.
    pub(super) fn split(&self, depth: f32) -> (usize, f32) {
        let k = (depth as u32 as usize).min(self.steps.len() - 2);
        (k, depth - k as f32)
    }

    /// Distance of a depth, world units.
    pub(super) fn distance(&self, depth: f32) -> f32 {
        if depth == SKY {
            return SKY;
        }
        let (k, t) = self.split(depth);
        lerp(self.steps[k].distance, self.steps[k + 1].distance, t)
    }

    /// The edges between which the slope to the right is measured in a column.
    fn slope_columns(&self, column: usize) -> std::ops::Range<usize> {
        // A wide difference across: steps are longer than columns are wide, and a slope should see both.
        let reach = self.size / 96;
        column.saturating_sub(reach)..(column + 1 + reach).min(self.size)
    }

    /// What is seen at `edge` (with fraction) and `depth`.
    pub(super) fn look(&self, edge: f32, depth: f32) -> Sight {
        let edges = self.size + 1;
        let (k, t) = self.split(depth);
        let column = (edge as u32 as usize).min(self.size - 1);
        let across = edge - column as f32;
        let value = |values: &[f32], k: usize| {
            let pair = &values[k * edges + column..][..2];
            lerp(pair[0], pair[1], across)
        };
        let dry = |height: f32| if height > self.sea { height } else { self.sea };
        let (near, far) = (&self.steps[k], &self.steps[k + 1]);
        let (h0, h1) = (value(&self.heights, k), value(&self.heights, k + 1));
        let (before, after) = (k.saturating_sub(1), (k + 2).min(self.steps.len() - 1));
        let rise = [
            (dry(h1) - dry(value(&self.heights, before))) * near.per_depth,
            (dry(value(&self.heights, after)) - dry(h0)) * far.per_depth,
        ];
        let wide = self.slope_columns(column);
        let sideways =
            |k: usize| dry(self.heights[k * edges + wide.end]) - dry(self.heights[k * edges + wide.start]);
        let right =
            lerp(sideways(k) * near.per_pixel, sideways(k + 1) * far.per_pixel, t) / wide.len() as f32;
        Sight {
            place: Place {
                height: lerp(h0, h1, t),
                trees: lerp(value(&self.trees, k), value(&self.trees, k + 1), t),
            },
            distance: lerp(near.distance, far.distance, t),
            slope: [right, lerp(rise[0], rise[1], t) - self.tangent(edge) * right],
        }
    }

    /// See the field `mirrored`.
    fn mirrored_steepness(&self) -> Vec<f32> {
        let edges = self.size + 1;
        let mut steepness = vec![0.0; self.heights.len()];
        let mut beyond = vec![0.0_f32; edges];
        for (k, step) in self.steps.iter().enumerate().rev() {
            let here = &self.heights[k * edges..][..edges];
            let (per_distance, below) = (1.0 / step.distance, self.camera - 2.0 * self.sea);
            for ((value, largest), height) in
                steepness[k * edges..][..edges].iter_mut().zip(&mut beyond).zip(here)
            {
                let seen = (height + below) * per_distance;
                *largest = if seen > *largest { seen } else { *largest };
                *value = *largest;
            }
        }
        steepness
    }

    /// Row in which the picture shows what the water at `distance` mirrors; `None` for the sky.
    pub(super) fn mirrored(&self, edge: usize, distance: f32) -> Option<f32> {
        let edges = self.size + 1;
        let steepness = (self.camera - self.sea) / distance;
        let first = self.steps.partition_point(|step| step.distance < distance);
        let above = |k: usize| {
            let ray = self.sea + (self.steps[k].distance - distance) * steepness;
            self.heights[k * edges + edge].max(self.sea) - ray
        };
        for k in first..self.steps.len() {
            if self.mirrored[k * edges + edge] < steepness {
                // Nothing from here on reaches up to the ray.
                return None;
            }
            let height = above(k);
            if height > 0.0 {
                // Where between two steps the ray meets the land keeps the image free of bands.
                let t = if k > first { 1.0 - height / (height - above(k - 1)) } else { 1.0 };
                let met = self.distance((k as f32 - 1.0 + t).max(0.0));
                return Some(self.row(self.sea + (met - distance).max(0.0) * steepness, met));
            }
        }
        None
    }
}
