//! The masked edge error.

use super::picture_cost::{PictureCost, term};
use super::{Definition, MASK_EPSILON};
use crate::ValueRange;
use crate::search::bank::{PictureIndex, WantedRow};
use crate::search::constraint::Constraints;
use crate::search::hog::{Hog, ORIENTATIONS};

/// The name of the term.
pub const EDGES: &str = "edges";

pub(super) const TERM: Definition = Definition {
    name: EDGES,
    about: "How much sketched edges count",
    weight: 0.2,
    most: 10.0,
    of_strokes: true,
    make: |task| {
        let strokes = &*task.request.constraints;
        Ok(strokes.has_edge().then(|| term(Edges::new(strokes, task.model.range))))
    },
};

/// iGAN's edge term: `mean((hog(x) - hog(e))^2 m) / (mean(m) + 1e-5)` over cells and orientations, where e is
/// the sketch as a picture (white on black) and m is 1 in every cell that a stroke touches.
pub struct Edges {
    size: [usize; 2],
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
        let size = constraints.size;
        let hog = Hog::new(size, range);
        let touched = touched_cells(&hog, &constraints.edge, size[1]);
        let sketch: Vec<f32> = constraints.edge.iter().map(|&light| range.from_light(light)).collect();
        let wanted = hog.histogram(&sketch, &touched);
        let cells = touched.len().max(1) as f32;
        let mean = touched.iter().filter(|&&t| t).count() as f32 / cells;
        let scale = 1.0 / (ORIENTATIONS as f32 * cells * (mean + MASK_EPSILON));
        Self { size, hog, touched, wanted, scale }
    }

    /// The cells that count.
    #[must_use]
    pub fn touched(&self) -> &[bool] {
        &self.touched
    }

    /// The bins that count, as places in the histogram (see [`Hog::histogram`]), and what they should be.
    fn wanted_bins(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.wanted.iter().copied().enumerate().filter(|(i, _)| self.touched[i / ORIENTATIONS])
    }
}

/// The cells whose window a stroke touches.
fn touched_cells(hog: &Hog, edge: &[f32], width: usize) -> Vec<bool> {
    let touches = |cell: usize| {
        let [rows, columns] = hog.reach(cell);
        let row = |y: usize| edge[y * width..][columns.clone()].iter().sum::<f32>();
        rows.map(row).sum::<f32>() > 1e-5
    };
    (0..hog.cell_count()).map(touches).collect()
}

impl PictureCost for Edges {
    fn name(&self) -> &'static str {
        EDGES
    }

    fn size(&self) -> [usize; 2] {
        self.size
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

    fn estimates(&self, index: &PictureIndex) -> Vec<f32> {
        let scale = self.scale;
        let rows = self.wanted_bins().map(|(row, value)| WantedRow { row, value, scale });
        index.histogram_costs(&rows.collect::<Vec<_>>())
    }
}
