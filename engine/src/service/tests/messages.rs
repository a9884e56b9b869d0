//! Every message survives the way through bytes.

use std::path::PathBuf;

use super::*;
use crate::Picture;
use crate::ValueRange;
use crate::checkpoint::Container;
use crate::edit::{Crop, Mask, Method, Projection, ProjectionSettings};
use crate::enlarge::Way;
use crate::model::{
    Ability, Answer, Assumption, Assumptions, Choice, GroupKind, Identity, Label, LatentSpec, ModelInfo,
    Offer, PicturePort, Port, Sides, StyleFactor, Summary, Verdict,
};
use crate::search::{Base, Candidate, Extent, SolveSettings, TermCost};
use crate::service::{Content, Projected, Retouching};
use crate::variants::through_bytes;

fn latent() -> Latent {
    vec![0.1, -0.0, 1.0 / 3.0, f32::MIN_POSITIVE, -1e30].into()
}

fn candidate() -> Candidate {
    let picture = Picture::new(3, 2, (0..18).map(|i| i * 13).collect()).unwrap();
    let terms = vec![TermCost { name: "colour".into(), cost: 0.1 }];
    Candidate { latent: latent(), picture: Arc::new(picture), cost: 0.3, terms, spread: 0.9 }
}

fn crop() -> Crop {
    Crop { centre: [0.25, 1.0 / 3.0], side: 0.4, angle: -12.5, mirrored: true }
}

#[test]
fn commands() {
    let (job, topic, model) = (JobId(u64::MAX), Topic(3), ModelHandle(7));
    let picture = Arc::new(Picture::filled(2, 3, [4, 5, 6]));
    let decided = [("prior".to_owned(), "uniform".to_owned())].into();
    let request = |anchor, base| {
        let stroke = Stroke {
            weight: 1.0,
            kind: StrokeKind::Sketch,
            width: 0.1,
            points: vec![[0.2, 0.3], [0.9, 0.1]],
        };
        DrawRequest {
            constraints: Arc::new(Constraints::rasterize(&[stroke], [3, 5])),
            settings: SolveSettings { seed: u64::MAX, ..SolveSettings::default() },
            start: vec![latent()],
            anchor,
            base,
        }
    };
    let extent = Extent { reach: 0.5, feather: 0.1, inverted: true };
    let base = Base { photo: picture.clone(), ..Base::fixed(latent(), picture.clone(), extent) };
    let settings = ProjectionSettings { method: Method::Hybrid, seed: 9, ..ProjectionSettings::default() };
    let retouching = Retouching {
        photo: picture.clone(),
        crop: crop(),
        before: picture.clone(),
        after: picture.clone(),
        mask: Arc::new(Mask::new([1, 2], vec![0.0, 1.0 / 3.0]).unwrap()),
        strength: 0.7,
        enlarger: Some((model, Way::Sharp)),
    };
    let samples = [
        Command::Open { job, source: ModelSource::Bundled("landscape".into()), decisions: None },
        Command::Open {
            job,
            source: ModelSource::Path(PathBuf::from("/a b/ü.pt")),
            decisions: Some(decided),
        },
        Command::Close { model },
        Command::Draw { job, topic, model, request: request(None, None) },
        Command::Draw { job, topic, model, request: request(Some(latent()), None) },
        Command::Draw { job, topic, model, request: request(None, Some(base)) },
        Command::Sample { job, topic, model, count: 16, seed: 1 << 60 },
        Command::Render { job, topic, model, latents: vec![latent(), latent()] },
        Command::Morph {
            job,
            topic,
            model,
            from: latent(),
            to: latent(),
            frames: 9,
            interpolation: Interpolation::Spherical,
        },
        Command::Encode { job, topic, model, picture: picture.clone() },
        Command::Translate { job, topic, model, picture: picture.clone(), style: Some(vec![0.5]) },
        Command::Enlarge { job, topic, model, picture: picture.clone(), way: Way::Faithful },
        Command::Project { job, topic, model, photo: picture.clone(), crop: None, settings },
        Command::Project { job, topic, model, photo: picture.clone(), crop: Some(crop()), settings },
        Command::Retouch { job, topic, retouching },
        Command::Stop { job },
        Command::Cancel,
    ];
    through_bytes(&samples, 13, |command| match command {
        Command::Open { .. } => 0,
        Command::Close { .. } => 1,
        Command::Draw { .. } => 2,
        Command::Sample { .. } => 3,
        Command::Render { .. } => 4,
        Command::Morph { .. } => 5,
        Command::Encode { .. } => 6,
        Command::Translate { .. } => 7,
        Command::Enlarge { .. } => 8,
        Command::Stop { .. } => 9,
        Command::Cancel => 10,
        Command::Project { .. } => 11,
        Command::Retouch { .. } => 12,
    });
}

