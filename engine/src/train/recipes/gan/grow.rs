//! A GAN that begins with the networks of a trained model, of its size or a smaller one: what has the same name and shape
//! is taken over, and what is new stays silent at first, so that picture and verdict are what they were.

use super::config::GanConfig;
use super::trainer::Gan;
use crate::arch::own::begins_silent;
use crate::arch::{Described, Part};
use crate::model::ModelSource;
use crate::open::describe;
use crate::train::core::network::Network;
use crate::{Error, Result};

/// What the new weights of a critic are multiplied by: spectral normalization finds nothing in zeros.
const NEARLY_SILENT: f64 = 1e-3;
/// Power iterations until the singular vectors of weights that were taken over are found.
const ITERATIONS: usize = 50;

impl Gan {
    /// A training that begins with the networks of a model.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they don't fit, and what opening the model says.
    pub fn grown(config: GanConfig, model: &ModelSource) -> Result<Self> {
        let mut gan = Self::new(config)?;
        let (Some(Described { generator: Some(generator), critic, .. }), _) = describe(model, None)? else {
            return Err(Error::Invalid(
                "this model's networks are none that a training can begin with".into(),
            ));
        };
        take_over(&gan.generator, &generator, 0.0)?;
        if let Some(critic) = critic {
            take_over(&gan.discriminator, &critic, NEARLY_SILENT)?;
        }
        gan.average = gan.generator.copies()?;
        for _ in 0..ITERATIONS {
            gan.vectors.iterate(&gan.discriminator.frozen())?;
        }
        Ok(gan)
    }
}

/// Gives a network the weights of another one; what it has more and [adds](begins_silent) to that is multiplied by
/// `silent`.
fn take_over(network: &Network, from: &Part, silent: f64) -> Result<()> {
    let (mut taken, mut other) = (0, None);
    for (name, var) in network.names().iter().zip(network.vars()) {
        match from.weights.get(name) {
            Ok(weight) if weight.dims() == var.dims() => {
                var.set(&weight.contiguous()?)?;
                taken += 1;
            }
            Ok(weight) => other = Some((name, weight.dims(), var.dims())),
            Err(_) if begins_silent(name) => var.set(&(var.as_tensor() * silent)?)?,
            Err(_) => {}
        }
    }
    let why = match other {
        _ if taken == 0 => "its networks are of another architecture".to_owned(),
        Some((name, model, training)) => format!(
            "its \"{name}\" is {model:?} and not {training:?}; --latent is that of the model, and at twice the size --width \
             is half of it"
        ),
        None => return Ok(()),
    };
    Err(Error::Invalid(format!("the training can't begin with this model: {why}")))
}
