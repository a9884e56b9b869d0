//! The default search: the bank names pictures that already agree with the strokes, L-BFGS improves the best
//! ones first, then a wider set of pictures that differ from each other.

use super::lbfgs::Lbfgs;
use super::rank::rank;
use crate::Result;
use crate::model::Latent;
use crate::rng::Rng;
use crate::search::bank::Bank;
use crate::search::evaluate::{Evaluation, Evaluator};
use crate::search::{Candidate, Report, Solver, Task};

/// Evaluations that the most promising search is ahead of the others, so that the first good picture comes
/// soon.
const LEAD: usize = 30;
/// Searches of a light model that take a step together after that.
const ABREAST: usize = 8;
/// How strongly every search but the leading one is drawn to its own start: mean squared distance times this.
/// Without it, strokes that can't be met pull all candidates to one and the same picture.
const OWN_START: f32 = 0.03;
/// The longest move of a line search, as a share of the norm that latents have under the prior.
const LONGEST: f32 = 0.5;

/// The stepper.
pub struct Fast {
    evaluator: Evaluator,
    searches: Vec<Search>,
    iteration: usize,
    iterations: usize,
    evaluations: usize,
    top_k: usize,
    /// The search that goes ahead alone; chosen when every search has a cost.
    leader: Option<usize>,
    /// Whose turn it is among the others.
    next: usize,
}

struct Search {
    descent: Lbfgs,
    /// The free variables that it began with.
    origin: Vec<f32>,
    /// The best point so far; `None` before the first evaluation.
    best: Option<Evaluation>,
    /// What the bank knows of the start, to be shown until then.
    preview: Option<Candidate>,
    evaluations: usize,
}

impl Search {
    /// Cost and gradient of the trial with the pull of the search's own start.
    fn drawn_to_origin(&self, evaluation: &Evaluation, weight: f32) -> (f32, Vec<f32>) {
        let share = weight / self.origin.len().max(1) as f32;
        let away = |(u, u0): (&f32, &f32)| u - u0;
        let moves = self.descent.trial().iter().zip(&self.origin).map(away);
        let pull = share * moves.clone().map(|d| d * d).sum::<f32>();
        let gradient = evaluation.gradient.iter().zip(moves).map(|(g, d)| g + 2.0 * share * d).collect();
        (evaluation.cost + pull, gradient)
    }

    /// The best cost so far, or about what the start costs.
    fn cost(&self) -> Option<f32> {
        self.best.as_ref().map(|e| e.cost).or_else(|| self.preview.as_ref().map(|c| c.cost))
    }
}

/// Where a search begins, and what is known of it.
struct Origin {
    latent: Latent,
    preview: Option<Candidate>,
}

impl From<Latent> for Origin {
    fn from(latent: Latent) -> Self {
        Self { latent, preview: None }
    }
}

impl Fast {
    /// A search from given starts and from the bank's best, or near the anchor once there is one.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when a latent does not fit the model.
    pub fn new(task: Task<'_>, bank: &Bank) -> Result<Self> {
        let settings = task.request.settings;
        let count = settings.top_k.min(settings.candidates);
        let evaluator = task.evaluator(&settings.weights)?;
        let spec = &task.model.info.latents;
        let longest = LONGEST * spec.prior_rms() * (spec.len() as f32).sqrt();
        let searches = origins(&task, bank, count, &evaluator)?
            .into_iter()
            .map(|origin| (evaluator.space.free(origin.latent.values()), origin))
            .map(|(free, origin)| Search {
                descent: Lbfgs::new(free.clone(), longest),
                origin: free,
                best: None,
                preview: origin.preview,
                evaluations: 0,
            })
            .collect();
        Ok(Self {
            evaluator,
            searches,
            iteration: 0,
            iterations: settings.iterations,
            evaluations: 0,
            top_k: settings.top_k,
            leader: None,
            next: 0,
        })
    }

