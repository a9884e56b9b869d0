//! The protocol as a window sees it.

mod changes;
mod messages;
mod photos;
mod several;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Command, Engine, Event, Frame, JobId, ModelHandle, Topic};
use crate::model::toy::{TOY_SIZE, Temper, toy};
use crate::model::{Latent, ModelSource, Prior};
use crate::search::constraint::{Constraints, Stroke, StrokeKind};
use crate::search::ways::Interpolation;
use crate::search::{DrawRequest, SolveSettings, SolverKind};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The searches of these tests and their pictures of latents.
const SEARCH: Topic = Topic(0);
const RENDER: Topic = Topic(1);
const MORPH: Topic = Topic(2);
/// The model that a window opens first.
const FIRST: ModelHandle = ModelHandle(1);

struct Window {
    engine: Engine,
    woken: crossbeam_channel::Receiver<()>,
    events: Vec<Event>,
    /// Taken from the engine and not wanted yet.
    frames: Vec<Frame>,
}

fn source() -> ModelSource {
    ModelSource::Bundled("toy".into())
}

/// A window on an engine that opens the toys in turn, the last one again and again.
fn window(tempers: &[Temper]) -> Window {
    let tempers = tempers.to_vec();
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake = Arc::new(move || {
        wake.send(()).ok();
    });
    let opened = std::sync::atomic::AtomicUsize::new(0);
    let engine = Engine::spawn_with(wake, move |source, _, _| {
        if let ModelSource::Path(path) = source {
            return Err(crate::Error::checkpoint(path, "is no model"));
        }
        let n = opened.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(toy(tempers[n.min(tempers.len() - 1)], Prior::Normal))
    })
    .unwrap();
    let mut window = Window { engine, woken, events: Vec::new(), frames: Vec::new() };
    window.engine.send(Command::Open { job: JobId(1), source: source(), decisions: None });
    window.wait(|event| matches!(event, Event::Opened { .. }));
    window
}

impl Window {
    /// Waits for an event and returns its place in the list of all.
    fn wait(&mut self, wanted: impl Fn(&Event) -> bool) -> usize {
        let end = Instant::now() + PATIENCE;
        loop {
            self.events.extend(self.engine.events());
            if let Some(at) = self.events.iter().position(&wanted) {
                return at;
            }
            assert!(self.woken.recv_deadline(end).is_ok(), "never heard; heard {:?}", self.events);
        }
    }

    fn wait_for_frame(&mut self, wanted: impl Fn(&Frame) -> bool) -> Frame {
        let end = Instant::now() + PATIENCE;
        loop {
            self.frames.extend(self.engine.frames());
            if let Some(at) = self.frames.iter().position(&wanted) {
                let frame = self.frames.remove(at);
                self.frames.clear();
                return frame;
            }
            assert!(self.woken.recv_deadline(end).is_ok(), "no such frame");
        }
    }

    /// Opens another model beside those that are open.
    fn open(&mut self, job: u64) -> ModelHandle {
        self.engine.send(Command::Open { job: JobId(job), source: source(), decisions: None });
        let at = self.wait(|e| matches!(e, Event::Opened { job: j, .. } if j.0 == job));
        match &self.events[at] {
            Event::Opened { model, .. } => *model,
            _ => unreachable!(),
        }
    }

    fn sample(&self, job: u64, model: ModelHandle, count: usize) {
        self.engine.send(Command::Sample { job: JobId(job), topic: SEARCH, model, count, seed: 1 });
    }

    fn cancelled(&mut self, job: u64) -> usize {
        self.wait(|e| matches!(e, Event::Cancelled { job: j } if j.0 == job))
    }

    fn finished(&mut self, job: u64) {
        self.wait(|e| matches!(e, Event::Finished { job: j } if j.0 == job));
    }

    fn failure(&mut self, job: u64) -> String {
        let at = self.wait(|e| matches!(e, Event::Failed { job: j, .. } if j.0 == job));
        match &self.events[at] {
            Event::Failed { message, .. } => message.clone(),
            _ => unreachable!(),
        }
    }
}

fn draw(job: u64, iterations: usize) -> Command {
    let stroke = Stroke {
        weight: 1.0,
        kind: StrokeKind::Colour([30, 160, 60]),
        width: 0.3,
        points: vec![[0.1, 0.7], [0.9, 0.7]],
    };
    let settings =
        SolveSettings { solver: SolverKind::Igan, candidates: 4, iterations, ..SolveSettings::default() };
    let request = DrawRequest {
        constraints: Arc::new(Constraints::rasterize(&[stroke], [TOY_SIZE; 2])),
        settings,
        start: Vec::new(),
        anchor: None,
        base: None,
    };
    Command::Draw { job: JobId(job), topic: SEARCH, model: FIRST, request }
}

