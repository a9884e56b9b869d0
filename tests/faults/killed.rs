//! Signals at any time: files are whole, and the end of a job says which signal it was.

use std::sync::Arc;

use latent_engine::checkpoint::Checkpoint;

use super::*;

/// Signals, the exit codes that shells expect of them, and when they come, in milliseconds.
const SIGNALS: [(&str, i32, u64); 5] =
    [("-TERM", 143, 10), ("-INT", 130, 60), ("-HUP", 129, 200), ("-TERM", 143, 400), ("-KILL", -9, 150)];

/// Every subcommand that writes a folder or takes its time.
const JOBS: [&str; 12] = [
    "convert tiny folder",
    "convert tiny/weights.safetensors copy --force",
    "render creature --size 16 --count 4000 --out folder",
    "render landscape --size 16 --count 1000 --maps --out folder",
    "man --out folder",
    "evaluate tiny --data creature --count 16 --reconstructions 1000 --evaluations 1000",
    "evaluate large --data landscape --count 400",
    "bench step --model tiny --seconds 60",
    "bench train --width 8 --batch 4 --seconds 60",
    "bench match --model tiny --strokes strokes --solver igan",
    "bench response --model tiny --moves 1000",
    "bench slide --model tiny --moves 1000",
];

/// Sends a signal after a while, and gives the exit code of what was ended by it, if it was.
fn killed(folder: &Path, all: &[&str], (signal, code, delay): (&str, i32, u64)) -> Option<i32> {
    let child = command(folder, PROGRAM, all).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(delay));
    Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
    let output = end(child, all);
    let ended = output.status.code();
    // A signal that comes before the program looks for one ends it as any other program.
    assert!(ended.is_none() || ended == Some(0) || ended == Some(code), "{all:?}: {output:?}");
    ended
}

/// Every file below is whole, or what was there; nothing is left but by SIGKILL, about which a program can't do anything.
fn check(folder: &Path, all: &[&str], signal: &str) {
    let by_force = signal == "-KILL";
    for file in walk(folder).into_iter().filter(|file| !file.ends_with("run/lock")) {
        let part = file.extension().is_some_and(|ending| ending == "part");
        assert!(by_force || !part, "{all:?} {signal}: {} is left", file.display());
        let whole = part || fs::read(&file).unwrap() == PRECIOUS || opens(&file);
        assert!(whole, "{all:?} {signal}: {} is damaged", file.display());
        if part {
            fs::remove_file(file).unwrap();
        }
    }
}

/// True for a file that is what its name says.
fn opens(path: &Path) -> bool {
    match path.extension().and_then(|e| e.to_str()) {
        Some("npy") => fs::read(path).unwrap().starts_with(b"\x93NUMPY"),
        Some("jsonl") => matches!(fs::read_to_string(path).unwrap().chars().last(), None | Some('\n')),
        Some("toml" | "1" | "md") => fs::read_to_string(path).unwrap().ends_with('\n'),
        Some("json") => serde_json::from_slice::<serde_json::Value>(&fs::read(path).unwrap()).is_ok(),
        Some("safetensors") => Checkpoint::from_bytes(Arc::new(fs::read(path).unwrap()), path).is_ok(),
        _ => Picture::open(path).is_ok(),
    }
}

#[test]
fn a_program_that_is_killed_leaves_whole_files_only() {
    let folder = folder();
    let at = folder.path();
    let (mut count, mut by_signal) = (0, 0);
    for (arguments, out) in FILES.iter() {
        let all = [arguments.as_slice(), &[*out]].concat();
        for signal in SIGNALS {
            fs::write(at.join(out), PRECIOUS).unwrap();
            by_signal += usize::from(killed(at, &all, signal) == Some(signal.1));
            check(at, &all, signal.0);
            count += 1;
        }
    }
    assert!(run(at, &["convert", "tiny", "copy"]).status.success());
    for job in JOBS {
        let all: Vec<&str> = job.split(' ').collect();
        for signal in SIGNALS {
            by_signal += usize::from(killed(at, &all, signal) == Some(signal.1));
            check(at, &all, signal.0);
            // A model that was there is there, the old one or the new one.
            assert!(run(at, &["inspect", "copy"]).status.success(), "{job} {}", signal.0);
            let _ = fs::remove_dir_all(at.join("folder"));
            count += 1;
        }
    }
    assert!(by_signal > 0, "no signal met a program at work");
    told("killed", count);
}

#[test]
fn a_training_that_is_killed_has_its_last_checkpoint_and_goes_on() {
    let folder = folder();
    let at = folder.path();
    let begin = "train --data creature --pictures 32 --size 16 --width 8 --batch 4 --latent 8 --steps 1000000 \
                 --checkpoint-every 0 --out mine";
    let begin: Vec<&str> = begin.split_whitespace().collect();
    let go_on = ["train", "--resume", "--checkpoint-every", "0", "--out", "mine"];
    let mut count = 0;
    for signal in SIGNALS {
        let training = at.join("mine/run/state.safetensors").exists();
        let all = if training { &go_on[..] } else { &begin };
        let code = killed(at, all, (signal.0, signal.1, 3 * signal.2));
        assert_ne!(code, Some(0), "{signal:?}");
        check(at, all, signal.0);
        count += 1;
    }
    // Whatever there was goes on for a single step more, and then there is a model.
    let state = fs::read(at.join("mine/run/state.safetensors")).unwrap();
    assert!(!state.is_empty());
    let output = run(at, &["train", "--resume", "--minutes", "0.0001", "--out", "mine"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("resumed at step"), "{text}");
    assert!(run(at, &["generate", "--model", "mine", "--count", "1", "--out", "o.png"]).status.success());
    told("trainings killed", count);
}
