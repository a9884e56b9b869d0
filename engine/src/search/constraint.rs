//! Strokes, and the maps that they become at a model's resolution: colours with a mask, edges with a mask.

use serde::{Deserialize, Serialize};

use crate::{Error, Picture, Result};

/// What a stroke asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrokeKind {
    /// The picture shall have this colour here.
    Colour([u8; 3]),
    /// The picture shall have an edge here.
    Sketch,
    /// Earlier strokes end here.
    Erase,
}

/// A stroke as it was drawn, independent of any resolution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// What it asks for.
    pub kind: StrokeKind,
    /// Diameter of the brush as a share of the picture's side.
    pub width: f32,
    /// Where it went: (0, 0) is the top left corner, (1, 1) the bottom right one; points may lie outside.
    pub points: Vec<[f32; 2]>,
}

/// What the picture shall agree with, at a model's resolution. Maps are row by row from the top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constraints {
    /// Pixels a side.
    pub size: usize,
    /// Wanted colours, 0 to 1, `[row][column][channel]`; only the masked ones count.
    pub colour: Vec<f32>,
    /// How much the colour of a pixel counts, 0 to 1.
    pub colour_mask: Vec<f32>,
    /// Sketched edges, 0 to 1.
    pub edge: Vec<f32>,
}

impl Constraints {
    /// Nothing asked for yet.
    #[must_use]
    pub fn empty(size: usize) -> Self {
        let pixels = size * size;
        Self { size, colour: vec![0.0; 3 * pixels], colour_mask: vec![0.0; pixels], edge: vec![0.0; pixels] }
    }

    /// Strokes in the order they were drawn; a later one covers an earlier one.
    #[must_use]
    pub fn rasterize(strokes: &[Stroke], size: usize) -> Self {
        let mut maps = Self::empty(size);
        for stroke in strokes {
            maps.add(stroke);
        }
        maps
    }

    /// Draws one more stroke into the maps.
    pub fn add(&mut self, stroke: &Stroke) {
        // A stroke thinner than a pixel would vanish between pixel centres.
        let radius = (stroke.width * self.size as f32).max(1.0) / 2.0;
        for segment in segments(&stroke.points) {
            let [a, b] = segment.map(|p| p.map(|v| v * self.size as f32));
            for (i, cover) in covered(a, b, radius, self.size) {
                match stroke.kind {
                    StrokeKind::Colour(rgb) => {
                        for (c, byte) in rgb.into_iter().enumerate() {
                            let value = &mut self.colour[3 * i + c];
                            let wanted = f32::from(byte) / 255.0;
                            // Where nothing was asked for before, a half-covered pixel asks for the pure
                            // colour, only less loudly.
                            let share = if self.colour_mask[i] > 0.0 { cover } else { 1.0 };
                            *value = whole_byte(*value + share * (wanted - *value));
                        }
                        self.colour_mask[i] = self.colour_mask[i].max(cover);
                    }
                    StrokeKind::Sketch => self.edge[i] = self.edge[i].max(cover),
                    StrokeKind::Erase => {
                        self.colour_mask[i] = self.colour_mask[i].min(whole_byte(1.0 - cover));
                        self.edge[i] = self.edge[i].min(whole_byte(1.0 - cover));
                    }
                }
            }
        }
    }

    /// Maps from pictures: colours, a mask that is white where they count, and white edges on black.
    /// Pictures of another size are resized to the nearest pixel.
    ///
    /// # Errors
    /// [`Error::Invalid`] when neither the mask nor the edges hold anything.
    pub fn from_pictures(
        colour: Option<(&Picture, &Picture)>,
        edge: Option<&Picture>,
        size: usize,
    ) -> Result<Self> {
        let mut maps = Self::empty(size);
        if let Some((colour, mask)) = colour {
            maps.colour =
                colour.resized_nearest(size, size).rgb().iter().map(|&b| f32::from(b) / 255.0).collect();
            maps.colour_mask = mask.resized_nearest(size, size).lightness();
        }
        if let Some(edge) = edge {
            maps.edge = edge.resized_nearest(size, size).lightness();
        }
        if maps.is_empty() {
            return Err(Error::Invalid(
                "the strokes are empty: the colour mask needs white where a colour counts, \
                 or the edge picture white where an edge shall be"
                    .into(),
            ));
        }
        Ok(maps)
    }

    /// The maps as pictures: colours, their mask, edges (both white on black).
    #[must_use]
    pub fn to_pictures(&self) -> (Picture, Picture, Picture) {
        let byte = |light: &f32| (light * 255.0).round() as u8;
        let mut colour = Picture::filled(self.size, self.size, [0; 3]);
        for (to, light) in colour.rgb_mut().iter_mut().zip(&self.colour) {
            *to = byte(light);
        }
        let grey = |map: &[f32]| {
            let mut picture = Picture::filled(self.size, self.size, [0; 3]);
            for (pixel, light) in picture.rgb_mut().chunks_exact_mut(3).zip(map) {
                pixel.fill(byte(light));
            }
            picture
        };
        (colour, grey(&self.colour_mask), grey(&self.edge))
    }

    /// True when nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_colour() && !self.has_edge()
    }

    /// True when a colour is asked for somewhere.
    #[must_use]
    pub fn has_colour(&self) -> bool {
        self.colour_mask.iter().any(|&m| m > 0.0)
    }

    /// True when an edge is asked for somewhere.
    #[must_use]
    pub fn has_edge(&self) -> bool {
        self.edge.iter().any(|&m| m > 0.0)
    }
}

