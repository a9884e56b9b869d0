//! What runs follows from what is there: undo, Esc, sliders, playing, a stopped search.

use latent_engine::rng::Rng;

use super::*;

impl Window {
    fn has_label(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some()
    }

    /// Brings the frames of the morph that was asked for last.
    fn bring_morph(&mut self) {
        let asked = self.script.sent().into_iter().filter_map(|command| match command {
            Asked::Morph { job, .. } => Some(job),
            _ => None,
        });
        let job = asked.last().expect("no morph was asked for");
        self.script.put_made(job, (0..16).map(|i| scripted::candidate(i as f32)).collect());
        self.step();
    }
}

#[test]
fn undo_and_redo_before_an_answer_search_what_is_there() {
    let mut window = Window::open();
    window.drag(0.3);
    window.drag(0.6);
    window.script.sent();
    window.click("Undo");
    let draws = window.draws();
    assert_eq!((window.document().strokes.len(), draws.len()), (1, 1));
    assert!(!window.has_label("Ready") && window.has_label("Searching"));
    window.answer(&[20.0]);
    assert!(window.has_label("Ready"));
    window.click("Redo");
    assert_eq!((window.document().strokes.len(), window.draws().len()), (2, 1));
    window.answer(&[30.0]);
    window.click("Undo");
    assert_eq!(window.shown(), 20.0);
    assert!(window.draws().is_empty(), "what was found stays found");
    window.click("Undo");
    assert_eq!((window.document().strokes.len(), window.shown()), (0, 1.0));
    assert!(window.draws().is_empty());
}

#[test]
fn a_model_that_is_new_is_got_to_know_before_iterations_are_counted() {
    let mut window = Window::open();
    window.drag(0.4);
    let said = |window: &Window, text: &str| window.harness.query_by_label_contains(text).is_some();
    let mut preview = scripted::frame(window.newest(), &[20.0], false);
    preview.iteration = 0;
    window.script.put_frame(preview);
    window.step();
    assert!(said(&window, "Getting to know the model") && !said(&window, "0 of 40"));
    window.hint(&[30.0]);
    assert!(said(&window, "1 of 40 iterations") && !said(&window, "Getting to know"));
}

#[test]
fn a_stopped_search_says_so_and_can_be_gone_on_with() {
    let mut window = Window::open();
    window.drag(0.3);
    window.hint(&[20.0, 21.0]);
    window.script.sent();
    window.key(Modifiers::NONE, Key::Escape);
    assert!(matches!(window.script.sent()[0], Asked::Stop { .. }));
    assert!(window.has_label("Stopped") && !window.has_label("Ready"));
    window.step();
    assert!(window.draws().is_empty());
    window.click("Go on");
    assert_eq!(window.draws().pop().unwrap().start.len(), 2, "from what it had found");
    window.answer(&[25.0]);
    assert!(window.has_label("Ready"));
}

#[test]
fn the_morph_comes_after_escape_too() {
    let mut window = Window::open();
    window.drag(0.3);
    window.hint(&[20.0]);
    window.key(Modifiers::NONE, Key::P);
    assert!(window.script.sent().iter().any(|asked| matches!(asked, Asked::Morph { .. })));
    window.key(Modifiers::NONE, Key::Escape);
    let job = window.studio().desk.link.running(Topic::Morph).expect("it is on its way");
    window.script.put_made(job, (0..16).map(|i| scripted::candidate(i as f32)).collect());
    window.step();
    window.harness.get_by_label("Morph").set_value_accesskit(3.0);
    window.step();
    assert_eq!(window.shown(), 3.0);
}

