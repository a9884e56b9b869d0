//! The program as a script uses it: results where they belong, one clear line and a failure for bad input.

// Helpers of tests fail as loudly as the tests themselves.
#![allow(clippy::unwrap_used)]

#[path = "command_line/edit.rs"]
mod edit;
#[path = "command_line/enlarger.rs"]
mod enlarger;
#[path = "command_line/manners.rs"]
mod manners;
#[path = "command_line/translator.rs"]
mod translator;

use std::path::Path;
use std::process::{Command, Output};

use latent_engine::Picture;
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};

/// The program in a folder, without a display.
fn studio(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_latent-studio"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap()
}

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = studio(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The one line that a refusal says.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = studio(folder, arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {text}");
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("latent-studio: ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

/// A folder with strokes: c.png, m.png, e.png.
fn strokes() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let strokes = [
        Stroke {
            weight: 1.0,
            kind: StrokeKind::Colour([60, 120, 50]),
            width: 0.2,
            points: vec![[0.1, 0.8], [0.9, 0.8]],
        },
        Stroke {
            weight: 1.0,
            kind: StrokeKind::Sketch,
            width: 0.02,
            points: vec![[0.1, 0.5], [0.5, 0.3], [0.9, 0.5]],
        },
    ];
    let (colour, mask, edge) = Constraints::rasterize(&strokes, [64; 2]).to_pictures();
    for (name, picture) in [("c.png", colour), ("m.png", mask), ("e.png", edge)] {
        picture.save(folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn draw_writes_pictures_a_trace_and_latents_that_generate_makes_the_same_pictures_of() {
    let folder = strokes();
    let strokes = ["--color", "c.png", "--color-mask", "m.png", "--edge", "e.png"];
    let draw = ["draw", "--out", "g.png", "--trace", "t.jsonl", "--latents", "z.npy", "--iters", "6"];
    for solver in ["fast", "igan"] {
        let more = ["--solver", solver, "--candidates", "12", "--top-k", "4"];
        let arguments: Vec<&str> = draw.iter().chain(&strokes).chain(&more).copied().collect();
        succeeds(folder.path(), &arguments);
        let trace = std::fs::read_to_string(folder.path().join("t.jsonl")).unwrap();
        let costs: Vec<f64> = trace
            .lines()
            .map(|line| {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                for key in ["iteration", "seconds", "top_k"] {
                    assert!(row[key].is_number(), "{line}");
                }
                row["best"].as_f64().unwrap()
            })
            .collect();
        assert!(costs[costs.len() - 1] < costs[0], "{solver}: {costs:?}");
        succeeds(folder.path(), &["generate", "--latents", "z.npy", "--out", "again.png"]);
        let open = |name: &str| Picture::open(folder.path().join(name)).unwrap();
        assert_eq!(open("g.png"), open("again.png"), "{solver}");
    }
}

#[test]
fn landscapes_come_with_maps() {
    let folder = tempfile::tempdir().unwrap();
    let render = ["render", "landscape", "--count", "2", "--size", "16", "--out", "world", "--maps"];
    succeeds(folder.path(), &render);
    let at = |name: &str| folder.path().join("world").join(name);
    for name in ["000001.png", "000001.labels.png", "000001.plan.png"] {
        let picture = Picture::open(at(name)).unwrap();
        assert_eq!((picture.width(), picture.height()), (16, 16), "{name}");
    }
    let heights = image::open(at("000001.height.png")).unwrap();
    assert_eq!(heights.color(), image::ColorType::L16);
    let legend: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(at("maps.json")).unwrap()).unwrap();
    assert_eq!(
        (legend["height"]["step"].as_f64(), legend["labels"][0]["name"].as_str()),
        (Some(0.01), Some("sky"))
    );
    let refusal = refused(folder.path(), &["render", "creature", "--count", "1", "--out", "other", "--maps"]);
    assert!(refusal.contains("only the landscape world"), "{refusal}");
}

#[test]
fn the_same_seed_gives_the_same_pictures() {
    let folder = tempfile::tempdir().unwrap();
    for (name, seed) in [("a.png", "3"), ("b.png", "3"), ("c.png", "4")] {
        succeeds(folder.path(), &["generate", "--count", "4", "--seed", seed, "--out", name]);
    }
    let open = |name: &str| Picture::open(folder.path().join(name)).unwrap();
    assert_eq!(open("a.png"), open("b.png"));
    assert_ne!(open("a.png"), open("c.png"));
    assert_eq!((open("a.png").width(), open("a.png").height()), (130, 130));
}

#[test]
fn a_world_is_rendered_with_its_factors_and_a_model_trained_on_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), &["render", "landscape", "--count", "12", "--size", "16", "--out", "world"]);
    let factors = std::fs::read_to_string(folder.path().join("world/factors.jsonl")).unwrap();
    assert_eq!(factors.lines().count(), 12);
    let size = ["--size", "16", "--width", "8", "--batch", "4", "--latent", "8"];
    let train = ["train", "--data", "world", "--out", "mine", "--minutes", "0.02"];
    let arguments: Vec<&str> = train.iter().chain(&size).copied().collect();
    succeeds(folder.path(), &arguments);
    for name in ["weights.safetensors", "model.toml", "CARD.md", "samples.png"] {
        assert!(folder.path().join("mine").join(name).is_file(), "{name}");
    }
    succeeds(folder.path(), &["generate", "--model", "mine", "--count", "4", "--out", "g.png"]);
    assert_eq!(Picture::open(folder.path().join("g.png")).unwrap().width(), 34);

    let photo = ["--image", "world/000000.png", "--method", "encoder", "--out", "p.png"];
    let project = ["project", "--model", "mine"];
    let refusal = refused(folder.path(), &project.iter().chain(&photo).copied().collect::<Vec<_>>());
    assert!(refusal.contains("no encoder"), "{refusal}");

    // The same generator with an encoder opens photos without a search.
    let encoder = ["train", "--data", "world", "--recipe", "encoder", "--model", "mine", "--out", "reads"];
    let tiny = ["--width", "8", "--batch", "4", "--minutes", "0.02"];
    succeeds(folder.path(), &encoder.iter().chain(&tiny).copied().collect::<Vec<_>>());
    let told = succeeds(folder.path(), &["inspect", "reads"]);
    assert!(told.contains("Generator with encoder"), "{told}");
    succeeds(
        folder.path(),
        &["project", "--model", "reads"].iter().chain(&photo).copied().collect::<Vec<_>>(),
    );
    assert_eq!(Picture::open(folder.path().join("p.png")).unwrap().width(), 16);
    let ian = ["train", "--data", "world", "--recipe", "ian", "--out", "both", "--minutes", "0.02"];
    succeeds(folder.path(), &ian.iter().chain(&size).copied().collect::<Vec<_>>());
    succeeds(
        folder.path(),
        &["project", "--model", "both"].iter().chain(&photo).copied().collect::<Vec<_>>(),
    );
    let lonely = ["train", "--data", "world", "--recipe", "encoder", "--out", "x"];
    assert!(refused(folder.path(), &lonely).contains("--model"));
}

#[test]
fn a_world_in_which_little_varies_teaches_a_model_that_is_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let vary = ["--vary", "hue,size"];
    let render = ["render", "creature", "--count", "6", "--size", "16", "--out", "world"];
    succeeds(folder.path(), &[&render[..], &vary].concat());
    let rows = std::fs::read_to_string(folder.path().join("world/factors.jsonl")).unwrap();
    let rows: Vec<serde_json::Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert!(rows.iter().all(|row| row["ears"] == rows[0]["ears"]));
    assert!(rows.iter().any(|row| row["hue"] != rows[0]["hue"]));

    let train =
        ["train", "--data", "creature", "--recipe", "vae", "--size", "16", "--width", "8", "--latent"];
    let more =
        ["3", "--batch", "8", "--pictures", "64", "--minutes", "0.02", "--beta-start", "2", "--out", "mine"];
    succeeds(folder.path(), &[&train[..], &more, &vary].concat());
    let card = std::fs::read_to_string(folder.path().join("mine/CARD.md")).unwrap();
    assert!(card.contains("that differ in hue, size"), "{card}");

    // Somebody who has looked at the sliders names them.
    let path = folder.path().join("mine/model.toml");
    let toml = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("latents = [\"Hue\", \"Size\", \"Rest\"]\n{toml}")).unwrap();
    assert!(succeeds(folder.path(), &["inspect", "mine"]).contains("Hue, Size, Rest"));
    let evaluate = [
        "evaluate",
        "mine",
        "--data",
        "creature",
        "--count",
        "50",
        "--reconstructions",
        "2",
        "--strokes",
        "2",
        "--json",
    ];
    let told = succeeds(folder.path(), &[&evaluate[..], &vary].concat());
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(told["distances"]["frechet_floors"].as_f64().unwrap() > 1.0);
    assert!(
        told["reconstruction"]["hybrid"].as_f64().unwrap() > 0.0 && told["editing"]["inside"].is_number()
    );
    let known = &told["disentanglement"];
    assert_eq!(known["factors"].as_array().unwrap().len(), 2);
    assert!(["Hue", "Size", "Rest"].contains(&known["factors"][0]["latent"].as_str().unwrap()));

    std::fs::write(&path, format!("latents = [\"Hue\"]\n{toml}")).unwrap();
    let refusal = refused(folder.path(), &["generate", "--model", "mine", "--out", "g.png"]);
    assert!(refusal.contains("names 1 latents where the model has 3"), "{refusal}");
    let refusal = refused(folder.path(), &["render", "creature", "--vary", "hue,beard", "--out", "world"]);
    assert!(refusal.contains("\"beard\" is no factor") && refusal.contains("stoutness"), "{refusal}");
    let folder_varies = ["train", "--data", "world", "--vary", "hue", "--size", "16", "--out", "other"];
    assert!(refused(folder.path(), &folder_varies).contains("--vary"));
}

