//! Which candidates are shown, and in which order: the rules of iGAN.

/// The order of costs, best first: at most `top_k`, and only those that cost at most twice the mean of the
/// best `top_k / 2` (Zhu et al. 2016, published code). Costs that are equal keep their order.
#[must_use]
pub fn rank(costs: &[f32], top_k: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|&a, &b| costs[a].total_cmp(&costs[b]));
    let half = (top_k / 2).clamp(1, costs.len().max(1));
    let best: f32 = order.iter().take(half).map(|&i| costs[i]).sum();
    let limit = 2.0 * best / half as f32;
    // The best one is always kept, whatever rounding says.
    let kept = order.iter().take_while(|&&i| costs[i] <= limit).count().clamp(1, top_k.max(1));
    order.truncate(kept);
    order
}

/// The weights of iGAN's average picture: `exp(-(cost - mean) / (deviation + 1e-10))`.
#[must_use]
pub fn average_weights(costs: &[f32]) -> Vec<f32> {
    let n = costs.len().max(1) as f32;
    let mean = costs.iter().sum::<f32>() / n;
    let deviation = (costs.iter().map(|c| (c - mean).powi(2)).sum::<f32>() / n).sqrt();
    costs.iter().map(|c| (-(c - mean) / (deviation + 1e-10)).exp()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_top_k_and_none_far_worse_than_the_best() {
        assert_eq!(rank(&[3.0, 1.0, 2.0, 1.5], 2), [1, 3]);
        assert_eq!(rank(&[1.0, 9.0, 1.1, 1.2], 4), [0, 2, 3]);
        assert_eq!(rank(&[5.0], 16), [0]);
        assert_eq!(rank(&[0.0, 0.0, 1.0], 2), [0, 1]);
        assert!(rank(&[], 4).is_empty());
    }

    #[test]
    fn equal_costs_keep_their_order() {
        assert_eq!(rank(&[1.0; 4], 4), [0, 1, 2, 3]);
    }

    #[test]
    fn cheaper_pictures_weigh_more_and_equal_ones_the_same() {
        let weights = average_weights(&[0.1, 0.2, 0.3]);
        assert!(weights[0] > weights[1] && weights[1] > weights[2]);
        assert_eq!(average_weights(&[0.2, 0.2]), [1.0, 1.0]);
    }
}
