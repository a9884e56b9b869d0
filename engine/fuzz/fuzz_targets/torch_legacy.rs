#![no_main]
//! Files of PyTorch before 1.6.

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(bytes.starts_with(b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.")) {
        return Corpus::Reject;
    }
    latent_engine_fuzz::look_into(bytes.to_vec());
    Corpus::Keep
});
