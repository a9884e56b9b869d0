//! What the decoder of JPEG does not say: whether a file is whole. And what compression does to a picture.

use std::path::Path;

use image::codecs::jpeg::JpegEncoder;

use super::Picture;
use super::write::unwritable;
use crate::Result;

impl Picture {
    /// As it is after it was a JPEG file of a quality from 1 to 100.
    ///
    /// # Errors
    /// [`crate::Error::Unwritable`] for pictures that are larger than such a file can be.
    pub fn compressed(&self, quality: u8) -> Result<Self> {
        let mut bytes = Vec::new();
        let (width, height) = (self.width() as u32, self.height() as u32);
        let name = Path::new("compressed.jpg");
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode(self.rgb(), width, height, image::ExtendedColorType::Rgb8)
            .map_err(|e| unwritable(name, &e))?;
        Self::decode_over(&bytes, name, [0; 3])
    }
}

const SCAN: u8 = 0xda;
const END: u8 = 0xd9;

/// True when the marker of the end follows the last scan. What comes behind it (phones put videos there) is not looked
/// at.
pub(super) fn has_its_end(bytes: &[u8]) -> bool {
    let (mut at, mut scanned) = (2, false);
    while let Some(&[mark, kind]) = bytes.get(at..at + 2).and_then(|two| two.first_chunk()) {
        at += match (mark, kind) {
            (0xff, END) if scanned => return true,
            (0xff, 0xff) => 1,
            // A byte of a scan, a restart, the beginning.
            (0xff, 0x00 | 0x01 | 0xd0..=END) => 2,
            (0xff, segment) => {
                scanned |= segment == SCAN;
                let length =
                    bytes.get(at + 2..at + 4).map_or(0, |l| usize::from(l[0]) << 8 | usize::from(l[1]));
                2 + length
            }
            _ => 1,
        };
    }
    false
}