#[test]
fn play_pauses_where_it_is_and_ends_at_the_newest_picture() {
    let mut window = Window::open();
    window.drag(0.4);
    window.answer(&[20.0]);
    window.bring_morph();
    let playing = |window: &Window| window.paint().is_playing();
    window.key(Modifiers::NONE, Key::P);
    assert!(playing(&window));
    while window.paint().position().is_none_or(|frame| frame < 4) {
        window.harness.step();
    }
    window.key(Modifiers::NONE, Key::P);
    let paused = window.paint().position();
    assert!(!playing(&window) && paused.is_some_and(|frame| frame >= 4));
    for _ in 0..20 {
        window.harness.step();
    }
    assert_eq!(window.paint().position(), paused);
    window.click("Play");
    for _ in 0..200 {
        window.harness.step();
    }
    assert!(!playing(&window) && window.paint().position().is_none());
    assert_eq!(window.shown(), 20.0);
}

#[test]
fn a_picture_that_comes_after_reset_is_not_shown() {
    let mut window = Window::open();
    window.click("Latents");
    window.harness.get_by_role_and_label(egui::Role::Slider, "z 0").set_value_accesskit(2.0);
    window.step();
    let Some(Asked::Render { job, .. }) = window.script.sent().pop() else { panic!("nothing was asked for") };
    window.click("Reset: all latents");
    window.script.put_made(job, vec![scripted::candidate(99.0)]);
    window.step();
    assert_eq!(window.shown(), 1.0);
}

#[test]
fn random_latents_are_not_those_of_the_first_picture() {
    let mut window = Window::open();
    window.click("Latents");
    window.click("Random: all latents");
    let drawn = window.document().edit.clone().unwrap().latent;
    let first = scripted::model().latents.draw(&mut Rng::new(0));
    assert_ne!(drawn, first, "the first picture of seed 0 is drawn from these numbers");
}

#[test]
fn a_dragged_seed_asks_once_at_a_time() {
    let mut window = Window::open();
    window.click("Search settings");
    window.harness.run_ok();
    window.script.sent();
    for seed in 1..9 {
        let field = window.harness.get_by_role_and_label(egui::Role::SpinButton, "Seed");
        field.set_value_accesskit(f64::from(seed));
        window.harness.step();
    }
    let samples = |window: &Window| {
        let sent = window.script.sent().into_iter();
        sent.filter(|asked| matches!(asked, Asked::Sample { .. })).count()
    };
    assert_eq!(samples(&window), 1);
    window.answer(&[5.0]);
    assert_eq!(samples(&window), 1, "then the newest");
}

#[test]
fn what_was_searched_is_said_beside_its_pictures_only() {
    let mut window = Window::open();
    window.drag(0.4);
    window.answer(&[20.0]);
    let said = |window: &Window| window.harness.query_by_label_contains("of 40 iterations").is_some();
    assert!(said(&window));
    window.click("Train");
    assert!(!said(&window));
    window.click("Paint");
    window.key(Modifiers::NONE, Key::R);
    window.answer(&[3.0, 4.0]);
    assert!(!said(&window));
}

#[test]
fn a_key_after_the_stroke_comes_after_the_stroke() {
    let mut window = Window::open();
    let points: Vec<Pos2> = (0..8).map(|i| window.on_picture(0.1 + 0.1 * i as f32, 0.5)).collect();
    let key = |pressed| Event::Key {
        key: Key::F,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let moves = points.iter().map(|&p| Event::PointerMoved(p));
    let begin = [Event::PointerMoved(points[0]), button(points[0], true)];
    let end = [button(points[7], false), key(true), key(false)];
    window.harness.input_mut().events.extend(begin.into_iter().chain(moves).chain(end));
    window.harness.step();
    let document = window.document();
    assert_eq!((document.strokes.len(), document.anchor.is_some()), (1, true));
    assert_eq!(window.paint().history.undo_name(), Some("fix"));
}

#[test]
fn a_dense_screen_paints_where_the_pointer_is() {
    let mut window = Window::open();
    window.harness.set_pixels_per_point(2.0);
    window.step();
    window.drag(0.5);
    let stroke = window.document().strokes[0].clone();
    assert!(stroke.points.iter().all(|[x, y]| (0.19..0.61).contains(x) && (y - 0.5).abs() < 0.01));
}
