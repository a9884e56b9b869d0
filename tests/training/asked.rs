//! Training as it is asked for: classes, framing, what a training that is resumed goes on with, seeds.

use super::*;

#[test]
fn classes_come_from_folders_or_from_a_factor_of_a_world() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (class, colour) in [("red", [200, 30, 30]), ("blue", [30, 60, 200])] {
        std::fs::create_dir_all(at.join("mine").join(class)).unwrap();
        for i in 0..3 {
            let name = format!("mine/{class}/{i}.png");
            Picture::filled(16, 16, colour.map(|c| c + 10 * i)).save(at.join(name)).unwrap();
        }
    }
    let train = |data: &'static str, recipe: &'static str, out: &'static str, more: &[&'static str]| {
        let train = ["train", "--data", data, "--recipe", recipe, "--out", out, "--minutes", "0.002"];
        [&train[..], &TINY, &["--pictures", "40"], more].concat()
    };
    succeeds(at, &train("mine", "cgan", "colours", &[]));
    assert!(std::fs::read_to_string(at.join("colours/model.toml")).unwrap().contains("\"blue\", \"red\""));
    let told = succeeds(at, &["inspect", "colours"]);
    assert!(told.contains("Skip generator") && told.contains("2: blue, red"), "{told}");
    succeeds(at, &["generate", "--model", "colours", "--count", "4", "--out", "g.png"]);
    succeeds(at, &["convert", "colours", "copy", "--half"]);
    assert!(succeeds(at, &["inspect", "copy"]).contains("2: blue, red"));

    succeeds(at, &train("landscape", "acgan", "biomes", &["--classes", "biome"]));
    assert!(succeeds(at, &["inspect", "biomes"]).contains("desert"));
    succeeds(at, &train("mine", "infogan", "codes", &["--categories", "3", "--codes", "2"]));
    let told = succeeds(at, &["inspect", "codes"]);
    assert!(told.contains("Skip generator") && told.contains("codes"), "{told}");
    succeeds(at, &["generate", "--model", "codes", "--count", "4", "--out", "g.png"]);

    let refuse = |arguments: Vec<&str>, words: &str| {
        let line = refused(at, &arguments);
        assert!(line.contains(words), "{line}");
    };
    refuse(train("landscape", "cgan", "x", &["--classes", "haze"]), "biome or cloud_kind");
    refuse(train("creature", "cgan", "x", &["--classes", "hue"]), "continuous");
    refuse(train("landscape", "cgan", "x", &[]), "--classes");
    refuse(train("mine", "cgan", "x", &["--classes", "biome"]), "--classes");
    refuse(train("mine", "gan", "x", &["--classes", "biome"]), "--classes");
    refuse(train("mine/red", "cgan", "x", &[]), "none of its folders");
    refuse(train("mine", "infogan", "x", &["--categories", "1"]), "2 to");
    refuse(train("mine", "cgan", "x", &["--codes", "2"]), "--codes");
    refuse(train("mine", "acgan", "colours", &["--resume"]), "the recipe cgan, not acgan");
}

#[test]
fn pictures_of_a_folder_are_cropped_or_fitted_and_a_training_stays_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("wide")).unwrap();
    for i in 0..3 {
        Picture::filled(40, 16, [90 + i, 20, 200]).save(at.join(format!("wide/{i}.png"))).unwrap();
    }
    let train = |data: &'static str, more: &[&'static str]| {
        let train = ["train", "--data", data, "--out", "mine", "--minutes", "0.002"];
        [&train[..], &TINY, more].concat()
    };
    let world = refused(at, &train("landscape", &["--framing", "fit"]));
    assert!(world.contains("--framing") && world.contains("landscape world"), "{world}");
    succeeds(at, &train("wide", &["--framing", "fit", "--flip", "off"]));
    let state = at.join("mine/run/state.safetensors");
    let before = std::fs::read(&state).unwrap();
    let line = refused(at, &train("wide", &["--resume", "--framing", "crop"]));
    assert!(line.contains("framing fit, not crop"), "{line}");
    assert_eq!(std::fs::read(&state).unwrap(), before);
    // Without a word the training's own framing is taken, and so is any that is the same.
    for more in [&["--resume"][..], &["--resume", "--framing", "fit"]] {
        succeeds(at, &train("wide", more));
    }
    assert!(!Gan::load(&state).unwrap().0.config().flip);
}

#[test]
fn a_training_that_is_resumed_knows_how_it_was_begun() {
    let folder = with_pictures("6");
    let at = folder.path();
    let (train, state) = training(at, "0.002");
    let told = program(at, &train).output().unwrap();
    assert!(told.status.success());
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(said.contains("no training to go on with: a new one begins"), "{said}");
    let done = steps(&state);
    let nothing = refused(at, &["train", "--resume", "--out", "nowhere"]);
    assert!(nothing.contains("nowhere holds no training") && !at.join("nowhere").exists(), "{nothing}");
    let resume = ["train", "--resume", "--out", "mine"];
    for (more, words) in [
        (&["--seed", "5"][..], "--seed 1, not 5"),
        (&["--latent", "9"], "--latent 8, not 9"),
        (&["--batch", "5"], "--batch 4, not 5"),
        (&["--loss", "wasserstein"], "--loss hinge, not wasserstein"),
        (&["--flip", "off"], "--flip on, not off"),
        (&["--beta", "2"], "the recipe gan has no --beta: it is for vae"),
        (&["--recipe", "vae"], "the recipe gan, not vae"),
        (&["--model", "creature"], "begun without a model, not for creature"),
        (&["--penalty", "3"], "has no --penalty, as it was begun"),
        (&["--data", "landscape"], "not from 20000 pictures of the landscape world"),
        (&["--data", "elsewhere"], "elsewhere"),
        (&["--minutes", "inf"], "comes to an end"),
    ] {
        let line = refused(at, &[&resume[..], more].concat());
        assert!(line.contains(words), "{more:?}: {line}");
    }
    assert_eq!(steps(&state), done);
    // Without a word about anything else, also from another folder.
    let more = (done + 5).to_string();
    let elsewhere = tempfile::tempdir().unwrap();
    let out = at.join("mine").display().to_string();
    let arguments =
        ["train", "--resume", "--out", &out, "--steps", &more, "--learning-rate", "0.0001", "--seed", "1"];
    let output = program(elsewhere.path(), &arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("resumed at step {done} of {more}")), "{said}");
    let (gan, _) = Gan::load(&state).unwrap();
    assert_eq!((gan.steps(), gan.config().generator.learning_rate), (done + 5, 1e-4));
    let card = std::fs::read_to_string(at.join("mine/CARD.md")).unwrap();
    assert!(card.contains(&format!("| Clock | {more} steps: the same seed")), "{card}");
}

#[test]
fn the_same_seed_and_steps_make_the_same_model_on_the_command_line() {
    let folder = with_pictures("6");
    let at = folder.path();
    let train = |out: &'static str| {
        let train = ["train", "--data", "world", "--recipe", "vae", "--steps", "6", "--out", out];
        succeeds(at, &[&train[..], &TINY].concat());
        std::fs::read(at.join(out).join("weights.safetensors")).unwrap()
    };
    assert!(train("one") == train("two"));
}
