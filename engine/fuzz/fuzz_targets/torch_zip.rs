#![no_main]
//! Archives of PyTorch, TorchScript among them.

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(bytes.starts_with(b"PK")) {
        return Corpus::Reject;
    }
    latent_engine_fuzz::look_into(bytes.to_vec());
    Corpus::Keep
});
