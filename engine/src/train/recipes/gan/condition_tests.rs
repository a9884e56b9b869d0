//! GANs that are told something, on networks small enough for a test.

use std::ops::ControlFlow;

use super::tests::{pictures, tiny, values};
use crate::data::PictureSet;
use crate::model::{GroupKind, Latent, Model, ModelSource};
use crate::open::{inspect, open_best};
use crate::rng::Rng;
use crate::train::*;

/// Discs on a ground, which is red in one class and blue in the other.
fn two_colours(size: usize) -> PictureSet {
    let mut rng = Rng::new(12);
    let draw = |index: usize| {
        let (x, y) = (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7));
        let ground: [u8; 3] = [[200, 40, 40], [40, 60, 210]][index % 2];
        let mut rgb = Vec::new();
        for i in 0..size * size {
            let (dx, dy) = ((i % size) as f32 / size as f32 - x, (i / size) as f32 / size as f32 - y);
            rgb.extend(if dx * dx + dy * dy < 0.03 { [120, 200, 60] } else { ground });
        }
        rgb
    };
    let set = PictureSet::from_rgb(size, (0..16).map(draw)).unwrap();
    set.with_classes(vec!["red".into(), "blue".into()], (0..16).map(|index| index % 2).collect()).unwrap()
}

fn labels() -> Condition {
    Condition::Label { classes: Vec::new() }
}

fn auxiliary() -> Condition {
    Condition::Auxiliary { classes: Vec::new(), weight: 1.0 }
}

fn information() -> Condition {
    Condition::Information { classes: 2, codes: 1, weight: 1.0 }
}

fn gan(condition: &Condition, set: &PictureSet) -> Gan {
    let condition = condition.for_pictures(set).unwrap();
    Gan::new(GanConfig { condition, ..tiny() }).unwrap()
}

/// Mean of red less blue, -255 to 255, over random pictures of a class.
fn redness(model: &Model, class: usize) -> f32 {
    let mut rng = Rng::new(9);
    let latents: Vec<Latent> = (0..32)
        .map(|_| {
            let mut values = model.info.latents.draw(&mut rng).values().to_vec();
            values[tiny().latent..][..2].fill(0.0);
            values[tiny().latent + class] = 1.0;
            values.into()
        })
        .collect();
    let pictures = model.pictures(&latents).unwrap();
    let pixels = pictures.iter().flat_map(|p| p.rgb().chunks_exact(3));
    let (mut sum, mut count) = (0.0, 0.0);
    for pixel in pixels {
        sum += f32::from(pixel[0]) - f32::from(pixel[2]);
        count += 1.0;
    }
    sum / count
}

#[test]
fn pictures_of_a_class_have_its_colour() {
    let set = two_colours(16);
    for condition in [labels(), auxiliary()] {
        let mut gan = gan(&condition, &set);
        for _ in 0..400 {
            gan.step(&set, 0.0).unwrap();
        }
        let model = gan.model().unwrap();
        let (red, blue) = (redness(&model, 0), redness(&model, 1));
        // In the pictures: about 145 and -155.
        assert!(red > 30.0 && blue < -30.0, "{}: {red} {blue}", condition.recipe());
    }
}

#[test]
fn classes_that_nobody_named_become_something_that_can_be_told() {
    let set = two_colours(16);
    let mut gan = gan(&information(), &set);
    let mut told = Vec::new();
    for _ in 0..400 {
        told = gan.step(&set, 0.0).unwrap().values;
    }
    let value = |name| told.iter().find(|(n, _)| *n == name).unwrap().1;
    // Where nothing can be told: ln 2 = 0.69, and the root mean square of a uniform code, 0.58.
    assert!(value("class_loss") < 0.3 && value("code_error") < 0.4, "{told:?}");
    let model = gan.model().unwrap();
    assert!((redness(&model, 0) - redness(&model, 1)).abs() > 5.0);
}

#[test]
fn every_variable_is_trained() {
    let set = two_colours(16);
    for condition in [labels(), auxiliary(), information()] {
        let mut gan = gan(&condition, &set);
        let before: Vec<Vec<f32>> = gan.all_vars().map(|v| values(v)).collect();
        for _ in 0..60 {
            gan.step(&set, 0.0).unwrap();
        }
        for (index, (var, before)) in gan.all_vars().zip(before).enumerate() {
            assert_ne!(values(var), before, "{} variable {index}", condition.recipe());
        }
    }
}

