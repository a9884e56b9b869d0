//! Tensors as a file holds them: known by name, shape and type, read only when somebody needs the numbers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use half::{bf16, f16};

use crate::{Error, Result};

/// The bytes of a file, in memory or mapped into it.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// The type of a stored number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Element {
    F16,
    Bf16,
    F32,
    F64,
    I8,
    U8,
    I16,
    I32,
    I64,
    Bool,
}

impl Element {
    /// Bytes of one number.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::Bool => 1,
            Self::F16 | Self::Bf16 | Self::I16 => 2,
            Self::F32 | Self::I32 => 4,
            Self::F64 | Self::I64 => 8,
        }
    }

    /// True for the types that weights are stored in.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::Bf16 | Self::F32 | Self::F64)
    }

    /// The numbers of little-endian bytes.
    fn decode(self, bytes: &[u8]) -> Vec<f32> {
        fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
            bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)).collect()
        }
        match self {
            Self::F16 => each(bytes, |b| f16::from_le_bytes(b).to_f32()),
            Self::Bf16 => each(bytes, |b| bf16::from_le_bytes(b).to_f32()),
            Self::F32 => each(bytes, f32::from_le_bytes),
            Self::F64 => each(bytes, |b| f64::from_le_bytes(b) as f32),
            Self::I8 => each(bytes, |b| f32::from(i8::from_le_bytes(b))),
            Self::U8 | Self::Bool => each(bytes, |[b]| f32::from(b)),
            Self::I16 => each(bytes, |b| f32::from(i16::from_le_bytes(b))),
            Self::I32 => each(bytes, |b| i32::from_le_bytes(b) as f32),
            Self::I64 => each(bytes, |b| i64::from_le_bytes(b) as f32),
        }
    }
}

/// Where the bytes of a tensor are.
#[derive(Clone)]
enum Source {
    /// A part of a file in memory, or mapped into it.
    Bytes { all: SharedBytes, range: Range<usize> },
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
        let there = range.len() / element.bytes();
        let inside = range.start <= range.end && range.end <= (*all).as_ref().len();
        let needed = extent(&shape, &strides).filter(|&needed| inside && needed <= there);
        if needed.is_none() {
            return Err(Error::Invalid(format!("a tensor of shape {shape:?} has only {there} numbers")));
        }
        Ok(Self { element, shape, strides, source: Source::Bytes { all, range } })
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
        self.shape.iter().product()
    }

    /// True for a tensor without numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers: float32, contiguous.
    fn load(&self, device: &Device) -> Result<Tensor> {
        match &self.source {
            Source::Tensor(tensor) => Ok(tensor.to_dtype(DType::F32)?.to_device(device)?),
            Source::Absent => Err(Error::Invalid("only its shape is known".into())),
            Source::Bytes { all, range } => {
                let bytes = &(**all).as_ref()[range.clone()];
                let contiguous = contiguous_strides(&self.shape);
                let values = if self.strides == contiguous {
                    self.element.decode(&bytes[..self.len() * self.element.bytes()])
                } else {
                    gather(&self.element.decode(bytes), &self.shape, &self.strides)
                };
                Ok(Tensor::from_vec(values, self.shape.as_slice(), device)?)
            }
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

/// How many numbers a tensor reaches over; `None` when that is more than there can be.
fn extent(shape: &[usize], strides: &[usize]) -> Option<usize> {
    if shape.len() != strides.len() {
        return None;
    }
    // Expanded tensors (a stride of 0) may stand for more numbers than they reach over: cap those, too.
    shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n)).filter(|&n| n <= isize::MAX as usize / 8)?;
    if shape.contains(&0) {
        return Some(0);
    }
    shape
        .iter()
        .zip(strides)
        .try_fold(1usize, |all, (&n, &stride)| all.checked_add((n - 1).checked_mul(stride)?))
}

