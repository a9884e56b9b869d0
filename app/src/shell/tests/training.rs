//! Training a model in the window, with trainings that are real and small.

use std::path::Path;

use egui::Role;
use latent_engine::train::{FolderState, look_into};

use super::*;
use crate::rooms::train::{Phase, TrainRoom, Workshop};
use crate::shell::closing::Closing;

pub(super) fn saved_steps(folder: &Path) -> u64 {
    let FolderState::Training(saved) = look_into(folder).unwrap() else { panic!("no training") };
    saved.steps
}

/// A window in the training's room that writes models below `folder`.
pub(super) fn room(folder: &Path) -> Window {
    let options =
        StudioOptions { dialogs: false, models: Some(folder.join("models")), ..StudioOptions::default() };
    let mut window = Window::opening_with(options);
    // Nothing shall have to be scrolled.
    window.harness.set_size(egui::vec2(1280.0, 1200.0));
    window.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info: scripted::model() });
    window.step();
    window.answer(&[1.0, 2.0]);
    window.script.sent();
    window.click("Train");
    window
}

impl Window {
    pub(super) fn workshop(&self) -> &Workshop {
        &self.studio().room::<TrainRoom>().unwrap().workshop
    }

    pub(super) fn phase(&self) -> Option<Phase> {
        self.workshop().live.as_ref().map(|live| live.phase.clone())
    }

    pub(super) fn steps(&self) -> u64 {
        let live = self.workshop().live.as_ref().unwrap();
        live.standing.as_ref().map_or(0, |standing| standing.progress.report.step)
    }

    pub(super) fn number(&mut self, name: &str, value: f64) {
        self.harness.get_by_role_and_label(Role::SpinButton, name).set_value_accesskit(value);
        self.step();
    }

    pub(super) fn type_into(&mut self, name: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, name).focus();
        self.step();
        self.key(Modifiers::COMMAND, Key::A);
        self.harness.event(Event::Text(text.to_owned()));
        self.step();
        self.key(Modifiers::NONE, Key::Enter);
    }

    /// A world and settings that are learned in no time.
    pub(super) fn choose_something_small(&mut self) {
        self.click("Creature");
        self.number("Number of pictures", 20.0);
        self.click("32");
        self.click("More");
        self.harness.run_ok();
        self.number("Width", 8.0);
        self.number("Latents", 4.0);
        self.number("Pictures in a step", 4.0);
        self.until(|window| window.harness.query_by_label("Picture 16 to learn from").is_some());
        self.until(|window| window.workshop().place.is_some());
    }
}

