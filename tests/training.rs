//! Training as it goes wrong: the program is killed, the disk is full, the pictures are no good.

// Helpers of tests fail as loudly as the tests themselves.
#![allow(clippy::unwrap_used)]

#[path = "training/asked.rs"]
mod asked;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use latent_engine::Picture;
use latent_engine::rng::Rng;
use latent_engine::train::{Gan, Trainer as _};

/// Networks small enough for a test.
const TINY: [&str; 8] = ["--size", "16", "--width", "8", "--batch", "4", "--latent", "8"];
/// Longer than any machine takes to start the program and make a few steps.
const PATIENCE: Duration = Duration::from_secs(120);

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latent-studio"));
    command.args(arguments).current_dir(folder);
    command
}

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The one line that a refusal says.
fn one_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("latent-studio: ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    one_line(&program(folder, arguments).output().unwrap())
}

/// A training that goes on in the background, and is killed at the end of a test at the latest: by SIGKILL on Unix, about
/// which the program can't do anything.
struct Background(Child);

impl Background {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self(program(folder, arguments).stderr(Stdio::null()).spawn().unwrap())
    }

    fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended by itself, which the test tells.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder with pictures of a world in `world`.
fn with_pictures(count: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), &["render", "landscape", "--count", count, "--size", "16", "--out", "world"]);
    folder
}

/// `train` on that world with a checkpoint after every step, and the state that it keeps.
fn training(folder: &Path, minutes: &'static str) -> (Vec<&'static str>, PathBuf) {
    let train = ["train", "--data", "world", "--out", "mine", "--resume", "--checkpoint-every", "0"];
    let arguments = [&train[..], &TINY, &["--minutes", minutes]].concat();
    (arguments, folder.join("mine/run/state.safetensors"))
}

/// The steps of a state, which has to be whole.
fn steps(state: &Path) -> u64 {
    Gan::load(state).unwrap().0.steps()
}

#[test]
fn a_killed_training_loses_nothing_older_than_its_last_checkpoint() {
    let folder = with_pictures("6");
    let (train, state) = training(folder.path(), "60");
    let mut rng = Rng::new(7);
    let mut known = 0;
    for round in 0..6 {
        let mut child = Background::start(folder.path(), &train);
        let began = Instant::now();
        // Each look at the state is one at a random moment, too: it must be whole whenever there is one.
        let mut seen = known;
        while seen < known + 3 {
            assert!(began.elapsed() < PATIENCE, "round {round}: no step after {known}");
            assert!(child.runs(), "round {round}: the training ended by itself");
            std::thread::sleep(Duration::from_millis(5));
            if state.exists() {
                let now = steps(&state);
                assert!(now >= seen, "round {round}: {now} steps after {seen}");
                seen = now;
            }
        }
        std::thread::sleep(Duration::from_micros(rng.below(30_000) as u64));
        drop(child);
        known = steps(&state);
        assert!(known >= seen, "round {round}: {known} steps after {seen}");
    }
    // A run whose time is over only writes its model.
    let (train, _) = training(folder.path(), "0.0001");
    let told = succeeds(folder.path(), &train);
    assert!(told.contains(&format!("{known} steps")), "{told} after {known}");
}

