//! Work is not lost: quitting, other models, what is typed, what stands in a menu.

use std::path::Path;

use super::models::Dropped;
use super::*;
use crate::platform::files::{FormWish, May};
use crate::shell::closing::Closing;
use crate::shell::command::Command;

impl Window {
    fn closing(&self) -> Closing {
        self.studio().house.closing
    }

    /// Types a path into the form and uses it.
    fn save_to(&mut self, path: &Path) {
        let Studio { house, desk, .. } = self.harness.state_mut();
        desk.files.shown = 64;
        for wish in [FormWish::Type(path.display().to_string()), FormWish::Confirm(May::Ask)] {
            house.apply(Command::Form(wish), desk);
        }
    }

    fn anchor(&self) -> bool {
        self.document().anchor.is_some()
    }
}

#[test]
fn quitting_with_nothing_at_stake_asks_nothing() {
    let mut window = Window::open();
    window.key(Modifiers::NONE, Key::Q);
    assert_eq!(window.closing(), Closing::Now);
}

#[test]
fn quitting_asks_before_an_unsaved_picture_is_lost() {
    let mut window = Window::open();
    window.drag(0.5);
    window.answer(&[20.0]);
    window.key(Modifiers::NONE, Key::Q);
    window.harness.get_by_label("Save the picture before you quit?");
    window.key(Modifiers::NONE, Key::F);
    assert!(!window.anchor(), "no letter acts behind the question");
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!((window.closing(), window.shown()), (Closing::No, 20.0));
    window.key(Modifiers::COMMAND, Key::Q);
    window.click("Cancel");
    assert_eq!(window.closing(), Closing::No);
    // The window's own button asks, too.
    let info = window.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
    info.events.push(egui::ViewportEvent::Close);
    window.step();
    assert_eq!(window.closing(), Closing::Asks);
    window.click("Quit without saving");
    assert_eq!(window.closing(), Closing::Now);
}

#[test]
fn quitting_can_save_first_with_the_keyboard_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kept.png");
    let mut window = Window::open();
    window.drag(0.5);
    window.answer(&[20.0]);
    window.key(Modifiers::NONE, Key::Q);
    window.step();
    window.key(Modifiers::NONE, Key::Enter);
    let field = window.harness.get_by_role_and_label(egui::Role::TextInput, "Path");
    field.focus();
    window.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.step();
    window.key(Modifiers::NONE, Key::Enter);
    window.until(|window| window.closing() == Closing::Now);
    assert_eq!(Picture::open(&path).unwrap().pixel(0, 0), [20, 100, 200]);
}

#[test]
fn a_saved_picture_is_no_reason_to_ask_and_a_save_that_is_given_up_keeps_the_window() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open();
    window.drag(0.5);
    window.answer(&[20.0]);
    window.key(Modifiers::NONE, Key::Q);
    window.click("Save the picture…");
    window.click("Cancel");
    assert_eq!(window.closing(), Closing::No);
    window.key(Modifiers::NONE, Key::S);
    window.save_to(&dir.path().join("a.png"));
    window.until(|window| window.studio().desk.notices.news().is_some());
    window.key(Modifiers::NONE, Key::Q);
    assert_eq!(window.closing(), Closing::Now);
}

#[test]
fn letters_do_nothing_behind_a_menu() {
    let mut window = Window::open();
    window.drag(0.5);
    window.answer(&[20.0]);
    for label in ["Model: landscape", "Colour"] {
        window.click(label);
        window.script.sent();
        for key in [Key::F, Key::A, Key::R, Key::Q, Key::N] {
            window.key(Modifiers::NONE, key);
        }
        assert!(!window.anchor() && window.closing() == Closing::No);
        assert_eq!((window.document().strokes.len(), window.shown()), (1, 20.0));
        window.key(Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn escape_in_a_field_leaves_the_search_alone() {
    let mut window = Window::open();
    window.drag(0.5);
    window.hint(&[20.0]);
    window.click("Latents");
    window.harness.get_by_role_and_label(egui::Role::TextInput, "Filter").focus();
    window.step();
    window.script.sent();
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.script.sent().is_empty());
    assert!(window.studio().desk.link.is_searching());
    window.key(Modifiers::NONE, Key::Escape);
    assert!(!window.studio().desk.link.is_searching(), "the next one stops it");
}

#[test]
fn a_model_that_arrives_takes_no_stroke_from_under_the_pen() {
    let mut window = Window::open();
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped("/models/mine.pth".into())));
    window.step();
    let open = window.script.sent().into_iter().find_map(|asked| match asked {
        Asked::Open { job, .. } => Some(job),
        _ => None,
    });
    window.harness.drag_at(window.on_picture(0.2, 0.5));
    window.harness.step();
    window.harness.hover_at(window.on_picture(0.4, 0.5));
    window.harness.step();
    window.script.say(Said::Opened {
        job: open.unwrap(),
        model: ModelHandle(9),
        info: scripted::file_model("mine"),
    });
    window.harness.step();
    window.harness.hover_at(window.on_picture(0.6, 0.5));
    window.harness.step();
    assert!(window.paint().is_drawing());
    window.harness.drop_at(window.on_picture(0.6, 0.5));
    window.step();
    let document = window.document();
    assert_eq!((document.strokes.len(), document.strokes[0].points.len()), (1, 3));
    window.harness.get_by_label("Model: mine");
    assert!(!window.draws().is_empty(), "the stroke is searched in the new model");
}

#[test]
fn new_weights_of_the_same_file_are_another_model() {
    let mut window = Window::open();
    let path = Path::new("/models/mine.pth");
    let open = |window: &mut Window| {
        window.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
        window.step();
        let sent = window.script.sent().into_iter();
        let job = sent.filter_map(|asked| if let Asked::Open { job, .. } = asked { Some(job) } else { None });
        let job = job.last().unwrap();
        window.script.say(Said::Opened {
            job,
            model: ModelHandle(job.0),
            info: scripted::file_model("mine"),
        });
        window.step();
    };
    open(&mut window);
    window.answer(&[5.0, 6.0]);
    window.click("Model");
    let render = |window: &Window| {
        let sent = window.script.sent().into_iter();
        sent.filter_map(|asked| if let Asked::Render { job, .. } = asked { Some(job) } else { None }).last()
    };
    let job = render(&window).expect("random samples");
    let candidates = (0..8).map(|i| scripted::candidate(100.0 + i as f32)).collect();
    window.script.put_made(job, candidates);
    window.step();
    assert!(window.harness.query_by_label("Sample 1").is_some());
    open(&mut window);
    assert!(window.document().candidates.is_empty(), "the old pictures are not the new model's");
    window.answer(&[7.0]);
    assert!(render(&window).is_some(), "nor are the samples");
    window.click("Undo");
    assert_eq!(window.shown(), 5.0);
}

#[test]
fn saved_does_not_take_the_place_of_an_error_that_nobody_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open();
    window.script.say(Said::Remark { job: JobId(1), message: "it could not be kept".into() });
    window.step();
    window.key(Modifiers::NONE, Key::S);
    window.save_to(&dir.path().join("a.png"));
    window.until(|window| window.harness.query_by_label_contains("Saved ").is_some());
    window.harness.get_by_label("It could not be kept");
    window.click("Dismiss");
    assert!(window.harness.query_by_label("It could not be kept").is_none());
}
