//! The stack machine that a pickle is a program for.

use std::collections::HashMap;
use std::ops::Range;

use super::cursor::{Cursor, LONGEST_LINE};
use super::escape::{unescape_bytes, unescape_unicode, unquoted};
use super::object::{Call, Graph, Id, Object};
use super::opcode as op;
use crate::checkpoint::mapped::Part;
use crate::checkpoint::refusal::Read;

/// What a pickle may ask for. Memory is a few dozen bytes per object and step; texts and bytes stay in the file.
#[derive(Clone, Copy, Debug)]
pub(in crate::checkpoint) struct Limits {
    /// Instructions.
    pub steps: usize,
    /// Values.
    pub objects: usize,
}

impl Limits {
    /// For the main pickle of a file: ten times what the largest checkpoints of the known families have.
    pub(in crate::checkpoint) const FILE: Self = Self { steps: 8_000_000, objects: 1_000_000 };
    /// For a little pickle inside another one.
    pub(in crate::checkpoint) const EMBEDDED: Self = Self { steps: 10_000, objects: 1_000 };
}

/// Brackets that may be open at a time: Python's own writer gives up at about 1,000.
const MOST_MARKS: usize = 4096;

/// Reads the pickle that begins at `start`; returns its values and the place behind its end.
///
/// # Errors
/// A [`Refusal`] for a pickle that ends too early, that is none, or that asks for too much.
pub(in crate::checkpoint) fn read(bytes: &Part, start: usize, limits: Limits) -> Read<(Graph, usize)> {
    let mut machine = Machine {
        cursor: Cursor::new(bytes, start),
        limits,
        objects: vec![Object::None, Object::Bool(false), Object::Bool(true)],
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    let root = machine.run()?;
    let (objects, end) = (machine.objects, machine.cursor.at);
    Ok((Graph { bytes: bytes.clone(), objects, root }, end))
}

const NONE: Id = Id(0);
const FALSE: Id = Id(1);
const TRUE: Id = Id(2);

struct Machine<'a> {
    cursor: Cursor<'a>,
    limits: Limits,
    objects: Vec<Object>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    /// Looked up by number only; never iterated over.
    memo: HashMap<u64, Id>,
}

