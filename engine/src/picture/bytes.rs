//! A picture as messages carry it: its sides and its bytes.

use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::Picture;

/// Bytes as a whole, where the format knows such a thing; else number by number.
struct Bytes<B>(B);

impl Serialize for Bytes<&[u8]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes<Vec<u8>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = numbers.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }
        deserializer.deserialize_byte_buf(Any).map(Self)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Picture")]
struct Fields<B> {
    width: usize,
    height: usize,
    rgb: B,
}

impl Serialize for Picture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields { width: self.width(), height: self.height(), rgb: Bytes(self.rgb()) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Picture {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Fields { width, height, rgb: Bytes(rgb) } = Fields::<Bytes<Vec<u8>>>::deserialize(deserializer)?;
        // A size that overflows fits no bytes.
        match width.checked_mul(height).and_then(|pixels| pixels.checked_mul(3)) {
            Some(bytes) if bytes == rgb.len() => Self::new(width, height, rgb).map_err(Error::custom),
            _ => Err(Error::custom(format!("{} bytes are no picture of {width} x {height}", rgb.len()))),
        }
    }
}
