//! The window's end of a training.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::orders::{Orders, Reply, Slots};
use super::protocol::{Job, Order, Reading, Standing, TrainingEvent};
use super::work::{self, Stand};
use crate::thread::{STACK_BYTES, Wake};
use crate::train::run::saved::{run_folder, state_in};
use crate::{Error, Picture, Result};

/// A training on a thread of its own. Dropping it ends the training within a step, with a checkpoint and the model
/// folder written, and joins the thread.
#[derive(Debug)]
pub struct Training {
    /// `None` only while dropping.
    orders: Option<Sender<Order>>,
    events: Receiver<TrainingEvent>,
    slots: Arc<Slots>,
    thread: Option<JoinHandle<()>>,
}

impl Training {
    /// Starts the thread "latent-training", which computes on a pool of its own: the painter's pool stays free, and
    /// the two share the cores as their priorities say. Threads inherit the priority of the one that calls this
    /// where the system has such a thing. `wake` is called whenever there is something to take.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn spawn(job: Job, wake: Wake) -> Result<Self> {
        Self::spawn_with(job, wake, Box::new(|begun| begun))
    }

    /// Starts the thread with a training that stands in for the job's.
    pub(super) fn spawn_with(job: Job, wake: Wake, stand: Box<Stand>) -> Result<Self> {
        let (orders, inbox) = unbounded();
        let (outbox, events) = unbounded();
        let slots = Arc::new(Slots::default());
        let reply = Reply::new(outbox, slots.clone(), wake);
        let thread = std::thread::Builder::new()
            .name("latent-training".into())
            .stack_size(STACK_BYTES)
            .spawn(move || guard(&job, Orders::new(inbox), &reply, &stand))
            .map_err(|source| Error::io("the training's thread", source))?;
        Ok(Self { orders: Some(orders), events, slots, thread: Some(thread) })
    }

    /// Gives an order; never waits. After the training's end orders go nowhere.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            orders.send(order).ok();
        }
    }

    /// The events since the last call, in order; never waits.
    pub fn events(&self) -> impl Iterator<Item = TrainingEvent> + '_ {
        self.events.try_iter()
    }

    /// How many pictures are read, if that is news.
    #[must_use]
    pub fn take_reading(&self) -> Option<Reading> {
        self.slots.reading.take()
    }

    /// Where the training stands, if that is news.
    #[must_use]
    pub fn take_standing(&self) -> Option<Standing> {
        self.slots.standing.take()
    }

    /// The newest sample sheet, if it was not taken yet.
    #[must_use]
    pub fn take_sheet(&self) -> Option<Arc<Picture>> {
        self.slots.sheet.take()
    }

    /// False once the thread has ended.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        // The closed channel is the word to stop.
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic in a training has become an event; one outside has been reported by the default hook.
            thread.join().ok();
        }
    }
}

/// Trains; an error or a panic becomes the last event.
fn guard(job: &Job, orders: Orders, reply: &Reply, stand: &Stand) {
    let train = || {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(job.threads.max(1))
            .thread_name(|i| format!("training-pool-{i}"))
            .stack_size(STACK_BYTES)
            .build()
            .map_err(|error| Error::Invalid(format!("the training got no threads: {error}")))?;
        pool.install(|| work::train(job, orders, reply, stand))
    };
    let error = match catch_unwind(AssertUnwindSafe(train)) {
        Ok(Ok(last)) => return reply.event(last),
        Ok(Err(error)) => error,
        Err(panic) => Error::of_panic(panic.as_ref()),
    };
    tracing::error!(%error, "a training ended");
    let kept = state_in(&run_folder(&job.folder)).is_file();
    reply.event(TrainingEvent::Failed { message: error.to_string(), kept });
}
