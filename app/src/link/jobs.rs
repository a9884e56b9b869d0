//! The one place that compares what should be answered with what is asked already, and asks for the difference.

use std::sync::Arc;

use latent_engine::model::{ModelInfo, ModelSource};
use latent_engine::search::DrawRequest;
use latent_engine::service::{self, Command, Event, JobId};

use super::answer::{Answer, Answered};
use super::local::{Local, Task};
use super::models::ModelKey;
use super::port::Port;
use super::request::{Ends, Question, Request, Topic, Want};

/// What came back and still matters.
#[derive(Clone, Debug)]
pub enum News {
    /// An answer, and the request that it answers.
    Answered(Topic, Request, Answer),
    /// A model is open, and the request for it.
    Opened(Topic, ModelKey, Arc<ModelInfo>, Request),
    /// A request that can't be answered, and why.
    Failed(Topic, Request, String),
    /// Something could not be done that the rest did not need.
    Remark(String),
    /// The engine's thread has ended.
    Died,
}

/// A request that runs.
#[derive(Debug)]
struct Running {
    job: JobId,
    request: Request,
    /// Something came already.
    answered: bool,
    /// What the engine says it does.
    activity: String,
    /// How much of it is done, 0 to 1, as far as that is known.
    share: Option<f32>,
}

/// A model that is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening<'a> {
    /// Where it comes from.
    pub source: &'a ModelSource,
    /// How much of its file is read, 0 to 1, as far as that is known.
    pub share: Option<f32>,
}

/// What is asked of one topic.
#[derive(Debug, Default)]
struct Slot {
    running: Option<Running>,
    /// Older requests of the same drag, whose answers are still welcome; the oldest first.
    older: Vec<(JobId, Request)>,
}

/// What runs, topic by topic.
pub struct Jobs {
    port: Box<dyn Port>,
    local: Option<Local>,
    last: JobId,
    slots: [Slot; Topic::ALL.len()],
    dead: bool,
}

impl Jobs {
    /// Nothing is asked of this engine yet; `wake` is called when the window's own thread has an answer.
    #[must_use]
    pub fn new(port: Box<dyn Port>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let local = Local::spawn(wake).inspect_err(|error| tracing::warn!(%error, "there are no means")).ok();
        Self { port, local, last: JobId(0), slots: Default::default(), dead: false }
    }

    /// True once the engine's thread was found dead.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// True while something of this topic is on its way.
    #[must_use]
    pub fn is_running(&self, topic: Topic) -> bool {
        self.slot(topic).running.is_some()
    }

    /// True while pictures to choose from are on their way.
    #[must_use]
    pub fn is_searching(&self) -> bool {
        self.is_running(Topic::Pictures)
    }

