//! Writes little pickles and archives by hand.

use std::io::Write as _;

/// A pickle of protocol 2 from its instructions.
pub(super) fn pickle(instructions: &[&[u8]]) -> Vec<u8> {
    [b"\x80\x02", &instructions.concat()[..], b"."].concat()
}

/// The instruction for a text.
pub(super) fn text(text: &str) -> Vec<u8> {
    [b"X", &u32::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat()
}

/// The instruction for a whole number.
pub(super) fn int(value: i32) -> Vec<u8> {
    [b"J", &value.to_le_bytes()[..]].concat()
}

/// The instructions for a tuple of whole numbers.
pub(super) fn sizes(values: &[i32]) -> Vec<u8> {
    [b"(", &values.iter().flat_map(|&v| int(v)).collect::<Vec<_>>()[..], b"t"].concat()
}

/// The instructions for a float32 tensor that is a view of the storage `key`, which has `length` numbers.
pub(super) fn tensor(key: &str, length: i32, offset: i32, shape: &[i32], strides: &[i32]) -> Vec<u8> {
    [
        &b"ctorch._utils\n_rebuild_tensor_v2\n(("[..],
        &text("storage"),
        b"ctorch\nFloatStorage\n",
        &text(key),
        &text("cpu"),
        &int(length),
        b"tQ",
        &int(offset),
        &sizes(shape),
        &sizes(strides),
        b"\x89}tR",
    ]
    .concat()
}

/// The instructions for a dictionary.
pub(super) fn dict(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let pairs = pairs.iter().flat_map(|(key, value)| [text(key), value.clone()].concat());
    [b"}(", &pairs.collect::<Vec<_>>()[..], b"u"].concat()
}

/// A member of an archive: name, bytes, whether it is deflated.
pub(super) type Member<'a> = (&'a str, &'a [u8], bool);

/// An archive.
pub(super) fn archive(members: &[Member<'_>]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes, deflated) in members {
        let packed = if *deflated { deflate(bytes) } else { bytes.to_vec() };
        let start = u32::try_from(all.len()).unwrap().to_le_bytes();
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let method = if *deflated { [8, 0] } else { [0, 0] };
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let common =
            [&[0, 0, 0, 0], &method[..], &[0; 8], &length(&packed), &length(bytes), &name_length, &[0, 0]]
                .concat();
        all.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02\0\0", &common[..], &[0; 10], &start[..], name.as_bytes()].concat());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let start = u32::try_from(all.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    all.extend(directory);
    all.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &length, &start, &[0, 0]].concat());
    all
}

/// Deflated bytes without a zlib header.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut deflater = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflater.write_all(bytes).unwrap();
    deflater.finish().unwrap()
}

/// An archive of PyTorch with a pickle and one storage, "0".
pub(super) fn torch_archive(pickle: &[u8], storage: &[f32]) -> Vec<u8> {
    archive(&[("a/data.pkl", pickle, false), ("a/data/0", &bytes(storage), false)])
}

/// Little-endian bytes of numbers.
pub(super) fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// A NumPy array file with what its header should say.
pub(super) fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}
