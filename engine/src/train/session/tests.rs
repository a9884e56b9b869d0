//! Trainings on their threads, small enough for a test. Nothing here depends on how long anything takes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::data::{Framing, PictureSet, PictureSource, WorldName};
use crate::model::{Model, ModelSource};
use crate::open::open_best;
use crate::train::{
    Begun, Clock, Description, FolderState, NamedTensor, Parts, Plan, Report, Trainer, Value, look_into,
    recipe,
};
use crate::{Error, Picture, Result};

fn plan(key: &str) -> Plan {
    Plan::usual(recipe(key).unwrap())
        .with_count("size", 16)
        .with_count("latent", 4)
        .with_count("width", 8)
        .with_count("batch", 4)
        .with_count("seed", 3)
}

fn creatures(count: usize) -> PictureSource {
    let world = WorldName::Creature;
    PictureSource::World { world, count, seed: 1, vary: None, classes: None }
}

fn job(folder: &Path) -> Job {
    Job {
        source: creatures(20),
        plan: plan("gan"),
        folder: folder.join("mine"),
        clock: Clock::Minutes(60.0),
        resume: false,
        threads: 1,
        command: "a test".into(),
    }
}

fn spawn(job: Job) -> Training {
    Training::spawn(job, Arc::new(|| ())).unwrap()
}

/// Waits until `wanted` gives something. The limit is for a training that hangs, and far away.
fn wait_for<T>(mut wanted: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(found) = wanted() {
            return found;
        }
        assert!(Instant::now() < deadline, "it never came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn next(training: &Training) -> TrainingEvent {
    wait_for(|| training.events().next())
}

fn step(training: &Training) -> u64 {
    wait_for(|| training.take_standing()).progress.report.step
}

/// A trainer that fails at a step, by an error or by a panic.
struct Failing {
    inner: Box<dyn Trainer>,
    at: u64,
    panics: bool,
}

impl Trainer for Failing {
    fn recipe(&self) -> &'static str {
        self.inner.recipe()
    }

    fn config(&self) -> Result<serde_json::Value> {
        self.inner.config()
    }

    fn parts(&mut self) -> Parts<'_> {
        self.inner.parts()
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.inner.export()
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        if self.inner.steps() + 1 < self.at {
            return self.inner.step(pictures, progress);
        }
        assert!(!self.panics, "a defect");
        Err(Error::NonFinite { what: "the loss" })
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn steps(&self) -> u64 {
        self.inner.steps()
    }

    fn batch(&self) -> usize {
        self.inner.batch()
    }

    fn model(&self) -> Result<Model> {
        self.inner.model()
    }

    fn sheet(&self, pictures: &PictureSet) -> Result<Picture> {
        self.inner.sheet(pictures)
    }

    fn description(&self) -> Description {
        self.inner.description()
    }
}

fn failing(job: Job, at: u64, panics: bool) -> Training {
    let stand = move |Begun { trainer, note }: Begun| {
        let trainer = Box::new(Failing { inner: trainer, at, panics });
        Begun { trainer, note }
    };
    Training::spawn_with(job, Arc::new(|| ()), Box::new(stand)).unwrap()
}

fn title_of(folder: PathBuf) -> String {
    open_best(&ModelSource::Path(folder), None).unwrap().info.name.clone()
}

#[test]
fn a_training_shows_sheets_and_curves_rests_goes_on_and_ends_with_a_model() {
    let dir = tempfile::tempdir().unwrap();
    let job = job(dir.path());
    let training = spawn(job.clone());
    assert!(matches!(next(&training), TrainingEvent::Started { pictures: 20, .. }));
    let sheet = wait_for(|| training.take_sheet());
    assert_eq!((sheet.width(), sheet.height()), (128, 128));
    let standing = wait_for(|| training.take_standing());
    assert!(standing.curves.iter().any(|curve| curve.name == "loss_d" && !curve.points.is_empty()));

    training.order(Order::Pause);
    assert!(matches!(next(&training), TrainingEvent::Paused));
    let rests = training.take_standing().map_or(standing.progress.report.step, |s| s.progress.report.step);
    assert!(training.take_standing().is_none() && training.is_alive());
    assert_eq!(title_of(job.folder.clone()), "mine", "a pause leaves a model behind");

    training.order(Order::Save);
    assert!(matches!(next(&training), TrainingEvent::Saved));
    assert!(training.take_standing().is_none(), "it still rests");
    training.order(Order::GoOn);
    assert!(matches!(next(&training), TrainingEvent::WentOn));
    assert!(step(&training) > rests);

    training.order(Order::Stop);
    let TrainingEvent::Finished { complete: false, steps, seconds } = next(&training) else { panic!() };
    assert!(steps > rests && seconds > 0.0);
    assert_eq!(title_of(job.folder.clone()), "mine");
    drop(training);

    let refused = spawn(job.clone());
    let TrainingEvent::Failed { message, kept: true } = next(&refused) else { panic!() };
    assert!(message.contains("holds a training"), "{message}");
    let again = spawn(Job { resume: true, ..job });
    assert!(matches!(next(&again), TrainingEvent::Started { .. }));
    assert!(step(&again) > steps);
}

