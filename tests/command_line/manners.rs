//! What users of other programs expect: pipes, `--json`, `--quiet`, nothing replaced that nobody gave up.

use latent_engine::train::{Claim, ModelFolder};

use super::*;

#[test]
fn pictures_and_numbers_come_from_standard_input_and_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let to_output = |more: &[&str]| {
        let arguments = [&["generate", "--count", "2", "--out", "-"], more].concat();
        let output = studio(folder.path(), &arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && told.contains("standard output: 2 pictures"), "{told}");
        output.stdout
    };
    let (png, npy) = (to_output(&[]), to_output(&["--format", "npy"]));
    succeeds(folder.path(), &["generate", "--count", "2", "--out", "g.png"]);
    succeeds(folder.path(), &["generate", "--count", "2", "--out", "g.npy"]);
    let at = |name: &str| folder.path().join(name);
    assert_eq!((png, npy), (std::fs::read(at("g.png")).unwrap(), std::fs::read(at("g.npy")).unwrap()));
    assert!(refused(folder.path(), &["generate", "--out", "g.png", "--format", "png"]).contains("--format"));

    // One program's picture is the next one's photo, and its latent the one after's.
    let script = "\"$0\" generate --count 1 --seed 7 --quiet --out - | \"$0\" project --image - --iters 5 --quiet \
                  --latents z.npy --out p.png && \"$0\" generate --latents - --out again.png --quiet <z.npy";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_latent-studio")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && output.stdout.is_empty() && said.is_empty(), "{said}");
    assert_eq!(Picture::open(at("p.png")).unwrap(), Picture::open(at("again.png")).unwrap());
}

#[test]
fn an_assumption_adds_to_those_that_are_kept_and_a_typo_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), &["convert", "landscape", "copy", "--assume", "prior=uniform"]);
    let told = succeeds(folder.path(), &["inspect", "copy", "--assume", "range=unit"]);
    assert!(
        told.contains("decided") && told.contains("prior=uniform") && told.contains("range=unit"),
        "{told}"
    );
    for arguments in [
        &["inspect", "copy", "--assume", "typo=1"][..],
        &["generate", "--model", "copy", "--assume", "typo=1", "--out", "g.png"],
        &["convert", "copy", "other", "--assume", "typo=1"],
    ] {
        let refusal = refused(folder.path(), arguments);
        assert!(refusal.contains("typo") && refusal.contains("prior, range"), "{refusal}");
    }
    assert!(!folder.path().join("other").exists(), "a refused run leaves no folder");
    // A kept answer that makes no sense is told, and can be replaced.
    let path = folder.path().join("copy/model.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("uniform", "gamma")).unwrap();
    assert!(refused(folder.path(), &["inspect", "copy"]).contains("gamma"));
    succeeds(folder.path(), &["inspect", "copy", "--assume", "prior=normal"]);
}

#[test]
fn a_model_that_is_there_is_replaced_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), &["convert", "creature", "mine"]);
    let weights = folder.path().join("mine/weights.safetensors");
    std::fs::write(folder.path().join("mine/CARD.md"), "a creature").unwrap();
    let before = std::fs::read(&weights).unwrap();
    let refusal = refused(folder.path(), &["convert", "landscape", "mine"]);
    assert!(refusal.contains("mine") && refusal.contains("--force"), "{refusal}");
    assert_eq!(std::fs::read(&weights).unwrap(), before);
    // A training that has not written its model yet.
    std::fs::create_dir_all(folder.path().join("begun/run")).unwrap();
    assert!(refused(folder.path(), &["convert", "landscape", "begun"]).contains("--force"));
    // Not while a program trains there, which would write its own model over this one.
    let training = ModelFolder::claim(&folder.path().join("begun"), Claim::Replace).unwrap();
    let refusal = refused(folder.path(), &["convert", "landscape", "begun", "--force"]);
    assert!(refusal.contains("another program trains into begun"), "{refusal}");
    drop(training);
    succeeds(folder.path(), &["convert", "landscape", "mine", "--force"]);
    assert!(succeeds(folder.path(), &["inspect", "mine"]).contains("DCGAN"));
    assert!(!folder.path().join("mine/CARD.md").exists(), "the card told of the other model");
}

