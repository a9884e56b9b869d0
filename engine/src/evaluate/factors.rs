//! How the latents of a model and the true factors of its pictures belong together: whether each factor has one
//! latent, and whether each latent does anything.
//!
//! A column holds one number per picture: a factor's value, or the mean of a latent that an encoder finds.

use serde::Serialize;

use crate::{Error, Result};

/// Bins for the values of a latent or a factor.
const BINS: usize = 20;
/// A latent whose mean varies less than this between pictures does nothing (Burda et al. 2016).
const ACTIVE: f64 = 0.01;

/// Values of one latent or factor over all pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The latent or the factor.
    pub name: String,
    /// One value per picture.
    pub values: Vec<f32>,
}

/// What the latents know of a factor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactorShare {
    /// The factor.
    pub factor: String,
    /// The latent that knows most of it.
    pub latent: String,
    /// The share of the factor's variance that this latent alone explains, by any function of it, 0 to 1.
    pub explained: f64,
    /// The next best latent.
    pub second: String,
    /// The share of the factor's variance that the next best latent alone explains, 0 to 1.
    pub second_explained: f64,
    /// Difference of what the two latents with most information on the factor have, as a share of the factor's
    /// entropy: 1 when one latent has all of it, 0 when two have the same.
    pub gap: f64,
}

/// How the latents of a model and the factors of its pictures belong together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disentanglement {
    /// Mutual information gap (Chen et al. 2018): the mean of the factors' gaps, 0 to 1. Of the means of the latents
    /// and of the factors in 20 bins of equal width, as Locatello et al. (2019) estimate it.
    pub mutual_information_gap: f64,
    /// Latents whose means vary from picture to picture.
    pub active_units: usize,
    /// Variance of the mean of each latent over the pictures; a latent that is fully used is near 1.
    pub variances: Vec<f64>,
    /// Each factor.
    pub factors: Vec<FactorShare>,
}

/// Measures how latents and factors belong together, over the same pictures in the same order.
///
/// # Errors
/// [`Error::Invalid`] when there are fewer than two latents, no factors, fewer pictures than bins, columns of
/// different lengths, values that are not finite or a factor that never varies.
pub fn disentanglement(latents: &[Column], factors: &[Column]) -> Result<Disentanglement> {
    check(latents, factors)?;
    let bins: Vec<Vec<usize>> = latents.iter().map(|latent| by_width(&latent.values)).collect();
    let ranks: Vec<Vec<usize>> = latents.iter().map(|latent| by_rank(&latent.values)).collect();
    let share = |factor: &Column| {
        let values = by_width(&factor.values);
        let entropy = information(&values, &values);
        let best = |scores: Vec<f64>| {
            let mut order: Vec<usize> = (0..scores.len()).collect();
            order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            [order[0], order[1]].map(|i| (i, scores[i]))
        };
        let [(_, most), (_, next)] = best(bins.iter().map(|latent| information(latent, &values)).collect());
        let [(first, explained), (second, second_explained)] =
            best(ranks.iter().map(|latent| explained(latent, &factor.values)).collect());
        FactorShare {
            factor: factor.name.clone(),
            latent: latents[first].name.clone(),
            explained,
            second: latents[second].name.clone(),
            second_explained,
            gap: (most - next) / entropy,
        }
    };
    let factors: Vec<FactorShare> = factors.iter().map(share).collect();
    let variances: Vec<f64> = latents.iter().map(|latent| variance(&latent.values)).collect();
    Ok(Disentanglement {
        mutual_information_gap: factors.iter().map(|f| f.gap).sum::<f64>() / factors.len() as f64,
        active_units: variances.iter().filter(|v| **v > ACTIVE).count(),
        variances,
        factors,
    })
}

