//! What a model makes of a picture: a latent, another picture, a larger one.

use std::sync::Arc;

use super::job::{Pace, Shown};
use super::protocol::Content;
use crate::edit::middle;
use crate::enlarge::{Enlarging, Way};
use crate::model::Model;
use crate::translate::translate;
use crate::{Error, Picture, Result};

/// Something that is being made of a picture.
pub(super) enum Change {
    /// Its latent.
    Encode(Arc<Picture>),
    /// Another picture, in a style, or the usual one.
    Translate(Arc<Picture>, Option<Vec<f32>>),
    /// A larger picture, a tile at a time; `None` once it is given away.
    Enlarge(Option<Box<Enlarging>>),
}

impl Change {
    /// A picture made larger.
    ///
    /// # Errors
    /// As [`Enlarging::new`].
    pub fn enlarge(model: &Model, picture: &Picture, way: Way) -> Result<Self> {
        Ok(Self::Enlarge(Some(Box::new(Enlarging::new(model, picture, way)?))))
    }

    /// Goes on; what there is when it is done.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a model without the ability, with the reason, or a picture that it can't take;
    /// [`Error::NonFinite`] when it makes no numbers of it.
    pub fn step(&mut self, model: &Model) -> Result<Shown> {
        match self {
            Self::Encode(picture) => {
                let encoder = model.encoder()?;
                let picture = middle(picture, model.info.sides)?;
                let latent = encoder.encode(&model.picture_tensor(&picture)?)?;
                let latent = latent.flatten_all()?.to_vec1::<f32>()?;
                if latent.iter().any(|v| !v.is_finite()) {
                    return Err(Error::NonFinite { what: "the latent of a picture" });
                }
                Ok(done(Content::Latent(latent.into())))
            }
            Self::Translate(picture, style) => {
                let made = translate(model, picture, style.as_deref())?;
                Ok(done(Content::Picture(Arc::new(made.picture))))
            }
            Self::Enlarge(enlarging) => {
                let Some(now) = enlarging else {
                    return Err(Error::Invalid("this picture is larger already".into()));
                };
                now.step(model)?;
                let (iteration, iterations) = now.standing();
                let pace = Pace { iteration, iterations, ..Pace::default() };
                if iteration < iterations {
                    return Ok(Shown { content: None, pace, done: false });
                }
                let large = enlarging.take().map(|enlarging| enlarging.finish()).transpose()?;
                Ok(Shown { content: large.map(|large| Content::Picture(Arc::new(large))), pace, done: true })
            }
        }
    }
}

fn done(content: Content) -> Shown {
    Shown { content: Some(content), pace: Pace::default(), done: true }
}
