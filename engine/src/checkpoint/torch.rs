//! PyTorch's files: where the storages are, and the tensors that are views of them.

use std::collections::BTreeMap;

use super::blob::Blob;
use super::element::Element;
use super::mapped::Part;
use super::pickle::{self, Graph, Id, Limits, Object};
use super::refusal::{Read, Refusal};
use super::tensor::StoredTensor;
use super::zip::Archive;

/// How files of PyTorch before 1.6 begin: a pickle of a number that means them.
pub(super) const LEGACY_MAGIC: [u8; 15] =
    [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, b'.'];

/// Where the storages of a file are.
pub(super) enum Storages {
    /// Members of an archive; the text stands before their keys.
    Members(Archive, String),
    /// By their keys.
    Table(BTreeMap<String, Blob>),
    /// The file has none.
    Nowhere,
}

impl Storages {
    fn find(&self, key: &str) -> Read<Option<Blob>> {
        match self {
            Self::Members(archive, prefix) => archive.member(&format!("{prefix}{key}")),
            Self::Table(table) => Ok(table.get(key).cloned()),
            Self::Nowhere => Ok(None),
        }
    }
}

/// The type of the numbers in a storage of a class, and their size.
fn storage_class(name: &str) -> Option<(Option<Element>, usize)> {
    let element = match name {
        "FloatStorage" => Element::F32,
        "HalfStorage" => Element::F16,
        "BFloat16Storage" => Element::Bf16,
        "DoubleStorage" => Element::F64,
        "CharStorage" => Element::I8,
        "ByteStorage" | "UntypedStorage" | "_UntypedStorage" => Element::U8,
        "ShortStorage" => Element::I16,
        "IntStorage" => Element::I32,
        "LongStorage" => Element::I64,
        "BoolStorage" => Element::Bool,
        "ComplexFloatStorage" => return Some((None, 8)),
        "ComplexDoubleStorage" => return Some((None, 16)),
        "QInt8Storage" | "QUInt8Storage" => return Some((None, 1)),
        "QInt32Storage" => return Some((None, 4)),
        _ => return None,
    };
    Some((Some(element), element.bytes()))
}

/// `torch.float16` and the like.
fn dtype(name: &str) -> Option<Element> {
    Some(match name {
        "float32" => Element::F32,
        "float16" => Element::F16,
        "bfloat16" => Element::Bf16,
        "float64" => Element::F64,
        "int8" => Element::I8,
        "uint8" => Element::U8,
        "int16" => Element::I16,
        "int32" => Element::I32,
        "int64" => Element::I64,
        "bool" => Element::Bool,
        _ => return None,
    })
}

/// A storage, as a pickle names it.
#[derive(Clone)]
pub(super) struct Storage {
    blob: Blob,
    /// `None` for numbers that are of no use here.
    element: Option<Element>,
    /// Where a view of a larger storage begins, in bytes.
    start: usize,
}

/// What a pickle says about a storage: ("storage", class, key, device, length[, view]).
struct Named<'a> {
    key: &'a str,
    element: Option<Element>,
    /// Bytes of a number.
    width: usize,
    /// Where a view begins, in bytes.
    start: usize,
    length: usize,
}

fn named(graph: &Graph, persistent: Id) -> Option<Named<'_>> {
    let items = graph.items(persistent)?;
    let (&[kind, class, key, _, length], view) = items.split_first_chunk()?;
    if graph.text(kind) != Some("storage") {
        return None;
    }
    let (element, width) = storage_class(graph.global(class)?.1)?;
    let start = view.first().and_then(|&view| graph.items(view)).and_then(|view| graph.size(*view.get(1)?));
    let start = start.unwrap_or(0).checked_mul(width)?;
    Some(Named { key: graph.text(key)?, element, width, start, length: graph.size(length)? })
}

/// What finds the tensors of a graph.
pub(super) struct Tensors<'a> {
    graph: &'a Graph,
    storages: &'a Storages,
    /// Storages inside the pickle, so that none is read twice.
    embedded: BTreeMap<Id, Option<Storage>>,
}

impl<'a> Tensors<'a> {
    pub(super) fn new(graph: &'a Graph, storages: &'a Storages) -> Self {
        Self { graph, storages, embedded: BTreeMap::new() }
    }

