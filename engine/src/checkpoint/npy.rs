//! Latents and pictures as `.npy` files, for NumPy.

use std::io::Read as _;
use std::path::Path;

use candle_core::{DType, Tensor};

use crate::model::Latent;
use crate::{Error, Result};

/// More than the header of any file that NumPy writes for an array without fields.
const HEADER_BYTES: u64 = 4096;

/// Writes latents, float32, N x L.
///
/// # Errors
/// [`Error::Invalid`] for none, [`Error::Io`] when the file can't be written.
pub fn write_latents(path: &Path, latents: &[Latent]) -> Result<()> {
    let length = latents.first().map_or(0, |l| l.values().len());
    if length == 0 {
        return Err(Error::Invalid("there are no latents to write".into()));
    }
    let values: Vec<f32> = latents.iter().flat_map(|l| l.values().iter().copied()).collect();
    write_tensor(path, &Tensor::from_vec(values, (latents.len(), length), &candle_core::Device::Cpu)?)
}

/// Writes pictures, float32, N x C x H x W, in the model's own value range.
///
/// # Errors
/// [`Error::Io`] when the file can't be written.
pub fn write_tensor(path: &Path, tensor: &Tensor) -> Result<()> {
    let on_cpu = tensor.to_device(&candle_core::Device::Cpu)?;
    on_cpu.write_npy(path).map_err(|e| match e {
        candle_core::Error::Io(source) => Error::io(path, source),
        other => other.into(),
    })
}

/// Reads latents, N x L or a single L, of any floating type.
///
/// # Errors
/// [`Error::Io`] when there is no such file, [`Error::Checkpoint`] when it holds no latents.
pub fn read_latents(path: &Path) -> Result<Vec<Latent>> {
    let refuse = |why: String| Error::checkpoint(path, why);
    // candle allocates on the header's word: look at the bytes that are there first.
    let length = std::fs::metadata(path).map_err(|e| Error::io(path, e))?.len();
    let declared = declared_numbers(path)?;
    if declared.is_none_or(|numbers| numbers.saturating_mul(2) > length) {
        return Err(refuse("can't be read as a .npy file: its header does not fit its size".into()));
    }
    let tensor = Tensor::read_npy(path).map_err(|e| refuse(format!("can't be read as a .npy file: {e}")))?;
    let tensor = match tensor.rank() {
        1 => tensor.unsqueeze(0)?,
        2 => tensor,
        _ => return Err(refuse(format!("holds {:?} numbers; latents are N x L", tensor.dims()))),
    };
    let rows = tensor.to_dtype(DType::F32)?.to_vec2::<f32>()?;
    if rows.iter().flatten().any(|v| !v.is_finite()) {
        return Err(refuse("holds numbers that are not finite".into()));
    }
    Ok(rows.into_iter().map(Latent::from).collect())
}

/// How many numbers the header of a file declares; `None` when it has no such header.
fn declared_numbers(path: &Path) -> Result<Option<u64>> {
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    file.take(HEADER_BYTES).read_to_end(&mut head).map_err(|e| Error::io(path, e))?;
    let text = String::from_utf8_lossy(&head);
    if !head.starts_with(b"\x93NUMPY") {
        return Ok(None);
    }
    let shape = text
        .split_once("'shape':")
        .and_then(|(_, rest)| rest.split_once('('))
        .and_then(|(_, rest)| rest.split_once(')'));
    let Some((shape, _)) = shape else { return Ok(None) };
    let mut sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    Ok(sizes.try_fold(1u64, |all, size| Some(all.saturating_mul(size.parse().ok()?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latents_survive_a_file_bit_for_bit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("z.npy");
        let latents = [vec![0.1, -2.5, 3.0], vec![1e-20, 0.0, -0.0]].map(Latent::from);
        write_latents(&path, &latents).unwrap();
        assert_eq!(read_latents(&path).unwrap(), latents);
    }

    #[test]
    fn files_that_hold_no_latents_are_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("z.npy");
        assert!(matches!(read_latents(&path), Err(Error::Io { .. })));
        std::fs::write(&path, "no numbers").unwrap();
        assert!(read_latents(&path).unwrap_err().to_string().contains("z.npy"));
        assert!(write_latents(&path, &[]).is_err());
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }";
        let mut hostile = b"\x93NUMPY\x01\x00".to_vec();
        hostile.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        hostile.extend(header.as_bytes());
        std::fs::write(&path, hostile).unwrap();
        assert!(read_latents(&path).unwrap_err().to_string().contains("header"));
    }
}
