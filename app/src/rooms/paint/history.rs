//! Undo and redo by whole documents, which share what they have in common.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::search::Candidate;

use crate::rooms::paint::base::Ground;
use crate::rooms::paint::document::Document;

/// Bytes of pictures, latents and strokes that are remembered.
const LIMIT: usize = 256 << 20;

#[derive(Clone, Debug)]
struct Step {
    name: Cow<'static, str>,
    document: Document,
}

/// The documents from before each step and from after each undone one.
#[derive(Debug, Default)]
pub struct History {
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// True while more changes of the same name belong to the last step.
    open: bool,
    /// True while a change of the same name and kind that comes next belongs to the last step.
    in_a_row: bool,
}

impl History {
    /// Remembers the document from before a step.
    pub fn record(&mut self, name: impl Into<Cow<'static, str>>, before: Document) {
        self.redo.clear();
        self.undo.push(Step { name: name.into(), document: before });
        self.forget_beyond(LIMIT);
        (self.open, self.in_a_row) = (false, false);
    }

    /// Like [`Self::record`] for a change that comes in many pieces, such as a slide: until
    /// [`Self::close`] or another step, changes of one name are one step.
    pub fn record_sliding(&mut self, name: impl Into<Cow<'static, str>>, before: Document) {
        let name = name.into();
        let goes_on = self.open && self.undo.last().is_some_and(|step| step.name == name);
        if !goes_on {
            self.record(name, before);
            self.open = true;
        }
    }

    /// Like [`Self::record`] for a change that a key makes again and again: until another step, changes of one name are one
    /// step. Unlike in a slide, each of them is a whole one.
    pub fn record_in_a_row(&mut self, name: &'static str, before: Document) {
        let goes_on = self.in_a_row && self.undo.last().is_some_and(|step| step.name == name);
        if !goes_on {
            self.record(name, before);
            self.in_a_row = true;
        }
    }

    /// The slide is over.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// True while more changes may belong to the last step.
    #[must_use]
    pub fn is_sliding(&self) -> bool {
        self.open
    }

    /// Takes the last step back and says its name.
    pub fn undo(&mut self, document: &mut Document) -> Option<Cow<'static, str>> {
        (self.open, self.in_a_row) = (false, false);
        let step = self.undo.pop()?;
        let name = step.name.clone();
        self.redo.push(Step { name: step.name, document: std::mem::replace(document, step.document) });
        Some(name)
    }

    /// Does the last undone step again and says its name.
    pub fn redo(&mut self, document: &mut Document) -> Option<Cow<'static, str>> {
        (self.open, self.in_a_row) = (false, false);
        let step = self.redo.pop()?;
        let name = step.name.clone();
        self.undo.push(Step { name: step.name, document: std::mem::replace(document, step.document) });
        Some(name)
    }

    /// What [`Self::undo`] would take back.
    #[must_use]
    pub fn undo_name(&self) -> Option<&str> {
        self.undo.last().map(|step| step.name.as_ref())
    }

    /// What [`Self::redo`] would do again.
    #[must_use]
    pub fn redo_name(&self) -> Option<&str> {
        self.redo.last().map(|step| step.name.as_ref())
    }

    /// Changes every remembered document.
    pub fn change_all(&mut self, change: impl Fn(&mut Document)) {
        self.undo.iter_mut().chain(&mut self.redo).for_each(|step| change(&mut step.document));
    }

    /// The remembered documents.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.undo.iter().chain(&self.redo).map(|step| &step.document)
    }

    /// Forgets the oldest steps where all of them take more than this many bytes. The newest one always stays.
    fn forget_beyond(&mut self, limit: usize) {
        let mut counted = Counted::default();
        let mut kept = 0;
        for step in self.undo.iter().rev() {
            counted.add(&step.document);
            if counted.bytes > limit && kept > 0 {
                break;
            }
            kept += 1;
        }
        self.undo.drain(..self.undo.len() - kept);
    }
}

/// What documents take; what they share is counted once.
#[derive(Default)]
struct Counted {
    bytes: usize,
    seen: HashSet<*const u8>,
}

