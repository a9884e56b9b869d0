//! Runs from beginning to end, on networks small enough for a test.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use super::claim::{Claim, ModelFolder};
use super::clock::Clock;
use super::runner::{Begun, Finished, RunOptions, run};
use crate::Result;
use crate::train::core::setting::Settings;
use crate::train::recipes::gan::tests::pictures;
use crate::train::recipes::{Plan, recipe};

fn plan(key: &str) -> Plan {
    Plan::usual(recipe(key).unwrap())
        .with_count("size", 16)
        .with_count("latent", 6)
        .with_count("width", 8)
        .with_count("batch", 8)
}

/// Begins or goes on, to the end of the clock or until so many steps are done.
fn go(folder: &Path, claim: Claim, options: &RunOptions, until: u64) -> Result<(Finished, u64)> {
    let claimed = ModelFolder::claim(folder, claim)?;
    let begun = match claim {
        Claim::Resume => Begun::resume(&claimed, &Settings::default())?,
        _ => Begun::begin(&plan("gan"), &options.pictures)?,
    };
    let mut first = 0;
    let finished = run(options.clone(), begun, claimed, &mut |now| {
        if first == 0 {
            first = now.report.step;
        }
        if now.report.step == until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok((finished, first))
}

#[test]
fn a_run_stops_where_it_is_told_and_goes_on_from_there() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new");
    let mut options = RunOptions::new(pictures(8, 16), Clock::Steps(60));
    options.sheet_every = Duration::ZERO;
    let (stopped, first) = go(&folder, Claim::New, &options, 10).unwrap();
    assert!(!stopped.complete && stopped.steps == 10 && first == 1);
    assert!(go(&folder, Claim::New, &options, 10).is_err(), "it would be lost");
    let (finished, first) = go(&folder, Claim::Resume, &options, 0).unwrap();
    assert!(finished.complete && finished.steps == 60 && first == 11);
    assert!(finished.weights.is_file());
    let samples = image::open(&finished.samples).unwrap();
    assert_eq!((samples.width(), samples.height()), (128, 128));
    let log = std::fs::read_to_string(folder.join("run/log.jsonl")).unwrap();
    assert!(log.lines().all(|line| line.contains("\"loss_d\"")) && log.lines().count() == 1);
}

#[test]
fn a_run_that_comes_to_nothing_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new");
    // One picture is nothing to learn from.
    let options = RunOptions::new(pictures(1, 16), Clock::Steps(60));
    assert!(go(&folder, Claim::New, &options, 10).is_err());
    assert!(!folder.exists());
}

#[test]
fn a_vae_is_measured_with_pictures_that_it_does_not_learn_from() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new");
    let options = RunOptions::new(pictures(240, 16), Clock::Steps(50));
    let claimed = ModelFolder::claim(&folder, Claim::New).unwrap();
    let begun = Begun::begin(&plan("vae"), &options.pictures).unwrap();
    let mut measured = Vec::new();
    run(options, begun, claimed, &mut |now| {
        let values = &now.report.values;
        measured.extend(values.iter().find(|(name, _)| *name == "held_out_loss").map(|(_, loss)| *loss));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(measured.len() == 2 && measured[1] < measured[0], "{measured:?}");
    let log = std::fs::read_to_string(folder.join("run/log.jsonl")).unwrap();
    assert!(log.contains("\"held_out_loss\":"), "{log}");
}
