//! Latents and pictures as `.npy` files, for NumPy.

use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Tensor};

use super::blob::Blob;
use super::mapped::Part;
use super::{LoadMonitor, numpy};
use crate::{Error, Result, file};

/// Most bytes of a file of latents.
const MOST_BYTES: u64 = 1 << 28;
/// The numbers of an array begin at a multiple of this many bytes.
const ALIGNED: usize = 64;

/// Writes latents, float32, N x L.
///
/// # Errors
/// [`Error::Invalid`] for none, [`Error::Io`] when the file can't be written.
pub fn write_latents<L: AsRef<[f32]>>(path: &Path, latents: &[L]) -> Result<()> {
    let length = latents.first().map_or(0, |l| l.as_ref().len());
    if length == 0 {
        return Err(Error::Invalid("there are no latents to write".into()));
    }
    let values: Vec<f32> = latents.iter().flat_map(|l| l.as_ref().iter().copied()).collect();
    write_tensor(path, &Tensor::from_vec(values, (latents.len(), length), &Device::Cpu)?)
}

/// Writes pictures, float32, N x C x H x W, in the model's own value range.
///
/// # Errors
/// [`Error::Io`] when the file can't be written.
pub fn write_tensor(path: &Path, tensor: &Tensor) -> Result<()> {
    let bytes = [header(tensor.dims()), numbers(tensor)?].concat();
    file::write(path, &bytes)
}

/// What an array file begins with: float32, in the order of its dimensions.
#[must_use]
pub fn header(shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sizes.trim_end());
    // Magic, version and length take ten bytes, the end of the line one.
    let spaces = (text.len() + 11).next_multiple_of(ALIGNED) - text.len() - 11;
    text.extend(std::iter::repeat_n(' ', spaces));
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

/// What follows the [`header`]: numbers of a tensor, as many of them as one likes at a time.
///
/// # Errors
/// [`Error::NonFinite`] for a number that is none, [`Error::Tensor`] when the device refuses.
pub fn numbers(tensor: &Tensor) -> Result<Vec<u8>> {
    let values = tensor.to_device(&Device::Cpu)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    if values.iter().any(|v| !v.is_finite()) {
        return Err(Error::NonFinite { what: "what the model makes" });
    }
    Ok(values.iter().flat_map(|v| v.to_le_bytes()).collect())
}

/// Reads latents, N x L or a single L, of any type of numbers, in either order of the dimensions.
///
/// # Errors
/// [`Error::Io`] when there is no such file, [`Error::Checkpoint`] when it holds no latents.
pub fn read_latents(path: &Path) -> Result<Vec<Vec<f32>>> {
    let bytes = file::read(path, MOST_BYTES).map_err(|error| match error {
        Error::Invalid(why) => Error::checkpoint(path, format!("can't be read: {why}")),
        other => other,
    })?;
    decode_latents(bytes, path)
}

/// [`read_latents`] for bytes that are in memory; `name` is for the error.
///
/// # Errors
/// As [`read_latents`].
pub fn decode_latents(bytes: Vec<u8>, name: &Path) -> Result<Vec<Vec<f32>>> {
    let refuse = |why: String| Error::checkpoint(name, why);
    let unreadable = |why: &str| refuse(format!("can't be read as a .npy file: {why}"));
    let array = numpy::array(&Blob::plain(Part::whole(Arc::new(bytes)))).map_err(|why| unreadable(&why.0))?;
    let array = array.ok_or_else(|| unreadable("its elements are no numbers"))?;
    let tensor = array.load(&Device::Cpu, &LoadMonitor::default()).map_err(|e| unreadable(&e.to_string()))?;
    let tensor = match tensor.rank() {
        1 => tensor.unsqueeze(0)?,
        2 => tensor,
        _ => return Err(refuse(format!("holds {:?} numbers; latents are N x L", tensor.dims()))),
    };
    // A billion rows of nothing would be a billion rows.
    if tensor.elem_count() == 0 {
        return Err(refuse("holds no numbers".into()));
    }
    let rows = tensor.to_vec2::<f32>()?;
    if rows.iter().flatten().any(|v| !v.is_finite()) {
        return Err(refuse("holds numbers that are not finite".into()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latents_survive_a_file_bit_for_bit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("z.npy");
        let latents = [vec![0.1, -2.5, 3.0], vec![1e-20, 0.0, -0.0]];
        write_latents(&path, &latents).unwrap();
        let bits = |rows: &[Vec<f32>]| rows.concat().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&read_latents(&path).unwrap()), bits(&latents));
    }

    #[test]
    fn files_that_hold_no_latents_are_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("z.npy");
        assert!(matches!(read_latents(&path), Err(Error::Io { .. })));
        std::fs::write(&path, "no numbers").unwrap();
        assert!(read_latents(&path).unwrap_err().to_string().contains("z.npy"));
        assert!(write_latents::<Vec<f32>>(&path, &[]).is_err());
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }";
        let mut hostile = b"\x93NUMPY\x01\x00".to_vec();
        hostile.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        hostile.extend(header.as_bytes());
        std::fs::write(&path, hostile).unwrap();
        let refusal = read_latents(&path).unwrap_err().to_string();
        assert!(refusal.contains("z.npy") && refusal.contains("only 0 are there"), "{refusal}");
        let rows_of_nothing = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 0), }";
        let mut hostile = b"\x93NUMPY\x01\x00".to_vec();
        hostile.extend(u16::try_from(rows_of_nothing.len()).unwrap().to_le_bytes());
        hostile.extend(rows_of_nothing.as_bytes());
        let refusal = decode_latents(hostile, &path).unwrap_err().to_string();
        assert!(refusal.contains("holds no numbers"), "{refusal}");
        // As large as a disk, and nothing in it.
        std::fs::File::create(&path).unwrap().set_len(3 << 30).unwrap();
        assert!(read_latents(&path).unwrap_err().to_string().contains("larger than 268 MB"));
    }

    #[test]
    fn arrays_in_the_order_of_fortran_and_of_any_type_are_read() {
        let file = |kind: &str, fortran: &str, numbers: &[u8]| {
            let text = format!("{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': (2, 3), }}\n");
            let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
            bytes.extend((text.len() as u16).to_le_bytes());
            [&bytes, text.as_bytes(), numbers].concat()
        };
        let expected = [vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]];
        let columns: Vec<u8> = [1f64, 4.0, 2.0, 5.0, 3.0, 6.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let name = Path::new("z.npy");
        assert_eq!(decode_latents(file("<f8", "True", &columns), name).unwrap(), expected);
        assert_eq!(decode_latents(file("|u1", "False", &[1, 2, 3, 4, 5, 6]), name).unwrap(), expected);
        let text = decode_latents(file("<U1", "False", &[0; 24]), name).unwrap_err().to_string();
        assert!(text.contains("no numbers"), "{text}");
    }

    #[test]
    fn the_numbers_of_a_file_begin_where_numpy_wants_them() {
        for shape in [vec![3], vec![64, 3, 64, 64], vec![1; 12], vec![123_456, 100]] {
            let header = header(&shape);
            assert_eq!((header.len() % ALIGNED, header.last()), (0, Some(&b'\n')), "{shape:?}");
        }
        assert!(numbers(&Tensor::new(&[1f32, f32::NAN], &Device::Cpu).unwrap()).is_err());
    }
}