    /// The model that is being opened, and how much of its file is read, 0 to 1, as far as that is known.
    #[must_use]
    pub fn opening(&self) -> Option<Opening<'_>> {
        let running = self.slot(Topic::Model).running.as_ref()?;
        match &running.request {
            Request::Open { source, .. } => Some(Opening { source, share: running.share }),
            _ => None,
        }
    }

    /// The job of this topic that runs.
    #[must_use]
    pub fn running(&self, topic: Topic) -> Option<JobId> {
        self.slot(topic).running.as_ref().map(|running| running.job)
    }

    /// What the engine does now, in a few words; `None` when it rests.
    #[must_use]
    pub fn activity(&self) -> Option<&str> {
        let shown = [Topic::Model, Topic::Pictures, Topic::Projection, Topic::Original];
        shown.into_iter().find_map(|topic| Some(self.slot(topic).running.as_ref()?.activity.as_str()))
    }

    /// Asks for what is wanted and not asked yet, and ends what is not wanted any more.
    pub fn ask(&mut self, wants: Vec<Want>) {
        if self.dead {
            return;
        }
        let mut wants = wants;
        for topic in Topic::ALL {
            let want = wants.iter().position(|want| want.topic == topic).map(|i| wants.swap_remove(i));
            let running = self.slot(topic).running.as_ref();
            match (running, want) {
                (None, None) => {}
                (Some(_), None) => self.end(topic),
                (Some(running), Some(want)) if want.request.asks_the_same_as(&running.request) => {}
                (Some(running), Some(want))
                    if !running.answered && want.request.waits_for(&running.request, want.in_motion) => {}
                (_, Some(want)) => self.send(topic, want.request),
            }
        }
    }

    /// Nobody needs this model any more.
    pub fn close(&self, model: ModelKey) {
        self.port.send(Command::Close { model });
    }

    /// What came since the last call; what nobody waits for any more is left out. Never waits.
    pub fn hear(&mut self) -> Vec<News> {
        // Pictures lie in their slots before the word that they were the last: whoever hears the word first finds
        // the pictures.
        let events = self.port.events();
        let mut answers = self.port.answers();
        answers.extend(self.local.iter().flat_map(Local::answers));
        let mut news: Vec<News> = answers.into_iter().filter_map(|answer| self.hear_answer(answer)).collect();
        news.extend(events.into_iter().filter_map(|event| self.hear_event(event)));
        if !self.dead && !self.port.is_alive() {
            self.dead = true;
            self.slots = Default::default();
            news.push(News::Died);
        }
        news
    }

    fn slot(&self, topic: Topic) -> &Slot {
        &self.slots[topic as usize]
    }

    fn send(&mut self, topic: Topic, request: Request) {
        self.last = JobId(self.last.0 + 1);
        let job = self.last;
        let slot = &mut self.slots[topic as usize];
        let replaced = slot.running.take();
        match replaced {
            Some(older) if request.goes_on_from(&older.request) => {
                slot.older.push((older.job, older.request));
            }
            Some(older) => {
                slot.older.clear();
                if matches!(older.request, Request::Open { .. }) {
                    self.port.send(Command::Stop { job: older.job });
                }
            }
            // What came to its end has no more answers.
            None => slot.older.clear(),
        }
        let activity = match &request {
            Request::Open { .. } => "Opening a model",
            Request::Pictures { question: Question::Strokes { .. }, .. } => "Searching",
            Request::Pictures { .. } | Request::Render { .. } | Request::Mean(_) => "Making pictures",
            Request::Morph { .. } => "Making the way to it",
            Request::Translate { .. } => "Making the picture",
            Request::Enlarge { .. } => "Enlarging",
            Request::Project { .. } => "Looking for the photo",
            Request::Retouch(_) | Request::View { .. } => "Working on the photo",
        };
        self.dispatch(topic, job, &request);
        let running = Running { job, request, answered: false, activity: activity.into(), share: None };
        self.slots[topic as usize].running = Some(running);
    }

    fn dispatch(&self, topic: Topic, job: JobId, request: &Request) {
        let topic = service::Topic(topic as u16);
        let command = match request.clone() {
            Request::Open { source, decisions } => Command::Open { job, source, decisions },
            Request::Pictures { question, constraints, start } => match question {
                Question::Random { model, count, seed } => Command::Sample { job, topic, model, count, seed },
                Question::Strokes { model, anchor, base, settings, .. } => {
                    let request = DrawRequest { constraints, settings, start, anchor, base };
                    Command::Draw { job, topic, model, request }
                }
            },
            Request::Render { model, latents } => Command::Render { job, topic, model, latents },
            Request::Morph { model, ends: Ends { from, to, way: interpolation }, frames } => {
                Command::Morph { job, topic, model, from, to, frames, interpolation }
            }
            Request::Translate { model, picture, style } => {
                Command::Translate { job, topic, model, picture, style }
            }
            Request::Enlarge { model, picture, way } => Command::Enlarge { job, topic, model, picture, way },
            Request::Project { model, photo, crop, settings } => {
                Command::Project { job, topic, model, photo, crop, settings }
            }
            Request::Retouch(retouching) => Command::Retouch { job, topic, retouching: *retouching },
            Request::Mean(of) => return self.ask_local(job, Task::Mean(of)),
            Request::View { photo, crop, sides } => {
                return self.ask_local(job, Task::View { photo, crop, sides });
            }
        };
        self.port.send(command);
    }

    fn ask_local(&self, job: JobId, task: Task) {
        if let Some(local) = &self.local {
            local.ask(job, task);
        }
    }

    /// Nobody waits for this any more.
    fn end(&mut self, topic: Topic) {
        let slot = std::mem::take(&mut self.slots[topic as usize]);
        let Some(running) = slot.running else { return };
        if !matches!(topic, Topic::Mean | Topic::View) {
            self.port.send(Command::Stop { job: running.job });
        }
    }

    fn hear_answer(&mut self, (job, answer): Answered) -> Option<News> {
        for topic in Topic::ALL {
            let slot = &mut self.slots[topic as usize];
            if let Some(running) = slot.running.as_mut().filter(|running| running.job == job) {
                running.answered = true;
                // Whatever comes after this one is at least as new.
                slot.older.clear();
                let request = running.request.clone();
                if answer.is_last() {
                    slot.running = None;
                }
                return Some(News::Answered(topic, request, answer));
            }
            if let Some(i) = slot.older.iter().position(|(older, _)| *older == job) {
                slot.older.drain(..i);
                let request = slot.older[0].1.clone();
                return Some(News::Answered(topic, request, answer));
            }
        }
        None
    }

    fn hear_event(&mut self, event: Event) -> Option<News> {
        match event {
            Event::Opened { job, model, info } => match self.take(job) {
                Some((topic, request)) => Some(News::Opened(topic, model, info, request)),
                None => {
                    // Nobody waits for it any more.
                    self.close(model);
                    None
                }
            },
            Event::Working { job, activity } => {
                self.of(job)?.activity = activity;
                None
            }
            Event::Opening { job, share } => {
                self.of(job)?.share = Some(share);
                None
            }
            // Where it is wanted still, it is asked for again.
            Event::Finished { job } | Event::Cancelled { job } => {
                self.take(job);
                None
            }
            Event::Remark { message, .. } => Some(News::Remark(message)),
            Event::Failed { job, message } => {
                let (topic, request) = self.take(job)?;
                Some(News::Failed(topic, request, message))
            }
        }
    }

    fn of(&mut self, job: JobId) -> Option<&mut Running> {
        self.slots.iter_mut().filter_map(|slot| slot.running.as_mut()).find(|running| running.job == job)
    }

    /// A job that came to its end.
    fn take(&mut self, job: JobId) -> Option<(Topic, Request)> {
        Topic::ALL.into_iter().find_map(|topic| {
            let running = self.slots[topic as usize].running.take_if(|running| running.job == job)?;
            Some((topic, running.request))
        })
    }
}

#[cfg(test)]
mod tests;
