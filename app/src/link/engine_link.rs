//! The window's line to the engine: counts jobs up, drops stale results, knows what is going on.

use std::collections::BTreeMap;
use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::{Decisions, Latent, ModelInfo, ModelSource};
use latent_engine::search::ways::Interpolation;
use latent_engine::search::{Candidate, DrawRequest};
use latent_engine::service::{Command, Event, Frame, JobId, ModelHandle, Topic};

use crate::link::port::Port;

/// What the engine says that still matters.
#[derive(Clone, Debug)]
pub enum News {
    /// A model is in use, and where it came from; `None` for one that nobody waited for any more.
    Opened(Arc<ModelInfo>, Option<ModelSource>),
    /// Something could not be done that the rest did not need.
    Remark(String),
    /// The model that was asked for last can't be used.
    NotOpened(String),
    /// The pictures of latents can't be made.
    NotRendered(Purpose, String),
    /// Something else failed.
    Failed(String),
    /// The engine's thread has ended.
    Died,
}

/// Jobs whose pictures are candidates, those of given latents, and morphs.
pub(super) const PICTURES: Topic = Topic(0);
pub(super) const RENDER: Topic = Topic(1);
pub(super) const MORPH: Topic = Topic(2);

/// The pictures of a morph.
#[derive(Clone, Debug)]
pub struct MorphFrames {
    /// The job that they belong to.
    pub job: JobId,
    /// The latents on the way, both ends included.
    pub latents: Vec<Latent>,
    /// Their pictures.
    pub pictures: Vec<Arc<Picture>>,
}

/// What pictures of given latents are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The latent that was set by hand.
    Edit,
    /// Random pictures that show what the model makes.
    Samples,
}

/// How far the engine is, for the status line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What it does now, in a few words; empty when it rests.
    pub activity: String,
    /// Iterations done by the newest search.
    pub iteration: usize,
    /// Iterations until it comes to rest.
    pub iterations: usize,
    /// Iterations per second.
    pub per_second: f32,
}

/// A model that is on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    job: JobId,
    /// Where it comes from.
    pub source: ModelSource,
    /// How much of its file is read, 0 to 1, as far as that is known.
    pub share: Option<f32>,
}

/// The line to the engine.
pub struct EngineLink {
    port: Box<dyn Port>,
    /// The model in use; a handle of none before the first one is open.
    model: ModelHandle,
    /// Pictures that were taken from the engine and not yet shown, the newest of each topic.
    frames: BTreeMap<Topic, Frame>,
    last: JobId,
    /// The oldest job whose pictures are welcome: the first of the stroke that grows.
    welcome: JobId,
    /// The newest job that makes pictures, and whether it still runs.
    pictures: Option<JobId>,
    searching: bool,
    /// The newest search has shown nothing yet.
    unanswered: bool,
    morph: Option<JobId>,
    /// The job that makes pictures of given latents: the newest, whatever the one before was for.
    render: Option<(JobId, Purpose)>,
    opening: Option<Opening>,
    progress: Progress,
    dead: bool,
}

impl EngineLink {
    /// A line to this engine.
    #[must_use]
    pub fn new(port: Box<dyn Port>) -> Self {
        Self {
            port,
            model: ModelHandle::default(),
            frames: BTreeMap::new(),
            last: JobId(0),
            welcome: JobId(0),
            pictures: None,
            searching: false,
            unanswered: false,
            morph: None,
            render: None,
            opening: None,
            progress: Progress::default(),
            dead: false,
        }
    }

    /// How far the engine is.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// True while pictures are on their way.
    #[must_use]
    pub fn is_searching(&self) -> bool {
        self.searching
    }

    /// The newest job that makes pictures; 0 before the first.
    #[must_use]
    pub fn newest_pictures(&self) -> JobId {
        self.pictures.unwrap_or_default()
    }

