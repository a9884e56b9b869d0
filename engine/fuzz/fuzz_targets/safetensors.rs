#![no_main]
//! Files with a table in JSON.

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(bytes.get(8) == Some(&b'{')) {
        return Corpus::Reject;
    }
    latent_engine_fuzz::look_into(bytes.to_vec());
    Corpus::Keep
});
