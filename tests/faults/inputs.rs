//! What a program is given: pipes, devices, files that mean no good, numbers without measure, a reader that goes away.

use super::*;

/// Every option that a file is read by; `IN` stands for the file.
const READERS: [&[&str]; 14] = [
    &["draw", "--model", "tiny", "--color", "IN", "--color-mask", "m.png", "--out", "o.png"],
    &["draw", "--model", "tiny", "--color", "c.png", "--color-mask", "IN", "--out", "o.png"],
    &["draw", "--model", "tiny", "--edge", "IN", "--out", "o.png"],
    &["draw", "--model", "IN", "--edge", "m.png", "--out", "o.png"],
    &["generate", "--model", "tiny", "--latents", "IN", "--out", "o.png"],
    &["generate", "--model", "IN", "--out", "o.png"],
    &["project", "--model", "tiny", "--image", "IN", "--out", "o.png"],
    &["morph", "--model", "tiny", "--from", "IN", "--to", "z.npy", "--out", "o.png"],
    &["morph", "--model", "tiny", "--from", "z.npy", "--to", "IN", "--out", "o.png"],
    &["plane", "--model", "tiny", "--corners", "IN", "--out", "o.png"],
    &["inspect", "IN"],
    &["convert", "IN", "copy"],
    &["bench", "match", "--model", "tiny", "--strokes", ".", "--until", "IN"],
    &["train", "--data", "IN", "--size", "16", "--minutes", "0.005", "--out", "new"],
];

fn given<'a>(reader: &[&'a str], file: &'a str) -> Vec<&'a str> {
    reader.iter().map(|argument| if *argument == "IN" { file } else { argument }).collect()
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_pipe_or_a_device_is_no_file() {
    let folder = folder();
    fifo(&folder.path().join("pipe.png"));
    let files = ["pipe.png", "/dev/zero", "/dev/tty"];
    for reader in READERS {
        for file in files {
            let all = given(reader, file);
            let said = refusal(&limited(folder.path(), "ulimit -v 8000000", &all), &all);
            assert!(said.contains(file), "{all:?}: {said}");
        }
    }
    // Among good pictures they are left out.
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::copy(folder.path().join("photo.png"), data.join("a.png")).unwrap();
    fs::copy(folder.path().join("c.png"), data.join("c.png")).unwrap();
    fifo(&data.join("b.png"));
    let train = [&FOLDERS[4].arguments[3..], &["new", "--data", "data"]].concat();
    let train = [&["train"], train.as_slice()].concat();
    let output = run(
        folder.path(),
        &train.iter().filter(|a| !["--pictures", "32"].contains(a)).copied().collect::<Vec<_>>(),
    );
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("b.png"), "{text}");
    told("pipes and devices", READERS.len() * files.len() + 1);
}

/// A PNG file of a few bytes with so many black pixels.
fn bomb(path: &Path, side: u32) {
    let mut small = Vec::new();
    image::GrayImage::new(1, 1)
        .write_to(&mut std::io::Cursor::new(&mut small), image::ImageFormat::Png)
        .unwrap();
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
        })
    };
    small[16..20].copy_from_slice(&side.to_be_bytes());
    small[20..24].copy_from_slice(&side.to_be_bytes());
    let check = crc(&small[12..29]).to_be_bytes();
    small[29..33].copy_from_slice(&check);
    fs::write(path, small).unwrap();
}

#[test]
fn a_file_that_asks_for_more_than_there_is_is_refused() {
    let folder = folder();
    bomb(&folder.path().join("bomb.png"), 22_000);
    fs::File::create(folder.path().join("sparse")).unwrap().set_len(3 << 30).unwrap();
    for file in ["bomb.png", "sparse"] {
        for reader in READERS {
            let all = given(reader, file);
            let said = refusal(&limited(folder.path(), "ulimit -v 8000000", &all), &all);
            assert!(said.contains(file), "{all:?}: {said}");
        }
    }
    told("huge files", 2 * READERS.len());
}

