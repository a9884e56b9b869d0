//! A model is opened on a thread of its own, so that nobody has to wait for a file that takes its time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvError, bounded, select};

use super::protocol::JobId;
use super::run::Opener;
use crate::checkpoint::LoadMonitor;
use crate::model::{Decisions, Model, ModelSource};
use crate::rng::Rng;
use crate::thread::STACK_BYTES;
use crate::{Error, Result};

/// What came of it.
pub(super) enum Opened {
    /// A model that makes pictures.
    Model(Model),
    /// Nobody wants it any more.
    Stopped,
}

/// How often somebody hears how far it is.
const EVERY: Duration = Duration::from_millis(50);

/// Opens a model and waits until that is done or `stops` names the job; meanwhile `progress` hears how much of the
/// file is read, 0 to 1. A thread that is not waited for any more reads no further and comes to its end by
/// itself, and what it opened is dropped.
pub(super) fn wait_for(
    opener: &Opener,
    source: &ModelSource,
    decisions: Option<&Decisions>,
    job: JobId,
    stops: &Receiver<JobId>,
    mut progress: impl FnMut(f32),
) -> Result<Opened> {
    let (done, outcome) = bounded(1);
    let monitor = Arc::new(LoadMonitor::default());
    let watched = monitor.clone();
    let (opener, source, decisions) = (opener.clone(), source.clone(), decisions.cloned());
    let work = move || {
        let model = opener(&source, decisions.as_ref(), &watched)?;
        // A model that can't make a picture must not take the place of one that can.
        model.pictures(&[model.info.latents.draw(&mut Rng::new(0))])?;
        Ok(model)
    };
    std::thread::Builder::new()
        .name("model-opening".into())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // A panic goes on where somebody waits for the model; when nobody does, it has been reported.
            done.send(catch_unwind(AssertUnwindSafe(work))).ok();
        })
        .map_err(|source| Error::io("a thread to open a model", source))?;
    loop {
        select! {
            recv(outcome) -> opened => return match opened {
                Ok(Ok(model)) => model.map(Opened::Model),
                Ok(Err(panic)) => resume_unwind(panic),
                Err(RecvError) => Err(Error::Panic("the thread that opened the model is gone".into())),
            },
            recv(stops) -> stop => match stop {
                // An older job has ended long ago.
                Ok(stop) if stop < job => {}
                _ => {
                    monitor.cancel();
                    return Ok(Opened::Stopped);
                }
            },
            default(EVERY) => if let Some(share) = monitor.share() {
                progress(share);
            },
        }
    }
}
