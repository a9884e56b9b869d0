//! Files that are damaged or mean harm: never a panic, and never more memory than the file justifies.

#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::Device;
use latent_engine::Picture;
use latent_engine::checkpoint::Checkpoint;
use latent_engine::open::identify;
use latent_engine::picture::PictureFormat;
use proptest::prelude::*;

thread_local! {
    /// Bytes that this thread has, and the most that it had.
    static MEMORY: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

/// Counts what each thread allocates.
struct Counting;

fn count(bytes: isize) {
    let _ = MEMORY.try_with(|memory| {
        let (now, most) = memory.get();
        memory.set((now + bytes, most.max(now + bytes)));
    });
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that may be allocated for a file of any size: the buffers of the inflater, short lists, messages.
const FREE_BYTES: usize = 1 << 20;
/// Bytes of values, names and rows for each byte of a file.
const BYTES_PER_BYTE: usize = 256;

/// Looks into a file and reads what it holds; fails when that takes more memory than the file justifies.
fn survives(file: &[u8]) {
    let file = Arc::new(file.to_vec());
    let length = file.len();
    let (before, _) = MEMORY.get();
    MEMORY.set((before, before));
    let opened = Checkpoint::from_bytes(file, "file".as_ref());
    let (_, most) = MEMORY.get();
    let most = (most - before) as usize;
    assert!(most <= FREE_BYTES + BYTES_PER_BYTE * length, "{length} bytes took {most} bytes of memory");
    match opened {
        Ok(checkpoint) => {
            let _ = identify(&checkpoint);
            for (name, row) in checkpoint.tensors.iter() {
                // What is packed may be a thousand times what it is in the file.
                if row.len() <= 1 << 20 {
                    let _ = checkpoint.tensors.load(name, &Device::Cpu);
                }
            }
        }
        Err(error) => {
            let sentence = error.to_string();
            assert!(!sentence.contains('\n') && sentence.len() < 1000, "{sentence}");
        }
    }
}

fn samples() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints/small");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut samples: Vec<_> = paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    samples.sort();
    samples
}

/// The beginnings that send a file to one of the readers.
const BEGINNINGS: [&[u8]; 7] = [
    b"",
    b"PK\x03\x04",
    b"\x80\x02",
    b"\x80\x04\x95",
    b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.",
    b"\x20\0\0\0\0\0\0\0{\"w\":",
    b"(dp0\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_are_survived(
        beginning in prop::sample::select(&BEGINNINGS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        survives(&[beginning, &bytes].concat());
    }

    #[test]
    fn changed_bytes_are_survived(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
        cut in prop::bool::weighted(0.2),
    ) {
        let samples = samples();
        let (_, sample) = which.get(&samples);
        let mut bytes = sample.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        survives(&bytes);
    }

    #[test]
    fn pieces_in_the_wrong_place_are_survived(
        which in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        length in 1usize..200,
    ) {
        let samples = samples();
        let (_, sample) = which.get(&samples);
        let from = from.index(sample.len());
        let piece = sample[from..sample.len().min(from + length)].to_vec();
        let mut bytes = sample.clone();
        let to = to.index(bytes.len());
        bytes.splice(to..to, piece);
        survives(&bytes);
    }
}

#[test]
fn every_beginning_of_every_sample_is_survived() {
    for (_, sample) in samples() {
        for end in 0..sample.len() {
            survives(&sample[..end]);
        }
    }
}

#[test]
fn declared_lengths_allocate_nothing() {
    for bytes in [
        // A text, bytes and a number of 2^63, 2^32 and 2^31 bytes.
        &b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"[..],
        b"\x80\x02X\xff\xff\xff\xff",
        b"\x80\x02\x8b\xff\xff\xff\x7f",
        // A table of 30 MB that isn't there.
        b"\0\0\0\x02\0\0\0\0{",
        // A storage of 2^60 numbers.
        b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02ctorch._utils\n\
          _rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000NJ\xff\xff\xff\x7ftQK\0K\x01\x85K\x01\
          \x85\x89NtR.\x80\x02](X\x01\0\0\x000e.\0\0\0\0\0\0\0\x10",
    ] {
        survives(bytes);
        assert!(Checkpoint::from_bytes(Arc::new(bytes.to_vec()), "file".as_ref()).is_err());
    }
}

#[test]
fn small_files_that_would_be_large_are_stopped() {
    for (start, again, times, end) in [
        (&b"\x80\x02"[..], &b"("[..], 100_000, &b"."[..]),
        (b"\x80\x02", b"]", 1_500_000, b"."),
        (b"\x80\x02N", b"2\x86", 100_000, b"."),
        (b"\x80\x02]", b"]q\0a", 100_000, b"."),
        (b"\x80\x02Nq\0", b"h\0", 5_000_000, b"."),
        (b"\x80\x04N", b"\x94", 2_000_000, b"."),
        (b"\x80\x02}q\0", b"Nh\0s", 1_000_000, b"."),
        (b"(l", b"I1\na", 1_000_000, b"."),
    ] {
        survives(&[start, &again.repeat(times), end].concat());
    }
}

/// The most memory that reading a picture took.
fn memory_of_a_picture(file: &[u8]) -> (Result<Picture, latent_engine::Error>, usize) {
    let (before, _) = MEMORY.get();
    MEMORY.set((before, before));
    let read = Picture::decode_over(file, "file".as_ref(), [255; 3]);
    let (_, most) = MEMORY.get();
    (read, (most - before) as usize)
}

#[test]
fn a_small_picture_takes_little_memory_whatever_it_says_of_its_parts() {
    // 12 x 8 pixels with a frame of 8805 x 19,280, found by fuzzing.
    let gif = b"GIF89a\x0c\0\x08\0\xf0\xd4\xc3\x99\xcb\x27\0dy,\x08pt\0e\"PK\x06\x06\x8f\0\x10/";
    let (read, most) = memory_of_a_picture(gif);
    assert!(read.unwrap_err().to_string().contains("more memory than a picture may"));
    assert!(most < 1 << 20, "{most}");

    // A colour profile of a gigabyte, packed into a megabyte.
    let mut packed = flate2::write::ZlibEncoder::new(b"profile\0\0".to_vec(), flate2::Compression::default());
    let zeros = vec![0; 1 << 20];
    for _ in 0..1 << 10 {
        packed.write_all(&zeros).unwrap();
    }
    let chunk = [&b"iCCP"[..], &packed.finish().unwrap()].concat();
    let mut check = flate2::Crc::new();
    check.update(&chunk);
    let length = (chunk.len() as u32 - 4).to_be_bytes();
    let png = Picture::filled(2, 2, [90, 120, 60]).encode(PictureFormat::Png, "file".as_ref()).unwrap();
    let png = [&png[..33], &length, &chunk, &check.sum().to_be_bytes(), &png[33..]].concat();
    let (read, most) = memory_of_a_picture(&png);
    // What describes a picture is no reason to refuse it.
    assert_eq!(read.unwrap().pixel(1, 1), [90, 120, 60]);
    assert!(most < 200 << 20, "{most}");
}