#[test]
fn a_resumed_training_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let set = two_colours(16);
    for condition in [labels(), auxiliary(), information()] {
        let mut straight = gan(&condition, &set);
        for _ in 0..5 {
            straight.step(&set, 0.1).unwrap();
        }
        save(&mut straight, &path, "").unwrap();
        let mut resumed = Gan::load(&path).unwrap().0;
        for _ in 0..5 {
            assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
        }
        for (a, b) in straight.all_vars().zip(resumed.all_vars()) {
            assert_eq!(values(a), values(b));
        }
        assert_eq!(straight.samples(2, 1).unwrap(), resumed.samples(2, 1).unwrap());
    }
}

#[test]
fn classes_work_with_every_loss() {
    let set = two_colours(16);
    for loss in [Loss::NonSaturating, Loss::Wasserstein] {
        for condition in [labels(), auxiliary(), information()] {
            let condition = condition.for_pictures(&set).unwrap();
            let GanConfig { loss, regularizer, critic_steps, .. } = GanConfig::for_loss(loss);
            let mut gan =
                Gan::new(GanConfig { condition, loss, regularizer, critic_steps, ..tiny() }).unwrap();
            gan.step(&set, 0.0).unwrap();
        }
    }
}

#[test]
fn a_model_folder_opens_with_its_classes_and_codes() {
    let folder = tempfile::tempdir().unwrap();
    for condition in [labels(), information()] {
        let out = folder.path().join(condition.recipe());
        let trainer = Box::new(gan(&condition, &two_colours(16)));
        let begun = Begun { trainer, note: Note::default() };
        let options = RunOptions::new(two_colours(16), Clock::Steps(3));
        let claimed = ModelFolder::claim(&out, Claim::New).unwrap();
        let state = claimed.state();
        let finished = run(options, begun, claimed, &mut |_| ControlFlow::Continue(())).unwrap();
        let provenance = Provenance { title: "t".into(), data: "d".into(), command: "c".into() };
        write_model_folder(&out, &finished, &provenance).unwrap();
        let source = ModelSource::Path(out);
        let summary = inspect(&source, None).unwrap();
        assert_eq!(summary.family, "DCGAN");
        let model = open_best(&source, None).unwrap();
        let groups = &model.info.latents.groups;
        assert_eq!(groups[0].len(), tiny().latent);
        let GroupKind::Categorical { classes } = &groups[1].kind else { panic!("{groups:?}") };
        let facts = |name| summary.facts.iter().find(|(n, _)| *n == name).map(|(_, fact)| fact.as_str());
        if condition == labels() {
            assert_eq!((groups.len(), classes), (2, &vec!["red".to_owned(), "blue".to_owned()]));
            assert_eq!((facts("classes"), facts("codes")), (Some("2: red, blue"), None));
        } else {
            assert_eq!((groups.len(), groups[2].name.as_str(), groups[2].len()), (3, "code", 1));
            assert_eq!((facts("classes"), facts("codes")), (Some("2"), Some("1")));
        }
        // As the training's own model, but for the rounding of the weights to float16.
        let trainer = Gan::load(&state).unwrap().0;
        let own = trainer.model().unwrap();
        assert_eq!(own.info.latents, model.info.latents);
        let latents = [own.info.latents.draw(&mut Rng::new(3))];
        let [a, b] = [&own, &model].map(|m| m.pictures(&latents).unwrap().remove(0));
        assert!(a.rgb().iter().zip(b.rgb()).all(|(a, b)| a.abs_diff(*b) <= 2));
    }
}

#[test]
fn pictures_without_classes_or_with_others_are_refused() {
    let set = pictures(8, 16);
    let plan = Plan::usual(recipe("cgan").unwrap()).with_count("size", 16).with_count("width", 8);
    plan.check().unwrap();
    let error = plan.begin(&set).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("cgan") && error.contains("two classes"), "{error}");
    let unnamed = GanConfig { condition: labels(), ..tiny() };
    assert!(Gan::new(unnamed).is_err(), "classes that nobody named");
    let error = gan(&labels(), &two_colours(16)).step(&set, 0.0).unwrap_err().to_string();
    assert!(error.contains("none") && error.contains("red, blue"), "{error}");
}

#[test]
fn a_state_of_another_recipe_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    save(&mut gan(&labels(), &two_colours(16)), &path, "").unwrap();
    let load = |key| {
        let saved = SavedState::read(&path).unwrap();
        recipe(key).unwrap().load(saved, &Settings::default())
    };
    assert!(load("cgan").is_ok());
    for key in ["gan", "acgan", "infogan", "vae", "ian"] {
        let error = load(key).map(|_| ()).unwrap_err().to_string();
        let name = format!("not {key}");
        assert!(error.contains("the recipe cgan") && error.contains(&name), "{error}");
    }
}