    /// True while the newest search runs and has shown nothing yet. A drag asks for more than can be
    /// answered; whoever asks again before an answer has come keeps the engine from ever giving one.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        self.searching && self.unanswered
    }

    /// True while the engine has anything to do.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.searching || self.opening.is_some() || self.morph.is_some()
    }

    /// The model that is being opened.
    #[must_use]
    pub fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// True while pictures of given latents are on their way.
    #[must_use]
    pub fn is_rendering(&self) -> bool {
        self.render.is_some()
    }

    /// True once the engine's thread was found dead.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// Opens a model, with what the user decided about it or, where that is left out, as it was kept.
    pub fn open(&mut self, source: ModelSource, decisions: Option<Decisions>) {
        self.stop_opening();
        let job = self.next();
        self.opening = Some(Opening { job, source: source.clone(), share: None });
        self.progress.activity = "Opening a model".into();
        self.port.send(Command::Open { job, source, decisions });
    }

    /// Waits no more for the model that is being opened.
    pub fn stop_opening(&mut self) {
        if let Some(Opening { job, .. }) = self.opening.take() {
            self.port.send(Command::Stop { job });
            self.rest();
        }
    }

    /// Searches. While a stroke grows (`goes_on`) pictures of its earlier requests are still welcome: they
    /// are answers to the same stroke, and a busy engine would otherwise never show one in time.
    pub fn draw(&mut self, request: DrawRequest, goes_on: bool) {
        self.progress.iterations = request.settings.iterations;
        let job = self.next_pictures(goes_on, "Searching");
        self.port.send(Command::Draw { job, topic: PICTURES, model: self.model, request });
    }

    /// Asks for random pictures.
    pub fn sample(&mut self, count: usize, seed: u64) {
        let job = self.next_pictures(false, "Making pictures");
        self.progress.iterations = 0;
        self.port.send(Command::Sample { job, topic: PICTURES, model: self.model, count, seed });
    }

    /// Asks for the way between two latents.
    pub fn morph(&mut self, from: Latent, to: Latent, frames: usize, interpolation: Interpolation) {
        let job = self.next();
        self.morph = Some(job);
        let (topic, model) = (MORPH, self.model);
        self.port.send(Command::Morph { job, topic, model, from, to, frames, interpolation });
    }

    /// Asks for pictures of latents.
    pub fn render(&mut self, purpose: Purpose, latents: Vec<Latent>) {
        let job = self.next();
        self.render = Some((job, purpose));
        self.port.send(Command::Render { job, topic: RENDER, model: self.model, latents });
    }

    /// Ends what is running; nothing that was asked for before is welcome any more.
    pub fn cancel(&mut self) {
        self.welcome = JobId(self.last.0 + 1);
        (self.searching, self.pictures, self.morph, self.render) = (false, None, None, None);
        self.rest();
        self.port.send(Command::Cancel);
    }

    /// What the engine said since the last call, stale news left out.
    pub fn news(&mut self) -> Vec<News> {
        let mut news: Vec<News> = self.port.events().into_iter().filter_map(|e| self.hear(e)).collect();
        if !self.dead && !self.port.is_alive() {
            self.dead = true;
            (self.searching, self.opening, self.morph, self.render) = (false, None, None, None);
            self.rest();
            news.push(News::Died);
        }
        news
    }

    /// The newest candidates, unless they are stale.
    pub fn take_frame(&mut self) -> Option<Frame> {
        let frame = self.take(PICTURES)?;
        if frame.job < self.welcome || self.pictures.is_none_or(|newest| frame.job > newest) {
            return None;
        }
        // Whatever comes after this one is at least as new.
        self.welcome = frame.job;
        if self.pictures == Some(frame.job) {
            self.unanswered = false;
        }
        self.progress.per_second = frame.per_second;
        (self.progress.iteration, self.progress.iterations) = (frame.iteration, frame.iterations);
        if frame.settled && self.pictures == Some(frame.job) {
            self.searching = false;
            self.rest();
        }
        Some(frame)
    }

    /// The newest morph, unless it is stale.
    pub fn take_morph(&mut self) -> Option<MorphFrames> {
        let morph = self.take(MORPH)?;
        (self.morph == Some(morph.job) && morph.settled).then(|| {
            self.morph = None;
            self.rest();
            let (latents, pictures) = morph.candidates.into_iter().map(|c| (c.latent, c.picture)).unzip();
            MorphFrames { job: morph.job, latents, pictures }
        })
    }

    /// The pictures of the latents that were asked for, unless they are stale.
    pub fn take_rendered(&mut self) -> Option<(Purpose, Vec<Candidate>)> {
        let rendered = self.take(RENDER)?;
        if !rendered.settled {
            return None;
        }
        let (_, purpose) = self.render.take_if(|(job, _)| *job == rendered.job)?;
        Some((purpose, rendered.candidates))
    }

    /// The newest pictures of a topic.
    fn take(&mut self, topic: Topic) -> Option<Frame> {
        for frame in self.port.frames() {
            self.frames.insert(frame.topic, frame);
        }
        self.frames.remove(&topic)
    }

    fn hear(&mut self, event: Event) -> Option<News> {
        match event {
            Event::Opened { job, model, info } => {
                let source = self.opening.take_if(|opening| opening.job == job).map(|opening| opening.source);
                self.rest();
                let old = std::mem::replace(&mut self.model, model);
                if old != ModelHandle::default() {
                    self.port.send(Command::Close { model: old });
                }
                Some(News::Opened(info, source))
            }
            Event::Working { job, activity } => {
                let opening = self.opening.as_ref().map(|opening| opening.job);
                let current = [opening, self.pictures, self.morph].contains(&Some(job));
                if current && self.is_busy() {
                    self.progress.activity = activity;
                }
                None
            }
            Event::Opening { job, share } => {
                if let Some(opening) = self.opening.as_mut().filter(|opening| opening.job == job) {
                    opening.share = Some(share);
                }
                None
            }
            Event::Finished { job } => {
                self.ended(job);
                None
            }
            Event::Cancelled { job } => {
                self.ended(job);
                self.render.take_if(|(render, _)| *render == job);
                self.forget_morph(job);
                None
            }
            Event::Remark { message, .. } => Some(News::Remark(message)),
            Event::Failed { job, message } => {
                let opening = self.opening.as_ref().is_some_and(|opening| opening.job == job);
                let render = self.render.take_if(|(render, _)| *render == job);
                let stale = job < self.welcome && !opening && render.is_none() && self.morph != Some(job);
                self.ended(job);
                self.forget_morph(job);
                match render {
                    _ if stale => None,
                    _ if opening => Some(News::NotOpened(message)),
                    Some((_, purpose)) => Some(News::NotRendered(purpose, message)),
                    None => Some(News::Failed(message)),
                }
            }
        }
    }

    fn ended(&mut self, job: JobId) {
        if self.pictures == Some(job) {
            self.searching = false;
        }
        self.opening.take_if(|opening| opening.job == job);
        // A finished morph may still lie in its slot, so its number is kept until it is taken.
        self.rest();
    }

    fn forget_morph(&mut self, job: JobId) {
        if self.morph == Some(job) {
            self.morph = None;
            self.rest();
        }
    }

    fn rest(&mut self) {
        if !self.is_busy() {
            self.progress.activity.clear();
        }
    }

    fn next(&mut self) -> JobId {
        self.last = JobId(self.last.0 + 1);
        self.last
    }

    fn next_pictures(&mut self, goes_on: bool, activity: &str) -> JobId {
        let job = self.next();
        if !goes_on {
            self.welcome = job;
            self.progress.iteration = 0;
        }
        self.pictures = Some(job);
        self.searching = !self.dead;
        self.unanswered = true;
        self.progress.activity = if self.dead { String::new() } else { activity.into() };
        job
    }
}

#[cfg(test)]
mod tests;
