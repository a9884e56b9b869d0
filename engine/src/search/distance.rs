//! Distances from pixels (Felzenszwalb and Huttenlocher 2012, distance transforms of sampled functions).

/// How far each pixel is from the nearest one that is inside, between their centres in pixels; infinite where there is
/// none. Rows from the top.
pub(super) fn distances(inside: &[bool], [height, width]: [usize; 2]) -> Vec<f32> {
    let mut squares: Vec<f32> = inside.iter().map(|is| if *is { 0.0 } else { f32::INFINITY }).collect();
    if width == 0 || height == 0 {
        return squares;
    }
    for row in squares.chunks_exact_mut(width) {
        along(row);
    }
    let mut column = vec![0.0; height];
    for x in 0..width {
        for (y, value) in column.iter_mut().enumerate() {
            *value = squares[y * width + x];
        }
        along(&mut column);
        for (y, value) in column.iter().enumerate() {
            squares[y * width + x] = *value;
        }
    }
    squares.iter().map(|square| square.sqrt()).collect()
}

/// The least of `values[q] + (p - q)^2` for every p: the lower envelope of parabolas.
fn along(values: &mut [f32]) {
    // Parabolas of the envelope, and where each begins to be the lowest.
    let mut lowest: Vec<(usize, f32)> = Vec::with_capacity(values.len());
    for (q, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            continue;
        }
        let mut begins = f32::NEG_INFINITY;
        while let Some(&(r, since)) = lowest.last() {
            let (q, r_) = (q as f32, r as f32);
            let meet = ((value + q * q) - (values[r] + r_ * r_)) / (2.0 * (q - r_));
            if meet > since {
                begins = meet;
                break;
            }
            lowest.pop();
        }
        lowest.push((q, begins));
    }
    if lowest.is_empty() {
        return;
    }
    let mut at = 0;
    let found: Vec<f32> = (0..values.len())
        .map(|p| {
            while lowest.get(at + 1).is_some_and(|(_, begins)| *begins <= p as f32) {
                at += 1;
            }
            let (q, _) = lowest[at];
            values[q] + (p as f32 - q as f32).powi(2)
        })
        .collect();
    values.copy_from_slice(&found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn distances_are_those_of_asking_everybody() {
        let mut rng = Rng::new(2);
        for (size, share) in [([1, 1], 1.0), ([9, 17], 0.05), ([20, 8], 0.3), ([31, 31], 0.01), ([4, 4], 0.0)]
        {
            let [height, width] = size;
            let inside: Vec<bool> = (0..height * width).map(|_| rng.chance(share)).collect();
            let found = distances(&inside, size);
            for (i, distance) in found.iter().enumerate() {
                let to = |j: usize| {
                    let (x, y) =
                        ((i % width) as f32 - (j % width) as f32, (i / width) as f32 - (j / width) as f32);
                    x.hypot(y)
                };
                let nearest = (0..inside.len()).filter(|&j| inside[j]).map(to).fold(f32::INFINITY, f32::min);
                assert!(*distance == nearest || (distance - nearest).abs() < 1e-4, "{distance} {nearest}");
            }
        }
        assert!(distances(&[], [0, 0]).is_empty());
    }
}
