//! Names of all families with shapes that make no sense.

use proptest::prelude::*;

use super::*;
use crate::arch::unknown;

/// The names by which families are told.
const NAMES: &[&str] = &[
    "main.0.weight",
    "main.1.running_mean",
    "main.1.running_var",
    "main.3.weight",
    "main.3.bias",
    "gen_params.0",
    "gen_params.1",
    "gen_params.2",
    "gen_params.3",
    "gen_batchnorm.0",
    "l_dec_fc2.W",
    "dec_conv1.W",
    "dec_out.W",
    "bnorm_dec_fc2.inv_std",
    "l1.0.weight",
    "conv_blocks.0.running_mean",
    "conv_blocks.0.running_var",
    "conv_blocks.2.weight",
    "label_emb.weight",
    "model.0.weight",
    "model.2.weight",
    "fc1.weight",
    "fc21.weight",
    "fc22.weight",
    "fc3.weight",
    "fc4.weight",
    "decoder_input.weight",
    "decoder.0.0.weight",
    "embed_class.weight",
    "final_layer.0.weight",
    "final_layer.3.weight",
    "decoder.0.weight",
    "decoder.3.weight",
    "decoder.5.weight",
    "encoder.0.weight",
    "block1.0.weight",
    "block2.0.weight",
    "block3.0.conv.weight",
    "block3.0.weight",
    "block3.1.weight",
    "conv_input.weight",
    "conv_mid.weight",
    "upscale4x.0.weight",
    "conv_output.weight",
    "model.1.sub.0.RDB1.conv1.0.weight",
    "model.3.weight",
    "conv_first.weight",
    "body.0.rdb1.conv1.weight",
    "conv_up1.weight",
    "conv_last.weight",
];

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    let size = prop_oneof![3 => 0..5usize, 3 => Just(16usize), 2 => Just(48), 1 => Just(3 << 12)];
    let shape = proptest::collection::vec(size, 0..5);
    // No number at all is there, so the other dimensions may be anything.
    prop_oneof![8 => shape, 1 => Just(vec![0, usize::MAX]), 1 => Just(vec![0, usize::MAX, usize::MAX, usize::MAX])]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_shapes_are_too_strange_to_be_looked_at(
        rows in proptest::collection::btree_map(proptest::sample::select(NAMES), shapes(), 1..9)
    ) {
        let table = TensorTable::from_shapes(rows.into_iter().map(|(n, s)| (n.to_owned(), s)));
        let network = Network { tensors: &table, all: &table, values: &Values::new() };
        for family in REGISTRY {
            if let Some(detection) = (family.detect)(&network) {
                // Nothing can be read, so nothing can be built.
                prop_assert!(family.build(&network, &detection, &Device::Cpu).is_err());
            }
        }
        unknown::resemblance(&table);
        unknown::largest(&table);
    }
}
