//! What is drawn, and the steps that led there.

use std::sync::Arc;

use latent_engine::Picture;

/// Steps that are remembered; a map takes 50 kB.
const MOST_STEPS: usize = 500;

/// A map of labels in their colours, and a number for each factor of the style. A clone shares the map.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub map: Arc<Picture>,
    pub style: Vec<f32>,
}

impl Default for Document {
    fn default() -> Self {
        Self { map: Arc::new(Picture::filled(1, 1, [0; 3])), style: Vec::new() }
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        // A map that is held somewhere is copied before it is drawn on.
        Arc::ptr_eq(&self.map, &other.map) && self.style == other.style
    }
}

/// The documents from before each step and from after each undone one.
#[derive(Debug, Default)]
pub(crate) struct History {
    undo: Vec<(&'static str, Document)>,
    redo: Vec<(&'static str, Document)>,
    /// The factor whose slide more changes belong to.
    sliding: Option<usize>,
}

impl History {
    /// Remembers the document from before a step.
    pub fn record(&mut self, name: &'static str, before: Document) {
        self.sliding = None;
        self.redo.clear();
        self.undo.push((name, before));
        let beyond = self.undo.len().saturating_sub(MOST_STEPS);
        self.undo.drain(..beyond);
    }

    /// The same for a slide: until [`Self::close`], changes of one factor are one step.
    pub fn record_sliding(&mut self, factor: usize, before: Document) {
        if self.sliding != Some(factor) {
            self.record("light and season", before);
            self.sliding = Some(factor);
        }
    }

    /// The slide is over.
    pub fn close(&mut self) {
        self.sliding = None;
    }

    /// True while more changes may belong to the last step.
    pub fn is_sliding(&self) -> bool {
        self.sliding.is_some()
    }

    /// Takes the last step back.
    pub fn undo(&mut self, document: &mut Document) {
        self.sliding = None;
        if let Some((name, before)) = self.undo.pop() {
            self.redo.push((name, std::mem::replace(document, before)));
        }
    }

    /// Does the last undone step again.
    pub fn redo(&mut self, document: &mut Document) {
        self.sliding = None;
        if let Some((name, after)) = self.redo.pop() {
            self.undo.push((name, std::mem::replace(document, after)));
        }
    }

    /// What [`Self::undo`] would take back.
    pub fn undo_name(&self) -> Option<&'static str> {
        self.undo.last().map(|(name, _)| *name)
    }

    /// What [`Self::redo`] would do again.
    pub fn redo_name(&self) -> Option<&'static str> {
        self.redo.last().map(|(name, _)| *name)
    }
}
