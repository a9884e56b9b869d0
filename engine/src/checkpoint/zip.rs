//! Zip archives: where the members are, from the directory at the end. Members stay in the file.

use std::collections::BTreeMap;

use super::blob::Blob;
use super::mapped::Part;
use super::refusal::{Read, Refusal};

const DIRECTORY_END: [u8; 4] = *b"PK\x05\x06";
const DIRECTORY_END_LENGTH: usize = 22;
/// The end of the directory may be followed by a comment of this length.
const LONGEST_COMMENT: usize = 0xffff;
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_64_LENGTH: usize = 20;
const DIRECTORY_END_64: [u8; 4] = *b"PK\x06\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
const MEMBER: [u8; 4] = *b"PK\x03\x04";
const MEMBER_LENGTH: usize = 30;
/// The extra field with 64-bit sizes.
const SIZES_64: u16 = 1;

/// A member of an archive.
struct Member {
    method: u16,
    encrypted: bool,
    packed: usize,
    unpacked: usize,
    header: usize,
}

/// An archive.
pub(super) struct Archive {
    bytes: Part,
    members: BTreeMap<String, Member>,
}

impl Archive {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    /// A [`Refusal`] when the archive is cut short or damaged.
    pub(super) fn open(bytes: Part) -> Read<Self> {
        let all = bytes.bytes();
        let (start, length, count) = directory(all)?;
        let mut members = BTreeMap::new();
        let mut rest = start
            .checked_add(length)
            .and_then(|end| all.get(start..end))
            .ok_or_else(|| damaged("its directory is not where it should be"))?;
        // A directory that says it has more entries than it has room for ends where the room ends.
        for _ in 0..count {
            if rest.is_empty() {
                break;
            }
            let (name, member, length) = entry(rest).ok_or_else(|| damaged("its directory can't be read"))?;
            rest = &rest[length..];
            members.insert(name, member);
        }
        // Members don't share bytes: a few that many entries point to could stand for any number of them.
        let packed = members.values().try_fold(0usize, |sum, m| sum.checked_add(m.packed));
        if packed.is_none_or(|packed| packed > all.len()) {
            return Err(damaged("its members are larger than itself"));
        }
        Ok(Self { bytes, members })
    }

    /// The names of all members in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// True when there is a member of that name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The bytes of a member; `None` when there is none of that name.
    ///
    /// # Errors
    /// A [`Refusal`] when it reaches outside the file or is packed in a way that can't be read.
    pub(super) fn member(&self, name: &str) -> Read<Option<Blob>> {
        let Some(member) = self.members.get(name) else { return Ok(None) };
        let all = self.bytes.bytes();
        let header = all.get(member.header..).and_then(|h| h.first_chunk::<MEMBER_LENGTH>());
        let header = header.filter(|h| h.starts_with(&MEMBER));
        let Some(header) = header else {
            return Err(damaged(format!("its member \"{name}\" is not where it should be")));
        };
        let skipped = usize::from(u16_at(header, 26)) + usize::from(u16_at(header, 28));
        let start = member.header + MEMBER_LENGTH + skipped;
        let part = start.checked_add(member.packed).and_then(|end| self.bytes.part(start..end));
        let Some(part) = part else {
            let why = format!("its member \"{name}\" has {} bytes from byte {start}", member.packed);
            return Err(Refusal::cut_short(all.len(), why));
        };
        match member.method {
            _ if member.encrypted => {
                Err(Refusal::new("is an archive with a password; unpack it and save the weights without one"))
            }
            0 => Ok(Some(Blob::plain(part))),
            8 => Blob::deflated(part, member.unpacked).map(Some).ok_or_else(|| {
                damaged(format!("its member \"{name}\" can't hold {} bytes", member.unpacked))
            }),
            _ => Err(Refusal::new(format!(
                "has a member \"{name}\" that is packed in a way that is not read here; save it stored or \
                 deflated"
            ))),
        }
    }
}

fn damaged(why: impl std::fmt::Display) -> Refusal {
    Refusal::damaged("archive", why)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_le_bytes(*b))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<usize> {
    u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?).try_into().ok()
}

/// Where the directory begins, its length and its number of entries.
fn directory(all: &[u8]) -> Read<(usize, usize, usize)> {
    let earliest = all.len().saturating_sub(DIRECTORY_END_LENGTH + LONGEST_COMMENT);
    let latest = all.len().saturating_sub(DIRECTORY_END_LENGTH - DIRECTORY_END.len());
    let searched = all.get(earliest..latest).unwrap_or_default();
    let end = searched.windows(DIRECTORY_END.len()).rposition(|w| w == DIRECTORY_END);
    let Some(end) = end.map(|at| earliest + at) else {
        let needed = "the directory that ends every archive of this kind is missing";
        return Err(Refusal::cut_short(all.len(), needed));
    };
    let short = || {
        let count = usize::from(u16_at(all, end + 10));
        (u32_at(all, end + 16) as usize, u32_at(all, end + 12) as usize, count)
    };
    // PyTorch always writes the 64-bit form in front; where it says the directory is, it is: guessing from
    // sizes goes wrong for archives with such a record.
    let long = || {
        let locator = all.get(end.checked_sub(LOCATOR_64_LENGTH)?..end)?;
        let record = all.get(u64_at(locator.strip_prefix(&LOCATOR_64)?, 4)?..)?;
        let record = record.strip_prefix(&DIRECTORY_END_64)?;
        Some((u64_at(record, 44)?, u64_at(record, 36)?, u64_at(record, 28)?))
    };
    Ok(long().unwrap_or_else(short))
}

/// The entry that a directory begins with: its name, where the member is, and the length of the entry.
fn entry(bytes: &[u8]) -> Option<(String, Member, usize)> {
    let head = bytes.first_chunk::<ENTRY_LENGTH>().filter(|h| h.starts_with(&ENTRY))?;
    let name_end = ENTRY_LENGTH + usize::from(u16_at(head, 28));
    let extra_end = name_end + usize::from(u16_at(head, 30));
    let end = extra_end + usize::from(u16_at(head, 32));
    let name = String::from_utf8_lossy(bytes.get(ENTRY_LENGTH..name_end)?).into_owned();
    let mut large = sizes_64(bytes.get(name_end..extra_end)?);
    // A field of all ones is in the extra field instead; those that are there come in this order.
    let mut field = |at: usize| match u32_at(head, at) {
        u32::MAX => {
            let value = u64_at(large, 0)?;
            large = &large[8..];
            Some(value)
        }
        value => Some(value as usize),
    };
    let (unpacked, packed, header) = (field(24)?, field(20)?, field(42)?);
    let method = u16_at(head, 10);
    let encrypted = u16_at(head, 8) & 1 != 0;
    bytes.get(..end)?;
    Some((name, Member { method, encrypted, packed, unpacked, header }, end))
}

/// The 64-bit sizes among the extra fields.
fn sizes_64(mut extra: &[u8]) -> &[u8] {
    while extra.len() >= 4 {
        let (kind, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + length) else { break };
        if kind == SIZES_64 {
            return field;
        }
        extra = &extra[4 + length..];
    }
    &[]
}
