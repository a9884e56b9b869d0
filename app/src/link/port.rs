//! What the window needs of an engine.

use latent_engine::service::{Command, Engine, Event};

use super::answer::{self, Answered};

/// An engine, or a scripted one that stands in for it in tests.
pub trait Port {
    /// Sends a command; never waits.
    fn send(&self, command: Command);
    /// The events since the last call; never waits.
    fn events(&self) -> Vec<Event>;
    /// The newest pictures of each kind that were not taken yet; never waits.
    fn answers(&self) -> Vec<Answered>;
    /// False when nobody is there to answer any more.
    fn is_alive(&self) -> bool;
}

impl Port for Engine {
    fn send(&self, command: Command) {
        Engine::send(self, command);
    }

    fn events(&self) -> Vec<Event> {
        Engine::events(self).collect()
    }

    fn answers(&self) -> Vec<Answered> {
        self.frames().into_iter().map(answer::of_frame).collect()
    }

    fn is_alive(&self) -> bool {
        Engine::is_alive(self)
    }
}

/// An engine that could not be started.
pub(crate) struct NoEngine;

impl Port for NoEngine {
    fn send(&self, _command: Command) {}

    fn events(&self) -> Vec<Event> {
        Vec::new()
    }

    fn answers(&self) -> Vec<Answered> {
        Vec::new()
    }

    fn is_alive(&self) -> bool {
        false
    }
}
