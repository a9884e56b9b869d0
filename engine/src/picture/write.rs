//! The one writer of picture files: encoded in memory, then put in place whole.

use std::io::Cursor;
use std::path::Path;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, ExtendedColorType, Frame, ImageBuffer, ImageFormat, Luma, RgbaImage};

use super::Picture;
use crate::{Error, Result, file};

/// A format that pictures are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// Without loss.
    Png,
    /// Small, with loss.
    Jpeg,
    /// Without loss, smaller than PNG.
    WebP,
    /// 256 colours; several pictures are an animation.
    Gif,
}

impl PictureFormat {
    /// The format that the ending of a name asks for.
    ///
    /// # Errors
    /// [`Error::Unwritable`] with the endings that there are.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
        Self::named(&ending).ok_or_else(|| Error::Unwritable {
            path: path.to_owned(),
            why: "pictures are written as .png, .jpg, .webp or .gif; give the name one of these endings"
                .into(),
        })
    }

    /// The format of this name or ending: png, jpg, jpeg, webp, gif.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "png" => Self::Png,
            "jpg" | "jpeg" => Self::Jpeg,
            "webp" => Self::WebP,
            "gif" => Self::Gif,
            _ => return None,
        })
    }

    /// The most pixels a side that the format has numbers for.
    #[must_use]
    pub fn most_side(self) -> usize {
        match self {
            Self::Png => i32::MAX as usize,
            Self::Jpeg | Self::Gif => 0xffff,
            Self::WebP => 1 << 14,
        }
    }

    /// Refuses a size that the format can't hold, before anything is made of that size; `path` is for the error.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn check_size(self, (width, height): (usize, usize), path: &Path) -> Result<()> {
        let most = self.most_side();
        if width.max(height) <= most {
            return Ok(());
        }
        Err(Error::Unwritable {
            path: path.to_owned(),
            why: format!(
                "{width} x {height} pixels are too many for this format, which has at most {most} a side; PNG has more"
            ),
        })
    }

    fn of_the_library(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
            Self::WebP => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }
}

impl Picture {
    /// Writes the picture, whole or not at all; the ending of the name decides the format.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can't be written, [`Error::Unwritable`] when the ending is unknown or the picture is
    /// too large for the format. What was there before stays then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        file::write(path, &self.encode(PictureFormat::of(path)?, path)?)
    }

    /// The bytes of a file with this picture; `path` is for the error.
    ///
    /// # Errors
    /// [`Error::Unwritable`] when the picture is too large for the format.
    pub fn encode(&self, format: PictureFormat, path: &Path) -> Result<Vec<u8>> {
        format.check_size((self.width, self.height), path)?;
        let mut bytes = Cursor::new(Vec::new());
        let (width, height) = (self.width as u32, self.height as u32);
        let (rgb, kind) = (ExtendedColorType::Rgb8, format.of_the_library());
        image::write_buffer_with_format(&mut bytes, &self.rgb, width, height, rgb, kind)
            .map_err(|e| unwritable(path, &e))?;
        Ok(bytes.into_inner())
    }
}

/// The bytes of an animated GIF that runs for ever, of pictures that come one after the other, each shown for `frame_ms`
/// milliseconds (hundredths of a second are what a GIF can say); `path` is for the error.
///
/// # Errors
/// The first error among the pictures; [`Error::Unwritable`] when one is too large.
pub fn animation(
    pictures: impl IntoIterator<Item = Result<Picture>>,
    frame_ms: u32,
    path: &Path,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).map_err(|e| unwritable(path, &e))?;
    for picture in pictures {
        let picture = picture?;
        PictureFormat::Gif.check_size((picture.width, picture.height), path)?;
        let rgba = picture.rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
        let image =
            RgbaImage::from_raw(picture.width as u32, picture.height as u32, rgba).unwrap_or_default();
        let frame = Frame::from_parts(image, 0, 0, Delay::from_numer_denom_ms(frame_ms, 1));
        encoder.encode_frame(frame).map_err(|e| unwritable(path, &e))?;
    }
    drop(encoder);
    Ok(bytes)
}

/// Writes a map of 16-bit numbers, `size` a side, as a grey PNG.
///
/// # Errors
/// As [`Picture::save`]; [`Error::Invalid`] when there are more or fewer numbers.
pub fn save_map(values: Vec<u16>, size: usize, path: &Path) -> Result<()> {
    let count = values.len();
    let map = ImageBuffer::<Luma<u16>, _>::from_raw(size as u32, size as u32, values)
        .filter(|_| count == size * size)
        .ok_or_else(|| Error::Invalid(format!("{count} numbers are no map of {size} x {size}")))?;
    let mut bytes = Cursor::new(Vec::new());
    map.write_to(&mut bytes, ImageFormat::Png).map_err(|e| unwritable(path, &e))?;
    file::write(path, &bytes.into_inner())
}

pub(super) fn unwritable(path: &Path, error: &image::ImageError) -> Error {
    Error::Unwritable { path: path.to_owned(), why: error.to_string() }
}
