//! What the engine's thread remembers between commands, and how it does each of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::opening::{self, Opened};
use super::protocol::{Command, Event, Frame, JobId, MorphFrames, Rendered};
use super::run::{Opener, Reply};
use crate::model::{self, Decisions, Latent, Model, ModelSource};
use crate::rng::Rng;
use crate::search::ways::{Interpolation, interpolate};
use crate::search::{self, Bank, Candidate, DrawRequest, Solver, SolverKind};
use crate::{Error, Result};

/// While the bank is being made, a draw shows the best of what is there after this many entries.
const PREVIEW_EVERY: usize = 512;

/// How long the bank stays as it is after somebody asked for the picture of a latent: a slider that is being
/// dragged asks again within this time, and entries of the bank are made many at once.
const QUIET: Duration = Duration::from_millis(150);

/// The state of the engine's thread.
pub(super) struct Session {
    reply: Reply,
    opener: Opener,
    /// Numbers of jobs that nobody wants to wait for any more.
    stops: Receiver<JobId>,
    model: Option<Open>,
    draw: Option<Draw>,
    /// A draw request that came while newer commands were waiting.
    postponed: Option<Command>,
    /// Latents to show that came while newer commands were waiting.
    postponed_render: Option<(JobId, Vec<Latent>)>,
    /// When a latent was last shown.
    rendered: Option<Instant>,
}

/// A model in use and its bank, which grows while there is nothing else to do.
struct Open {
    model: Model,
    bank: Bank,
    /// The bank could not be made: don't try again until somebody asks for a search.
    bank_failed: bool,
}

/// The search that is running.
struct Draw {
    job: JobId,
    request: DrawRequest,
    /// `None` while the bank is being made.
    solver: Option<Box<dyn Solver>>,
    started: Instant,
}

impl Session {
    pub(super) fn new(reply: Reply, opener: Opener, stops: Receiver<JobId>) -> Self {
        Self {
            reply,
            opener,
            stops,
            model: None,
            draw: None,
            postponed: None,
            postponed_render: None,
            rendered: None,
        }
    }

    pub(super) fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The job that a step would go on with.
    pub(super) fn running(&self) -> Option<JobId> {
        if let Some((job, _)) = &self.postponed_render {
            return Some(*job);
        }
        match &self.postponed {
            Some(Command::Draw { job, .. }) => Some(*job),
            _ => self.draw.as_ref().map(|d| d.job),
        }
    }

    /// True when a step has something to do.
    pub(super) fn has_work(&self) -> bool {
        let bank_grows = |open: &Open| !open.bank.is_complete() && !open.bank_failed;
        self.is_asked() || self.model.as_ref().is_some_and(bank_grows)
    }

    /// How long the next command is waited for before the bank grows on; `None` when there is something more
    /// urgent to do, or no reason to wait.
    pub(super) fn pause(&self) -> Option<Duration> {
        let since = self.rendered.filter(|_| !self.is_asked())?;
        QUIET.checked_sub(since.elapsed()).filter(|left| !left.is_zero())
    }

    /// True when somebody waits for a step.
    fn is_asked(&self) -> bool {
        self.draw.is_some() || self.postponed.is_some() || self.postponed_render.is_some()
    }

    /// Keeps a draw request until the newer commands have been looked at.
    pub(super) fn postpone(&mut self, command: Command) {
        if let Some(Command::Draw { job, .. }) = self.postponed.replace(command) {
            self.reply.event(Event::Cancelled { job });
        }
    }

    /// Keeps a request for pictures of latents until the newer commands have been looked at.
    pub(super) fn postpone_render(&mut self, job: JobId, latents: Vec<Latent>) {
        if let Some((job, _)) = self.postponed_render.replace((job, latents)) {
            self.reply.event(Event::Cancelled { job });
        }
    }

    /// Drops the job that failed; a failure without a job was the bank's.
    pub(super) fn abandon(&mut self, job: Option<JobId>) {
        if job.is_some() {
            self.draw.take_if(|draw| Some(draw.job) == job);
        } else if let Some(open) = &mut self.model {
            open.bank_failed = true;
        }
    }

    pub(super) fn obey(&mut self, command: Command) -> Result<()> {
        if !matches!(command, Command::Morph { .. } | Command::Render { .. }) {
            self.end_draw();
        }
        match command {
            Command::Open { job, source, decisions } => self.open(job, &source, decisions.as_ref()),
            Command::Draw { job, request } => {
                self.current()?;
                self.reply.event(Event::Working { job, activity: "Searching".into() });
                self.draw = Some(Draw { job, request, solver: None, started: Instant::now() });
                Ok(())
            }
            Command::Sample { job, count, seed } => {
                let spec = &self.current()?.model.info.latents;
                let mut rng = Rng::new(seed);
                let latents = (0..count).map(|_| spec.draw(&mut rng)).collect();
                self.show(job, latents)
            }
            Command::Render { job, latents } => self.render(job, latents),
            Command::Morph { job, from, to, frames, interpolation } => {
                self.morph(job, &from, &to, frames, interpolation)
            }
            // Whatever was to be stopped has ended meanwhile.
            Command::Cancel | Command::StopOpening { .. } => Ok(()),
        }
    }

