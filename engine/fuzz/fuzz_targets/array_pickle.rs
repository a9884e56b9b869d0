#![no_main]
//! Pickles of arrays, and StyleGAN's with whole files of PyTorch inside.

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(matches!(bytes, [0x80, 1..=5, ..] | [b'(' | b'c', ..])) {
        return Corpus::Reject;
    }
    latent_engine_fuzz::look_into(bytes.to_vec());
    Corpus::Keep
});
