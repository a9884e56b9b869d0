#![no_main]
//! Pickles inside a sound archive of PyTorch: what the directory of an archive would keep from being found.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|pickle: &[u8]| {
    latent_engine_fuzz::look_into(latent_engine_fuzz::archive(pickle));
});
