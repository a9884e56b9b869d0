//! Painting over a picture that is held: what is seen is that picture with the change where strokes may change it.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::edit::{Mask, composite};
use latent_engine::search::Extent;
use latent_engine::search::constraint::Constraints;

use super::Paint;
use super::base::{Base, Ground, Held};
use super::shown::Showing;

/// Pictures that are remembered with what is seen of them.
const REMEMBERED: usize = 256;

/// What is done to the picture that is held, as one of many changes while something slides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hold {
    /// How far strokes may reach, 0 to 1.
    Reach(f32),
    /// How much of the change is shown.
    Strength(f32),
    /// How softly what must stay begins.
    Feather(f32),
    /// Whether what is painted as "must stay" is the only part that may change.
    Inverted(bool),
}

/// What pictures of the model look like over what is held, remembered: it follows from the document.
#[derive(Default)]
pub struct Composites {
    of: Option<Key>,
    mask: Option<Arc<Mask>>,
    /// A picture of the model and what is seen of it.
    made: Vec<(Arc<Picture>, Arc<Picture>)>,
}

/// What composites follow from.
struct Key {
    strokes: Arc<Constraints>,
    extent: Extent,
    strength: f32,
    by_hand: bool,
    before: Arc<Picture>,
    seen: Arc<Picture>,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.strokes, &other.strokes)
            && (self.extent, self.strength, self.by_hand) == (other.extent, other.strength, other.by_hand)
            && Arc::ptr_eq(&self.before, &other.before)
            && Arc::ptr_eq(&self.seen, &other.seen)
    }
}

impl Composites {
    fn get(&mut self, key: Key, picture: &Arc<Picture>) -> Option<Arc<Picture>> {
        if !self.of.as_ref().is_some_and(|of| of.is(&key)) {
            self.mask = mask(&key);
            self.made.clear();
            self.of = Some(key);
        }
        if let Some((_, made)) = self.made.iter().find(|(of, _)| Arc::ptr_eq(of, picture)) {
            return Some(made.clone());
        }
        let (key, mask) = (self.of.as_ref()?, self.mask.as_ref()?);
        let changed = key.by_hand.then(|| Mask::of_change(&key.before, picture).ok()).flatten();
        let all = changed.map(|changed| changed.and(mask));
        let made = composite(&key.seen, &key.before, picture, all.as_ref().unwrap_or(mask), key.strength);
        let made = Arc::new(made.ok()?);
        if self.made.len() == REMEMBERED {
            self.made.clear();
        }
        self.made.push((picture.clone(), made.clone()));
        Some(made)
    }
}

/// Where strokes may change the picture; by hand all of it may change that was not painted as "must stay".
fn mask(key: &Key) -> Option<Arc<Mask>> {
    let extent = if key.by_hand { Extent { reach: 1.0, ..key.extent } } else { key.extent };
    Mask::under(&key.strokes, &extent).ok().map(Arc::new)
}

impl Paint {
    /// What is seen of a picture of the model: over a picture that is held, that one with the change. The one place where
    /// it is made, for the canvas, the candidates and the way alike.
    #[must_use]
    pub fn seen(&self, picture: &Arc<Picture>) -> Arc<Picture> {
        let key = self.composite_key().filter(|_| !self.plain);
        let seen = key.and_then(|key| self.composites.borrow_mut().get(key, picture));
        seen.unwrap_or_else(|| picture.clone())
    }

    /// How much of a change to this picture is shown where.
    pub(super) fn mask_of(&self, picture: &Arc<Picture>) -> Option<Arc<Mask>> {
        let key = self.composite_key()?;
        let mask = mask(&key)?;
        let changed = key.by_hand.then(|| Mask::of_change(&key.before, picture).ok()).flatten();
        Some(changed.map_or(mask.clone(), |changed| Arc::new(changed.and(&mask))))
    }

    fn composite_key(&self) -> Option<Key> {
        let document = &self.document;
        let base = document.base.as_ref()?;
        let model = document.model.as_ref()?;
        let Held { before, seen, .. } = base.held()?;
        let strokes = self.maps.borrow_mut().of(&document.shown_strokes(), model.sides);
        Some(Key {
            strokes,
            extent: base.extent,
            strength: base.strength,
            by_hand: document.edit.is_some(),
            before: before.clone(),
            seen: seen.clone(),
        })
    }

    /// What is held, as it was before anything was painted, at the size that is there.
    #[must_use]
    pub fn original(&self) -> Option<Arc<Picture>> {
        let base = self.document.base.as_ref()?;
        self.views.of(&self.document).or_else(|| base.held().map(|held| held.seen.clone()))
    }

    /// Holds the shown picture: what is not painted of it stays from now on.
    pub(crate) fn fix(&mut self) {
        let Some(shown) = self.shown_candidate() else { return };
        let seen = self.seen(&shown.picture);
        self.history.record("fix", self.document.clone());
        let usual = self.document.base.take();
        self.document.fix(shown.clone());
        let mut base = Base::of(Ground::Fixed { before: shown, seen });
        if let Some(before) = usual {
            base.extent = before.extent;
        }
        self.document.base = Some(base);
        self.showing = Showing::Newest;
    }

    /// Lets the held picture go: the strokes are searched without it.
    pub(crate) fn release(&mut self) {
        self.history.record("release", self.document.clone());
        let document = &mut self.document;
        let photo = document.base.take().is_some_and(|base| base.photo().is_some());
        document.anchor = None;
        document.ask_anew();
        if photo || document.strokes.is_empty() {
            (document.candidates, document.before, document.edit) = (Vec::new().into(), None, None);
            (document.selected, document.picked) = (0, false);
        }
        self.showing = Showing::Newest;
    }

    /// Changes how the picture is held.
    pub(crate) fn hold(&mut self, hold: Hold) {
        let Some(base) = &self.document.base else { return };
        let mut held = base.clone();
        let name = match hold {
            Hold::Reach(reach) => {
                held.extent.reach = reach.clamp(0.0, 1.0);
                "reach"
            }
            Hold::Strength(strength) => {
                held.strength = strength.clamp(0.0, 2.0);
                "strength"
            }
            Hold::Feather(feather) => {
                held.extent.feather = feather.clamp(0.0, 1.0);
                "feather"
            }
            Hold::Inverted(inverted) => {
                held.extent.inverted = inverted;
                "inverted mask"
            }
        };
        if held != *base {
            self.history.record_sliding(name, self.document.clone());
            self.document.base = Some(held);
        }
    }
}
