//! The types of stored numbers.

use half::{bf16, f16};

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

    /// Appends the numbers of little-endian bytes.
    pub(super) fn decode(self, bytes: &[u8], numbers: &mut Vec<f32>) {
        fn each<const N: usize>(bytes: &[u8], numbers: &mut Vec<f32>, number: impl Fn([u8; N]) -> f32) {
            numbers.extend(bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)));
        }
        match self {
            Self::F16 => each(bytes, numbers, |b| f16::from_le_bytes(b).to_f32()),
            Self::Bf16 => each(bytes, numbers, |b| bf16::from_le_bytes(b).to_f32()),
            Self::F32 => each(bytes, numbers, f32::from_le_bytes),
            Self::F64 => each(bytes, numbers, |b| f64::from_le_bytes(b) as f32),
            Self::I8 => each(bytes, numbers, |b| f32::from(i8::from_le_bytes(b))),
            Self::U8 | Self::Bool => each(bytes, numbers, |[b]| f32::from(b)),
            Self::I16 => each(bytes, numbers, |b| f32::from(i16::from_le_bytes(b))),
            Self::I32 => each(bytes, numbers, |b| i32::from_le_bytes(b) as f32),
            Self::I64 => each(bytes, numbers, |b| i64::from_le_bytes(b) as f32),
        }
    }

    /// The number that little-endian bytes begin with.
    pub(super) fn number(self, bytes: &[u8]) -> Option<f64> {
        Some(match self {
            Self::F64 => f64::from_le_bytes(*bytes.first_chunk()?),
            Self::I32 => i32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::I64 => i64::from_le_bytes(*bytes.first_chunk()?) as f64,
            _ => {
                let mut number = Vec::with_capacity(1);
                self.decode(bytes.get(..self.bytes())?, &mut number);
                f64::from(*number.first()?)
            }
        })
    }
}
