//! The engine's only loop.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};

use super::handle::{Slots, Wake};
use super::protocol::{Command, Event, Frame, MorphFrames};

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
}

pub(super) fn run(inbox: &Receiver<Command>, _reply: Reply) {
    while inbox.recv().is_ok() {}
}
