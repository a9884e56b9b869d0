//! What lies around painting: messages, files, colours, settings, zoom.

use super::*;

impl Window {
    /// Turns the wheel by so many notches where the pointer is.
    fn wheel(&mut self, notches: f32, modifiers: Modifiers) {
        self.harness.event_modifiers(
            Event::MouseWheel {
                unit: egui::MouseWheelUnit::Line,
                delta: egui::vec2(0.0, notches),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Unknown,
                modifiers,
            },
            modifiers,
        );
        self.step();
    }
}

#[test]
fn the_average_is_shown_and_left_by_a_choice() {
    let mut window = Window::open_on(&[10.0, 10.0, 40.0, 40.0]);
    window.key(Modifiers::NONE, Key::A);
    // The mean is made on a thread.
    window.until(|window| window.shown() > 10.0);
    assert!(window.shown() > 10.0 && window.shown() < 25.0, "{}", window.shown());
    window.click("Candidate 4");
    assert_eq!(window.shown(), 40.0);
}

#[test]
fn the_eyedropper_picks_from_the_picture_and_hands_over_to_the_brush() {
    let mut window = Window::open();
    window.click("Eyedropper");
    window.harness.drag_at(window.on_picture(0.5, 0.5));
    window.harness.drop_at(window.on_picture(0.5, 0.5));
    window.step();
    window.step();
    let tools = &window.paint().tools;
    assert_eq!(
        (tools.colour.colour, tools.active),
        ([1, 100, 200], crate::rooms::paint::tools::ToolKind::Colour)
    );
    assert!(window.document().strokes.is_empty());
}

#[test]
fn keys_and_wheel_change_the_width_and_an_erased_stroke_asks_for_nothing() {
    let mut window = Window::open();
    let width = |window: &Window| window.paint().tools.brush().unwrap().width();
    window.key(Modifiers::NONE, Key::OpenBracket);
    assert_eq!(width(&window), 23.0);
    window.harness.hover_at(window.on_picture(0.5, 0.5));
    window.step();
    window.wheel(3.0, Modifiers::NONE);
    assert_eq!(width(&window), 28.0);
    window.wheel(-3.0, Modifiers::NONE);
    assert_eq!(width(&window), 23.0);
    window.drag(0.5);
    window.answer(&[20.0]);
    window.key(Modifiers::NONE, Key::X);
    for _ in 0..30 {
        window.key(Modifiers::NONE, Key::CloseBracket);
    }
    window.script.sent();
    window.drag(0.5);
    assert!(window.script.sent().iter().any(|asked| matches!(asked, Asked::Stop { .. })));
    assert_eq!(window.shown(), 20.0);
}

#[test]
fn a_failure_is_told_and_nothing_is_lost() {
    let mut window = Window::open();
    window.drag(0.5);
    window.hint(&[20.0, 21.0]);
    let kept = |window: &Window| (window.latents(), window.document().strokes.clone());
    let before = kept(&window);
    window.script.say(Said::Failed { job: JobId(window.newest()), message: "the cost is no number".into() });
    window.step();
    window.harness.get_by_label("The cost is no number");
    assert_eq!(kept(&window), before);
    window.script.sent();
    window.step();
    assert!(window.draws().is_empty(), "what failed is not asked for again by itself");
    window.click("Go on");
    assert_eq!(window.draws().len(), 1);
    window.click("Dismiss");
    assert!(window.harness.query_by_label("The cost is no number").is_none());
    window.script.die();
    window.step();
    assert!(window.harness.query_by_label_contains("The engine has stopped. Your strokes").is_some());
    assert_eq!(kept(&window), before);
}

#[test]
fn a_model_that_can_not_be_opened_says_why() {
    let mut window = Window::opening();
    window.script.say(Said::Failed { job: JobId(1), message: "there is no model \"x\"".into() });
    window.step();
    window.harness.get_by_label("There is no model \"x\"");
    window.drag(0.5);
    assert!(window.document().strokes.is_empty(), "without a model there is nothing to paint");
}

