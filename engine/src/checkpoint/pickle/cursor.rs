//! Reads the bytes of a pickle one after the other.

use std::ops::Range;

use crate::checkpoint::mapped::Part;
use crate::checkpoint::refusal::{Read, Refusal};

/// Longest name of a class, and longest number of protocol 0.
pub(super) const LONGEST_LINE: usize = 4096;

/// A place in the bytes of a pickle.
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    /// Where the bytes begin in the file: what refusals name is the place in the file.
    base: usize,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a Part, at: usize) -> Self {
        Self { bytes: bytes.bytes(), base: bytes.start(), at }
    }

    /// The number that a line is.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self) -> Read<T> {
        let text = self.line(LONGEST_LINE)?;
        let number = std::str::from_utf8(&self.bytes[text]).ok().and_then(|t| t.trim().parse().ok());
        number.ok_or_else(|| self.damaged("a number that is none"))
    }

    /// Where a text or number of `length` bytes is.
    pub(super) fn take(&mut self, length: usize) -> Read<Range<usize>> {
        let end = self.at.checked_add(length).filter(|&end| end <= self.bytes.len());
        let Some(end) = end else {
            let (here, all) = (self.base + self.at, self.base + self.bytes.len());
            return Err(Refusal::cut_short(all, format!("what begins at byte {here} has {length} bytes")));
        };
        let range = self.at..end;
        self.at = end;
        Ok(range)
    }

    /// Passes over bytes.
    pub(super) fn skip(&mut self, length: usize) -> Read<()> {
        self.take(length).map(drop)
    }

    /// The next `N` bytes.
    pub(super) fn fixed<const N: usize>(&mut self) -> Read<[u8; N]> {
        let range = self.take(N)?;
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.bytes[range]);
        Ok(bytes)
    }

    /// A length of `width` bytes.
    pub(super) fn length(&mut self, width: usize) -> Read<usize> {
        let range = self.take(width)?;
        let value = self.bytes[range].iter().rev().fold(0u64, |all, &b| (all << 8) | u64::from(b));
        usize::try_from(value).map_err(|_| self.damaged("a length beyond all memory"))
    }

    /// The bytes up to the end of a line.
    pub(super) fn line(&mut self, longest: usize) -> Read<Range<usize>> {
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

    /// A refusal of bytes that make no sense.
    pub(super) fn damaged(&self, why: &str) -> Refusal {
        Refusal::damaged("pickle", format!("{why} (near byte {})", self.base + self.at))
    }

    /// A refusal of what makes sense, but not in such numbers.
    pub(super) fn too_much(&self, what: &str, most: usize) -> Refusal {
        Refusal::new(format!(
            "asks for more than {most} {what} by byte {}, which no model needs; save the generator's \
             state_dict by itself",
            self.base + self.at
        ))
    }
}
