//! The engine's only loop: take commands, take a step, look for commands again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError};

use super::handle::Slots;
use super::protocol::{Command, Event, Frame, JobId, MorphFrames, Rendered};
use super::session::Session;
use crate::checkpoint::LoadMonitor;
use crate::model::{Decisions, Model, ModelSource};
use crate::thread::Wake;
use crate::{Error, Result};

/// The engine's end of the way back to the window.
pub(super) struct Reply {
    events: Sender<Event>,
    slots: Arc<Slots>,
    wake: Wake,
}

impl Reply {
    pub(super) fn new(events: Sender<Event>, slots: Arc<Slots>, wake: Wake) -> Self {
        Self { events, slots, wake }
    }

    pub(super) fn event(&self, event: Event) {
        // A window that is gone hears nothing.
        self.events.send(event).ok();
        (self.wake)();
    }

    pub(super) fn frame(&self, frame: Frame) {
        self.slots.frame.put(frame);
        (self.wake)();
    }

    pub(super) fn morph(&self, morph: MorphFrames) {
        self.slots.morph.put(morph);
        (self.wake)();
    }

    pub(super) fn rendered(&self, rendered: Rendered) {
        self.slots.rendered.put(rendered);
        (self.wake)();
    }

    fn failed(&self, job: JobId, error: &Error) {
        self.event(Event::Failed { job, message: error.to_string() });
    }
}

/// Opens models for a session.
pub(super) type Opener =
    Arc<dyn Fn(&ModelSource, Option<&Decisions>, &Arc<LoadMonitor>) -> Result<Model> + Send + Sync>;

/// Runs until the window's end of the channel is gone.
pub(super) fn run(inbox: &Receiver<Command>, stops: Receiver<JobId>, reply: Reply, opener: Opener) {
    let mut session = Session::new(reply, opener, stops);
    loop {
        if !session.has_work() {
            match inbox.recv() {
                Ok(command) => obey(&mut session, command, inbox),
                Err(_) => return,
            }
        } else if let Some(pause) = session.pause() {
            match inbox.recv_timeout(pause) {
                Ok(command) => obey(&mut session, command, inbox),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        // Everything that came meanwhile is looked at before the next step, so that a step is all that a
        // newer request ever waits for.
        loop {
            match inbox.try_recv() {
                Ok(command) => obey(&mut session, command, inbox),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        guard(&mut session, Session::running, Session::step);
    }
}

fn obey(session: &mut Session, command: Command, inbox: &Receiver<Command>) {
    let job = match &command {
        Command::Open { job, .. }
        | Command::Draw { job, .. }
        | Command::Sample { job, .. }
        | Command::Render { job, .. }
        | Command::Morph { job, .. } => Some(*job),
        Command::Cancel | Command::StopOpening { .. } => None,
    };
    // A drag sends requests faster than they can be answered: all but the newest are stale already.
    if !inbox.is_empty() {
        match command {
            Command::Draw { .. } => return session.postpone(command),
            Command::Render { job, latents } => return session.postpone_render(job, latents),
            _ => {}
        }
    }
    guard(session, |_| job, |session| session.obey(command));
}

/// Runs a piece of work; its error or panic ends the job with an event, and the session goes on.
fn guard(
    session: &mut Session,
    job: impl Fn(&Session) -> Option<JobId>,
    work: impl FnOnce(&mut Session) -> Result<()>,
) {
    let job = job(session);
    // The session drops the job that failed, so no half-done state of it is ever looked at.
    let error = match catch_unwind(AssertUnwindSafe(|| work(session))) {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(panic) => Error::of_panic(panic.as_ref()),
    };
    tracing::error!(?job, %error, "a job ended");
    session.abandon(job);
    if let Some(job) = job {
        session.reply().failed(job, &error);
    }
}