// Elsewhere there is no limit on the size of files that a test could set.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_the_run_with_the_last_checkpoint_intact() {
    let folder = with_pictures("6");
    let (train, state) = training(folder.path(), "0.005");
    succeeds(folder.path(), &train);
    let (before, done) = (std::fs::read(&state).unwrap(), steps(&state));
    assert!(done > 0);

    // No file may grow beyond some kilobytes, and the signal that would say so is ignored: writing fails in the middle of
    // a file, as it does when a disk is full.
    let (train, _) = training(folder.path(), "60");
    let full = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_latent-studio")])
        .args(&train)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let line = one_line(&full);
    assert!(line.contains("state.safetensors"), "{line}");
    assert_eq!(std::fs::read(&state).unwrap(), before);
    assert!(!state.with_file_name("state.safetensors.part").exists(), "half a file is of no use");

    // With room again, it goes on from there.
    let mut child = Background::start(folder.path(), &train);
    let began = Instant::now();
    while steps(&state) == done {
        assert!(child.runs() && began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn pictures_that_nothing_can_be_learned_from_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["empty", "letters", "one", "small"] {
        std::fs::create_dir(at.join(name)).unwrap();
    }
    std::fs::write(at.join("letters/a.txt"), "dear painter").unwrap();
    std::fs::write(at.join("letters/b.png"), "dear painter").unwrap();
    Picture::filled(16, 16, [9; 3]).save(at.join("one/a.png")).unwrap();
    for name in ["small/a.png", "small/b.png"] {
        Picture::filled(12, 20, [9; 3]).save(at.join(name)).unwrap();
    }
    let train = |data: &str, more: &[&str]| {
        refused(at, &[&["train", "--data", data, "--out", "x", "--minutes", "0.01"], more].concat())
    };
    for (data, words) in [
        ("empty", "empty has no PNG"),
        ("letters", "1 could not be read"),
        ("one", "one picture"),
        ("small", "smaller than 16 x 16"),
        ("nowhere", "nowhere"),
        ("one/a.png", "a.png"),
    ] {
        let line = train(data, &TINY);
        assert!(line.contains(words), "{data}: {line}");
    }
    assert!(train("landscape", &["--size", "48"]).contains("power of two"));
    assert!(train("landscape", &["--width", "0"]).contains("width"));
    assert!(train("landscape", &["--size", "16", "--pictures", "1"]).contains("one picture"));
    assert!(train("landscape", &["--recipe", "vae", "--loss", "hinge"]).contains("--loss"));
    assert!(train("landscape", &["--penalty", "1"]).contains("spectral norm"));
}

#[test]
fn a_checkpoint_of_another_recipe_or_of_nothing_is_refused_in_one_line() {
    let folder = with_pictures("4");
    let at = folder.path();
    let (train, state) = training(at, "0.002");
    succeeds(at, &train);
    let (train, _) = training(at, "60");
    for recipe in ["vae", "ian", "infogan"] {
        let line = refused(at, &[&train[..], &["--recipe", recipe]].concat());
        assert!(line.contains(&format!("the recipe gan, not {recipe}")), "{line}");
    }
    let larger: Vec<&str> = train.iter().map(|a| if *a == "16" { "8" } else { *a }).collect();
    assert!(refused(at, &larger).contains("--size 16, not 8"));
    let whole = std::fs::read(&state).unwrap();
    for bytes in [&whole[..whole.len() / 2], b"dear painter"] {
        std::fs::write(&state, bytes).unwrap();
        assert!(refused(at, &train).contains("state.safetensors"));
    }
    std::fs::write(&state, &whole).unwrap();
    let anew: Vec<&str> = train.iter().copied().filter(|a| *a != "--resume").collect();
    assert!(refused(at, &anew).contains("--resume"));
}

#[test]
fn what_others_made_is_overwritten_by_force_alone_and_a_refusal_leaves_nothing() {
    let folder = with_pictures("6");
    let at = folder.path();
    let (train, _) = training(at, "0.002");
    succeeds(at, &train);
    succeeds(at, &["convert", "mine", "copy"]);
    let into = |out: &'static str, more: &[&'static str]| {
        let train = ["train", "--data", "world", "--steps", "1", "--out", out];
        [&train[..], &TINY, more].concat()
    };
    let before = std::fs::read(at.join("copy/weights.safetensors")).unwrap();
    for (out, words) in
        [("copy", "--force"), ("world", "--force"), ("mine", "--resume"), ("world/mine", "sample sheets")]
    {
        let line = refused(at, &into(out, &[]));
        assert!(line.contains(words), "{out}: {line}");
    }
    assert!(refused(at, &into("copy", &["--resume"])).contains("no training to go on with"));
    assert_eq!(std::fs::read(at.join("copy/weights.safetensors")).unwrap(), before);
    assert!(
        !at.join("copy/run").exists() && !at.join("world/run").exists() && !at.join("world/mine").exists()
    );
    succeeds(at, &into("copy", &["--force"]));
    assert_ne!(std::fs::read(at.join("copy/weights.safetensors")).unwrap(), before);
    for more in
        [&["--width", "0"][..], &["--minutes", "inf"], &["--beta", "2"], &["--checkpoint-every", "-1"]]
    {
        let others = TINY.chunks(2).filter(|pair| pair[0] != more[0]).flatten();
        let arguments = ["train", "--data", "world", "--out", "nothing"].iter().chain(others).chain(more);
        refused(at, &arguments.copied().collect::<Vec<_>>());
        assert!(!at.join("nothing").exists(), "{more:?}");
    }
    refused(at, &["train", "--data", "nowhere", "--out", "nothing"]);
    assert!(!at.join("nothing").exists());
}

#[test]
fn two_trainings_do_not_write_one_folder() {
    let folder = with_pictures("6");
    let at = folder.path();
    let (train, state) = training(at, "60");
    let mut first = Background::start(at, &train);
    let began = Instant::now();
    while !state.exists() {
        assert!(first.runs() && began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
    let line = refused(at, &train);
    assert!(line.contains("another program trains into mine"), "{line}");
    // A lock is nothing that a killed program leaves behind.
    drop(first);
    let (train, _) = training(at, "0.0001");
    succeeds(at, &train);
}

/// True for a signal that the tests were started to ignore, and the program with them. Only Linux tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_step_and_leaves_checkpoint_and_model() {
    let folder = with_pictures("6");
    let at = folder.path();
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        if is_ignored(status - 128) {
            eprintln!(
                "skipped SIG{signal}: it is ignored where this test runs (nohup, a job in the background)"
            );
            continue;
        }
        let arguments = ["train", "--data", "world", "--out", signal, "--steps", "1000000000"];
        let child = program(at, &[&arguments[..], &TINY].concat()).stderr(Stdio::piped()).spawn().unwrap();
        let began = Instant::now();
        // The first sheet or line of the log says that it has begun.
        let log = at.join(signal).join("run/log.jsonl");
        while std::fs::metadata(&log).map_or(0, |file| file.len()) == 0 {
            assert!(began.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        // As from `timeout`, which sends one to the program and one to its group; by now it may have ended.
        Command::new("kill").args(["-s", signal, &id]).stderr(Stdio::null()).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains("checkpoint and the model are written"), "{said}");
        assert!(steps(&at.join(signal).join("run/state.safetensors")) > 0);
        succeeds(at, &["generate", "--model", signal, "--count", "1", "--out", "g.png"]);
    }
}
