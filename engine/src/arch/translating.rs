//! Translators of pictures that are networks, for pictures of any sides.

use candle_core::{Device, Tensor};

use super::Part;
use super::resizing::Resizing;
use crate::model::{Label, PicturePort, Port, Sides, StyleFactor, Translator};
use crate::{Error, Result, ValueRange};

/// A translator that is a network: a picture or a map of labels goes in, a picture of the same sides comes out.
#[derive(Debug)]
pub struct NetworkTranslator {
    network: Resizing,
    takes: PicturePort,
    makes: PicturePort,
    labels: Vec<Label>,
    style: Vec<StyleFactor>,
}

impl NetworkTranslator {
    /// A translator of a network from pictures to pictures.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it makes no pictures of the sides that it takes, or its weights are no numbers.
    pub(super) fn new(part: &Part, range: ValueRange, device: &Device) -> Result<Self> {
        let refused = || Error::Invalid("makes no pictures of the same sides".into());
        let takes = part.graph.inputs().next().ok_or_else(refused)?;
        let makes = part.graph.output_shape(&part.output).ok_or_else(refused)?;
        if takes[..2] != makes[..2] {
            return Err(refused());
        }
        let network = Resizing::new(part, device)?;
        let sides = Sides::Any { multiple_of: network.multiple_of() };
        let port = |channels| PicturePort { sides, channels, range };
        let (takes, makes) = (port(takes[2]), port(makes[2]));
        Ok(Self { network, takes, makes, labels: Vec::new(), style: Vec::new() })
    }

    /// The same for maps of labels, where there are any.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the network takes others.
    pub(super) fn of_labels(self, labels: &[Label]) -> Result<Self> {
        if !labels.is_empty() && labels.len() != self.takes.channels {
            let takes = self.takes.channels;
            return Err(Error::Invalid(format!(
                "takes maps of {takes} labels, and {} have names",
                labels.len()
            )));
        }
        Ok(Self { labels: labels.to_vec(), ..self })
    }

    /// The same with what it has to know of whole pictures, where there is anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the network takes more or less, or bounds make no sense.
    pub(super) fn with_style(self, style: &[StyleFactor]) -> Result<Self> {
        let takes = self.network.part().graph.inputs().nth(1).map_or(0, |shape| shape[2]);
        if takes != style.len() {
            let told = style.len();
            return Err(Error::Invalid(format!("takes {takes} numbers for a style, and {told} have names")));
        }
        let sound =
            |f: &StyleFactor| f.least <= f.usual && f.usual <= f.most && (f.most - f.least).is_finite();
        match style.iter().find(|factor| !sound(factor)) {
            Some(factor) => Err(Error::Invalid(format!("the bounds of {} make no sense", factor.name))),
            None => Ok(Self { style: style.to_vec(), ..self }),
        }
    }

    /// Styles as the network takes them, from -1 to 1; the usual one where there is none.
    fn styles(&self, style: Option<&Tensor>, count: usize) -> Result<Option<Tensor>> {
        let device = self.network.device();
        let row = |of: fn(&StyleFactor) -> f32| -> Result<Tensor> {
            let values: Vec<f32> = self.style.iter().map(of).collect();
            Ok(Tensor::from_vec(values, (1, self.style.len()), device)?)
        };
        let style = match style {
            Some(_) if self.style.is_empty() => {
                return Err(Error::Invalid("this translator takes pictures alone, without a style".into()));
            }
            None if self.style.is_empty() => return Ok(None),
            Some(style) if style.dims() == [count, self.style.len()] => style.clone(),
            Some(style) => {
                return Err(Error::Shape {
                    op: "style",
                    left: style.dims().to_vec(),
                    right: vec![count, self.style.len()],
                    why: "a number for each factor and picture".into(),
                });
            }
            None => row(|factor| factor.usual)?.repeat((count, 1))?,
        };
        // A factor that never varied says nothing.
        let (middle, half) = (row(StyleFactor::middle)?, row(StyleFactor::half_range)?);
        let style = style.broadcast_sub(&middle)?.broadcast_div(&half)?;
        Ok(Some(style.reshape((count, 1, 1, self.style.len()))?))
    }
}

impl Translator for NetworkTranslator {
    fn takes(&self) -> Port {
        if self.labels.is_empty() {
            return Port::Picture(self.takes);
        }
        Port::Labels { labels: self.labels.clone(), sides: self.takes.sides }
    }

    fn makes(&self) -> Port {
        Port::Picture(self.makes)
    }

    fn style(&self) -> Option<Port> {
        (!self.style.is_empty()).then(|| Port::Style { factors: self.style.clone() })
    }

    fn parameters(&self) -> usize {
        self.network.part().graph.parameters()
    }

    fn translate(&self, pictures: &Tensor, style: Option<&Tensor>) -> Result<Tensor> {
        let style = self.styles(style, pictures.dims().first().copied().unwrap_or(0))?;
        self.network.forward(pictures, style.as_ref())
    }
}
