//! What the line lets through.

use super::*;
use crate::link::scripted::{Script, frame};

fn request() -> DrawRequest {
    DrawRequest {
        constraints: Arc::new(latent_engine::search::constraint::Constraints::empty([8; 2])),
        settings: latent_engine::search::SolveSettings::default(),
        start: vec![],
        anchor: None,
    }
}

#[test]
fn pictures_of_an_older_job_are_dropped() {
    let script = Script::default();
    let mut link = EngineLink::new(script.port());
    link.draw(request(), false);
    link.sample(4, 1);
    script.put_frame(frame(1, &[1.0], true));
    assert!(link.take_frame().is_none());
    assert!(link.is_searching());
    script.put_frame(frame(2, &[1.0], true));
    assert!(link.take_frame().is_some());
    assert!(!link.is_searching());
}

#[test]
fn a_growing_stroke_welcomes_its_own_earlier_pictures_in_order() {
    let script = Script::default();
    let mut link = EngineLink::new(script.port());
    link.sample(4, 1);
    link.draw(request(), false);
    link.draw(request(), true);
    link.draw(request(), true);
    let mut taken = |job| {
        script.put_frame(frame(job, &[1.0], false));
        link.take_frame().is_some()
    };
    assert_eq!([1, 2, 3, 2, 4, 9].map(&mut taken), [false, true, true, false, true, false]);
}

#[test]
fn nothing_is_welcome_after_a_cancel() {
    let script = Script::default();
    let mut link = EngineLink::new(script.port());
    link.draw(request(), false);
    link.cancel();
    script.put_frame(frame(1, &[1.0], true));
    script.say(Event::Failed { job: JobId(1), message: "late".into() });
    assert!(link.take_frame().is_none() && link.news().is_empty());
    assert!(!link.is_busy());
}

#[test]
fn a_dead_engine_is_reported_once() {
    let script = Script::default();
    let mut link = EngineLink::new(script.port());
    link.draw(request(), false);
    script.die();
    assert!(matches!(link.news()[..], [News::Died]));
    assert!(link.news().is_empty() && !link.is_busy());
}
