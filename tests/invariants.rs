//! What must stay true of the code itself: who may know whom, and what only one place may name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The engine's folders and files, each of which may import those before it and itself.
const ENGINE: &[&str] = &[
    "error",
    "file",
    "rng",
    "shared",
    "thread",
    "picture",
    "nn",
    "checkpoint",
    "model",
    "arch",
    "open",
    "enlarge",
    "translate",
    "search",
    "edit",
    "data",
    "train",
    "evaluate",
    "bench",
    "service",
];

/// The window's folders, each of which may import those before it and itself.
const APP: &[&str] = &["kit", "platform", "link", "desk", "rooms", "shell", "cli"];

/// Files that may hold `unsafe`, each with a reason beside it.
const UNSAFE: &[&str] = &["app/src/main.rs", "engine/src/checkpoint/mapped.rs", "engine/src/nn/matmul.rs"];

/// Most lines of a file.
const LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The Rust files below a folder with their text, paths from the workspace's root.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut left = vec![root().join(folder)];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the workspace") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("a file of the workspace");
                let name = path.strip_prefix(root()).expect("inside").to_string_lossy().replace('\\', "/");
                found.push((name, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds no code");
    found.sort();
    found
}

/// The lines of a file that are no comments, up to the tests at its end.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// True for a file that only tests are made of: they may know everybody.
fn is_test(path: &str) -> bool {
    let made_for_tests = ["/toy.rs", "/scripted.rs", "/variants.rs"];
    path.split('/').any(|part| part.contains("test"))
        || made_for_tests.iter().any(|name| path.ends_with(name))
}

/// The folder or file right below `src` that a path lies in.
fn top<'a>(path: &'a str, src: &str) -> &'a str {
    let below = path.strip_prefix(src).unwrap_or(path).trim_start_matches('/');
    below.split(['/', '.']).next().unwrap_or(below)
}

/// The names right after `crate::` in the code of a file.
fn imports(text: &str) -> Vec<String> {
    let code: String = code(text).collect::<Vec<_>>().join("\n");
    let names = code.split("crate::").skip(1).flat_map(|after| match after.strip_prefix('{') {
        // The names of a list, without what is imported of each.
        Some(list) => {
            let mut depth = 0;
            let end = list.find(|c| {
                depth += match c {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                depth < 0
            });
            list[..end.unwrap_or(0)].split(',').map(str::trim).map(first_name).collect()
        }
        None => vec![first_name(after)],
    });
    names.collect()
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Imports that a table does not allow.
fn strangers(src: &str, may: &BTreeMap<&str, Vec<&str>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in files(src).iter().filter(|(path, _)| !is_test(path)) {
        let here = top(path, src);
        if matches!(here, "lib" | "main") {
            continue;
        }
        let Some(allowed) = may.get(here) else {
            wrong.push(format!("{path}: \"{here}\" has no place in the table of {src}"));
            continue;
        };
        for name in imports(text) {
            if name != here && may.contains_key(name.as_str()) && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{path} imports {name}"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

#[test]
fn the_engines_folders_know_only_those_before_them() {
    let may = ENGINE.iter().enumerate().map(|(i, name)| (*name, ENGINE[..i].to_vec())).collect();
    assert_eq!(strangers("engine/src", &may), Vec::<String>::new());
}

#[test]
fn the_windows_folders_know_only_those_before_them() {
    let may = APP.iter().enumerate().map(|(i, name)| (*name, APP[..i].to_vec())).collect();
    assert_eq!(strangers("app/src", &may), Vec::<String>::new());
}

#[test]
fn rooms_know_nothing_of_each_other_and_the_shell_knows_only_their_list() {
    for (path, text) in files("app/src").iter().filter(|(path, _)| !is_test(path)) {
        let own =
            path.strip_prefix("app/src/rooms/").and_then(|rest| rest.split_once('/')).map(|(own, _)| own);
        for after in code(text).flat_map(|line| line.split("crate::rooms::").skip(1)) {
            let named = first_name(after);
            let may = match own {
                Some(own) => named == own,
                None => path.starts_with("app/src/shell/") && named == "ROOMS",
            };
            assert!(may, "{path} knows the room {named}");
        }
    }
}

#[test]
fn the_table_is_read_as_it_is_meant() {
    let text = "use crate::{Error, nn::{a, b}, rng};\n// crate::model\nfn f() { crate::search::x() }\n#[cfg(test)]\nmod \
                tests {\n use crate::train;\n}\n";
    assert_eq!(imports(text), ["Error", "nn", "b", "rng", "search"]);
    assert_eq!(top("engine/src/nn/conv.rs", "engine/src"), "nn");
    assert_eq!(top("engine/src/rng.rs", "engine/src"), "rng");
}

#[test]
fn the_engine_names_no_user_interface_and_the_window_no_tensors() {
    for (src, manifest, forbidden) in [
        ("engine/src", "engine/Cargo.toml", &["egui", "eframe"][..]),
        ("app/src", "app/Cargo.toml", &["candle"]),
    ] {
        let dependencies = std::fs::read_to_string(root().join(manifest)).expect("a manifest");
        for name in forbidden {
            assert!(!dependencies.contains(name), "{manifest} names {name}");
            for (path, text) in files(src) {
                let named = code(&text)
                    .any(|line| line.contains(&format!("{name}::")) || line.contains(&format!("{name}_")));
                assert!(!named, "{path} names {name}");
            }
        }
    }
}

#[test]
fn only_the_theme_names_a_colour() {
    // White leaves a picture's own colours alone, transparency is none.
    let free = ["Color32::WHITE", "Color32::TRANSPARENT", "Color32::PLACEHOLDER"];
    for (path, text) in
        files("app/src").iter().filter(|(path, _)| !is_test(path) && !path.ends_with("/theme.rs"))
    {
        for line in code(text) {
            let line = free.iter().fold(line.to_owned(), |line, name| line.replace(name, ""));
            let constant = line.split("Color32::").skip(1).any(|after| {
                after.starts_with(|c: char| c.is_ascii_uppercase())
                    || after.starts_with("from_rgb(")
                    || after.starts_with("from_gray(")
                    || after.starts_with("from_hex(")
            });
            assert!(!constant && !line.contains("hex_color!"), "{path} names a colour: {}", line.trim());
        }
    }
}

#[test]
fn no_file_is_longer_than_a_reader_likes() {
    let all = ["engine/src", "engine/tests", "engine/benches", "engine/examples", "app/src", "tests"];
    let long: Vec<String> = all
        .into_iter()
        .flat_map(files)
        .filter(|(_, text)| text.lines().count() > LINES)
        .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
        .collect();
    assert_eq!(long, Vec::<String>::new(), "files of more than {LINES} lines");
}

#[test]
fn unsafe_stands_where_it_is_known() {
    for (path, text) in ["engine/src", "app/src"].into_iter().flat_map(files) {
        let holds = code(&text)
            .any(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "unsafe"));
        assert!(!holds || UNSAFE.contains(&path.as_str()), "{path} holds unsafe code and is not listed");
    }
}
