//! The window's end of the engine: send commands, take events and pictures.

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::protocol::{Command, Event, Frame, JobId, MorphFrames, Rendered};
use super::run;
use crate::checkpoint::LoadMonitor;
use crate::model::{self, Decisions, Model, ModelSource};
use crate::thread::{Latest, STACK_BYTES, Wake};
use crate::{Error, Result};

/// The newest pictures, shared by the two ends.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) frame: Latest<Frame>,
    pub(super) morph: Latest<MorphFrames>,
    pub(super) rendered: Latest<Rendered>,
}

/// The engine's thread. Dropping the handle ends the running job within a step and joins the thread.
#[derive(Debug)]
pub struct Engine {
    /// `None` only while dropping.
    commands: Option<Sender<Command>>,
    /// Jobs to stop that keep the thread from looking at its commands; `None` only while dropping.
    stops: Option<Sender<JobId>>,
    events: Receiver<Event>,
    slots: Arc<Slots>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread "latent-engine" on the best device there is.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn spawn(wake: Wake) -> Result<Self> {
        Self::spawn_with(wake, model::open_watched)
    }

    /// Starts the thread with another way to open models.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn spawn_with(
        wake: Wake,
        opener: impl Fn(&ModelSource, Option<&Decisions>, &Arc<LoadMonitor>) -> Result<Model>
        + Send
        + Sync
        + 'static,
    ) -> Result<Self> {
        let (commands, inbox) = unbounded();
        let (stops, stopped) = unbounded();
        let (outbox, events) = unbounded();
        let slots = Arc::new(Slots::default());
        let reply = run::Reply::new(outbox, slots.clone(), wake);
        let thread = std::thread::Builder::new()
            .name("latent-engine".into())
            .stack_size(STACK_BYTES)
            .spawn(move || run::run(&inbox, stopped, reply, Arc::new(opener)))
            .map_err(|source| Error::io("the engine's thread", source))?;
        Ok(Self { commands: Some(commands), stops: Some(stops), events, slots, thread: Some(thread) })
    }

    /// Sends a command; never waits. After the thread's end commands go nowhere.
    pub fn send(&self, command: Command) {
        if let (Command::StopOpening { job }, Some(stops)) = (&command, &self.stops) {
            stops.send(*job).ok();
            return;
        }
        if let Some(commands) = &self.commands {
            // The only failure is a thread that has ended: then nobody is left to tell.
            commands.send(command).ok();
        }
    }

    /// The events since the last call, in order; never waits.
    pub fn events(&self) -> impl Iterator<Item = Event> + '_ {
        self.events.try_iter()
    }

    /// The newest candidates, if there are any that were not taken yet.
    #[must_use]
    pub fn take_frame(&self) -> Option<Frame> {
        self.slots.frame.take()
    }

    /// False once the thread has ended: then commands go nowhere.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// The newest morph, if there is one that was not taken yet.
    #[must_use]
    pub fn take_morph(&self) -> Option<MorphFrames> {
        self.slots.morph.take()
    }

    /// The newest pictures of latents that were asked for, if they were not taken yet.
    #[must_use]
    pub fn take_rendered(&self) -> Option<Rendered> {
        self.slots.rendered.take()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The closed channels are the word to stop: the thread looks at them between steps and while a model
        // is being opened.
        self.commands = None;
        self.stops = None;
        if let Some(thread) = self.thread.take() {
            // A panic outside a job has been reported by the default hook; there is nothing left to save.
            thread.join().ok();
        }
    }
}
