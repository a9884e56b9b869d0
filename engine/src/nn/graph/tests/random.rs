//! Any graph, painted with as it is trained.

use proptest::prelude::*;

use super::*;
use crate::rng::Rng;

/// One more node of a random graph: an operation, and which results it takes, counted from the last.
type Pick = (u8, usize, usize, usize);

/// Nodes that fit, of those that were picked; whatever is left without a use goes into the sum or the pile at the end.
fn random(picks: &[Pick], from: MapShape) -> Graph {
    let mut graph = Graph::new("input", from, Begin::He).unwrap();
    for (index, &(kind, a, b, size)) in picks.iter().enumerate() {
        let names: Vec<String> = graph.nodes().iter().rev().map(|node| node.name.clone()).collect();
        let (a, b) = (names[a % names.len()].as_str(), names[b % names.len()].as_str());
        let same = graph.shape_of(a) == graph.shape_of(b);
        let (op, takes) = match kind {
            0 => (convolution(size, 3, 1, index % 2 == 0), vec![a]),
            1 => (convolution(size, 2, 2, true), vec![a]),
            2 => (Op::BatchNorm { epsilon: 1e-4 }, vec![a]),
            // Smooth: at a kink, two ways to a number near 0 have different slopes.
            3 => (act(Activation::Elu), vec![a]),
            4 => (act(Activation::Tanh), vec![a]),
            5 if same => (Op::Add, vec![a, b]),
            6 if same => (Op::Multiply, vec![a, b]),
            7 => (Op::Concatenate, vec![a, b]),
            8 => (Op::Narrow { first: 0, count: 1 }, vec![a]),
            9 => (Op::PixelNorm { epsilon: 0.1 }, vec![a]),
            10 => (Op::Bias, vec![a]),
            11 => (Op::Noise, vec![a]),
            12 => (Op::Affine { scale: 1.5, offset: (size % 2) as f32 }, vec![a]),
            13 => (Op::Constant { shape: [size, 2, 3] }, vec![]),
            14 | 15 => {
                modulation::styled(&mut graph, index, a, b, size, kind == 14);
                continue;
            }
            16 => (Op::InstanceNorm { epsilon: 0.1 }, vec![a]),
            17 => (Op::PixelShuffle { factor: 1 + size % 2 }, vec![a]),
            18 => (Op::PixelUnshuffle { factor: 1 + size % 3 }, vec![a]),
            _ => {
                let config = ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 };
                (Op::TransposedConvolution { outputs: size, kernel: 4, config, bias: false }, vec![a])
            }
        };
        // What does not fit is left out.
        drop(graph.add(format!("node{index}"), op, &takes));
    }
    let last = graph.last().to_owned();
    graph.then("end", Op::Affine { scale: 1.5, offset: -0.5 }).unwrap();
    graph.output("end", "end").unwrap().output("last", &last).unwrap();
    graph
}

/// Whether the last node needs what goes in: constants alone are nothing to paint with.
fn takes_the_input(graph: &Graph) -> bool {
    let mut needed = vec![graph.last().to_owned()];
    for node in graph.nodes().iter().rev() {
        if needed.contains(&node.name) {
            needed.extend(node.from.iter().cloned());
        }
    }
    needed.iter().any(|name| name == "input")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn any_graph_is_painted_with_as_it_is_trained(
        picks in prop::collection::vec((0..20u8, 0..4usize, 0..5usize, 1..5usize), 1..12),
        (height, width, channels) in (1..7usize, 1..7usize, 1..4usize),
        seed in any::<u64>(),
    ) {
        let graph = random(&picks, [height, width, channels]);
        prop_assume!(takes_the_input(&graph));
        prop_assume!(graph.last_shape().iter().product::<usize>() < 1 << 14);
        compare(&graph, "end", &mut Rng::new(seed), 2);
        let text = serde_json::to_string(&graph).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Graph>(&text).unwrap(), &graph);
        let text = toml::to_string(&graph).unwrap();
        prop_assert_eq!(&toml::from_str::<Graph>(&text).unwrap(), &graph);
    }
}
