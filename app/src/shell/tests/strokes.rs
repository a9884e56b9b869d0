//! Strokes as things: they are listed, selected, moved, hidden, recoloured, reordered, taken away.

use egui::Role;

use super::*;

impl Window {
    /// Two colour strokes one above the other, answered, and the list of them.
    fn with_two_strokes() -> Self {
        let mut window = Self::open();
        for (y, value) in [(0.3, 20.0), (0.7, 30.0)] {
            window.drag(y);
            window.answer(&[value]);
        }
        window.click("Strokes");
        window.script.sent();
        window
    }

    fn undo_name(&self) -> Option<&str> {
        self.paint().history.undo_name()
    }

    /// The masked share of the picture that the newest search asked for.
    fn asked_colour(&self) -> f32 {
        self.draws().pop().unwrap().constraints.colour_mask.iter().sum()
    }
}

#[test]
fn strokes_are_listed_newest_first_and_an_empty_list_says_so() {
    let mut window = Window::open();
    window.click("Strokes");
    assert!(window.harness.query_by_label_contains("Nothing is painted yet").is_some());
    let window = Window::with_two_strokes();
    let [newer, older] = ["Colour 2", "Colour 1"].map(|name| window.harness.get_by_label(name).rect());
    assert!(newer.bottom() <= older.top(), "{newer:?} {older:?}");
}

#[test]
fn a_stroke_is_selected_on_the_picture_and_moved_as_one_step() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Select");
    let (from, to) = (window.on_picture(0.4, 0.3), window.on_picture(0.5, 0.45));
    window.harness.drag_at(from);
    window.harness.step();
    assert_eq!(window.paint().selected_stroke().map(|(place, _)| place), Some(0));
    for share in [0.3, 0.7, 1.0] {
        window.harness.hover_at(from + share * (to - from));
        window.harness.step();
    }
    window.harness.drop_at(to);
    window.step();
    let [old, new] = [&before, window.document()].map(|document| document.strokes[0].points[0]);
    assert!(
        (new[0] - old[0] - 0.1).abs() < 0.003 && (new[1] - old[1] - 0.15).abs() < 0.003,
        "{old:?} {new:?}"
    );
    assert_eq!(window.undo_name(), Some("move stroke"));
    assert!(!window.draws().is_empty(), "it is searched anew");
    window.click("Undo");
    assert_eq!(window.document(), &before, "latents and all");
    // A click on one selects it and is no step; a click beside all of them lets go.
    let name = window.undo_name().map(str::to_owned);
    for (y, selected) in [(0.7, Some(1)), (0.95, None)] {
        let at = window.on_picture(0.4, y);
        window.harness.drag_at(at);
        window.harness.step();
        window.harness.drop_at(at);
        window.step();
        assert_eq!(window.paint().selected_stroke().map(|(place, _)| place), selected);
    }
    assert_eq!(window.undo_name().map(str::to_owned), name);
}

#[test]
fn escape_puts_a_stroke_back_where_it_was() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Select");
    window.harness.drag_at(window.on_picture(0.4, 0.3));
    window.harness.step();
    window.harness.hover_at(window.on_picture(0.6, 0.5));
    window.harness.step();
    assert_ne!(window.document(), &before);
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.drop_at(window.on_picture(0.6, 0.5));
    window.step();
    assert_eq!(window.document(), &before);
}

#[test]
fn arrow_keys_move_the_selected_stroke_and_many_of_them_are_one_step() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Colour 1");
    window.harness.get_by_label("Colour 1");
    // The keyboard leaves the list.
    window.key(Modifiers::NONE, Key::Escape);
    for _ in 0..5 {
        window.key(Modifiers::NONE, Key::ArrowDown);
    }
    let moved = window.document().strokes[0].points[0][1] - before.strokes[0].points[0][1];
    assert!((moved - 0.05).abs() < 1e-4, "{moved}");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.document(), &before);
}

#[test]
fn a_hidden_stroke_is_not_searched_until_it_is_shown() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Hide Colour 2");
    let one = window.asked_colour();
    assert_eq!(window.undo_name(), Some("hide stroke"));
    window.answer(&[40.0]);
    window.click("Show Colour 2");
    let two = window.asked_colour();
    assert!((two - 2.0 * one).abs() < 1.0, "{one} {two}");
    window.click("Undo");
    window.click("Undo");
    assert_eq!(window.document(), &before);
}

#[test]
fn strokes_are_reordered_and_taken_away_each_in_one_step() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Colour 1");
    window.click("Stroke forward");
    assert_eq!(window.document().strokes[1], before.strokes[0]);
    assert_eq!(window.paint().selected_stroke().map(|(place, _)| place), Some(1), "it stays selected");
    assert!(window.harness.get_by_label("Stroke forward").accesskit_node().is_disabled());
    window.click("Stroke back");
    assert_eq!(window.document().strokes, before.strokes);
    window.click("Delete stroke");
    assert_eq!(window.document().strokes, before.strokes[1..]);
    for _ in 0..3 {
        window.click("Undo");
    }
    assert_eq!(window.document(), &before);
}

#[test]
fn a_stroke_gets_another_colour_as_one_step() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Colour 2");
    window.click("Colour of the stroke");
    window.harness.get_by_role_and_label(Role::TextInput, "Code").focus();
    window.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text("#4080ff".into()));
    window.step();
    window.step();
    assert_eq!(window.document().strokes[1].kind, StrokeKind::Colour([64, 128, 255]));
    assert_eq!(window.document().strokes[0], before.strokes[0]);
    assert_eq!(window.undo_name(), Some("recolour stroke"));
    assert!(!window.paint().history.is_sliding());
}

#[test]
fn the_first_stroke_goes_on_from_the_picture_that_was_chosen() {
    let mut window = Window::open();
    window.click("Candidate 3");
    let chosen = window.latents()[2].clone();
    window.drag(0.4);
    let draw = window.draws().pop().unwrap();
    assert_eq!((draw.start, draw.anchor), (vec![chosen], None));
    window.answer(&[40.0, 5.0]);
    assert_eq!(window.shown(), 5.0, "what became of the chosen one is shown");
    // Of other pictures from another seed, the best one is.
    window.key(Modifiers::NONE, Key::N);
    assert!(window.draws().pop().unwrap().start.is_empty());
    window.answer(&[60.0, 4.0]);
    assert_eq!(window.shown(), 60.0);
}

#[test]
fn a_strokes_weight_is_slid_as_one_step() {
    let mut window = Window::with_two_strokes();
    let before = window.document().clone();
    window.click("Colour 1");
    window.harness.get_by_role_and_label(Role::Slider, "Weight").set_value_accesskit(40.0);
    window.step();
    assert!((window.document().strokes[0].weight - 0.4).abs() < 1e-3);
    assert_eq!(window.undo_name(), Some("weight of stroke"));
    assert!(window.draws().pop().unwrap().constraints.weight.iter().any(|weight| *weight < 0.5));
    window.click("Undo");
    assert_eq!(window.document(), &before);
}
