//! What the engine's thread remembers between commands, and what it does next.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::change::Change;
use super::job::{Job, Work, closed};
use super::open_model::OpenModel;
use super::opening::{Opened, Opener, Opening};
use super::pictures::Pictures;
use super::project::Project;
use super::protocol::{Command, Event, JobId, ModelHandle, Topic};
use super::retouch::{Explained, Retouch};
use super::run::Reply;
use super::search::Search;
use crate::Result;
use crate::model::{Latent, Model, ModelSource};
use crate::open;
use crate::rng::Rng;
use crate::search::ways::interpolate;

/// How long the bank stays as it is after somebody asked for the picture of a latent: a slider that is being
/// dragged asks again within this time, and entries of the bank are made many at once.
const QUIET: Duration = Duration::from_millis(150);

/// The state of the engine's thread.
pub(super) struct Session {
    reply: Reply,
    opener: Opener,
    /// Where threads that open models say what came of it.
    done: Sender<Opened>,
    openings: Vec<Opening>,
    models: BTreeMap<ModelHandle, OpenModel>,
    /// The newest handle.
    newest: ModelHandle,
    /// The model whose bank grows while there is nothing else to do: the last one that was opened or searched.
    front: Option<ModelHandle>,
    /// At most one for each topic, the one that has waited longest first.
    jobs: Vec<Job>,
    /// When pictures of latents were last made.
    rendered: Option<Instant>,
    /// The last change that was made in a photo.
    explained: Explained,
}

impl Session {
    pub fn new(reply: Reply, opener: Opener, done: Sender<Opened>) -> Self {
        Self {
            reply,
            opener,
            done,
            openings: Vec::new(),
            models: BTreeMap::new(),
            newest: ModelHandle(0),
            front: None,
            jobs: Vec::new(),
            rendered: None,
            explained: Explained::default(),
        }
    }

    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// True while a model is being opened.
    pub fn is_opening(&self) -> bool {
        !self.openings.is_empty()
    }

    /// How long to listen before the next step: `None` when a step has something to do, `Some(None)` when there is
    /// nothing left to do.
    pub fn pause(&self) -> Option<Option<Duration>> {
        if !self.jobs.is_empty() {
            return None;
        }
        if !self.front.and_then(|front| self.models.get(&front)).is_some_and(OpenModel::wants_to_grow) {
            return Some(None);
        }
        let left = self.rendered.and_then(|since| QUIET.checked_sub(since.elapsed()));
        left.filter(|left| !left.is_zero()).map(Some)
    }

    /// The job that a step would go on with.
    pub fn running(&self) -> Option<JobId> {
        self.next_job().map(|at| self.jobs[at].id)
    }

    /// Pictures of latents and of pictures are made before searches go on: they are few, and somebody waits for them.
    fn next_job(&self) -> Option<usize> {
        let searches = |work: &Work| match work {
            Work::Search(_) => true,
            Work::Project(project) => project.has_answered(),
            Work::Pictures(_) | Work::Change(_) | Work::Retouch(_) => false,
        };
        let pictures = self.jobs.iter().position(|job| !searches(&job.work));
        pictures.or((!self.jobs.is_empty()).then_some(0))
    }

    /// Drops the job that failed; a failure without a job was a bank's.
    pub fn abandon(&mut self, job: Option<JobId>) {
        match job {
            Some(id) => self.jobs.retain(|job| job.id != id),
            None => {
                if let Some(open) = self.front.and_then(|front| self.models.get_mut(&front)) {
                    open.give_up_growing();
                }
            }
        }
    }

