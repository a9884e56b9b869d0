//! Files that are refused: one sentence says what they are and what to do.

use std::path::Path;

use super::open;
use crate::checkpoint::{Checkpoint, open_folder};

fn refusal(bytes: &[u8]) -> String {
    let sentence = open(bytes).unwrap_err().to_string();
    assert!(!sentence.contains('\n'), "{sentence}");
    sentence
}

/// Bytes with `magic` at a place and nothing that is known around it.
fn at(place: usize, magic: &[u8]) -> Vec<u8> {
    let mut bytes = vec![7; 600];
    bytes[place..place + magic.len()].copy_from_slice(magic);
    bytes
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |path: &Path| Checkpoint::open(path).unwrap_err().to_string();
    assert!(refusal(folder.path()).contains("folder"));
    assert!(open_folder(folder.path()).unwrap_err().to_string().contains("no model folder"));
    std::fs::write(folder.path().join("saved_model.pb"), [8, 1, 0x12]).unwrap();
    assert!(open_folder(folder.path()).unwrap_err().to_string().contains("SavedModel"));
    #[cfg(unix)]
    assert!(refusal(Path::new("/dev/zero")).contains("device"));
}

#[test]
fn files_that_are_no_checkpoints_are_named_for_what_they_are() {
    for (bytes, words) in [
        (Vec::new(), "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0".to_vec(), "git lfs pull"),
        (b"\n<!DOCTYPE html><html>".to_vec(), "web page"),
        (b"\xef\xbb\xbf<html>".to_vec(), "web page"),
        (b"{\"error\": \"not found\"}".to_vec(), "JSON"),
        (b"PK\x03\x04 and then nothing".to_vec(), "cut short"),
        (b"\x10\0\0\0\0\0\0\0{ not json .....".to_vec(), "damaged"),
        (at(0, b"\x89HDF\r\n\x1a\n"), "HDF5"),
        (at(257, b"ustar"), "tar archive"),
        (at(0, b"GGUF"), "GGUF"),
        (at(0, b"\x08\x07\x12\x07pytorch"), "ONNX"),
        (at(0, b"\x08\x01\x12\x07"), "SavedModel"),
        (at(0, b"\x0a\x20\x0a\x05input"), "TensorFlow graph"),
        (at(4, b"TFL3"), "TensorFlow Lite"),
        (at(592, b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"), "TensorFlow checkpoint"),
        (at(0, b"\x89PNG\r\n"), "picture"),
        (at(0, b"\xff\xd8\xff\xe0"), "picture"),
        (at(0, b"\x1f\x8b\x08"), "unpack"),
        (at(0, b"\x93NUMPY"), "single NumPy array"),
        (vec![0; 5000], "zeros"),
        (b"To whom it may concern".to_vec(), "no model file"),
    ] {
        let sentence = refusal(&bytes);
        assert!(sentence.contains(words), "{sentence} should say {words}");
    }
}
