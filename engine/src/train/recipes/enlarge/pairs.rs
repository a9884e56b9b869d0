//! Small patches and the large ones that they come from.

use candle_core::{Device, Tensor};

use super::config::EnlargeConfig;
use super::degrade::degrade;
use crate::data::PictureSet;
use crate::rng::Rng;
use crate::{Picture, Result, ValueRange};

/// Small patches and the large ones that belong to them, N x S x S x 3 each, -1 to 1.
pub(super) struct Pairs {
    pub small: Tensor,
    pub large: Tensor,
}

/// Patches from anywhere in the pictures of a set.
pub(super) fn draw(config: &EnlargeConfig, pictures: &PictureSet, rng: &mut Rng) -> Result<Pairs> {
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..config.batch {
        let picture = pictures.to_picture(rng.below(pictures.len()))?;
        let free = (pictures.size() - config.patch) / config.factor + 1;
        let [left, top] = [(); 2].map(|()| rng.below(free) * config.factor);
        let mut patch = picture.part(left, top, config.patch, config.patch)?;
        if config.flip && rng.chance(0.5) {
            patch = patch.mirrored();
        }
        let mut reduced = reduced(&patch, config.factor);
        if rng.chance(config.damage) {
            reduced = degrade(reduced, rng)?;
        }
        small.push(reduced);
        large.push(patch);
    }
    Ok(Pairs { small: maps(&small)?, large: maps(&large)? })
}

/// A picture with so many times fewer pixels a side, by the cubic filter that the field reduces with.
pub(super) fn reduced(picture: &Picture, factor: usize) -> Picture {
    picture.resized_bicubic(picture.width() / factor, picture.height() / factor)
}

/// Pictures of one size as N x H x W x 3, -1 to 1.
pub(super) fn maps(pictures: &[Picture]) -> Result<Tensor> {
    let tensors = pictures.iter().map(|picture| picture.to_tensor(ValueRange::SignedUnit, &Device::Cpu));
    let all = Tensor::cat(&tensors.collect::<Result<Vec<_>>>()?, 0)?;
    Ok(all.permute((0, 2, 3, 1))?.contiguous()?)
}