#[test]
fn a_model_is_measured_with_pictures_that_it_has_not_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    succeeds(at, &["render", "landscape", "--count", "36", "--size", "16", "--out", "seen"]);
    succeeds(at, &["render", "landscape", "--count", "12", "--size", "16", "--out", "few"]);
    let train =
        ["train", "--data", "seen", "--recipe", "vae", "--size", "16", "--width", "8", "--latent", "3"];
    succeeds(at, &[&train[..], &["--batch", "8", "--minutes", "0.02", "--out", "mine"]].concat());

    assert!(refused(at, &["evaluate", "mine"]).contains("name with --data a folder"));
    assert!(refused(at, &["evaluate", "mine", "--data", "mine"]).contains("mine is a model folder"));
    assert!(refused(at, &["evaluate", "mine", "--data", "few"]).contains("12 real pictures are too few"));
    let short = ["--count", "16", "--reconstructions", "0", "--strokes", "0"];
    let seen = studio(at, &[&["evaluate", "mine", "--data", "seen"], &short[..]].concat());
    let [told, warned] = [seen.stdout, seen.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(seen.status.success() && warned.contains("seen is what mine learned from"), "{warned}");
    assert!(told.contains("floors away, recall ") && told.contains("by 16 pictures; few"), "{told}");
    let fair = studio(at, &[&["evaluate", "mine", "--data", "landscape"], &short[..]].concat());
    assert!(fair.status.success() && !String::from_utf8_lossy(&fair.stderr).contains("learned from"));
}

