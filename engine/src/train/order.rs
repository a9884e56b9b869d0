//! Who may know whom in this folder.

use std::path::Path;

/// The folders, each of which knows only those before it.
const FOLDERS: [&str; 5] = ["core", "loss", "recipes", "run", "session"];

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    all
}

#[test]
fn each_folder_knows_only_those_before_it() {
    let train = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/train");
    for (place, folder) in FOLDERS.iter().enumerate() {
        let files = sources(&train.join(folder));
        assert!(!files.is_empty(), "{folder}");
        // Tests look at recipes as runs meet them.
        for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
            for later in &FOLDERS[place + 1..] {
                let known = text.lines().find(|line| line.contains(&format!("train::{later}::")));
                assert!(known.is_none(), "{path} knows of {later}: {known:?}");
            }
        }
    }
}
