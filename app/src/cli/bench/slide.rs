//! `latent-studio bench slide`: how soon the picture follows a latent slider.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use latent_engine::model::{Latent, ModelInfo};
use latent_engine::service::{Command, Engine, Event, JobId, ModelHandle, Topic};
use serde::Serialize;

use super::limits::check_moves;
use super::print;
use crate::cli::model::named;
use crate::cli::{CliError, whole};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// The pointer of a slider comes this often.
const BEAT: Duration = Duration::from_millis(16);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A bundled model, a model folder or a checkpoint file
    #[arg(long, default_value = "landscape")]
    model: String,
    /// Moves of the slider, 16 ms apart
    #[arg(long, default_value_t = 200, allow_negative_numbers = true, value_parser = whole)]
    moves: usize,
}

/// A row of `bench slide`.
#[derive(Serialize)]
struct Row {
    /// What the engine had to do beside it.
    beside: &'static str,
    moves: usize,
    /// Pictures that were made: the newest move counts, those in between are skipped.
    pictures: usize,
    /// Milliseconds from a move to the picture that shows it, or a later one.
    median_ms: f64,
    p95_ms: f64,
    max_ms: f64,
}

struct Slider {
    engine: Engine,
    woken: Receiver<()>,
    last: u64,
    model: ModelHandle,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    check_moves(arguments.moves)?;
    let source = named(&arguments.model)?;
    let (wake, woken) = crossbeam_channel::unbounded();
    let engine = Engine::spawn(Arc::new(move || {
        wake.send(()).ok();
    }))?;
    engine.send(Command::Open { job: JobId(1), source, decisions: None });
    let mut slider = Slider { engine, woken, last: 1, model: ModelHandle::default() };
    let info = slider.opened()?;
    let middle = vec![0.0f32; info.latents.len()];
    print(&slider.play("the search's bank is made", arguments.moves, &middle)?)?;
    // A search waits for the bank; after it there is nothing left to do.
    slider.search(&info)?;
    print(&slider.play("nothing", arguments.moves, &middle)?)
}

impl Slider {
    fn opened(&mut self) -> Result<Arc<ModelInfo>, CliError> {
        loop {
            self.wait(PATIENCE)?;
            for event in self.engine.events() {
                match event {
                    Event::Opened { info, model, .. } => {
                        self.model = model;
                        return Ok(info);
                    }
                    Event::Failed { message, .. } => return Err(CliError::Arguments(message)),
                    _ => {}
                }
            }
        }
    }

    fn wait(&self, limit: Duration) -> Result<(), CliError> {
        let late = |_| CliError::Arguments("the engine gave no answer".into());
        self.woken.recv_timeout(limit).map_err(late)
    }

    fn search(&mut self, info: &ModelInfo) -> Result<(), CliError> {
        use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};
        let stroke = Stroke {
            weight: 1.0,
            kind: StrokeKind::Colour([0, 160, 0]),
            width: 0.1,
            points: vec![[0.5, 0.7]],
        };
        let request = latent_engine::search::DrawRequest {
            constraints: Arc::new(Constraints::rasterize(&[stroke], info.sides)),
            settings: latent_engine::search::SolveSettings::default(),
            start: Vec::new(),
            anchor: None,
            base: None,
        };
        self.last += 1;
        let (job, model) = (JobId(self.last), self.model);
        self.engine.send(Command::Draw { job, topic: Topic(0), model, request });
        while !self.engine.frames().iter().any(|frame| frame.settled) {
            self.wait(PATIENCE)?;
        }
        Ok(())
    }

    /// Moves a slider from end to end, as the window does: while a picture is on its way, the newest move
    /// waits.
    fn play(&mut self, beside: &'static str, moves: usize, middle: &[f32]) -> Result<Row, CliError> {
        let (mut times, mut waiting) = (Vec::new(), Vec::new());
        let (mut asked, mut pictures) = (None, 0);
        let mut next = Instant::now();
        let mut made = 0;
        while times.len() < moves {
            if made < moves && Instant::now() >= next {
                waiting.push((made, Instant::now()));
                made += 1;
                next += BEAT;
            }
            let newest = made.saturating_sub(1);
            if asked.is_none() && !waiting.is_empty() {
                let mut values = middle.to_vec();
                if let Some(first) = values.first_mut() {
                    *first = 6.0 * newest as f32 / moves as f32 - 3.0;
                }
                self.last += 1;
                asked = Some(newest);
                let latents = vec![Latent::from(values)];
                let (job, model) = (JobId(self.last), self.model);
                self.engine.send(Command::Render { job, topic: Topic(0), model, latents });
            }
            if made < moves {
                self.woken.recv_deadline(next).ok();
            } else {
                self.wait(PATIENCE)?;
            }
            if let (Some(rendered), Some(newest)) = (self.engine.frames().pop(), asked)
                && rendered.job == JobId(self.last)
            {
                pictures += 1;
                asked = None;
                waiting.retain(|&(i, since)| {
                    if i <= newest {
                        times.push(since.elapsed().as_secs_f64() * 1e3);
                    }
                    i > newest
                });
            }
        }
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        Ok(Row { beside, moves, pictures, median_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1.0) })
    }
}
