//! What a program is given: pipes, devices, files that mean no good, numbers without measure.

use super::*;

/// Every subcommand that opens a model; `IN` stands for the model.
const MODELS: [&str; 20] = [
    "generate --model IN --out o.png",
    "generate --model IN --out o.npy",
    "draw --model IN --edge m.png --out o.png",
    "draw --model IN --edge m.png --solver igan --out o.png",
    "project --model IN --image photo.png --out o.png",
    "edit --model IN --photo photo.png --edge m.png --out o.png",
    "morph --model IN --from z.npy --to z.npy --out o.gif",
    "plane --model IN --out o.png",
    "convert IN copy",
    "inspect IN",
    "inspect IN --json",
    "evaluate IN --data creature --count 16",
    "bench step --model IN --batch 1 --seconds 0",
    "bench match --model IN --strokes strokes",
    "bench response --model IN --moves 1",
    "bench slide --model IN --moves 1",
    "train --data creature --pictures 32 --recipe encoder --steps 1 --model IN --out new",
    "train --data creature --pictures 32 --size 16 --width 8 --latent 8 --steps 1 --model IN --out new",
    "enlarge --model IN --image photo.png --out o.png",
    "generate --model tiny --enlarge IN --count 1 --out o.png",
];

/// Every other option that a file is read by.
const READERS: [&str; 19] = [
    "draw --model tiny --color IN --color-mask m.png --out o.png",
    "draw --model tiny --color c.png --color-mask IN --out o.png",
    "draw --model tiny --edge IN --out o.png",
    "generate --model tiny --latents IN --out o.png",
    "project --model tiny --image IN --out o.png",
    "edit --model tiny --photo IN --edge m.png --out o.png",
    "edit --model tiny --photo photo.png --color IN --color-mask m.png --out o.png",
    "edit --model tiny --photo photo.png --color c.png --color-mask IN --out o.png",
    "edit --model tiny --photo photo.png --edge IN --out o.png",
    "edit --model tiny --photo photo.png --edge m.png --keep IN --out o.png",
    "morph --model tiny --from IN --to z.npy --out o.png",
    "morph --model tiny --from z.npy --to IN --out o.png",
    "plane --model tiny --corners IN --out o.png",
    "bench match --model tiny --strokes strokes --until IN",
    "bench match --model tiny --strokes IN",
    "enlarge --model large --image IN --out o.png",
    "evaluate tiny --data IN",
    "evaluate large --data IN",
    "train --data IN --size 16 --steps 1 --out new",
];

fn given<'a>(line: &'a str, file: &'a str) -> Vec<&'a str> {
    line.split(' ').map(|argument| if argument == "IN" { file } else { argument }).collect()
}

/// Gives a file to every option, and in a folder of strokes; `files` are refused by name.
fn refused_everywhere(folder: &Path, files: &[&str]) -> usize {
    let mut count = 0;
    for file in files {
        for line in MODELS.iter().chain(&READERS) {
            let all = given(line, file);
            let said = refusal(&limited(folder, "ulimit -v 8000000", &all), &all);
            assert!(said.contains(file), "{all:?}: {said}");
            count += 1;
        }
        for name in ["color.png", "color_mask.png", "edge.png"] {
            let strokes = folder.join("mixed/one");
            fs::create_dir_all(&strokes).unwrap();
            for good in ["color.png", "color_mask.png"] {
                fs::copy(folder.join("strokes/one").join(good), strokes.join(good)).unwrap();
            }
            let _ = fs::remove_file(strokes.join(name));
            std::os::unix::fs::symlink(folder.join(file), strokes.join(name)).unwrap();
            let all = ["bench", "match", "--model", "tiny", "--strokes", "mixed"];
            let said = refusal(&limited(folder, "ulimit -v 8000000", &all), &all);
            assert!(said.contains(name) || said.contains("mixed"), "{name} {file}: {said}");
            count += 1;
            fs::remove_dir_all(folder.join("mixed")).unwrap();
        }
    }
    let left: Vec<_> =
        ["o.png", "o.npy", "o.gif", "copy", "new"].into_iter().filter(|o| folder.join(o).exists()).collect();
    assert!(left.is_empty(), "{left:?}");
    count
}

