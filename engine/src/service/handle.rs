//! The window's end of the engine: send commands, take events and pictures.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::protocol::{Command, Event, Frame, Topic};
use super::run;
use crate::checkpoint::LoadMonitor;
use crate::model::{Decisions, Model, ModelSource};
use crate::open;
use crate::thread::{STACK_BYTES, Wake};
use crate::{Error, Result};

/// The newest pictures of every topic, shared by the two ends: a slow window never queues them.
#[derive(Debug, Default)]
pub(super) struct Slots(Mutex<BTreeMap<Topic, Frame>>);

impl Slots {
    /// Puts pictures in; those of the same topic that nobody took are dropped.
    pub fn put(&self, frame: Frame) {
        self.frames().insert(frame.topic, frame);
    }

    /// Takes all that nobody took yet.
    pub fn take(&self) -> Vec<Frame> {
        std::mem::take(&mut *self.frames()).into_values().collect()
    }

    fn frames(&self) -> MutexGuard<'_, BTreeMap<Topic, Frame>> {
        // A panic elsewhere can't leave a map half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine's thread. Dropping the handle ends the running job within a step and joins the thread.
#[derive(Debug)]
pub struct Engine {
    /// `None` only while dropping.
    commands: Option<Sender<Command>>,
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
        Self::spawn_with(wake, open::open_watched)
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
        let (outbox, events) = unbounded();
        let slots = Arc::new(Slots::default());
        let reply = run::Reply::new(outbox, slots.clone(), wake);
        let thread = std::thread::Builder::new()
            .name("latent-engine".into())
            .stack_size(STACK_BYTES)
            .spawn(move || run::run(&inbox, reply, Arc::new(opener)))
            .map_err(|source| Error::io("the engine's thread", source))?;
        Ok(Self { commands: Some(commands), events, slots, thread: Some(thread) })
    }

    /// Sends a command; never waits. After the thread's end commands go nowhere.
    pub fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The only failure is a thread that has ended: then nobody is left to tell.
            commands.send(command).ok();
        }
    }

    /// The events since the last call, in order; never waits.
    pub fn events(&self) -> impl Iterator<Item = Event> + '_ {
        self.events.try_iter()
    }

    /// The newest pictures of every topic that were not taken yet; never waits.
    #[must_use]
    pub fn frames(&self) -> Vec<Frame> {
        self.slots.take()
    }

    /// False once the thread has ended: then commands go nowhere.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The closed channel is the word to stop: the thread looks at it between steps.
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic outside a job has been reported by the default hook; there is nothing left to save.
            thread.join().ok();
        }
    }
}
