//! Limited-memory BFGS with a strong Wolfe line search (Nocedal and Wright 2006, algorithms 7.5, 3.5, 3.6),
//! turned inside out: it names the next point to evaluate and is told the result, so that many searches can
//! share one batch.
//!
//! All that ends a search is relative: a cost or variables in other units are searched in the same way, step by step.

use std::collections::VecDeque;

/// Pairs of steps and gradient changes kept.
const HISTORY: usize = 20;
/// A step must gain this share of what the slope promises (Armijo).
const SUFFICIENT_DECREASE: f32 = 1e-4;
/// A step must bring the slope down to this share (strong Wolfe).
const CURVATURE: f32 = 0.9;
/// Evaluations in one line search before its best point is taken as it is.
const LINE_SEARCH_LIMIT: usize = 8;
/// A gain below this share of the cost is none, whether it was made or is all that the longest step could promise.
const TOLERANCE: f32 = 1e-5;
/// Steps nearer to each other than this share of the longest one are the same.
const RESOLUTION: f32 = 2e-6;
/// The least cosine between a step and the gradient's change that tells anything of the curvature.
const CURVED: f32 = 1e-6;

/// A point of a line search.
#[derive(Clone, Copy, Debug)]
struct Sample {
    step: f32,
    cost: f32,
    slope: f32,
}

#[derive(Debug)]
enum Search {
    /// Nothing is known yet: the trial is the start.
    Start,
    /// Steps grow until they enclose a minimum.
    Bracket { last: Sample },
    /// A minimum lies between the two; `low` is the better end.
    Zoom { low: Sample, high: Sample },
}

/// One search.
#[derive(Debug)]
pub(super) struct Lbfgs {
    point: Vec<f32>,
    cost: f32,
    gradient: Vec<f32>,
    pairs: VecDeque<Pair>,
    direction: Vec<f32>,
    /// The slope along the direction at the point, negative.
    slope: f32,
    trial: Vec<f32>,
    trial_step: f32,
    /// The best cost that was ever told.
    best: f32,
    /// The best trial of this line search that gained anything: where to go when the search is cut short.
    fallback: Option<(Vec<f32>, f32, Vec<f32>)>,
    search: Search,
    tries: usize,
    longest: f32,
    finished: bool,
}

#[derive(Debug)]
struct Pair {
    step: Vec<f32>,
    change: Vec<f32>,
    curvature: f32,
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(a: &[f32]) -> f32 {
    dot(a, a).sqrt()
}

impl Lbfgs {
    /// A search from a point. No step moves further than `longest`.
    pub fn new(point: Vec<f32>, longest: f32) -> Self {
        Self {
            trial: point.clone(),
            point,
            cost: f32::INFINITY,
            gradient: Vec::new(),
            pairs: VecDeque::new(),
            direction: Vec::new(),
            slope: 0.0,
            best: f32::INFINITY,
            trial_step: 0.0,
            fallback: None,
            search: Search::Start,
            tries: 0,
            longest,
            finished: false,
        }
    }

    /// The point to evaluate next.
    pub fn trial(&self) -> &[f32] {
        &self.trial
    }

    /// True when nothing is left to gain.
    pub fn finished(&self) -> bool {
        self.finished
    }

