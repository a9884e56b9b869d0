//! Files of the `safetensors` format: a table of names in JSON, then the numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};

use super::blob::Blob;
use super::element::Element;
use super::mapped::Part;
use super::refusal::{Read, Refusal};
use super::tensor::{StoredTensor, contiguous_strides};
use super::{VALUES_KEY, Value, Values};

/// Bytes of the length that such a file begins with.
const LENGTH: usize = 8;
/// Longest table: that of the largest models has a hundredth of this.
const LONGEST_HEADER: usize = 32 << 20;

/// The length of the table when bytes may begin such a file.
pub(super) fn header_length(bytes: &[u8]) -> Option<usize> {
    let length = u64::from_le_bytes(*bytes.first_chunk::<LENGTH>()?);
    let length = usize::try_from(length).ok().filter(|&length| (2..=LONGEST_HEADER).contains(&length));
    length.filter(|_| bytes.get(LENGTH) == Some(&b'{'))
}

/// The tensors of a file.
///
/// # Errors
/// A [`Refusal`] when it is cut short or damaged.
pub(super) fn read(bytes: &Part) -> Read<(Vec<(String, StoredTensor)>, Values)> {
    let damaged = |why: String| Refusal::damaged("safetensors file", why);
    let length = header_length(bytes.bytes()).ok_or_else(|| damaged("its table has no length".into()))?;
    let start = LENGTH + length;
    let Some(text) = bytes.bytes().get(LENGTH..start) else {
        return Err(Refusal::cut_short(bytes.len(), format!("its table of names reaches to byte {start}")));
    };
    let header: Header = serde_json::from_slice(text)
        .map_err(|e| damaged(format!("its table of names can't be read ({e})")))?;
    let mut rows = Vec::new();
    for (name, row) in header.tensors {
        let (from, to) = row.data_offsets;
        let (Some(from), Some(to)) = (start.checked_add(from), start.checked_add(to)) else {
            return Err(damaged(format!("its tensor \"{name}\" is beyond all memory")));
        };
        let Some(part) = bytes.part(from..to) else {
            let end = bytes.len();
            return Err(if from <= to {
                Refusal::cut_short(end, format!("its tensor \"{name}\" reaches to byte {to}"))
            } else {
                damaged(format!("its tensor \"{name}\" ends before it begins"))
            });
        };
        let Some(element) = element(&row.dtype) else { continue };
        let strides = contiguous_strides(&row.shape);
        let stored = StoredTensor::in_blob(element, row.shape, strides, &Blob::plain(part), 0);
        let stored =
            stored.map_err(|why| Refusal::new(format!("can't be used: the tensor \"{name}\" {}", why.0)))?;
        rows.push((name, stored));
    }
    let mut values = Values::new();
    for (key, text) in header.texts {
        match serde_json::from_str::<Values>(&text) {
            Ok(kept) if key == VALUES_KEY => values.extend(kept),
            _ => drop(values.insert(key, Value::Text(text))),
        }
    }
    Ok((rows, values))
}

fn element(name: &str) -> Option<Element> {
    Some(match name {
        "F16" => Element::F16,
        "BF16" => Element::Bf16,
        "F32" => Element::F32,
        "F64" => Element::F64,
        "I8" => Element::I8,
        "U8" => Element::U8,
        "I16" => Element::I16,
        "I32" => Element::I32,
        "I64" => Element::I64,
        "BOOL" => Element::Bool,
        _ => return None,
    })
}

/// The table.
#[derive(Default)]
struct Header {
    tensors: Vec<(String, Row)>,
    texts: BTreeMap<String, String>,
}

/// A tensor in the table.
#[derive(Deserialize)]
struct Row {
    dtype: String,
    shape: Vec<usize>,
    /// From where to where, behind the table.
    data_offsets: (usize, usize),
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

/// Reads the table entry by entry, so that nothing but what is in it is ever in memory.
struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of tensors")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Header, M::Error> {
        let mut header = Header::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                header.texts = map.next_value()?;
            } else if name.len() > super::LONGEST_NAME {
                map.next_value::<IgnoredAny>()?;
            } else {
                if header.tensors.len() >= super::MOST_TENSORS {
                    return Err(M::Error::custom("there are too many tensors"));
                }
                header.tensors.push((name, map.next_value()?));
            }
        }
        Ok(header)
    }
}
