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
    /// Diameter of the brush as a share of the picture's shorter side.
    pub width: f32,
    /// Where it went: (0, 0) is the top left corner, (1, 1) the bottom right one; points may lie outside.
    pub points: Vec<[f32; 2]>,
}

/// What the picture shall agree with, at a model's resolution. Maps are row by row from the top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constraints {
    /// Height and width in pixels.
    pub size: [usize; 2],
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
    pub fn empty(size: [usize; 2]) -> Self {
        let pixels = size[0] * size[1];
        Self { size, colour: vec![0.0; 3 * pixels], colour_mask: vec![0.0; pixels], edge: vec![0.0; pixels] }
    }

    /// Strokes in the order they were drawn; a later one covers an earlier one.
    #[must_use]
    pub fn rasterize(strokes: &[Stroke], size: [usize; 2]) -> Self {
        let mut maps = Self::empty(size);
        for stroke in strokes {
            maps.add(stroke);
        }
        maps
    }

    /// Draws one more stroke into the maps.
    pub fn add(&mut self, stroke: &Stroke) {
        let [height, width] = self.size.map(|side| side as f32);
        // A stroke thinner than a pixel would vanish between pixel centres.
        let radius = (stroke.width * height.min(width)).max(1.0) / 2.0;
        for segment in segments(&stroke.points) {
            let [a, b] = segment.map(|[x, y]| [x * width, y * height]);
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
        size: [usize; 2],
    ) -> Result<Self> {
        let [height, width] = size;
        let mut maps = Self::empty(size);
        if let Some((colour, mask)) = colour {
            let colour = colour.resized_nearest(width, height);
            maps.colour = colour.rgb().iter().map(|&b| f32::from(b) / 255.0).collect();
            maps.colour_mask = mask.resized_nearest(width, height).lightness();
        }
        if let Some(edge) = edge {
            maps.edge = edge.resized_nearest(width, height).lightness();
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
        let [height, width] = self.size;
        let mut colour = Picture::filled(width, height, [0; 3]);
        for (to, light) in colour.rgb_mut().iter_mut().zip(&self.colour) {
            *to = byte(light);
        }
        let grey = |map: &[f32]| {
            let mut picture = Picture::filled(width, height, [0; 3]);
            for (pixel, light) in picture.rgb_mut().chunks_exact_mut(3).zip(map) {
                pixel.fill(byte(light));
            }
            picture
        };
        (colour, grey(&self.colour_mask), grey(&self.edge))
    }

    /// True when the maps have as many numbers as pixels of their size ask for, and all are finite.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let pixels = self.size[0].saturating_mul(self.size[1]);
        let maps = [(&self.colour, 3), (&self.colour_mask, 1), (&self.edge, 1)];
        maps.into_iter().all(|(map, each)| {
            map.len() == pixels.saturating_mul(each) && map.iter().all(|value| value.is_finite())
        })
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
fn covered(
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
    use proptest::prelude::*;

    use super::*;

    fn line(kind: StrokeKind, width: f32, points: &[[f32; 2]]) -> Stroke {
        Stroke { kind, width, points: points.to_vec() }
    }

    #[test]
    fn a_line_covers_its_width() {
        let maps = Constraints::rasterize(
            &[line(StrokeKind::Colour([0, 255, 0]), 4.0 / 64.0, &[[0.0, 0.5], [1.0, 0.5]])],
            [64; 2],
        );
        let column: f32 = (0..64).map(|y| maps.colour_mask[y * 64 + 30]).sum();
        assert!((column - 4.0).abs() < 0.1, "{column}");
        assert_eq!(maps.colour[3 * (32 * 64 + 30) + 1], 1.0);
    }

    #[test]
    fn a_dot_and_a_hairline_leave_a_mark() {
        for points in [&[[0.5, 0.5]][..], &[[0.2, 0.3], [0.8, 0.7]]] {
            assert!(Constraints::rasterize(&[line(StrokeKind::Sketch, 0.0, points)], [64; 2]).has_edge());
        }
    }

    #[test]
    fn the_eraser_takes_strokes_away_and_later_ones_come_back() {
        let green = line(StrokeKind::Colour([0, 255, 0]), 0.1, &[[0.5, 0.5]]);
        let sketch = line(StrokeKind::Sketch, 0.1, &[[0.5, 0.5]]);
        let erase = line(StrokeKind::Erase, 0.4, &[[0.5, 0.5]]);
        let strokes = [green.clone(), sketch, erase, green];
        assert!(Constraints::rasterize(&strokes[..3], [32; 2]).is_empty());
        let maps = Constraints::rasterize(&strokes, [32; 2]);
        assert!(maps.has_colour() && !maps.has_edge());
    }

    #[test]
    fn a_later_colour_covers_an_earlier_one() {
        let strokes = [[255, 0, 0], [0, 0, 255]]
            .map(|rgb| line(StrokeKind::Colour(rgb), 0.3, &[[0.2, 0.5], [0.8, 0.5]]));
        let maps = Constraints::rasterize(&strokes, [32; 2]);
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
        for size in [[32, 32], [24, 40]] {
            let maps = Constraints::rasterize(&strokes, size);
            let (colour, mask, edge) = maps.to_pictures();
            let back = Constraints::from_pictures(Some((&colour, &mask)), Some(&edge), size).unwrap();
            assert_eq!(back, maps);
        }
    }

    #[test]
    fn points_outside_and_wild_numbers_do_no_harm() {
        for wild in [-1e9, 1e9, f32::NAN, f32::INFINITY] {
            let stroke = line(StrokeKind::Sketch, 0.1, &[[0.5, 0.5], [wild, 0.5], [0.5, wild]]);
            let maps = Constraints::rasterize(&[stroke], [16; 2]);
            assert!(maps.edge.iter().all(|v| v.is_finite()));
        }
    }

    /// Any stroke whose points lie in the picture or around it.
    fn any_stroke() -> impl Strategy<Value = Stroke> {
        let kind = prop_oneof![
            any::<[u8; 3]>().prop_map(StrokeKind::Colour),
            Just(StrokeKind::Sketch),
            Just(StrokeKind::Erase)
        ];
        let width = prop_oneof![Just(0.0), 0.0f32..0.5, 0.5f32..40.0, Just(f32::MAX), Just(-1.0)];
        let points = prop::collection::vec(prop::array::uniform2(-1.0f32..2.0), 0..6);
        (kind, width, points).prop_map(|(kind, width, points)| Stroke { kind, width, points })
    }

    /// What a mask of one stroke should be: every pixel asked for its distance, in double precision.
    fn by_distance(stroke: &Stroke, [height, width]: [usize; 2]) -> Vec<f64> {
        let scaled: Vec<[f64; 2]> = (stroke.points.iter())
            .map(|&[x, y]| [f64::from(x) * width as f64, f64::from(y) * height as f64])
            .collect();
        let radius = (f64::from(stroke.width) * height.min(width) as f64).max(1.0) / 2.0;
        let to_segment = |[x, y]: [f64; 2], [ax, ay]: [f64; 2], [bx, by]: [f64; 2]| {
            let (dx, dy) = (bx - ax, by - ay);
            let square = dx * dx + dy * dy;
            let t =
                if square > 0.0 { (((x - ax) * dx + (y - ay) * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
            (x - ax - t * dx).hypot(y - ay - t * dy)
        };
        let ends = |i: usize| [scaled[i], scaled[(i + 1).min(scaled.len() - 1)]];
        let pieces = scaled.len().saturating_sub(1).max(scaled.len().min(1));
        let cover = |i: usize| {
            let at = [(i % width) as f64 + 0.5, (i / width) as f64 + 0.5];
            let nearest =
                (0..pieces).map(ends).map(|[a, b]| to_segment(at, a, b)).fold(f64::INFINITY, f64::min);
            (radius + 0.5 - nearest).clamp(0.0, 1.0)
        };
        (0..height * width).map(cover).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

        #[test]
        fn a_stroke_covers_what_is_near_it_in_pictures_of_any_sides(
            stroke in any_stroke(),
            size in prop::array::uniform2(0usize..40),
        ) {
            let maps = Constraints::rasterize(std::slice::from_ref(&stroke), size);
            let mask = match stroke.kind {
                StrokeKind::Colour(_) => &maps.colour_mask,
                _ => &maps.edge,
            };
            prop_assert_eq!(mask.len(), size[0] * size[1]);
            for (cover, expected) in mask.iter().zip(by_distance(&stroke, size)) {
                let expected = if stroke.kind == StrokeKind::Erase { 0.0 } else { expected };
                prop_assert!((f64::from(*cover) - expected).abs() < 0.003, "{} {}", cover, expected);
            }
        }

        #[test]
        fn maps_stay_maps_and_a_window_onto_a_larger_picture_sees_the_same(
            strokes in prop::collection::vec(any_stroke(), 0..5),
            size in prop::array::uniform2(1usize..24),
        ) {
            let maps = Constraints::rasterize(&strokes, size);
            let light = maps.colour.iter().chain(&maps.colour_mask).chain(&maps.edge);
            prop_assert!(light.copied().all(|v| (0.0..=1.0).contains(&v)));
            // The same strokes in the middle of a picture three times as high and wide.
            let [height, width] = size;
            let middle = |stroke: &Stroke| Stroke {
                points: stroke.points.iter().map(|p| p.map(|v| (v + 1.0) / 3.0)).collect(),
                width: stroke.width / 3.0,
                ..stroke.clone()
            };
            let large = Constraints::rasterize(&strokes.iter().map(middle).collect::<Vec<_>>(), size.map(|s| 3 * s));
            for y in 0..height {
                for x in 0..width {
                    let (here, there) = (y * width + x, (y + height) * 3 * width + x + width);
                    // A 255th up or down where rounding falls on either side, as often as a stroke covers it.
                    let near = |a: f32, b: f32| (a - b).abs() < (strokes.len() as f32 + 1.0) / 255.0 + 1e-4;
                    prop_assert!(near(maps.colour_mask[here], large.colour_mask[there]));
                    prop_assert!(near(maps.edge[here], large.edge[there]));
                }
            }
        }
    }

    #[test]
    fn a_brush_is_round_in_pictures_of_any_sides() {
        for size in [[48, 64], [64, 48], [20, 90]] {
            let dot = line(StrokeKind::Sketch, 0.5, &[[0.5, 0.5]]);
            let maps = Constraints::rasterize(&[dot], size);
            let [height, width] = size;
            let row: f32 = maps.edge[height / 2 * width..][..width].iter().sum();
            let column: f32 = (0..height).map(|y| maps.edge[y * width + width / 2]).sum();
            let diameter = 0.5 * height.min(width) as f32;
            assert!(
                (row - diameter).abs() < 0.6 && (column - diameter).abs() < 0.6,
                "{size:?} {row} {column}"
            );
        }
    }

    #[test]
    fn empty_pictures_are_refused() {
        let black = Picture::filled(8, 8, [0; 3]);
        let error = Constraints::from_pictures(Some((&black, &black)), None, [64; 2]).unwrap_err();
        assert!(error.to_string().contains("empty"));
        let white = Picture::filled(8, 8, [255; 3]);
        assert!(Constraints::from_pictures(Some((&black, &white)), None, [64; 2]).unwrap().has_colour());
    }
}