    /// Takes cost and gradient of the trial. True when the trial is the best point so far.
    pub fn tell(&mut self, cost: f32, gradient: &[f32]) -> bool {
        let better = cost < self.best;
        self.best = self.best.min(cost);
        if let Search::Start = self.search {
            self.arrive(self.trial.clone(), cost, gradient.to_vec());
            return true;
        }
        self.tries += 1;
        let here = Sample { step: self.trial_step, cost, slope: dot(gradient, &self.direction) };
        if cost < self.fallback.as_ref().map_or(self.cost, |(_, cost, _)| *cost) {
            self.fallback = Some((self.trial.clone(), cost, gradient.to_vec()));
        }
        let origin = Sample { step: 0.0, cost: self.cost, slope: self.slope };
        let too_high = here.cost > origin.cost + SUFFICIENT_DECREASE * here.step * origin.slope;
        // A point behind one that was better is not the one to stay at, however flat it is there.
        let beaten = match self.search {
            Search::Start => false,
            Search::Bracket { last } => self.tries > 1 && here.cost >= last.cost,
            Search::Zoom { low, .. } => here.cost >= low.cost,
        };
        if !too_high && !beaten && here.slope.abs() <= -CURVATURE * origin.slope {
            self.accept(self.trial.clone(), cost, gradient.to_vec());
            return better;
        }
        if self.tries >= LINE_SEARCH_LIMIT {
            self.give_up();
            return better;
        }
        let (low, high) = match self.search {
            Search::Start => return better,
            Search::Bracket { last } => {
                if too_high || beaten {
                    (last, here)
                } else if here.slope >= 0.0 {
                    (here, last)
                } else {
                    let grown = (2.5 * here.step).min(self.longest_step());
                    if grown <= here.step {
                        // The longest step still goes down: good enough.
                        self.accept(self.trial.clone(), cost, gradient.to_vec());
                        return better;
                    }
                    self.search = Search::Bracket { last: here };
                    self.set_trial(grown);
                    return better;
                }
            }
            Search::Zoom { low, high } => {
                if too_high || beaten {
                    (low, here)
                } else if here.slope * (high.step - low.step) >= 0.0 {
                    (here, low)
                } else {
                    (here, high)
                }
            }
        };
        let step = minimum_between(low, high);
        if (high.step - low.step).abs() < RESOLUTION * self.longest_step() {
            self.give_up();
        } else {
            self.search = Search::Zoom { low, high };
            self.set_trial(step);
        }
        better
    }

    fn longest_step(&self) -> f32 {
        self.longest / norm(&self.direction).max(f32::MIN_POSITIVE)
    }

    fn set_trial(&mut self, step: f32) {
        self.trial_step = step;
        self.trial = self.point.iter().zip(&self.direction).map(|(x, d)| x + step * d).collect();
    }

    /// Ends a line search at a point that satisfies its conditions.
    fn accept(&mut self, point: Vec<f32>, cost: f32, gradient: Vec<f32>) {
        let step: Vec<f32> = point.iter().zip(&self.point).map(|(a, b)| a - b).collect();
        let change: Vec<f32> = gradient.iter().zip(&self.gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&step, &change);
        // A pair without positive curvature would make the next direction point uphill.
        if curvature > CURVED * norm(&step) * norm(&change) {
            if self.pairs.len() == HISTORY {
                self.pairs.pop_front();
            }
            self.pairs.push_back(Pair { step, change, curvature });
        }
        let gain = self.cost - cost;
        if gain <= TOLERANCE * self.cost.abs() {
            self.finished = true;
        }
        self.arrive(point, cost, gradient);
    }

    /// Ends a line search that found no point satisfying its conditions.
    fn give_up(&mut self) {
        match self.fallback.take() {
            Some((point, cost, gradient)) => self.accept(point, cost, gradient),
            // No gain along a direction built from stale curvature: try the gradient itself, once.
            None if !self.pairs.is_empty() => {
                self.pairs.clear();
                self.arrive(self.point.clone(), self.cost, self.gradient.clone());
            }
            None => self.finished = true,
        }
    }

    /// Chooses a direction from a new point.
    fn arrive(&mut self, point: Vec<f32>, cost: f32, gradient: Vec<f32>) {
        self.point = point;
        self.cost = cost;
        self.gradient = gradient;
        self.fallback = None;
        self.tries = 0;
        let square = dot(&self.gradient, &self.gradient);
        if square.sqrt() * self.longest <= TOLERANCE * self.cost.abs() {
            self.finished = true;
            return;
        }
        self.direction = self.two_loops();
        self.slope = dot(&self.direction, &self.gradient);
        if self.slope >= 0.0 {
            self.pairs.clear();
            self.direction = self.gradient.iter().map(|g| -g).collect();
            self.slope = -square;
        }
        let step = if self.pairs.is_empty() {
            // Without curvature: the step that would bring a linear cost to zero (Polyak), which is what
            // strokes that can be met ask for.
            self.cost.abs() / square
        } else {
            1.0
        };
        self.search = Search::Bracket { last: Sample { step: 0.0, cost, slope: self.slope } };
        self.set_trial(step.min(self.longest_step()));
    }

