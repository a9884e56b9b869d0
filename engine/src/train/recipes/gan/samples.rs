//! Pictures of a training's averaged generator.

use super::trainer::Gan;
use crate::rng::Rng;
use crate::train::core::trainer::Trainer as _;
use crate::{Picture, Result};

impl Gan {
    /// Pictures of the averaged generator for the latents of `seed`.
    ///
    /// # Errors
    /// [`crate::Error::NonFinite`] when a pixel is not a number.
    pub fn samples(&self, count: usize, seed: u64) -> Result<Vec<Picture>> {
        let model = self.model()?;
        let mut rng = Rng::new(seed);
        let latents: Vec<_> = (0..count).map(|_| model.info.latents.draw(&mut rng)).collect();
        model.pictures(&latents)
    }

    /// `side` rows of as many pictures for noise that is the same in a column: a row for each of the first classes, all
    /// random where there are none.
    pub(crate) fn class_rows(&self, side: usize, seed: u64) -> Result<Vec<Picture>> {
        let (classes, _) = self.config.condition.counts();
        if classes == 0 {
            return self.samples(side * side, seed);
        }
        let model = self.model()?;
        let mut rng = Rng::new(seed);
        let columns: Vec<_> = (0..side).map(|_| model.info.latents.draw(&mut rng)).collect();
        let mut latents = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in &columns {
                let mut values = column.values().to_vec();
                let class = &mut values[self.config.latent..][..classes];
                class.fill(0.0);
                class[row % classes] = 1.0;
                latents.push(values.into());
            }
        }
        model.pictures(&latents)
    }
}
