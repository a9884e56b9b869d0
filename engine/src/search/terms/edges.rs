//! The masked edge error.

use super::MASK_EPSILON;
use super::hog::{Hog, ORIENTATIONS};
use super::picture_cost::PictureCost;
use crate::ValueRange;
use crate::search::constraint::Constraints;

/// iGAN's edge term: `mean((hog(x) - hog(e))^2 m) / (mean(m) + 1e-5)` over cells and orientations, where e is
/// the sketch as a picture (white on black) and m is 1 in every cell that a stroke touches.
pub struct Edges {
    side: usize,
    hog: Hog,
    /// The mask, cell by cell.
    touched: Vec<bool>,
    wanted: Vec<f32>,
    /// 1 / (orientations cells (mean(m) + epsilon)).
    scale: f32,
}

impl Edges {
    /// The term for a map of sketched edges.
    #[must_use]
    pub fn new(constraints: &Constraints, range: ValueRange) -> Self {
        let side = constraints.size;
        let hog = Hog::new(side, range);
        let touched = touched_cells(&hog, &constraints.edge, side);
        let sketch: Vec<f32> = constraints.edge.iter().map(|&light| range.from_light(light)).collect();
        let wanted = hog.histogram(&sketch, &touched);
        let cells = touched.len().max(1) as f32;
        let mean = touched.iter().filter(|&&t| t).count() as f32 / cells;
        let scale = 1.0 / (ORIENTATIONS as f32 * cells * (mean + MASK_EPSILON));
        Self { side, hog, touched, wanted, scale }
    }

    /// The cells that count.
    #[must_use]
    pub fn touched(&self) -> &[bool] {
        &self.touched
    }

    /// The bins that count, as places in the histogram (see [`Hog::histogram`]), and what they should be.
    pub fn wanted_bins(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.wanted.iter().copied().enumerate().filter(|(i, _)| self.touched[i / ORIENTATIONS])
    }

    /// What a squared difference of one in one bin costs.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale
    }
}

/// The cells whose window a stroke touches.
fn touched_cells(hog: &Hog, edge: &[f32], side: usize) -> Vec<bool> {
    let n = hog.cells();
    let touches = |cell: usize| {
        let sum: f32 =
            hog.reach(cell / n).map(|y| hog.reach(cell % n).map(|x| edge[y * side + x]).sum::<f32>()).sum();
        sum > 1e-5
    };
    (0..n * n).map(touches).collect()
}

impl PictureCost for Edges {
    fn name(&self) -> &'static str {
        "edges"
    }

    fn side(&self) -> usize {
        self.side
    }

    fn cost(&self, planes: &[f32]) -> f32 {
        let histogram = self.hog.histogram(planes, &self.touched);
        self.scale * self.wanted_bins().map(|(i, wanted)| (histogram[i] - wanted).powi(2)).sum::<f32>()
    }

    fn gradient(&self, planes: &[f32], scale: f32, gradient: &mut [f32]) {
        let mut bins = self.hog.histogram(planes, &self.touched);
        for (i, (bin, wanted)) in bins.iter_mut().zip(&self.wanted).enumerate() {
            let counts = f32::from(u8::from(self.touched[i / ORIENTATIONS]));
            *bin = 2.0 * scale * self.scale * counts * (*bin - wanted);
        }
        self.hog.backward(planes, &bins, gradient);
    }
}
