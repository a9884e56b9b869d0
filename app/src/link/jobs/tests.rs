//! What the jobs ask for, and what they let through.

use latent_engine::search::SolveSettings;
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};

use super::*;
use crate::link::scripted::{Script, candidate, frame};

const MODEL: ModelKey = ModelKey(1);

fn jobs() -> (Script, Jobs) {
    let script = Script::default();
    let jobs = Jobs::new(script.port(), Arc::new(|| ()));
    (script, jobs)
}

/// A stroke of so many points.
fn stroke(points: usize) -> Request {
    let points = (0..points).map(|i| [0.1 * i as f32, 0.5]).collect();
    let strokes = vec![Arc::new(Stroke { weight: 1.0, kind: StrokeKind::Sketch, width: 0.1, points })];
    let settings = SolveSettings::default();
    let question = Question::Strokes { model: MODEL, strokes, anchor: None, base: None, settings };
    Request::Pictures { question, constraints: Arc::new(Constraints::empty([8; 2])), start: vec![] }
}

fn random(seed: u64) -> Request {
    let question = Question::Random { model: MODEL, count: 4, seed };
    Request::Pictures { question, constraints: Arc::new(Constraints::empty([8; 2])), start: vec![] }
}

fn render(value: f32) -> Want {
    Want::new(Topic::Edit, Request::Render { model: MODEL, latents: vec![vec![value].into()] })
}

fn pictures(request: Request, in_motion: bool) -> Vec<Want> {
    vec![Want { topic: Topic::Pictures, request, in_motion }]
}

/// What came back of a topic.
fn heard(jobs: &mut Jobs) -> Vec<(Topic, Request)> {
    let news = jobs.hear().into_iter();
    news.filter_map(|news| match news {
        News::Answered(topic, request, _) => Some((topic, request)),
        _ => None,
    })
    .collect()
}

#[test]
fn the_same_want_is_asked_for_once_and_nothing_is_asked_when_nothing_is_wanted() {
    let (script, mut jobs) = jobs();
    for _ in 0..3 {
        jobs.ask(pictures(stroke(2), false));
    }
    assert_eq!(script.sent().len(), 1);
    jobs.ask(Vec::new());
    jobs.ask(Vec::new());
    assert!(matches!(script.sent()[..], [Command::Stop { .. }]));
    script.put_frame(frame(1, &[1.0], true));
    assert!(heard(&mut jobs).is_empty(), "what is not wanted any more is not heard");
}

#[test]
fn a_growing_stroke_waits_for_an_answer_and_hears_of_its_earlier_points_in_order() {
    let (script, mut jobs) = jobs();
    jobs.ask(pictures(random(1), false));
    jobs.ask(pictures(stroke(2), true));
    jobs.ask(pictures(stroke(3), true));
    assert_eq!(script.sent().len(), 2, "a new stroke does not wait, a growing one does");
    let put = |jobs: &mut Jobs, job| {
        script.put_frame(frame(job, &[1.0], false));
        heard(jobs).len()
    };
    assert_eq!([put(&mut jobs, 1), put(&mut jobs, 2)], [0, 1]);
    jobs.ask(pictures(stroke(3), true));
    jobs.ask(pictures(stroke(4), false));
    // The answers to the older points are welcome until a newer one has come.
    assert_eq!([2, 4, 3, 2, 9].map(|job| put(&mut jobs, job)), [1, 1, 0, 0, 0]);
}

#[test]
fn a_slider_shows_what_comes_on_the_way_and_sends_the_newest_only() {
    let (script, mut jobs) = jobs();
    for value in [1.0, 2.0, 3.0] {
        jobs.ask(vec![render(value)]);
    }
    assert_eq!(script.sent().len(), 1);
    script.put_made(JobId(1), vec![candidate(1.0)]);
    assert_eq!(heard(&mut jobs).len(), 1);
    jobs.ask(vec![render(3.0)]);
    assert_eq!(script.sent().len(), 1);
    jobs.ask(Vec::new());
    script.put_made(JobId(2), vec![candidate(1.0)]);
    assert!(heard(&mut jobs).is_empty());
}

#[test]
fn seeds_that_are_dragged_run_one_at_a_time() {
    let (script, mut jobs) = jobs();
    for seed in 0..20 {
        jobs.ask(pictures(random(seed), true));
    }
    assert_eq!(script.sent().len(), 1);
    script.put_frame(frame(1, &[1.0], true));
    assert_eq!(heard(&mut jobs).len(), 1);
    jobs.ask(pictures(random(19), false));
    assert!(matches!(script.sent()[..], [Command::Sample { seed: 19, .. }]));
}

#[test]
fn what_was_cancelled_and_is_wanted_still_is_asked_for_again() {
    let (script, mut jobs) = jobs();
    jobs.ask(pictures(stroke(2), false));
    script.say(Event::Cancelled { job: JobId(1) });
    jobs.hear();
    jobs.ask(pictures(stroke(2), false));
    assert_eq!(script.sent().len(), 2);
}

#[test]
fn a_failure_names_what_failed_and_a_stale_one_is_not_heard() {
    let (script, mut jobs) = jobs();
    jobs.ask(pictures(stroke(2), false));
    jobs.ask(pictures(random(1), false));
    let fail = |job| script.say(Event::Failed { job: JobId(job), message: "no".into() });
    fail(1);
    assert!(jobs.hear().is_empty());
    fail(2);
    assert!(matches!(&jobs.hear()[..], [News::Failed(Topic::Pictures, Request::Pictures { .. }, _)]));
}

#[test]
fn a_mean_is_made_beside_the_engine() {
    let (script, mut jobs) = jobs();
    let of: Arc<[_]> = vec![candidate(10.0), candidate(10.0)].into();
    let want = || vec![Want::new(Topic::Mean, Request::Mean(of.clone()))];
    jobs.ask(want());
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        if let [News::Answered(Topic::Mean, _, Answer::Mean(mean))] = &jobs.hear()[..] {
            assert_eq!(mean.pixel(0, 0), [10, 100, 200]);
            break;
        }
        assert!(std::time::Instant::now() < end);
        std::thread::yield_now();
    }
    assert!(script.sent().is_empty());
}

#[test]
fn a_dead_engine_is_reported_once() {
    let (script, mut jobs) = jobs();
    jobs.ask(pictures(stroke(2), false));
    script.die();
    assert!(matches!(jobs.hear()[..], [News::Died]));
    assert!(jobs.hear().is_empty() && jobs.activity().is_none());
}