#[test]
fn frames() {
    let picture = Arc::new(Picture::filled(2, 1, [1, 2, 3]));
    let projection = Projection {
        latent: latent(),
        picture: picture.clone(),
        photo: picture.clone(),
        error: 0.1,
        explained: -0.3,
        terms: vec![TermCost { name: "prior".into(), cost: 0.2 }],
    };
    let contents = [
        Content::Candidates(vec![candidate(), candidate()]),
        Content::Latent(latent()),
        Content::Picture(picture.clone()),
        Content::Projection(Box::new(Projected { crop: crop(), projection })),
    ];
    through_bytes(&contents, 4, |content| match content {
        Content::Candidates(_) => 0,
        Content::Latent(_) => 1,
        Content::Picture(_) => 2,
        Content::Projection(_) => 3,
    });
    let [content, ..] = contents;
    let frame = Frame {
        job: JobId(1),
        topic: Topic(2),
        content,
        iteration: 3,
        iterations: 40,
        per_second: 12.5,
        settled: true,
    };
    through_bytes(&[frame], 1, |_| 0);
}

/// A port of every kind.
fn ports() -> [Port; 8] {
    let picture = PicturePort {
        sides: Sides::Fixed { height: 4, width: 6 },
        channels: 3,
        range: ValueRange::UnitInverted,
    };
    let names = || vec!["a".to_owned(), "b".to_owned()];
    let named = LatentSpec::continuous(2, Prior::Uniform).named(&names()).unwrap();
    [
        Port::Picture(picture),
        Port::Latents(named.and_classes("class", 3)),
        Port::Class { classes: names() },
        Port::Actions { actions: names() },
        Port::Frames { count: 4, picture },
        Port::Labels {
            labels: vec![Label { name: "snow".into(), colour: [1, 2, 3] }],
            sides: Sides::Any { multiple_of: 8 },
        },
        Port::Style {
            factors: vec![StyleFactor { name: "haze".into(), least: 0.0, most: 1.0, usual: 0.25 }],
        },
        Port::Palette { colours: 5 },
    ]
}

#[test]
fn ports_of_models() {
    through_bytes(&ports(), 8, |port| match port {
        Port::Picture(_) => 0,
        Port::Latents(_) => 1,
        Port::Class { .. } => 2,
        Port::Actions { .. } => 3,
        Port::Frames { .. } => 4,
        Port::Labels { .. } => 5,
        Port::Style { .. } => 6,
        Port::Palette { .. } => 7,
    });
    through_bytes(&[Sides::Fixed { height: 1, width: 2 }, Sides::Any { multiple_of: 1 }], 2, |sides| {
        match sides {
            Sides::Fixed { .. } => 0,
            Sides::Any { .. } => 1,
        }
    });
    through_bytes(&Ability::ALL, Ability::ALL.len(), |ability| match ability {
        Ability::Decode => 0,
        Ability::Encode => 1,
        Ability::Judge => 2,
        Ability::Translate => 3,
        Ability::Enlarge => 4,
        Ability::Complete => 5,
        Ability::Predict => 6,
        Ability::Likelihood => 7,
    });
}

fn summary(verdict: Verdict) -> Summary {
    let mut assumptions = Assumptions::new().prior(Prior::Normal).batch_norm_epsilon(1e-5);
    assumptions.decide(&[("prior".to_owned(), "uniform".to_owned())].into()).unwrap();
    Summary {
        source: "/models/a.pth".into(),
        container: Container::TorchZip,
        file_bytes: 4_413_269,
        tensors: 22,
        network: "netG".into(),
        family: "DCGAN".into(),
        family_key: "dcgan".into(),
        verdict,
        facts: vec![("width".into(), "32".into()), ("classes".into(), "2: a, b".into())],
        latent_names: vec!["Hue".into()],
        parameters: 1234,
        memory_bytes: 4936,
        lacks: [(Ability::Encode, "its file is cut".into())].into(),
        assumptions,
        made_by: "a test".into(),
    }
}

