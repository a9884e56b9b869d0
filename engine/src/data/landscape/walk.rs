//! The camera's walk over the land: every column of the picture goes from near to far, which gives the
//! place that each sample of the picture sees.

use super::factors::Factors;
use super::terrain::{Place, Terrain};

/// Half the width of the view at distance 1: a field of 58 degrees.
pub(super) const HALF: f32 = 0.55;
/// First and last distance of a walk, world units.
const NEAR: f32 = 1.6;
const FAR: f32 = 700.0;
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
    /// Distances of the steps.
    distances: Vec<f32>,
    /// The land at every step and every edge between two columns of pixels, step by step.
    places: Vec<Place>,
    /// Step (with fraction) that each sample sees, row by row; `SKY` above the land.
    depth: Vec<f32>,
}

impl Walk {
    pub(super) fn new(factors: &Factors, land: &Terrain, size: usize) -> Self {
        // Steps grow with the distance; larger pictures get more of them, but not in proportion.
        let steps = (16.0 * (size as f32).sqrt()) as usize;
        let ratio = (FAR / NEAR).powf(1.0 / (steps - 1) as f32);
        let distances = (0..steps).map(|k| NEAR * ratio.powi(k as i32)).collect();
        let around = (0..24).map(|i| land.bare((i % 4) as f32 - 1.5, (i / 4) as f32 * 1.5, 0.5));
        let camera = around.fold(land.sea, f32::max) + factors.camera_height;
        let mut walk = Self {
            size,
            camera,
            sea: land.sea,
            horizon: factors.horizon * size as f32,
            distances,
            places: Vec::with_capacity(steps * (size + 1)),
            depth: vec![SKY; size * size * SUB * SUB],
        };
        walk.march(land);
        walk
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
        // First row covered so far in each column of samples, and the row of the last step there.
        let mut top = vec![side; side];
        let mut last = vec![f32::MAX; side];
        for k in 0..self.distances.len() {
            let distance = self.distances[k];
            let spacing = self.spacing(distance);
            let summit = self.row(land.highest(distance), distance) * SUB as f32;
            for edge in 0..edges {
                let (left, right) = ((SUB * edge).max(1) - 1, (SUB * edge).min(side - 1));
                let hidden = k > 0 && summit > top[left].max(top[right]) as f32;
                // Nobody sees what lies behind a hill, so what stands in for it is not important.
                let place = if hidden {
                    self.places[(k - 1) * edges + edge]
                } else {
                    land.place(distance * self.tangent(edge as f32), distance, spacing)
                };
                self.places.push(place);
            }
            let here = &self.places[k * edges..];
            for column in 0..side {
                let t = ((column % SUB) as f32 + 0.5) / SUB as f32;
                let edge = column / SUB;
                let height = here[edge].height + (here[edge + 1].height - here[edge].height) * t;
                let row = self.row(height.max(self.sea), distance) * SUB as f32;
                while top[column] > 0 && top[column] as f32 - 0.5 >= row {
                    let back = (top[column] as f32 - 0.5 - row) / (last[column] - row);
                    top[column] -= 1;
                    self.depth[top[column] * side + column] = (k as f32 - back.clamp(0.0, 1.0)).max(0.0);
                }
                last[column] = row;
            }
        }
    }

    /// Depths of the samples of a pixel with their edges, and how many of them see land (they come first).
    pub(super) fn samples(&self, row: usize, column: usize) -> ([(f32, f32); SUB * SUB], usize) {
        let mut samples = [(0.0, SKY); SUB * SUB];
        let mut count = 0;
        for i in 0..SUB * SUB {
            let depth = self.depth[(row * SUB + i / SUB) * self.size * SUB + column * SUB + i % SUB];
            if depth < SKY {
                samples[count] = (column as f32 + ((i % SUB) as f32 + 0.5) / SUB as f32, depth);
                count += 1;
            }
        }
        (samples, count)
    }

    /// Distance of a depth, world units.
    pub(super) fn distance(&self, depth: f32) -> f32 {
        if depth == SKY {
            return SKY;
        }
        let k = (depth as usize).min(self.distances.len() - 2);
        self.distances[k] + (self.distances[k + 1] - self.distances[k]) * (depth - k as f32)
    }

    /// What is seen at `edge` (with fraction) and `depth`.
    pub(super) fn look(&self, edge: f32, depth: f32) -> Sight {
        let edges = self.size + 1;
        let k = (depth as usize).min(self.distances.len() - 2);
        let (t, whole) = (depth - k as f32, (edge as usize).min(self.size - 1));
        let across = edge - whole as f32;
        let tangent = self.tangent(edge);
        let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
        let place = |k: usize| {
            let (a, b) = (self.places[k * edges + whole], self.places[k * edges + whole + 1]);
            Place { height: mix(a.height, b.height, across), trees: mix(a.trees, b.trees, across) }
        };
        let surface = |k: usize, edge: usize| self.places[k * edges + edge].height.max(self.sea);
        // A wide difference across: steps are longer than columns are wide, and a slope should see both.
        let reach = self.size / 96;
        let (left, right) = (whole.saturating_sub(reach), (whole + 1 + reach).min(self.size));
        let slope = |k: usize| {
            let width = self.spacing(self.distances[k]) * (right - left) as f32;
            let sideways = (surface(k, right) - surface(k, left)) / width;
            let (a, b) = (k.saturating_sub(1), (k + 1).min(self.distances.len() - 1));
            let rise = place(b).height.max(self.sea) - place(a).height.max(self.sea);
            [sideways, rise / (self.distances[b] - self.distances[a]) - tangent * sideways]
        };
        let (s0, s1, p0, p1) = (slope(k), slope(k + 1), place(k), place(k + 1));
        Sight {
            place: Place { height: mix(p0.height, p1.height, t), trees: mix(p0.trees, p1.trees, t) },
            distance: self.distance(depth),
            slope: [mix(s0[0], s1[0], t), mix(s0[1], s1[1], t)],
        }
    }

    /// Row in which the picture shows what the water at `distance` mirrors; `None` for the sky.
    pub(super) fn mirrored(&self, edge: usize, distance: f32) -> Option<f32> {
        let steepness = (self.camera - self.sea) / distance;
        let first = self.distances.partition_point(|&d| d < distance);
        let mut gap = 0.0;
        for k in first..self.distances.len() {
            let ray = self.sea + (self.distances[k] - distance) * steepness;
            let height = self.places[k * (self.size + 1) + edge].height.max(self.sea);
            if height > ray {
                // Where between two steps the ray meets the land keeps the image free of bands.
                let t = if k > first { gap / (gap + height - ray) } else { 1.0 };
                let met = self.distance((k as f32 - 1.0 + t).max(0.0));
                return Some(self.row(self.sea + (met - distance).max(0.0) * steepness, met));
            }
            gap = ray - height;
        }
        None
    }
}