#[test]
fn numbers_without_measure_are_refused_with_what_fits() {
    let folder = folder();
    let many = "1000000000";
    let cases: [&[&str]; 14] = [
        &["generate", "--model", "tiny", "--out", "o.png", "--count", many],
        &["plane", "--model", "tiny", "--out", "o.png", "--side", many],
        &["morph", "--model", "tiny", "--from", "z.npy", "--to", "z.npy", "--out", "o.png", "--frames", many],
        &["draw", "--model", "tiny", "--edge", "m.png", "--out", "o.png", "--candidates", many],
        &["draw", "--model", "tiny", "--edge", "m.png", "--out", "o.png", "--top-k", many],
        &["draw", "--model", "tiny", "--edge", "m.png", "--out", "o.png", "--iters", many],
        &["project", "--model", "tiny", "--image", "photo.png", "--out", "o.png", "--iters", many],
        &["render", "creature", "--out", "o", "--count", many],
        &["bench", "step", "--width", many],
        &["bench", "step", "--width", "100000"],
        &["bench", "step", "--model", "tiny", "--batch", many],
        &["bench", "train", "--width", many],
        &["bench", "train", "--batch", many],
        &["bench", "response", "--model", "tiny", "--moves", many],
    ];
    for case in cases {
        let said = refusal(&limited(folder.path(), "ulimit -v 8000000", case), case);
        let option = case.iter().rev().find(|a| a.starts_with("--")).unwrap();
        assert!(said.contains(&option[2..]) || said.contains("pictures"), "{case:?}: {said}");
    }
    assert!(!folder.path().join("o").exists() && !folder.path().join("o.png").exists());
    told("counts", cases.len());
}

#[test]
fn a_reader_that_goes_away_or_a_full_disk_behind_the_output_is_no_surprise() {
    let folder = folder();
    for arguments in PRINTERS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = command(folder.path(), PROGRAM, arguments).stdout(writer).spawn().unwrap();
        let output = end(child, arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 141)), "{arguments:?}: {:?} {text}", output.status);
        assert!(!text.contains("panicked") && !text.contains("latent-studio: "), "{arguments:?}: {text}");

        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = end(command(folder.path(), PROGRAM, arguments).stdout(full).spawn().unwrap(), arguments);
        let said = refusal(&output, arguments);
        assert!(said.contains("standard output: No space left"), "{arguments:?}: {said}");

        // Where nobody hears complaints either.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let all = [arguments, &["--no-such-option"]].concat();
        let output = end(command(folder.path(), PROGRAM, &all).stderr(writer).spawn().unwrap(), &all);
        assert_eq!(output.status.code(), Some(2), "{all:?}");
    }
    told("closed pipes", 3 * PRINTERS.len());
}

#[test]
fn weights_that_are_no_numbers_are_refused_by_name() {
    let folder = folder();
    let path = folder.path().join("tiny/weights.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    // A whole page of the last tensor.
    let end = bytes.len();
    bytes[end - 64..].chunks_exact_mut(4).for_each(|number| number.copy_from_slice(&f32::NAN.to_le_bytes()));
    fs::write(&path, bytes).unwrap();
    let users: [&[&str]; 11] = [
        &["generate", "--model", "tiny", "--out", "o.png"],
        &["generate", "--model", "tiny", "--out", "o.npy"],
        DRAW,
        PROJECT,
        &["morph", "--model", "tiny", "--from", "z.npy", "--to", "z.npy", "--out", "o.gif"],
        &["plane", "--model", "tiny", "--out", "o.png"],
        &["convert", "tiny", "copy"],
        &["inspect", "tiny"],
        &["inspect", "tiny", "--json"],
        &["evaluate", "tiny", "--data", "creature", "--count", "16"],
        &["bench", "step", "--model", "tiny", "--batch", "1", "--seconds", "0"],
    ];
    for user in users {
        let said = refusal(&run(folder.path(), user), user);
        assert!(said.contains("finite"), "{user:?}: {said}");
    }
    let left: Vec<_> = ["o.png", "o.npy", "o.gif", "g.png", "copy"]
        .into_iter()
        .filter(|name| folder.path().join(name).exists())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    told("poisoned weights", users.len());
}
