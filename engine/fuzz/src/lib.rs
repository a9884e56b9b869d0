//! What every target does with a file: look into it, and read what it holds.

use std::sync::Arc;

use candle_core::Device;
use latent_engine::checkpoint::Checkpoint;
use latent_engine::edit::middle;
use latent_engine::{Picture, ValueRange};

/// Tensors of files that claim more bytes than this are not read: that much may be true of a packed file.
const MOST_BYTES: u64 = 32 << 20;

/// Looks into a file and reads every tensor. Files may be refused; nothing may panic, hang or allocate more
/// than the file justifies.
pub fn look_into(file: Vec<u8>) {
    let Ok(checkpoint) = Checkpoint::from_bytes(Arc::new(file), "file".as_ref()) else { return };
    let tensors = &checkpoint.tensors;
    // What a family asks of a file before anything is read.
    let _ = latent_engine::open::identify(&checkpoint);
    if tensors.stored_bytes() > MOST_BYTES {
        return;
    }
    for name in tensors.names() {
        let _ = tensors.load(name, &Device::Cpu);
    }
}

/// Pictures with more pixels than this are not decoded: they are allowed the memory.
const MOST_PIXELS: u64 = 1 << 22;

/// True for a picture that says to have more pixels than are worth the fuzzer's time.
fn is_large(file: &[u8]) -> bool {
    let reader = image::ImageReader::new(std::io::Cursor::new(file)).with_guessed_format();
    let size = reader.ok().and_then(|reader| reader.into_dimensions().ok());
    size.is_some_and(|(width, height)| u64::from(width) * u64::from(height) > MOST_PIXELS)
}

/// Reads a picture. Files may be refused; nothing may panic or hang.
pub fn look_at(file: &[u8]) {
    if !is_large(file) {
        let _ = Picture::decode_over(file, "file".as_ref(), [255; 3]);
    }
}

/// Takes a photo from its bytes to what a model's encoder and search are given, as `project` does: over a colour, the part
/// from its middle that has the shape of the model's pictures, numbers in the model's range, and those as bytes again.
pub fn take_photo(ground: [u8; 3], sides: [usize; 2], file: &[u8]) {
    if is_large(file) {
        return;
    }
    let Ok(photo) = Picture::decode_over(file, "file".as_ref(), ground) else { return };
    let seen = middle(&photo, sides).expect("any photo has a middle");
    assert_eq!([seen.height(), seen.width()], sides);
    for range in [ValueRange::Unit, ValueRange::SignedUnit] {
        let numbers = seen.to_tensor(range, &Device::Cpu).expect("pictures are numbers");
        assert_eq!(Picture::from_tensor(&numbers, range).expect("numbers are pictures"), [seen.clone()]);
    }
}

/// An archive of PyTorch with this pickle in it, and storages "0" to "3".
pub fn archive(pickle: &[u8]) -> Vec<u8> {
    let storages = [vec![0x3f; 256], vec![0x80; 64], vec![1; 8], Vec::new()];
    let mut archive = Archive::default();
    archive.add("archive/data.pkl", pickle);
    for (key, storage) in storages.iter().enumerate() {
        archive.add(&format!("archive/data/{key}"), storage);
    }
    archive.end()
}

/// Writes an archive of stored members, without check sums.
#[derive(Default)]
struct Archive {
    members: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        let start = self.members.len() as u32;
        let length = (bytes.len() as u32).to_le_bytes();
        let sizes = [length, length].concat();
        let name_length = (name.len() as u16).to_le_bytes();
        for (to, magic, versions) in
            [(&mut self.members, b"PK\x03\x04", 2), (&mut self.directory, b"PK\x01\x02", 4)]
        {
            to.extend(magic);
            to.extend(vec![0; versions]);
            to.extend([0; 12]);
            to.extend(&sizes);
            to.extend(name_length);
            to.extend([0; 2]);
        }
        self.members.extend(name.as_bytes());
        self.members.extend(bytes);
        self.directory.extend([0; 10]);
        self.directory.extend(start.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    fn end(mut self) -> Vec<u8> {
        let start = (self.members.len() as u32).to_le_bytes();
        let length = (self.directory.len() as u32).to_le_bytes();
        self.members.append(&mut self.directory);
        self.members.extend(b"PK\x05\x06\0\0\0\0");
        self.members.extend([self.count.to_le_bytes(), self.count.to_le_bytes()].concat());
        self.members.extend(length);
        self.members.extend(start);
        self.members.extend([0; 2]);
        self.members
    }
}