fn check(latents: &[Column], factors: &[Column]) -> Result<()> {
    let refuse = |why: String| Err(Error::Invalid(why));
    if latents.len() < 2 || factors.is_empty() {
        return refuse("disentanglement needs at least two latents and one factor".into());
    }
    let pictures = latents[0].values.len();
    if pictures < BINS {
        return refuse(format!("disentanglement needs at least {BINS} pictures, not {pictures}"));
    }
    for column in latents.iter().chain(factors) {
        let name = &column.name;
        if column.values.len() != pictures {
            let got = column.values.len();
            return refuse(format!("{name} has {got} values where {pictures} pictures were given"));
        }
        if column.values.iter().any(|v| !v.is_finite()) {
            return refuse(format!("{name} has a value that is not finite"));
        }
    }
    match factors.iter().find(|f| variance(&f.values) == 0.0) {
        Some(factor) => refuse(format!("{} is the same in every picture: it can't be measured", factor.name)),
        None => Ok(()),
    }
}

fn variance(values: &[f32]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / n
}

/// The bin of every value, of bins of equal width from the smallest value to the largest; one bin where all values are
/// the same.
fn by_width(values: &[f32]) -> Vec<usize> {
    let ends = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
        (low.min(f64::from(v)), high.max(f64::from(v)))
    });
    let (low, high) = ends;
    let bin = |&v: &f32| {
        let share = (f64::from(v) - low) / (high - low);
        // 0 of 0 becomes bin 0; the largest value belongs to the last bin.
        ((share * BINS as f64) as usize).min(BINS - 1)
    };
    values.iter().map(bin).collect()
}

/// The bin of every value, of bins that hold about as many values each; equal values share the one in the middle of
/// their ranks.
fn by_rank(values: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut bins = vec![0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let middle = first + (equal.len() - 1) / 2;
        equal.iter().for_each(|&place| bins[place] = middle * BINS / values.len());
        first += equal.len();
    }
    bins
}

/// Mutual information of two columns of bins, in nats; of a column with itself its entropy.
fn information(a: &[usize], b: &[usize]) -> f64 {
    let mut joint = [[0.0; BINS]; BINS];
    let share = 1.0 / a.len() as f64;
    for (&a, &b) in a.iter().zip(b) {
        joint[a][b] += share;
    }
    let of_a = joint.map(|row| row.iter().sum::<f64>());
    let of_b: [f64; BINS] = std::array::from_fn(|j| joint.iter().map(|row| row[j]).sum());
    let mut sum = 0.0;
    for (row, a) in joint.iter().zip(of_a) {
        for (p, b) in row.iter().zip(of_b).filter(|(p, _)| **p > 0.0) {
            sum += p * (p / (a * b)).ln();
        }
    }
    sum
}

