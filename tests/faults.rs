//! Faults, by class, over every subcommand that they concern: nothing lost, nothing silent. The table of docs/robustness.md
//! has the counts that `cargo test --test faults -- --nocapture` prints.

// Helpers of tests fail as loudly as the tests themselves.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

#[path = "faults/inputs.rs"]
mod inputs;
#[path = "faults/killed.rs"]
mod killed;
#[path = "faults/memory.rs"]
mod memory;
#[path = "faults/outputs.rs"]
mod outputs;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use latent_engine::Picture;

const PROGRAM: &str = env!("CARGO_BIN_EXE_latent-studio");
/// Far longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// What was there before.
const PRECIOUS: &[u8] = b"precious";

/// A subcommand that writes: its arguments, and the file or folder that it is given as the last one.
struct Writer {
    arguments: &'static [&'static str],
    out: &'static str,
}

const DRAW: &[&str] = &[
    "draw",
    "--model",
    "tiny",
    "--color",
    "c.png",
    "--color-mask",
    "m.png",
    "--iters",
    "2",
    "--out",
    "g.png",
];
const PROJECT: &[&str] =
    &["project", "--model", "tiny", "--image", "photo.png", "--iters", "2", "--out", "g.png"];

const EDIT: &[&str] = &[
    "edit",
    "--model",
    "tiny",
    "--photo",
    "photo.png",
    "--color",
    "c.png",
    "--color-mask",
    "m.png",
    "--iters",
    "2",
    "--out",
    "g.png",
];

/// Every subcommand that writes a file, in every format.
static FILES: LazyLock<Vec<(Vec<&'static str>, &'static str)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    let generate = ["generate", "--model", "tiny", "--count", "4", "--out"];
    for out in ["o.png", "o.jpg", "o.webp", "o.gif", "o.npy"] {
        all.push((generate.to_vec(), out));
    }
    let draw = &DRAW[..DRAW.len() - 1];
    let project = &PROJECT[..PROJECT.len() - 1];
    all.push((draw.to_vec(), "o.png"));
    all.push(([DRAW, &["--trace"]].concat(), "o.jsonl"));
    all.push(([DRAW, &["--latents"]].concat(), "o.npy"));
    all.push((project.to_vec(), "o.png"));
    all.push(([PROJECT, &["--latents"]].concat(), "o.npy"));
    all.push((EDIT[..EDIT.len() - 1].to_vec(), "o.png"));
    all.push(([EDIT, &["--small"]].concat(), "o.png"));
    all.push(([EDIT, &["--latents"]].concat(), "o.npy"));
    let morph = ["morph", "--model", "tiny", "--from", "z.npy", "--to", "z.npy", "--frames", "3", "--out"];
    all.push((morph.to_vec(), "o.gif"));
    all.push((morph.to_vec(), "o.png"));
    all.push((vec!["plane", "--model", "tiny", "--side", "2", "--out"], "o.png"));
    all.push((vec!["generate", "--model", "tiny", "--count", "2", "--enlarge", "large", "--out"], "o.png"));
    for out in ["o.png", "o.jpg", "o.webp", "o.gif"] {
        all.push((vec!["enlarge", "--model", "large", "--image", "photo.png", "--out"], out));
    }
    all
});

/// An enlarger of a few weights.
const ENLARGER: &str = "train --data landscape --pictures 32 --recipe enlarge --size 64 --patch 32 --width 8 --blocks 1 \
                        --batch 2 --steps 1 --out";

/// Every subcommand that writes a folder.
const FOLDERS: [Writer; 5] = [
    Writer { arguments: &["convert", "tiny"], out: "folder" },
    Writer { arguments: &["render", "creature", "--size", "16", "--count", "9", "--out"], out: "folder" },
    Writer {
        arguments: &["render", "landscape", "--size", "16", "--count", "2", "--maps", "--out"],
        out: "folder",
    },
    Writer { arguments: &["man", "--out"], out: "folder" },
    Writer {
        arguments: &[
            "train",
            "--data",
            "creature",
            "--pictures",
            "32",
            "--size",
            "16",
            "--width",
            "8",
            "--batch",
            "4",
            "--latent",
            "8",
            "--minutes",
            "0.005",
            "--out",
        ],
        out: "folder",
    },
];

/// A folder with a small model, strokes (also in a folder of their own), a photo and latents.
fn folder() -> tempfile::TempDir {
    static MODEL: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let train = FOLDERS[4].arguments;
        let output = run(folder.path(), &[train, &["tiny"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let train: Vec<&str> = ENLARGER.split_whitespace().chain(["large"]).collect();
        let output = run(folder.path(), &train);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        folder
    });
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for model in ["tiny", "large"] {
        fs::create_dir(at(model)).unwrap();
        for name in ["weights.safetensors", "model.toml"] {
            fs::copy(MODEL.path().join(model).join(name), at(model).join(name)).unwrap();
        }
    }
    Picture::filled(16, 16, [60, 120, 50]).save(at("c.png")).unwrap();
    Picture::filled(16, 16, [255; 3]).save(at("m.png")).unwrap();
    Picture::filled(40, 20, [60, 120, 50]).save(at("photo.png")).unwrap();
    latent_engine::checkpoint::npy::write_latents(&at("z.npy"), &[vec![0.5f32; 8]]).unwrap();
    fs::create_dir_all(at("strokes/one")).unwrap();
    for (from, to) in [("c.png", "color.png"), ("m.png", "color_mask.png")] {
        fs::copy(at(from), at("strokes/one").join(to)).unwrap();
    }
    folder
}

fn command(folder: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(display);
    }
    command
}