/// The pieces of a polyline; a single point is a piece of no length.
fn segments(points: &[[f32; 2]]) -> impl Iterator<Item = [[f32; 2]; 2]> + '_ {
    let dot = if let [point] = points { Some([*point, *point]) } else { None };
    dot.into_iter().chain(points.windows(2).map(|pair| [pair[0], pair[1]]))
}

/// The pixels within `radius` of the segment a-b and how much of each is covered (a ramp one pixel wide).
fn covered(a: [f32; 2], b: [f32; 2], radius: f32, size: usize) -> impl Iterator<Item = (usize, f32)> {
    let reach = radius + 1.0;
    let range = |axis: usize| {
        let low = (a[axis].min(b[axis]) - reach).floor().clamp(0.0, size as f32) as usize;
        let high = (a[axis].max(b[axis]) + reach).ceil().clamp(0.0, size as f32) as usize;
        low..high
    };
    let (columns, rows) = (range(0), range(1));
    rows.flat_map(move |y| columns.clone().map(move |x| (x, y))).filter_map(move |(x, y)| {
        let away = distance_to_segment([x as f32 + 0.5, y as f32 + 0.5], a, b);
        let cover = whole_byte((radius + 0.5 - away).clamp(0.0, 1.0));
        (cover > 0.0).then_some((y * size + x, cover))
    })
}

/// The nearest 255th: maps must survive the way through a picture, so that the command line sees what the window
/// saw.
fn whole_byte(light: f32) -> f32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: StrokeKind, width: f32, points: &[[f32; 2]]) -> Stroke {
        Stroke { kind, width, points: points.to_vec() }
    }

    #[test]
    fn a_line_covers_its_width() {
        let maps = Constraints::rasterize(
            &[line(StrokeKind::Colour([0, 255, 0]), 4.0 / 64.0, &[[0.0, 0.5], [1.0, 0.5]])],
            64,
        );
        let column: f32 = (0..64).map(|y| maps.colour_mask[y * 64 + 30]).sum();
        assert!((column - 4.0).abs() < 0.1, "{column}");
        assert_eq!(maps.colour[3 * (32 * 64 + 30) + 1], 1.0);
    }

    #[test]
    fn a_dot_and_a_hairline_leave_a_mark() {
        for points in [&[[0.5, 0.5]][..], &[[0.2, 0.3], [0.8, 0.7]]] {
            assert!(Constraints::rasterize(&[line(StrokeKind::Sketch, 0.0, points)], 64).has_edge());
        }
    }

    #[test]
    fn the_eraser_takes_strokes_away_and_later_ones_come_back() {
        let green = line(StrokeKind::Colour([0, 255, 0]), 0.1, &[[0.5, 0.5]]);
        let sketch = line(StrokeKind::Sketch, 0.1, &[[0.5, 0.5]]);
        let erase = line(StrokeKind::Erase, 0.4, &[[0.5, 0.5]]);
        let strokes = [green.clone(), sketch, erase, green];
        assert!(Constraints::rasterize(&strokes[..3], 32).is_empty());
        let maps = Constraints::rasterize(&strokes, 32);
        assert!(maps.has_colour() && !maps.has_edge());
    }

    #[test]
    fn a_later_colour_covers_an_earlier_one() {
        let strokes = [[255, 0, 0], [0, 0, 255]]
            .map(|rgb| line(StrokeKind::Colour(rgb), 0.3, &[[0.2, 0.5], [0.8, 0.5]]));
        let maps = Constraints::rasterize(&strokes, 32);
        assert_eq!(maps.colour[3 * (16 * 32 + 16)..][..3], [0.0, 0.0, 1.0]);
    }

    #[test]
    fn maps_survive_the_way_through_pictures() {
        let strokes = [
            line(StrokeKind::Colour([10, 200, 77]), 0.13, &[[0.1, 0.3], [0.9, 0.77]]),
            line(StrokeKind::Colour([210, 20, 177]), 0.11, &[[0.1, 0.7], [0.9, 0.31]]),
            line(StrokeKind::Erase, 0.09, &[[0.3, 0.1], [0.4, 0.93]]),
            line(StrokeKind::Sketch, 0.02, &[[0.2, 0.9], [0.7, 0.1]]),
        ];
        let maps = Constraints::rasterize(&strokes, 32);
        let (colour, mask, edge) = maps.to_pictures();
        let back = Constraints::from_pictures(Some((&colour, &mask)), Some(&edge), 32).unwrap();
        assert_eq!((back.colour_mask, back.edge), (maps.colour_mask.clone(), maps.edge));
        assert_eq!(back.colour, maps.colour);
    }

    #[test]
    fn points_outside_and_wild_numbers_do_no_harm() {
        for wild in [-1e9, 1e9, f32::NAN, f32::INFINITY] {
            let stroke = line(StrokeKind::Sketch, 0.1, &[[0.5, 0.5], [wild, 0.5], [0.5, wild]]);
            let maps = Constraints::rasterize(&[stroke], 16);
            assert!(maps.edge.iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn empty_pictures_are_refused() {
        let black = Picture::filled(8, 8, [0; 3]);
        let error = Constraints::from_pictures(Some((&black, &black)), None, 64).unwrap_err();
        assert!(error.to_string().contains("empty"));
        let white = Picture::filled(8, 8, [255; 3]);
        assert!(Constraints::from_pictures(Some((&black, &white)), None, 64).unwrap().has_colour());
    }
}
