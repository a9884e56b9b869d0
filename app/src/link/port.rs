//! What the window needs of an engine.

use latent_engine::service::{Command, Engine, Event, Frame, MorphFrames, Rendered};

/// An engine, or a scripted one that stands in for it in tests.
pub trait Port {
    /// Sends a command; never waits.
    fn send(&self, command: Command);
    /// The events since the last call; never waits.
    fn events(&self) -> Vec<Event>;
    /// The newest candidates that were not taken yet.
    fn take_frame(&self) -> Option<Frame>;
    /// The newest morph that was not taken yet.
    fn take_morph(&self) -> Option<MorphFrames>;
    /// The newest pictures of latents that were not taken yet.
    fn take_rendered(&self) -> Option<Rendered>;
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

    fn take_frame(&self) -> Option<Frame> {
        Engine::take_frame(self)
    }

    fn take_morph(&self) -> Option<MorphFrames> {
        Engine::take_morph(self)
    }

    fn take_rendered(&self) -> Option<Rendered> {
        Engine::take_rendered(self)
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

    fn take_frame(&self) -> Option<Frame> {
        None
    }

    fn take_morph(&self) -> Option<MorphFrames> {
        None
    }

    fn take_rendered(&self) -> Option<Rendered> {
        None
    }

    fn is_alive(&self) -> bool {
        false
    }
}
