//! The pictures of given latents, a few at a time, so that newer commands never wait for all of them.

use std::sync::Arc;

use super::job::{Pace, Shown};
use super::protocol::Content;
use crate::model::{Latent, Model};
use crate::search::Candidate;
use crate::{Error, Result};

/// Pictures of a light model made in one step.
const AT_ONCE: usize = 16;

/// Latents whose pictures are being made.
pub(super) struct Pictures {
    latents: Vec<Latent>,
    made: Vec<Candidate>,
}

impl Pictures {
    pub fn new(latents: Vec<Latent>) -> Self {
        Self { latents, made: Vec::new() }
    }

    /// Makes the next ones; shows all that there are.
    ///
    /// # Errors
    /// As [`Model::pictures`]; [`Error::Invalid`] when there are no latents.
    pub fn step(&mut self, model: &Model) -> Result<Shown> {
        if self.latents.is_empty() {
            return Err(Error::Invalid("no latents, no pictures: ask for at least one".into()));
        }
        let left = &self.latents[self.made.len()..];
        let next = left[..left.len().min(model.at_once(AT_ONCE))].to_vec();
        self.made.extend(candidates(model, next)?);
        let done = self.made.len() == self.latents.len();
        Ok(Shown { content: Some(Content::Candidates(self.made.clone())), pace: Pace::default(), done })
    }
}

/// Latents with their pictures; nothing was asked of them, so they cost nothing.
///
/// # Errors
/// As [`Model::pictures`].
fn candidates(model: &Model, latents: Vec<Latent>) -> Result<Vec<Candidate>> {
    let pictures = model.pictures(&latents)?;
    let prior = model.info.latents.prior_rms();
    let candidate = |(latent, picture): (Latent, crate::Picture)| Candidate {
        spread: latent.rms() / prior,
        latent,
        picture: Arc::new(picture),
        cost: 0.0,
        terms: Vec::new(),
    };
    Ok(latents.into_iter().zip(pictures).map(candidate).collect())
}
