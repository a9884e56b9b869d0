//! The stack machine that a pickle is a program for.

use std::collections::HashMap;
use std::ops::Range;

use super::object::{Call, Graph, Id, Object};
use super::opcode as op;
use crate::checkpoint::mapped::Part;
use crate::checkpoint::refusal::{Read, Refusal};

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
/// Longest name of a class, and longest number of protocol 0.
const LONGEST_LINE: usize = 4096;

/// Reads the pickle that begins at `start`; returns its values and the place behind its end.
///
/// # Errors
/// A [`Refusal`] for a pickle that ends too early, that is none, or that asks for too much.
pub(in crate::checkpoint) fn read(bytes: &Part, start: usize, limits: Limits) -> Read<(Graph, usize)> {
    let mut machine = Machine {
        bytes: bytes.bytes(),
        // Where the file ends and not where this pickle was to end is what people can check.
        base: bytes.start(),
        at: start,
        limits,
        objects: vec![Object::None, Object::Bool(false), Object::Bool(true)],
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    let root = machine.run()?;
    let (objects, end) = (machine.objects, machine.at);
    Ok((Graph { bytes: bytes.clone(), objects, root }, end))
}

const NONE: Id = Id(0);
const FALSE: Id = Id(1);
const TRUE: Id = Id(2);

struct Machine<'a> {
    bytes: &'a [u8],
    base: usize,
    at: usize,
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
            let opcode = self.fixed::<1>()?[0];
            if opcode == op::STOP {
                return self.pop();
            }
            self.step(opcode)?;
        }
        Err(self.too_much("instructions", self.limits.steps))
    }

    fn step(&mut self, opcode: u8) -> Read<()> {
        match opcode {
            op::PROTO => self.skip(1),
            op::FRAME => self.skip(8),
            op::MARK => {
                if self.marks.len() >= MOST_MARKS {
                    return Err(self.too_much("values inside each other", MOST_MARKS));
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
                self.push_id(top);
                Ok(())
            }
            op::NONE => self.push_known(NONE),
            op::NEWTRUE => self.push_known(TRUE),
            op::NEWFALSE => self.push_known(FALSE),
            op::INT | op::LONG => self.decimal(),
            op::BININT => {
                let value = i32::from_le_bytes(self.fixed()?);
                self.push(Object::Int(value.into()))
            }
            op::BININT1 => {
                let [value] = self.fixed()?;
                self.push(Object::Int(value.into()))
            }
            op::BININT2 => {
                let value = u16::from_le_bytes(self.fixed()?);
                self.push(Object::Int(value.into()))
            }
            op::LONG1 => self.long(1),
            op::LONG4 => self.long(4),
            op::FLOAT => {
                let text = self.line(LONGEST_LINE)?;
                let value = std::str::from_utf8(&self.bytes[text]).ok().and_then(|t| t.trim().parse().ok());
                let value = value.ok_or_else(|| self.damaged("a number that is none"))?;
                self.push(Object::Float(value))
            }
            op::BINFLOAT => {
                let value = f64::from_be_bytes(self.fixed()?);
                self.push(Object::Float(value))
            }
            op::STRING => self.quoted(),
            op::UNICODE => {
                let text = self.line(usize::MAX)?;
                let object = match unescape_unicode(&self.bytes[text.clone()]) {
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
                let text = self.line(LONGEST_LINE)?;
                let number = std::str::from_utf8(&self.bytes[text]).ok().and_then(|t| t.trim().parse().ok());
                let number = number.ok_or_else(|| self.damaged("a reference that is none"))?;
                if opcode == op::PUT { self.put(number) } else { self.recall(number) }
            }
            op::BINGET => {
                let [number] = self.fixed()?;
                self.recall(number.into())
            }
            op::LONG_BINGET => {
                let number = u32::from_le_bytes(self.fixed()?);
                self.recall(number.into())
            }
            op::BINPUT => {
                let [number] = self.fixed()?;
                self.put(number.into())
            }
            op::LONG_BINPUT => {
                let number = u32::from_le_bytes(self.fixed()?);
                self.put(number.into())
            }
            op::MEMOIZE => self.put(self.memo.len() as u64),
            op::GLOBAL => {
                let class = self.named_class()?;
                self.push_id(class);
                Ok(())
            }
            op::STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                self.push(Object::Global(module, name))
            }
            op::PERSID => {
                let text = self.line(LONGEST_LINE)?;
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
                    return Err(self.damaged("a call of nothing"));
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
            other => Err(self.damaged(&format!("0x{other:02x} is no instruction that a model needs"))),
        }
    }

    /// Where a text or number of `length` bytes is.
    fn take(&mut self, length: usize) -> Read<Range<usize>> {
        let end = self.at.checked_add(length).filter(|&end| end <= self.bytes.len());
        let Some(end) = end else {
            let (here, all) = (self.base + self.at, self.base + self.bytes.len());
            return Err(Refusal::cut_short(all, format!("what begins at byte {here} has {length} bytes")));
        };
        let range = self.at..end;
        self.at = end;
        Ok(range)
    }

    fn skip(&mut self, length: usize) -> Read<()> {
        self.take(length).map(drop)
    }

    fn fixed<const N: usize>(&mut self) -> Read<[u8; N]> {
        let range = self.take(N)?;
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.bytes[range]);
        Ok(bytes)
    }

    /// A length of `width` bytes.
    fn length(&mut self, width: usize) -> Read<usize> {
        let range = self.take(width)?;
        let value = self.bytes[range].iter().rev().fold(0u64, |all, &b| (all << 8) | u64::from(b));
        usize::try_from(value).map_err(|_| self.damaged("a length beyond all memory"))
    }

    /// The bytes up to the end of a line.
    fn line(&mut self, longest: usize) -> Read<Range<usize>> {
        let rest = &self.bytes[self.at..];
        let searched = &rest[..rest.len().min(longest)];
        match searched.iter().position(|&b| b == b'\n') {
            Some(length) => {
                let range = self.take(length)?;
                self.at += 1;
                Ok(range)
            }
            None if searched.len() < rest.len() => Err(self.damaged("a line that does not end")),
            None => {
                let (here, all) = (self.base + self.at, self.base + self.bytes.len());
                Err(Refusal::cut_short(all, format!("the line that begins at byte {here} does not end")))
            }
        }
    }

    fn add(&mut self, object: Object) -> Read<Id> {
        if self.objects.len() >= self.limits.objects {
            return Err(self.too_much("values", self.limits.objects));
        }
        self.objects.push(object);
        // The limit is far below what 32 bits count.
        Ok(Id((self.objects.len() - 1) as u32))
    }

    fn push(&mut self, object: Object) -> Read<()> {
        let id = self.add(object)?;
        self.push_id(id);
        Ok(())
    }

    fn push_known(&mut self, id: Id) -> Read<()> {
        self.push_id(id);
        Ok(())
    }

    fn push_id(&mut self, id: Id) {
        self.stack.push(id);
    }

    fn pop(&mut self) -> Read<Id> {
        let below = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= below {
            return Err(self.damaged("a value is missing"));
        }
        self.stack.pop().ok_or_else(|| self.damaged("a value is missing"))
    }

    fn top(&self) -> Read<Id> {
        self.stack.last().copied().ok_or_else(|| self.damaged("a value is missing"))
    }

    /// Everything above the last mark.
    fn marked(&mut self) -> Read<Vec<Id>> {
        let mark = self.marks.pop().ok_or_else(|| self.damaged("a bracket that was never opened"))?;
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
            _ => return Err(self.damaged("a value is appended to what is no list")),
        }
        Ok(())
    }

    fn set(&mut self, new: &[(Id, Id)]) -> Read<()> {
        let top = self.top()?;
        match &mut self.objects[top.0 as usize] {
            Object::Dict(pairs) => pairs.extend_from_slice(new),
            Object::Call(call) => call.pairs.extend_from_slice(new),
            _ => return Err(self.damaged("a value is set in what is no dictionary")),
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
            return Err(self.too_much("remembered values", self.limits.objects));
        }
        let top = self.top()?;
        self.memo.insert(number, top);
        Ok(())
    }

    fn recall(&mut self, number: u64) -> Read<()> {
        let id = self.memo.get(&number).copied();
        let id = id.ok_or_else(|| self.damaged(&format!("value {number} is used before it is there")))?;
        self.push_id(id);
        Ok(())
    }

    fn named_class(&mut self) -> Read<Id> {
        let module = self.line(LONGEST_LINE)?;
        let module = self.add(Object::Text(module))?;
        let name = self.line(LONGEST_LINE)?;
        let name = self.add(Object::Text(name))?;
        self.add(Object::Global(module, name))
    }

    fn counted(&mut self, width: usize, object: fn(Range<usize>) -> Object) -> Read<()> {
        let length = self.length(width)?;
        let range = self.take(length)?;
        self.push(object(range))
    }

    /// A whole number as digits. "00" and "01" are how protocol 0 writes false and true.
    fn decimal(&mut self) -> Read<()> {
        let range = self.line(LONGEST_LINE)?;
        let digits = self.bytes[range].trim_ascii();
        let digits = digits.strip_suffix(b"L").unwrap_or(digits);
        let object = match digits {
            b"00" => return self.push_known(FALSE),
            b"01" => return self.push_known(TRUE),
            _ => match std::str::from_utf8(digits).ok().and_then(|d| d.parse().ok()) {
                Some(value) => Object::Int(value),
                None if digits.iter().all(|b| b.is_ascii_digit() || *b == b'-') => Object::HugeInt,
                None => return Err(self.damaged("a number that is none")),
            },
        };
        self.push(object)
    }

    /// A whole number of any length, little-endian with sign.
    fn long(&mut self, width: usize) -> Read<()> {
        let length = self.length(width)?;
        let range = self.take(length)?;
        let bytes = &self.bytes[range];
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
        let range = self.line(usize::MAX)?;
        let line = self.bytes[range.clone()].trim_ascii_end();
        let quotes = line.len() >= 2 && matches!(line[0], b'\'' | b'"') && line[line.len() - 1] == line[0];
        if !quotes {
            return Err(self.damaged("a string without quotes"));
        }
        let inner = &line[1..line.len() - 1];
        let object = if inner.contains(&b'\\') {
            Object::Unescaped(unescape_bytes(inner))
        } else {
            Object::Bytes(range.start + 1..range.start + 1 + inner.len())
        };
        self.push(object)
    }

    fn damaged(&self, why: &str) -> Refusal {
        Refusal::damaged("pickle", format!("{why} (near byte {})", self.base + self.at))
    }

    fn too_much(&self, what: &str, most: usize) -> Refusal {
        Refusal::new(format!(
            "asks for more than {most} {what} by byte {}, which no model needs; save the generator's \
             state_dict by itself",
            self.base + self.at
        ))
    }
}

