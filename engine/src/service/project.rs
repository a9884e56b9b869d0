//! A photo's latent, as a job.

use std::sync::Arc;
use std::time::Instant;

use super::job::{Pace, Shown};
use super::open_model::OpenModel;
use super::protocol::{Content, Projected};
use crate::edit::{Crop, Placing, Projecting, ProjectionSettings};
use crate::model::Ability;
use crate::{Picture, Result};

/// While the bank is being made, the nearest of what is there is shown this many times.
const PREVIEWS: usize = 8;

/// A projection that runs.
pub(super) struct Project {
    photo: Arc<Picture>,
    settings: ProjectionSettings,
    stage: Stage,
    started: Instant,
    /// Entries of the bank that the last preview looked at.
    previewed: usize,
}

enum Stage {
    /// The best place is being looked for.
    Place(Box<Placing>),
    /// The model sees this part.
    Crop(Crop),
    /// The latent is being looked for.
    Latent(Crop, Box<Projecting>),
}

impl Project {
    /// Begins with a part of a photo, or with the search for the best one: the largest in the middle for a model
    /// without an encoder.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for a photo without a pixel.
    pub fn new(
        open: &OpenModel,
        photo: Arc<Picture>,
        crop: Option<Crop>,
        settings: ProjectionSettings,
    ) -> Result<Self> {
        let info = &open.model.info;
        let stage = match crop {
            Some(crop) => Stage::Crop(crop),
            None if info.can(Ability::Encode) => Stage::Place(Box::new(Placing::new(&photo, info.sides)?)),
            None => Stage::Crop(Crop::middle(&photo, info.sides)),
        };
        Ok(Self { photo, settings, stage, started: Instant::now(), previewed: 0 })
    }

    /// True where there is something to look at already: what is left can take turns with other searches.
    pub fn has_answered(&self) -> bool {
        matches!(&self.stage, Stage::Latent(_, projecting) if projecting.found().is_some() || projecting.needs_bank())
    }

    /// Looks at a few places, or at what the encoder says, or makes a part of the bank, or searches a step.
    ///
    /// # Errors
    /// As [`Placing`], [`Projecting`] and the bank have them.
    pub fn step(&mut self, open: &mut OpenModel) -> Result<Shown> {
        match &mut self.stage {
            Stage::Place(placing) => {
                placing.step(&open.model)?;
                let (iteration, iterations) = placing.standing();
                // Somebody waits for a first answer: the best so far of what the encoder says.
                let (crop, best) = (placing.best(), placing.projection().cloned());
                let content =
                    best.map(|projection| Content::Projection(Box::new(Projected { crop, projection })));
                if iteration == iterations {
                    self.stage = Stage::Crop(placing.best());
                }
                Ok(Shown { content, pace: Pace { iteration, iterations, ..Pace::default() }, done: false })
            }
            Stage::Crop(crop) => {
                let crop = *crop;
                let part = Arc::new(crop.sample(&self.photo, open.model.info.sides)?);
                let projecting = Projecting::new(&open.model, part, self.settings)?;
                self.stage = Stage::Latent(crop, Box::new(projecting));
                self.started = Instant::now();
                // What the encoder says is told in this very step: somebody waits for it.
                self.step(open)
            }
            Stage::Latent(crop, projecting) => {
                let crop = *crop;
                let bank = open.bank()?;
                if projecting.needs_bank() && !bank.is_complete() {
                    bank.extend()?;
                    let every = (bank.capacity() / PREVIEWS).max(1);
                    let pace = Pace { iterations: self.settings.iterations, ..Pace::default() };
                    if bank.len() < self.previewed + every {
                        return Ok(Shown { content: None, pace, done: false });
                    }
                    self.previewed = bank.len();
                    projecting.preview(bank)?;
                    return Ok(Shown { content: content(crop, projecting), pace, done: false });
                }
                let standing = projecting.step(bank)?;
                let seconds = self.started.elapsed().as_secs_f32().max(1e-6);
                let pace = Pace {
                    iteration: standing.iteration,
                    iterations: standing.iterations,
                    per_second: standing.iteration as f32 / seconds,
                };
                Ok(Shown { content: content(crop, projecting), pace, done: standing.done })
            }
        }
    }
}

fn content(crop: Crop, projecting: &Projecting) -> Option<Content> {
    let projection = projecting.found()?.clone();
    Some(Content::Projection(Box::new(Projected { crop, projection })))
}
