//! What an encoder makes of pictures whose factors are known.

use candle_core::Tensor;
use serde::Serialize;

use super::factors::Column;
use crate::data::{AnyFactors, Scene};
use crate::model::Model;
use crate::{Error, Picture, Result};

/// Pictures that are encoded at once.
const BATCH: usize = 32;

/// The latents of pictures, and how near the model comes to the pictures with them.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// A column for each latent.
    pub latents: Vec<Column>,
    /// Root mean square difference of the pictures from what the generator makes of their latents; 1 is the
    /// difference of black and white.
    pub error: f64,
}

/// Encodes pictures of the model's size.
///
/// # Errors
/// [`Error::Invalid`] when there are none or the model has no encoder, [`Error::Shape`] for another size.
pub fn encode(model: &Model, pictures: &[Picture]) -> Result<Encoded> {
    let name = &model.info.name;
    let Some(encoder) = &model.encoder else {
        return Err(Error::Invalid(format!(
            "the model \"{name}\" has no encoder: it can't say what it sees"
        )));
    };
    if pictures.is_empty() {
        return Err(Error::Invalid("no pictures, nothing to encode".into()));
    }
    let groups = &model.info.latents.groups;
    let names = groups.iter().flat_map(|group| (0..group.len()).map(|i| group.name_of(i)));
    let mut latents: Vec<Column> = names.map(|name| Column { name, values: Vec::new() }).collect();
    let (mut squares, mut numbers) = (0.0, 0.0);
    for batch in pictures.chunks(BATCH) {
        let shown = batch.iter().map(|p| model.picture_tensor(p)).collect::<Result<Vec<_>>>()?;
        let shown = Tensor::cat(&shown, 0)?;
        let found = encoder.encode(&shown)?;
        let made = model.generator.forward(&found)?;
        squares += f64::from((made - shown)?.sqr()?.sum_all()?.to_scalar::<f32>()?);
        numbers += (batch.len() * model.generator.channels() * model.info.size.pow(2)) as f64;
        for row in found.to_vec2::<f32>()? {
            latents.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
        }
    }
    let error = (squares / numbers).sqrt() * f64::from(model.range.light_per_unit().abs());
    Ok(Encoded { latents, error })
}

/// The factors of scenes that are numbers and not the same in all of them.
#[must_use]
pub fn varying(scenes: &[Scene<AnyFactors>]) -> Vec<Column> {
    let rows: Vec<_> = scenes.iter().map(|scene| fields(&scene.factors)).collect();
    let Some(first) = rows.first() else { return Vec::new() };
    let column = |name: &String| {
        let number = |row: &serde_json::Map<_, _>| Some(row.get(name)?.as_f64()? as f32);
        let values = rows.iter().map(number).collect::<Option<Vec<f32>>>()?;
        let varies = values.iter().any(|v| *v != values[0]);
        varies.then(|| Column { name: name.clone(), values })
    };
    first.keys().filter_map(column).collect()
}

fn fields(factors: &impl Serialize) -> serde_json::Map<String, serde_json::Value> {
    match serde_json::to_value(factors) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    }
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
        let columns = varying(&scenes);
        assert_eq!(columns.len(), 1);
        assert_eq!((&*columns[0].name, columns[0].values.len()), ("hills", 30));
        assert!(varying(&scenes[..1]).is_empty() && varying(&[]).is_empty());
    }

    #[test]
    fn a_model_without_an_encoder_is_refused() {
        let error = encode(&toy(Temper::Good, Prior::Normal), &[Picture::filled(8, 8, [0; 3])]).unwrap_err();
        assert!(error.to_string().contains("no encoder"), "{error}");
    }
}