/// The numbers in the order of the dimensions.
fn gather(stored: &[f32], shape: &[usize], strides: &[usize]) -> Vec<f32> {
    let count = shape.iter().product();
    let mut values = Vec::with_capacity(count);
    let mut index = vec![0; shape.len()];
    for _ in 0..count {
        values.push(stored[index.iter().zip(strides).map(|(i, s)| i * s).sum::<usize>()]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    values
}

/// The tensors of a file, or of one network in it, by name. Cheap to clone and to look into: weights are
/// read by [`Self::load`] alone.
#[derive(Clone, Debug, Default)]
pub struct TensorTable {
    rows: BTreeMap<String, Arc<StoredTensor>>,
}

impl TensorTable {
    /// A table of tensors that are in memory already.
    #[must_use]
    pub fn from_tensors(tensors: impl IntoIterator<Item = (String, Tensor)>) -> Self {
        let stored = |tensor: Tensor| StoredTensor {
            element: Element::F32,
            shape: tensor.dims().to_vec(),
            strides: contiguous_strides(tensor.dims()),
            source: Source::Tensor(tensor),
        };
        tensors.into_iter().map(|(name, tensor)| (name, stored(tensor))).collect()
    }

    /// A table that knows names and shapes only: enough to tell a family.
    #[must_use]
    pub fn from_shapes(shapes: impl IntoIterator<Item = (String, Vec<usize>)>) -> Self {
        let stored = |shape: Vec<usize>| StoredTensor {
            element: Element::F32,
            strides: contiguous_strides(&shape),
            shape,
            source: Source::Absent,
        };
        shapes.into_iter().map(|(name, shape)| (name, stored(shape))).collect()
    }

    /// How many tensors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is no tensor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The tensors in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StoredTensor)> {
        self.rows.iter().map(|(name, tensor)| (name.as_str(), tensor.as_ref()))
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// A tensor.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&StoredTensor> {
        self.rows.get(name).map(Arc::as_ref)
    }

    /// True when there is a tensor of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.rows.contains_key(name)
    }

    /// The shape of a tensor.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.get(name).map(StoredTensor::shape)
    }

    /// The shape of a tensor that has as many dimensions as the caller expects.
    #[must_use]
    pub fn dims<const N: usize>(&self, name: &str) -> Option<[usize; N]> {
        self.shape(name)?.try_into().ok()
    }

    /// The tensors whose names begin with `prefix` and a dot, without both; all of them for an empty prefix.
    #[must_use]
    pub fn under(&self, prefix: &str) -> Self {
        if prefix.is_empty() {
            return self.clone();
        }
        let inner = |name: &str| Some(name.strip_prefix(prefix)?.strip_prefix('.')?.to_owned());
        let rows = self.rows.iter().filter_map(|(name, row)| Some((inner(name)?, row.clone())));
        Self { rows: rows.collect() }
    }

    /// How many learned numbers there are: counters and other integers don't count.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.rows.values().filter(|row| row.element.is_float()).map(|row| row.len()).sum()
    }

    /// The numbers of a tensor as float32, contiguous.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such tensor, [`Error::Tensor`] when the device refuses.
    pub fn load(&self, name: &str, device: &Device) -> Result<Tensor> {
        let row =
            self.get(name).ok_or_else(|| Error::Invalid(format!("the tensor \"{name}\" is missing")))?;
        row.load(device).map_err(|error| match error {
            Error::Invalid(why) => Error::Invalid(format!("the tensor \"{name}\" can't be read: {why}")),
            other => other,
        })
    }
}

impl FromIterator<(String, StoredTensor)> for TensorTable {
    fn from_iter<I: IntoIterator<Item = (String, StoredTensor)>>(rows: I) -> Self {
        Self { rows: rows.into_iter().map(|(name, row)| (name, Arc::new(row))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            let values = bytes(&[0.0; 6]);
            assert!(StoredTensor::new(Element::F32, shape, strides, values, 0..24).is_err());
        }
        assert!(StoredTensor::new(Element::F32, vec![6], vec![1], bytes(&[0.0; 6]), 8..32).is_err());
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

    #[test]
    fn networks_are_found_under_their_prefix() {
        let table = TensorTable::from_shapes(["g.a", "g.b.c", "ga"].map(|n| (n.to_owned(), vec![1])));
        assert_eq!(table.under("g").names().collect::<Vec<_>>(), ["a", "b.c"]);
        assert_eq!(table.under("").len(), 3);
        assert!(table.load("ga", &Device::Cpu).unwrap_err().to_string().contains("ga"));
    }
}
