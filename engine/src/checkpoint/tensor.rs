//! Tensors as a file holds them: known by name, shape and type, read only when somebody needs the numbers.

use std::ops::Range;

use candle_core::{DType, Device, Tensor};

use super::blob::{Blob, DAMAGED};
use super::element::Element;
use super::mapped::{Part, SharedBytes};
use super::monitor::LoadMonitor;
use super::refusal::{Read, Refusal};
use crate::{Error, Result};

/// A tensor that repeats its numbers (a stride of 0) may stand for this many, or for as many as its storage has.
const MOST_REPEATED: usize = 1 << 20;

/// Where the bytes of a tensor are.
#[derive(Clone)]
enum Source {
    /// In a file; the first number begins at this byte.
    Stored(Blob, usize),
    /// Numbers that never were in a file.
    Tensor(Tensor),
    /// Nowhere: only name and shape are known.
    Absent,
}

/// A tensor of a file.
#[derive(Clone)]
pub struct StoredTensor {
    element: Element,
    shape: Vec<usize>,
    /// Steps between neighbours, in numbers.
    strides: Vec<usize>,
    source: Source,
}

impl std::fmt::Debug for StoredTensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.element, self.shape)
    }
}

impl StoredTensor {
    /// A tensor whose numbers are the bytes `range` of `all`, little-endian, the first number first.
    ///
    /// # Errors
    /// [`Error::Invalid`] when shape and strides reach outside the range.
    pub fn new(
        element: Element,
        shape: Vec<usize>,
        strides: Vec<usize>,
        all: SharedBytes,
        range: Range<usize>,
    ) -> Result<Self> {
        let part =
            Part::whole(all).part(range).ok_or_else(|| Error::Invalid("is outside the file".into()))?;
        Self::in_blob(element, shape, strides, &Blob::plain(part), 0).map_err(|why| Error::Invalid(why.0))
    }

    /// A tensor whose numbers begin at the byte `start` of a storage.
    ///
    /// # Errors
    /// A [`Refusal`] when shape and strides reach outside the storage.
    pub(super) fn in_blob(
        element: Element,
        shape: Vec<usize>,
        strides: Vec<usize>,
        blob: &Blob,
        start: usize,
    ) -> Read<Self> {
        let there = blob.len().saturating_sub(start) / element.bytes();
        let Some(needed) = extent(&shape, &strides, there) else {
            return Err(Refusal::new(format!("of shape {shape:?} has more numbers than a file can hold")));
        };
        if needed > there {
            let (needed, there) = (needed * element.bytes(), there * element.bytes());
            return Err(Refusal::new(format!(
                "of shape {shape:?} needs {needed} bytes, but only {there} are there; the file is damaged: get \
                 it again"
            )));
        }
        Ok(Self { element, shape, strides, source: Source::Stored(blob.clone(), start) })
    }

    /// A tensor that never was in a file.
    pub(super) fn from_tensor(tensor: &Tensor) -> Self {
        Self { source: Source::Tensor(tensor.clone()), ..Self::from_shape(tensor.dims().to_vec()) }
    }

    /// A tensor without numbers.
    pub(super) fn from_shape(shape: Vec<usize>) -> Self {
        Self { element: Element::F32, strides: contiguous_strides(&shape), shape, source: Source::Absent }
    }

