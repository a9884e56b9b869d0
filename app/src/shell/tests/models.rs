//! Models: opening, deciding what their files leave open, the lists of recent ones.

use std::path::Path;

use egui::Role;
use latent_engine::model::{Ability, ModelInfo, Offer};

use super::*;

/// A file that is let go over the window.
#[derive(Debug)]
pub(super) struct Dropped(pub PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".into())
    }
}

impl Window {
    fn let_go(&mut self, path: &Path) {
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
        self.step();
    }

    /// The number of the newest job that opens a model, with its source and decisions.
    fn opens(&self) -> Option<(JobId, ModelSource, Option<latent_engine::model::Decisions>)> {
        let open = |command| match command {
            Asked::Open { job, source, decisions } => Some((job, source, decisions)),
            _ => None,
        };
        self.script.sent().into_iter().filter_map(open).last()
    }

    /// Opens a model from a file, as a drop does.
    fn drop_file(&mut self, path: &Path, info: Arc<ModelInfo>) {
        self.let_go(path);
        let (job, source, decisions) = self.opens().unwrap();
        assert_eq!((source, decisions), (ModelSource::Path(path.to_owned()), None));
        self.script.say(Said::Opened { job, model: ModelHandle(job.0), info });
        self.step();
    }

    fn wait_for(&mut self, wanted: impl Fn(&Studio) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !wanted(self.studio()) && Instant::now() < deadline {
            self.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(wanted(self.studio()));
    }
}

fn dropped() -> Window {
    let mut window = Window::open();
    window.drop_file(Path::new("/models/mine.pth"), scripted::file_model("mine"));
    window.answer(&[5.0, 6.0]);
    window.script.sent();
    window
}

#[test]
fn a_decision_opens_the_model_again_with_all_decisions() {
    let mut window = dropped();
    window.click("Model");
    window.harness.get_by_label("DCGAN");
    window.harness.get_by_role_and_label(Role::ComboBox, "Prior").click();
    window.step();
    window.click("uniform, -1 to 1");
    let (job, source, decisions) = window.opens().unwrap();
    let uniform: latent_engine::model::Decisions = [("prior".to_owned(), "uniform".to_owned())].into();
    assert_eq!((source, decisions.as_ref()), (ModelSource::Path("/models/mine.pth".into()), Some(&uniform)));
    let mut info = (*scripted::file_model("mine")).clone();
    info.summary.as_mut().unwrap().assumptions.decide(&uniform).unwrap();
    window.script.say(Said::Opened { job, model: ModelHandle(1), info: Arc::new(info) });
    window.script.say(Said::Remark { job, message: "it could not be kept".into() });
    window.step();
    window.harness.get_by_label("It could not be kept");
    window.harness.get_by_label("Prior was decided");
    let epsilon = window.harness.get_by_role_and_label(Role::SpinButton, "Batch norm epsilon");
    epsilon.set_value_accesskit(0.5);
    window.step();
    let both =
        [("prior", "uniform"), ("batch_norm_epsilon", "0.5")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(window.opens().unwrap().2, Some(both.into()));
    window.key(Modifiers::NONE, Key::Escape);
    window.click("Reset to defaults");
    assert_eq!(window.opens().unwrap().2, Some(latent_engine::model::Decisions::new()));
}

#[test]
fn a_failed_opening_keeps_the_old_model_and_says_why() {
    let mut window = Window::open();
    window.drag(0.5);
    window.answer(&[20.0]);
    let before = window.document().clone();
    window.let_go(Path::new("/models/bad.pth"));
    let (job, ..) = window.opens().unwrap();
    window.click("Model");
    window.harness.get_by_label("Opening bad");
    window.script.say(Said::Failed { job, message: "bad.pth: is an HTML page: the download failed".into() });
    window.step();
    window.harness.get_by_label("Bad.pth: is an HTML page: the download failed");
    assert_eq!(window.document(), &before);
    window.harness.get_by_label("Model: landscape");
    assert!(window.harness.query_by_label("Opening bad").is_none());
}

#[test]
fn an_enlarger_is_not_painted_with_and_says_what_it_is() {
    let mut window = Window::open();
    let before = window.document().clone();
    let why = "it is an enlarger (SRGAN), which makes pictures 4 times larger".to_owned();
    let lacks = [(Ability::Decode, Offer::Lacks { why })];
    let info = ModelInfo { offers: lacks.into(), sides: [0; 2], ..(*scripted::file_model("srgan")).clone() };
    window.script.sent();
    window.drop_file(Path::new("/models/srgan.pth"), Arc::new(info));
    let said = "Srgan has no generator: it is an enlarger (SRGAN), which makes pictures 4 times larger";
    window.harness.get_by_label(said);
    assert_eq!(window.document(), &before);
    window.step();
    assert!(window.script.sent().iter().any(|asked| matches!(asked, Asked::Close { .. })));
}

#[test]
fn opening_can_be_cancelled() {
    let mut window = Window::open();
    window.let_go(Path::new("/models/huge.pth"));
    let (job, ..) = window.opens().unwrap();
    window.script.say(Said::Opening { job, share: 0.25 });
    window.click("Model");
    assert_eq!(window.studio().desk.link.opening().and_then(|opening| opening.share), Some(0.25));
    // One in the panel, one in the status line.
    let bars = window.harness.get_all_by_role(Role::ProgressIndicator);
    assert_eq!(bars.filter(|bar| bar.accesskit_node().numeric_value() == Some(25.0)).count(), 2);
    window.click("Cancel");
    assert!(window.script.sent().iter().any(|asked| matches!(asked, Asked::Stop { job: j } if *j == job)));
    assert!(window.harness.query_by_label("Opening huge").is_none());
    window.script.say(Said::Cancelled { job });
    window.step();
    assert_eq!((window.shown(), window.studio().desk.link.activity()), (1.0, None));
}

#[test]
fn another_model_is_one_step_and_undo_brings_everything_of_the_old_one_back() {
    let mut window = Window::open();
    window.drag(0.3);
    window.answer(&[20.0]);
    window.click("Fix");
    window.answer(&[25.0]);
    window.drag(0.6);
    window.answer(&[30.0]);
    let (before, anchor) = (window.latents(), window.document().anchor.clone());
    window.drop_file(Path::new("/models/mine.pth"), scripted::file_model("mine"));
    let document = window.document();
    assert_eq!((document.strokes.len(), document.anchor.is_none(), document.candidates.len()), (2, true, 0));
    assert_eq!(window.draws().len(), 1, "the strokes are searched anew");
    window.answer(&[40.0]);
    window.click("Undo");
    let document = window.document();
    assert_eq!((document.strokes.len(), document.anchor.clone()), (2, anchor.clone()));
    assert_eq!((window.latents(), window.document().candidates[0].cost), (before, 30.0), "bit for bit");
    window.harness.get_by_label("Model: landscape");
    let asked = window.script.sent();
    let works = |asked: &Asked| matches!(asked, Asked::Open { .. } | Asked::Draw { .. });
    assert!(!asked.iter().any(works), "it stayed open, and its pictures are there");
    assert_eq!(window.document().anchor, anchor);
    window.drag(0.8);
    assert!(!window.draws().is_empty(), "it is painted with");
    window.answer(&[35.0]);
    window.click("Undo");
    window.click("Undo");
    assert_eq!((window.document().strokes.len(), window.document().candidates[0].cost), (1, 25.0));
    window.click("Redo");
    assert_eq!((window.document().strokes.len(), window.document().candidates[0].cost), (2, 30.0));
}

#[test]
fn a_model_that_was_closed_is_opened_again_by_undo() {
    let mut window = Window::open();
    window.drag(0.3);
    window.answer(&[20.0]);
    let before = window.latents();
    for name in ["one", "two", "three"] {
        window.drop_file(Path::new(&format!("/models/{name}.pth")), scripted::file_model(name));
        window.answer(&[40.0]);
    }
    window.click("Undo");
    window.click("Undo");
    assert!(window.opens().is_none(), "the last ones stayed open");
    window.click("Undo");
    assert_eq!((window.latents(), window.shown()), (before, 20.0), "bit for bit");
    let (job, source, _) = window.opens().expect("the old model is opened again");
    assert_eq!(source, ModelSource::Bundled("landscape".into()));
    window.script.say(Said::Opened { job, model: ModelHandle(job.0), info: scripted::model() });
    window.step();
    assert!(window.draws().is_empty(), "its pictures are there");
    window.drag(0.8);
    assert!(!window.draws().is_empty(), "it is painted with");
}

#[test]
fn random_samples_are_shown_and_one_can_be_gone_on_from() {
    let mut window = Window::open();
    window.click("Model");
    let Some(Asked::Render { job, latents, .. }) = window.script.sent().pop() else {
        panic!("no samples were asked for")
    };
    assert_eq!(latents.len(), 8);
    let candidates = (0..8).map(|i| scripted::candidate(100.0 + i as f32)).collect();
    window.script.put_made(job, candidates);
    window.step();
    assert_eq!(window.shown(), 1.0);
    window.click("Sample 3");
    assert_eq!(window.shown(), 102.0);
    window.click("Undo");
    assert_eq!(window.shown(), 1.0);
    window.script.sent();
    window.click("New samples");
    let Some(Asked::Render { latents: others, .. }) = window.script.sent().pop() else {
        panic!("no others came")
    };
    assert_ne!(latents, others);
}

#[test]
fn opened_models_and_folders_are_kept_and_listed() {
    let dir = tempfile::tempdir().unwrap();
    let (config, models) = (dir.path().join("config"), dir.path().join("models"));
    std::fs::create_dir(&models).unwrap();
    for name in ["mine.pth", "other.npz"] {
        std::fs::write(models.join(name), "x").unwrap();
    }
    let options = StudioOptions { dialogs: false, config: Some(config), ..StudioOptions::default() };
    let mut first = Window::opening_with(options.clone());
    first.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info: scripted::model() });
    first.step();
    first.drop_file(&models.join("mine.pth"), scripted::file_model("mine"));
    // Lists come from a thread: a menu that is open already would move under the pointer.
    first.wait_for(|studio| studio.desk.library.shelf().recent.len() == 1);
    first.click("Model: mine");
    first.click("Add folder of models…");
    first.step();
    let field = first.harness.get_by_role_and_label(Role::TextInput, "Path");
    field.focus();
    first.step();
    first.harness.event(Event::Text(models.display().to_string()));
    first.step();
    first.click("Add");
    first.wait_for(|studio| studio.desk.library.shelf().folders.len() == 1);
    drop(first);
    std::fs::remove_file(models.join("mine.pth")).unwrap();