    /// One step of whatever there is to do.
    pub(super) fn step(&mut self) -> Result<()> {
        if let Some((job, latents)) = self.postponed_render.take() {
            return self.render(job, latents);
        }
        if let Some(command) = self.postponed.take() {
            return self.obey(command);
        }
        let pauses = self.pause().is_some();
        let Some(draw) = &mut self.draw else {
            return match &mut self.model {
                Some(open) if !open.bank_failed && !pauses => open.bank.extend(),
                _ => Ok(()),
            };
        };
        let Some(open) = &mut self.model else { return Err(no_model()) };
        let Some(solver) = &mut draw.solver else {
            let needs_bank =
                draw.request.settings.solver == SolverKind::Fast && draw.request.anchor.is_none();
            if needs_bank && !open.bank.is_complete() {
                open.bank.extend()?;
                if open.bank.len() % PREVIEW_EVERY == 0 {
                    let candidates = open.bank.preview(&draw.request)?;
                    self.reply.frame(draw.frame(candidates, 0, false));
                }
            } else {
                let solver = search::start(&open.model, &open.bank, &draw.request)?;
                // What the bank knows already is worth seeing before the first step.
                let known = solver.candidates()?;
                draw.solver = Some(solver);
                draw.started = Instant::now();
                if !known.is_empty() {
                    self.reply.frame(draw.frame(known, 0, false));
                }
            }
            return Ok(());
        };
        let report = solver.step()?;
        let frame = draw.frame_of(&report)?;
        self.reply.frame(frame);
        if report.done {
            let job = draw.job;
            self.draw = None;
            self.reply.event(Event::Finished { job });
        }
        Ok(())
    }

    fn current(&self) -> Result<&Open> {
        self.model.as_ref().ok_or_else(no_model)
    }

    fn end_draw(&mut self) {
        let postponed = self.postponed.take().and_then(|command| match command {
            Command::Draw { job, .. } => Some(job),
            _ => None,
        });
        let running = self.draw.take().map(|draw| draw.job);
        for job in running.into_iter().chain(postponed) {
            self.reply.event(Event::Cancelled { job });
        }
    }

    fn open(&mut self, job: JobId, source: &ModelSource, decisions: Option<&Decisions>) -> Result<()> {
        let name = match source {
            ModelSource::Bundled(name) => name.clone(),
            ModelSource::Path(path) => path.display().to_string(),
        };
        self.reply.event(Event::Working { job, activity: format!("Opening {name}") });
        let progress = |share| self.reply.event(Event::Opening { job, share });
        let model = match opening::wait_for(&self.opener, source, decisions, job, &self.stops, progress)? {
            Opened::Model(model) => model,
            Opened::Stopped => {
                self.reply.event(Event::Cancelled { job });
                return Ok(());
            }
        };
        let info = model.info.clone();
        let bank = Bank::of(model.clone());
        self.model = Some(Open { model, bank, bank_failed: false });
        self.reply.event(Event::Opened { job, info });
        if let Some(Err(error)) = decisions.map(|decisions| model::remember(source, decisions)) {
            let message = format!("The model works, but this could not be kept for the next time: {error}");
            self.reply.event(Event::Remark { job, message });
        }
        Ok(())
    }

    /// Shows the pictures of latents that nothing was asked of.
    fn show(&mut self, job: JobId, latents: Vec<Latent>) -> Result<()> {
        let candidates = candidates(&self.current()?.model, latents, |_| 0.0)?;
        self.reply.frame(Frame {
            job,
            candidates,
            iteration: 0,
            iterations: 0,
            per_second: 0.0,
            settled: true,
        });
        self.reply.event(Event::Finished { job });
        Ok(())
    }

    /// Shows the pictures of given latents, beside whatever is searched.
    fn render(&mut self, job: JobId, latents: Vec<Latent>) -> Result<()> {
        let candidates = candidates(&self.current()?.model, latents, |_| 0.0)?;
        self.rendered = Some(Instant::now());
        self.reply.rendered(Rendered { job, candidates });
        self.reply.event(Event::Finished { job });
        Ok(())
    }

    fn morph(
        &mut self,
        job: JobId,
        from: &Latent,
        to: &Latent,
        frames: usize,
        way: Interpolation,
    ) -> Result<()> {
        let latents = interpolate(from, to, frames, way);
        let pictures = self.current()?.model.pictures(&latents)?;
        let pictures = pictures.into_iter().map(Arc::new).collect();
        self.reply.morph(MorphFrames { job, latents, pictures });
        self.reply.event(Event::Finished { job });
        Ok(())
    }
}

impl Draw {
    fn frame_of(&self, report: &search::Report) -> Result<Frame> {
        let Some(solver) = &self.solver else { return Err(no_model()) };
        let mut frame = self.frame(solver.candidates()?, report.iteration, report.done);
        frame.iterations = report.iterations;
        Ok(frame)
    }

    fn frame(&self, candidates: Vec<Candidate>, iteration: usize, settled: bool) -> Frame {
        let seconds = self.started.elapsed().as_secs_f32().max(1e-6);
        Frame {
            job: self.job,
            candidates,
            iteration,
            iterations: self.request.settings.iterations,
            per_second: iteration as f32 / seconds,
            settled,
        }
    }
}

fn no_model() -> Error {
    Error::Invalid("no model is open".into())
}

fn candidates(model: &Model, latents: Vec<Latent>, cost: impl Fn(usize) -> f32) -> Result<Vec<Candidate>> {
    let pictures = model.pictures(&latents)?;
    let prior = model.info.latents.prior_rms();
    let rows = latents.into_iter().zip(pictures).enumerate();
    let candidate = |(i, (latent, picture)): (usize, (Latent, crate::Picture))| Candidate {
        spread: latent.rms() / prior,
        latent,
        picture: Arc::new(picture),
        cost: cost(i),
        terms: Vec::new(),
    };
    Ok(rows.map(candidate).collect())
}
