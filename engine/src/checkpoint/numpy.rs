//! NumPy's arrays: in archives of `numpy.savez`, and in pickles.

use super::MOST_TENSORS;
use super::blob::Blob;
use super::element::Element;
use super::pickle::{Graph, Id, Object};
use super::refusal::{Read, Refusal};
use super::tensor::{StoredTensor, contiguous_strides};
use super::zip::Archive;

/// More than the header of any file that NumPy writes for an array without fields.
const LONGEST_HEADER: usize = 4096;

/// The arrays of an archive of `numpy.savez`. Members that are no arrays of numbers are left out.
///
/// # Errors
/// A [`Refusal`] when a member is damaged.
pub(super) fn arrays(archive: &Archive) -> Read<Vec<(String, StoredTensor)>> {
    let mut rows = Vec::new();
    for member in archive.names() {
        let Some(name) = member.strip_suffix(".npy") else { continue };
        let Some(blob) = archive.member(member)? else { continue };
        if rows.len() >= MOST_TENSORS {
            return Err(Refusal::new(format!("holds more than {MOST_TENSORS} arrays, which no model does")));
        }
        if let Some(row) = array(&blob).map_err(|why| named(&why, name))? {
            rows.push((name.to_owned(), row));
        }
    }
    Ok(rows)
}

fn named(why: &Refusal, name: &str) -> Refusal {
    Refusal::new(format!("can't be used: the array \"{name}\" {}", why.0))
}

/// An array file; `None` when its elements are no numbers.
pub(super) fn array(blob: &Blob) -> Read<Option<StoredTensor>> {
    let head = blob.head(LONGEST_HEADER);
    let header = Header::parse(&head).ok_or_else(|| Refusal::new("has a header that can't be read"))?;
    let Some(element) = element(header.kind)? else { return Ok(None) };
    let strides = strides(&header.shape, header.fortran);
    StoredTensor::in_blob(element, header.shape, strides, blob, header.length).map(Some)
}

/// What an array file says about itself.
struct Header<'a> {
    /// "<f4".
    kind: &'a str,
    fortran: bool,
    shape: Vec<usize>,
    /// Bytes before the numbers.
    length: usize,
}

impl<'a> Header<'a> {
    fn parse(head: &'a [u8]) -> Option<Self> {
        let rest = head.strip_prefix(b"\x93NUMPY")?;
        let (text, start) = match rest {
            [1, _, a, b, text @ ..] => (text, 10 + usize::from(u16::from_le_bytes([*a, *b]))),
            [2 | 3, _, a, b, c, d, text @ ..] => {
                (text, 12usize.checked_add(u32::from_le_bytes([*a, *b, *c, *d]) as usize)?)
            }
            _ => return None,
        };
        let text = text.get(..start - (head.len() - text.len()))?;
        let text = std::str::from_utf8(text).ok()?;
        let after =
            |key: &str| text.split_once(key).map(|(_, rest)| rest.trim_start().trim_start_matches(':'));
        let kind = after("'descr'")?.trim_start();
        // Records with fields are lists there.
        let kind = kind.strip_prefix('\'').map_or(Some(""), |k| k.split_once('\'').map(|(k, _)| k))?;
        let fortran = after("'fortran_order'")?.trim_start().starts_with("True");
        let (shape, _) = after("'shape'")?.trim_start().strip_prefix('(')?.split_once(')')?;
        let sizes = shape.split(',').map(|s| s.trim().trim_end_matches('L')).filter(|s| !s.is_empty());
        Some(Self {
            kind,
            fortran,
            shape: sizes.map(|s| s.parse().ok()).collect::<Option<_>>()?,
            length: start,
        })
    }
}

/// The strides of an array without gaps.
fn strides(shape: &[usize], fortran: bool) -> Vec<usize> {
    if !fortran {
        return contiguous_strides(shape);
    }
    let reversed: Vec<usize> = shape.iter().rev().copied().collect();
    contiguous_strides(&reversed).into_iter().rev().collect()
}

/// The type that NumPy calls "<f4"; `None` for texts, records, complex numbers, objects.
fn element(kind: &str) -> Read<Option<Element>> {
    let name = kind.trim_start_matches(['<', '>', '|', '=']);
    let element = match name {
        "f2" => Element::F16,
        "f4" => Element::F32,
        "f8" => Element::F64,
        "i1" => Element::I8,
        "u1" => Element::U8,
        "i2" => Element::I16,
        "i4" => Element::I32,
        "i8" => Element::I64,
        "b1" => Element::Bool,
        _ => return Ok(None),
    };
    if kind.starts_with('>') && element.bytes() > 1 {
        return Err(Refusal::new("was written by a big-endian machine; save it on another one"));
    }
    Ok(Some(element))
}

