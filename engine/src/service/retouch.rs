//! A change between two of a model's pictures, made in a photo, as a job.

use std::sync::Arc;

use super::job::{Pace, Shown};
use super::protocol::{Content, ModelHandle, Retouching};
use crate::edit::Transfer;
use crate::enlarge::{Enlarging, Way};
use crate::model::Model;
use crate::{Error, Picture, Result};

/// A photo that is being retouched: the model's two pictures are made larger a tile at a time, what changed between them
/// is explained, and the photo is changed.
pub(super) struct Retouch {
    asked: Retouching,
    /// Which of the two is being made larger.
    enlarging: Option<Box<Enlarging>>,
    large: Vec<Picture>,
    tiles: usize,
}

/// The last change that was explained: a slider of strength asks for the same one again and again.
#[derive(Default)]
pub(super) struct Explained(Option<(Key, Arc<Transfer>)>);

type Key = (Arc<Picture>, Arc<Picture>, Option<(ModelHandle, Way)>);

impl Explained {
    fn get(&self, asked: &Retouching) -> Option<Arc<Transfer>> {
        let ((before, after, enlarger), transfer) = self.0.as_ref()?;
        let same = |a: &Arc<Picture>, b: &Arc<Picture>| Arc::ptr_eq(a, b) || a == b;
        let is = same(before, &asked.before) && same(after, &asked.after) && *enlarger == asked.enlarger;
        is.then(|| transfer.clone())
    }

    fn put(&mut self, asked: &Retouching, transfer: &Arc<Transfer>) {
        let key = (asked.before.clone(), asked.after.clone(), asked.enlarger);
        self.0 = Some((key, transfer.clone()));
    }
}

impl Retouch {
    pub fn new(asked: Retouching) -> Self {
        Self { asked, enlarging: None, large: Vec::new(), tiles: 0 }
    }

    /// Goes on; the photo when it is done.
    ///
    /// # Errors
    /// As [`Enlarging`] and [`Transfer`] have them.
    pub fn step(&mut self, enlarger: Option<&Model>, explained: &mut Explained) -> Result<Shown> {
        if let Some(transfer) = explained.get(&self.asked) {
            return self.apply(&transfer);
        }
        if let (Some(model), Some((_, way))) = (enlarger, self.asked.enlarger)
            && self.large.len() < 2
        {
            return self.enlarge(model, way);
        }
        let Retouching { before, after, .. } = &self.asked;
        let mut large = std::mem::take(&mut self.large).into_iter();
        let transfer = if large.len() == 2 {
            // They were made larger a tile at a time already, in this order.
            let mut next = |_: &Picture| {
                large.next().ok_or_else(|| Error::Invalid("there are two pictures to enlarge".into()))
            };
            Transfer::between(before, after, Some(&mut next))?
        } else {
            Transfer::between(before, after, None)?
        };
        explained.put(&self.asked, &Arc::new(transfer));
        Ok(self.still())
    }

    fn enlarge(&mut self, model: &Model, way: Way) -> Result<Shown> {
        let small = if self.large.is_empty() { &self.asked.before } else { &self.asked.after };
        let mut now = match self.enlarging.take() {
            Some(enlarging) => enlarging,
            None => Box::new(Enlarging::new(model, small, way)?),
        };
        now.step(model)?;
        let (done, all) = now.standing();
        self.tiles += 1;
        if done == all {
            self.large.push(now.finish()?);
        } else {
            self.enlarging = Some(now);
        }
        Ok(self.still())
    }

    fn apply(&self, transfer: &Transfer) -> Result<Shown> {
        let Retouching { photo, crop, mask, strength, .. } = &self.asked;
        let made = transfer.apply(photo, crop, mask, *strength)?;
        Ok(Shown { content: Some(Content::Picture(Arc::new(made))), pace: self.pace(), done: true })
    }

    fn still(&self) -> Shown {
        Shown { content: None, pace: self.pace(), done: false }
    }

    fn pace(&self) -> Pace {
        Pace { iteration: self.tiles, iterations: self.tiles, ..Pace::default() }
    }
}