impl Counted {
    fn add(&mut self, document: &Document) {
        self.bytes += size_of::<Document>();
        for drawn in &document.strokes {
            let stroke = &drawn.stroke;
            if self.is_new(Arc::as_ptr(stroke).cast()) {
                self.bytes += stroke.points.len() * size_of::<[f32; 2]>();
            }
        }
        // All candidates are one allocation.
        if self.is_new(document.candidates.as_ptr().cast()) {
            document.candidates.iter().for_each(|candidate| self.add_candidate(candidate));
        }
        match document.base.as_ref().map(|base| &base.ground) {
            Some(Ground::Fixed { before, seen }) => {
                self.add_candidate(before);
                self.add_picture(seen);
            }
            Some(Ground::Photo(photo)) => {
                self.add_picture(&photo.picture);
                let found = photo.found.iter().map(|found| &found.projection);
                found.flat_map(|found| [&found.picture, &found.photo]).for_each(|p| self.add_picture(p));
            }
            None => {}
        }
        let single = document.before.iter().chain(document.edit.iter().flat_map(|e| [&e.from, &e.shown]));
        single.for_each(|candidate| self.add_candidate(candidate));
    }

    fn add_candidate(&mut self, candidate: &Candidate) {
        self.bytes += size_of::<Candidate>();
        if self.is_new(candidate.latent.values().as_ptr().cast()) {
            self.bytes += size_of_val(candidate.latent.values());
        }
        self.add_picture(&candidate.picture);
    }

    fn add_picture(&mut self, picture: &Arc<Picture>) {
        if self.is_new(Arc::as_ptr(picture).cast()) {
            self.bytes += picture.rgb().len();
        }
    }

    fn is_new(&mut self, place: *const u8) -> bool {
        self.seen.insert(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(value: f32) -> Document {
        let candidate = Candidate {
            latent: vec![value, f32::NAN, -0.0].into(),
            picture: Arc::new(Picture::filled(2, 2, [value as u8; 3])),
            cost: value,
            terms: vec![],
            spread: 1.0,
        };
        Document { candidates: vec![candidate].into(), selected: 0, ..Document::default() }
    }

    #[test]
    fn undo_and_redo_bring_latents_back_bit_for_bit() {
        let (first, second) = (document(1.5), document(f32::from_bits(0x3fc0_0001)));
        let (mut now, mut history) = (first.clone(), History::default());
        history.record("stroke", now.clone());
        now = second.clone();
        assert_eq!(history.undo(&mut now).as_deref(), Some("stroke"));
        assert_eq!(now, first);
        assert!(Arc::ptr_eq(&now.candidates[0].picture, &first.candidates[0].picture));
        assert_eq!(history.redo(&mut now).as_deref(), Some("stroke"));
        assert_eq!(now, second);
        assert_eq!(history.redo(&mut now), None);
    }

    #[test]
    fn a_slide_is_one_step() {
        let (mut now, mut history) = (document(1.0), History::default());
        for value in 2..9 {
            history.record_sliding("weights", now.clone());
            now = document(value as f32);
        }
        history.close();
        history.record_sliding("weights", now.clone());
        now = document(9.0);
        history.undo(&mut now);
        assert_eq!(now, document(8.0));
        history.undo(&mut now);
        assert_eq!(now, document(1.0));
        assert_eq!(history.undo(&mut now), None);
    }

    #[test]
    fn the_oldest_steps_go_when_all_of_them_take_too_much_and_shared_pictures_count_once() {
        let large = |value: f32| {
            let mut document = document(value);
            let mut candidate = document.candidates[0].clone();
            candidate.picture = Arc::new(Picture::filled(100, 100, [value as u8; 3]));
            document.candidates = vec![candidate].into();
            document
        };
        let mut history = History::default();
        let shared = large(0.0);
        for i in 0..50 {
            history.record("choice", Document { selected: i, ..shared.clone() });
        }
        history.forget_beyond(100_000);
        assert_eq!(history.undo.len(), 50, "they share one picture");
        for i in 0..50 {
            history.record("stroke", large(i as f32));
        }
        history.forget_beyond(100_000);
        assert_eq!(history.undo.len(), 3, "a picture takes 30 kB");
        history.forget_beyond(1);
        assert_eq!(history.undo_name(), Some("stroke"), "there is a way back in any case");
    }

    #[test]
    fn a_new_step_forgets_what_was_undone() {
        let (mut now, mut history) = (document(1.0), History::default());
        history.record("a", now.clone());
        history.undo(&mut now);
        history.record("b", now.clone());
        assert_eq!((history.undo_name(), history.redo_name()), (Some("b"), None));
    }
}