#[test]
fn bad_input_is_refused_in_one_line() {
    let folder = strokes();
    let at = folder.path();
    Picture::filled(64, 64, [0; 3]).save(at.join("black.png")).unwrap();
    std::fs::write(at.join("letter.png"), "dear painter").unwrap();
    std::fs::create_dir(at.join("empty")).unwrap();
    let draw = |more: &[&'static str]| {
        let mut arguments = vec!["draw", "--color", "c.png", "--color-mask", "m.png", "--out", "g.png"];
        arguments.extend(more);
        refused(at, &arguments)
    };
    assert!(draw(&["--candidates", "0"]).contains("--candidates"));
    assert!(draw(&["--top-k", "100000000000"]).contains("pictures"));
    assert!(draw(&["--model", "nowhere"]).contains("bundled models: landscape, portrait, creature,"));
    assert!(draw(&["--edge", "letter.png"]).contains("letter.png"));
    assert!(draw(&["--edge", "missing.png"]).contains("missing.png"));
    assert!(draw(&["--latents", "no/such/folder/z.npy"]).contains("z.npy"));
    assert!(!at.join("g.png").exists(), "nothing is written when something is refused");
    let black = ["draw", "--color", "c.png", "--color-mask", "black.png", "--out", "g.png"];
    assert!(refused(at, &black).contains("empty"));
    assert!(refused(at, &["draw", "--out", "g.png"]).contains("--color"));
    assert!(refused(at, &["generate", "--out", "no/such/folder/g.png"]).contains("g.png"));
    assert!(refused(at, &["generate", "--out", "g.pgn"]).contains("g.pgn"));
    assert!(refused(at, &["generate", "--count", "0", "--out", "g.png"]).contains("--count"));
    assert!(refused(at, &["generate", "--model", "letter.png", "--out", "g.png"]).contains("letter.png"));
    assert!(refused(at, &["train", "--data", "empty", "--out", "x"]).contains("empty"));
    assert!(refused(at, &["train", "--data", "landscape", "--size", "50", "--out", "x"]).contains("50"));
    assert!(refused(at, &["render", "landscape", "--size", "3", "--out", "x"]).contains("--size"));
}

