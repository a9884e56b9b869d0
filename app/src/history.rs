//! Undo and redo by whole documents, which share what they have in common.

use std::borrow::Cow;

use crate::document::Document;

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

    /// Forgets everything: latents of one model mean nothing to another.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use latent_engine::Picture;
    use latent_engine::worker::Candidate;

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
    fn a_new_step_forgets_what_was_undone() {
        let (mut now, mut history) = (document(1.0), History::default());
        history.record("a", now.clone());
        history.undo(&mut now);
        history.record("b", now.clone());
        assert_eq!((history.undo_name(), history.redo_name()), (Some("b"), None));
    }
}
