//! Colours of a picture's ICC profile become those of sRGB.

use image::{DynamicImage, ImageBuffer, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

/// Steps of each channel when a profile is compared with sRGB.
const STEPS: u16 = 9;
/// A profile that moves no colour further than this is sRGB itself, as its many authors rounded it.
const SAME: u8 = 1;

/// The picture in sRGB; `None` where its numbers are those already, or the profile is damaged or of colours that the
/// decoder has left behind (CMYK).
pub(super) fn to_srgb(image: &DynamicImage, profile: &[u8]) -> Option<DynamicImage> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let colour = image.color();
    match profile.color_space {
        DataColorSpace::Gray if !colour.has_color() => {
            let grey = profile.create_transform_8bit(Layout::GrayAlpha, &srgb, Layout::Rgba, options).ok()?;
            let from = image.to_luma_alpha8();
            let mut to = RgbaImage::new(from.width(), from.height());
            grey.transform(&from, &mut to).ok()?;
            Some(if colour.has_alpha() { to.into() } else { DynamicImage::from(to).into_rgb8().into() })
        }
        DataColorSpace::Rgb => {
            let eight = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options).ok()?;
            if changes_nothing(eight.as_ref()) {
                return None;
            }
            Some(match (colour.bytes_per_pixel() / colour.channel_count(), colour.has_alpha()) {
                (1, false) => {
                    let from = image.to_rgb8();
                    DynamicImage::ImageRgb8(filled(from.dimensions(), |to| eight.transform(&from, to))?)
                }
                (1, true) => {
                    let with_alpha =
                        profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok()?;
                    let from = image.to_rgba8();
                    DynamicImage::ImageRgba8(filled(from.dimensions(), |to| with_alpha.transform(&from, to))?)
                }
                _ => {
                    let deep =
                        profile.create_transform_16bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok()?;
                    let from = image.to_rgba16();
                    let to =
                        DynamicImage::ImageRgba16(filled(from.dimensions(), |to| deep.transform(&from, to))?);
                    if colour.has_alpha() { to } else { to.into_rgb16().into() }
                }
            })
        }
        _ => None,
    }
}

/// A picture of that size, filled by a transform that may refuse.
fn filled<P, E>(
    (width, height): (u32, u32),
    fill: impl FnOnce(&mut [P::Subpixel]) -> Result<(), E>,
) -> Option<ImageBuffer<P, Vec<P::Subpixel>>>
where
    P: image::Pixel,
{
    let mut to = ImageBuffer::new(width, height);
    fill(&mut to).ok()?;
    Some(to)
}

fn changes_nothing(transform: &(dyn TransformExecutor<u8> + Send + Sync)) -> bool {
    let level = |i: u16| (i * 255 / (STEPS - 1)) as u8;
    let colours: Vec<u8> = (0..STEPS)
        .flat_map(|r| (0..STEPS).flat_map(move |g| (0..STEPS).flat_map(move |b| [r, g, b].map(level))))
        .collect();
    let mut moved = vec![0; colours.len()];
    transform.transform(&colours, &mut moved).is_ok()
        && colours.iter().zip(&moved).all(|(a, b)| a.abs_diff(*b) <= SAME)
}
