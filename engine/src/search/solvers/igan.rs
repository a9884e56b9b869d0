//! The published recipe of iGAN (Zhu et al. 2016): many random latents, Adam on all of them at once.
//!
//! One thing differs from the published program: a changed stroke starts the latents anew (but for those that the
//! request brings along), where iGAN goes on with all of them and Adam's moments. So the result of a request depends
//! on the request alone.

use super::rank::rank;
use crate::Result;
use crate::rng::Rng;
use crate::search::evaluate::{Evaluation, Evaluator};
use crate::search::terms::PRIOR;
use crate::search::{Candidate, Report, Solver, Task};

const LEARNING_RATE: f32 = 0.1;
const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;
/// After this many iterations the order of the candidates stays, so that the picture under the mouse does.
const FREEZE_AFTER: usize = 150;

/// The stepper.
pub struct Igan {
    evaluator: Evaluator,
    points: Vec<Point>,
    evaluations: Vec<Evaluation>,
    order: Vec<usize>,
    iteration: usize,
    iterations: usize,
    top_k: usize,
}

/// A latent that Adam moves (Kingma and Ba 2015).
struct Point {
    free: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Point {
    fn new(free: Vec<f32>) -> Self {
        let zeros = vec![0.0; free.len()];
        Self { free, mean: zeros.clone(), square: zeros }
    }

    fn descend(&mut self, gradient: &[f32], t: i32) {
        let (correct1, correct2) = (1.0 - BETA1.powi(t), 1.0 - BETA2.powi(t));
        for (i, &g) in gradient.iter().enumerate() {
            self.mean[i] += (1.0 - BETA1) * (g - self.mean[i]);
            self.square[i] += (1.0 - BETA2) * (g * g - self.square[i]);
            let step = self.mean[i] / correct1 / ((self.square[i] / correct2).sqrt() + EPSILON);
            self.free[i] -= LEARNING_RATE * step;
        }
    }
}

impl Igan {
    /// A search from given starts, then random latents (near the anchor, once there is one).
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when a latent does not fit the model.
    pub fn new(task: Task<'_>) -> Result<Self> {
        let settings = task.request.settings;
        // The recipe knows no prior.
        let evaluator = task.evaluator(&settings.weights.with(PRIOR, 0.0))?;
        let mut rng = Rng::new(settings.seed);
        let mut points: Vec<Point> = task
            .request
            .start
            .iter()
            .take(settings.candidates)
            .map(|latent| Point::new(evaluator.space.free(latent.values())))
            .collect();
        while points.len() < settings.candidates {
            let latent = match task.request.near() {
                Some(anchor) => evaluator.space.near(anchor.values(), &mut rng),
                None => task.model.info.latents.draw(&mut rng).values().to_vec(),
            };
            points.push(Point::new(evaluator.space.free(&latent)));
        }
        Ok(Self {
            evaluator,
            points,
            evaluations: Vec::new(),
            order: Vec::new(),
            iteration: 0,
            iterations: settings.iterations,
            top_k: settings.top_k,
        })
    }
}

impl Solver for Igan {
    fn step(&mut self) -> Result<Report> {
        let points: Vec<&[f32]> = self.points.iter().map(|p| p.free.as_slice()).collect();
        self.evaluations = self.evaluator.evaluate(&points)?;
        self.iteration += 1;
        if self.iteration <= FREEZE_AFTER || self.order.is_empty() {
            let costs: Vec<f32> = self.evaluations.iter().map(|e| e.cost).collect();
            self.order = rank(&costs, self.top_k);
        }
        for (point, evaluation) in self.points.iter_mut().zip(&self.evaluations) {
            point.descend(&evaluation.gradient, i32::try_from(self.iteration).unwrap_or(i32::MAX));
        }
        let costs = self.evaluations.iter().map(|e| e.stroke_cost);
        let evaluations = self.iteration * self.points.len();
        Ok(Report::new(self.iteration, self.iterations, evaluations, costs, self.top_k))
    }

    fn candidates(&self) -> Result<Vec<Candidate>> {
        Ok(self.order.iter().map(|&i| self.evaluator.candidate(&self.evaluations[i])).collect())
    }
}