#[test]
fn the_program_describes_itself_and_its_worlds() {
    let folder = tempfile::tempdir().unwrap();
    let worlds: serde_json::Value =
        serde_json::from_str(&succeeds(folder.path(), &["worlds", "--json"])).unwrap();
    assert_eq!((worlds[1]["name"].as_str(), worlds[1]["sizes"][1].as_u64()), (Some("creature"), Some(256)));
    assert!(worlds[1]["factors"].as_array().unwrap().contains(&"hue".into()));
    assert!(succeeds(folder.path(), &["worlds"]).contains("landscape: Mountains"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(succeeds(folder.path(), &["completions", shell]).contains("color-mask"), "{shell}");
    }
    assert!(succeeds(folder.path(), &["man"]).contains(".TH"));
    succeeds(folder.path(), &["man", "--out", "pages"]);
    let page = std::fs::read_to_string(folder.path().join("pages/latent-studio-generate.1")).unwrap();
    assert!(page.contains("truncation") && page.contains("latent"), "{page}");
    assert_eq!(succeeds(folder.path(), &["generate", "--count", "1", "--out", "g.png", "--quiet"]), "");
    let json =
        succeeds(folder.path(), &["project", "--image", "g.png", "--iters", "2", "--out", "p.png", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(found["error"].as_f64().unwrap() < 1.0 && found["out"] == "p.png", "{json}");
}

#[test]
fn a_photo_is_found_as_it_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(folder.path(), &["generate", "--count", "1", "--seed", "7", "--out", "photo.png"]);
    // The same photo with what is transparent around it, over the colour that is asked for.
    let seen = Picture::open(folder.path().join("photo.png")).unwrap();
    let rgba: Vec<u8> =
        seen.rgb().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255 * u8::from(p[2] > 90)]).collect();
    image::RgbaImage::from_raw(64, 64, rgba).unwrap().save(folder.path().join("hidden.png")).unwrap();
    let error = |background: &str| {
        let project = ["project", "--image", "hidden.png", "--iters", "20", "--out", "p.png", "--json"];
        let told = succeeds(folder.path(), &[&project[..], &["--background", background]].concat());
        serde_json::from_str::<serde_json::Value>(&told).unwrap()["error"].as_f64().unwrap()
    };
    assert!((error("000000") - error("ffffff")).abs() > 1e-4);
    assert!(succeeds(folder.path(), &["project", "--help"]).contains("RRGGBB"));
}

#[test]
fn every_subcommand_takes_its_model_and_its_seed_by_the_same_options() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let inspected = succeeds(at, &["inspect", "creature"]);
    assert_eq!(succeeds(at, &["inspect", "--model", "creature"]), inspected);
    for (name, arguments) in [
        ("a", &["convert", "creature", "a"][..]),
        ("b", &["convert", "--model", "creature", "b"]),
        ("c", &["convert", "creature", "--out", "c"]),
        ("d", &["convert", "--out", "d", "--model", "creature"]),
    ] {
        succeeds(at, arguments);
        let weights = |name: &str| std::fs::read(at.join(name).join("weights.safetensors")).unwrap();
        assert_eq!(weights(name), weights("a"), "{arguments:?}");
    }
    for (arguments, words) in [
        (&["convert"][..], "the model and the folder"),
        (&["convert", "creature"], "the folder to write"),
        (&["convert", "--model", "creature", "e", "f"], "f is one name too many"),
        (&["convert", "creature", "e", "--out", "f"], "e is one name too many"),
    ] {
        assert!(refused(at, arguments).contains(words), "{arguments:?}");
    }
    assert!(!at.join("e").exists() && !at.join("f").exists());
    let short = ["--count", "16", "--reconstructions", "0", "--strokes", "0"];
    let measured =
        |model: &[&str]| succeeds(at, &[&["evaluate", "--data", "creature"], model, &short].concat());
    assert_eq!(measured(&["creature"]), measured(&["--model", "creature"]));
    // Twice the model, or none: the usage is told.
    for arguments in [&["inspect"][..], &["inspect", "creature", "--model", "creature"], &["evaluate"]] {
        assert_eq!(studio(at, arguments).status.code(), Some(2), "{arguments:?}");
    }

    // Another seed begins a search elsewhere; the same one does the same again.
    succeeds(at, &["generate", "--count", "1", "--seed", "7", "--out", "photo.png"]);
    let found = |seed: &[&str]| {
        let project =
            ["project", "--image", "photo.png", "--method", "optimize", "--iters", "3", "--out", "p.png"];
        succeeds(at, &[&project[..], &["--latents", "z.npy", "--quiet"], seed].concat());
        std::fs::read(at.join("z.npy")).unwrap()
    };
    assert_eq!(found(&[]), found(&["--seed", "0"]));
    assert_eq!(found(&["--seed", "1"]), found(&["--seed", "1"]));
    assert!(found(&["--seed", "1"]) != found(&["--seed", "2"]) || found(&["--seed", "1"]) != found(&[]));
}

#[test]
fn what_is_for_every_subcommand_stands_before_or_after_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "--count", "1", "--out", "g.png"];
    for arguments in [[&["-q"][..], &generate].concat(), [&generate[..], &["--quiet"]].concat()] {
        assert_eq!(succeeds(folder.path(), &arguments), "", "{arguments:?}");
    }
    // The window's options are not, and are not passed over.
    for option in [["--model", "creature"], ["--seed", "3"]] {
        let refusal = refused(folder.path(), &[&option[..], &["generate", "--out", "window.png"]].concat());
        assert!(refusal.contains(option[0]) && refusal.contains("after the subcommand"), "{refusal}");
    }
    assert!(!folder.path().join("window.png").exists());
}
