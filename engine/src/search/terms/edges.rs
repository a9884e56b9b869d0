//! The masked edge error.

use super::picture_cost::{PictureCost, term};
use super::{Definition, MASK_EPSILON};
use crate::ValueRange;
use crate::search::bank::{PictureIndex, WantedRow};
use crate::search::constraint::Constraints;
use crate::search::hog::{Hog, ORIENTATIONS};

/// The least share of a cell's window that a patch covers where its edges count.
const COVERED: f32 = 0.3;

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
        let asked = strokes.has_edge() || strokes.has_texture();
        Ok(asked.then(|| term(Edges::new(strokes, task.model.range))))
    },
};

/// iGAN's edge term: `mean((hog(x) - hog(e))^2 m) / (mean(m) + 1e-5)` over cells and orientations, where e is
/// the sketch as a picture (white on black) and m is 1 in every cell that a stroke touches. Where no sketch is, e is a
/// patch that covers the cell. A stroke's weight counts in the first mean alone.
pub struct Edges {
    size: [usize; 2],
    hog: Hog,
    /// The mask, cell by cell.
    touched: Vec<bool>,
    /// How much each cell counts.
    weight: Vec<f32>,
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
        let (sketched, of_sketch) = cells(&hog, constraints, &constraints.edge, 0.0);
        let (covered, of_patch) = cells(&hog, constraints, &constraints.texture_mask, COVERED);
        let histogram = |light: &[f32], cells: &[bool]| {
            let planes: Vec<f32> = light.iter().map(|&light| range.from_light(light)).collect();
            hog.histogram(&planes, cells)
        };
        let mut wanted = histogram(&constraints.edge, &sketched);
        let patched: Vec<bool> = covered.iter().zip(&sketched).map(|(c, s)| *c && !s).collect();
        if patched.contains(&true) {
            let of_patches = histogram(&constraints.texture, &patched);
            for cell in (0..patched.len()).filter(|&cell| patched[cell]) {
                let bins = cell * ORIENTATIONS..(cell + 1) * ORIENTATIONS;
                wanted[bins.clone()].copy_from_slice(&of_patches[bins]);
            }
        }
        let weight =
            (0..patched.len()).map(|i| if sketched[i] { of_sketch[i] } else { of_patch[i] }).collect();
        let touched: Vec<bool> = sketched.iter().zip(&patched).map(|(s, p)| *s || *p).collect();
        let count = touched.len().max(1) as f32;
        let mean = touched.iter().filter(|&&t| t).count() as f32 / count;
        let scale = 1.0 / (ORIENTATIONS as f32 * count * (mean + MASK_EPSILON));
        Self { size, hog, touched, weight, wanted, scale }
    }

    /// The cells that count.
    #[must_use]
    pub fn touched(&self) -> &[bool] {
        &self.touched
    }

    /// The bins that count, as places in the histogram (see [`Hog::histogram`]), what they should be and how much they
    /// count.
    fn wanted_bins(&self) -> impl Iterator<Item = (usize, f32, f32)> + '_ {
        let bins = self.wanted.iter().copied().enumerate();
        bins.filter(|(i, _)| self.touched[i / ORIENTATIONS])
            .map(|(i, wanted)| (i, wanted, self.weight[i / ORIENTATIONS]))
    }
}

/// The cells of whose window more than a share is masked, and the mean weight of what is masked there.
fn cells(hog: &Hog, constraints: &Constraints, mask: &[f32], least: f32) -> (Vec<bool>, Vec<f32>) {
    let width = constraints.size[1];
    let of_cell = |cell: usize| {
        let [rows, columns] = hog.reach(cell);
        let pixels = rows.len() * columns.len();
        let (mut sum, mut weighted) = (0f32, 0f32);
        for y in rows {
            for x in columns.clone() {
                sum += mask[y * width + x];
                weighted += mask[y * width + x] * constraints.weight[y * width + x];
            }
        }
        (sum > (least * pixels as f32).max(1e-5), weighted / sum.max(1e-5))
    };
    (0..hog.cell_count()).map(of_cell).unzip()
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
        self.scale
            * self
                .wanted_bins()
                .map(|(i, wanted, weight)| weight * (histogram[i] - wanted).powi(2))
                .sum::<f32>()
    }

    fn gradient(&self, planes: &[f32], scale: f32, gradient: &mut [f32]) {
        let mut bins = self.hog.histogram(planes, &self.touched);
        for (i, (bin, wanted)) in bins.iter_mut().zip(&self.wanted).enumerate() {
            let cell = i / ORIENTATIONS;
            let counts = if self.touched[cell] { self.weight[cell] } else { 0.0 };
            *bin = 2.0 * scale * self.scale * counts * (*bin - wanted);
        }
        self.hog.backward(planes, &bins, gradient);
    }

    fn estimates(&self, index: &PictureIndex) -> Vec<f32> {
        let row = |(row, value, weight)| WantedRow { row, value, scale: self.scale * weight };
        let rows = self.wanted_bins().map(row);
        index.histogram_costs(&rows.collect::<Vec<_>>())
    }
}
