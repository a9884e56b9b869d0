//! The sample sheet of a model that encodes: pictures above their reconstructions, then random pictures.

use candle_core::Tensor;

use crate::data::PictureSet;
use crate::model::Model;
use crate::rng::Rng;
use crate::{Picture, Result, ValueRange};

/// Pictures in a row, rows of pictures with their reconstructions below them, and rows of random pictures.
const COLUMNS: usize = 8;
const PAIRS: usize = 2;
const RANDOM_ROWS: usize = 4;
/// Seed of the choice of pictures and of the latents.
const SEED: u64 = 1;

/// Pictures of the set, what the model makes of them, and what it makes of random latents.
pub(crate) fn with_reconstructions(model: &Model, pictures: &PictureSet) -> Result<Picture> {
    let encoder = model.encoder()?;
    let mut rng = Rng::new(SEED);
    let mut all = Vec::new();
    for _ in 0..PAIRS {
        let shown = pictures.batch(&mut rng, COLUMNS, false)?.permute((0, 3, 1, 2))?.contiguous()?;
        // The set's tensors are signed whatever the model's range is.
        let shown = Picture::from_tensor(&shown, ValueRange::SignedUnit)?;
        let tensors =
            shown.iter().map(|picture| model.picture_tensor(picture)).collect::<Result<Vec<Tensor>>>()?;
        let latents = encoder.encode(&Tensor::cat(&tensors, 0)?)?.to_vec2::<f32>()?;
        all.extend(shown);
        all.extend(model.pictures(&latents.into_iter().map(Into::into).collect::<Vec<_>>())?);
    }
    let latents: Vec<_> = (0..RANDOM_ROWS * COLUMNS).map(|_| model.info.latents.draw(&mut rng)).collect();
    all.extend(model.pictures(&latents)?);
    Picture::grid(&all, COLUMNS, 0)
}
