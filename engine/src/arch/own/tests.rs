//! Networks of our own, from their descriptions to a model and back.

use super::*;
use crate::model::Latent;
use crate::nn::graph::Norms;
use crate::open::from_networks;
use crate::rng::Rng;

fn tensors(config: &impl Own, seed: u64) -> TensorTable {
    let mut rng = Rng::new(seed);
    let networks = config.networks().unwrap();
    let all = networks
        .iter()
        .flat_map(|(name, graph)| exported(name, graph, &graph.begin(&mut rng).unwrap()).unwrap());
    TensorTable::from_tensors(all.collect::<Vec<_>>())
}

fn opens<C: Own + PartialEq>(config: &C, family: &str, latents: usize) {
    let stated = config.stated().unwrap();
    let decisions = [("prior".to_owned(), "normal".to_owned())].into();
    let model = from_networks("own", &stated, tensors(config, 3), &decisions, &Device::Cpu).unwrap();
    assert_eq!(model.info.latents.len(), latents);
    let summary = model.info.summary.as_ref().unwrap();
    assert_eq!(summary.family_key, family);
    let drawn: Vec<Latent> = (0..2).map(|seed| model.info.latents.draw(&mut Rng::new(seed))).collect();
    let pictures = model.generate(&drawn).unwrap();
    assert_eq!(pictures.dims(), [2, 3, 16, 16]);
    if let Some(encoder) = config.networks().unwrap().get("encoder") {
        assert_eq!(encoder.output_shape("mean"), Some([1, 1, latents]));
    }
    // As text and back, which is what a model folder does.
    let again: Stated = serde_json::from_str(&stated.text().unwrap()).unwrap();
    assert!(again.key == stated.key && again.configuration.try_into::<C>().unwrap() == *config);
    let file = crate::checkpoint::ModelFile { architecture: Some(stated), ..Default::default() };
    let folder = tempfile::tempdir().unwrap();
    crate::checkpoint::write_description(folder.path(), &file).unwrap();
    let text = std::fs::read_to_string(folder.path().join("model.toml")).unwrap();
    assert_eq!(crate::checkpoint::ModelFile::parse(&text, folder.path()).unwrap(), file);
}

#[test]
fn each_architecture_opens_by_what_it_states() {
    let dcgan = Dcgan { size: 16, latent: 5, width: 4, classes: 2, codes: 1 };
    opens(&dcgan, "dcgan", 8);
    opens(&Ian { size: 16, latent: 5, width: 4, critic_width: 3 }, "ian", 5);
    opens(&Vae { size: 16, latent: 5, width: 4, encoder_width: 3 }, "beta_vae", 5);
    let skip =
        Skip { size: 16, latent: 5, width: 4, cap: 12, mixed: 8, classes: 2, codes: 1, critic_width: 3 };
    opens(&skip, "skip", 8);
    let latents = dcgan.latents(Prior::Normal);
    opens(&Encoded { width: 3, latents, generator: dcgan.generator().unwrap(), critic: None }, "encoder", 8);
}

/// Compiled, and run as in training: the same results, and the same gradient in what goes in.
fn agrees(graph: &Graph, output: &str) {
    let mut rng = Rng::new(4);
    let weights = graph.begin(&mut rng).unwrap();
    let shape = graph.inputs().next().unwrap();
    let count = 3 * shape.iter().product::<usize>();
    let input =
        Tensor::from_vec(rng.normals(count), (3, shape[0], shape[1], shape[2]), &Device::Cpu).unwrap();
    let compiled = graph.compile(&weights, output, &Device::Cpu).unwrap();
    let [fast, slow] = [true, false].map(|fast| {
        let input = candle_core::Var::from_tensor(&input).unwrap();
        let made = if fast {
            compiled.forward(&input).unwrap()
        } else {
            let results = graph.run(&weights, &[&input], Norms::Stored, &[output]).unwrap();
            results.get(output).unwrap().permute((0, 3, 1, 2)).unwrap()
        };
        let gradients = made.sqr().unwrap().sum_all().unwrap().backward().unwrap();
        [made, gradients.get(&input).unwrap().clone()]
            .map(|t| t.flatten_all().unwrap().to_vec1::<f32>().unwrap())
    });
    for (fast, slow) in fast.iter().zip(&slow) {
        let most = slow.iter().fold(1e-3f32, |most, value| most.max(value.abs()));
        assert!(fast.iter().zip(slow).all(|(a, b)| (a - b).abs() < 1e-4 * most), "{output}");
    }
}

#[test]
fn networks_with_skips_are_small_painted_with_as_they_are_trained_and_part_of_larger_ones() {
    let skip = |size: usize, width| Skip {
        size,
        latent: 128,
        width,
        cap: 256,
        mixed: 16,
        classes: 0,
        codes: 0,
        critic_width: width,
    };
    let small = Skip { latent: 5, cap: 12, ..skip(32, 4) };
    agrees(&small.generator().unwrap(), "picture");
    agrees(&small.critic(&[("verdict", 1)], 4).unwrap(), "score");
    let [half, whole] = [skip(64, 32), skip(128, 16)].map(|skip| skip.networks().unwrap());
    // For a step of a search of 15 ms, and a folder of 12 MB with an encoder.
    assert!(whole["generator"].multiplications() < 7.5e7, "{}", whole["generator"].multiplications());
    assert!(whole.values().map(Graph::parameters).sum::<usize>() < 4_000_000);
    for network in ["generator", "critic"] {
        let all: BTreeMap<_, _> = whole[network].weights().collect();
        assert!(half[network].weights().all(|(name, spec)| all[&name] == spec), "{network}");
        for (name, _) in all.iter().filter(|(name, _)| half[network].weights().all(|(n, _)| n != **name)) {
            assert!(name.contains("128") || name.contains("64"), "{name}");
        }
    }
}

#[test]
fn tensors_that_are_not_those_of_the_configuration_are_refused() {
    let small = Dcgan { size: 16, latent: 5, width: 4, classes: 0, codes: 0 };
    let large = Dcgan { width: 8, ..small.clone() };
    let stated = large.stated().unwrap();
    let opened = from_networks("own", &stated, tensors(&small, 1), &Default::default(), &Device::Cpu);
    assert!(opened.is_err());
    for config in [Dcgan { size: 24, ..small.clone() }, Dcgan { width: 1 << 40, ..small.clone() }] {
        assert!(config.generator().is_err());
    }
}

#[test]
fn networks_begin_with_the_shapes_and_the_numbers_of_their_papers() {
    let graph = Dcgan { size: 64, latent: 100, width: 64, classes: 0, codes: 0 }.generator().unwrap();
    // Radford et al.: 100 numbers, 512 x 4 x 4, ..., 3 x 64 x 64; the count of PyTorch's example.
    assert_eq!((graph.parameters(), graph.shape_of("up0")), (3_576_704, Some([4, 4, 512])));
    let vae = Vae { size: 64, latent: 10, width: 32, encoder_width: 32 };
    let shape = |graph: &Graph, name: &str| graph.weights().find(|(n, _)| n == name).unwrap().1.shape;
    assert_eq!(shape(&vae.encoder().unwrap(), "whole.weight"), [4, 4, 64, 256]);
    assert_eq!(shape(&vae.encoder().unwrap(), "latents.weight"), [256, 20]);
    assert_eq!(shape(&vae.decoder().unwrap(), "up4.weight"), [32, 4, 4, 3]);
}
