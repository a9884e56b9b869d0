//! What a training measured, from its beginning to now, in so few points that a window can draw it at any time.

use serde::{Deserialize, Serialize};

/// A curve has at most so many points beside its newest; one that would have more is thinned to half of them.
const MOST: usize = 2048;

/// The values of one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What was measured, as the recipe calls it.
    pub name: String,
    /// Step and value. Each is the mean of as many measurements as were merged into it; steps rise.
    pub points: Vec<[f64; 2]>,
}

/// Curves that grow.
#[derive(Clone, Debug, Default)]
pub struct Curves(Vec<Growing>);

#[derive(Clone, Debug)]
struct Growing {
    curve: Curve,
    /// So many measurements become a point.
    stride: u32,
    /// Sums of those that are not a point yet, and how many they are.
    pending: ([f64; 2], u32),
}

impl Curves {
    /// Adds a measurement; one that is not finite is left out.
    pub fn add(&mut self, name: &str, step: u64, value: f32) {
        if !value.is_finite() {
            return;
        }
        let index = self.0.iter().position(|growing| growing.curve.name == name).unwrap_or_else(|| {
            let curve = Curve { name: name.to_owned(), points: Vec::new() };
            self.0.push(Growing { curve, stride: 1, pending: Default::default() });
            self.0.len() - 1
        });
        self.0[index].add([step as f64, f64::from(value)]);
    }

    /// From here on `factor` times as many measurements become a point, where those so far were as much apart: a curve
    /// stays as dense as it was.
    pub(crate) fn thin(&mut self, factor: u32) {
        for growing in &mut self.0 {
            growing.stride = growing.stride.saturating_mul(factor);
        }
    }

    /// The curves as they are, in the order in which their names came up; measurements that are not a point yet stand at
    /// the end for what they are so far.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Curve> {
        self.0.iter().map(Growing::now).collect()
    }
}

impl Growing {
    fn now(&self) -> Curve {
        let mut curve = self.curve.clone();
        let (sum, count) = self.pending;
        if count > 0 {
            curve.points.push(sum.map(|sum| sum / f64::from(count)));
        }
        curve
    }

    fn add(&mut self, [step, value]: [f64; 2]) {
        let (sum, count) = &mut self.pending;
        *sum = [sum[0] + step, sum[1] + value];
        *count += 1;
        if *count < self.stride {
            return;
        }
        let n = f64::from(*count);
        self.curve.points.push(sum.map(|sum| sum / n));
        self.pending = Default::default();
        if self.curve.points.len() > MOST {
            let mean = |pair: &[[f64; 2]]| [0, 1].map(|i| f64::midpoint(pair[0][i], pair[1][i]));
            // An odd point at the end would weigh twice; it is the newest, and the next ones cover its place.
            self.curve.points = self.curve.points.as_chunks::<2>().0.iter().map(|pair| mean(pair)).collect();
            self.stride = self.stride.saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_training_keeps_few_points_from_its_beginning_to_its_end() {
        let mut curves = Curves::default();
        let last = 100_000;
        for step in 1..=last {
            curves.add("loss", step, 3.0 - 2.0 * step as f32 / last as f32);
            if step % 10 == 0 {
                curves.add("rare", step, f32::NAN);
            }
        }
        let [curve] = &curves.snapshot()[..] else { panic!("one name had values") };
        assert!(curve.points.len() > MOST / 3 && curve.points.len() <= MOST);
        assert!(curve.points.is_sorted_by(|a, b| a[0] < b[0] && a[1] > b[1]));
        let (first, newest) = (curve.points[0], curve.points[curve.points.len() - 1]);
        assert!(first[0] < 200.0 && newest[0] > 0.99 * last as f64);
        assert!((first[1] - 3.0).abs() < 0.01 && (newest[1] - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_curve_of_few_lines_goes_on_as_dense_as_it_was() {
        let mut curves = Curves::default();
        for step in [50, 100, 150] {
            curves.add("loss", step, 1.0);
        }
        curves.thin(50);
        (151..=225).for_each(|step| curves.add("loss", step, if step > 200 { 3.0 } else { 2.0 }));
        let points = &curves.snapshot()[0].points;
        assert_eq!(points[2..], [[150.0, 1.0], [175.5, 2.0], [213.0, 3.0]]);
    }

    #[test]
    fn a_short_one_keeps_every_measurement() {
        let mut curves = Curves::default();
        curves.add("a", 1, 5.0);
        curves.add("b", 1, 7.0);
        curves.add("a", 2, 6.0);
        let names = ["a", "b"].map(str::to_owned);
        let points = [vec![[1.0, 5.0], [2.0, 6.0]], vec![[1.0, 7.0]]];
        let want: Vec<Curve> =
            names.into_iter().zip(points).map(|(name, points)| Curve { name, points }).collect();
        assert_eq!(curves.snapshot(), want);
    }
}
