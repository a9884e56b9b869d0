//! An engine that says what a test tells it to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::checkpoint::Container;
use latent_engine::model::{Assumptions, Identity, LatentSpec, ModelInfo, Prior, Summary, Verdict};
use latent_engine::search::{Candidate, TermCost};
use latent_engine::service::{Command, Content, Event, Frame, JobId, Topic};

use crate::link::answer::{self, Answered};
use crate::link::port::Port;

#[derive(Default)]
struct State {
    sent: Vec<Command>,
    events: Vec<Event>,
    answers: Vec<Answered>,
    dead: bool,
}

/// The test's end of the engine.
#[derive(Clone, Default)]
pub struct Script(Rc<RefCell<State>>);

impl Script {
    /// The window's end.
    pub fn port(&self) -> Box<dyn Port> {
        Box::new(self.clone())
    }

    /// The commands since the last call.
    pub fn sent(&self) -> Vec<Command> {
        std::mem::take(&mut self.0.borrow_mut().sent)
    }

    pub fn say(&self, event: Event) {
        self.0.borrow_mut().events.push(event);
    }

    pub fn put_frame(&self, frame: Frame) {
        self.put(answer::of_frame(frame));
    }

    /// Pictures that are made all at once.
    pub fn put_made(&self, job: JobId, candidates: Vec<Candidate>) {
        self.put_frame(Frame { content: Content::Candidates(candidates), ..frame(job.0, &[], true) });
    }

    fn put(&self, answer: Answered) {
        self.0.borrow_mut().answers.push(answer);
    }

    pub fn die(&self) {
        self.0.borrow_mut().dead = true;
    }
}

impl Port for Script {
    fn send(&self, command: Command) {
        self.0.borrow_mut().sent.push(command);
    }

    fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.borrow_mut().events)
    }

    fn answers(&self) -> Vec<Answered> {
        std::mem::take(&mut self.0.borrow_mut().answers)
    }

    fn is_alive(&self) -> bool {
        !self.0.borrow().dead
    }
}

/// A model with pictures of 32 pixels a side.
pub fn model() -> Arc<ModelInfo> {
    Arc::new(ModelInfo {
        name: "landscape".into(),
        identity: Identity::default(),
        family: "DCGAN, 32x32".into(),
        sides: [32, 32],
        latents: LatentSpec::continuous(2, Prior::Normal),
        parameters: 1234,
        offers: BTreeMap::default(),
        enlarger: None,
        summary: None,
    })
}

/// The same from a file that leaves its prior open.
pub fn file_model(name: &str) -> Arc<ModelInfo> {
    let summary = Summary {
        source: format!("/models/{name}.pth"),
        container: Container::TorchZip,
        file_bytes: 4_413_269,
        tensors: 22,
        network: String::new(),
        family: "DCGAN".into(),
        family_key: "dcgan".into(),
        verdict: Verdict::Opens,
        facts: vec![("width".into(), "32".into())],
        parameters: 1234,
        memory_bytes: 4936,
        assumptions: Assumptions::new().prior(Prior::Normal).batch_norm_epsilon(1e-5),
        latent_names: Vec::new(),
        made_by: "a test".into(),
    };
    Arc::new(ModelInfo { name: name.into(), summary: Some(summary), ..(*model()).clone() })
}

/// A candidate whose latent and picture tell its value.
pub fn candidate(value: f32) -> Candidate {
    Candidate {
        latent: vec![value, -value].into(),
        picture: Arc::new(Picture::filled(32, 32, [value as u8, 100, 200])),
        cost: value,
        terms: vec![TermCost { name: "colour".into(), cost: value }],
        spread: 1.0,
    }
}

/// A frame of candidates with these values.
pub fn frame(job: u64, values: &[f32], settled: bool) -> Frame {
    Frame {
        job: JobId(job),
        topic: Topic::default(),
        content: Content::Candidates(values.iter().copied().map(candidate).collect()),
        iteration: 1,
        iterations: 40,
        per_second: 100.0,
        settled,
    }
}
