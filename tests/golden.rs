//! What the program made of models before their networks were described as graphs: pictures of latents to 1e-4, costs of
//! searches and projections to 2 percent. The program that `LATENT_STUDIO_GOLDEN` names writes the files anew.

// Helpers of tests fail as loudly as the tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::{Rgb, RgbImage};

/// Largest difference of a pixel, in the model's own range.
const PIXEL: f32 = 1e-4;
/// Largest difference of a cost, as a share of it: searches amplify rounding.
const COST: f64 = 0.02;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden").join(name)
}

/// The program that writes the files, where they are to be written.
fn recording() -> Option<String> {
    std::env::var("LATENT_STUDIO_GOLDEN").ok()
}

fn studio(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(recording().unwrap_or_else(|| env!("CARGO_BIN_EXE_latent-studio").to_owned()))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The numbers of a float32 `.npy` file.
fn numbers(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[start..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

/// Strokes and a photo: c.png, m.png, e.png, p.png.
fn inputs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str, pixel: &dyn Fn(u32, u32) -> [u8; 3]| {
        let picture = RgbImage::from_fn(64, 64, |x, y| Rgb(pixel(x, y)));
        picture.save(folder.path().join(name)).unwrap();
    };
    save("c.png", &|x, _| [200, 60 + x as u8, 80]);
    save("m.png", &|x, y| [if (12..52).contains(&x) && (40..56).contains(&y) { 255 } else { 0 }; 3]);
    save("e.png", &|x, y| [if x.abs_diff(y + 8) < 2 { 255 } else { 0 }; 3]);
    save("p.png", &|x, y| [4 * x as u8, 255 - 3 * y as u8, (2 * x + 2 * y) as u8]);
    folder
}

/// The published cost of the best picture that a search of this model ended with.
fn draw(folder: &Path, model: &str, solver: &str) -> f64 {
    let arguments =
        ["draw", "--model", model, "--solver", solver, "--color", "c.png", "--color-mask", "m.png"];
    let more =
        ["--edge", "e.png", "--out", "d.png", "--trace", "t.jsonl", "--seed", "3", "--candidates", "12"];
    studio(folder, &[&arguments[..], &more].concat());
    let trace = std::fs::read_to_string(folder.join("t.jsonl")).unwrap();
    let last: serde_json::Value = serde_json::from_str(trace.lines().last().unwrap()).unwrap();
    last["best"].as_f64().unwrap()
}

/// How far the picture is from the photo that a projection ended with.
fn project(folder: &Path, model: &str, method: &str) -> f64 {
    let told = studio(
        folder,
        &["project", "--model", model, "--image", "p.png", "--method", method, "--out", "f.png"],
    );
    told.split("differs from the photo by ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
}

/// Compares with the files of a model, or writes them.
fn check(name: &str, model: &str, count: &str, costs: &[(&str, f64)], folder: &Path) {
    studio(folder, &["generate", "--model", model, "--count", count, "--seed", "5", "--out", "g.npy"]);
    let (made, kept) = (folder.join("g.npy"), golden(&format!("{name}.npy")));
    let kept_costs = golden(&format!("{name}.json"));
    if recording().is_some() {
        std::fs::copy(&made, &kept).unwrap();
        let costs: BTreeMap<_, _> = costs.iter().copied().collect();
        std::fs::write(&kept_costs, serde_json::to_string_pretty(&costs).unwrap() + "\n").unwrap();
        return;
    }
    let (made, kept) = (numbers(&made), numbers(&kept));
    assert_eq!(made.len(), kept.len(), "{name}");
    let furthest = made.iter().zip(&kept).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(furthest <= PIXEL && made.iter().all(|v| v.is_finite()), "{name}: pixels differ by {furthest}");
    let kept: BTreeMap<String, f64> =
        serde_json::from_str(&std::fs::read_to_string(kept_costs).unwrap()).unwrap();
    assert_eq!(kept.len(), costs.len(), "{name}");
    for (what, cost) in costs {
        let kept = kept[*what];
        assert!((cost - kept).abs() <= COST * kept, "{name}: {what} ends at {cost}, it was {kept}");
    }
}

/// Small models of random numbers, with all ways of searching.
#[test]
fn small_models_make_what_they_made() {
    let folder = inputs();
    let folder = folder.path();
    for (name, encodes) in [("dcgan", true), ("vae", true), ("conditional", false)] {
        let model = golden(name).display().to_string();
        let mut costs = vec![
            ("draw fast", draw(folder, &model, "fast")),
            ("draw igan", draw(folder, &model, "igan")),
            ("project optimize", project(folder, &model, "optimize")),
        ];
        if encodes {
            costs.push(("project encoder", project(folder, &model, "encoder")));
        }
        check(name, &model, "4", &costs, folder);
    }
}

/// The models inside the program; a bank takes its time, so each is searched in one way.
#[test]
fn bundled_models_make_what_they_made() {
    let folder = inputs();
    let folder = folder.path();
    check("landscape", "landscape", "1", &[("draw fast", draw(folder, "landscape", "fast"))], folder);
    check("portrait", "portrait", "1", &[("project hybrid", project(folder, "portrait", "hybrid"))], folder);
    check(
        "creature",
        "creature",
        "1",
        &[("project encoder", project(folder, "creature", "encoder"))],
        folder,
    );
}
