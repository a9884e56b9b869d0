//! A model in use and its bank.

use crate::Result;
use crate::model::{Ability, Model};
use crate::search::Bank;

/// A model in use and its bank, which is made when it is needed and grows while there is nothing else to do.
pub(super) struct OpenModel {
    pub model: Model,
    /// `None` until somebody needs it.
    bank: Option<Bank>,
    /// The bank could not be made: don't try again until somebody asks for a search.
    gave_up: bool,
}

impl OpenModel {
    pub fn new(model: Model) -> Self {
        Self { model, bank: None, gave_up: false }
    }

    /// The bank of the model's pictures.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a model that makes no pictures of latents, with the reason.
    pub fn bank(&mut self) -> Result<&mut Bank> {
        self.model.decoder()?;
        Ok(self.bank.get_or_insert_with(|| Bank::of(self.model.clone())))
    }

    /// True while there is something to do in idle time.
    pub fn wants_to_grow(&self) -> bool {
        let complete = self.bank.as_ref().is_some_and(Bank::is_complete);
        self.model.info.can(Ability::Decode) && !complete && !self.gave_up
    }

    /// Adds a few entries to the bank.
    ///
    /// # Errors
    /// As [`Bank::extend`].
    pub fn grow(&mut self) -> Result<()> {
        self.bank()?.extend()
    }

    /// Leaves the bank alone in idle time from now on.
    pub fn give_up_growing(&mut self) {
        self.gave_up = true;
    }
}