#[test]
fn saving_without_dialogs_asks_for_a_path_and_typing_fires_no_shortcuts() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open();
    window.key(Modifiers::COMMAND, Key::S);
    window.step();
    let seed = window.document().settings.seed;
    let path = dir.path().join("FRAN.png");
    let field = window.harness.get_by_role_and_label(egui::Role::TextInput, "Path");
    field.focus();
    window.step();
    window.key(Modifiers::COMMAND, Key::A);
    for (key, letter) in [(Key::F, "F"), (Key::R, "R"), (Key::N, "N")] {
        window.harness.event(Event::Text(letter.into()));
        window.key(Modifiers::NONE, key);
    }
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.step();
    let document = window.document();
    assert_eq!((document.settings.seed, document.anchor.is_none()), (seed, true));
    window.click("Save");
    let deadline = Instant::now() + Duration::from_secs(10);
    while window.studio().desk.notices.news().is_none() && Instant::now() < deadline {
        window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    let (saved, shown) = (Picture::open(&path).unwrap(), window.paint().shown_picture().unwrap());
    let side = window.picture_rect().width().round() as usize;
    assert_eq!((saved.width(), saved.height()), (side, side), "as large as it is shown");
    assert_eq!(saved.pixel(side / 2, side / 2), shown.pixel(16, 16));

    // The same name again is a question, and its answers stand there.
    window.key(Modifiers::COMMAND, Key::S);
    window.harness.get_by_role_and_label(egui::Role::TextInput, "Path").focus();
    window.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.step();
    window.key(Modifiers::NONE, Key::Enter);
    let asked = |window: &Window| window.harness.query_by_label("Save as FRAN-2.png").is_some();
    while !asked(&window) && Instant::now() < deadline {
        window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    window.harness.get_by_label("Replace it");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("Replace it").is_none());
    assert!(!dir.path().join("FRAN-2.png").exists());
}

#[test]
fn a_right_click_opens_the_colours_and_a_click_beside_them_paints_nothing() {
    let mut window = Window::open();
    window.harness.get_by_label("Canvas").click_secondary();
    window.step();
    window.harness.get_by_label("Red");
    window.harness.drag_at(window.on_picture(0.05, 0.95));
    window.harness.drop_at(window.on_picture(0.05, 0.95));
    window.step();
    window.step();
    assert!(window.harness.query_by_label("Red").is_none());
    assert!(window.document().strokes.is_empty());
}

#[test]
fn keys_work_again_after_the_colours_were_closed() {
    let mut window = Window::open();
    window.harness.get_by_label("Canvas").click_secondary();
    window.step();
    window.harness.get_by_label("Red");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("Red").is_none());
    let dark = window.studio().desk.view.dark;
    window.key(Modifiers::NONE, Key::T);
    assert_ne!(window.studio().desk.view.dark, dark);
}

#[test]
fn a_typed_seed_is_one_step_and_asks_anew() {
    let mut window = Window::open();
    window.click("Search settings");
    window.harness.run_ok();
    window.harness.get_by_role_and_label(egui::Role::SpinButton, "Seed").set_value_accesskit(42.0);
    window.step();
    assert!(matches!(window.script.sent().last(), Some(Asked::Sample { seed: 42, .. })));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.document().settings.seed, 0);
}

#[test]
fn the_wheel_zooms_with_ctrl_and_the_middle_button_moves_the_picture() {
    let mut window = Window::open();
    let before = window.picture_rect();
    window.harness.hover_at(before.center());
    window.step();
    window.wheel(2.0, Modifiers::COMMAND);
    assert!(window.picture_rect().width() > before.width());
    assert!(
        (window.picture_rect().center() - before.center()).length() < 0.5,
        "the place under the pointer stays"
    );
    window.wheel(-2.0, Modifiers::COMMAND);
    assert!((window.picture_rect().width() - before.width()).abs() < 0.5);
    window.key(Modifiers::COMMAND, Key::Plus);
    assert!(window.picture_rect().width() > before.width());
    let middle = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Middle,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let (from, to) = (before.center(), before.center() + egui::vec2(30.0, 10.0));
    let zoomed = window.picture_rect();
    window.harness.input_mut().events.extend([
        middle(from, true),
        Event::PointerMoved(to),
        middle(to, false),
    ]);
    window.step();
    assert!((window.picture_rect().min - zoomed.min - egui::vec2(30.0, 10.0)).length() < 0.1);
    window.key(Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.picture_rect(), before);
    assert!(window.document().strokes.is_empty());
}
