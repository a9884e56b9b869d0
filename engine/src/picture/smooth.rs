//! Maps made smooth.

/// Values of `channels` numbers a pixel, rows from the top, each the mean of those around it by a Gaussian of this many
/// pixels' deviation; at a border the mean is over what there is.
#[must_use]
pub fn smoothed(values: &[f32], [height, width]: [usize; 2], channels: usize, deviation: f32) -> Vec<f32> {
    if deviation.is_nan() || deviation <= 0.0 || values.len() != height * width * channels {
        return values.to_vec();
    }
    let reach = (3.0 * deviation).ceil() as usize;
    let weights: Vec<f32> = (0..=reach).map(|i| (-0.5 * (i as f32 / deviation).powi(2)).exp()).collect();
    let along = |from: &[f32], count: usize, step: usize, starts: &mut dyn Iterator<Item = usize>| {
        let mut to = vec![0f32; from.len()];
        for start in starts {
            for place in 0..count {
                let (mut sum, mut total) = (0.0, 0.0);
                for other in place.saturating_sub(reach)..(place + reach + 1).min(count) {
                    let weight = weights[other.abs_diff(place)];
                    sum += weight * from[start + other * step];
                    total += weight;
                }
                to[start + place * step] = sum / total;
            }
        }
        to
    };
    let row = width * channels;
    let rows = along(
        values,
        width,
        channels,
        &mut (0..height).flat_map(|y| (0..channels).map(move |c| y * row + c)),
    );
    along(&rows, height, row, &mut (0..row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_becomes_a_bell_and_a_plain_map_stays() {
        let size = [21, 31];
        let mut dot = vec![0.0; 21 * 31];
        dot[10 * 31 + 15] = 1.0;
        let bell = smoothed(&dot, size, 1, 2.0);
        assert!((bell.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        let ratio = bell[10 * 31 + 17] / bell[10 * 31 + 15];
        assert!((ratio - (-0.5f32).exp()).abs() < 1e-3, "{ratio}");
        let plain = smoothed(&[0.25f32; 3 * 20], [4, 5], 3, 3.0);
        assert!(plain.iter().all(|v| (v - 0.25).abs() < 1e-6));
        // Channels stay apart.
        let red: Vec<f32> = (0..60).map(|i| if i % 3 == 0 { 1.0 } else { 0.0 }).collect();
        let same = smoothed(&red, [4, 5], 3, 1.0);
        assert!(same.iter().zip(&red).all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
