//! Pictures as a person would see them, and files that mean no good.

use std::io::Cursor;
use std::path::Path;

use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat};

use super::*;

const WHITE: [u8; 3] = [255; 3];

fn decode(bytes: &[u8]) -> Result<Picture> {
    Picture::decode_over(bytes, Path::new("photo"), WHITE)
}

fn refusal(bytes: &[u8]) -> String {
    decode(bytes).unwrap_err().to_string()
}

fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Red at the left, blue at the right.
fn halves(width: usize, height: usize) -> Picture {
    let row = (0..width).flat_map(|x| if 2 * x < width { [255, 0, 0] } else { [0, 0, 255] });
    Picture::new(width, height, row.collect::<Vec<u8>>().repeat(height)).unwrap()
}

fn jpeg_of(picture: &Picture) -> Vec<u8> {
    picture.encode(PictureFormat::Jpeg, Path::new("photo.jpg")).unwrap()
}

/// EXIF data that says nothing but how the camera was held.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let length = (tiff.len() as u16 + 2).to_be_bytes();
    [&[0xff, 0xe1], &length[..], &tiff].concat()
}

#[test]
fn a_photo_is_turned_as_the_camera_was_held() {
    let plain = jpeg_of(&halves(32, 16));
    for (orientation, size, first) in [(1, (32, 16), 0), (3, (32, 16), 2), (6, (16, 32), 0), (8, (16, 32), 2)]
    {
        let turned = [&plain[..2], &exif(orientation), &plain[2..]].concat();
        let picture = decode(&turned).unwrap();
        assert_eq!((picture.width(), picture.height()), size, "{orientation}");
        assert!(picture.pixel(2, 2)[first] > 200, "{orientation}: {:?}", picture.pixel(2, 2));
    }
}

#[test]
fn what_is_transparent_hides_its_colour() {
    let pixels = vec![255, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 128, 9, 9, 9, 255];
    let file = png(&image::RgbaImage::from_raw(2, 2, pixels).unwrap().into());
    let over_white = decode(&file).unwrap();
    assert_eq!(over_white.rgb(), [255, 255, 255, 0, 0, 255, 127, 127, 127, 9, 9, 9]);
    let over_black = Picture::decode_over(&file, Path::new("mask"), [0; 3]).unwrap();
    assert_eq!((over_black.pixel(0, 0), over_black.pixel(0, 1)), ([0; 3], [0; 3]));
}

#[test]
fn sixteen_bits_and_grey_become_eight_bits_of_colour() {
    let deep = image::ImageBuffer::<image::Rgb<u16>, _>::from_raw(1, 1, vec![65535, 32896, 0]).unwrap();
    assert_eq!(decode(&png(&deep.into())).unwrap().rgb(), [255, 128, 0]);
    let grey = image::ImageBuffer::<image::LumaA<u8>, _>::from_raw(1, 1, vec![40, 255]).unwrap();
    assert_eq!(decode(&png(&grey.into())).unwrap().rgb(), [40; 3]);
}

fn with_profile(profile: &moxcms::ColorProfile, bytes: &[u8], kind: ExtendedColorType) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
    encoder.write_image(bytes, 1, 1, kind).unwrap();
    file
}

#[test]
fn colours_of_a_profile_become_those_of_srgb() {
    let (srgb, wide) = (moxcms::ColorProfile::new_srgb(), moxcms::ColorProfile::new_display_p3());
    let colour = [200, 100, 50];
    let rgb = |profile| decode(&with_profile(profile, &colour, ExtendedColorType::Rgb8)).unwrap().pixel(0, 0);
    assert_eq!(rgb(&srgb), colour);
    // ColorSync and Little CMS say 215, 95, 34 or one beside it.
    let expected = [215u8, 95, 34];
    let near = |got: [u8; 3]| got.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4);
    assert!(near(rgb(&wide)), "{:?}", rgb(&wide));
    let alpha = with_profile(&wide, &[200, 100, 50, 255], ExtendedColorType::Rgba8);
    assert_eq!(decode(&alpha).unwrap().pixel(0, 0), rgb(&wide));
    let deep: Vec<u8> = colour.iter().flat_map(|&c| (u16::from(c) * 257).to_ne_bytes()).collect();
    let deep = decode(&with_profile(&wide, &deep, ExtendedColorType::Rgb16)).unwrap().pixel(0, 0);
    assert!(near(deep), "{deep:?}");
    let linear = moxcms::ColorProfile::new_gray_with_gamma(1.0);
    let grey = decode(&with_profile(&linear, &[55], ExtendedColorType::L8)).unwrap().pixel(0, 0);
    assert!(grey[0].abs_diff(128) <= 2 && grey[0] == grey[2], "{grey:?}");
}

