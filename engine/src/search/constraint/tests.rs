//! Strokes become maps.

use proptest::prelude::*;

use std::sync::Arc;

use super::*;

fn line(kind: StrokeKind, width: f32, points: &[[f32; 2]]) -> Stroke {
    Stroke::new(kind, width, points.to_vec())
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
    let strokes =
        [[255, 0, 0], [0, 0, 255]].map(|rgb| line(StrokeKind::Colour(rgb), 0.3, &[[0.2, 0.5], [0.8, 0.5]]));
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
    (kind, width, points).prop_map(|(kind, width, points)| Stroke::new(kind, width, points))
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
        let t = if square > 0.0 { (((x - ax) * dx + (y - ay) * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
        (x - ax - t * dx).hypot(y - ay - t * dy)
    };
    let ends = |i: usize| [scaled[i], scaled[(i + 1).min(scaled.len() - 1)]];
    let pieces = scaled.len().saturating_sub(1).max(scaled.len().min(1));
    let cover = |i: usize| {
        let at = [(i % width) as f64 + 0.5, (i / width) as f64 + 0.5];
        let nearest = (0..pieces).map(ends).map(|[a, b]| to_segment(at, a, b)).fold(f64::INFINITY, f64::min);
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
        assert!((row - diameter).abs() < 0.6 && (column - diameter).abs() < 0.6, "{size:?} {row} {column}");
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

/// A picture in which every pixel differs.
fn numbered(size: [usize; 2]) -> Arc<Picture> {
    let rgb = (0..size[0] * size[1]).flat_map(|i| [(i % size[1]) as u8, (i / size[1]) as u8, 77]);
    Arc::new(Picture::new(size[1], size[0], rgb.collect()).unwrap())
}

#[test]
fn a_patch_is_wanted_where_the_stroke_ends() {
    let size = [48, 64];
    let picture = numbered(size);
    let points = vec![[0.25, 0.5], [0.9, 0.1], [0.5, 0.25]];
    let stroke = Stroke::new(StrokeKind::Patch(picture.clone()), 10.0 / 48.0, points);
    let maps = Constraints::rasterize(&[stroke], size);
    // 16 pixels to the right, 12 up, wherever the way between them went.
    for (x, y) in [(32, 12), (30, 9), (35, 14)] {
        let i = y * 64 + x;
        assert_eq!(maps.colour_mask[i], 1.0, "{x} {y}");
        let wanted = picture.pixel(x - 16, y + 12).map(|byte| f32::from(byte) / 255.0);
        assert_eq!(maps.colour[3 * i..3 * i + 3], wanted);
        assert!((maps.texture[i] - picture.lightness()[(y + 12) * 64 + x - 16]).abs() < 1e-6);
    }
    assert!(maps.taken[24 * 64 + 16] == 1.0 && maps.taken[12 * 64 + 32] == 0.0);
    assert!(maps.texture[12 * 64 + 24] > 0.0, "its surroundings are known");
    assert_eq!(maps.texture_mask[12 * 64 + 24], 0.0, "and don't count");
    assert!(!maps.is_empty() && maps.has_texture() && !maps.has_edge());
    // A later stroke covers it, the eraser takes it away.
    let over = line(StrokeKind::Colour([1, 2, 3]), 0.1, &[[0.5, 0.25]]);
    let mut covered = maps.clone();
    covered.add(&over);
    assert!(covered.texture_mask[12 * 64 + 32] == 0.0 && covered.colour_mask[12 * 64 + 32] == 1.0);
    let mut erased = maps;
    erased.add(&line(StrokeKind::Erase, 3.0, &[[0.5, 0.5]]));
    assert!(erased.is_empty() && erased.taken.iter().all(|t| *t == 0.0));
    // A picture of another size is made of the size; no points, nothing asked.
    let large = Stroke::new(StrokeKind::Patch(numbered([90, 120])), 0.2, vec![[0.3, 0.3], [0.6, 0.6]]);
    assert!(Constraints::rasterize(&[large], size).has_texture());
    let empty = Stroke::new(StrokeKind::Patch(numbered(size)), 0.2, Vec::new());
    assert!(Constraints::rasterize(&[empty], size).is_empty());
}

#[test]
fn what_must_stay_asks_for_nothing_and_the_newest_stroke_counts() {
    let keep = line(StrokeKind::Keep, 0.3, &[[0.5, 0.5]]);
    let green = line(StrokeKind::Colour([0, 255, 0]), 0.3, &[[0.5, 0.5]]);
    let middle = 16 * 32 + 16;
    let maps = Constraints::rasterize(std::slice::from_ref(&keep), [32; 2]);
    assert!(maps.is_empty() && maps.is_sound() && maps.keep[middle] == 1.0);
    let maps = Constraints::rasterize(&[keep.clone(), green.clone()], [32; 2]);
    assert!(maps.keep[middle] == 0.0 && maps.has_colour());
    let maps = Constraints::rasterize(&[green, keep], [32; 2]);
    assert!(maps.keep[middle] == 1.0 && maps.colour_mask[middle] == 0.0);
    let white = Picture::filled(8, 8, [255; 3]);
    let kept = Constraints::empty([16; 2]).keeping(&white);
    assert!(kept.keep.iter().all(|keep| *keep == 1.0));
}

#[test]
fn a_light_stroke_weighs_its_pixels_less() {
    let stroke = |weight, y| Stroke { weight, ..line(StrokeKind::Sketch, 0.1, &[[0.1, y], [0.9, y]]) };
    let maps =
        Constraints::rasterize(&[stroke(0.25, 0.25), stroke(1.0, 0.75), stroke(f32::NAN, 0.5)], [32; 2]);
    assert_eq!(
        [maps.weight[8 * 32 + 16], maps.weight[24 * 32 + 16], maps.weight[16 * 32 + 16]],
        [0.25, 1.0, 1.0]
    );
    assert!(maps.edge[8 * 32 + 16] == 1.0);
}
