//! What a model makes of a picture: a latent, another picture, a larger one.

use std::sync::Arc;

use super::job::{Pace, Shown};
use super::protocol::Content;
use crate::edit::middle;
use crate::enlarge::{Enlarging, Way};
use crate::model::{Model, PicturePort, Port, Sides};
use crate::{Error, Picture, Result};

/// Something that is being made of a picture.
pub(super) enum Change {
    /// Its latent.
    Encode(Arc<Picture>),
    /// Another picture.
    Translate(Arc<Picture>),
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
            Self::Translate(picture) => Ok(done(Content::Picture(Arc::new(translate(model, picture)?)))),
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

/// The picture that a model makes of another one.
fn translate(model: &Model, picture: &Picture) -> Result<Picture> {
    let translator = model.translator()?;
    let (Port::Picture(takes), Port::Picture(makes)) = (translator.takes(), translator.makes()) else {
        return Err(Error::Invalid(format!("{} makes no picture of a picture", model.info.name)));
    };
    check_sides(&takes, picture)?;
    let tensor = picture.to_tensor(takes.range, &model.device)?;
    let tensor = if takes.channels == 1 { tensor.mean_keepdim(1)? } else { tensor };
    let made = Picture::from_tensor(&translator.translate(&tensor)?, makes.range)?;
    made.into_iter().next().ok_or_else(|| Error::Invalid("the model made no picture".into()))
}

fn check_sides(takes: &PicturePort, picture: &Picture) -> Result<()> {
    let (width, height) = (picture.width(), picture.height());
    match takes.sides {
        Sides::Fixed { height: h, width: w } if (h, w) != (height, width) => Err(Error::Invalid(format!(
            "the model takes pictures of {w} x {h} pixels, not {width} x {height}"
        ))),
        Sides::Any { multiple_of } if width % multiple_of.max(1) + height % multiple_of.max(1) > 0 => {
            Err(Error::Invalid(format!(
                "the model takes pictures whose sides are multiples of {multiple_of}, not {width} x {height}"
            )))
        }
        _ => Ok(()),
    }
}