#[test]
fn files_of_another_program_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pictures");
    let (red, blue, white) = ([255, 0, 0], [0, 0, 255], [255; 3]);
    for (name, size, first, last) in [
        ("cmyk.jpg", (16, 8), red, blue),
        ("progressive.jpg", (17, 9), red, blue),
        ("grey.jpg", (9, 7), [0; 3], white),
        ("deep.png", (8, 8), red, blue),
        ("palette.png", (8, 8), white, white),
        ("interlaced.png", (9, 9), [0, 128, 0], white),
        ("moving.gif", (8, 8), red, red),
        ("lossy.webp", (16, 16), [255, 255, 0], blue),
        ("lossless.webp", (16, 16), [255, 255, 0], blue),
    ] {
        let picture = Picture::open(folder.join(name)).unwrap();
        let (width, height) = size;
        assert_eq!((picture.width(), picture.height()), size, "{name}");
        for (pixel, expected) in [(picture.pixel(0, 0), first), (picture.pixel(width - 1, height - 1), last)]
        {
            let off = pixel.iter().zip(expected).map(|(a, b): (&u8, u8)| a.abs_diff(b)).max();
            assert!(off.is_some_and(|off| off <= 24), "{name}: {pixel:?} for {expected:?}");
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_refused_in_every_format() {
    let picture = halves(64, 64);
    for format in [PictureFormat::Png, PictureFormat::Jpeg, PictureFormat::WebP, PictureFormat::Gif] {
        let whole = picture.encode(format, Path::new("x")).unwrap();
        assert!(decode(&whole).is_ok(), "{format:?}");
        for length in [0, 1, whole.len() / 4, whole.len() / 2, whole.len() - 12] {
            assert!(decode(&whole[..length]).is_err(), "{format:?}, {length} of {} bytes", whole.len());
        }
    }
    let jpeg = jpeg_of(&picture);
    assert!(refusal(&jpeg[..jpeg.len() - 2]).contains("its end is missing"));
    // Phones put a video behind the picture.
    assert!(decode(&[&jpeg[..], b"ftypmp42"].concat()).is_ok());
}

/// The beginning of a PNG file of that size.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let small = png(&image::GrayImage::new(1, 1).into());
    let mut header = [b"IHDR", &width.to_be_bytes()[..], &height.to_be_bytes(), &small[24..29]].concat();
    let mut check = flate2::Crc::new();
    check.update(&header);
    header.extend(check.sum().to_be_bytes());
    [&small[..12], &header, &small[33..]].concat()
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() {
    for (width, height) in [(22_000, 22_000), (1 << 25, 5), (1, 1 << 30)] {
        let refusal = refusal(&png_header(width, height));
        assert!(
            refusal.contains(&format!("{width} x {height}")) && refusal.contains("134 million"),
            "{refusal}"
        );
    }
    // A row alone would be larger than all of that.
    for (width, height) in [(i32::MAX as u32, 1), (1 << 30, 1 << 30)] {
        let refusal = refusal(&png_header(width, height));
        assert!(refusal.contains("more memory than a picture may"), "{refusal}");
    }
    // A camera of 24 megapixels is far from that.
    let photo = Picture::filled(6000, 4000, [90, 120, 60]);
    let read = decode(&jpeg_of(&photo)).unwrap();
    assert_eq!((read.width(), read.height()), (6000, 4000));
}

#[test]
fn other_files_are_named_with_what_they_are_not() {
    assert!(refusal(b"dear painter").contains("neither PNG, JPEG, WebP nor GIF"));
    assert!(refusal(b"").contains("empty"));
    assert!(refusal(b"BM123456789").contains("neither"));
    let dir = tempfile::tempdir().unwrap();
    let folder = Picture::open(dir.path()).unwrap_err().to_string();
    assert!(folder.contains("it is a folder"), "{folder}");
    assert!(matches!(Picture::open(dir.path().join("none.png")), Err(Error::Io { .. })));
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), Path::new("/dev/zero")] {
        let refusal = Picture::open(path).unwrap_err().to_string();
        assert!(refusal.contains("a device or a pipe"), "{refusal}");
    }
}

#[test]
fn a_refused_ending_or_size_touches_no_file() {
    let dir = tempfile::tempdir().unwrap();
    for ending in ["tif", "bmp", "ico", "avif", "pgn", ""] {
        let path = dir.path().join(format!("keep.{ending}"));
        std::fs::write(&path, "precious").unwrap();
        let refusal = Picture::filled(1, 1, [0; 3]).save(&path).unwrap_err().to_string();
        assert!(
            refusal.contains("can't be written") && refusal.contains(".png, .jpg, .webp or .gif"),
            "{refusal}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    }
    let path = dir.path().join("keep.jpg");
    std::fs::write(&path, "precious").unwrap();
    let refusal = Picture::filled(70_000, 1, [0; 3]).save(&path).unwrap_err().to_string();
    assert!(refusal.contains("at most 65535 a side"), "{refusal}");
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 7);
}