fn render(job: u64, latents: Vec<Latent>) -> Command {
    Command::Render { job: JobId(job), topic: RENDER, model: FIRST, latents }
}

fn morph(job: u64, from: Latent, to: Latent) -> Command {
    let interpolation = Interpolation::Linear;
    Command::Morph { job: JobId(job), topic: MORPH, model: FIRST, from, to, frames: 16, interpolation }
}

#[test]
fn a_search_streams_frames_of_its_job_and_finishes() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(draw(2, 20));
    let last = window.wait_for_frame(|f| f.settled);
    assert_eq!((last.job, last.iteration, last.iterations), (JobId(2), 20, 20));
    assert!(!last.candidates().is_empty() && last.per_second > 0.0);
    window.finished(2);
}

#[test]
fn the_fast_search_makes_its_bank_first_and_shows_it() {
    let mut window = window(&[Temper::Good]);
    let Command::Draw { job, topic, model, mut request } = draw(2, 20) else { unreachable!() };
    request.settings.solver = SolverKind::Fast;
    window.engine.send(Command::Draw { job, topic, model, request });
    let first = window.wait_for_frame(|_| true);
    assert!(first.job == JobId(2) && first.candidates().len() > 1);
    let last = window.wait_for_frame(|f| f.settled);
    assert!(last.job == JobId(2) && last.candidates().len() > 1);
}

#[test]
fn a_newer_search_ends_an_older_one_within_a_step() {
    let mut window = window(&[Temper::Slow(Duration::from_millis(5))]);
    window.engine.send(draw(2, 1_000_000));
    window.wait_for_frame(|f| f.job == JobId(2));
    window.engine.send(draw(3, 3));
    window.finished(3);
    let cancelled = window.wait(|e| matches!(e, Event::Cancelled { job: JobId(2) }));
    let finished = window.wait(|e| matches!(e, Event::Finished { job: JobId(3) }));
    assert!(cancelled < finished);
    assert_eq!(window.wait_for_frame(|f| f.settled).job, JobId(3));
}

#[test]
fn of_many_waiting_searches_only_the_newest_is_made() {
    let mut window = window(&[Temper::Slow(Duration::from_millis(20))]);
    for job in 2..40 {
        window.engine.send(draw(job, 2));
    }
    window.finished(39);
    let finished = window.events.iter().filter(|e| matches!(e, Event::Finished { .. })).count();
    assert!(finished < 10, "{finished} of 38 were made");
    let ended = |e: &&Event| matches!(e, Event::Finished { .. } | Event::Cancelled { .. });
    assert_eq!(window.events.iter().filter(ended).count(), 38, "every job hears its end");
}

#[test]
fn cancel_ends_a_search_and_nothing_more_comes() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(draw(2, usize::MAX));
    window.wait_for_frame(|f| f.job == JobId(2));
    window.engine.send(Command::Cancel);
    window.wait(|e| matches!(e, Event::Cancelled { job: JobId(2) }));
    drop(window.engine.frames());
    std::thread::sleep(Duration::from_millis(50));
    assert!(window.engine.frames().is_empty());
}

#[test]
fn dropping_the_engine_joins_its_thread_in_the_middle_of_a_search() {
    let mut window = window(&[Temper::Slow(Duration::from_millis(1))]);
    window.engine.send(draw(2, usize::MAX));
    window.wait_for_frame(|f| f.job == JobId(2));
    let Window { engine, woken, .. } = window;
    drop(engine);
    // The wake callback lives in the thread: its end of the channel is gone only when the thread is.
    while woken.try_recv().is_ok() {}
    assert_eq!(woken.try_recv(), Err(crossbeam_channel::TryRecvError::Disconnected));
}

#[test]
fn a_panic_ends_the_job_and_the_engine_lives_on() {
    let mut window = window(&[Temper::PanicsAt(2), Temper::Good]);
    window.engine.send(draw(2, 10));
    assert!(window.failure(2).contains("told to panic"));
    window.sample(3, FIRST, 3);
    assert_eq!(window.wait_for_frame(|f| f.job == JobId(3)).candidates().len(), 3);
    let another = window.open(4);
    let Command::Draw { job, topic, request, .. } = draw(5, 4) else { unreachable!() };
    window.engine.send(Command::Draw { job, topic, model: another, request });
    window.finished(5);
}

#[test]
fn numbers_that_are_none_end_the_job_with_a_sentence() {
    let mut window = window(&[Temper::NanAt(3)]);
    window.engine.send(draw(2, 10));
    assert!(window.failure(2).contains("not a finite number"));
    let last = window.engine.frames().pop().expect("the last good pictures stay");
    assert!(last.candidates().iter().all(|c| c.cost.is_finite()));
}

