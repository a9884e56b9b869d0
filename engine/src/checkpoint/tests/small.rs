//! The same three tensors in every container and form, each a few hundred bytes (see `small.py` beside them).

use candle_core::Device;

use super::{open, samples};
use crate::checkpoint::{Checkpoint, Container, Value};

fn small(file: &str) -> Checkpoint {
    Checkpoint::open(&samples().join("small").join(file)).unwrap()
}

fn bits(checkpoint: &Checkpoint, name: &str) -> Vec<u32> {
    let tensor = checkpoint.tensors.load(name, &Device::Cpu).unwrap();
    tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap().into_iter().map(f32::to_bits).collect()
}

fn has_all_three(file: &str, container: Container, [w, b, n]: [&str; 3]) -> Checkpoint {
    let found = small(file);
    assert_eq!(found.container, container, "{file}");
    assert_eq!(found.tensors.shape(w), Some(&[2, 3][..]), "{file}: {w}");
    assert_eq!(found.tensors.shape(b), Some(&[3][..]), "{file}: {b}");
    assert!(matches!(found.tensors.shape(n), Some([] | [1])), "{file}: {n}");
    assert_eq!(bits(&found, w), [0.0f32, 0.5, 1.0, 1.5, 2.0, 2.5].map(f32::to_bits), "{file}: {w}");
    assert_eq!(bits(&found, b), [-1.0f32, 2.0, -0.0].map(f32::to_bits), "{file}: {b}");
    assert_eq!(bits(&found, n), [7.0f32.to_bits()], "{file}: {n}");
    found
}

#[test]
fn every_form_of_every_container_gives_the_same_tensors() {
    use Container::{Npz, Pickle, Safetensors, TorchLegacy, TorchScript, TorchZip};
    let plain = ["w", "b", "n"];
    let listed = ["params.0", "params.1", "n"];
    let inside = ["G_ema.inner.w", "G_ema.b", "G_ema.n"];
    for (file, container, names, count) in [
        ("zip.pth", TorchZip, plain, 3),
        ("legacy.pth", TorchLegacy, plain, 3),
        ("nested.pth", TorchZip, ["g_ema.w", "g_ema.b", "g_ema.n"], 6),
        // The same dictionary under a second name.
        ("nested.pth", TorchZip, ["g.w", "g.b", "g.n"], 6),
        // Buffers that a state dictionary leaves out are left out here.
        ("module.pth", TorchZip, plain, 3),
        ("module_legacy.pth", TorchLegacy, plain, 3),
        ("script.pt", TorchScript, plain, 4),
        ("views.pth", TorchZip, plain, 3),
        ("views_legacy.pth", TorchLegacy, plain, 3),
        ("stored.npz", Npz, plain, 3),
        ("deflated.npz", Npz, plain, 3),
        ("fortran.npz", Npz, plain, 3),
        ("arrays_0.pkl", Pickle, listed, 3),
        ("arrays_2.pkl", Pickle, listed, 3),
        ("arrays_4.pkl", Pickle, listed, 3),
        ("arrays_5.pkl", Pickle, listed, 3),
        ("arrays_python2.pkl", Pickle, listed, 3),
        ("fortran.pkl", Pickle, plain, 3),
        ("persistent_3.pkl", Pickle, inside, 3),
        ("persistent_4.pkl", Pickle, inside, 3),
        ("table.safetensors", Safetensors, plain, 3),
    ] {
        assert_eq!(has_all_three(file, container, names).tensors.len(), count, "{file}");
    }
}

#[test]
fn plain_values_of_every_form_stand_under_their_paths() {
    for (file, name, value) in [
        ("nested.pth", "epoch", Value::Int(3)),
        ("nested.pth", "args.size", Value::Int(64)),
        ("arrays_python2.pkl", "size", Value::Float(2.5)),
        ("arrays_4.pkl", "size", Value::Float(2.5)),
        ("persistent_4.pkl", "G_ema.class_name", Value::Text("Generator".into())),
        ("persistent_4.pkl", "G_ema.inner.gain", Value::Float(0.5)),
        ("persistent_4.pkl", "G_ema._init_kwargs.z_dim", Value::Int(8)),
        ("table.safetensors", "format", Value::Text("pt".into())),
    ] {
        assert_eq!(small(file).values.get(name), Some(&value), "{file}: {name}");
    }
    // The source of a class is no value, let alone run.
    assert!(small("persistent_4.pkl").values.values().all(|v| !format!("{v:?}").contains("raise")));
}

#[test]
fn every_type_of_number_is_read() {
    let kinds = small("kinds.pth");
    assert_eq!(kinds.tensors.len(), 9);
    for name in kinds.tensors.names() {
        assert_eq!(bits(&kinds, name), [0.0f32, 1.0, 1.0, 0.0].map(f32::to_bits), "{name}");
    }
}

#[test]
fn a_file_that_ends_early_is_told_so_wherever_it_ends() {
    for entry in std::fs::read_dir(samples().join("small")).unwrap() {
        let path = entry.unwrap().path();
        let all = std::fs::read(&path).unwrap();
        // What begins like any text or archive can be told from 16 bytes on.
        for end in 16..all.len() {
            let sentence = open(&all[..end]).unwrap_err().to_string();
            let named = sentence.contains("cut short") && sentence.contains(&format!("after byte {end},"));
            assert!(named, "{} of {end} bytes: {sentence}", path.display());
        }
    }
}
