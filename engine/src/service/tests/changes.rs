//! What the engine makes of pictures: latents, other pictures, larger ones.

use candle_core::{Device, Tensor};

use super::*;
use crate::arch::{Described, Part, own};
use crate::enlarge::Way;
use crate::model::{Encoder, Model, PicturePort, Port, Sides, Translator};
use crate::rng::Rng;
use crate::service::Content;
use crate::{Picture, Result, ValueRange};

pub(super) const CHANGE: Topic = Topic(4);

/// The mean of a picture, as many times as a latent is long.
struct Means;

impl Encoder for Means {
    fn encode(&self, pictures: &Tensor) -> Result<Tensor> {
        let mean = pictures.mean((1, 2, 3))?.unsqueeze(1)?;
        Ok(mean.broadcast_as((pictures.dim(0)?, crate::model::toy::TOY_LATENT))?.contiguous()?)
    }
}

struct Mirror;

impl Translator for Mirror {
    fn takes(&self) -> Port {
        let sides = Sides::Any { multiple_of: 2 };
        Port::Picture(PicturePort { sides, channels: 3, range: ValueRange::SignedUnit })
    }

    fn makes(&self) -> Port {
        self.takes()
    }

    fn parameters(&self) -> usize {
        0
    }

    fn translate(&self, pictures: &Tensor, _: Option<&Tensor>) -> Result<Tensor> {
        Ok(pictures.flip(&[3])?)
    }
}

/// A model that can do everything with pictures, and then one that can't.
pub(super) fn able() -> Window {
    let graph = own::Enlarger { factor: 2, width: 4, blocks: 1, faithful: false }.graph().unwrap();
    let weights = graph.begin(&mut Rng::new(1)).unwrap();
    let part = Part { graph, weights, output: "large".into() };
    let parts = Described::of_enlarger("enlarger", part, ValueRange::SignedUnit).parts(&Device::Cpu).unwrap();
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake = Arc::new(move || {
        wake.send(()).ok();
    });
    let opened = std::sync::atomic::AtomicBool::new(false);
    let engine = Engine::spawn_with(wake, move |_, _, _| {
        let model: Model = toy(Temper::Good, Prior::Normal);
        if opened.swap(true, std::sync::atomic::Ordering::Relaxed) {
            return Ok(model);
        }
        Ok(model.with_abilities(|mut abilities| {
            abilities.encoder = Some(Arc::new(Means));
            abilities.translator = Some(Arc::new(Mirror));
            abilities.enlarger.clone_from(&parts.abilities.enlarger);
            abilities
        }))
    })
    .unwrap();
    let mut window = Window { engine, woken, events: Vec::new(), frames: Vec::new() };
    assert_eq!(window.open(1), FIRST);
    window
}

/// Black at the left, red at the right.
pub(super) fn halves(width: usize, height: usize) -> Arc<Picture> {
    let mut picture = Picture::filled(width, height, [0; 3]);
    for (i, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
        pixel[0] = if i % width >= width / 2 { 255 } else { 0 };
    }
    Arc::new(picture)
}

#[test]
fn latents_pictures_and_larger_pictures_are_made_of_pictures() {
    let mut window = able();
    let (topic, model) = (CHANGE, FIRST);
    window.engine.send(Command::Encode { job: JobId(2), topic, model, picture: halves(40, 40) });
    let Content::Latent(latent) = window.wait_for_frame(|f| f.job == JobId(2)).content else { panic!() };
    assert!(latent.values().iter().all(|v| *v == latent.values()[0]), "{latent:?}");

    let picture = halves(8, 6);
    window.engine.send(Command::Translate {
        job: JobId(3),
        topic,
        model,
        picture: picture.clone(),
        style: None,
    });
    let Content::Picture(mirrored) = window.wait_for_frame(|f| f.job == JobId(3)).content else { panic!() };
    assert_eq!(*mirrored, (*picture).clone().mirrored());

    // More than one tile, so more than one step.
    let picture = halves(300, 20);
    window.engine.send(Command::Enlarge { job: JobId(4), topic, model, picture, way: Way::Sharp });
    let frame = window.wait_for_frame(|f| f.job == JobId(4));
    assert!(frame.settled && frame.iteration > 1 && frame.iteration == frame.iterations, "{frame:?}");
    let Content::Picture(large) = frame.content else { panic!() };
    assert_eq!((large.width(), large.height()), (600, 40));
    window.finished(4);
}

#[test]
fn a_change_that_a_model_can_not_make_fails_with_the_reason() {
    let mut window = able();
    let (topic, picture) = (CHANGE, halves(5, 4));
    let send = |window: &Window, job, model, translate: bool| {
        let (job, picture) = (JobId(job), picture.clone());
        window.engine.send(if translate {
            Command::Translate { job, topic, model, picture, style: Some(vec![1.0]) }
        } else {
            Command::Enlarge { job, topic, model, picture, way: Way::Faithful }
        });
    };
    send(&window, 2, FIRST, true);
    assert!(window.failure(2).contains("takes no style"));
    send(&window, 3, FIRST, false);
    assert!(window.failure(3).contains("squared error"));
    let plain = window.open(4);
    send(&window, 5, plain, true);
    assert!(window.failure(5).contains("toy has no translator"));
    send(&window, 6, plain, false);
    assert!(window.failure(6).contains("toy has no enlarger"));
    // The engine lives on.
    window.sample(7, plain, 1);
    assert_eq!(window.wait_for_frame(|f| f.job == JobId(7)).candidates().len(), 1);
}