    pub fn obey(&mut self, command: Command) -> Result<()> {
        match command {
            Command::Open { job, source, decisions } => {
                let name = match &source {
                    ModelSource::Bundled(name) => name.clone(),
                    ModelSource::Path(path) => path.display().to_string(),
                };
                self.reply.event(Event::Working { job, activity: format!("Opening {name}") });
                let opening = Opening::begin(&self.opener, job, source, decisions, self.done.clone())?;
                self.openings.push(opening);
            }
            Command::Close { model } => self.close(model),
            Command::Draw { job, topic, model, request } => {
                self.open_model(model)?;
                self.reply.event(Event::Working { job, activity: "Searching".into() });
                self.front = Some(model);
                self.begin(job, topic, model, Work::Search(Box::new(Search::new(request))));
            }
            Command::Sample { job, topic, model, count, seed } => {
                let spec = &self.open_model(model)?.model.info.latents;
                let mut rng = Rng::new(seed);
                let latents = (0..count).map(|_| spec.draw(&mut rng)).collect();
                self.begin(job, topic, model, Work::Pictures(Pictures::new(latents)));
            }
            Command::Render { job, topic, model, latents } => {
                self.open_model(model)?;
                self.begin(job, topic, model, Work::Pictures(Pictures::new(latents)));
            }
            Command::Morph { job, topic, model, from, to, frames, interpolation } => {
                self.open_model(model)?.model.latent_tensor([&from, &to].map(Latent::values))?;
                let latents = interpolate(&from, &to, frames, interpolation);
                self.begin(job, topic, model, Work::Pictures(Pictures::new(latents)));
            }
            Command::Encode { job, topic, model, picture } => {
                self.begin_change(job, topic, model, |_| Ok(Change::Encode(picture)))?;
            }
            Command::Translate { job, topic, model, picture, style } => {
                self.begin_change(job, topic, model, |_| Ok(Change::Translate(picture, style)))?;
            }
            Command::Enlarge { job, topic, model, picture, way } => {
                self.begin_change(job, topic, model, |model| Change::enlarge(model, &picture, way))?;
            }
            Command::Project { job, topic, model, photo, crop, settings } => {
                let project = Project::new(self.open_model(model)?, photo, crop, settings)?;
                self.reply.event(Event::Working { job, activity: "Finding the photo".into() });
                self.begin(job, topic, model, Work::Project(Box::new(project)));
            }
            Command::Retouch { job, topic, retouching } => {
                let model = retouching.enlarger.map(|(model, _)| model);
                model.map_or(Ok(()), |model| self.open_model(model).map(|_| ()))?;
                self.begin(job, topic, model, Work::Retouch(Box::new(Retouch::new(retouching))));
            }
            Command::Stop { job } => {
                self.end(|running| running.id == job);
                if let Some(at) = self.openings.iter().position(|opening| opening.job == job) {
                    self.openings.remove(at);
                    self.reply.event(Event::Cancelled { job });
                }
            }
            Command::Cancel => self.end(|_| true),
        }
        Ok(())
    }

    /// One step of whatever there is to do.
    pub fn step(&mut self) -> Result<()> {
        let Some(at) = self.next_job() else {
            let grows = self.pause().is_none();
            return match self.front.and_then(|front| self.models.get_mut(&front)) {
                Some(open) if grows => open.grow(),
                _ => Ok(()),
            };
        };
        // Taken out: a job that fails or panics is gone.
        let mut job = self.jobs.remove(at);
        let open = job.model.and_then(|model| self.models.get_mut(&model));
        let step = job.step(open, &mut self.explained)?;
        if let Some(frame) = step.frame {
            self.reply.frame(frame);
        }
        if matches!(job.work, Work::Pictures(_)) {
            self.rendered = Some(Instant::now());
        }
        if step.done {
            self.reply.event(Event::Finished { job: job.id });
        } else {
            // To the end of the queue: searches take turns.
            self.jobs.push(job);
        }
        Ok(())
    }

    /// Takes in what came of the opening of a model.
    pub fn opened(&mut self, opened: Opened) -> Result<()> {
        let job = opened.job;
        let Some(at) = self.openings.iter().position(|opening| opening.job == job) else {
            // Nobody waits for it any more.
            return Ok(());
        };
        let opening = self.openings.remove(at);
        let open = OpenModel::new(opened.model?);
        self.newest = ModelHandle(self.newest.0 + 1);
        let (model, info) = (self.newest, open.model.info.clone());
        if open.wants_to_grow() {
            self.front = Some(model);
        }
        self.models.insert(model, open);
        self.reply.event(Event::Opened { job, model, info });
        let kept = opening.decisions.as_ref().map(|decisions| open::remember(&opening.source, decisions));
        if let Some(Err(error)) = kept {
            let message = format!("The model works, but this could not be kept for the next time: {error}");
            self.reply.event(Event::Remark { job, message });
        }
        Ok(())
    }

    /// Tells how far the models are that are being opened.
    pub fn tell_openings(&mut self) {
        for opening in &mut self.openings {
            if let Some(share) = opening.news() {
                self.reply.event(Event::Opening { job: opening.job, share });
            }
        }
    }

    fn open_model(&self, model: ModelHandle) -> Result<&OpenModel> {
        self.models.get(&model).ok_or_else(closed)
    }

    fn close(&mut self, model: ModelHandle) {
        self.end(|job| job.model == Some(model));
        self.models.remove(&model);
        if self.front == Some(model) {
            self.front = self.models.keys().next_back().copied();
        }
    }

    /// Begins to make something of a picture.
    fn begin_change(
        &mut self,
        id: JobId,
        topic: Topic,
        model: ModelHandle,
        change: impl FnOnce(&Model) -> Result<Change>,
    ) -> Result<()> {
        let change = change(&self.open_model(model)?.model)?;
        self.begin(id, topic, model, Work::Change(change));
        Ok(())
    }

    /// Begins a job; an older one of its topic ends.
    fn begin(&mut self, id: JobId, topic: Topic, model: impl Into<Option<ModelHandle>>, work: Work) {
        self.end(|job| job.topic == topic);
        self.jobs.push(Job { id, topic, model: model.into(), work });
    }

    fn end(&mut self, which: impl Fn(&Job) -> bool) {
        for job in self.jobs.extract_if(.., |job| which(job)) {
            self.reply.event(Event::Cancelled { job: job.id });
        }
    }
}