/// What a pickle says that is an array.
pub(super) enum Pickled {
    /// Numbers.
    Array(StoredTensor),
    /// An array of objects.
    Objects(Id),
    /// A number by itself.
    Scalar(f64, bool),
    /// Something of NumPy's that is of no use here.
    Other,
}

/// What a call makes, when it is one of NumPy's; `None` when it isn't.
///
/// # Errors
/// A [`Refusal`] when the bytes of an array are fewer than its shape says.
pub(super) fn pickled(graph: &Graph, id: Id) -> Read<Option<Pickled>> {
    let Some((call, module, name)) = graph.call(id) else { return Ok(None) };
    let arguments = graph.items(call.arguments).unwrap_or_default();
    match (module, name) {
        ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
            // State: (1, shape, type, is it in Fortran's order?, bytes).
            let state = call.state.and_then(|state| graph.items(state)).unwrap_or_default();
            let &[_, shape, kind, fortran, data] = state else { return Ok(Some(Pickled::Other)) };
            let fortran = graph.int(fortran) == Some(1);
            array_of(graph, shape, kind, fortran, data).map(Some)
        }
        ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => {
            let &[data, kind, shape, order] = arguments else { return Ok(Some(Pickled::Other)) };
            array_of(graph, shape, kind, graph.text(order) == Some("F"), data).map(Some)
        }
        ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => {
            let &[kind, data] = arguments else { return Ok(Some(Pickled::Other)) };
            Ok(Some(scalar(graph, kind, data)?.unwrap_or(Pickled::Other)))
        }
        _ => Ok(None),
    }
}

fn array_of(graph: &Graph, shape: Id, kind: Id, fortran: bool, data: Id) -> Read<Pickled> {
    let kind = dtype(graph, kind);
    if kind.as_deref().is_some_and(|k| k.ends_with('O') || k.ends_with("O8")) {
        return Ok(Pickled::Objects(data));
    }
    let (Some(shape), Some(kind)) = (graph.sizes(shape), kind) else { return Ok(Pickled::Other) };
    let Some(element) = element(&kind)? else { return Ok(Pickled::Other) };
    let Some(blob) = blob(graph, data) else { return Ok(Pickled::Other) };
    let strides = strides(&shape, fortran);
    StoredTensor::in_blob(element, shape, strides, &blob, 0).map(Pickled::Array)
}

fn scalar(graph: &Graph, kind: Id, data: Id) -> Read<Option<Pickled>> {
    let Some(kind) = dtype(graph, kind) else { return Ok(None) };
    let (Some(element), Some(blob)) = (element(&kind)?, blob(graph, data)) else { return Ok(None) };
    let whole = !element.is_float();
    Ok(element.number(&blob.head(element.bytes())).map(|value| Pickled::Scalar(value, whole)))
}

/// The type of an array, as in "<f4": a call of `numpy.dtype` whose state has the order of the bytes.
fn dtype(graph: &Graph, id: Id) -> Option<String> {
    let (call, "numpy", "dtype") = graph.call(id)? else { return None };
    let name = graph.text(*graph.items(call.arguments)?.first()?)?;
    let state = call.state.and_then(|state| graph.items(state)).unwrap_or_default();
    let order = state.get(1).and_then(|&order| graph.text(order)).unwrap_or_default();
    Some(if name.starts_with(['<', '>', '|', '=']) { name.to_owned() } else { format!("{order}{name}") })
}

/// Bytes of a pickle. Those of Python 2 are strings, and Python 3 writes bytes in old protocols as a call that
/// encodes a text.
pub(super) fn blob(graph: &Graph, id: Id) -> Option<Blob> {
    if !matches!(graph.get(id), Object::Call(_)) {
        return Some(Blob::plain(graph.part(id)?));
    }
    let (call, module, name) = graph.call(id)?;
    let arguments = graph.items(call.arguments)?;
    match (module, name, arguments) {
        ("_codecs", "encode", [text, ..]) => Some(Blob::latin1(graph.part(*text)?)),
        ("builtins" | "__builtin__", "bytes" | "bytearray", [data, ..]) => match graph.get(*data) {
            Object::Call(_) => {
                let (inner, "_codecs", "encode") = graph.call(*data)? else { return None };
                Some(Blob::latin1(graph.part(*graph.items(inner.arguments)?.first()?)?))
            }
            Object::Text(_) => Some(Blob::latin1(graph.part(*data)?)),
            _ => Some(Blob::plain(graph.part(*data)?)),
        },
        ("builtins" | "__builtin__", "bytes" | "bytearray", []) => Some(Blob::plain(graph.empty())),
        _ => None,
    }
}
