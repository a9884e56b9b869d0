//! What an encoder makes of pictures whose factors are known.

use candle_core::Tensor;

use super::factors::Column;
use crate::Result;
use crate::data::PictureSet;
use crate::data::{AnyFactors, FactorTable};
use crate::model::Model;

/// Pictures that are encoded at once.
const BATCH: usize = 32;

/// The latents that the encoder finds for pictures of the model's size, a column for each latent.
///
/// # Errors
/// [`crate::Error::Invalid`] when there are none or the model has no encoder, [`crate::Error::Shape`] for another size.
pub fn encode(model: &Model, pictures: &PictureSet) -> Result<Vec<Column>> {
    let encoder = model.encoder()?;
    let groups = &model.info.latents.groups;
    let names = groups.iter().flat_map(|group| (0..group.len()).map(|i| group.name_of(i)));
    let mut latents: Vec<Column> = names.map(|name| Column { name, values: Vec::new() }).collect();
    for first in (0..pictures.len()).step_by(BATCH) {
        let batch = first..pictures.len().min(first + BATCH);
        let shown =
            batch.map(|i| model.picture_tensor(&pictures.to_picture(i)?)).collect::<Result<Vec<_>>>()?;
        for row in encoder.encode(&Tensor::cat(&shown, 0)?)?.to_vec2::<f32>()? {
            latents.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
        }
    }
    Ok(latents)
}

/// The factors of pictures that are numbers and not the same in all of them.
#[must_use]
pub fn varying(factors: &[AnyFactors]) -> Vec<Column> {
    let table = FactorTable::of(factors);
    let column = |(index, name): (usize, &String)| {
        let values: Vec<f32> = table.column(index).collect();
        // Kinds have columns of their own, which no single latent could know all of.
        let varies = !name.contains('=') && values.iter().any(|v| *v != values[0]);
        varies.then(|| Column { name: name.clone(), values })
    };
    table.names().iter().enumerate().filter_map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::WorldName;
    use crate::model::Prior;
    use crate::model::toy::{Temper, toy};

    #[test]
    fn only_factors_that_vary_and_are_numbers_are_measured() {
        let vary = WorldName::Landscape.vary(&["hills", "biome"]).unwrap();
        let scenes = WorldName::Landscape.render_many(&vary, 0, 0, 30, 8).unwrap();
        let factors: Vec<AnyFactors> = scenes.into_iter().map(|scene| scene.factors).collect();
        let columns = varying(&factors);
        assert_eq!(columns.len(), 1);
        assert_eq!((&*columns[0].name, columns[0].values.len()), ("hills", 30));
        assert!(varying(&factors[..1]).is_empty() && varying(&[]).is_empty());
    }

    #[test]
    fn a_model_without_an_encoder_is_refused() {
        let pictures = PictureSet::from_rgb(8, [vec![0; 192]]).unwrap();
        let error = encode(&toy(Temper::Good, Prior::Normal), &pictures).unwrap_err();
        assert!(error.to_string().contains("no encoder"), "{error}");
    }
}
