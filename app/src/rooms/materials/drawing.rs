//! Drawing on maps of labels: a pixel has one label or another, never a mixture.

use latent_engine::Picture;
use latent_engine::model::Label;

/// The side of a map.
const SIDE: usize = 128;

/// Draws a straight piece of a stroke; places and width as shares of the side.
pub(super) fn stroke(map: &mut Picture, from: [f32; 2], to: [f32; 2], width: f32, colour: [u8; 3]) {
    let (wide, tall) = (map.width(), map.height());
    let scale = [wide as f32, tall as f32];
    let [a, b] = [from, to].map(|[x, y]| [x * scale[0], y * scale[1]]);
    let radius = (0.5 * width * wide.min(tall) as f32).max(0.71);
    let range = |axis: usize, side: usize| {
        let low = (a[axis].min(b[axis]) - radius).floor().clamp(0.0, side as f32) as usize;
        let high = (a[axis].max(b[axis]) + radius).ceil().clamp(0.0, side as f32) as usize;
        low..high
    };
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    for y in range(1, tall) {
        for x in range(0, wide) {
            let p = [x as f32 + 0.5 - a[0], y as f32 + 0.5 - a[1]];
            let share = if length > 0.0 { (p[0] * along[0] + p[1] * along[1]) / length } else { 0.0 };
            let share = share.clamp(0.0, 1.0);
            let (dx, dy) = (p[0] - share * along[0], p[1] - share * along[1]);
            if dx * dx + dy * dy <= radius * radius {
                let at = 3 * (y * wide + x);
                map.rgb_mut()[at..at + 3].copy_from_slice(&colour);
            }
        }
    }
}

fn pixel_at(map: &Picture, [x, y]: [f32; 2]) -> [usize; 2] {
    let place = |share: f32, side: usize| ((share * side as f32) as usize).min(side - 1);
    [place(x.max(0.0), map.width()), place(y.max(0.0), map.height())]
}

/// The colour at a place.
pub(super) fn colour_at(map: &Picture, at: [f32; 2]) -> [u8; 3] {
    let [x, y] = pixel_at(map, at);
    map.pixel(x, y)
}

/// The map with the area of one label around a place in another colour; `None` where it has that already.
pub(super) fn filled(map: &Picture, at: [f32; 2], colour: [u8; 3]) -> Option<Picture> {
    let (wide, tall) = (map.width(), map.height());
    let start = pixel_at(map, at);
    let old = map.pixel(start[0], start[1]);
    if old == colour {
        return None;
    }
    let mut filled = map.clone();
    let mut left = vec![start];
    while let Some([x, y]) = left.pop() {
        if filled.pixel(x, y) != old {
            continue;
        }
        let at = 3 * (y * wide + x);
        filled.rgb_mut()[at..at + 3].copy_from_slice(&colour);
        let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
        left.extend(beside.into_iter().filter(|(x, y)| *x < wide && *y < tall).map(|(x, y)| [x, y]));
    }
    Some(filled)
}

/// True when every pixel has one of these colours.
pub(super) fn holds_only(map: &Picture, colours: &[[u8; 3]]) -> bool {
    map.rgb().chunks_exact(3).all(|pixel| colours.iter().any(|colour| colour == pixel))
}

/// A map to begin with: a mountain behind a lake where the labels are those of landscapes, else the first label everywhere.
pub(super) fn first_map(labels: &[Label]) -> Picture {
    let of = |name: &str| labels.iter().find(|label| label.name == name).map(|label| label.colour);
    let first = labels.first().map_or([255; 3], |label| label.colour);
    let mut map = Picture::filled(SIDE, SIDE, of("sky").unwrap_or(first));
    let mut draw = |name: &str, points: &[[f32; 2]], width: f32| {
        let Some(colour) = of(name) else { return };
        for pair in points.windows(2) {
            stroke(&mut map, pair[0], pair[1], width, colour);
        }
    };
    draw("cloud", &[[0.12, 0.16], [0.3, 0.14]], 0.07);
    draw("rock", &[[0.3, 0.56], [0.48, 0.4], [0.58, 0.36], [0.74, 0.48], [0.95, 0.56]], 0.14);
    draw("rock", &[[0.4, 0.56], [0.9, 0.56]], 0.18);
    draw("snow", &[[0.46, 0.36], [0.56, 0.3], [0.66, 0.36]], 0.07);
    draw("trees", &[[-0.1, 0.58], [0.2, 0.6], [0.45, 0.6]], 0.1);
    draw("grass", &[[-0.1, 0.95], [1.1, 0.95]], 0.68);
    draw("water", &[[0.35, 0.76], [0.7, 0.72], [1.1, 0.72]], 0.14);
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(map: &Picture, colour: [u8; 3]) -> usize {
        map.rgb().chunks_exact(3).filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn a_stroke_covers_what_its_width_says_and_nothing_else() {
        let mut map = Picture::filled(100, 100, [0; 3]);
        stroke(&mut map, [0.2, 0.5], [0.8, 0.5], 0.1, [9; 3]);
        // A band of 60 by 10 pixels and two half discs.
        let area = 600.0 + std::f32::consts::PI * 25.0;
        assert!((count(&map, [9; 3]) as f32 - area).abs() < 20.0, "{}", count(&map, [9; 3]));
        assert!(holds_only(&map, &[[0; 3], [9; 3]]));
        stroke(&mut map, [-3.0, 2.0], [-2.0, 2.0], 0.1, [7; 3]);
        assert_eq!(count(&map, [7; 3]), 0, "beside the map");
    }

    #[test]
    fn filling_stays_within_its_area() {
        let mut map = Picture::filled(20, 20, [0; 3]);
        stroke(&mut map, [0.5, -0.2], [0.5, 1.2], 0.1, [9; 3]);
        let filled = filled(&map, [0.1, 0.1], [5; 3]).unwrap();
        assert_eq!(filled.pixel(1, 19), [5; 3]);
        assert_eq!([filled.pixel(10, 5), filled.pixel(18, 1)], [[9; 3], [0; 3]]);
        assert!(super::filled(&filled, [0.1, 0.1], [5; 3]).is_none());
        assert_eq!(colour_at(&filled, [7.0, -1.0]), [0; 3]);
    }

    #[test]
    fn the_first_map_has_only_labels_that_there_are() {
        let label = |name: &str, colour| Label { name: name.into(), colour };
        let labels = [label("sky", [1; 3]), label("grass", [2; 3]), label("water", [3; 3])];
        let map = first_map(&labels);
        assert!(holds_only(&map, &[[1; 3], [2; 3], [3; 3]]));
        assert!(count(&map, [3; 3]) > 500 && count(&map, [2; 3]) > 2000);
        assert_eq!(first_map(&[]).pixel(3, 3), [255; 3]);
    }
}
