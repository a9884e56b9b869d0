//! A model is opened on a thread of its own, so that nobody has to wait for a file that takes its time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crossbeam_channel::{Receiver, RecvError, bounded, select};

use super::handle::STACK_BYTES;
use super::protocol::{JobId, ModelSource};
use super::run::Opener;
use crate::model::{Decisions, Model};
use crate::rng::Rng;
use crate::{Error, Result};

/// What came of it.
pub(super) enum Opened {
    /// A model that makes pictures.
    Model(Model),
    /// Nobody wants it any more.
    Stopped,
}

/// Opens a model and waits until that is done or `stops` names the job. A thread that is not waited for any
/// more comes to its end by itself, and what it opened is dropped.
pub(super) fn wait_for(
    opener: &Opener,
    source: &ModelSource,
    decisions: Option<&Decisions>,
    job: JobId,
    stops: &Receiver<JobId>,
) -> Result<Opened> {
    let (done, outcome) = bounded(1);
    let (opener, source, decisions) = (opener.clone(), source.clone(), decisions.cloned());
    let work = move || {
        let model = opener(&source, decisions.as_ref())?;
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
                _ => return Ok(Opened::Stopped),
            },
        }
    }
}