fn pairs_of(items: &[Id]) -> Vec<(Id, Id)> {
    items.as_chunks::<2>().0.iter().map(|&[key, value]| (key, value)).collect()
}

/// `\xNN`, `\n` and the like.
fn unescape_bytes(text: &[u8]) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [escape, tail @ ..] = rest else { break };
        rest = tail;
        bytes.push(match escape {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let digits = rest.get(..2).and_then(|d| std::str::from_utf8(d).ok());
                let value = digits.and_then(|d| u8::from_str_radix(d, 16).ok()).unwrap_or(b'?');
                rest = rest.get(2..).unwrap_or_default();
                value
            }
            other => *other,
        });
    }
    bytes.into()
}

/// `\uNNNN` of protocol 0; `None` when there is nothing to do.
fn unescape_unicode(text: &[u8]) -> Option<Box<[u8]>> {
    // Bytes above 0x7f are characters of Latin-1 there.
    if !text.contains(&b'\\') && text.is_ascii() {
        return None;
    }
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let width = match (first, tail) {
            (b'\\', [b'u', ..]) => 4,
            (b'\\', [b'U', ..]) => 8,
            _ => {
                all.push(char::from(*first));
                continue;
            }
        };
        let digits = tail.get(1..=width).and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        all.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = tail.get(width + 1..).unwrap_or_default();
    }
    Some(all.into_bytes().into())
}
