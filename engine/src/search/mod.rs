//! The search of a latent space, as steppers: no thread, no clock, no file.

pub mod bank;
mod base;
mod candidate;
pub mod constraint;
mod distance;
mod evaluate;
mod extent;
pub mod hog;
mod request;
mod settings;
mod solvers;
mod space;
pub mod terms;
pub mod ways;

pub use bank::{BANK_SIZE, Bank};
pub use base::Base;
pub use candidate::{Candidate, TermCost};
pub use extent::{Extent, brush_widths};
pub use request::DrawRequest;
pub use settings::{SolveSettings, SolverKind};
pub use solvers::{average_weights, rank};
pub use space::Space;
pub use terms::Weights;

use crate::model::Model;
use crate::{Error, Result};
use evaluate::Evaluator;
use solvers::{fast, igan};
use terms::Objective;

/// A search that goes on step by step.
pub trait Solver: Send {
    /// One iteration.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a cost is no number any more; the candidates stay as they were.
    fn step(&mut self) -> Result<Report>;

    /// The candidates as they stand, best first; none before anything is known.
    ///
    /// # Errors
    /// When their pictures can't be made.
    fn candidates(&self) -> Result<Vec<Candidate>>;
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Iterations done.
    pub iteration: usize,
    /// Iterations until the search comes to rest.
    pub iterations: usize,
    /// Evaluations of generator and gradient so far.
    pub evaluations: usize,
    /// What the strokes cost the best picture: the published cost, without terms on the latents.
    pub best: f32,
    /// The mean of that over the best `top_k`.
    pub top_k: f32,
    /// True when nothing is left to do.
    pub done: bool,
}

impl Report {
    fn new(
        iteration: usize,
        iterations: usize,
        evaluations: usize,
        costs: impl Iterator<Item = f32>,
        top_k: usize,
    ) -> Self {
        let mut costs: Vec<f32> = costs.collect();
        costs.sort_by(f32::total_cmp);
        costs.truncate(top_k);
        let best = costs.first().copied().unwrap_or(f32::INFINITY);
        let mean = costs.iter().sum::<f32>() / costs.len().max(1) as f32;
        Self { iteration, iterations, evaluations, best, top_k: mean, done: iteration >= iterations }
    }
}

/// What is searched, and for what.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The model to search.
    pub model: &'a Model,
    /// What to look for.
    pub request: &'a DrawRequest,
}

impl Task<'_> {
    /// The evaluator of the request, with weights of its own.
    fn evaluator(&self, weights: &Weights) -> Result<Evaluator> {
        Ok(Evaluator::new(self.model.clone(), Objective::new(self, weights)?))
    }
}

/// Starts the search that a request asks for.
///
/// # Errors
/// [`Error::Invalid`] for empty strokes, no candidates or a bank that is not complete; [`Error::Shape`] for
/// strokes or latents that don't fit the model.
pub fn start(model: &Model, bank: &Bank, request: &DrawRequest) -> Result<Box<dyn Solver>> {
    check(model, request)?;
    let task = Task { model, request };
    Ok(match request.settings.solver {
        SolverKind::Igan => Box::new(igan::Igan::new(task)?),
        // What an incomplete bank would name depends on when it is asked.
        SolverKind::Fast if request.near().is_none() && !bank.is_complete() => {
            return Err(Error::Invalid("the bank of pictures is not complete yet".into()));
        }
        SolverKind::Fast => Box::new(fast::Fast::new(task, bank)?),
    })
}

/// More latents than this at once are surely a slip of the finger.
const MOST_CANDIDATES: usize = 4096;

fn check(model: &Model, request: &DrawRequest) -> Result<()> {
    let settings = &request.settings;
    for (count, name) in [(settings.candidates, "candidates"), (settings.top_k, "pictures")] {
        if !(1..=MOST_CANDIDATES).contains(&count) {
            return Err(Error::Invalid(format!("a search takes 1 to {MOST_CANDIDATES} {name}, not {count}")));
        }
    }
    if let Some((term, weight)) = settings.weights.iter().find(|(_, w)| !(w.is_finite() && *w >= 0.0)) {
        return Err(Error::Invalid(format!("the weight of {} is 0 or more, not {weight}", term.name)));
    }
    if !request.constraints.is_sound() {
        return Err(Error::Invalid("the maps of the strokes don't have the size that they tell".into()));
    }
    if request.constraints.is_empty() {
        return Err(Error::Invalid("there is no stroke to agree with".into()));
    }
    let size = model.info.sides;
    if request.constraints.size != size {
        return Err(Error::Shape {
            op: "draw",
            left: request.constraints.size.to_vec(),
            right: size.to_vec(),
            why: "strokes are drawn at the model's size".into(),
        });
    }
    if let Some(base) = &request.base {
        check_base(base, size)?;
    }
    let latents = request.start.iter().chain(request.near());
    // Their lengths are checked by making a tensor of them.
    model.latent_tensor(latents.map(crate::model::Latent::values)).map(|_| ())
}

fn check_base(base: &Base, size: [usize; 2]) -> Result<()> {
    for picture in [&base.before, &base.photo] {
        if [picture.height(), picture.width()] != size {
            return Err(Error::Shape {
                op: "draw",
                left: vec![picture.height(), picture.width()],
                right: size.to_vec(),
                why: "a picture is edited at the model's size".into(),
            });
        }
    }
    for (value, name) in [(base.extent.reach, "reach"), (base.extent.feather, "feather")] {
        if !(0.0..=1.0).contains(&value) {
            return Err(Error::Invalid(format!("the {name} of an edit is 0 to 1, not {value}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
