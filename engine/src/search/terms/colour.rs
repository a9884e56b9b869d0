//! The masked colour error.

use super::picture_cost::{PictureCost, term};
use super::{Definition, MASK_EPSILON};
use crate::ValueRange;
use crate::search::Base;
use crate::search::bank::{PictureIndex, WantedRow};
use crate::search::constraint::Constraints;

/// The name of the term.
pub const COLOUR: &str = "colour";

pub(super) const TERM: Definition = Definition {
    name: COLOUR,
    about: "How much painted colours count",
    weight: 1.0,
    most: 10.0,
    of_strokes: true,
    make: |task| {
        let strokes = &*task.request.constraints;
        let residue = task.request.base.as_ref().and_then(Base::residue);
        Ok(strokes.has_colour().then(|| term(Colour::over(strokes, residue.as_deref(), task.model.range))))
    },
};

/// iGAN's colour term: `mean((x - c)^2 m) / (mean(m) + 1e-5)` over channels and pixels, in the model's value
/// range, where c are the wanted colours and m is the mask; a stroke's weight counts in the first mean alone.
pub struct Colour {
    size: [usize; 2],
    range: ValueRange,
    /// Only the pixels that count.
    pixels: Vec<WantedPixel>,
    /// 1 / (3 H W (mean(m) + epsilon)).
    scale: f32,
}

struct WantedPixel {
    index: usize,
    /// Its mask times the weight of its stroke.
    mask: f32,
    colour: [f32; 3],
}

impl Colour {
    /// The term for a map of wanted colours.
    #[must_use]
    pub fn new(constraints: &Constraints, range: ValueRange) -> Self {
        Self::over(constraints, None, range)
    }

    /// The same where a residue (light, `[row][column][channel]`) is added to what the model makes: the sum shall have the
    /// wanted colours, as far as there are such colours.
    #[must_use]
    pub fn over(constraints: &Constraints, residue: Option<&[f32]>, range: ValueRange) -> Self {
        let wanted = |index: usize, c: usize| {
            let light = constraints.colour[3 * index + c];
            residue.map_or(light, |residue| (light - residue[3 * index + c]).clamp(0.0, 1.0))
        };
        let masks = || constraints.colour_mask.iter().enumerate().filter(|&(_, &mask)| mask > 0.0);
        let pixels = masks()
            .map(|(index, &mask)| WantedPixel {
                index,
                mask: mask * constraints.weight[index],
                colour: [0, 1, 2].map(|c| range.from_light(wanted(index, c))),
            })
            .collect();
        let [height, width] = constraints.size;
        let count = (height * width) as f32;
        let mean = masks().map(|(_, mask)| mask).sum::<f32>() / count;
        Self { size: constraints.size, range, pixels, scale: 1.0 / (3.0 * count * (mean + MASK_EPSILON)) }
    }
}

/// Where channel `c` of a pixel stands; a grey picture has one plane for all three.
fn position(planes: &[f32], plane: usize, c: usize, index: usize) -> usize {
    if planes.len() == plane { index } else { c * plane + index }
}

impl PictureCost for Colour {
    fn name(&self) -> &'static str {
        COLOUR
    }

    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn cost(&self, planes: &[f32]) -> f32 {
        let plane = self.size[0] * self.size[1];
        let error = |pixel: &WantedPixel| {
            let channel =
                |c: usize| (planes[position(planes, plane, c, pixel.index)] - pixel.colour[c]).powi(2);
            pixel.mask * (channel(0) + channel(1) + channel(2))
        };
        self.scale * self.pixels.iter().map(error).sum::<f32>()
    }

    fn gradient(&self, planes: &[f32], scale: f32, gradient: &mut [f32]) {
        let plane = self.size[0] * self.size[1];
        for pixel in &self.pixels {
            for (c, wanted) in pixel.colour.into_iter().enumerate() {
                let at = position(planes, plane, c, pixel.index);
                gradient[at] += 2.0 * scale * self.scale * pixel.mask * (planes[at] - wanted);
            }
        }
    }

    /// At the small size: the wanted colour of a block is the mean over its masked pixels.
    fn estimates(&self, index: &PictureIndex) -> Vec<f32> {
        let small = index.small();
        let mut sums = vec![[0f32; 4]; small.pixels()];
        for pixel in &self.pixels {
            let sum = &mut sums[small.pixel_of(pixel.index)];
            for (sum, wanted) in sum.iter_mut().zip(pixel.colour) {
                *sum += pixel.mask * wanted;
            }
            sum[3] += pixel.mask;
        }
        let per_byte = 1.0 / (255.0 * self.range.light_per_unit());
        let rows = |(pixel, [r, g, b, mask]): (usize, [f32; 4])| {
            let scale = self.scale * mask * per_byte * per_byte;
            let wanted = [r, g, b].map(|sum| 255.0 * self.range.to_light(sum / mask));
            [0, 1, 2].map(|c| WantedRow { row: 3 * pixel + c, value: wanted[c], scale })
        };
        let touched = sums.into_iter().enumerate().filter(|(_, sum)| sum[3] > 0.0);
        index.colour_costs(&touched.flat_map(rows).collect::<Vec<_>>())
    }
}