    let mut later = Window::opening_with(options);
    later.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info: scripted::model() });
    later.wait_for(|studio| studio.desk.library.shelf().recent.len() == 1);
    later.click("Model: landscape");
    assert!(later.harness.get_by_label("mine").accesskit_node().is_disabled(), "it is gone");
    later.click("Remove mine");
    later.wait_for(|studio| {
        let shelf = studio.desk.library.shelf();
        shelf.recent.is_empty() && shelf.folders.first().is_some_and(|folder| folder.models.len() == 1)
    });
    later.script.sent();
    later.click("models");
    later.harness.run_ok();
    later.click("other");
    assert_eq!(later.opens().unwrap().1, ModelSource::Path(models.join("other.npz")));
}

#[test]
fn the_menu_opens_the_other_bundled_model() {
    let mut window = Window::open();
    window.click("Model: landscape");
    window.click("creature");
    assert_eq!(window.opens().unwrap().1, ModelSource::Bundled("creature".into()));
}

#[test]
fn a_hovering_file_is_told_what_would_happen() {
    let mut window = Window::open();
    let file = egui::HoveredFile { path: Some("/models/mine.pth".into()), ..Default::default() };
    window.harness.input_mut().hovered_files = vec![file];
    window.step();
    window.harness.get_by_label("Drop to open “mine” as a model");
    window.harness.input_mut().hovered_files.clear();
    window.step();
    assert!(window.harness.query_by_label_contains("Drop to open").is_none());
}
