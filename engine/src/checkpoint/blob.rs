//! The bytes of a storage as a file keeps them: as they are, deflated, or as the text that Python 3 makes of
//! bytes in old pickles.

use std::io::Read as _;
use std::ops::Range;

use flate2::read::DeflateDecoder;

use super::mapped::Part;

/// How many bytes are handed out at a time, at most: a multiple of the size of every number.
const CHUNK: usize = 1 << 20;
/// Weights are packed to no less than a fraction of this, unless they are nearly all zeros.
const LOOSE: usize = 8;
/// Deflate can't make more of a byte than this.
const MOST_INFLATION: usize = 1032;

/// How bytes are packed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Deflated,
    /// UTF-8 text with a character for each byte.
    Latin1,
}

/// A storage.
#[derive(Clone)]
pub(super) struct Blob {
    part: Part,
    packing: Packing,
    /// Bytes when unpacked.
    length: usize,
}

/// Why a storage can't be unpacked.
pub(super) const DAMAGED: &str = "its packed bytes are damaged or end too early";

impl Blob {
    /// Bytes that can be used where they are.
    pub(super) fn plain(part: Part) -> Self {
        Self { length: part.len(), part, packing: Packing::Plain }
    }

    /// Deflated bytes (without a zlib header) that should become `length` bytes; `None` when they can't.
    pub(super) fn deflated(part: Part, length: usize) -> Option<Self> {
        let possible = length <= part.len().saturating_mul(MOST_INFLATION);
        possible.then_some(Self { part, packing: Packing::Deflated, length })
    }

    /// Text whose characters are bytes. It is not looked at here: there are at most as many characters as
    /// there are bytes, and whether there are enough is found when they are read.
    pub(super) fn latin1(part: Part) -> Self {
        Self { length: part.len(), part, packing: Packing::Latin1 }
    }

    /// Bytes when unpacked, at most.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// True when the unpacked bytes are at most a few times as many as those in the file, as weights are that
    /// somebody packed.
    pub(super) fn is_loose(&self) -> bool {
        self.length / LOOSE <= self.part.len()
    }

    /// The file's bytes when they can be used where they are.
    pub(super) fn in_place(&self) -> Option<&Part> {
        (self.packing == Packing::Plain).then_some(&self.part)
    }

    /// Hands out the unpacked bytes of a range in order, a piece at a time. Pieces are multiples of 8 bytes,
    /// except for the last; what `piece` returns as an error ends it.
    ///
    /// # Errors
    /// That of `piece`, or the one that [`DAMAGED`] becomes.
    pub(super) fn pieces<E: From<&'static str>>(
        &self,
        range: Range<usize>,
        mut piece: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.packing {
            Packing::Plain => {
                let part = self.part.part(range).ok_or(DAMAGED)?;
                let bytes = part.bytes();
                for start in (0..bytes.len()).step_by(CHUNK) {
                    let end = bytes.len().min(start + CHUNK);
                    piece(&bytes[start..end])?;
                    part.release(start..end);
                }
                Ok(())
            }
            Packing::Deflated => unpack(range, DeflateDecoder::new(self.part.bytes()), piece),
            Packing::Latin1 => unpack(range, Latin1 { text: self.part.bytes() }, piece),
        }
    }

    /// The first bytes, at most `most` of them; fewer when the packed bytes are damaged.
    pub(super) fn head(&self, most: usize) -> Vec<u8> {
        let mut head = Vec::new();
        let enough = self.pieces(0..most.min(self.length), |piece| {
            head.extend_from_slice(piece);
            Ok::<(), &'static str>(())
        });
        if enough.is_err() {
            head.truncate(most);
        }
        head
    }
}

/// Reads the bytes of a range from a reader that has to begin at the beginning.
fn unpack<E: From<&'static str>>(
    range: Range<usize>,
    mut reader: impl std::io::Read,
    mut piece: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let skipped = std::io::copy(&mut reader.by_ref().take(range.start as u64), &mut std::io::sink());
    if skipped.ok() != Some(range.start as u64) {
        return Err(DAMAGED.into());
    }
    let mut buffer = vec![0; range.len().min(CHUNK)];
    let mut left = range.len();
    while left > 0 {
        let now = left.min(buffer.len());
        reader.read_exact(&mut buffer[..now]).map_err(|_| DAMAGED)?;
        piece(&buffer[..now])?;
        left -= now;
    }
    Ok(())
}

/// Reads text as the bytes that its characters stand for.
struct Latin1<'a> {
    text: &'a [u8],
}

impl std::io::Read for Latin1<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut written = 0;
        for byte in buffer {
            let (value, length) = match self.text {
                [] => break,
                [lead @ (0xc2 | 0xc3), next, ..] => (((lead & 3) << 6) | (next & 0x3f), 2),
                [ascii, ..] => (*ascii, 1),
            };
            *byte = value;
            self.text = &self.text[length..];
            written += 1;
        }
        Ok(written)
    }
}
