//! Pickles and archives written by hand: quirks that no sample has, and files that mean harm.

use candle_core::Device;

use super::open;
use super::write::{archive, bytes, deflate, dict, int, npy, pickle, sizes, tensor, text, torch_archive};
use crate::checkpoint::Checkpoint;

const STORAGE: [f32; 4] = [1.0, 2.0, 3.0, 4.0];

fn read(checkpoint: &Checkpoint, name: &str) -> Vec<f32> {
    let tensor = checkpoint.tensors.load(name, &Device::Cpu).unwrap();
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn w() -> Vec<u8> {
    tensor("0", 4, 0, &[4], &[1])
}

/// The refusal of an archive of PyTorch with this value in it.
fn refused(value: &[u8]) -> String {
    let sentence = open(&torch_archive(&pickle(&[value]), &STORAGE)).unwrap_err().to_string();
    assert!(!sentence.contains('\n') && sentence.len() < 400, "{sentence}");
    sentence
}

#[test]
fn an_ordered_dictionary_of_python_2_is_a_dictionary() {
    let pairs = [b"](](", &text("w")[..], &w(), b"ee"].concat();
    let state = [b"ccollections\nOrderedDict\n", &pairs[..], b"\x85R"].concat();
    let found = open(&torch_archive(&pickle(&[&state]), &STORAGE)).unwrap();
    assert_eq!(read(&found, "w"), STORAGE);
}

#[test]
fn an_archive_that_was_packed_again_still_opens() {
    let pickle =
        pickle(&[&dict(&[("w", tensor("0", 4, 2, &[2], &[1])), ("t", tensor("0", 4, 0, &[2, 2], &[1, 2]))])]);
    let found =
        open(&archive(&[("a/data.pkl", &pickle, true), ("a/data/0", &bytes(&STORAGE), true)])).unwrap();
    assert_eq!(read(&found, "w"), [3.0, 4.0]);
    assert_eq!(read(&found, "t"), [1.0, 3.0, 2.0, 4.0]);
}

#[test]
fn values_that_hold_themselves_end() {
    // l = []; l.append(l); {"l": l, "w": w}
    let list = b"]q\x00h\x00a";
    let dictionary = [b"}q\x01", &text("self")[..], b"h\x01s", &text("w"), &w(), b"s"].concat();
    for value in [dict(&[("l", list.to_vec()), ("w", w())]), dictionary] {
        let found = open(&torch_archive(&pickle(&[&value]), &STORAGE)).unwrap();
        assert_eq!(found.tensors.names().collect::<Vec<_>>(), ["w"]);
    }
    assert!(refused(list).contains("no tensors"));
    assert!(open(&pickle(&[list])).unwrap_err().to_string().contains("no tensors"));
}

#[test]
fn what_would_run_a_program_is_refused_and_other_classes_are_inert() {
    for (module, name) in
        [("posix", "system"), ("os", "system"), ("builtins", "exec"), ("subprocess", "Popen")]
    {
        let call = [format!("c{module}\n{name}\n").as_bytes(), &text("touch executed"), b"\x85R"].concat();
        let sentence = refused(&dict(&[("w", w()), ("evil", call)]));
        assert!(sentence.contains(&format!("{module}.{name}")), "{sentence}");
    }
    let stranger = [b"cmy.own\nThing\n", &text("x")[..], b"\x85R}", &text("size"), &int(8), b"sb"].concat();
    let found = open(&torch_archive(&pickle(&[&dict(&[("w", w()), ("it", stranger)])]), &STORAGE)).unwrap();
    assert_eq!(found.values.keys().collect::<Vec<_>>(), ["it.size"]);
}

#[test]
fn a_tensor_that_claims_more_than_is_there_is_refused_by_name() {
    for (length, offset, shape, strides) in [
        (4, 0, vec![i32::MAX], vec![1]),
        (4, 3, vec![2], vec![1]),
        (4, i32::MAX, vec![1], vec![1]),
        (i32::MAX, 0, vec![5], vec![1]),
        (4, 0, vec![2, 2], vec![i32::MAX, 1]),
        (4, 0, vec![i32::MAX, i32::MAX, i32::MAX], vec![0, 0, 0]),
        (4, 0, vec![i32::MAX], vec![0]),
        (4, 0, vec![2, 2], vec![1]),
    ] {
        let sentence = refused(&dict(&[("net.w", tensor("0", length, offset, &shape, &strides))]));
        assert!(sentence.contains("\"net.w\"") && sentence.contains("shape"), "{sentence}");
    }
    let missing = refused(&dict(&[("w", tensor("1", 4, 0, &[4], &[1]))]));
    assert!(missing.contains("storage \"1\" is missing"), "{missing}");
}

#[test]
fn a_pickle_for_tensorflow_is_refused_by_name() {
    let network = [b"cdnnlib.tflib.network\nNetwork\n)\x81}", &text("w")[..], &w(), b"sb"].concat();
    assert!(refused(&network).contains("TensorFlow"));
}

#[test]
fn a_tensor_by_itself_has_a_name() {
    let found = open(&torch_archive(&pickle(&[&w()]), &STORAGE)).unwrap();
    assert_eq!(found.tensors.names().collect::<Vec<_>>(), ["tensor"]);
}

#[test]
fn a_tensor_that_repeats_numbers_may_stand_for_a_few() {
    let found =
        open(&torch_archive(&pickle(&[&dict(&[("w", tensor("0", 4, 1, &[3, 2], &[0, 1]))])]), &STORAGE));
    assert_eq!(read(&found.unwrap(), "w"), [2.0, 3.0, 2.0, 3.0, 2.0, 3.0]);
}

#[test]
fn a_pickle_that_asks_for_too_much_is_stopped() {
    let marks = [b"(".repeat(100_000), b"t".repeat(100_000)].concat();
    assert!(refused(&marks).contains("inside each other"));
    let tuples = [&b"N"[..], &b"\x85".repeat(200_000)].concat();
    assert!(refused(&tuples).contains("levels"));
    assert!(refused(&b"]".repeat(2_000_000)).contains("values"));
    assert!(refused(&b"N0".repeat(5_000_000)).contains("instructions"));
    // A tree of 2^40 leaves in 80 bytes, as lists inside lists.
    let twice = [&b"N"[..], &b"2\x86".repeat(40)].concat();
    assert!(refused(&twice).contains("over and over"));
    // One dictionary of a thousand, ten thousand times.
    let many = [b"]".as_slice(), b"}(", &b"NN".repeat(1_000), b"uq\x00a", &b"h\x00a".repeat(10_000)].concat();
    assert!(refused(&many).contains("over and over"));
    let long = "x".repeat(1000);
    assert!(refused(&dict(&[(&long, w())])).contains("no tensors"));
}

#[test]
fn lengths_beyond_the_file_are_told_with_their_place() {
    for instruction in
        [&b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"[..], b"X\xff\xff\xff\xff", b"\x8b\xff\xff\xff\x7f"]
    {
        let file = [b"\x80\x02", instruction].concat();
        let sentence = open(&file).unwrap_err().to_string();
        assert!(sentence.contains(&format!("after byte {}", file.len())), "{sentence}");
    }
    assert!(open(b"\x80\x02\x8e\xff\xff\xff\xff\xff\xff\xff\xff.").is_err());
}

#[test]
fn bytes_that_are_no_pickle_are_told_with_their_place() {
    for nonsense in
        [&b"\xee"[..], b"t", b"0", b"h\x07", b"R", b"Nb", b"Ixyz\n", b"Sabc\n", b"o", b"NNs", b"(o"]
    {
        let sentence = open(&pickle(&[nonsense])).unwrap_err().to_string();
        assert!(sentence.contains("byte") || sentence.contains("no tensors"), "{nonsense:?}: {sentence}");
    }
}

#[test]
fn an_array_whose_header_lies_is_refused_by_name() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }";
    let lying = npy(header, &bytes(&STORAGE));
    for deflated in [false, true] {
        let sentence = open(&archive(&[("w.npy", &lying, deflated)])).unwrap_err().to_string();
        assert!(sentence.contains("\"w\""), "{sentence}");
    }
    let sentence = open(&archive(&[("w.npy", b"\x93NUMPY\x09", false)])).unwrap_err().to_string();
    assert!(sentence.contains("header"), "{sentence}");
    let big = npy("{'descr': '>f4', 'fortran_order': False, 'shape': (4,), }", &bytes(&STORAGE));
    assert!(open(&archive(&[("w.npy", &big, false)])).unwrap_err().to_string().contains("big-endian"));
}

