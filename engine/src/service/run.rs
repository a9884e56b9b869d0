//! The engine's only loop: take commands, take a step, look for commands again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, never, select, unbounded};

use super::handle::Slots;
use super::opening::{Opener, TELL_EVERY};
use super::protocol::{Command, Event, Frame, JobId};
use super::session::Session;
use crate::thread::Wake;
use crate::{Error, Result};

/// The engine's end of the way back to the window.
pub(super) struct Reply {
    events: Sender<Event>,
    slots: Arc<Slots>,
    wake: Wake,
}

impl Reply {
    pub fn new(events: Sender<Event>, slots: Arc<Slots>, wake: Wake) -> Self {
        Self { events, slots, wake }
    }

    pub fn event(&self, event: Event) {
        // A window that is gone hears nothing.
        self.events.send(event).ok();
        (self.wake)();
    }

    pub fn frame(&self, frame: Frame) {
        self.slots.put(frame);
        (self.wake)();
    }

    pub fn failed(&self, job: JobId, error: &Error) {
        self.event(Event::Failed { job, message: error.to_string() });
    }
}

/// Runs until the window's end of the channel is gone.
pub(super) fn run(inbox: &Receiver<Command>, reply: Reply, opener: Opener) {
    let (done, opened) = unbounded();
    let mut session = Session::new(reply, opener, done);
    loop {
        if let Some(pause) = pause(&session) {
            // A channel that never says anything, where nothing has to be looked at by itself.
            let timeout = pause.map_or_else(never, crossbeam_channel::after);
            select! {
                recv(inbox) -> command => match command {
                    Ok(command) => obey(&mut session, command),
                    Err(_) => return,
                },
                recv(opened) -> model => if let Ok(model) = model {
                    let job = model.job;
                    guard(&mut session, |_| Some(job), |session| session.opened(model));
                },
                recv(timeout) -> _ => {}
            }
        }
        // Everything that came meanwhile is looked at before the next step, so that a step is all that a
        // newer request ever waits for.
        loop {
            match inbox.try_recv() {
                Ok(command) => obey(&mut session, command),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        while let Ok(model) = opened.try_recv() {
            let job = model.job;
            guard(&mut session, |_| Some(job), |session| session.opened(model));
        }
        session.tell_openings();
        guard(&mut session, Session::running, Session::step);
    }
}

/// Whether to wait before the next step, and for how long at most: `None` when there is something to do,
/// `Some(None)` when nothing is left but to listen.
fn pause(session: &Session) -> Option<Option<Duration>> {
    let work = session.pause()?;
    let telling = session.is_opening().then_some(TELL_EVERY);
    Some(match (work, telling) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    })
}

fn obey(session: &mut Session, command: Command) {
    let job = command.job();
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