#[test]
fn strokes_of_another_size_are_resized_and_that_is_said() {
    let folder = strokes();
    let large = Picture::open(folder.path().join("m.png")).unwrap().resized_nearest(100, 80);
    large.save(folder.path().join("large.png")).unwrap();
    let arguments =
        ["draw", "--color", "c.png", "--color-mask", "large.png", "--iters", "1", "--out", "g.png"];
    let output = studio(folder.path(), &arguments);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("large.png is 100x80"));
}

// Elsewhere a window needs no such variable, and it would open.
#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_window_names_the_subcommands() {
    let folder = tempfile::tempdir().unwrap();
    let line = refused(folder.path(), &[]);
    for name in ["draw", "generate", "train", "render", "bench"] {
        assert!(line.contains(name), "{line}");
    }
}

#[test]
fn a_photo_is_projected_and_its_latent_makes_the_same_picture() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), &["generate", "--count", "1", "--seed", "7", "--out", "photo.png"]);
    let project =
        ["project", "--image", "photo.png", "--iters", "60", "--out", "p.png", "--latents", "z.npy"];
    let said = succeeds(folder.path(), &project);
    let error: f32 = said.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    assert!(error < 0.08, "{said}");
    succeeds(folder.path(), &["generate", "--latents", "z.npy", "--out", "again.png"]);
    let open = |name: &str| Picture::open(folder.path().join(name)).unwrap();
    assert_eq!(open("p.png"), open("again.png"));
    succeeds(folder.path(), &["project", "--image", "photo.png", "--method", "encoder", "--out", "q.png"]);
}

#[test]
fn a_file_is_inspected_converted_and_opened_with_what_was_decided() {
    let folder = tempfile::tempdir().unwrap();
    let told = succeeds(folder.path(), &["inspect", "landscape"]);
    for words in ["safetensors", "DCGAN", "latents", "100", "prior=normal", "opens"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    succeeds(folder.path(), &["convert", "landscape", "copy", "--assume", "prior=uniform", "--half"]);
    let layers = succeeds(folder.path(), &["inspect", "landscape", "--layers"]);
    for words in
        ["generator: ", "encoder: ", "transposed convolution 4 x 4, stride 2", "64 x 64 x 3 -> picture"]
    {
        assert!(layers.contains(words), "{words} in {layers}");
    }
    let json = succeeds(folder.path(), &["inspect", "copy", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(summary["verdict"], "opens");
    assert_eq!(summary["facts"]["size"], "64");
    assert_eq!(summary["assumptions"][0]["answer"]["chosen"], 1);
    succeeds(folder.path(), &["generate", "--model", "copy", "--count", "4", "--out", "g.png"]);
    for (assume, words) in [("prior", "KEY=VALUE"), ("prior=gamma", "normal, uniform")] {
        let refusal = refused(folder.path(), &["inspect", "landscape", "--assume", assume]);
        assert!(refusal.contains(words), "{refusal}");
    }
    std::fs::write(folder.path().join("page.pth"), "<html>not found</html>").unwrap();
    assert!(refused(folder.path(), &["inspect", "page.pth"]).contains("web page"));
}

#[test]
fn a_morph_and_a_plane_begin_and_end_at_the_given_latents() {
    let folder = tempfile::tempdir().unwrap();
    for seed in ["1", "2"] {
        let image = format!("{seed}.png");
        let latents = format!("{seed}.npy");
        succeeds(folder.path(), &["generate", "--count", "1", "--seed", seed, "--out", &image]);
        let project = ["project", "--image", &image, "--iters", "5", "--out", &image, "--latents", &latents];
        succeeds(folder.path(), &project);
    }
    let morph = ["morph", "--from", "1.npy", "--to", "2.npy", "--frames", "5", "--out"];
    succeeds(folder.path(), &[&morph[..], &["m.png"]].concat());
    succeeds(folder.path(), &[&morph[..], &["m.gif"]].concat());
    let open = |name: &str| Picture::open(folder.path().join(name)).unwrap();
    let (row, first, last) = (open("m.png"), open("1.png"), open("2.png"));
    assert_eq!((row.width(), row.height()), (5 * 64 + 4 * 2, 64));
    assert_eq!(row.pixel(10, 20), first.pixel(10, 20));
    assert_eq!(row.pixel(4 * 66 + 10, 20), last.pixel(10, 20));
    assert_eq!((open("m.gif").width(), open("m.gif").height()), (64, 64));
    succeeds(folder.path(), &["plane", "--side", "3", "--seed", "4", "--out", "p.png"]);
    assert_eq!(open("p.png").width(), 3 * 64 + 2 * 2);
    let refusal = refused(folder.path(), &["plane", "--corners", "1.npy", "--out", "p.png"]);
    assert!(refusal.contains("4 latents, not 1"), "{refusal}");
}
