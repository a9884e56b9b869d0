//! Projection: the latent whose picture comes nearest to a photo (Zhu et al. 2016, section 3), a step at a time.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::learned::{LIKE_NOISE, difference, explained};
use crate::model::{Ability, Latent, Model, ModelInfo};
use crate::search::constraint::Constraints;
use crate::search::terms::{PRIOR, SMOOTHNESS};
use crate::search::{self, Bank, DrawRequest, SolveSettings, Solver, SolverKind, TermCost, Weights};
use crate::{Error, Picture, Result, shared};

/// How a latent is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// What the model's encoder says, at once.
    Encoder,
    /// A search from the nearest pictures of the bank.
    Optimize,
    /// A search from what the encoder says and from around it.
    Hybrid,
}

impl Method {
    /// The best one that a model allows.
    #[must_use]
    pub fn best_for(model: &ModelInfo) -> Self {
        if model.can(Ability::Encode) { Self::Hybrid } else { Self::Optimize }
    }
}

/// How a search for a photo's latent goes on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectionSettings {
    /// How a latent is found.
    pub method: Method,
    /// Evaluations that each search may spend.
    pub iterations: usize,
    /// Searches that run beside each other; the best one counts.
    pub searches: usize,
    /// How strongly latents are kept plausible. A photo is no stroke: it says where every pixel belongs, so
    /// much less of this is needed.
    pub prior: f32,
    /// 0 searches from the nearest pictures of the whole bank, any other seed from those of a random half of it. Beside an
    /// encoder it chooses the places around its answer.
    pub seed: u64,
}

impl Default for ProjectionSettings {
    fn default() -> Self {
        Self { method: Method::Optimize, iterations: 200, searches: 4, prior: 0.005, seed: 0 }
    }
}

/// What became of a photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// The latent that was found.
    pub latent: Latent,
    /// Its picture.
    #[serde(with = "shared")]
    pub picture: Arc<Picture>,
    /// What the model saw, at its size.
    #[serde(with = "shared")]
    pub photo: Arc<Picture>,
    /// Root mean squared difference between the two, in light from 0 to 1.
    pub error: f32,
    /// The share of the photo that the picture explains ([`explained`]): 1 is all.
    pub explained: f32,
    /// What the search minimizes, term by term; nothing of an encoder's answer.
    pub terms: Vec<TermCost>,
}

impl Projection {
    pub(super) fn new(
        photo: &Arc<Picture>,
        latent: Latent,
        picture: Arc<Picture>,
        terms: Vec<TermCost>,
    ) -> Self {
        let (error, explained) = (difference(photo, &picture), explained(photo, &picture));
        Self { latent, picture, photo: photo.clone(), error, explained, terms }
    }

    /// True where the model tells the photo from noise no better than a slope of colour does.
    #[must_use]
    pub fn is_like_noise(&self) -> bool {
        self.explained < LIKE_NOISE
    }
}

/// How far a projection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Evaluations that the longest search has spent.
    pub iteration: usize,
    /// Evaluations until it comes to rest.
    pub iterations: usize,
    /// True when nothing is left to do.
    pub done: bool,
}

/// A photo's latent, as it is being found: at the first step what the encoder says, then what a search makes of it.
pub struct Projecting {
    model: Model,
    photo: Arc<Picture>,
    settings: ProjectionSettings,
    constraints: Arc<Constraints>,
    encoded: bool,
    search: Option<Box<dyn Solver>>,
    found: Option<Projection>,
}

impl Projecting {
    /// Begins with a photo of the model's size.
    ///
    /// # Errors
    /// [`Error::Invalid`] when an encoder is asked for that the model lacks, or a model that makes no pictures;
    /// [`Error::Shape`] for a photo of another size.
    pub fn new(model: &Model, photo: Arc<Picture>, settings: ProjectionSettings) -> Result<Self> {
        model.decoder()?;
        if settings.method != Method::Optimize {
            model.encoder().map_err(|error| why_not(&error))?;
        }
        let constraints = Arc::new(whole_picture(&photo, model.info.sides)?);
        Ok(Self {
            model: model.clone(),
            photo,
            settings,
            constraints,
            encoded: false,
            search: None,
            found: None,
        })
    }

    /// True while the next step needs the bank of the model's pictures to be complete: an encoder's answer does not.
    #[must_use]
    pub fn needs_bank(&self) -> bool {
        self.settings.method == Method::Optimize && self.search.is_none()
    }

    /// The best so far; `None` before anything is known.
    #[must_use]
    pub fn found(&self) -> Option<&Projection> {
        self.found.as_ref()
    }

    /// Takes the nearest picture of a bank that is still being made for the best so far.
    ///
    /// # Errors
    /// As [`Bank::preview`].
    pub fn preview(&mut self, bank: &Bank) -> Result<()> {
        if let Some(nearest) = bank.preview(&self.request(None))?.into_iter().next() {
            self.found = Some(Projection::new(&self.photo, nearest.latent, nearest.picture, nearest.terms));
        }
        Ok(())
    }