impl Machine<'_> {
    fn run(&mut self) -> Read<Id> {
        for _ in 0..self.limits.steps {
            let opcode = self.cursor.fixed::<1>()?[0];
            if opcode == op::STOP {
                return self.pop();
            }
            self.step(opcode)?;
        }
        Err(self.cursor.too_much("instructions", self.limits.steps))
    }

    fn step(&mut self, opcode: u8) -> Read<()> {
        match opcode {
            op::PROTO => self.cursor.skip(1),
            op::FRAME => self.cursor.skip(8),
            op::MARK => {
                if self.marks.len() >= MOST_MARKS {
                    return Err(self.cursor.too_much("values inside each other", MOST_MARKS));
                }
                self.marks.push(self.stack.len());
                Ok(())
            }
            op::POP => match self.marks.last() {
                Some(&mark) if mark == self.stack.len() => self.marked().map(drop),
                _ => self.pop().map(drop),
            },
            op::POP_MARK => self.marked().map(drop),
            op::DUP => {
                let top = self.top()?;
                self.push_id(top)
            }
            op::NONE => self.push_id(NONE),
            op::NEWTRUE => self.push_id(TRUE),
            op::NEWFALSE => self.push_id(FALSE),
            op::INT | op::LONG => self.decimal(),
            op::BININT => {
                let value = i32::from_le_bytes(self.cursor.fixed()?);
                self.push(Object::Int(value.into()))
            }
            op::BININT1 => {
                let [value] = self.cursor.fixed()?;
                self.push(Object::Int(value.into()))
            }
            op::BININT2 => {
                let value = u16::from_le_bytes(self.cursor.fixed()?);
                self.push(Object::Int(value.into()))
            }
            op::LONG1 => self.long(1),
            op::LONG4 => self.long(4),
            op::FLOAT => {
                let value = self.cursor.parsed()?;
                self.push(Object::Float(value))
            }
            op::BINFLOAT => {
                let value = f64::from_be_bytes(self.cursor.fixed()?);
                self.push(Object::Float(value))
            }
            op::STRING => self.quoted(),
            op::UNICODE => {
                let text = self.cursor.line(usize::MAX)?;
                let object = match unescape_unicode(&self.cursor.bytes[text.clone()]) {
                    Some(unescaped) => Object::Unescaped(unescaped),
                    None => Object::Text(text),
                };
                self.push(object)
            }
            op::SHORT_BINUNICODE => self.counted(1, Object::Text),
            op::BINUNICODE => self.counted(4, Object::Text),
            op::BINUNICODE8 => self.counted(8, Object::Text),
            op::SHORT_BINSTRING | op::SHORT_BINBYTES => self.counted(1, Object::Bytes),
            op::BINSTRING | op::BINBYTES => self.counted(4, Object::Bytes),
            op::BINBYTES8 | op::BYTEARRAY8 => self.counted(8, Object::Bytes),
            op::EMPTY_TUPLE | op::EMPTY_LIST => self.push(Object::Sequence(Vec::new())),
            op::EMPTY_DICT => self.push(Object::Dict(Vec::new())),
            op::EMPTY_SET => self.push(Object::Set(Vec::new())),
            op::TUPLE | op::LIST => {
                let items = self.marked()?;
                self.push(Object::Sequence(items))
            }
            op::FROZENSET => {
                let items = self.marked()?;
                self.push(Object::Set(items))
            }
            op::TUPLE1 => self.tuple(1),
            op::TUPLE2 => self.tuple(2),
            op::TUPLE3 => self.tuple(3),
            op::DICT => {
                let pairs = pairs_of(&self.marked()?);
                self.push(Object::Dict(pairs))
            }
            op::APPEND => {
                let item = self.pop()?;
                self.append(&[item])
            }
            op::APPENDS | op::ADDITEMS => {
                let items = self.marked()?;
                self.append(&items)
            }
            op::SETITEM => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set(&[(key, value)])
            }
            op::SETITEMS => {
                let pairs = pairs_of(&self.marked()?);
                self.set(&pairs)
            }
            op::GET | op::PUT => {
                let number = self.cursor.parsed()?;
                if opcode == op::PUT { self.put(number) } else { self.recall(number) }
            }
            op::BINGET => {
                let [number] = self.cursor.fixed()?;
                self.recall(number.into())
            }
            op::LONG_BINGET => {
                let number = u32::from_le_bytes(self.cursor.fixed()?);
                self.recall(number.into())
            }
            op::BINPUT => {
                let [number] = self.cursor.fixed()?;
                self.put(number.into())
            }
            op::LONG_BINPUT => {
                let number = u32::from_le_bytes(self.cursor.fixed()?);
                self.put(number.into())
            }
            op::MEMOIZE => self.put(self.memo.len() as u64),
            op::GLOBAL => {
                let class = self.named_class()?;
                self.push_id(class)
            }
            op::STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                self.push(Object::Global(module, name))
            }
            op::PERSID => {
                let text = self.cursor.line(LONGEST_LINE)?;
                let id = self.add(Object::Text(text))?;
                self.push(Object::Persistent(id))
            }
            op::BINPERSID => {
                let id = self.pop()?;
                self.push(Object::Persistent(id))
            }
            op::REDUCE | op::NEWOBJ => {
                let arguments = self.pop()?;
                let callee = self.pop()?;
                self.call(callee, arguments)
            }
            op::NEWOBJ_EX => {
                self.pop()?;
                let arguments = self.pop()?;
                let callee = self.pop()?;
                self.call(callee, arguments)
            }
            op::INST => {
                let callee = self.named_class()?;
                let arguments = self.marked()?;
                let arguments = self.add(Object::Sequence(arguments))?;
                self.call(callee, arguments)
            }
            op::OBJ => {
                let mut arguments = self.marked()?;
                if arguments.is_empty() {
                    return Err(self.cursor.damaged("a call of nothing"));
                }
                let callee = arguments.remove(0);
                let arguments = self.add(Object::Sequence(arguments))?;
                self.call(callee, arguments)
            }
            op::BUILD => {
                let state = self.pop()?;
                let top = self.top()?;
                if let Object::Call(call) = &mut self.objects[top.0 as usize] {
                    call.state = Some(state);
                }
                Ok(())
            }
            other => Err(self.cursor.damaged(&format!("0x{other:02x} is no instruction that a model needs"))),
        }
    }

    fn add(&mut self, object: Object) -> Read<Id> {
        if self.objects.len() >= self.limits.objects {
            return Err(self.cursor.too_much("values", self.limits.objects));
        }
        self.objects.push(object);
        // The limit is far below what 32 bits count.
        Ok(Id((self.objects.len() - 1) as u32))
    }

    fn push(&mut self, object: Object) -> Read<()> {
        let id = self.add(object)?;
        self.push_id(id)
    }

    fn push_id(&mut self, id: Id) -> Read<()> {
        self.stack.push(id);
        Ok(())
    }

    fn pop(&mut self) -> Read<Id> {
        let below = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= below {
            return Err(self.cursor.damaged("a value is missing"));
        }
        self.stack.pop().ok_or_else(|| self.cursor.damaged("a value is missing"))
    }

    fn top(&self) -> Read<Id> {
        self.stack.last().copied().ok_or_else(|| self.cursor.damaged("a value is missing"))
    }

    /// Everything above the last mark.
    fn marked(&mut self) -> Read<Vec<Id>> {
        let mark = self.marks.pop().ok_or_else(|| self.cursor.damaged("a bracket that was never opened"))?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    fn tuple(&mut self, length: usize) -> Read<()> {
        let mut items = vec![NONE; length];
        for item in items.iter_mut().rev() {
            *item = self.pop()?;
        }
        self.push(Object::Sequence(items))
    }

    fn append(&mut self, new: &[Id]) -> Read<()> {
        let top = self.top()?;
        match &mut self.objects[top.0 as usize] {
            Object::Sequence(items) | Object::Set(items) => items.extend_from_slice(new),
            Object::Call(call) => call.items.extend_from_slice(new),
            _ => return Err(self.cursor.damaged("a value is appended to what is no list")),
        }
        Ok(())
    }

    fn set(&mut self, new: &[(Id, Id)]) -> Read<()> {
        let top = self.top()?;
        match &mut self.objects[top.0 as usize] {
            Object::Dict(pairs) => pairs.extend_from_slice(new),
            Object::Call(call) => call.pairs.extend_from_slice(new),
            _ => return Err(self.cursor.damaged("a value is set in what is no dictionary")),
        }
        Ok(())
    }

    fn call(&mut self, callee: Id, arguments: Id) -> Read<()> {
        let call = Call { callee, arguments, state: None, items: Vec::new(), pairs: Vec::new() };
        self.push(Object::Call(Box::new(call)))
    }

    /// The memo is as large as the stack may be: each entry costs an instruction.
    fn put(&mut self, number: u64) -> Read<()> {
        if self.memo.len() >= self.limits.objects {
            return Err(self.cursor.too_much("remembered values", self.limits.objects));
        }
        let top = self.top()?;
        self.memo.insert(number, top);
        Ok(())
    }

    fn recall(&mut self, number: u64) -> Read<()> {
        let id = self.memo.get(&number).copied();
        let id =
            id.ok_or_else(|| self.cursor.damaged(&format!("value {number} is used before it is there")))?;
        self.push_id(id)
    }

    fn named_class(&mut self) -> Read<Id> {
        let module = self.cursor.line(LONGEST_LINE)?;
        let module = self.add(Object::Text(module))?;
        let name = self.cursor.line(LONGEST_LINE)?;
        let name = self.add(Object::Text(name))?;
        self.add(Object::Global(module, name))
    }

    fn counted(&mut self, width: usize, object: fn(Range<usize>) -> Object) -> Read<()> {
        let length = self.cursor.length(width)?;
        let range = self.cursor.take(length)?;
        self.push(object(range))
    }

    /// A whole number as digits. "00" and "01" are how protocol 0 writes false and true.
    fn decimal(&mut self) -> Read<()> {
        let range = self.cursor.line(LONGEST_LINE)?;
        let digits = self.cursor.bytes[range].trim_ascii();
        let digits = digits.strip_suffix(b"L").unwrap_or(digits);
        let object = match digits {
            b"00" => return self.push_id(FALSE),
            b"01" => return self.push_id(TRUE),
            _ => match std::str::from_utf8(digits).ok().and_then(|d| d.parse().ok()) {
                Some(value) => Object::Int(value),
                None if digits.iter().all(|b| b.is_ascii_digit() || *b == b'-') => Object::HugeInt,
                None => return Err(self.cursor.damaged("a number that is none")),
            },
        };
        self.push(object)
    }

    /// A whole number of any length, little-endian with sign.
    fn long(&mut self, width: usize) -> Read<()> {
        let length = self.cursor.length(width)?;
        let range = self.cursor.take(length)?;
        let bytes = &self.cursor.bytes[range];
        if bytes.len() > 8 {
            return self.push(Object::HugeInt);
        }
        let negative = bytes.last().is_some_and(|b| b & 0x80 != 0);
        let mut value = [if negative { 0xff } else { 0 }; 8];
        value[..bytes.len()].copy_from_slice(bytes);
        self.push(Object::Int(i64::from_le_bytes(value)))
    }

    /// A string in quotes with escapes, as protocol 0 writes the strings of Python 2.
    fn quoted(&mut self) -> Read<()> {
        let range = self.cursor.line(usize::MAX)?;
        let inner = unquoted(&self.cursor.bytes[range.clone()])
            .ok_or_else(|| self.cursor.damaged("a string without quotes"))?;
        let object = if inner.contains(&b'\\') {
            Object::Unescaped(unescape_bytes(inner))
        } else {
            Object::Bytes(range.start + 1..range.start + 1 + inner.len())
        };
        self.push(object)
    }
}

fn pairs_of(items: &[Id]) -> Vec<(Id, Id)> {
    items.as_chunks::<2>().0.iter().map(|&[key, value]| (key, value)).collect()
}