    /// The type of its numbers.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element
    }

    /// Its dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many numbers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        // The other sizes of an empty tensor may be anything.
        if self.shape.contains(&0) { 0 } else { self.shape.iter().product() }
    }

    /// True for a tensor without numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes its numbers have in a file, unpacked.
    #[must_use]
    pub fn stored_bytes(&self) -> usize {
        self.len() * self.element.bytes()
    }

    /// The numbers: float32, contiguous.
    ///
    /// # Errors
    /// [`Error::Invalid`] when packed bytes are damaged, [`Error::Cancelled`] when the monitor says so,
    /// [`Error::Tensor`] when the device refuses.
    pub(super) fn load(&self, device: &Device, monitor: &LoadMonitor) -> Result<Tensor> {
        monitor.advance(0)?;
        match &self.source {
            Source::Tensor(tensor) => {
                monitor.advance(self.stored_bytes())?;
                Ok(tensor.to_dtype(DType::F32)?.to_device(device)?)
            }
            Source::Absent => Err(Error::Invalid("only its shape is known".into())),
            Source::Stored(blob, start) => {
                let values = if self.strides == contiguous_strides(&self.shape) {
                    self.stream(blob, *start, monitor)?
                } else {
                    self.gather(blob, *start, monitor)?
                };
                Ok(Tensor::from_vec(values, self.shape.as_slice(), device)?)
            }
        }
    }

    /// The numbers of a tensor that has them in order.
    fn stream(&self, blob: &Blob, start: usize, monitor: &LoadMonitor) -> Result<Vec<f32>> {
        // What is packed tightly may be less than it says: then memory grows with what is there.
        let mut values = Vec::with_capacity(if blob.is_loose() { self.len() } else { 0 });
        blob.pieces(start..start + self.stored_bytes(), |piece| {
            self.element.decode(piece, &mut values);
            monitor.advance(piece.len()).map_err(Interrupted::Stopped)
        })?;
        Ok(values)
    }

    /// The numbers in the order of the dimensions, whatever their order in the file.
    fn gather(&self, blob: &Blob, start: usize, monitor: &LoadMonitor) -> Result<Vec<f32>> {
        let extent = extent(&self.shape, &self.strides, usize::MAX).unwrap_or(0);
        let range = start..start + extent * self.element.bytes();
        let values = match blob.in_place() {
            Some(part) => {
                let all = part.bytes().get(range.clone()).ok_or(Interrupted::Damaged)?;
                let values = self.pick(all, monitor)?;
                part.release(range);
                values
            }
            None => {
                let mut all = Vec::new();
                blob.pieces(range, |piece| {
                    all.extend_from_slice(piece);
                    Ok::<(), Interrupted>(())
                })?;
                self.pick(&all, monitor)?
            }
        };
        Ok(values)
    }

    /// The numbers among the bytes that the tensor reaches over.
    fn pick(&self, bytes: &[u8], monitor: &LoadMonitor) -> Result<Vec<f32>> {
        let mut values = Vec::with_capacity(self.len());
        let (Some((&length, outer)), Some((&stride, strides))) =
            (self.shape.split_last(), self.strides.split_last())
        else {
            return Ok(values);
        };
        if self.is_empty() {
            return Ok(values);
        }
        let width = self.element.bytes();
        let mut index = vec![0; outer.len()];
        for _ in 0..outer.iter().product() {
            monitor.advance(length * width)?;
            let first = index.iter().zip(strides).map(|(i, s)| i * s).sum::<usize>();
            for i in 0..length {
                let at = (first + i * stride) * width;
                self.element.decode(&bytes[at..at + width], &mut values);
            }
            for axis in (0..outer.len()).rev() {
                index[axis] += 1;
                if index[axis] < outer[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        Ok(values)
    }
}

/// Why reading ended early.
enum Interrupted {
    Damaged,
    Stopped(Error),
}

impl From<&'static str> for Interrupted {
    fn from(_: &'static str) -> Self {
        Self::Damaged
    }
}

impl From<Interrupted> for Error {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Damaged => Self::Invalid(DAMAGED.into()),
            Interrupted::Stopped(error) => error,
        }
    }
}

/// Strides of a tensor in the order of its dimensions.
pub(super) fn contiguous_strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1usize; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i].saturating_mul(shape[i]);
    }
    strides
}

