//! The masked colour error.

use super::MASK_EPSILON;
use super::picture_cost::PictureCost;
use crate::ValueRange;
use crate::search::constraint::Constraints;

/// iGAN's colour term: `mean((x - c)^2 m) / (mean(m) + 1e-5)` over channels and pixels, in the model's value
/// range, where c are the wanted colours and m is the mask.
pub struct Colour {
    side: usize,
    /// Only the pixels that count.
    pixels: Vec<WantedPixel>,
    /// 1 / (3 S^2 (mean(m) + epsilon)).
    scale: f32,
}

struct WantedPixel {
    index: usize,
    mask: f32,
    colour: [f32; 3],
}

impl Colour {
    /// The term for a map of wanted colours.
    #[must_use]
    pub fn new(constraints: &Constraints, range: ValueRange) -> Self {
        let pixels: Vec<WantedPixel> = constraints
            .colour_mask
            .iter()
            .enumerate()
            .filter(|&(_, &mask)| mask > 0.0)
            .map(|(index, &mask)| {
                let light = |c: usize| constraints.colour[3 * index + c];
                WantedPixel { index, mask, colour: [0, 1, 2].map(|c| range.from_light(light(c))) }
            })
            .collect();
        let count = (constraints.size * constraints.size) as f32;
        let mean = pixels.iter().map(|p| p.mask).sum::<f32>() / count;
        Self { side: constraints.size, pixels, scale: 1.0 / (3.0 * count * (mean + MASK_EPSILON)) }
    }
}

/// Where channel `c` of a pixel stands; a grey picture has one plane for all three.
fn position(planes: &[f32], plane: usize, c: usize, index: usize) -> usize {
    if planes.len() == plane { index } else { c * plane + index }
}

impl PictureCost for Colour {
    fn name(&self) -> &'static str {
        "colour"
    }

    fn side(&self) -> usize {
        self.side
    }

    fn cost(&self, planes: &[f32]) -> f32 {
        let plane = self.side * self.side;
        let error = |pixel: &WantedPixel| {
            let channel =
                |c: usize| (planes[position(planes, plane, c, pixel.index)] - pixel.colour[c]).powi(2);
            pixel.mask * (channel(0) + channel(1) + channel(2))
        };
        self.scale * self.pixels.iter().map(error).sum::<f32>()
    }

    fn gradient(&self, planes: &[f32], scale: f32, gradient: &mut [f32]) {
        let plane = self.side * self.side;
        for pixel in &self.pixels {
            for (c, wanted) in pixel.colour.into_iter().enumerate() {
                let at = position(planes, plane, c, pixel.index);
                gradient[at] += 2.0 * scale * self.scale * pixel.mask * (planes[at] - wanted);
            }
        }
    }
}