/// The correlation ratio (Pearson 1905): the share of the variance of `values` that lies between bins.
fn explained(bins: &[usize], values: &[f32]) -> f64 {
    let (mut sums, mut counts) = ([0.0; BINS], [0.0; BINS]);
    for (&bin, value) in bins.iter().zip(values) {
        sums[bin] += f64::from(*value);
        counts[bin] += 1.0;
    }
    let n = values.len() as f64;
    let mean = sums.iter().sum::<f64>() / n;
    let between: f64 = sums
        .iter()
        .zip(&counts)
        .filter(|(_, count)| **count > 0.0)
        .map(|(sum, count)| count * (sum / count - mean).powi(2))
        .sum();
    between / n / variance(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    const PICTURES: usize = 5000;

    fn column(name: &str, values: impl FnMut(usize) -> f32) -> Column {
        Column { name: name.into(), values: (0..PICTURES).map(values).collect() }
    }

    fn uniform(seed: u64) -> Vec<f32> {
        let mut rng = Rng::new(seed);
        (0..PICTURES).map(|_| rng.unit()).collect()
    }

    #[test]
    fn a_latent_for_each_factor_has_a_gap_near_one() {
        let (a, b) = (uniform(1), uniform(2));
        // Monotone or not, any function that keeps the bins apart will do; the third latent does nothing.
        let latents =
            [column("0", |i| -3.0 * b[i]), column("1", |i| (a[i] + 0.5).fract()), column("2", |_| 0.001)];
        let factors = [column("a", |i| a[i]), column("b", |i| b[i])];
        let found = disentanglement(&latents, &factors).unwrap();
        assert!(found.mutual_information_gap > 0.95, "{found:?}");
        assert_eq!((found.active_units, &*found.factors[0].latent, &*found.factors[1].latent), (2, "1", "0"));
        assert!(found.factors.iter().all(|f| f.explained > 0.98 && f.second_explained < 0.02), "{found:?}");
    }

    #[test]
    fn factors_that_share_their_latents_have_no_gap() {
        let (a, b) = (uniform(1), uniform(2));
        let latents = [column("sum", |i| a[i] + b[i]), column("difference", |i| a[i] - b[i])];
        let factors = [column("a", |i| a[i]), column("b", |i| b[i])];
        let found = disentanglement(&latents, &factors).unwrap();
        assert!(found.mutual_information_gap.abs() < 0.03, "{found:?}");
        assert!(found.factors.iter().all(|f| (f.explained - 0.5).abs() < 0.05), "{found:?}");
    }

    #[test]
    fn information_is_that_of_the_definition() {
        let bins: Vec<usize> = (0..400).map(|i| i % 4).collect();
        let half: Vec<usize> = bins.iter().map(|b| b / 2).collect();
        let other: Vec<usize> = (0..400).map(|i| i / 4 % 2).collect();
        assert!((information(&bins, &bins) - 4f64.ln()).abs() < 1e-9);
        assert!((information(&bins, &half) - 2f64.ln()).abs() < 1e-9);
        assert!(information(&bins, &other).abs() < 1e-9);
    }

    #[test]
    fn equal_values_share_a_bin() {
        let values: Vec<f32> = (0..100).map(|i| if i < 40 { 0.0 } else { i as f32 }).collect();
        let bins = by_rank(&values);
        assert!(bins[..40].iter().all(|b| *b == bins[0]) && bins[40] > bins[0]);
        assert_eq!(bins[99], BINS - 1);
    }

    #[test]
    fn bins_of_equal_width_are_those_of_the_definition() {
        let values: Vec<f32> = (0..=100).map(|i| i as f32 / 10.0).collect();
        let bins = by_width(&values);
        assert_eq!((bins[0], bins[4], bins[5], bins[99], bins[100]), (0, 0, 1, 19, 19));
        // One value far away leaves the others in one bin, unlike ranks.
        assert_eq!(by_width(&[0.0, 0.1, 0.2, 100.0]), [0, 0, 0, 19]);
        assert_eq!(by_width(&[7.0; 3]), [0; 3]);
    }

    #[test]
    fn a_rare_value_of_two_is_measured() {
        for rare in [0.0, 1.0] {
            let factor = column("rare", |i| if i == 17 { rare } else { 1.0 - rare });
            let latents = [factor.clone(), column("dead", |_| 0.5)];
            let found = disentanglement(&latents, &[factor]).unwrap();
            let share = &found.factors[0];
            assert!((found.mutual_information_gap - 1.0).abs() < 1e-9, "{rare}: {found:?}");
            assert!((share.explained - 1.0).abs() < 1e-9 && share.latent == "rare", "{rare}: {share:?}");
        }
    }

    #[test]
    fn columns_that_fit_nothing_are_refused() {
        let (a, b) = (column("a", |i| i as f32), column("b", |_| 1.0));
        let short = Column { name: "short".into(), values: vec![0.0; 30] };
        let two = [a.clone(), a.clone()];
        for (latents, factors, words) in [
            (&two[..1], &two[..], "two latents"),
            (&two[..], &[b][..], "b is the same"),
            (&two[..], &[short][..], "short has 30 values"),
        ] {
            let error = disentanglement(latents, factors).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