/// A training and a measurement leave such a file out of a folder of good pictures, and say so.
fn left_out_of_a_folder(folder: &Path, file: &str) -> usize {
    let data = folder.join("data");
    fs::create_dir(&data).unwrap();
    for i in 0..32 {
        fs::copy(folder.join("photo.png"), data.join(format!("{i}.png"))).unwrap();
    }
    std::os::unix::fs::symlink(folder.join(file), data.join("strange.png")).unwrap();
    let lines = [
        "train --data data --size 16 --width 8 --batch 4 --latent 8 --steps 1 --out new",
        "evaluate tiny --data data --count 16 --reconstructions 0 --strokes 0",
        "evaluate large --data data --count 16",
    ];
    for line in lines {
        let all = given(line, file);
        let output = limited(folder, "ulimit -v 8000000", &all);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("strange.png"), "{line}: {text}");
    }
    lines.len()
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_pipe_or_a_device_is_no_file() {
    let folder = folder();
    fifo(&folder.path().join("pipe.png"));
    let count = refused_everywhere(folder.path(), &["pipe.png", "/dev/zero", "/dev/tty"]);
    told("pipes and devices", count + left_out_of_a_folder(folder.path(), "pipe.png"));
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
    let count = refused_everywhere(folder.path(), &["bomb.png", "sparse"]);
    told("huge files", count + left_out_of_a_folder(folder.path(), "bomb.png"));
}

#[test]
fn numbers_without_measure_are_refused_with_what_fits() {
    let folder = folder();
    let lines = [
        "generate --model tiny --out o.png --count",
        "plane --model tiny --out o.png --side",
        "morph --model tiny --from z.npy --to z.npy --out o.png --frames",
        "draw --model tiny --edge m.png --out o.png --candidates",
        "draw --model tiny --edge m.png --out o.png --top-k",
        "draw --model tiny --edge m.png --out o.png --iters",
        "project --model tiny --image photo.png --out o.png --iters",
        "edit --model tiny --photo photo.png --edge m.png --out o.png --iters",
        "render creature --out o --count",
        "render creature --out o --size",
        "evaluate tiny --data creature --count",
        "evaluate tiny --data creature --count 16 --reconstructions",
        "evaluate tiny --data creature --count 16 --strokes",
        "evaluate tiny --data creature --count 16 --evaluations",
        "train --data creature --out o --size",
        "train --data creature --out o --width",
        "train --data creature --out o --batch",
        "train --data creature --out o --latent",
        "train --data creature --out o --pictures",
        "bench step --width",
        "bench step --model tiny --batch",
        "bench train --width",
        "bench train --batch",
        "bench response --model tiny --moves",
        "bench slide --model tiny --moves",
        "evaluate large --data landscape --count",
        "enlarge --model large --image photo.png --out o.png --factor",
        "train --data landscape --recipe enlarge --out o --patch",
        "train --data landscape --recipe enlarge --out o --blocks",
        "train --data landscape --recipe enlarge --out o --batch",
    ];
    let values = ["1000000000", "99999999999999999999999999", "-1", "1.5"];
    for line in lines {
        let option = line.rsplit("--").next().unwrap();
        for value in values {
            let case: Vec<&str> = line.split(' ').chain([value]).collect();
            let output = limited(folder.path(), "ulimit -v 8000000", &case);
            let said = String::from_utf8_lossy(&output.stderr);
            // 2 where the words alone are wrong.
            assert!(matches!(output.status.code(), Some(1 | 2)), "{case:?}: {said}");
            assert!(said.contains(option) || said.contains("pictures"), "{case:?}: {said}");
            assert!(!said.contains("unexpected argument") && !said.contains("panicked"), "{case:?}: {said}");
        }
    }
    for (line, fits) in [
        ("bench step --width 100000", "--width "),
        ("train --data creature --out o --size 256 --architecture dcgan --width 1024", "would fit"),
        ("morph --model tiny --from z.npy --to z.npy --frames 1024 --out o.webp", "--frames 910 fits"),
    ] {
        let case: Vec<&str> = line.split(' ').collect();
        let said = refusal(&run(folder.path(), &case), &case);
        assert!(said.contains(fits), "{line}: {said}");
    }
    assert!(!folder.path().join("o").exists() && !folder.path().join("o.png").exists());
    told("counts", lines.len() * values.len() + 3);
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
    for line in MODELS {
        let user = given(line, "tiny");
        let said = refusal(&run(folder.path(), &user), &user);
        assert!(said.contains("finite"), "{user:?}: {said}");
    }
    let left: Vec<_> = ["o.png", "o.npy", "o.gif", "copy", "new"]
        .into_iter()
        .filter(|name| folder.path().join(name).exists())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    told("poisoned weights", MODELS.len());
}
