//! The one reader of picture files: PNG, JPEG, WebP and GIF (its first picture), as a person would see them.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader};

use super::{Picture, colour_profile, jpeg};
use crate::{Error, Result, file};

/// Most pixels that a picture may have: more than a camera of 100 megapixels takes.
pub const MOST_PIXELS: usize = 1 << 27;
/// Most bytes of a picture file.
const MOST_BYTES: u64 = 1 << 29;
/// Most memory that a decoder may take for each pixel: eight bytes, and as much again for what it works with.
const MEMORY_OF_A_PIXEL: u64 = 16;
/// What it may take for the smallest picture, and before the pixels are known: a colour profile may be packed.
const LEAST_MEMORY: u64 = 1 << 26;
/// Pictures with more pixels than this are decoded one at a time, however many threads read a folder.
const LARGE: usize = 1 << 24;
/// Behind what is transparent where nobody chose another colour.
const WHITE: [u8; 3] = [255; 3];

impl Picture {
    /// Reads a picture of any format that the studio knows, as a person would see it: turned as its EXIF data says, its
    /// colours those of sRGB (an ICC profile is applied; CMYK becomes RGB without one), 16 bits rounded to 8, what is
    /// transparent over white.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no such file, [`Error::Picture`] when it is no picture, has more than
    /// [`MOST_PIXELS`], is cut off, or is a pipe or a device.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_over(path, WHITE)
    }

    /// [`Picture::open`] with another colour behind what is transparent: masks and edges mean black.
    ///
    /// # Errors
    /// As [`Picture::open`].
    pub fn open_over(path: impl AsRef<Path>, ground: [u8; 3]) -> Result<Self> {
        let path = path.as_ref();
        let bytes = file::read(path, MOST_BYTES).map_err(|error| match error {
            Error::Invalid(why) => Error::Picture { path: path.to_owned(), why },
            other => other,
        })?;
        Self::decode_over(&bytes, path, ground)
    }

    /// [`Picture::open_over`] for bytes that are in memory; `name` is for the error.
    ///
    /// # Errors
    /// As [`Picture::open`].
    pub fn decode_over(bytes: &[u8], name: &Path, ground: [u8; 3]) -> Result<Self> {
        decode(bytes, ground).map_err(|why| Error::Picture { path: name.to_owned(), why })
    }
}

fn decode(bytes: &[u8], ground: [u8; 3]) -> Result<Picture, String> {
    static DECODES_LARGE: Mutex<()> = Mutex::new(());
    let format = match image::guess_format(bytes) {
        Ok(known @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif)) => known,
        _ if bytes.is_empty() => return Err("it is empty".into()),
        _ => return Err("it is neither PNG, JPEG, WebP nor GIF".into()),
    };
    // The decoder would paint what is missing grey.
    if format == ImageFormat::Jpeg && !jpeg::has_its_end(bytes) {
        return Err("its end is missing: the download or copy failed; get it again".into());
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(memory(0));
    let mut decoder = reader.into_decoder().map_err(|e| reason(&e))?;
    let (width, height) = decoder.dimensions();
    let pixels = width as usize * height as usize;
    if !(1..=MOST_PIXELS).contains(&pixels) {
        let most = MOST_PIXELS / 1_000_000;
        return Err(format!(
            "it has {width} x {height} pixels, and at most {most} million are read: make it smaller"
        ));
    }
    // A GIF of a few bytes and pixels can hold a frame that says to be much larger.
    decoder.set_limits(memory(pixels)).map_err(|e| reason(&e))?;
    let _alone = (pixels > LARGE).then(|| DECODES_LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    // What describes a picture is no reason to refuse it.
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| reason(&e))?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let (width, height) = (image.width() as usize, image.height() as usize);
    let in_srgb = profile.and_then(|profile| colour_profile::to_srgb(&image, &profile));
    let rgb = match in_srgb.unwrap_or(image) {
        opaque if !opaque.color().has_alpha() => opaque.into_rgb8().into_raw(),
        other => over(&other.into_rgba8(), ground),
    };
    Picture::new(width, height, rgb).map_err(|e| e.to_string())
}

/// What a decoder may take for so many pixels.
fn memory(pixels: usize) -> image::Limits {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some((MEMORY_OF_A_PIXEL * pixels as u64).max(LEAST_MEMORY));
    limits
}

fn reason(error: &image::ImageError) -> String {
    match error {
        image::ImageError::Limits(_) => "it takes more memory than a picture may: make it smaller".into(),
        other => other.to_string(),
    }
}

/// Pixels over a ground, as browsers mix them: in the numbers that the file has.
fn over(image: &image::RgbaImage, ground: [u8; 3]) -> Vec<u8> {
    let mix = |colour: u8, ground: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(colour) * alpha + u32::from(ground) * (255 - alpha) + 127) / 255) as u8
    };
    image.pixels().flat_map(|p| std::array::from_fn::<u8, 3, _>(|c| mix(p[c], ground[c], p[3]))).collect()
}