    /// The searches that take the next step.
    fn turn(&mut self) -> Vec<usize> {
        // What nobody knows anything of can't be shown: latents that the painter has seen already come first.
        let unknown: Vec<usize> = (0..self.searches.len())
            .filter(|&i| self.searches[i].cost().is_none())
            .take(self.evaluator.at_once(self.searches.len()))
            .collect();
        if !unknown.is_empty() {
            return unknown;
        }
        let open = |s: &Search, limit: usize| !s.descent.finished() && s.evaluations < limit;
        let leader = *self.leader.get_or_insert_with(|| {
            let cost = |i: usize| self.searches[i].cost().unwrap_or(f32::INFINITY);
            (0..self.searches.len()).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap_or(0)
        });
        if open(&self.searches[leader], LEAD.min(self.iterations)) {
            return vec![leader];
        }
        let n = self.searches.len();
        let turn: Vec<usize> = (0..n)
            .map(|i| (self.next + i) % n)
            .filter(|&i| open(&self.searches[i], self.iterations))
            .take(self.evaluator.at_once(ABREAST))
            .collect();
        self.next = turn.last().map_or(0, |last| last + 1);
        turn
    }

    fn done(&self) -> bool {
        self.searches.iter().all(|s| s.descent.finished() || s.evaluations >= self.iterations)
    }
}

/// Where the searches begin, the most promising first.
fn origins(task: &Task<'_>, bank: &Bank, count: usize, evaluator: &Evaluator) -> Result<Vec<Origin>> {
    let request = task.request;
    if let Some(anchor) = request.near() {
        let mut rng = Rng::new(request.settings.seed);
        let near = |_| Latent::from(evaluator.space.near(anchor.values(), &mut rng));
        let mut latents: Vec<Latent> = request.start.iter().cloned().chain([anchor.clone()]).collect();
        latents.truncate(count);
        let missing = count - latents.len();
        latents.extend((0..missing).map(near));
        return Ok(latents.into_iter().map(Origin::from).collect());
    }
    // Another seed, other pictures: it sees its own half of the bank, seed 0 the whole.
    let seed = request.settings.seed;
    let mut rng = Rng::new(seed);
    let matches = bank.best(&evaluator.objective, count, |_| seed == 0 || !rng.chance(0.5))?;
    let mut from_bank = matches.into_iter().map(|matched| Origin {
        latent: bank.latent(matched.entry).clone(),
        preview: bank.candidate(&matched),
    });
    // A picture that the painter has seen and a rival from the bank take turns, so that neither
    // crowds the other out of the kept ones.
    let mut origins = Vec::with_capacity(count);
    for seen in &request.start {
        origins.push(seen.clone().into());
        origins.extend(from_bank.next());
    }
    origins.extend(from_bank);
    origins.truncate(count);
    Ok(origins)
}

impl Solver for Fast {
    fn step(&mut self) -> Result<Report> {
        let turn = self.turn();
        let points: Vec<&[f32]> = turn.iter().map(|&i| self.searches[i].descent.trial()).collect();
        let evaluations = self.evaluator.evaluate(&points)?;
        self.evaluations += evaluations.len();
        for (i, evaluation) in turn.into_iter().zip(evaluations) {
            let search = &mut self.searches[i];
            search.evaluations += 1;
            let weight = if self.leader == Some(i) { 0.0 } else { OWN_START };
            let (cost, gradient) = search.drawn_to_origin(&evaluation, weight);
            if search.descent.tell(cost, &gradient) {
                search.best = Some(evaluation);
            }
        }
        self.iteration += 1;
        let costs = self.searches.iter().filter_map(|s| s.best.as_ref()).map(|e| e.stroke_cost);
        let mut report = Report::new(self.iteration, 0, self.evaluations, costs, self.top_k);
        report.done = self.done();
        let spent: usize =
            self.searches.iter().map(|s| s.evaluations.min(self.iterations)).max().unwrap_or(0);
        report.iteration = spent;
        report.iterations = self.iterations;
        Ok(report)
    }

    fn candidates(&self) -> Result<Vec<Candidate>> {
        let known = self.searches.iter().filter_map(|search| match &search.best {
            Some(best) => Some(self.evaluator.candidate(best)),
            None => search.preview.clone(),
        });
        let known: Vec<Candidate> = known.collect();
        if known.len() < self.searches.len() {
            // Without the latents that the painter has seen, the pictures would jump there and back.
            return Ok(Vec::new());
        }
        let costs: Vec<f32> = known.iter().map(|c| c.cost).collect();
        Ok(rank(&costs, self.top_k).into_iter().map(|i| known[i].clone()).collect())
    }
}
