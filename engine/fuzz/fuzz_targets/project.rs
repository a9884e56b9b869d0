#![no_main]
//! Photos on their way into a model, as `project` takes them: five bytes choose what lies behind them and the model's sides.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[red, green, blue, height, width], file)) = bytes.split_first_chunk() else { return };
    let side = |byte: u8| 1 + usize::from(byte) % 96;
    latent_engine_fuzz::take_photo([red, green, blue], [side(height), side(width)], file);
});