    /// The tensor that a call makes, `None` when it makes none. The inner `None` is a tensor of a kind that is
    /// of no use here.
    ///
    /// # Errors
    /// A [`Refusal`] when its numbers are not there.
    pub(super) fn tensor(&mut self, id: Id) -> Read<Option<Option<StoredTensor>>> {
        let mut id = id;
        // Wrappers around wrappers are rare, and end.
        for _ in 0..4 {
            let Some((call, module, name)) = self.graph.call(id) else { return Ok(None) };
            let arguments = self.graph.items(call.arguments).unwrap_or_default();
            match (module, name, arguments) {
                ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state", [data, ..]) => {
                    id = *data;
                }
                (
                    "torch._tensor" | "torch.tensor",
                    "_rebuild_from_type" | "_rebuild_from_type_v2",
                    [function, _, arguments, ..],
                ) => {
                    let name = self.graph.global(*function).map(|(_, name)| name);
                    let arguments = self.graph.items(*arguments).unwrap_or_default();
                    match (name, arguments) {
                        (Some("_rebuild_parameter"), [data, ..]) => id = *data,
                        (Some(name), arguments) => return self.rebuild(name, arguments),
                        _ => return Ok(Some(None)),
                    }
                }
                ("torch._utils", name, arguments) if name.starts_with("_rebuild") => {
                    return self.rebuild(name, arguments);
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn rebuild(&mut self, name: &str, arguments: &[Id]) -> Read<Option<Option<StoredTensor>>> {
        let (&[storage, offset, shape, strides], more) = match arguments.split_first_chunk() {
            Some(split)
                if matches!(name, "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3") =>
            {
                split
            }
            _ => return Ok(Some(None)),
        };
        let graph = self.graph;
        let (Some(offset), Some(shape), Some(strides)) =
            (graph.size(offset), graph.sizes(shape), graph.sizes(strides))
        else {
            return Ok(Some(None));
        };
        let Some(storage) = self.storage(storage, shape.contains(&0))? else { return Ok(Some(None)) };
        let element = match name {
            // (storage, offset, shape, strides, gradient?, hooks, type, ...)
            "_rebuild_tensor_v3" => {
                more.get(2).and_then(|&d| graph.global(d)).and_then(|(_, name)| dtype(name))
            }
            _ => storage.element,
        };
        let Some(element) = element else { return Ok(Some(None)) };
        let start = offset.checked_mul(element.bytes()).and_then(|o| o.checked_add(storage.start));
        let start = start.ok_or_else(|| Refusal::new("begins beyond all memory"))?;
        StoredTensor::in_blob(element, shape, strides, &storage.blob, start).map(|tensor| Some(Some(tensor)))
    }

    /// A storage; `None` when it is of no kind that can be read. One without numbers need not be in the file.
    fn storage(&mut self, id: Id, empty: bool) -> Read<Option<Storage>> {
        match self.graph.get(id) {
            Object::Persistent(persistent) => {
                let Some(named) = named(self.graph, *persistent) else { return Ok(None) };
                let blob = match self.storages.find(named.key)? {
                    Some(blob) => blob,
                    None if empty || named.length == 0 => Blob::plain(self.graph.empty()),
                    None => {
                        let why = format!("its storage \"{}\" is missing", named.key);
                        return Err(Refusal::damaged("checkpoint", why));
                    }
                };
                Ok(Some(Storage { blob, element: named.element, start: named.start }))
            }
            Object::Call(_) => {
                if let Some(known) = self.embedded.get(&id) {
                    return Ok(known.clone());
                }
                let storage = self.embedded_storage(id)?;
                self.embedded.insert(id, storage.clone());
                Ok(storage)
            }
            _ => Ok(None),
        }
    }

    /// A whole file of PyTorch before 1.6 inside the pickle, with one storage in it.
    fn embedded_storage(&self, id: Id) -> Read<Option<Storage>> {
        let Some((call, "torch.storage", "_load_from_bytes")) = self.graph.call(id) else { return Ok(None) };
        let data = self.graph.items(call.arguments).and_then(|a| super::numpy::blob(self.graph, *a.first()?));
        let Some(part) = data.as_ref().and_then(Blob::in_place) else { return Ok(None) };
        if !part.bytes().starts_with(&LEGACY_MAGIC) {
            return Ok(None);
        }
        let (graph, storages) = legacy(part, Limits::EMBEDDED)?;
        let Object::Persistent(persistent) = graph.get(graph.root()) else { return Ok(None) };
        let Some(named) = named(&graph, *persistent) else { return Ok(None) };
        let blob = storages.find(named.key)?;
        Ok(blob.map(|blob| Storage { blob, element: named.element, start: named.start }))
    }
}

/// Reads a file of PyTorch before 1.6: a number that means it, the version, the machine, the pickle, the keys
/// of the storages, and then each storage behind its length.
///
/// # Errors
/// A [`Refusal`] when it is cut short or damaged.
pub(super) fn legacy(bytes: &Part, limits: Limits) -> Read<(Graph, Storages)> {
    let (_, at) = pickle::read(bytes, LEGACY_MAGIC.len(), Limits::EMBEDDED)?;
    let (machine, at) = pickle::read(bytes, at, Limits::EMBEDDED)?;
    let little = machine.lookup(machine.root(), "little_endian").and_then(|little| machine.int(little));
    if little == Some(0) {
        return Err(big_endian());
    }
    let (graph, at) = pickle::read(bytes, at, limits)?;
    let (keys, mut at) = pickle::read(bytes, at, limits)?;
    // The width of the numbers is known only where the pickle names the storage.
    let mut widths = BTreeMap::new();
    for object in graph.objects() {
        if let Object::Persistent(id) = object
            && let Some(named) = named(&graph, *id)
        {
            widths.insert(named.key, named.width);
        }
    }
    let mut table = BTreeMap::new();
    let end = bytes.start() + bytes.len();
    for &key in keys.items(keys.root()).unwrap_or_default() {
        let Some((key, &width)) = keys.text(key).and_then(|key| Some((key, widths.get(key)?))) else {
            return Err(Refusal::damaged("checkpoint", "it has a storage of an unknown kind"));
        };
        let needed = |to: usize| format!("its storage \"{key}\" reaches to byte {to}");
        let length = bytes.bytes().get(at..).and_then(|rest| rest.first_chunk::<8>());
        let Some(length) = length else {
            return Err(Refusal::cut_short(end, needed(bytes.start() + at + 8)));
        };
        let length = usize::try_from(i64::from_le_bytes(*length)).ok().and_then(|l| l.checked_mul(width));
        let to = length.and_then(|length| (at + 8).checked_add(length));
        let Some(to) = to else {
            return Err(Refusal::damaged(
                "checkpoint",
                format!("its storage \"{key}\" is beyond all memory"),
            ));
        };
        let Some(part) = bytes.part(at + 8..to) else {
            return Err(Refusal::cut_short(end, needed(bytes.start().saturating_add(to))));
        };
        table.insert(key.to_owned(), Blob::plain(part));
        at = to;
    }
    Ok((graph, Storages::Table(table)))
}

/// For files whose numbers begin with the other end.
pub(super) fn big_endian() -> Refusal {
    Refusal::new("was written by a big-endian machine; save it on another one")
}
