//! What is said of memory before the work begins is not less than what the work takes.

use latent_engine::model::ModelSource;
use latent_engine::train::{Need, Plan, RECIPES};

use super::*;

/// Pictures to learn from.
const PICTURES: u64 = 300;
/// Networks and batches that take far more than the program itself, and a few seconds for a step.
const SETTINGS: [(&str, usize); 2] = [("batch", 128), ("width", 32)];

/// The most memory that the program had, in bytes: looked at until it ends.
fn peak(folder: &Path, arguments: &[&str]) -> u64 {
    let mut child = command(folder, PROGRAM, arguments).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        most = most.max(1024 * kilobytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = end(child, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    most
}

// Minutes on a slow machine: `cargo test --test faults -- --ignored --nocapture`.
#[ignore = "takes minutes"]
#[test]
fn a_training_of_any_recipe_takes_no_more_memory_than_was_estimated() {
    let folder = folder();
    let count = PICTURES.to_string();
    for recipe in RECIPES {
        let about = recipe.about();
        let mut plan = Plan::usual(*recipe);
        let train = ["train", "--data", "landscape", "--pictures", &count, "--steps", "2"];
        let mut all: Vec<String> = train.map(String::from).to_vec();
        all.extend(["--recipe", about.key, "--out", about.key].map(String::from));
        for (key, value) in SETTINGS {
            plan = plan.with_count(key, value);
            all.extend([format!("--{key}"), value.to_string()]);
        }
        if about.needs_model == Need::Must {
            plan = plan.for_model(ModelSource::Path(folder.path().join("tiny")));
            all.extend(["--model", "tiny"].map(String::from));
        }
        if about.needs_classes {
            all.extend(["--classes", "biome"].map(String::from));
        }
        let side = plan.size().unwrap() as u64;
        let estimated = plan.memory().unwrap().bytes(PICTURES * 3 * side * side);
        let taken = peak(folder.path(), &all.iter().map(String::as_str).collect::<Vec<_>>());
        println!("{}: {} MB estimated, {} MB taken", about.key, estimated / 1_000_000, taken / 1_000_000);
        assert!(taken <= estimated, "{}", about.key);
    }
    told("memory of trainings", RECIPES.len());
}
