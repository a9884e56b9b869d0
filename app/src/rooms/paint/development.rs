//! Pictures made large and sharp by an enlarger, once they are no more about to change.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::enlarge::Way;
use latent_engine::model::{ModelInfo, ModelSource};

use super::Paint;
use crate::link::models::ModelKey;
use crate::link::request::Request;

/// How pictures become larger than the model makes them.
pub struct Development {
    /// Whether they do.
    pub on: bool,
    /// The enlarger that a person chose in the place of the one that the model names.
    chosen: Option<ModelSource>,
    /// The enlarger that is open.
    open: Option<Enlarger>,
    /// One that could not be opened: it is not asked for again until another one is wanted.
    failed: Option<ModelSource>,
    /// The enlargers that are not needed any more.
    superfluous: Vec<ModelKey>,
    /// The newest large picture, and the small one that it was made of.
    large: Option<(Arc<Picture>, Arc<Picture>)>,
}

impl Default for Development {
    fn default() -> Self {
        Self { on: true, chosen: None, open: None, failed: None, superfluous: Vec::new(), large: None }
    }
}

/// An open enlarger.
struct Enlarger {
    key: ModelKey,
    source: ModelSource,
    name: String,
}

impl Development {
    /// An enlarger is open.
    pub(super) fn opened(&mut self, key: ModelKey, info: &ModelInfo, source: ModelSource) {
        let open = Enlarger { key, source, name: info.name.clone() };
        self.superfluous.extend(self.open.replace(open).map(|old| old.key));
        self.large = None;
    }

    /// A person chose this enlarger.
    pub(super) fn choose(&mut self, source: Option<ModelSource>) {
        (self.chosen, self.failed, self.on) = (source, None, true);
    }

    /// It could not be opened.
    pub(super) fn not_opened(&mut self, source: ModelSource) {
        self.failed = Some(source);
    }

    /// A large picture came.
    pub(super) fn take(&mut self, small: Arc<Picture>, large: Arc<Picture>) {
        self.large = Some((small, large));
    }

    /// The picture can't be enlarged; what can't be made is not asked for again.
    pub(super) fn take_failure(&mut self, small: Arc<Picture>) {
        self.large = Some((small.clone(), small));
    }

    /// What the enlarger made of a picture.
    #[must_use]
    pub fn of(&self, small: &Arc<Picture>) -> Option<&Arc<Picture>> {
        let (of, large) = self.large.as_ref().filter(|_| self.on)?;
        Arc::ptr_eq(of, small).then_some(large)
    }

    /// The name of the enlarger that is open.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.open.as_ref().map(|open| open.name.as_str())
    }

    /// The models that are not needed any more; each is said once.
    pub(super) fn superfluous(&mut self) -> Vec<ModelKey> {
        std::mem::take(&mut self.superfluous)
    }
}

impl Paint {
    /// The enlarger that pictures should go through.
    #[must_use]
    pub fn enlarger_source(&self) -> Option<&ModelSource> {
        let named = || self.document.model.as_ref()?.info.enlarger.as_ref();
        self.development.chosen.as_ref().or_else(named).filter(|_| self.development.on)
    }

    pub(super) fn enlarger_wanted(&self) -> Option<Request> {
        let Development { open, failed, .. } = &self.development;
        let source = self.enlarger_source().filter(|source| failed.as_ref() != Some(source))?;
        let there = open.as_ref().is_some_and(|open| open.source == *source);
        (!there).then(|| Request::Open { source: source.clone(), decisions: None })
    }

    /// The enlarger that is open and that pictures should go through.
    pub(super) fn open_enlarger(&self) -> Option<(ModelKey, Way)> {
        let source = self.enlarger_source()?;
        let open = self.development.open.as_ref().filter(|open| open.source == *source)?;
        Some((open.key, Way::Sharp))
    }

    /// The picture on the canvas should be large, once it is no more about to change: enlarging would slow the search.
    pub(super) fn large_wanted(&self, at_rest: bool) -> Option<Request> {
        let (model, way) = self.open_enlarger().filter(|_| self.photo().is_none() || self.plain)?;
        let picture = self.shown_picture().filter(|small| self.development.of(small).is_none())?;
        (at_rest && !self.is_playing()).then_some(Request::Enlarge { model, picture, way })
    }

    /// The picture on the canvas as large as there is one.
    #[must_use]
    pub fn developed_picture(&self) -> Option<Arc<Picture>> {
        let small = self.shown_picture()?;
        Some(self.development.of(&small).cloned().unwrap_or(small))
    }
}
