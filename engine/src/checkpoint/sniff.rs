//! What a file is, told by its first bytes and never by its name.

use super::refusal::Refusal;
use super::safetensors;
use super::torch::LEGACY_MAGIC;

/// A file that may hold a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Zip,
    TorchLegacy,
    Pickle,
    Safetensors,
}

/// The name that a `tar` archive has at byte 257.
const TAR: &[u8] = b"ustar";

/// What bytes are.
///
/// # Errors
/// A [`Refusal`] that names a file that is no model, or one of a kind that is not read here.
pub(super) fn sniff(bytes: &[u8]) -> Result<Kind, Refusal> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if bytes.starts_with(&LEGACY_MAGIC) {
        return Ok(Kind::TorchLegacy);
    }
    if let [0x80, 1..=5, ..] = bytes {
        // A file that ends inside the number that means PyTorch is read far enough to say so.
        return Ok(Kind::Pickle);
    }
    if safetensors::header_length(bytes).is_some() {
        return Ok(Kind::Safetensors);
    }
    match other(bytes) {
        Some(why) => Err(Refusal::new(why)),
        None if old_pickle(bytes) => Ok(Kind::Pickle),
        None => Err(Refusal::new(
            "is no model file of a known kind (PyTorch, safetensors, NumPy and pickles of arrays are); if it is \
             one, save its weights as safetensors",
        )),
    }
}

/// Pickles of protocol 0 and 1 have no mark of their own: they begin with an instruction that makes a
/// container or names a class.
fn old_pickle(bytes: &[u8]) -> bool {
    let second = bytes.get(1).copied().unwrap_or_default();
    match bytes.first() {
        Some(b'(') => matches!(second, b'd' | b'l' | b't' | b'i' | b'c' | b'U' | b'X'),
        Some(b'}' | b']') => matches!(second, b'q' | b'(' | b'r' | b'.'),
        Some(b'c') => bytes.iter().take(256).filter(|&&b| b == b'\n').count() >= 2,
        _ => false,
    }
}

/// The rest of the sentence for a file that is known and can't be read.
fn other(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    Some(if bytes.is_empty() {
        "is empty: the download or copy failed; get the file again"
    } else if starts(b"version https://git-lfs") {
        "is only a pointer to a file in Git LFS; run `git lfs pull` in its repository to get the file itself"
    } else if text.starts_with(b"<") {
        "is a web page, not a model: the download failed; get the file again"
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        "is a JSON text, not a model: the weights are in another file"
    } else if starts(b"\x89HDF\r\n\x1a\n") {
        "is an HDF5 file (Keras), which is not read here; save the weights as safetensors or .npz"
    } else if bytes.get(257..).is_some_and(|b| b.starts_with(TAR)) {
        "is a tar archive: unpack it; or, if PyTorch before 0.2 wrote it, load it there and save it again"
    } else if starts(b"GGUF") || starts(b"ggml") || starts(b"lmgg") || starts(b"tjgg") {
        "is a language model's GGUF file, not a picture generator"
    } else if bytes.get(4..8) == Some(b"TFL3") {
        "is a TensorFlow Lite model, which is not read here; save the weights as safetensors or .npz"
    } else if starts(b"\x93NUMPY") {
        "is a single NumPy array, not a model: the weights of a model are several (.npz)"
    } else if let [0x08, 0x01, 0x12, ..] = bytes {
        "is a TensorFlow SavedModel, which is not read here; save the weights as safetensors or .npz"
    } else if let [0x08, 1..=20, 0x12 | 0x1a | 0x22 | 0x2a | 0x32 | 0x3a | 0x42, ..] = bytes {
        "is an ONNX model, which is not read here; open the checkpoint that it was made from"
    } else if bytes.ends_with(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb") || starts(b"model_checkpoint_path:") {
        "is a part of a TensorFlow checkpoint, which is not read here; save the weights as safetensors or .npz"
    } else if let [0x0a, _, 0x0a, length, first, ..] = bytes
        && *length > 0
        && first.is_ascii_graphic()
    {
        "is a TensorFlow graph, which is not read here; save the weights as safetensors or .npz"
    } else if starts(b"\x89PNG") || starts(b"\xff\xd8\xff") || starts(b"GIF8") || starts(b"BM") || webp(bytes)
    {
        "is a picture, not a model"
    } else if starts(b"%PDF") {
        "is a PDF document, not a model"
    } else if starts(b"\x1f\x8b")
        || starts(b"BZh")
        || starts(b"\xfd7zXZ")
        || starts(b"7z\xbc\xaf\x27\x1c")
        || starts(b"Rar!")
        || starts(b"\x28\xb5\x2f\xfd")
    {
        "is a compressed archive: unpack it and open what is inside"
    } else if bytes.iter().take(4096).all(|&b| b == 0) {
        "is nothing but zeros at its beginning: the download or copy failed; get the file again"
    } else {
        return None;
    })
}

fn webp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")
}