    /// Minus the inverse Hessian's estimate times the gradient.
    fn two_loops(&self) -> Vec<f32> {
        let mut q: Vec<f32> = self.gradient.iter().map(|g| -g).collect();
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let alpha = dot(&pair.step, &q) / pair.curvature;
            for (q, y) in q.iter_mut().zip(&pair.change) {
                *q -= alpha * y;
            }
            alphas.push(alpha);
        }
        if let Some(newest) = self.pairs.back() {
            let scale = newest.curvature / dot(&newest.change, &newest.change);
            for q in &mut q {
                *q *= scale;
            }
        }
        for (pair, alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let beta = dot(&pair.change, &q) / pair.curvature;
            for (q, s) in q.iter_mut().zip(&pair.step) {
                *q += (alpha - beta) * s;
            }
        }
        q
    }
}

/// Where the cubic through two samples has its minimum, kept away from both ends.
fn minimum_between(a: Sample, b: Sample) -> f32 {
    let width = b.step - a.step;
    let d1 = a.slope + b.slope - 3.0 * (b.cost - a.cost) / width;
    let root = d1 * d1 - a.slope * b.slope;
    let middle = a.step + 0.5 * width;
    if root < 0.0 || !root.is_finite() {
        return middle;
    }
    let d2 = root.sqrt() * width.signum();
    let share = 1.0 - (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    if share.is_finite() { a.step + share.clamp(0.1, 0.9) * width } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimize(mut search: Lbfgs, evaluations: usize, f: impl Fn(&[f32]) -> (f32, Vec<f32>)) -> f32 {
        let mut best = f32::INFINITY;
        for _ in 0..evaluations {
            if search.finished() {
                break;
            }
            let (cost, gradient) = f(search.trial());
            let better = search.tell(cost, &gradient);
            assert_eq!(better, cost < best, "a better trial is announced, and nothing else");
            best = best.min(cost);
        }
        best
    }

    #[test]
    fn an_ill_conditioned_bowl_is_solved() {
        let f = |x: &[f32]| {
            let scale = |i: usize| 10f32.powi(i as i32 % 4);
            let cost = x.iter().enumerate().map(|(i, v)| 0.5 * scale(i) * (v - 1.0).powi(2)).sum();
            (cost, x.iter().enumerate().map(|(i, v)| scale(i) * (v - 1.0)).collect())
        };
        assert!(minimize(Lbfgs::new(vec![0.0; 12], 100.0), 60, f) < 1e-3);
    }

    #[test]
    fn rosenbrocks_valley_is_followed() {
        let f = |x: &[f32]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            (a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b])
        };
        assert!(minimize(Lbfgs::new(vec![-1.2, 1.0], 100.0), 80, f) < 1e-4);
    }

    /// Rosenbrock's valley with variables and cost in units of their own; the trials, in the valley's units.
    fn trials(variable: f32, cost: f32) -> Vec<Vec<f32>> {
        let mut search = Lbfgs::new(vec![-1.2 * variable, variable], 100.0 * variable);
        let mut trials = Vec::new();
        while !search.finished() && trials.len() < 200 {
            let x: Vec<f32> = search.trial().iter().map(|v| v / variable).collect();
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            let slope = [-2.0 * a - 400.0 * x[0] * b, 200.0 * b].map(|g| g * cost / variable);
            search.tell(cost * (a * a + 100.0 * b * b), &slope);
            trials.push(x);
        }
        trials
    }

    #[test]
    fn units_change_nothing() {
        let plain = trials(1.0, 1.0);
        assert!(plain.len() > 20);
        // Powers of two: not even the rounding differs.
        for (variable, cost) in
            [(1.0, 2f32.powi(-20)), (1.0, 2f32.powi(12)), (2f32.powi(-9), 1.0), (64.0, 1.0)]
        {
            assert_eq!(trials(variable, cost), plain, "{variable} {cost}");
        }
    }

    #[test]
    fn a_corner_ends_the_search_instead_of_hanging() {
        let f = |x: &[f32]| (x[0].abs(), vec![x[0].signum()]);
        assert!(minimize(Lbfgs::new(vec![3.0], 100.0), 200, f) < 0.1);
    }

    #[test]
    fn a_flat_cost_ends_at_once() {
        let mut search = Lbfgs::new(vec![1.0; 3], 1.0);
        search.tell(5.0, &[0.0; 3]);
        assert!(search.finished());
    }

    #[test]
    fn no_step_is_longer_than_allowed() {
        let mut search = Lbfgs::new(vec![0.0], 0.5);
        let mut before = 0.0;
        for _ in 0..20 {
            let x = search.trial()[0];
            assert!((x - before).abs() <= 0.5 + 1e-6);
            if search.tell(1000.0 - x, &[-1.0]) {
                before = x;
            }
        }
    }
}
