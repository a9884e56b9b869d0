//! The painter's models: one arrives, one is gone back to.

use std::sync::Arc;

use latent_engine::model::{Ability, Decisions, ModelInfo, ModelSource};

use super::Paint;
use super::panels::latents::LatentsView;
use super::shown::Showing;
use crate::desk::Desk;
use crate::link::models::{ModelKey, OpenModel};
use crate::link::request::Request;

/// Models beside the one in use that stay open, so that a step back needs no file.
const KEPT: usize = 2;

/// A model that a person wants to open.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Where it comes from.
    pub source: ModelSource,
    /// What was decided about what its file does not say; `None`: as it was kept the last time.
    pub decisions: Option<Decisions>,
}

impl Paint {
    /// Where the model in use came from.
    #[must_use]
    pub fn source(&self) -> Option<&ModelSource> {
        self.document.model.as_ref().map(|model| &model.source)
    }

    pub(super) fn model_wanted(&self) -> Option<Request> {
        if let Some(Wanted { source, decisions }) = self.wanted.clone() {
            return Some(Request::Open { source, decisions });
        }
        // After a step back to another model it may have to be opened again.
        let model = self.document.model.as_ref().filter(|_| self.arrived.is_none())?;
        let there = self.open_models.contains(&model.key) || self.lost_models.contains(&model.key);
        (!there).then(|| reopening(model))
    }

    /// A model is open. The document goes on with it where it was asked for, as one step.
    pub(crate) fn opened(&mut self, key: ModelKey, info: Arc<ModelInfo>, request: Request) {
        self.open_models.push(key);
        let Request::Open { source, decisions } = request else { return };
        let model = Arc::new(OpenModel { key, info, source, decisions });
        let wanted = Wanted { source: model.source.clone(), decisions: model.decisions.clone() };
        if self.wanted.as_ref() == Some(&wanted) {
            self.wanted = None;
            if self.is_drawing() {
                // Nothing is taken from under the pen.
                self.arrived = Some(model);
            } else {
                self.move_to(model);
            }
        } else if let Some(old) = self.document.model.clone()
            && reopening(&old).asks_the_same_as(&reopening(&model))
        {
            self.replace(&old, &model);
        }
    }

    /// Takes the models off the list that are to be closed: beside the one in use and the one that waits for the
    /// pen, the newest of those that a step goes back to stay open.
    pub(crate) fn superfluous(&mut self) -> Vec<ModelKey> {
        let needed = |key: ModelKey| {
            let of = |model: &Option<Arc<OpenModel>>| model.as_ref().is_some_and(|model| model.key == key);
            (of(&self.document.model) || of(&self.arrived), self.history.documents().any(|d| of(&d.model)))
        };
        let mut kept = 0;
        let mut superfluous = Vec::new();
        for &key in self.open_models.iter().rev() {
            let (in_use, gone_back_to) = needed(key);
            kept += usize::from(!in_use && gone_back_to);
            if !in_use && (!gone_back_to || kept > KEPT) {
                superfluous.push(key);
            }
        }
        self.open_models.retain(|key| !superfluous.contains(key));
        superfluous
    }

    /// The model that came while the pen was down.
    pub(super) fn take_arrived(&mut self) {
        if let Some(model) = self.arrived.take() {
            self.move_to(model);
        }
    }

    fn move_to(&mut self, model: Arc<OpenModel>) {
        if self.document.model.is_some() {
            self.history.record(format!("open {}", model.name), self.document.clone());
        }
        self.document.move_to(model);
        self.showing = Showing::Newest;
        self.latents_view = LatentsView::default();
    }

    /// A model that was opened again takes its own place in every step.
    fn replace(&mut self, old: &OpenModel, new: &Arc<OpenModel>) {
        let replace = |document: &mut super::document::Document| {
            if document.model.as_deref() == Some(old) {
                document.go_on_with(new.clone());
            }
        };
        replace(&mut self.document);
        self.history.change_all(replace);
    }

    /// What was asked for makes no pictures to paint with. An enlarger is used as one; of anything else is said what it is.
    pub(super) fn no_generator(
        &mut self,
        key: ModelKey,
        info: &ModelInfo,
        source: ModelSource,
        desk: &mut Desk,
    ) {
        self.wanted = None;
        if info.can(Ability::Enlarge) {
            desk.notify(format!("{} enlarges pictures: those on the canvas go through it now", info.name));
            self.development.choose(Some(source.clone()));
            self.development.opened(key, info, source);
        } else {
            self.open_models.push(key);
            desk.warn(&info.why_not(Ability::Decode).unwrap_or_default());
        }
    }

    /// The model that was asked for does not come.
    pub(super) fn not_opened(&mut self) {
        if self.wanted.take().is_none()
            && let Some(model) = &self.document.model
        {
            // It was the one of these pictures: they stay, and nothing more is made of them.
            self.lost_models.push(model.key);
        }
    }
}

fn reopening(model: &OpenModel) -> Request {
    Request::Open { source: model.source.clone(), decisions: model.decisions.clone() }
}