    /// Goes on by a step.
    ///
    /// # Errors
    /// As [`search::start`] and the search have them; the best so far stays.
    pub fn step(&mut self, bank: &Bank) -> Result<Standing> {
        let iterations = self.settings.iterations;
        if self.settings.method != Method::Optimize && !self.encoded {
            self.encoded = true;
            let latent = self.encode()?;
            let picture = self.model.pictures(std::slice::from_ref(&latent))?.swap_remove(0);
            self.found = Some(Projection::new(&self.photo, latent, Arc::new(picture), Vec::new()));
            let done = self.settings.method == Method::Encoder;
            return Ok(Standing { iteration: 0, iterations: if done { 0 } else { iterations }, done });
        }
        if self.settings.method == Method::Encoder {
            return Ok(Standing { iteration: 0, iterations: 0, done: true });
        }
        let Some(search) = &mut self.search else {
            let near = (self.settings.method == Method::Hybrid)
                .then(|| self.found.as_ref().map(|f| f.latent.clone()));
            let request = self.request(near.flatten());
            let search = search::start(&self.model, bank, &request)?;
            if self.settings.method == Method::Optimize {
                // What was shown of an incomplete bank must not decide what is found.
                self.found = None;
            }
            self.search = Some(search);
            self.take()?;
            return Ok(Standing { iteration: 0, iterations, done: false });
        };
        let report = search.step()?;
        self.take()?;
        Ok(Standing { iteration: report.iteration, iterations, done: report.done })
    }

    /// Keeps the nearest of what the search has.
    fn take(&mut self) -> Result<()> {
        let Some(search) = &self.search else { return Ok(()) };
        for candidate in search.candidates()? {
            let error = difference(&self.photo, &candidate.picture);
            // As near as before and with its terms: the search has looked at the encoder's answer.
            if self
                .found
                .as_ref()
                .is_none_or(|best| error < best.error || (error == best.error && best.terms.is_empty()))
            {
                self.found =
                    Some(Projection::new(&self.photo, candidate.latent, candidate.picture, candidate.terms));
            }
        }
        Ok(())
    }

    fn request(&self, near: Option<Latent>) -> DrawRequest {
        let settings = &self.settings;
        DrawRequest {
            constraints: self.constraints.clone(),
            settings: SolveSettings {
                solver: SolverKind::Fast,
                top_k: settings.searches,
                iterations: settings.iterations,
                // The encoder's answer is where searches begin, nothing that holds them.
                weights: Weights::default().with(PRIOR, settings.prior).with(SMOOTHNESS, 0.0),
                seed: settings.seed,
                ..SolveSettings::default()
            },
            start: Vec::new(),
            anchor: near,
            base: None,
        }
    }

    /// What the model's encoder makes of the photo.
    fn encode(&self) -> Result<Latent> {
        let latents = self
            .model
            .encoder()
            .map_err(|error| why_not(&error))?
            .encode(&self.model.picture_tensor(&self.photo)?)?;
        let latent = latents.flatten_all()?.to_vec1::<f32>()?;
        if latent.iter().any(|value| !value.is_finite()) {
            return Err(Error::NonFinite { what: "the latent of a picture" });
        }
        Ok(latent.into())
    }
}

/// Finds the latent whose picture comes nearest to a photo of the model's size. `progress` hears the
/// evaluations spent by the longest search and can end the search; the best latent so far is the result then.
///
/// # Errors
/// As [`Projecting`]; [`Error::Invalid`] for a bank that is not complete where one is needed.
pub fn project(
    model: &Model,
    bank: &Bank,
    photo: &Picture,
    settings: &ProjectionSettings,
    mut progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Projection> {
    let mut projecting = Projecting::new(model, Arc::new(photo.clone()), *settings)?;
    loop {
        let standing = projecting.step(bank)?;
        if standing.done || progress(standing.iteration).is_break() {
            break;
        }
    }
    projecting.found.ok_or(Error::Cancelled)
}

fn why_not(error: &Error) -> Error {
    Error::Invalid(format!("{error}; its latents can only be searched (method \"optimize\")"))
}

/// A photo as a stroke that covers everything.
fn whole_picture(photo: &Picture, size: [usize; 2]) -> Result<Constraints> {
    let [height, width] = size;
    if [photo.height(), photo.width()] != size {
        return Err(Error::Shape {
            op: "project",
            left: vec![photo.height(), photo.width()],
            right: size.to_vec(),
            why: "a photo is projected at the model's size".into(),
        });
    }
    let everywhere = Picture::filled(width, height, [255; 3]);
    Constraints::from_pictures(Some((photo, &everywhere)), None, size)
}

#[cfg(test)]
mod tests;