#[test]
fn the_end_of_the_time_is_the_end_of_the_training() {
    let dir = tempfile::tempdir().unwrap();
    let training = spawn(Job { clock: Clock::Minutes(0.001), ..job(dir.path()) });
    assert!(matches!(next(&training), TrainingEvent::Started { .. }));
    assert!(matches!(next(&training), TrainingEvent::Finished { complete: true, .. }));
    wait_for(|| (!training.is_alive()).then_some(()));
    training.order(Order::Pause);
}

#[test]
fn dropping_it_writes_a_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let job = job(dir.path());
    let training = spawn(job.clone());
    let seen = step(&training);
    drop(training);
    let folder = job.folder;
    let FolderState::Training(saved) = look_into(&folder).unwrap() else { panic!() };
    assert!(saved.recipe == "gan" && saved.steps >= seen && saved.note.seconds > 0.0);
    assert_eq!(title_of(folder), "mine");
}

#[test]
fn a_pause_does_not_keep_it_from_ending() {
    let dir = tempfile::tempdir().unwrap();
    let training = spawn(job(dir.path()));
    step(&training);
    training.order(Order::Pause);
    wait_for(|| training.events().find(|event| matches!(event, TrainingEvent::Paused)));
    drop(training);
    assert!(matches!(look_into(&dir.path().join("mine")).unwrap(), FolderState::Training(_)));
}

#[test]
fn a_panic_and_an_error_are_the_last_event_and_leave_nothing_half_done() {
    for panics in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let training = failing(job(dir.path()), 3, panics);
        assert!(matches!(next(&training), TrainingEvent::Started { .. }));
        let TrainingEvent::Failed { message, kept: false } = next(&training) else { panic!() };
        assert!(message.contains(if panics { "a defect" } else { "the loss" }), "{message}");
        assert_eq!(look_into(&dir.path().join("mine")).unwrap(), FolderState::Free);
    }
}

#[test]
fn a_training_that_goes_on_is_the_one_that_was_begun() {
    let dir = tempfile::tempdir().unwrap();
    let first = spawn(job(dir.path()));
    step(&first);
    drop(first);
    let resumed = |plan: Plan| spawn(Job { resume: true, plan, ..job(dir.path()) });
    for (plan, words) in [
        (plan("gan").with_count("seed", 4), "--seed 3, not 4"),
        (plan("gan").with_count("latent", 5), "--latent 4, not 5"),
        (plan("vae").with_count("beta", 2), "no --beta"),
    ] {
        let TrainingEvent::Failed { message, kept: true } = next(&resumed(plan)) else { panic!() };
        assert!(message.contains(words), "{message}");
    }
    let faster = Plan::usual(recipe("gan").unwrap()).with("learning-rate", Value::Number(1e-3));
    step(&resumed(faster));
    let FolderState::Training(saved) = look_into(&dir.path().join("mine")).unwrap() else { panic!() };
    assert_eq!(saved.settings.get("learning-rate"), Some(&Value::Number(1e-3)));
    assert_eq!(saved.settings.get("batch"), Some(&Value::Count(4)));
}

#[test]
fn a_failure_keeps_the_last_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let job = job(dir.path());
    let first = spawn(job.clone());
    step(&first);
    drop(first);
    let before = look_into(&job.folder).unwrap();
    let training = failing(Job { resume: true, ..job.clone() }, 0, true);
    assert!(matches!(next(&training), TrainingEvent::Started { .. }));
    assert!(matches!(next(&training), TrainingEvent::Failed { kept: true, .. }));
    assert_eq!(look_into(&job.folder).unwrap(), before);
    assert_eq!(title_of(job.folder), "mine");
}

