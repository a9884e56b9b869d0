//! Makes a model folder of any checkpoint that opens.

use std::path::Path;
use std::sync::Arc;

use candle_core::Device;
use half::{bf16, f16};
use safetensors::Dtype;

use super::opening::{Contents, contents};
use super::{identify, refusal};
use crate::checkpoint::write::{Entry, write_model};
use crate::checkpoint::{Element, ModelFile, VALUES_KEY};
use crate::model::{Decisions, ModelSource, Summary};
use crate::{Error, Result};

/// Writes a model folder: the tensors of the network that opens, under their own names, and a description
/// with everything that was assumed. float16 and bfloat16 stay what they are, everything else becomes
/// float32, or float16 where `half` asks for it.
///
/// # Errors
/// [`Error::Checkpoint`] when the file can't be used, a weight is no finite number or does not fit float16,
/// [`Error::Io`] when the folder can't be written.
pub fn convert(
    source: &ModelSource,
    folder: &Path,
    decisions: Option<&Decisions>,
    half: bool,
) -> Result<Summary> {
    let Contents { name, path, checkpoint, file } = contents(source, &Arc::default())?;
    let Some(mut found) = identify(&checkpoint) else {
        return Err(Error::checkpoint(&path, refusal(&checkpoint)));
    };
    found.detection.assumptions.decide(decisions.unwrap_or(&file.assumptions))?;
    let tensors = &checkpoint.tensors;
    // What stands at the root beside all networks (a mean latent, say) may belong to this one.
    let inside = |name: &str| {
        let below = name.strip_prefix(&found.prefix).is_some_and(|rest| rest.starts_with('.'));
        found.prefix.is_empty() || below || !name.contains('.')
    };
    let mut entries = Vec::new();
    for (name, row) in tensors.iter().filter(|(name, row)| inside(name) && row.element().is_float()) {
        let element = match row.element() {
            kept @ (Element::F16 | Element::Bf16) => kept,
            _ if half => Element::F16,
            _ => Element::F32,
        };
        let values = tensors.load(name, &Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?;
        if values.iter().any(|v| !v.is_finite()) {
            let why = format!("the weights \"{name}\" are not all finite numbers: the file is damaged");
            return Err(Error::checkpoint(&path, why));
        }
        let (dtype, bytes) = encode(element, &values)
            .ok_or_else(|| Error::checkpoint(&path, format!("the tensor \"{name}\" does not fit float16")))?;
        entries.push(Entry { name: name.into(), dtype, shape: row.shape().to_vec(), bytes });
    }
    let values =
        serde_json::to_string(&checkpoint.values).map_err(|e| Error::checkpoint(&path, e.to_string()))?;
    let answered = found.detection.assumptions.iter().map(|a| (a.key.to_string(), a.answer.text()));
    let made_by =
        if file.made_by.is_empty() { format!("converted from {}", path.display()) } else { file.made_by };
    let description = ModelFile {
        title: if file.title.is_empty() { name } else { file.title },
        family: found.architecture.key.into(),
        made_by,
        latents: file.latents,
        classes: file.classes,
        // A path would lead elsewhere from the new folder.
        enlarger: file.enlarger.filter(|name| matches!(ModelSource::named(name), ModelSource::Bundled(_))),
        assumptions: answered.collect::<Decisions>(),
        architecture: file.architecture,
    };
    write_model(folder, &entries, vec![(VALUES_KEY.into(), values)], &description)?;
    super::inspect(&ModelSource::Path(folder.to_owned()), None)
}

/// Numbers as a file has them; `None` when one of them does not fit the type.
fn encode(element: Element, values: &[f32]) -> Option<(Dtype, Vec<u8>)> {
    Some(match element {
        Element::F16 => {
            let halves: Vec<f16> = values.iter().map(|v| f16::from_f32(*v)).collect();
            let fits = halves.iter().zip(values).all(|(half, value)| half.is_finite() || !value.is_finite());
            if !fits {
                return None;
            }
            (Dtype::F16, halves.iter().flat_map(|h| h.to_le_bytes()).collect())
        }
        Element::Bf16 => {
            (Dtype::BF16, values.iter().flat_map(|v| bf16::from_f32(*v).to_le_bytes()).collect())
        }
        _ => (Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::{open_best, remember};
    use crate::rng::Rng;

    #[test]
    fn a_converted_model_makes_the_same_pictures_and_keeps_what_was_decided() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("copy");
        let bundled = ModelSource::named("landscape");
        let summary = convert(&bundled, &folder, None, false).unwrap();
        assert_eq!(summary.family_key, "dcgan_encoder");
        assert!(summary.assumptions.iter().all(|a| a.decided));
        let copy = ModelSource::Path(folder.clone());
        let (a, b) = (open_best(&bundled, None).unwrap(), open_best(&copy, None).unwrap());
        let latents = [a.info.latents.draw(&mut Rng::new(3))];
        assert_eq!(a.pictures(&latents).unwrap(), b.pictures(&latents).unwrap());

        remember(&copy, &[("prior".to_owned(), "uniform".to_owned())].into()).unwrap();
        let again = convert(&copy, &dir.path().join("again"), None, true).unwrap();
        assert_eq!(again.assumptions.choice_of("prior"), Some("uniform"));
        assert!(again.made_by.starts_with("latent-studio train"), "{}", again.made_by);
    }

    #[test]
    fn a_weight_that_overflows_float16_is_refused() {
        assert!(encode(Element::F16, &[1.0, 1e6]).is_none());
        assert!(encode(Element::F16, &[1.0, f32::INFINITY]).is_some());
        assert_eq!(encode(Element::F32, &[1.0]).unwrap().1, 1f32.to_le_bytes());
    }
}
