//! Undo and redo by whole documents, which share what they have in common.

use std::borrow::Cow;

use crate::rooms::paint::document::Document;

/// Steps that are remembered.
const LIMIT: usize = 256;

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
}

impl History {
    /// Remembers the document from before a step.
    pub fn record(&mut self, name: impl Into<Cow<'static, str>>, before: Document) {
        self.redo.clear();
        self.undo.push(Step { name: name.into(), document: before });
        if self.undo.len() > LIMIT {
            self.undo.remove(0);
        }
        self.open = false;
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
        self.open = false;
        let step = self.undo.pop()?;
        let name = step.name.clone();
        self.redo.push(Step { name: step.name, document: std::mem::replace(document, step.document) });
        Some(name)
    }

    /// Does the last undone step again and says its name.
    pub fn redo(&mut self, document: &mut Document) -> Option<Cow<'static, str>> {
        self.open = false;
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

    /// Changes every remembered document as `now` was changed, and forgets the steps that make no difference
    /// any more.
    pub fn carry_over(&mut self, now: &Document, change: impl Fn(&mut Document)) {
        self.open = false;
        for steps in [&mut self.undo, &mut self.redo] {
            let mut next = now.clone();
            steps.reverse();
            steps.retain_mut(|step| {
                change(&mut step.document);
                let differs = step.document != next;
                next.clone_from(&step.document);
                differs
            });
            steps.reverse();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use latent_engine::Picture;
    use latent_engine::search::Candidate;

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
    fn steps_that_make_no_difference_any_more_are_forgotten() {
        let (mut now, mut history) = (document(1.0), History::default());
        let strokes = |document: &mut Document, seed| document.settings.seed = seed;
        for (name, value, seed) in
            [("random", 2.0, 0), ("seed", 2.0, 1), ("random", 3.0, 1), ("seed", 3.0, 2)]
        {
            history.record(name, now.clone());
            now = document(value);
            strokes(&mut now, seed);
        }
        history.undo(&mut now);
        let latents_go = |document: &mut Document| document.candidates = [].into();
        latents_go(&mut now);
        history.carry_over(&now.clone(), latents_go);
        assert_eq!((history.undo_name(), history.redo_name()), (Some("seed"), Some("seed")));
        history.undo(&mut now);
        assert_eq!((now.settings.seed, history.undo_name()), (0, None));
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
