//! Cost, gradient and picture of points in a latent space: the only place where a solver meets a model.

use std::sync::Arc;

use candle_core::{Tensor, Var};

use super::terms::{Objective, Points};
use super::{Candidate, Space, TermCost};
use crate::model::{Latent, Model};
use crate::picture::Picture;
use crate::{Error, Result};

/// How many points are evaluated at once: enough to fill the cores, few enough to stay in the caches.
const CHUNK: usize = 16;

/// What an evaluation says of a point.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The whole cost.
    pub cost: f32,
    /// The cost of the strokes alone: what is ranked and reported.
    pub stroke_cost: f32,
    /// The parts of the whole cost.
    pub terms: Vec<TermCost>,
    /// The gradient of the whole cost with respect to the free variables.
    pub gradient: Vec<f32>,
    /// The latent of the point.
    pub latent: Latent,
    /// Its picture.
    pub picture: Arc<Picture>,
}

/// A model with an objective.
pub struct Evaluator {
    model: Model,
    pub objective: Objective,
    pub space: Space,
}

impl Evaluator {
    pub fn new(model: Model, objective: Objective) -> Self {
        let space = Space::new(&model.info.latents);
        Self { model, objective, space }
    }

    /// How many points a step should evaluate, `most` of a light model.
    pub fn at_once(&self, most: usize) -> usize {
        self.model.at_once(most)
    }

    /// Evaluates points given by their free variables.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a cost or a gradient is no number.
    pub fn evaluate(&self, points: &[&[f32]]) -> Result<Vec<Evaluation>> {
        let mut evaluations = Vec::with_capacity(points.len());
        for chunk in points.chunks(self.model.at_once(CHUNK)) {
            self.evaluate_chunk(chunk, &mut evaluations)?;
        }
        Ok(evaluations)
    }

    fn evaluate_chunk(&self, points: &[&[f32]], evaluations: &mut Vec<Evaluation>) -> Result<()> {
        let latents: Vec<Vec<f32>> = points.iter().map(|p| self.space.latent(p)).collect();
        let variable = Var::from_tensor(&self.model.latent_tensor(latents.iter().map(Vec::as_slice))?)?;
        let pictures = self.model.decoder()?.decode(&variable)?;
        let costs = self.objective.costs(Points { latents: &variable, pictures: &pictures })?;
        let totals = costs.total.to_vec1::<f32>()?;
        let gradients = gradient_of(&costs.total, &variable)?;
        let pictures = Picture::from_tensor(&pictures.detach(), self.model.range)?;
        let rows = latents.into_iter().zip(gradients).zip(pictures).zip(totals);
        for (i, (((latent, mut gradient), picture), cost)) in rows.enumerate() {
            self.space.chain(&latent, &mut gradient);
            if !cost.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
                return Err(Error::NonFinite { what: "the cost of a picture" });
            }
            let terms: Vec<TermCost> = costs
                .terms
                .iter()
                .map(|(name, costs)| TermCost { name: (*name).into(), cost: costs[i] })
                .collect();
            let of_strokes = terms.iter().zip(self.objective.of_strokes()).filter(|(_, is)| *is);
            evaluations.push(Evaluation {
                cost,
                stroke_cost: of_strokes.map(|(term, _)| term.cost).sum(),
                terms,
                gradient,
                latent: latent.into(),
                picture: Arc::new(picture),
            });
        }
        Ok(())
    }

    /// What the window gets to see of an evaluation.
    pub fn candidate(&self, evaluation: &Evaluation) -> Candidate {
        Candidate {
            spread: evaluation.latent.rms() / self.model.info.latents.prior_rms(),
            latent: evaluation.latent.clone(),
            picture: evaluation.picture.clone(),
            cost: evaluation.cost,
            terms: evaluation.terms.clone(),
        }
    }
}

/// The gradient of every sample's cost, row by row.
fn gradient_of(costs: &Tensor, variable: &Var) -> Result<Vec<Vec<f32>>> {
    if !costs.track_op() {
        // Nothing was asked of these latents.
        return Ok(vec![vec![0.0; variable.dims2()?.1]; variable.dims2()?.0]);
    }
    // Samples don't see each other, so the gradient of the sum holds the gradient of each.
    let gradients = costs.sum_all()?.backward()?;
    match gradients.get(variable) {
        Some(gradient) => Ok(gradient.to_vec2()?),
        None => Err(Error::Invalid("the model's pictures don't depend on its latents".into())),
    }
}
