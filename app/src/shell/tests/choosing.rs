//! What is chosen before a training: pictures, framing, classes, what varies.

use egui::Role;

use super::models::Dropped;
use super::training::{room, saved_steps};
use super::*;
use crate::rooms::train::Phase;

#[test]
fn what_can_not_be_learned_from_is_said_and_nothing_starts() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "text").unwrap();
    let mut window = room(dir.path());
    window.harness.get_by_label("Drop a folder of pictures here");
    window.type_into("Folder of pictures", dir.path().to_str().unwrap());
    window
        .until(|window| window.harness.query_by_label_contains("has no PNG, JPEG or WebP picture").is_some());
    assert!(window.harness.get_by_label("Start training").accesskit_node().is_disabled());

    let pictures = dir.path().join("cats");
    std::fs::create_dir(&pictures).unwrap();
    for i in 0..20 {
        Picture::filled(24, 16, [i * 10, 80, 0]).save(pictures.join(format!("{i}.png"))).unwrap();
    }
    std::fs::write(pictures.join("0.jpg"), "damaged").unwrap();
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(pictures.join("3.png"))));
    window.step();
    window.until(|window| window.harness.query_by_label("1 damaged file is left out").is_some());
    assert_eq!(window.workshop().setup.folder, pictures.display().to_string());
    assert!(window.workshop().setup.out.ends_with("cats-gan"));

    window.type_into("Folder of the new model", pictures.join("3.png").to_str().unwrap());
    window.until(|window| window.harness.query_by_label_contains("is a file, not a folder").is_some());
    assert!(window.harness.get_by_label("Start training").accesskit_node().is_disabled());
}

#[test]
fn pictures_of_a_folder_are_cropped_or_fitted_and_those_of_a_world_need_neither() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = dir.path().join("wide");
    std::fs::create_dir(&pictures).unwrap();
    for i in 0..20 {
        // Red beside green beside red: the middle square is green.
        let mut picture = Picture::filled(60, 20, [200, 0, 0]);
        for (x, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
            if (20..40).contains(&(x % 60)) {
                pixel.copy_from_slice(&[0, 200, i]);
            }
        }
        picture.save(pictures.join(format!("{i}.png"))).unwrap();
    }
    let mut window = room(dir.path());
    window.type_into("Folder of pictures", pictures.to_str().unwrap());
    let seen = |window: &Window| match &window.workshop().preview {
        Some(Ok(preview)) => Some(preview.pictures[0].pixel(2, 32)),
        _ => None,
    };
    window.until(|window| seen(window).is_some_and(|[red, green, _]| red < 20 && green > 180));
    window.click("Fit");
    window.until(|window| seen(window).is_some_and(|[red, green, _]| red > 180 && green < 20));
    let job = window.workshop().setup.job(ModelSource::Bundled("landscape".into())).unwrap();
    assert!(job.command.contains("--framing fit --recipe gan"), "{}", job.command);
    window.click("Creature");
    assert!(window.harness.query_by_label("Fit").is_none());
}

#[test]
fn a_model_with_classes_is_trained_and_what_makes_none_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = room(dir.path());
    window.choose_something_small();
    window.click("Landscape");
    window.click("CGAN");
    window.number("Width", 8.0);
    window.number("Latents", 4.0);
    window.number("Pictures in a step", 4.0);
    let classes = |window: &Window, said: &str| window.harness.query_by_label_contains(said).is_some();
    window.until(|window| classes(window, "classes: autumn, desert"));
    window.harness.get_by_role_and_label(Role::ComboBox, "Classes by").click();
    window.harness.run_ok();
    window.click("Sea level");
    window.until(|window| classes(window, "2 classes: with, without"));
    assert!(window.harness.query_by_label("Codes to find").is_none());

    window.until(|window| !window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    window.click("Start training");
    window.until(|window| window.steps() > 0);
    window.click("Stop");
    window.until(|window| window.phase() == Some(Phase::Finished { complete: false }));
    let model = std::fs::read_to_string(dir.path().join("models/landscape-cgan/model.toml")).unwrap();
    assert!(model.contains("\"with\", \"without\""), "{model}");
    window.click("New training");
    let resume = |window: &Window| {
        let button = window.harness.query_by_label("Resume it");
        button.is_some_and(|button| !button.accesskit_node().is_disabled())
    };
    window.until(resume);
    let steps = saved_steps(&dir.path().join("models/landscape-cgan"));
    window.click("Resume it");
    window.until(|window| window.steps() > steps);
    window.click("Stop");
    window.until(|window| matches!(window.phase(), Some(Phase::Finished { .. })));
    window.click("New training");

    // The creature world has no classes: nothing starts, and a sentence says why.
    window.click("Creature");
    window.until(|window| classes(window, "all of them are continuous"));
    assert!(window.harness.get_by_label("Start training").accesskit_node().is_disabled());
}

#[test]
fn what_an_infogan_finds_and_what_varies_in_a_world_can_be_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = room(dir.path());
    window.choose_something_small();
    window.click("InfoGAN");
    window.number("Classes to find", 1.0);
    window.harness.get_by_label_contains("An InfoGAN has 2 to 1000 classes or none");
    window.number("Classes to find", 3.0);
    window.number("Codes to find", 1.0);
    assert!(window.harness.query_by_label_contains("An InfoGAN has").is_none());

    window.click("Everything varies");
    window.harness.run_ok();
    window.click("None");
    window
        .until(|window| window.harness.query_by_label_contains("let at least one of its factors").is_some());
    assert!(window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    window.click("Hue");
    window.key(Modifiers::NONE, Key::Escape);
    let all = crate::rooms::train::factors::of(latent_engine::data::WorldName::Creature).all.len();
    window.harness.get_by_label(&format!("1 of {all} factors vary"));
    window.until(|window| !window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    let job = window.workshop().setup.job(ModelSource::Bundled("landscape".into())).unwrap();
    assert!(job.command.contains("--vary hue --recipe infogan"), "{}", job.command);
    assert!(job.command.contains("--categories 3 --codes 1"), "{}", job.command);

    window.click("Landscape");
    window.harness.get_by_label("Everything varies");
}

#[test]
fn folders_of_a_folder_are_classes() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = dir.path().join("animals");
    for name in ["cat", "dog"] {
        std::fs::create_dir_all(pictures.join(name)).unwrap();
        for i in 0..10 {
            let picture = Picture::filled(32, 32, [i * 10, 80, 0]);
            picture.save(pictures.join(name).join(format!("{i}.png"))).unwrap();
        }
    }
    let mut window = room(dir.path());
    window.click("CGAN");
    window.harness.get_by_label("Each folder in the folder of pictures is a class.");
    window.type_into("Folder of pictures", pictures.to_str().unwrap());
    window.until(|window| window.harness.query_by_label("2 classes: cat, dog").is_some());
    Picture::filled(32, 32, [0; 3]).save(pictures.join("stray.png")).unwrap();
    window.type_into("Folder of pictures", pictures.to_str().unwrap());
    window.until(|window| window.harness.query_by_label_contains("in none of its folders").is_some());
    window.click("Plain");
    window.until(|window| window.harness.query_by_label("Picture 16 to learn from").is_some());
}
