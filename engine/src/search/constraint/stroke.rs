//! A stroke as it was drawn, independent of any resolution.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Picture, shared};

/// What a stroke asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrokeKind {
    /// The picture shall have this colour here.
    Colour([u8; 3]),
    /// The picture shall have an edge here.
    Sketch,
    /// What lies under the brush in this picture at the stroke's first point is wanted at its last one: colours and
    /// edges (iGAN's warp). The picture has the model's size, or is made so.
    Patch(#[serde(with = "shared")] Arc<Picture>),
    /// This must stay as it is; it counts where a picture is edited.
    Keep,
    /// Earlier strokes end here.
    Erase,
}

/// A stroke as it was drawn, independent of any resolution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// What it asks for.
    pub kind: StrokeKind,
    /// Diameter of the brush as a share of the picture's shorter side.
    pub width: f32,
    /// Where it went: (0, 0) is the top left corner, (1, 1) the bottom right one; points may lie outside.
    pub points: Vec<[f32; 2]>,
    /// How much it counts, 0 to 1.
    #[serde(default = "whole")]
    pub weight: f32,
}

fn whole() -> f32 {
    1.0
}

impl Stroke {
    /// A stroke that counts wholly.
    #[must_use]
    pub fn new(kind: StrokeKind, width: f32, points: Vec<[f32; 2]>) -> Self {
        Self { kind, width, points, weight: whole() }
    }
}

/// The pieces of a polyline; a single point is a piece of no length.
pub(super) fn segments(points: &[[f32; 2]]) -> impl Iterator<Item = [[f32; 2]; 2]> + '_ {
    let dot = if let [point] = points { Some([*point, *point]) } else { None };
    dot.into_iter().chain(points.windows(2).map(|pair| [pair[0], pair[1]]))
}

/// The pixels within `radius` of the segment a-b and how much of each is covered (a ramp one pixel wide).
pub(super) fn covered(
    a: [f32; 2],
    b: [f32; 2],
    radius: f32,
    [height, width]: [usize; 2],
) -> impl Iterator<Item = (usize, f32)> {
    let reach = radius + 1.0;
    let range = |axis: usize, side: usize| {
        let low = (a[axis].min(b[axis]) - reach).floor().clamp(0.0, side as f32) as usize;
        let high = (a[axis].max(b[axis]) + reach).ceil().clamp(0.0, side as f32) as usize;
        low..high
    };
    let (columns, rows) = (range(0, width), range(1, height));
    rows.flat_map(move |y| columns.clone().map(move |x| (x, y))).filter_map(move |(x, y)| {
        let away = distance_to_segment([x as f32 + 0.5, y as f32 + 0.5], a, b);
        let cover = whole_byte((radius + 0.5 - away).clamp(0.0, 1.0));
        (cover > 0.0).then_some((y * width + x, cover))
    })
}

/// The nearest 255th: maps must survive the way through a picture, so that the command line sees what the window
/// saw.
pub(super) fn whole_byte(light: f32) -> f32 {
    (light * 255.0).round() / 255.0
}

fn distance_to_segment(p: [f32; 2], a: [f32; 2], b: [f32; 2]) -> f32 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length_squared = dx * dx + dy * dy;
    let t = if length_squared > 0.0 {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}
