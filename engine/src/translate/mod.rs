//! Pictures made of pictures or of maps of labels, by a model's translator, whatever their sides are.

#[cfg(test)]
mod tests;

use candle_core::{Device, Tensor};

use crate::model::{Label, Model, Port, Sides};
use crate::{Error, Picture, Result};

/// Larger pictures would take more memory than a laptop has: a network looks at all of a picture at once.
pub const MOST_PIXELS: usize = 1 << 22;

/// What became of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Translated {
    /// The picture that was made of it, of the same sides.
    pub picture: Picture,
    /// Of a map of labels: how many pixels had a colour that stands for no label, and the first of these colours. They
    /// counted as the label whose colour is nearest.
    pub strange: Option<(usize, [u8; 3])>,
}

/// The picture that a model makes of another one, or of a map of labels in their colours. Where the sides are none that the
/// network takes, the picture goes on as in a mirror, and what is made of that is cut off.
///
/// `style` has a number for each of the model's factors; without it they are the usual ones.
///
/// # Errors
/// [`Error::Invalid`] for a model without a translator, with the reason; for a picture that is too large, or has other sides
/// than the only ones that the model takes; for a style of another length. [`Error::NonFinite`] when the model makes no
/// numbers of it.
pub fn translate(model: &Model, picture: &Picture, style: Option<&[f32]>) -> Result<Translated> {
    let translator = model.translator()?;
    let (width, height) = (picture.width(), picture.height());
    if width * height > MOST_PIXELS {
        return Err(Error::Invalid(format!(
            "a picture of {width} x {height} pixels is too large to be translated at once: make it smaller first, {} \
             megapixels at most",
            MOST_PIXELS >> 20
        )));
    }
    let makes = match translator.makes() {
        Port::Picture(makes) => makes,
        _ => return Err(Error::Invalid(format!("{} makes no picture of a picture", model.info.name))),
    };
    let style = style.map(|values| styled(values, translator.style(), &model.device)).transpose()?;
    let takes = translator.takes();
    let padded = match &takes {
        Port::Picture(port) => fitted(picture, port.sides)?,
        Port::Labels { sides, .. } => fitted(picture, *sides)?,
        _ => return Err(Error::Invalid(format!("{} takes no picture to make one of", model.info.name))),
    };
    let (tensor, strange) = match &takes {
        Port::Labels { labels, .. } => {
            let strange = strangers(picture, labels);
            (one_hot(&padded, labels, &model.device)?, strange)
        }
        Port::Picture(port) => {
            let colours = padded.to_tensor(port.range, &model.device)?;
            (if port.channels == 1 { colours.mean_keepdim(1)? } else { colours }, None)
        }
        _ => return Err(Error::Invalid("takes no picture".into())),
    };
    let made = Picture::from_tensor(&translator.translate(&tensor, style.as_ref())?, makes.range)?;
    let made = made.into_iter().next().ok_or_else(|| Error::Invalid("the model made no picture".into()))?;
    Ok(Translated { picture: made.part(0, 0, width, height)?, strange })
}

fn styled(values: &[f32], port: Option<Port>, device: &Device) -> Result<Tensor> {
    let wants = match &port {
        Some(Port::Style { factors }) => factors.len(),
        _ => return Err(Error::Invalid("this model takes no style".into())),
    };
    if values.len() != wants || values.iter().any(|value| !value.is_finite()) {
        let given = values.len();
        return Err(Error::Invalid(format!("the style of this model has {wants} numbers, not {given}")));
    }
    Ok(Tensor::from_vec(values.to_vec(), (1, wants), device)?)
}

/// The picture with sides that a network takes: at the right and below it goes on as in a mirror.
fn fitted(picture: &Picture, sides: Sides) -> Result<Picture> {
    let (width, height) = (picture.width(), picture.height());
    match sides {
        Sides::Fixed { height: h, width: w } if (h, w) == (height, width) => Ok(picture.clone()),
        Sides::Fixed { height: h, width: w } => Err(Error::Invalid(format!(
            "the model takes pictures of {w} x {h} pixels, not {width} x {height}"
        ))),
        Sides::Any { multiple_of } => {
            let whole = |side: usize| side.next_multiple_of(multiple_of.max(1));
            let (wide, tall) = (whole(width), whole(height));
            if (wide, tall) == (width, height) {
                return Ok(picture.clone());
            }
            let rgb = (0..tall)
                .flat_map(|y| (0..wide).map(move |x| (x, y)))
                .flat_map(|(x, y)| picture.pixel(mirrored(x, width), mirrored(y, height)))
                .collect();
            Picture::new(wide, tall, rgb)
        }
    }
}

/// The place that a place beyond the end shows in a mirror on the last pixel, to and fro where the picture is small.
fn mirrored(place: usize, side: usize) -> usize {
    let period = (2 * side).saturating_sub(2).max(1);
    let place = place % period;
    place.min(period - place).min(side - 1)
}

/// The label whose colour is nearest.
fn nearest(pixel: [u8; 3], labels: &[Label]) -> usize {
    let off = |label: &Label| -> u32 {
        label.colour.iter().zip(pixel).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    labels.iter().enumerate().min_by_key(|(_, label)| off(label)).map_or(0, |(at, _)| at)
}

fn strangers(map: &Picture, labels: &[Label]) -> Option<(usize, [u8; 3])> {
    let strange = |pixel: &&[u8]| labels.iter().all(|label| label.colour != **pixel);
    let mut pixels = map.rgb().chunks_exact(3).filter(strange);
    let first = pixels.next()?;
    Some((1 + pixels.count(), [first[0], first[1], first[2]]))
}

/// A map of labels as 1 x K x H x W.
fn one_hot(map: &Picture, labels: &[Label], device: &Device) -> Result<Tensor> {
    let pixels = map.width() * map.height();
    let mut values = vec![0f32; labels.len() * pixels];
    for (at, pixel) in map.rgb().chunks_exact(3).enumerate() {
        values[nearest([pixel[0], pixel[1], pixel[2]], labels) * pixels + at] = 1.0;
    }
    Ok(Tensor::from_vec(values, (1, labels.len(), map.height(), map.width()), device)?)
}
