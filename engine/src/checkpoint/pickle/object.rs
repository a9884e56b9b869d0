//! What a pickle says, as inert values: a class is a name, a call is a record of what Python would call.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::checkpoint::mapped::Part;

/// The place of an object in its [`Graph`]. Many objects may hold the same one, and an object may hold itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::checkpoint) struct Id(pub(super) u32);

/// A value of a pickle.
#[derive(Debug)]
pub(in crate::checkpoint) enum Object {
    None,
    Bool(bool),
    Int(i64),
    /// A whole number of more than 64 bits.
    HugeInt,
    Float(f64),
    /// Text, as bytes of the file.
    Text(Range<usize>),
    /// Bytes of the file; the strings of Python 2 are bytes.
    Bytes(Range<usize>),
    /// A text of protocol 0 that had to be unescaped.
    Unescaped(Box<[u8]>),
    /// A list or a tuple.
    Sequence(Vec<Id>),
    Set(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// The name of a class or function: module and name.
    Global(Id, Id),
    /// What the file keeps outside the pickle.
    Persistent(Id),
    /// What Python would make by a call.
    Call(Box<Call>),
}

/// A call that nobody makes, and what would be done to its result.
#[derive(Debug)]
pub(in crate::checkpoint) struct Call {
    /// What would be called.
    pub callee: Id,
    /// A sequence of arguments.
    pub arguments: Id,
    /// What the result would be told to hold.
    pub state: Option<Id>,
    /// What would be appended to the result.
    pub items: Vec<Id>,
    /// What would be set in the result.
    pub pairs: Vec<(Id, Id)>,
}

/// All objects of a pickle.
pub(in crate::checkpoint) struct Graph {
    pub(super) bytes: Part,
    pub(super) objects: Vec<Object>,
    pub(super) root: Id,
}

impl Graph {
    /// The object that the pickle is about.
    pub(in crate::checkpoint) fn root(&self) -> Id {
        self.root
    }

    /// How many objects there are.
    pub(in crate::checkpoint) fn len(&self) -> usize {
        self.objects.len()
    }

    /// All objects in the order in which they appear.
    pub(in crate::checkpoint) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter()
    }

    /// An object.
    pub(in crate::checkpoint) fn get(&self, id: Id) -> &Object {
        &self.objects[id.0 as usize]
    }

    /// The bytes of a text or of bytes.
    pub(in crate::checkpoint) fn bytes(&self, id: Id) -> Option<&[u8]> {
        match self.get(id) {
            Object::Text(range) | Object::Bytes(range) => self.bytes.bytes().get(range.clone()),
            Object::Unescaped(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes of a text or of bytes, shared with the file where they are in it.
    pub(in crate::checkpoint) fn part(&self, id: Id) -> Option<Part> {
        match self.get(id) {
            Object::Text(range) | Object::Bytes(range) => self.bytes.part(range.clone()),
            Object::Unescaped(bytes) => Some(Part::whole(Arc::new(bytes.to_vec()))),
            _ => None,
        }
    }

    /// No bytes.
    pub(in crate::checkpoint) fn empty(&self) -> Part {
        Part::whole(Arc::new(Vec::new()))
    }

    /// A text; strings of Python 2 count.
    pub(in crate::checkpoint) fn text(&self, id: Id) -> Option<&str> {
        std::str::from_utf8(self.bytes(id)?).ok()
    }

    /// A whole number; true and false count as 1 and 0.
    pub(in crate::checkpoint) fn int(&self, id: Id) -> Option<i64> {
        match self.get(id) {
            Object::Int(value) => Some(*value),
            Object::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub(in crate::checkpoint) fn size(&self, id: Id) -> Option<usize> {
        self.int(id)?.try_into().ok()
    }

    /// Whole numbers that are not negative; a `torch.Size` counts as the tuple that it is made of.
    pub(in crate::checkpoint) fn sizes(&self, id: Id) -> Option<Vec<usize>> {
        let items = match self.get(id) {
            Object::Call(call) => self.items(*self.items(call.arguments)?.first()?)?,
            _ => self.items(id)?,
        };
        // No array has more dimensions; without a limit, a long list that many arrays share would be many.
        (items.len() <= 32).then(|| items.iter().map(|&id| self.size(id)).collect())?
    }

    /// What is in a list or a tuple.
    pub(in crate::checkpoint) fn items(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Object::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// What is in a dictionary of any class.
    pub(in crate::checkpoint) fn pairs(&self, id: Id) -> Option<Cow<'_, [(Id, Id)]>> {
        match self.get(id) {
            Object::Dict(pairs) => Some(Cow::Borrowed(pairs)),
            Object::Call(call) => self.dict_pairs(call),
            _ => None,
        }
    }

    /// The pairs of a call that makes a dictionary. Python 2 writes an `OrderedDict` as a call with a list of
    /// pairs.
    fn dict_pairs(&self, call: &Call) -> Option<Cow<'_, [(Id, Id)]>> {
        let (module, name) = self.global(call.callee)?;
        if !matches!(
            (module, name),
            ("collections", "OrderedDict" | "defaultdict") | ("builtins" | "__builtin__", "dict")
        ) {
            return None;
        }
        let listed = self.items(call.arguments).and_then(|a| self.items(*a.first()?)).unwrap_or_default();
        let listed = listed.iter().filter_map(|&pair| match self.items(pair)? {
            &[key, value] => Some((key, value)),
            _ => None,
        });
        Some(listed.chain(call.pairs.iter().copied()).collect())
    }

    /// What a dictionary has under a name.
    pub(in crate::checkpoint) fn lookup(&self, dict: Id, key: &str) -> Option<Id> {
        let pairs = self.pairs(dict)?;
        pairs.iter().rev().find(|(k, _)| self.bytes(*k) == Some(key.as_bytes())).map(|(_, value)| *value)
    }

    /// Module and name of a class or function.
    pub(in crate::checkpoint) fn global(&self, id: Id) -> Option<(&str, &str)> {
        match self.get(id) {
            Object::Global(module, name) => Some((self.text(*module)?, self.text(*name)?)),
            // PyTorch keeps the source text of classes outside the pickle: ("module", class, file, text).
            Object::Persistent(id) => match self.items(*id)? {
                [kind, class, ..] if self.text(*kind) == Some("module") => match self.get(*class) {
                    Object::Global(module, name) => Some((self.text(*module)?, self.text(*name)?)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// A call and module and name of what would be called.
    pub(in crate::checkpoint) fn call(&self, id: Id) -> Option<(&Call, &str, &str)> {
        match self.get(id) {
            Object::Call(call) => {
                let (module, name) = self.global(call.callee)?;
                Some((call, module, name))
            }
            _ => None,
        }
    }
}
