//! One small generator in every container: each gives the same numbers.

use candle_core::Device;
use half::{bf16, f16};

use super::samples;
use crate::checkpoint::{Checkpoint, Container, TensorTable, Value};

fn sample(file: &str) -> Checkpoint {
    Checkpoint::open(&samples().join(file)).unwrap()
}

fn numbers(table: &TensorTable, name: &str) -> Vec<f32> {
    table.load(name, &Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

/// Compares names, shapes and numbers with the file that PyTorch writes by default.
fn agrees(file: &str, container: Container, prefix: &str, rounded: fn(f32) -> f32) {
    let (expected, found) = (sample("zip.pth"), sample(file));
    assert_eq!(found.container, container, "{file}");
    let tensors = found.tensors.under(prefix);
    let names = |table: &TensorTable| table.names().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(&tensors), names(&expected.tensors), "{file}");
    for name in expected.tensors.names() {
        // NumPy makes an array in Fortran's order of a single number one of a dimension.
        let scalar = file == "fortran_f64.npz" && tensors.shape(name) == Some(&[1]);
        assert!(scalar || tensors.shape(name) == expected.tensors.shape(name), "{file}: {name}");
        let expected: Vec<u32> =
            numbers(&expected.tensors, name).into_iter().map(|v| rounded(v).to_bits()).collect();
        let found: Vec<u32> = numbers(&tensors, name).into_iter().map(f32::to_bits).collect();
        assert!(found == expected, "{file}: {name}");
    }
}

#[test]
fn every_container_gives_the_same_tensors_bit_for_bit() {
    let same = |v| v;
    assert_eq!(sample("zip.pth").tensors.len(), 25);
    for (file, prefix) in [
        ("channels_last.pth", ""),
        ("double.pth", ""),
        ("module_prefix.pth", "module"),
        ("nested_netG_opt_args.pth", "netG"),
        ("parameters_requires_grad.pth", ""),
        ("shared_storage_views.pth", ""),
        ("stem_of_21_characters.pth", ""),
        ("whole_module_zip.pt", ""),
    ] {
        agrees(file, Container::TorchZip, prefix, same);
    }
    agrees("half.pth", Container::TorchZip, "", |v| f16::from_f32(v).to_f32());
    agrees("bf16.pth", Container::TorchZip, "", |v| bf16::from_f32(v).to_f32());
    agrees("legacy.pth", Container::TorchLegacy, "", same);
    agrees("torchscript_trace.pt", Container::TorchScript, "", same);
    agrees("st.safetensors", Container::Safetensors, "", same);
    for file in ["plain.npz", "compressed.npz", "fortran_f64.npz"] {
        agrees(file, Container::Npz, "", same);
    }
}

#[test]
fn plain_values_stand_beside_the_tensors() {
    let nested = sample("nested_netG_opt_args.pth");
    assert_eq!(nested.values["epoch"], Value::Int(7));
    assert_eq!(nested.values["flag"], Value::Bool(true));
    assert!(nested.values.keys().any(|name| name.starts_with("args.")), "{:?}", nested.values);
    assert!(nested.tensors.contains("optim.state.0.exp_avg") || nested.tensors.len() > 25);
}
