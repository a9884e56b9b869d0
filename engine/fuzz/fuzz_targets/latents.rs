#![no_main]
//! Latents: NumPy's arrays of one or two dimensions, in either order, of any type.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(rows) = latent_engine::checkpoint::npy::decode_latents(bytes.to_vec(), "file".as_ref()) else { return };
    assert!(rows.iter().map(Vec::len).sum::<usize>() <= bytes.len());
});
