//! Several models at once, models of any sides, and work that comes piece by piece.

use super::*;
use crate::model::toy::{TOY_LATENT, WIDE, sized_toy};

#[test]
fn a_model_opens_while_a_search_goes_on_with_another() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(draw(2, usize::MAX));
    window.wait_for_frame(|f| f.job == JobId(2));
    let second = window.open(3);
    assert_ne!(second, FIRST);
    let before = window.wait_for_frame(|f| f.job == JobId(2)).iteration;
    window.wait_for_frame(|f| f.job == JobId(2) && f.iteration > before + 1);
    // The other one closes, and the search still goes on.
    window.engine.send(Command::Close { model: second });
    let before = window.wait_for_frame(|f| f.job == JobId(2)).iteration;
    window.wait_for_frame(|f| f.job == JobId(2) && f.iteration > before + 1);
    window.engine.send(Command::Close { model: FIRST });
    window.cancelled(2);
}

#[test]
fn two_models_search_at_the_same_time_in_topics_of_their_own() {
    let mut window = window(&[Temper::Good]);
    let second = window.open(2);
    window.engine.send(draw(3, usize::MAX));
    let Command::Draw { job, request, .. } = draw(4, usize::MAX) else { unreachable!() };
    window.engine.send(Command::Draw { job, topic: Topic(7), model: second, request });
    for job in [3, 4, 3, 4] {
        let before = window.wait_for_frame(|f| f.job == JobId(job)).iteration;
        window.wait_for_frame(|f| f.job == JobId(job) && f.iteration > before);
    }
}

#[test]
fn what_is_asked_of_a_closed_model_is_refused_with_a_sentence() {
    let mut window = window(&[Temper::Good]);
    window.engine.send(Command::Close { model: FIRST });
    // Twice is no harm.
    window.engine.send(Command::Close { model: FIRST });
    window.sample(2, FIRST, 1);
    window.engine.send(draw(3, 1));
    window.engine.send(render(4, vec![Latent::from(vec![0.0; TOY_LATENT])]));
    for job in [2, 3, 4] {
        assert!(window.failure(job).contains("is closed"));
    }
    // A number is not given twice.
    assert_ne!(window.open(5), FIRST);
}

#[test]
fn only_the_newest_of_many_random_pictures_is_made() {
    let mut window = window(&[Temper::Slow(Duration::from_millis(20))]);
    for job in 2..40 {
        window.sample(job, FIRST, 4);
    }
    window.finished(39);
    let made = window.events.iter().filter(|e| matches!(e, Event::Finished { .. })).count();
    assert!(made < 10, "{made} of 38 were made");
}

#[test]
fn a_heavy_morph_comes_picture_by_picture_and_can_be_stopped() {
    let mut window = window(&[Temper::Heavy(Duration::from_millis(20))]);
    let [from, to] = [0.0f32, 1.0].map(|v| Latent::from(vec![v; TOY_LATENT]));
    window.engine.send(morph(2, from.clone(), to.clone()));
    let first = window.wait_for_frame(|f| f.job == JobId(2));
    assert!(!first.settled && first.candidates().len() < 16);
    // Newer commands don't wait for its end.
    window.engine.send(render(3, vec![from.clone()]));
    window.finished(3);
    window.engine.send(Command::Stop { job: JobId(2) });
    window.cancelled(2);
    assert!(!window.events.iter().any(|e| matches!(e, Event::Finished { job: JobId(2) })));
    window.engine.send(morph(4, from, to));
    window.wait_for_frame(|f| f.job == JobId(4));
    window.engine.send(Command::Cancel);
    window.cancelled(4);
}

#[test]
fn heavy_models_show_what_their_bank_knows_while_it_is_made() {
    let mut window = window(&[Temper::Heavy(Duration::from_millis(10))]);
    let Command::Draw { job, topic, model, mut request } = draw(2, 3) else { unreachable!() };
    request.settings.solver = SolverKind::Fast;
    window.engine.send(Command::Draw { job, topic, model, request });
    let first = window.wait_for_frame(|f| f.job == JobId(2));
    assert!(first.iteration == 0 && first.candidates().len() < 16, "{}", first.candidates().len());
}

/// A window on models whose pictures are wider than tall.
fn wide_window() -> Window {
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake = Arc::new(move || {
        wake.send(()).ok();
    });
    let opener = |_: &_, _: Option<&_>, _: &_| Ok(sized_toy(Temper::Good, Prior::Normal, WIDE));
    let engine = Engine::spawn_with(wake, opener).unwrap();
    let mut window = Window { engine, woken, events: Vec::new(), frames: Vec::new() };
    assert_eq!(window.open(1), FIRST);
    window
}

#[test]
fn pictures_that_are_not_square_are_drawn_and_rendered() {
    let mut window = wide_window();
    let Some(Event::Opened { info, .. }) = window.events.iter().find(|e| matches!(e, Event::Opened { .. }))
    else {
        unreachable!()
    };
    assert_eq!(info.sides, WIDE);
    let [height, width] = WIDE;
    for solver in [SolverKind::Igan, SolverKind::Fast] {
        let Command::Draw { job, topic, model, mut request } = draw(2, 20) else { unreachable!() };
        let kinds = [(StrokeKind::Colour([30, 160, 60]), 0.8), (StrokeKind::Sketch, 0.3)];
        let strokes =
            kinds.map(|(kind, y)| Stroke { weight: 1.0, kind, width: 0.2, points: vec![[0.1, y], [0.9, y]] });
        request.constraints = Arc::new(Constraints::rasterize(&strokes, WIDE));
        request.settings.solver = solver;
        window.engine.send(Command::Draw { job, topic, model, request });
        let last = window.wait_for_frame(|f| f.settled);
        let picture = &last.candidates()[0].picture;
        assert_eq!((picture.width(), picture.height()), (width, height));
        assert!(last.candidates()[0].cost < last.candidates().last().unwrap().cost + 1e-6);
    }
    // Strokes of another shape are refused with both shapes.
    window.engine.send(draw(3, 1));
    assert!(window.failure(3).contains(&format!("{WIDE:?}")));
    window.engine.send(render(4, vec![Latent::from(vec![0.3; TOY_LATENT])]));
    let rendered = window.wait_for_frame(|f| f.topic == RENDER);
    assert_eq!(rendered.candidates()[0].picture.width(), width);
}