#[test]
fn a_model_that_cannot_be_opened_leaves_the_old_one_in_use() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(Command::Open {
        job: JobId(2),
        source: ModelSource::Path("/no/model".into()),
        decisions: None,
    });
    assert!(window.failure(2).contains("is no model"));
    window.sample(3, FIRST, 2);
    window.finished(3);
}

#[test]
fn a_morph_runs_from_end_to_end_and_does_not_end_a_search() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(draw(2, usize::MAX));
    window.wait_for_frame(|f| f.job == JobId(2));
    let ends = [0.0f32, 1.0].map(|v| Latent::from(vec![v; crate::model::toy::TOY_LATENT]));
    let [from, to] = ends.clone();
    window.engine.send(morph(3, from, to));
    let morph = window.wait_for_frame(|f| f.topic == MORPH && f.settled);
    assert_eq!((morph.job, morph.candidates().len()), (JobId(3), 16));
    assert_eq!([0, 15].map(|i| morph.candidates()[i].latent.clone()), ends);
    // One more frame may have been in the slot already.
    let before = window.wait_for_frame(|f| f.job == JobId(2)).iteration;
    window.wait_for_frame(|f| f.job == JobId(2) && f.iteration > before + 1);
}

#[test]
fn a_morph_that_fails_leaves_the_search_alone() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(draw(2, usize::MAX));
    window.wait_for_frame(|f| f.job == JobId(2));
    let [from, to] = [vec![0.0], vec![1.0]].map(Latent::from);
    window.engine.send(morph(3, from, to));
    window.failure(3);
    let before = window.wait_for_frame(|f| f.job == JobId(2)).iteration;
    window.wait_for_frame(|f| f.job == JobId(2) && f.iteration > before + 1);
}

#[test]
fn latents_are_shown_beside_a_search_and_only_the_newest_of_many() {
    let mut window = window(&[Temper::Slow(Duration::from_millis(5))]);
    window.engine.send(draw(2, usize::MAX));
    window.wait_for_frame(|f| f.job == JobId(2));
    let latent = |v: f32| Latent::from(vec![v; crate::model::toy::TOY_LATENT]);
    for job in 3..40 {
        let latents = vec![latent(job as f32 * 0.01)];
        window.engine.send(render(job, latents));
    }
    let rendered = window.wait_for_frame(|f| f.job == JobId(39));
    window.finished(39);
    assert_eq!((rendered.job, &rendered.candidates()[0].latent), (JobId(39), &latent(0.39)));
    let made = window.events.iter().filter(|e| matches!(e, Event::Finished { .. })).count();
    assert!(made < 10, "{made} of 37 were made");
    let before = window.wait_for_frame(|f| f.job == JobId(2)).iteration;
    window.wait_for_frame(|f| f.job == JobId(2) && f.iteration > before + 1);
}

#[test]
fn opening_can_be_stopped_at_once_and_the_old_model_stays() {
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake = Arc::new(move || {
        wake.send(()).ok();
    });
    let (gave_up, given_up) = crossbeam_channel::unbounded();
    let engine = Engine::spawn_with(wake, move |source, _, monitor| {
        if matches!(source, ModelSource::Path(_)) {
            monitor.expect(100);
            let mut reading = monitor.advance(40);
            // A file that never ends.
            while reading.is_ok() {
                std::thread::sleep(Duration::from_millis(1));
                reading = monitor.advance(0);
            }
            gave_up.send(()).ok();
        }
        Ok(toy(Temper::Good, Prior::Normal))
    })
    .unwrap();
    let mut window = Window { engine, woken, events: Vec::new(), frames: Vec::new() };
    window.engine.send(Command::Open { job: JobId(1), source: source(), decisions: None });
    window.wait(|event| matches!(event, Event::Opened { .. }));
    let endless = ModelSource::Path("/slow".into());
    window.engine.send(Command::Open { job: JobId(2), source: endless.clone(), decisions: None });
    // Meanwhile the first one is there to be used.
    window.sample(3, FIRST, 2);
    window.finished(3);
    window.wait(|e| matches!(e, Event::Opening { job: JobId(2), share: 0.4 }));
    window.engine.send(Command::Stop { job: JobId(2) });
    window.cancelled(2);
    given_up.recv_timeout(PATIENCE).unwrap();
    // A window that closes meanwhile is not kept waiting either.
    window.engine.send(Command::Open { job: JobId(4), source: endless, decisions: None });
    drop(window);
    given_up.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn latents_of_another_model_are_refused() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(render(2, vec![Latent::from(vec![0.0; 5])]));
    assert!(window.failure(2).contains("toy"));
}

#[test]
fn the_same_seed_shows_the_same_pictures() {
    let mut window = window(&[Temper::Good]);
    let mut sample = |job| {
        window.sample(job, FIRST, 4);
        window.wait_for_frame(|f| f.job == JobId(job)).candidates().to_vec()
    };
    assert_eq!(sample(2), sample(3));
}
