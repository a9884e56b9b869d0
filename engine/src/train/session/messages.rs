//! Every message of a training survives the way through bytes.

use std::path::PathBuf;

use super::{Job, Order, Reading, Standing, TrainingEvent};
use crate::data::{Framing, Pairing, PictureSource, Skipped, WorldName};
use crate::model::ModelSource;
use crate::train::core::setting::{Settings, Value};
use crate::train::core::trainer::Report;
use crate::train::recipes::{Plan, RECIPES};
use crate::train::run::clock::Clock;
use crate::train::run::curves::Curve;
use crate::train::run::progress::Progress;
use crate::variants::through_bytes;

#[test]
fn orders_and_events() {
    through_bytes(&[Order::Pause, Order::GoOn, Order::Save, Order::Stop], 4, |order| match order {
        Order::Pause => 0,
        Order::GoOn => 1,
        Order::Save => 2,
        Order::Stop => 3,
    });
    let skipped = vec![Skipped { path: "/a b/ü.png".into(), why: "is no picture".into() }];
    let events = [
        TrainingEvent::Started { pictures: 12, skipped },
        TrainingEvent::Paused,
        TrainingEvent::WentOn,
        TrainingEvent::Saved,
        TrainingEvent::Finished { complete: true, steps: u64::MAX, seconds: 2.5 },
        TrainingEvent::Cancelled,
        TrainingEvent::Failed { message: "no".into(), kept: true },
    ];
    through_bytes(&events, 7, |event| match event {
        TrainingEvent::Started { .. } => 0,
        TrainingEvent::Paused => 1,
        TrainingEvent::WentOn => 2,
        TrainingEvent::Saved => 3,
        TrainingEvent::Finished { .. } => 4,
        TrainingEvent::Cancelled => 5,
        TrainingEvent::Failed { .. } => 6,
    });
}

#[test]
fn jobs_of_every_recipe_and_from_every_source() {
    let sources = [
        PictureSource::Folder {
            folder: PathBuf::from("/my cats"),
            framing: Framing::default(),
            classes: true,
        },
        PictureSource::World {
            world: WorldName::Landscape,
            count: 64,
            seed: u64::MAX,
            vary: Some(vec!["hue".into()]),
            classes: None,
        },
        PictureSource::Pairs {
            of: Box::new(PictureSource::Folder {
                folder: PathBuf::from("/b"),
                framing: Framing::default(),
                classes: false,
            }),
            from: Pairing::Folder { folder: PathBuf::from("/a") },
        },
    ];
    through_bytes(&sources, 3, |source| match source {
        PictureSource::Folder { .. } => 0,
        PictureSource::World { .. } => 1,
        PictureSource::Pairs { .. } => 2,
    });
    through_bytes(&[Clock::Minutes(2.5), Clock::Steps(u64::MAX)], 2, |clock| match clock {
        Clock::Minutes(_) => 0,
        Clock::Steps(_) => 1,
    });
    let values =
        [Value::Switch(true), Value::Count(64), Value::Number(0.5), Value::Choice("wasserstein".into())];
    through_bytes(&values, 4, |value| match value {
        Value::Switch(_) => 0,
        Value::Count(_) => 1,
        Value::Number(_) => 2,
        Value::Choice(_) => 3,
    });
    let settings = values.iter().zip(["a", "b", "c", "d"]);
    let settings = settings.fold(Settings::default(), |all, (value, key)| all.with(key, value.clone()));
    let jobs: Vec<Job> = RECIPES
        .iter()
        .map(|recipe| Job {
            source: sources[0].clone(),
            plan: Plan {
                settings: settings.clone(),
                ..Plan::usual(*recipe).for_model(ModelSource::Bundled("landscape".into()))
            },
            folder: PathBuf::from("/models/mine"),
            clock: Clock::Steps(10),
            resume: true,
            threads: 2,
            command: "latent-studio train".into(),
        })
        .collect();
    through_bytes(&jobs, 1, |_| 0);
}

#[test]
fn where_a_training_stands() {
    through_bytes(&[Reading { done: 3, all: 0 }], 1, |_| 0);
    let progress = Progress {
        report: Report::new(7, [("loss", 0.5), ("told_apart", 1.25)]),
        seconds: 12.5,
        progress: 0.25,
        pictures_per_second: 88.5,
    };
    let curves = [Curve { name: "loss".into(), points: vec![[1.0, 0.5], [2.0, 0.25]] }];
    through_bytes(&[Standing { progress, curves: curves.to_vec().into() }], 1, |_| 0);
    // A number that is none is told as such.
    let report = Report::new(1, [("penalty", f32::NAN)]);
    let back: Report = serde_json::from_slice(&serde_json::to_vec(&report).unwrap()).unwrap();
    assert!(back.values[0].0 == "penalty" && back.values[0].1.is_nan());
}
