//! A search for pictures that agree with strokes, as a job.

use std::time::Instant;

use super::job::{Pace, Shown};
use super::open_model::OpenModel;
use super::protocol::Content;
use crate::Result;
use crate::search::{self as searches, Bank, Candidate, DrawRequest, Solver, SolverKind};

/// While the bank is being made, a search shows the best of what is there this many times.
const PREVIEWS: usize = 8;

/// A search that runs.
pub(super) struct Search {
    request: DrawRequest,
    /// `None` while the bank is being made.
    solver: Option<Box<dyn Solver>>,
    started: Instant,
    /// Entries of the bank that the last preview looked at.
    previewed: usize,
}

impl Search {
    pub fn new(request: DrawRequest) -> Self {
        Self { request, solver: None, started: Instant::now(), previewed: 0 }
    }

    /// Makes a part of the bank, or starts the solver, or lets it take a step.
    ///
    /// # Errors
    /// As the bank and the solver have them.
    pub fn step(&mut self, open: &mut OpenModel) -> Result<Shown> {
        if let Some(solver) = &mut self.solver {
            let report = solver.step()?;
            let candidates = solver.candidates()?;
            return Ok(self.shown(candidates, report.iteration, report.iterations, report.done));
        }
        let settings = &self.request.settings;
        let needs_bank = settings.solver == SolverKind::Fast && self.request.near().is_none();
        let iterations = settings.iterations;
        let bank = open.bank()?;
        if needs_bank && !bank.is_complete() {
            bank.extend()?;
            let candidates = self.preview(bank)?;
            return Ok(self.shown(candidates, 0, iterations, false));
        }
        let model = bank.model().clone();
        let solver = searches::start(&model, bank, &self.request)?;
        // What the bank knows already is worth seeing before the first step.
        let known = solver.candidates()?;
        self.solver = Some(solver);
        self.started = Instant::now();
        Ok(self.shown(known, 0, iterations, false))
    }

    /// What a bank that is still being made knows of the strokes; nothing where that is no news yet.
    fn preview(&mut self, bank: &Bank) -> Result<Vec<Candidate>> {
        let every = (bank.capacity() / PREVIEWS).max(1);
        if bank.len() < self.previewed + every {
            return Ok(Vec::new());
        }
        self.previewed = bank.len();
        bank.preview(&self.request)
    }

    fn shown(&self, candidates: Vec<Candidate>, iteration: usize, iterations: usize, done: bool) -> Shown {
        let seconds = self.started.elapsed().as_secs_f32().max(1e-6);
        let pace = Pace { iteration, iterations, per_second: iteration as f32 / seconds };
        let content = (!candidates.is_empty()).then_some(Content::Candidates(candidates));
        Shown { content, pace, done }
    }
}
