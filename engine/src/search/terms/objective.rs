//! A weighted sum of terms.

use std::sync::Arc;

use candle_core::Tensor;

use super::{Definition, Points, TERMS, Term, Weights};
use crate::Result;
use crate::search::Task;
use crate::search::bank::PictureIndex;

/// The terms that a task asks for, each with its weight.
#[derive(Clone)]
pub struct Objective {
    terms: Vec<Weighted>,
}

#[derive(Clone)]
struct Weighted {
    definition: &'static Definition,
    weight: f32,
    term: Arc<dyn Term>,
}

/// The costs of a batch.
pub struct Costs {
    /// The weighted sum of every point, N, differentiable.
    pub total: Tensor,
    /// The weighted terms by name, one number per point.
    pub terms: Vec<(&'static str, Vec<f32>)>,
}

/// About what the pictures of an index cost.
pub struct Estimates {
    /// The weighted sum of every picture.
    pub total: Vec<f32>,
    /// The weighted terms by name, one number per picture.
    pub terms: Vec<(&'static str, Vec<f32>)>,
}

impl Objective {
    /// What a task asks for; a term whose weight is 0 is left out.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when the anchor does not fit the model.
    pub fn new(task: &Task<'_>, weights: &Weights) -> Result<Self> {
        let mut terms = Vec::new();
        for definition in TERMS {
            let weight = weights.of(definition.name);
            if weight > 0.0
                && let Some(term) = (definition.make)(task)?
            {
                terms.push(Weighted { definition, weight, term });
            }
        }
        Ok(Self { terms })
    }

    /// True for the terms, in their order, that are about strokes.
    pub fn of_strokes(&self) -> impl Iterator<Item = bool> + '_ {
        self.terms.iter().map(|weighted| weighted.definition.of_strokes)
    }

    /// The costs of a batch.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when the points don't fit the model.
    pub fn costs(&self, points: Points<'_>) -> Result<Costs> {
        let mut total = None;
        let mut terms = Vec::new();
        for Weighted { definition, weight, term } in &self.terms {
            let costs = (term.costs(points)? * f64::from(*weight))?;
            terms.push((definition.name, costs.to_vec1()?));
            total = Some(match total {
                Some(total) => (total + costs)?,
                None => costs,
            });
        }
        let total = match total {
            Some(total) => total,
            None => {
                let latents = points.latents;
                Tensor::zeros(latents.dims2()?.0, latents.dtype(), latents.device())?
            }
        };
        Ok(Costs { total, terms })
    }

    /// About what the pictures of an index cost; terms that can't be told without their pictures are left out.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn estimates(&self, index: &PictureIndex) -> Result<Estimates> {
        let mut total = vec![0f32; index.len()];
        let mut terms = Vec::new();
        if index.is_empty() {
            return Ok(Estimates { total, terms });
        }
        for Weighted { definition, weight, term } in &self.terms {
            let Some(mut costs) = term.estimates(index)? else { continue };
            for (sum, cost) in total.iter_mut().zip(&mut costs) {
                *cost *= weight;
                *sum += *cost;
            }
            terms.push((definition.name, costs));
        }
        Ok(Estimates { total, terms })
    }
}
