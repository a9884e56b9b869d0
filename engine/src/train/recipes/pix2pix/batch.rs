//! Pairs as tensors: what pictures are made of, what is known of them, and the pictures.

use candle_core::{Device, Tensor};

use super::config::Pix2PixConfig;
use super::rough::{UNKNOWN, roughened};
use crate::data::PictureSet;
use crate::model::Label;
use crate::rng::Rng;
use crate::{Error, Result};

/// Pairs, N x S x S x C each; inputs from -1 to 1 or a channel for each label, pictures from -1 to 1.
pub(super) struct Batch {
    pub inputs: Tensor,
    /// N x 1 x 1 x K, from -1 to 1; `None` where nothing is known of whole pictures.
    pub style: Option<Tensor>,
    pub pictures: Tensor,
}

/// So many pairs from anywhere in a set.
pub(super) fn draw(config: &Pix2PixConfig, pictures: &PictureSet, rng: &mut Rng) -> Result<Batch> {
    let indices: Vec<usize> = (0..config.batch).map(|_| rng.below(pictures.len())).collect();
    of(config, pictures, &indices, Some(rng))
}

/// These pairs; as they are without random numbers.
pub(super) fn of(
    config: &Pix2PixConfig,
    pictures: &PictureSet,
    indices: &[usize],
    mut rng: Option<&mut Rng>,
) -> Result<Batch> {
    let (side, count) = (config.size, indices.len());
    let (mut inputs, mut wanted, mut styles) = (Vec::new(), Vec::new(), Vec::new());
    for &index in indices {
        let none = || Error::Invalid("there is nothing that the pictures could be made of".into());
        let input = pictures.input(index).ok_or_else(none)?;
        let mirrored =
            config.flip && config.style.is_empty() && rng.as_deref_mut().is_some_and(|rng| rng.chance(0.5));
        let turned = |bytes: &[u8]| if mirrored { mirror(bytes, side) } else { bytes.to_vec() };
        wanted.extend(turned(pictures.picture(index)).into_iter().map(light));
        let input = turned(input);
        if config.labels.is_empty() {
            inputs.extend(input.into_iter().map(light));
        } else {
            let mut map = labels_of(&input, &config.labels);
            if let Some(rng) = rng.as_deref_mut().filter(|_| config.rough > 0.0)
                && rng.chance(config.rough)
            {
                map = roughened(&map, side, rng);
            }
            inputs.extend(one_hot(&map, config.labels.len()));
        }
        let known = pictures.style(index).iter().zip(&config.style);
        styles.extend(known.map(|(value, factor)| (value - factor.middle()) / factor.half_range()));
    }
    let channels = if config.labels.is_empty() { 3 } else { config.labels.len() };
    let maps = |values, channels| Tensor::from_vec(values, (count, side, side, channels), &Device::Cpu);
    let style = match config.style.len() {
        0 => None,
        known => Some(Tensor::from_vec(styles, (count, 1, 1, known), &Device::Cpu)?),
    };
    Ok(Batch { inputs: maps(inputs, channels)?, style, pictures: maps(wanted, 3)? })
}

fn light(byte: u8) -> f32 {
    f32::from(byte) * (2.0 / 255.0) - 1.0
}

fn mirror(bytes: &[u8], side: usize) -> Vec<u8> {
    bytes.chunks_exact(3 * side).flat_map(|row| row.rchunks_exact(3).flatten().copied()).collect()
}

/// The label of every pixel: that of its colour.
fn labels_of(rgb: &[u8], labels: &[Label]) -> Vec<u8> {
    let of = |pixel: &[u8]| labels.iter().position(|label| label.colour == pixel);
    rgb.chunks_exact(3).map(|pixel| of(pixel).map_or(UNKNOWN, |label| label as u8)).collect()
}

fn one_hot(map: &[u8], labels: usize) -> Vec<f32> {
    let mut values = vec![0.0; map.len() * labels];
    for (pixel, label) in values.chunks_exact_mut(labels).zip(map) {
        if let Some(value) = pixel.get_mut(usize::from(*label)) {
            *value = 1.0;
        }
    }
    values
}