#[test]
fn members_that_are_no_arrays_are_passed_over() {
    let array = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", &bytes(&STORAGE));
    let words = npy("{'descr': '|S3', 'fortran_order': False, 'shape': (), }", b"abc");
    let record = npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", &[0; 4]);
    let members = [("w.npy", &array[..], true), ("s.npy", &words, true), ("r.npy", &record, false)];
    let found = open(&archive(&members)).unwrap();
    assert_eq!(found.tensors.names().collect::<Vec<_>>(), ["w"]);
    assert_eq!(read(&found, "w"), STORAGE);
}

#[test]
fn packed_bytes_that_are_damaged_are_told_when_they_are_read() {
    let numbers: Vec<f32> = (0..4000u16).map(f32::from).collect();
    let array = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4000,), }", &bytes(&numbers));
    let mut file = archive(&[("w.npy", &array, true)]);
    let middle = deflate(&array).len() / 2;
    file[middle..middle + 200].fill(0xff);
    if let Ok(found) = open(&file) {
        let error = found.tensors.load("w", &Device::Cpu).unwrap_err().to_string();
        assert!(error.contains("\"w\"") && error.contains("damaged"), "{error}");
    }
}

#[test]
fn reading_can_be_watched_and_stopped() {
    let found = open(&torch_archive(&pickle(&[&dict(&[("w", w())])]), &STORAGE)).unwrap();
    assert_eq!(found.tensors.stored_bytes(), 16);
    read(&found, "w");
    assert_eq!(found.tensors.monitor().bytes_read(), 16);
    found.tensors.monitor().cancel();
    let stopped = found.tensors.under("").load("w", &Device::Cpu);
    assert!(matches!(stopped, Err(crate::Error::Cancelled)));
}

#[test]
fn a_shape_with_a_nonsense_size_is_no_tensor() {
    let negative = tensor("0", 4, 0, &[-1], &[1]);
    assert!(refused(&dict(&[("w", negative)])).contains("no tensors"));
    let call = [b"ctorch._utils\n_rebuild_tensor_v2\n", &sizes(&[1, 2, 3, 4])[..], b"R"].concat();
    assert!(refused(&dict(&[("w", call)])).contains("no tensors"));
}