#[test]
fn what_can_not_be_trained_is_said_before_anything_is_computed() {
    let dir = tempfile::tempdir().unwrap();
    let failed = |job: Job| {
        let training = spawn(job);
        let TrainingEvent::Failed { message, .. } = next(&training) else { panic!("it was trained") };
        message
    };
    let folder = dir.path().join("nothing");
    std::fs::create_dir(&folder).unwrap();
    let empty = PictureSource::Folder { folder, framing: Framing::Crop, classes: false };
    assert!(failed(Job { source: empty, ..job(dir.path()) }).contains("is empty"));
    assert!(!dir.path().join("mine").exists(), "nothing is left of it");

    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(failed(Job { folder: file.clone(), ..job(dir.path()) }).contains("is a file"));
    assert!(failed(Job { folder: file.join("mine"), ..job(dir.path()) }).contains("file"));
    assert!(failed(Job { folder: dir.path().to_owned(), ..job(dir.path()) }).contains("other files"));
    let narrow = plan("gan").with_count("width", 0);
    assert!(failed(Job { plan: narrow, ..job(dir.path()) }).contains("width"));
    let clock = Clock::Minutes(f32::INFINITY);
    assert!(failed(Job { clock, ..job(dir.path()) }).contains("comes to an end"));
    let pictures = dir.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    let source = PictureSource::Folder { folder: pictures.clone(), framing: Framing::Crop, classes: false };
    let inside = Job { source, folder: pictures.join("mine"), ..job(dir.path()) };
    assert!(failed(inside).contains("own sample sheets") && !pictures.join("mine").exists());
}

#[test]
fn a_training_goes_on_with_the_framing_that_it_was_begun_with() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = dir.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    for i in 0..16 {
        Picture::filled(30, 20, [9 * i, 100, 50]).save(pictures.join(format!("{i}.png"))).unwrap();
    }
    let job = |framing, resume| {
        let source = PictureSource::Folder { folder: pictures.clone(), framing, classes: false };
        Job { source, resume, ..job(dir.path()) }
    };
    let first = spawn(job(Framing::Fit, false));
    step(&first);
    drop(first);
    let FolderState::Training(saved) = look_into(&dir.path().join("mine")).unwrap() else { panic!() };
    assert!(matches!(saved.note.source, Some(PictureSource::Folder { framing: Framing::Fit, .. })));
    let TrainingEvent::Failed { message, kept: true } = next(&spawn(job(Framing::Crop, true))) else {
        panic!("it goes on with other pictures")
    };
    assert!(message.contains("framing fit, not crop"), "{message}");
    let again = spawn(job(Framing::Fit, true));
    assert!(step(&again) > saved.steps);
}

#[test]
fn a_training_with_classes_takes_their_names_from_the_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let job = |factor: &str, resume| {
        let source = PictureSource::World {
            world: WorldName::Landscape,
            count: 60,
            seed: 1,
            vary: None,
            classes: Some(factor.to_owned()),
        };
        Job { source, plan: plan("cgan"), resume, ..job(dir.path()) }
    };
    let first = spawn(job("biome", false));
    let so_far = step(&first);
    drop(first);
    let model = open_best(&ModelSource::Path(dir.path().join("mine")), None).unwrap();
    let named = model.info.latents.groups.iter().any(|group| format!("{group:?}").contains("desert"));
    assert!(named, "{:?}", model.info.latents);
    let again = spawn(job("biome", true));
    assert!(step(&again) > so_far);
    drop(again);
    let other = spawn(job("sea_level", true));
    let message = wait_for(|| match next(&other) {
        TrainingEvent::Failed { message, kept: true } => Some(message),
        _ => None,
    });
    assert!(message.contains("by biome, not from") && message.contains("by sea_level"), "{message}");
}

#[test]
fn a_stop_while_pictures_are_read_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let many = creatures(300_000);
    let training = spawn(Job { source: many, ..job(dir.path()) });
    wait_for(|| training.take_reading());
    training.order(Order::Stop);
    assert!(matches!(next(&training), TrainingEvent::Cancelled));
    assert!(!dir.path().join("mine").exists());
}
