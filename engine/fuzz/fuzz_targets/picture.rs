#![no_main]
//! Picture files: PNG, JPEG, WebP and GIF, with EXIF data and ICC profiles.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| latent_engine_fuzz::look_at(bytes));