#[test]
fn a_model_is_trained_on_a_world_rests_goes_on_and_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = room(dir.path());
    assert!(window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    window.choose_something_small();
    window.click("Start training");
    let losses = |window: &Window| {
        window.harness.query_by_role_and_label(Role::Image, "Losses of the two networks").is_some()
    };
    window.until(losses);
    window.until(|window| window.workshop().live.as_ref().unwrap().sheet.is_some());
    window.harness.get_by_label("Samples");
    window.harness.get_by_role_and_label(Role::Image, "What the critic says");
    let file = egui::HoveredFile { path: Some(dir.path().to_owned()), ..Default::default() };
    window.harness.input_mut().hovered_files = vec![file];
    window.step();
    window.harness.get_by_label("A training runs");
    window.harness.input_mut().hovered_files.clear();
    // In the smallest window the sheet stands above the curves, large enough to be looked at.
    window.harness.set_size(egui::vec2(800.0, 560.0));
    window.step();
    let (sheet, losses) = (
        window.harness.get_by_label("Samples").rect(),
        window.harness.get_by_role_and_label(Role::Image, "Losses of the two networks").rect(),
    );
    assert!(sheet.width() >= 220.0 && sheet.bottom() < losses.top(), "{sheet:?} {losses:?}");
    window.harness.set_size(egui::vec2(1280.0, 1200.0));
    window.step();

    window.click("Pause");
    window.until(|window| window.phase() == Some(Phase::Paused));
    let steps = window.steps();
    window.step();
    assert_eq!(window.steps(), steps, "it rests");
    window.click("Resume");
    window.until(|window| window.steps() > steps);

    window.click("Paint");
    window.harness.get_by_label("Canvas");
    window.harness.get_by_label_contains("Training ").click();
    window.step();
    window.click("Use this model");
    let folder = dir.path().join("models/creature-gan");
    window.until(|window| window.harness.query_by_label("Canvas").is_some());
    let opens = |window: &Window| {
        let open = |command| match command {
            Asked::Open { job, source, .. } => Some((job, source)),
            _ => None,
        };
        window.script.sent().into_iter().filter_map(open).last().unwrap()
    };
    let (job, source) = opens(&window);
    assert_eq!(source, ModelSource::Path(folder.clone()));
    window.script.say(Said::Opened {
        job,
        model: ModelHandle(1),
        info: scripted::file_model("creature-gan"),
    });
    window.step();
    window.harness.get_by_label("Model: creature-gan");
    window.answer(&[3.0]);

    window.click("Train");
    window.click("Stop");
    window.until(|window| window.phase() == Some(Phase::Finished { complete: false }));
    window.harness.get_by_label("Stopped. The model is saved as it was then.");
    // So few steps make grey mush: how many are useful is said.
    window.harness.get_by_label_contains("The bundled landscape model learned for 36 690 steps: about ");
    window.click("Use this model");
    let (job, source) = opens(&window);
    assert_eq!(source, ModelSource::Path(folder.clone()));
    window.script.say(Said::Opened {
        job,
        model: ModelHandle(1),
        info: scripted::file_model("creature-gan"),
    });
    window.step();
    window.answer(&[4.0]);
    window.until(|window| {
        let shelf = window.studio().desk.library.shelf();
        shelf.folders.first().is_some_and(|listed| listed.path == dir.path().join("models"))
    });

    // The same again finds what is there.
    window.click("Train");
    window.click("New training");
    let resumable = |window: &Window| {
        window
            .harness
            .query_by_label("Resume it")
            .is_some_and(|button| !button.accesskit_node().is_disabled())
    };
    window.until(resumable);
    assert!(!window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    assert!(window.workshop().setup.out.ends_with("creature-gan-2"), "it takes the free name");
    window.harness.get_by_label_contains("creature-gan holds a training: gan, ");
    window.click("Resume it");
    window.until(|window| window.steps() > steps);
    window.click("Stop");
    window.until(|window| matches!(window.phase(), Some(Phase::Finished { .. })));
    window.click("New training");
    window.until(|window| window.workshop().setup.out.ends_with("creature-gan-2"));
    window.until(|window| !window.harness.get_by_label("Start training").accesskit_node().is_disabled());

    // One that was typed stays, and what can be done about it stands right above the button that it blocks.
    window.type_into("Folder of the new model", folder.to_str().unwrap());
    window.until(|window| window.harness.query_by_label("Use the name creature-gan-2").is_some());
    assert!(window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    window.click("Use the name creature-gan-2");
    window.until(|window| !window.harness.get_by_label("Start training").accesskit_node().is_disabled());
}

#[test]
fn a_training_that_fails_is_told_and_the_window_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = room(dir.path());
    window.choose_something_small();
    // Nothing can be made below a file.
    std::fs::write(dir.path().join("models"), "in the way").unwrap();
    window.click("Start training");
    window.until(|window| matches!(window.phase(), Some(Phase::Failed { kept: false, .. })));
    // What it says takes some room: the buttons find their places over the next frames.
    window.step();
    window.step();
    assert!(window.harness.query_by_label("Use this model").is_none());
    window.click("New training");
    window.until(|window| window.harness.query_by_label("Start training").is_some());
    window.click("Paint");
    window.drag(0.5);
    assert_eq!(window.document().strokes.len(), 1);
}

#[test]
fn keys_of_the_painter_do_nothing_in_the_training_room() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = room(dir.path());
    let before = window.document().clone();
    for key in [Key::R, Key::N, Key::F] {
        window.key(Modifiers::NONE, key);
    }
    assert_eq!(window.document(), &before);
    window.key(Modifiers::COMMAND, Key::T);
    window.harness.get_by_label("Canvas");
}

#[test]
fn a_window_that_closes_lets_the_training_write_what_it_learned() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = room(dir.path());
    window.choose_something_small();
    window.click("Start training");
    window.until(|window| window.steps() > 0);
    let viewport = egui::ViewportId::ROOT;
    let info = window.harness.input_mut().viewports.entry(viewport).or_default();
    info.events.push(egui::ViewportEvent::Close);
    // What is asked lies over the window from the third frame on.
    window.step();
    window.step();
    window.harness.get_by_label("Quit during the training?");
    window.click("Quit");
    window.until(|window| window.studio().house.closing == Closing::Now);
    let folder = dir.path().join("models/creature-gan");
    assert!(matches!(look_into(&folder).unwrap(), FolderState::Training(_)));

    // One that is taken away without being asked does so, too.
    let mut other = room(dir.path());
    other.choose_something_small();
    other.until(|window| window.workshop().setup.out.ends_with("creature-gan-2"));
    other.until(|window| !window.harness.get_by_label("Start training").accesskit_node().is_disabled());
    other.click("Start training");
    other.until(|window| window.steps() > 0);
    drop(other);
    assert!(matches!(
        look_into(&dir.path().join("models/creature-gan-2")).unwrap(),
        FolderState::Training(_)
    ));
}