/// How many numbers a tensor reaches over; `None` when that is more than there can be, or when it stands for
/// many more than the `there` that there are.
fn extent(shape: &[usize], strides: &[usize], there: usize) -> Option<usize> {
    if shape.len() != strides.len() {
        return None;
    }
    // Also of an empty tensor: others multiply its sizes in their order.
    let count = shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n.max(1)))?;
    if shape.contains(&0) {
        return (count <= isize::MAX as usize / 8).then_some(0);
    }
    let reach = shape
        .iter()
        .zip(strides)
        .try_fold(1usize, |all, (&n, &stride)| all.checked_add((n - 1).checked_mul(stride)?))?;
    let repeated = count > reach && count > there.max(MOST_REPEATED);
    (!repeated && count.max(reach) <= isize::MAX as usize / 8).then_some(reach)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::checkpoint::TensorTable;

    fn bytes(values: &[f32]) -> SharedBytes {
        Arc::new(values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
    }

    fn table(shape: &[usize], strides: &[usize], values: &[f32]) -> TensorTable {
        let all = bytes(values);
        let range = 0..4 * values.len();
        let row = StoredTensor::new(Element::F32, shape.to_vec(), strides.to_vec(), all, range).unwrap();
        [("net.w".to_owned(), row)].into_iter().collect()
    }

    #[test]
    fn any_strides_are_read_in_the_order_of_the_dimensions() {
        let load = |t: &TensorTable| t.load("net.w", &Device::Cpu).unwrap().to_vec2::<f32>().unwrap();
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(load(&table(&[2, 3], &[3, 1], &values)), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(load(&table(&[3, 2], &[1, 3], &values)), [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
        assert_eq!(load(&table(&[2, 2], &[0, 1], &values)), [[1.0, 2.0], [1.0, 2.0]]);
    }

    #[test]
    fn a_shape_that_the_bytes_do_not_hold_is_refused() {
        for (shape, strides) in [
            (vec![2, 4], vec![4, 1]),
            (vec![usize::MAX, 2], vec![0, 0]),
            (vec![1 << 40, 1 << 40], vec![0, 0]),
            (vec![2], vec![usize::MAX]),
            (vec![2, 3], vec![1]),
            (vec![1 << 60, 1 << 60, 0], vec![7, 3, 2]),
        ] {
            let values = bytes(&[0.0; 6]);
            assert!(StoredTensor::new(Element::F32, shape, strides, values, 0..24).is_err());
        }
        assert!(StoredTensor::new(Element::F32, vec![6], vec![1], bytes(&[0.0; 6]), 8..32).is_err());
    }

    #[test]
    fn an_empty_tensor_is_read_at_once_whatever_its_other_sizes() {
        let table = table(&[1 << 59, 0], &[0, 0], &[]);
        assert!(table.get("net.w").unwrap().is_empty());
        assert_eq!(table.load("net.w", &Device::Cpu).unwrap().dims(), [1 << 59, 0]);
    }

    #[test]
    fn whoever_waits_can_stop_a_tensor_that_is_read_number_by_number() {
        let table = table(&[3, 2], &[1, 3], &[0.0; 6]);
        table.monitor().cancel();
        assert!(matches!(table.load("net.w", &Device::Cpu), Err(Error::Cancelled)));
        let row = table.get("net.w").unwrap();
        assert!(matches!(row.pick(&[0; 24], table.monitor()), Err(Error::Cancelled)));
    }

    #[test]
    fn every_type_becomes_float32() {
        for (element, stored, number) in [
            (Element::F16, vec![0x00, 0xc0], -2.0),
            (Element::Bf16, vec![0x00, 0xc0], -2.0),
            (Element::F64, (-2.0f64).to_le_bytes().to_vec(), -2.0),
            (Element::I64, (-2i64).to_le_bytes().to_vec(), -2.0),
            (Element::I16, vec![0xfe, 0xff], -2.0),
            (Element::Bool, vec![1], 1.0),
        ] {
            let length = stored.len();
            let row = StoredTensor::new(element, vec![], vec![], Arc::new(stored), 0..length).unwrap();
            let table: TensorTable = [("x".to_owned(), row)].into_iter().collect();
            assert_eq!(table.load("x", &Device::Cpu).unwrap().to_scalar::<f32>().unwrap(), number);
        }
    }
}
