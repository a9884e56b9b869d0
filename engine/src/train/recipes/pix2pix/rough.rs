//! Maps of labels made as rough as those that people paint: borders that run beside the true ones, and places about which
//! nobody has said anything.

use crate::rng::Rng;

/// A place whose label nobody has said.
pub(super) const UNKNOWN: u8 = u8::MAX;

/// Cells of the field that moves borders, a side.
const CELLS: usize = 6;
/// How far borders move at most, as a share of the side.
const FARTHEST: f32 = 0.04;
/// Unknown discs at most, and their largest radius as a share of the side.
const DISCS: usize = 4;
const LARGEST_DISC: f32 = 0.15;

/// The map of a side after its borders have moved; half of them also lose the labels of some discs.
pub(super) fn roughened(map: &[u8], side: usize, rng: &mut Rng) -> Vec<u8> {
    let reach = rng.uniform(0.3, 1.0) * FARTHEST * side as f32;
    let field: Vec<[f32; 2]> =
        (0..(CELLS + 1) * (CELLS + 1)).map(|_| [(); 2].map(|()| rng.uniform(-reach, reach))).collect();
    let at = |x: usize, y: usize| {
        let place = |v: usize| (v as f32 + 0.5) / side as f32 * CELLS as f32;
        let (u, v) = (place(x), place(y));
        let (left, top) = (u as usize, v as usize);
        let (right, down) = (u - left as f32, v - top as f32);
        let corner = |x: usize, y: usize| field[(top + y) * (CELLS + 1) + left + x];
        [0, 1].map(|axis| {
            let row = |y: usize| corner(0, y)[axis] * (1.0 - right) + corner(1, y)[axis] * right;
            row(0) * (1.0 - down) + row(1) * down
        })
    };
    let moved = |v: usize, by: f32| (v as f32 + by).round().clamp(0.0, (side - 1) as f32) as usize;
    let mut rough: Vec<u8> = (0..side * side)
        .map(|i| {
            let (x, y) = (i % side, i / side);
            let [across, down] = at(x, y);
            map[moved(y, down) * side + moved(x, across)]
        })
        .collect();
    if rng.chance(0.5) {
        for _ in 0..1 + rng.below(DISCS) {
            let radius = rng.uniform(0.02, LARGEST_DISC) * side as f32;
            let [cx, cy] = [(); 2].map(|()| rng.uniform(0.0, side as f32));
            for (i, label) in rough.iter_mut().enumerate() {
                let (dx, dy) = ((i % side) as f32 - cx, (i / side) as f32 - cy);
                if dx * dx + dy * dy < radius * radius {
                    *label = UNKNOWN;
                }
            }
        }
    }
    rough
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_move_a_little_and_areas_stay() {
        let side = 64;
        let map: Vec<u8> = (0..side * side).map(|i| u8::from(i % side >= side / 2)).collect();
        let mut rng = Rng::new(3);
        let mut changed = 0;
        for _ in 0..20 {
            let rough = roughened(&map, side, &mut rng);
            for (i, (was, is)) in map.iter().zip(&rough).enumerate() {
                let from_border = (i % side).abs_diff(side / 2) as f32;
                assert!(was == is || *is == UNKNOWN || from_border <= FARTHEST * side as f32 + 1.0);
                changed += usize::from(was != is);
            }
        }
        assert!(changed > 200, "{changed}");
    }
}
