//! Photos: their latents, and changes made in them.

use super::changes::{CHANGE, able, halves};
use super::*;
use crate::edit::{Crop, Mask, Method, ProjectionSettings, composite};
use crate::enlarge::Way;
use crate::service::{Content, Projected, Retouching};
use crate::{Picture, edit};

fn projected(frame: &Frame) -> &Projected {
    match &frame.content {
        Content::Projection(projected) => projected,
        other => panic!("{other:?}"),
    }
}

fn project(job: u64, photo: Arc<Picture>, crop: Option<Crop>, method: Method) -> Command {
    let settings = ProjectionSettings { method, iterations: 12, ..ProjectionSettings::default() };
    Command::Project { job: JobId(job), topic: CHANGE, model: FIRST, photo, crop, settings }
}

#[test]
fn a_photo_is_found_at_once_and_then_better() {
    let mut window = able();
    let photo = halves(80, 60);
    let crop = Crop { centre: [0.4, 0.5], side: 0.5, angle: 10.0, mirrored: false };
    window.engine.send(project(2, photo.clone(), Some(crop), Method::Hybrid));
    let last = window.wait_for_frame(|frame| frame.job == JobId(2) && frame.settled);
    window.finished(2);
    let found = projected(&last);
    assert_eq!(found.crop, crop);
    assert_eq!(*found.projection.photo, crop.sample(&photo, [TOY_SIZE; 2]).unwrap());
    assert!(found.projection.error > 0.0 && !found.projection.terms.is_empty(), "{last:?}");
    assert!(last.candidates().is_empty() && last.iterations == 12);

    // The encoder's answer is one frame, the last one, and no better than what a search makes of it.
    window.engine.send(project(3, photo.clone(), Some(crop), Method::Encoder));
    let encoded = window.wait_for_frame(|frame| frame.job == JobId(3));
    assert!(encoded.settled && projected(&encoded).projection.error >= found.projection.error);

    // Without a frame the best place is looked for first.
    window.engine.send(project(4, photo.clone(), None, Method::Encoder));
    let placed = window.wait_for_frame(|frame| frame.job == JobId(4) && frame.settled);
    let whole = Crop::middle(&photo, [TOY_SIZE; 2]);
    assert!(projected(&placed).crop.is_inside(&photo, [TOY_SIZE; 2]));
    assert!(projected(&placed).crop.side <= whole.side);
}

#[test]
fn a_model_without_an_encoder_searches_its_bank_or_says_why_not() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(project(2, halves(30, 20), None, Method::Hybrid));
    let said = window.failure(2);
    assert!(said.contains("no encoder") && said.contains("optimize"), "{said}");
    window.engine.send(project(3, halves(30, 20), None, Method::Optimize));
    let last = window.wait_for_frame(|frame| frame.job == JobId(3) && frame.settled);
    let middle = Crop::middle(&halves(30, 20), [TOY_SIZE; 2]);
    assert_eq!(projected(&last).crop, middle);
    assert!(projected(&last).projection.explained < 1.0);
    // What was ended keeps its best so far.
    window.engine.send(project(4, halves(30, 20), None, Method::Optimize));
    window.wait_for_frame(|frame| frame.job == JobId(4));
    window.engine.send(Command::Stop { job: JobId(4) });
    window.wait(|event| matches!(event, Event::Cancelled { job } | Event::Finished { job } if job.0 == 4));
}

#[test]
fn a_change_is_made_in_a_photo_with_and_without_an_enlarger() {
    let mut window = able();
    let photo = Arc::new(Picture::filled(16, 16, [100; 3]));
    let (before, after) = (halves(16, 16), Arc::new(Picture::filled(16, 16, [0; 3])));
    let mask = Arc::new(Mask::everywhere([16, 16]));
    let crop = Crop::middle(&photo, [16, 16]);
    let asked = |strength, enlarger| Retouching {
        photo: photo.clone(),
        crop,
        before: before.clone(),
        after: after.clone(),
        mask: mask.clone(),
        strength,
        enlarger,
    };
    let mut made = |job: u64, retouching| {
        window.engine.send(Command::Retouch { job: JobId(job), topic: CHANGE, retouching });
        let frame = window.wait_for_frame(|frame| frame.job == JobId(job));
        assert!(frame.settled);
        let Content::Picture(picture) = frame.content else { panic!() };
        picture
    };
    let plain = made(2, asked(1.0, None));
    let small = composite(&photo, &before, &after, &mask, 1.0).unwrap();
    let away: u32 = plain.rgb().iter().zip(small.rgb()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    assert!((plain.width(), plain.height()) == (16, 16) && away > 0, "at this size edges are a filter's");
    assert_ne!(plain, photo);
    // No strength, no change; the same change again is remembered.
    assert_eq!(made(3, asked(0.0, None)), photo);
    assert_eq!(made(4, asked(1.0, None)), plain);
    assert_ne!(made(5, asked(1.0, Some((FIRST, Way::Sharp)))), photo);
    let transfer = edit::Transfer::between(&before, &after, None).unwrap();
    assert_eq!(*plain, transfer.apply(&photo, &crop, &mask, 1.0).unwrap());
    // Pictures of two sizes are refused, and the engine lives on.
    let wrong = Retouching { after: halves(8, 8), ..asked(1.0, None) };
    window.engine.send(Command::Retouch { job: JobId(6), topic: CHANGE, retouching: wrong });
    assert!(!window.failure(6).is_empty());
    let closed = asked(1.0, Some((ModelHandle(99), Way::Sharp)));
    window.engine.send(Command::Retouch { job: JobId(7), topic: CHANGE, retouching: closed });
    assert!(window.failure(7).contains("closed"));
}