#[test]
fn events_with_everything_that_is_known_of_a_model() {
    let offers = [
        (Ability::Decode, Offer::Has { takes: ports().to_vec(), makes: Vec::new() }),
        (Ability::Encode, Offer::Lacks { why: "its file is cut".into() }),
    ];
    let info = |summary| {
        Arc::new(ModelInfo {
            name: "a".into(),
            family: "DCGAN, 6x4".into(),
            identity: Identity(u64::MAX),
            sides: [4, 6],
            latents: LatentSpec::continuous(2, Prior::Normal),
            parameters: 12,
            offers: offers.clone().into(),
            enlarger: Some(ModelSource::Bundled("sharp".into())),
            summary,
        })
    };
    let verdicts =
        [Verdict::Opens, Verdict::RecognizedOnly("a Glow".into()), Verdict::Unknown("holds nothing".into())];
    through_bytes(&verdicts, 3, |verdict| match verdict {
        Verdict::Opens => 0,
        Verdict::RecognizedOnly(_) => 1,
        Verdict::Unknown(_) => 2,
    });
    let job = JobId(3);
    let opened = |summary| Event::Opened { job, model: ModelHandle(2), info: info(summary) };
    let mut samples = vec![
        opened(None),
        Event::Working { job, activity: "Searching".into() },
        Event::Opening { job, share: 0.4 },
        Event::Finished { job },
        Event::Cancelled { job },
        Event::Remark { job, message: "not kept".into() },
        Event::Failed { job, message: "no".into() },
    ];
    samples.extend(verdicts.map(|verdict| opened(Some(summary(verdict)))));
    through_bytes(&samples, 7, |event| match event {
        Event::Opened { .. } => 0,
        Event::Working { .. } => 1,
        Event::Opening { .. } => 2,
        Event::Finished { .. } => 3,
        Event::Cancelled { .. } => 4,
        Event::Remark { .. } => 5,
        Event::Failed { .. } => 6,
    });
}

#[test]
fn assumptions_and_the_parts_of_latents() {
    let choices = vec![Choice::new("a", "A")];
    let answers = [
        Answer::Number { value: 1e-5, least: 0.0, most: 1.0 },
        Answer::Choice { chosen: 0, choices: choices.into() },
    ];
    through_bytes(&answers, 2, |answer| match answer {
        Answer::Number { .. } => 0,
        Answer::Choice { .. } => 1,
    });
    let assumption = |answer| Assumption {
        key: "key".into(),
        label: "Label".into(),
        why: "why".into(),
        answer,
        decided: true,
    };
    through_bytes(&answers.map(assumption), 1, |_| 0);
    let kinds = [
        GroupKind::Continuous { dimensions: 2, prior: Prior::Uniform },
        GroupKind::Categorical { classes: vec!["cat".into()] },
    ];
    through_bytes(&kinds, 2, |kind| match kind {
        GroupKind::Continuous { .. } => 0,
        GroupKind::Categorical { .. } => 1,
    });
    let patch = StrokeKind::Patch(Arc::new(Picture::filled(2, 1, [1, 2, 3])));
    let strokes =
        [StrokeKind::Colour([1, 2, 3]), StrokeKind::Sketch, patch, StrokeKind::Keep, StrokeKind::Erase];
    let methods = [Method::Encoder, Method::Optimize, Method::Hybrid];
    through_bytes(&methods, 3, |method| match method {
        Method::Encoder => 0,
        Method::Optimize => 1,
        Method::Hybrid => 2,
    });
    through_bytes(&strokes, 5, |kind| match kind {
        StrokeKind::Colour(_) => 0,
        StrokeKind::Sketch => 1,
        StrokeKind::Patch(_) => 2,
        StrokeKind::Keep => 3,
        StrokeKind::Erase => 4,
    });
    let light = Stroke { weight: 0.25, ..Stroke::new(StrokeKind::Sketch, 0.1, vec![[0.5, 0.5]]) };
    through_bytes(&[light], 1, |_| 0);
    let older = r#"{"kind":"sketch","width":0.1,"points":[[0.5,0.5]]}"#;
    assert_eq!(serde_json::from_str::<Stroke>(older).unwrap().weight, 1.0);
}

#[test]
fn bytes_that_are_no_picture_are_refused() {
    for (width, height, bytes) in [(2, 2, 11), (0, 0, 0), (usize::MAX, 3, 9)] {
        let text = format!("{{\"width\":{width},\"height\":{height},\"rgb\":{:?}}}", vec![7u8; bytes]);
        assert!(serde_json::from_str::<Picture>(&text).is_err(), "{text}");
    }
}
