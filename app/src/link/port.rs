//! What the window needs of an engine.

use latent_engine::service::{Command, Engine, Event, Frame};

/// An engine, or a scripted one that stands in for it in tests.
pub trait Port {
    /// Sends a command; never waits.
    fn send(&self, command: Command);
    /// The events since the last call; never waits.
    fn events(&self) -> Vec<Event>;
    /// The newest pictures of every topic that were not taken yet; never waits.
    fn frames(&self) -> Vec<Frame>;
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

    fn frames(&self) -> Vec<Frame> {
        Engine::frames(self)
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

    fn frames(&self) -> Vec<Frame> {
        Vec::new()
    }

    fn is_alive(&self) -> bool {
        false
    }
}
