//! The orders that have come, and the way back to the window.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TryRecvError};

use super::protocol::{Order, Reading, Standing, TrainingEvent};
use crate::Picture;
use crate::thread::{Latest, Wake};

/// What is wanted of the training.
pub(super) struct Orders {
    inbox: Receiver<Order>,
    /// Rest.
    pub paused: bool,
    /// Come to an end.
    pub stop: bool,
    /// Write the model.
    save: bool,
}

impl Orders {
    pub fn new(inbox: Receiver<Order>) -> Self {
        Self { inbox, paused: false, stop: false, save: false }
    }

    /// Takes what has come; never waits.
    pub fn look(&mut self) {
        loop {
            match self.inbox.try_recv() {
                Ok(order) => self.take(order),
                Err(TryRecvError::Empty) => return,
                // Nobody is left to talk to: the word to stop.
                Err(TryRecvError::Disconnected) => return self.take(Order::Stop),
            }
        }
    }

    /// Waits for the next order.
    pub fn wait(&mut self) {
        self.take(self.inbox.recv().unwrap_or(Order::Stop));
    }

    /// True once after the model was asked for.
    pub fn take_save(&mut self) -> bool {
        std::mem::take(&mut self.save)
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Pause => self.paused = true,
            Order::GoOn => self.paused = false,
            Order::Save => self.save = true,
            Order::Stop => self.stop = true,
        }
    }
}

/// What the window takes when it has time for it: the newest of each.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub reading: Latest<Reading>,
    pub standing: Latest<Standing>,
    pub sheet: Latest<Arc<Picture>>,
}

/// The training's end of the way back to the window.
#[derive(Clone)]
pub(super) struct Reply {
    events: Sender<TrainingEvent>,
    slots: Arc<Slots>,
    wake: Wake,
}

impl Reply {
    pub fn new(events: Sender<TrainingEvent>, slots: Arc<Slots>, wake: Wake) -> Self {
        Self { events, slots, wake }
    }

    pub fn event(&self, event: TrainingEvent) {
        // A window that is gone hears nothing.
        self.events.send(event).ok();
        (self.wake)();
    }

    pub fn reading(&self, reading: Reading) {
        self.slots.reading.put(reading);
        (self.wake)();
    }

    pub fn standing(&self, standing: Standing) {
        self.slots.standing.put(standing);
        (self.wake)();
    }

    pub fn sheet(&self, sheet: Picture) {
        self.slots.sheet.put(Arc::new(sheet));
        (self.wake)();
    }
}
