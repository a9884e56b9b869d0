//! A model is opened on a thread of its own, so that nothing waits for a file that takes its time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::protocol::JobId;
use crate::checkpoint::LoadMonitor;
use crate::model::{Ability, Decisions, Model, ModelSource};
use crate::rng::Rng;
use crate::thread::STACK_BYTES;
use crate::{Error, Result};

/// Opens models for a session.
pub(super) type Opener =
    Arc<dyn Fn(&ModelSource, Option<&Decisions>, &Arc<LoadMonitor>) -> Result<Model> + Send + Sync>;

/// How often somebody hears how far the opening of a model is.
pub(super) const TELL_EVERY: Duration = Duration::from_millis(50);

/// A model that is being opened. Dropping it ends the reading; the thread comes to its end by itself, and what it
/// opened is dropped.
pub(super) struct Opening {
    pub job: JobId,
    pub source: ModelSource,
    pub decisions: Option<Decisions>,
    monitor: Arc<LoadMonitor>,
    /// The share of the file that was told last, and when.
    told: (f32, Instant),
}

/// What came of it.
pub(super) struct Opened {
    pub job: JobId,
    pub model: Result<Model>,
}

impl Opening {
    /// Begins; `done` hears what comes of it.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn begin(
        opener: &Opener,
        job: JobId,
        source: ModelSource,
        decisions: Option<Decisions>,
        done: Sender<Opened>,
    ) -> Result<Self> {
        let monitor = Arc::new(LoadMonitor::default());
        let opening = Self { job, source, decisions, monitor: monitor.clone(), told: (0.0, Instant::now()) };
        let (opener, source, decisions) = (opener.clone(), opening.source.clone(), opening.decisions.clone());
        let work = move || {
            let model = opener(&source, decisions.as_ref(), &monitor)?;
            if model.info.can(Ability::Decode) {
                // A model that can't make a picture must not take the place of one that can.
                model.pictures(&[model.info.latents.draw(&mut Rng::new(0))])?;
            }
            Ok(model)
        };
        std::thread::Builder::new()
            .name("model-opening".into())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let model = catch_unwind(AssertUnwindSafe(work));
                let model = model.unwrap_or_else(|panic| Err(Error::of_panic(panic.as_ref())));
                // Nobody may be waiting any more.
                done.send(Opened { job, model }).ok();
            })
            .map_err(|source| Error::io("a thread to open a model", source))?;
        Ok(opening)
    }

    /// How much of the file is read, 0 to 1, when that is news.
    pub fn news(&mut self) -> Option<f32> {
        let (told, when) = self.told;
        let share = self.monitor.share().filter(|share| *share > told && when.elapsed() >= TELL_EVERY)?;
        self.told = (share, Instant::now());
        Some(share)
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.monitor.cancel();
    }
}