/// Waits for the program's end, which must come.
fn end(mut child: Child, what: &[&str]) -> Output {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{what:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    end(command(folder, PROGRAM, arguments).spawn().unwrap(), arguments)
}

/// The program under a limit of the shell's.
fn limited(folder: &Path, limit: &str, arguments: &[&str]) -> Output {
    let script = format!("trap '' XFSZ; {limit}; exec \"$0\" \"$@\"");
    let all = [&["-c", script.as_str(), PROGRAM], arguments].concat();
    end(command(folder, "sh", &all).spawn().unwrap(), arguments)
}

/// The one sentence of a refusal.
fn refusal(output: &Output, what: &[&str]) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{what:?}: {text}");
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("latent-studio: ")).collect();
    assert_eq!(lines.len(), 1, "{what:?}: {text}");
    assert!(!text.contains("panicked"), "{what:?}: {text}");
    lines[0].to_owned()
}

/// Files in a folder that nobody asked for.
fn leftovers(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('.') || name.ends_with(".part")).collect()
}

fn told(class: &str, count: usize) {
    println!("{class}: {count} runs");
}

#[test]
fn a_full_disk_is_said_and_what_was_there_stays() {
    let folder = folder();
    let out = |name: &str| folder.path().join(name);
    for (arguments, name) in FILES.iter() {
        fs::write(out(name), PRECIOUS).unwrap();
        let all = [arguments.as_slice(), &[*name]].concat();
        let said = refusal(&limited(folder.path(), "ulimit -f 0", &all), &all);
        assert!(said.contains("o.") || said.contains("g.png"), "{all:?}: {said}");
        assert_eq!(fs::read(out(name)).unwrap(), PRECIOUS, "{all:?}");
    }
    for Writer { arguments, out: name } in &FOLDERS {
        let below = format!("new/{name}");
        let all = [*arguments, &[below.as_str()]].concat();
        let said = refusal(&limited(folder.path(), "ulimit -f 0", &all), &all);
        assert!(said.contains(name), "{all:?}: {said}");
        assert!(!out("new").exists(), "{all:?}: {:?}", walk(&out("new")));
    }
    assert!(leftovers(folder.path()).is_empty(), "{:?}", leftovers(folder.path()));
    told("full disk", FILES.len() + FOLDERS.len());
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let below = |path: std::path::PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(|entry| below(entry.unwrap().path())).collect()
}

#[test]
fn what_is_write_protected_or_has_no_place_is_refused_by_name_before_the_work() {
    let folder = folder();
    let mut count = 0;
    for (arguments, name) in FILES.iter() {
        let path = folder.path().join(name);
        fs::write(&path, PRECIOUS).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        fs::create_dir_all(folder.path().join("is")).unwrap();
        fs::create_dir_all(folder.path().join("is").join(name)).unwrap();
        let (sys, missing, inside) = (format!("/sys/{name}"), format!("no/{name}"), format!("is/{name}"));
        for out in [*name, &sys, &missing, &inside] {
            let all = [arguments.as_slice(), &[out]].concat();
            let said = refusal(&run(folder.path(), &all), &all);
            assert!(said.contains(name) && !said.contains(".part"), "{all:?}: {said}");
            count += 1;
        }
        assert_eq!(fs::read(&path).unwrap(), PRECIOUS);
        fs::remove_file(&path).unwrap();
    }
    for Writer { arguments, .. } in &FOLDERS {
        for out in ["/sys/folder", "photo.png", "photo.png/below"] {
            let all = [*arguments, &[out]].concat();
            let said = refusal(&run(folder.path(), &all), &all);
            assert!(said.contains("folder") || said.contains("photo.png"), "{all:?}: {said}");
            count += 1;
        }
    }
    assert!(!folder.path().join("g.png").exists(), "nothing is written when something is refused");
    told("read-only", count);
}

#[test]
fn an_ending_that_can_not_be_written_touches_nothing() {
    let folder = folder();
    let mut count = 0;
    for (arguments, _) in FILES.iter().filter(|(_, name)| name.ends_with(".png")) {
        for name in ["keep.tif", "keep.bmp", "keep.ico", "keep.avif", "keep"] {
            fs::write(folder.path().join(name), PRECIOUS).unwrap();
            let all = [arguments.as_slice(), &[name]].concat();
            let said = refusal(&run(folder.path(), &all), &all);
            assert!(said.contains(name) && said.contains("can't be written"), "{all:?}: {said}");
            assert_eq!(fs::read(folder.path().join(name)).unwrap(), PRECIOUS);
            count += 1;
        }
    }
    let morph = [
        "morph",
        "--model",
        "tiny",
        "--from",
        "z.npy",
        "--to",
        "z.npy",
        "--frames",
        "1024",
        "--out",
        "keep.webp",
    ];
    fs::write(folder.path().join("keep.webp"), PRECIOUS).unwrap();
    let said = refusal(&run(folder.path(), &morph), &morph);
    assert!(said.contains("--frames 910 fits"), "{said}");
    assert_eq!(fs::read(folder.path().join("keep.webp")).unwrap(), PRECIOUS);
    told("refused endings", count + 1);
}
