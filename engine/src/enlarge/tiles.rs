//! Tiles that overlap: of each only its middle is used, except where it lies at the rim of the picture.

use crate::Picture;

/// A stretch of an axis that is looked at, and the part of it that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: usize,
    length: usize,
    used: [usize; 2],
}

/// A tile: what is looked at, and the part of it that is used, in pixels of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    columns: [usize; 2],
    rows: [usize; 2],
}

/// Tiles of `tile` pixels a side of which so many at each inner edge are not used, `tile` more than twice as many; all of
/// one size where the picture is larger than a tile.
pub(super) fn of([width, height]: [usize; 2], tile: usize, margin: usize) -> Vec<Place> {
    let (columns, rows) = (spans(width, tile, margin), spans(height, tile, margin));
    let place = |row: &Span, column: &Span| Place {
        left: column.first,
        top: row.first,
        width: column.length,
        height: row.length,
        columns: column.used,
        rows: row.used,
    };
    rows.iter().flat_map(|row| columns.iter().map(move |column| place(row, column))).collect()
}

fn spans(side: usize, tile: usize, margin: usize) -> Vec<Span> {
    if side <= tile {
        return vec![Span { first: 0, length: side, used: [0, side] }];
    }
    let step = tile - 2 * margin;
    let (mut spans, mut used) = (Vec::new(), 0);
    while used < side {
        // The last one ends where the picture ends, so that all are of one size.
        let first = used.saturating_sub(margin).min(side - tile);
        let end = if first + tile == side { side } else { (first + margin + step).min(side) };
        spans.push(Span { first, length: tile, used: [used, end] });
        used = end;
    }
    spans
}

impl Place {
    /// Copies what is used of the enlarged tile to where it belongs in the enlarged picture.
    pub fn copy_used(&self, tile: &Picture, large: &mut Picture, factor: usize) {
        let [left, right] = self.columns.map(|x| x * factor);
        let [top, bottom] = self.rows.map(|y| y * factor);
        let (wide, tile_wide) = (large.width(), tile.width());
        for y in top..bottom {
            let from = 3 * ((y - self.top * factor) * tile_wide + left - self.left * factor);
            let to = 3 * (y * wide + left);
            let length = 3 * (right - left);
            large.rgb_mut()[to..to + length].copy_from_slice(&tile.rgb()[from..from + length]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_covers_every_pixel_once_and_keeps_its_distance() {
        for (side, tile, margin) in
            [(1, 16, 3), (16, 16, 3), (17, 16, 3), (100, 16, 3), (31, 16, 7), (500, 128, 20)]
        {
            let spans = spans(side, tile, margin);
            let mut next = 0;
            for span in &spans {
                assert_eq!(span.used[0], next, "{side} {tile} {margin}");
                assert!(span.used[1] > span.used[0] && span.first + span.length <= side);
                assert!(span.first == 0 || span.used[0] >= span.first + margin);
                let end = span.first + span.length;
                assert!(end == side || span.used[1] + margin <= end);
                next = span.used[1];
            }
            assert_eq!(next, side);
            assert!(side <= tile || spans.iter().all(|span| span.length == tile));
        }
    }
}
