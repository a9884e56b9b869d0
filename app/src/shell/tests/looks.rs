//! What is seen and touched: the order of the keyboard, focus, narrow windows, sizes of text.

use std::any::Any;

use egui::Role;
use egui::accesskit::Live;
use egui::epaint::Shape;
use egui_kittest::Node;
use egui_kittest::kittest::AccessKitNode;

use super::*;
use crate::kit::theme;

pub(super) fn plain() -> StudioOptions {
    StudioOptions { dialogs: false, ..StudioOptions::default() }
}

impl Window {
    fn paint_mut(&mut self) -> &mut Paint {
        let mut rooms = self.studio_mut().house.rooms_mut();
        let paint = rooms.find_map(|room| (&mut **room as &mut dyn Any).downcast_mut::<PaintRoom>());
        &mut paint.unwrap().paint
    }

    pub(super) fn studio_mut(&mut self) -> &mut Studio {
        self.harness.state_mut()
    }

    /// What has the keyboard.
    fn focused(&self) -> Option<Node<'_>> {
        self.harness
            .query_all_by(|node: &AccessKitNode<'_>| node.is_focused())
            .find(|node| node.accesskit_node().role() != Role::Window)
    }

    fn tab(&mut self) {
        self.key(Modifiers::NONE, Key::Tab);
    }

    /// Walks once through everything that the keyboard stops at: names, roles and whether the ring was seen.
    fn walk(&mut self) -> Vec<(String, Role, bool)> {
        let mut stops: Vec<(String, Role, bool)> = Vec::new();
        for _ in 0..200 {
            self.tab();
            let Some(node) = self.focused() else { continue };
            let node_info = node.accesskit_node();
            let stop = (node_info.label().unwrap_or_default(), node_info.role(), self.has_ring(node.rect()));
            if stops.first() == Some(&stop) {
                break;
            }
            stops.push(stop);
        }
        stops
    }

    /// Whether a ring was painted around this place.
    fn has_ring(&self, place: Rect) -> bool {
        let accent = theme::palette(&egui::Visuals::dark()).accent;
        self.harness.output().shapes.iter().any(|clipped| match &clipped.shape {
            Shape::Rect(rect) => {
                rect.stroke.color == accent
                    && rect.stroke.width >= 2.0
                    && (rect.rect.center() - place.center()).length() < 3.0
                    && clipped.clip_rect.intersects(rect.rect)
            }
            _ => false,
        })
    }

    /// The names of buttons in the bar at the top, from left to right.
    fn bar(&self) -> Vec<(String, Rect)> {
        let buttons = self.harness.query_all_by(|node| matches!(node.role(), Role::Button));
        let mut bar: Vec<(String, Rect)> = buttons
            .filter(|node| node.rect().bottom() <= 44.0)
            .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()))
            .collect();
        bar.sort_by(|a, b| a.1.left().total_cmp(&b.1.left()));
        bar
    }
}

#[test]
fn the_keyboard_goes_through_the_painters_room_as_it_is_read_and_is_always_seen() {
    let mut window = Window::open();
    window.drag(0.5);
    window.answer(&[5.0, 6.0]);
    let stops = window.walk();
    let names: Vec<&str> = stops.iter().map(|(name, ..)| name.as_str()).collect();
    let expected = [
        "Paint",
        "Materials",
        "Train",
        "Model: landscape",
        "Undo",
        "Open photo…",
        "Fix",
        "Restart",
        "Random",
        "Show edits",
        "Average",
        "Sharp",
        "Save…",
        "Appearance",
        "Colour brush",
        "Sketch brush",
        "Eraser",
        "Eyedropper",
        "Select",
        "Keep brush",
        "Warp",
        "Colour",
        "Brush width",
        "Meadow",
        "Spring meadow",
        "Canvas",
        "Play",
        "Morph",
        "Linear",
        "Spherical",
        "Candidates",
        "Strokes",
        "Latents",
        "Model",
        "Candidate 1",
        "Candidate 2",
        "Search settings",
        "Zoom out",
        "Zoom in",
        "Fit",
        "Pixels",
    ];
    let places: Vec<Option<usize>> =
        expected.iter().map(|name| names.iter().position(|stop| stop == name)).collect();
    assert!(places.iter().all(Option::is_some), "{names:?}");
    assert!(places.is_sorted(), "{names:?}");
    assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
    let unseen: Vec<&str> =
        stops.iter().filter(|(_, _, ring)| !ring).map(|(name, ..)| name.as_str()).collect();
    assert!(unseen.is_empty(), "nobody sees that these have the keyboard: {unseen:?}");
}

#[test]
fn every_stop_among_the_latents_has_a_name_and_each_number_has_two_fields_and_its_buttons() {
    let mut window = Window::open();
    window.click("Latents");
    let stops = window.walk();
    assert!(stops.iter().all(|(name, ..)| !name.is_empty()), "{stops:?}");
    let names: Vec<&str> = stops.iter().map(|(name, ..)| name.as_str()).collect();
    let first = names.iter().position(|name| *name == "z 0").unwrap();
    assert_eq!(names[first..first + 3], ["z 0", "z 0 value", "Randomize z 0"]);
    let filter = names.iter().position(|name| *name == "Filter").unwrap();
    assert_eq!(names[filter + 1], "Changed");
}

#[test]
fn the_keyboard_goes_through_the_training_room_from_its_top_to_its_button() {
    let mut window = Window::opening_at([1280.0, 1100.0], 1.0, plain()).opened();
    window.click("Train");
    let stops = window.walk();
    let names: Vec<&str> = stops.iter().map(|(name, ..)| name.as_str()).collect();
    let expected = [
        "Appearance",
        "Drop a folder of pictures here",
        "My pictures",
        "Folder of pictures",
        "Choose pictures…",
        "GAN",
        "VAE",
        "64",
        "Time",
        "More",
        "Folder of the new model",
        "Choose place…",
        "Pixels",
    ];
    let places: Vec<Option<usize>> =
        expected.iter().map(|name| names.iter().position(|stop| stop == name)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{names:?}");
    assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
    // A field that is typed into shows it by its cursor.
    let typed = |role: &Role| matches!(role, Role::TextInput | Role::SpinButton);
    let unseen: Vec<_> = stops.iter().filter(|(_, role, ring)| !ring && !typed(role)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn the_bar_at_the_top_fits_into_any_window() {
    for width in [640.0, 700.0, 800.0, 870.0, 949.0, 1000.0, 1280.0] {
        let window = Window::opening_at([width, 560.0], 1.0, plain()).opened();
        let bar = window.bar();
        let names: Vec<&str> = bar.iter().map(|(name, _)| name.as_str()).collect();
        for name in
            ["Undo", "Redo", "Fix", "Restart", "Random", "Show edits", "Average", "Save…", "Appearance"]
        {
            assert!(names.contains(&name), "{width}: {names:?}");
        }
        for pair in bar.windows(2) {
            assert!(pair[0].1.right() <= pair[1].1.left() + 0.5, "{width}: {pair:?}");
        }
        assert!(bar[bar.len() - 1].1.right() <= width, "{width}: {bar:?}");
    }
}

#[test]
fn all_paints_are_seen_in_the_smallest_window() {
    let mut window = Window::opening_at([800.0, 560.0], 1.0, plain()).opened();
    for shade in 0..8 {
        window.paint_mut().tools.colour.recent.push([shade, 3, 5]);
    }
    window.step();
    for name in ["Snow", "Recent colour 8", "Brush width"] {
        let place = window.harness.get_by_label(name).rect();
        assert!(place.bottom() <= 560.0 - 28.0, "{name}: {place:?}");
    }
}

#[test]
fn text_gets_larger_by_keys_but_never_too_large_for_the_window() {
    let mut window = Window::open();
    let zoom = |window: &Window| window.harness.ctx.zoom_factor();
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowUp);
    window.step();
    assert!((zoom(&window) - 1.1).abs() < 1e-3);
    assert_eq!(window.paint().look.zoom, 1.0, "the picture is zoomed by other keys");
    for _ in 0..10 {
        window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowUp);
    }
    window.step();
    assert!(zoom(&window) <= 2.0 + 1e-3, "640 points of width are left: {}", zoom(&window));
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Home);
    window.step();
    assert_eq!(zoom(&window), 1.0);
}

#[test]
fn the_next_window_looks_like_the_last_one() {
    let dir = tempfile::tempdir().unwrap();
    let options = || StudioOptions { config: Some(dir.path().to_owned()), ..plain() };
    let mut window = Window::opening_with(options()).opened();
    window.key(Modifiers::NONE, Key::T);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowUp);
    drop(window);
    let window = Window::opening_with(options());
    let view = &window.studio().desk.view;
    assert_eq!((view.dark, view.scale), (false, 1.1));
}

#[test]
fn the_menu_of_appearance_changes_theme_and_size() {
    let mut window = Window::open();
    window.click("Appearance");
    window.click("Light");
    assert!(!window.studio().desk.view.dark);
    window.click("Larger text");
    assert_eq!(window.studio().desk.view.scale, 1.1);
    // The place of a button is another one by now.
    window.harness.get_by_label("Usual size").click_accesskit();
    window.step();
    assert_eq!(window.studio().desk.view.scale, 1.0);
}

#[test]
fn bad_news_are_announced_and_good_news_politely() {
    let mut window = Window::open();
    window.drag(0.5);
    window.script.say(Said::Failed { job: JobId(window.newest()), message: "the cost is no number".into() });
    window.step();
    let alert = window.harness.get_by_role_and_label(Role::Alert, "The cost is no number");
    assert_eq!(alert.accesskit_node().live(), Live::Assertive);
    window.click("Dismiss");
    window.studio_mut().desk.notify("Saved it");
    window.step();
    let status = window.harness.get_by_role_and_label(Role::Status, "Saved it");
    assert_eq!(status.accesskit_node().live(), Live::Polite);
}

#[test]
fn empty_places_stand_only_for_pictures_that_are_on_their_way() {
    let cost = |window: &Window| window.harness.get_by_label("Cost").rect().top();
    let mut window = Window::open_on(&[1.0, 2.0, 3.0, 4.0]);
    let four = cost(&window);
    assert!(cost(&Window::open_on(&[1.0, 2.0, 3.0, 4.0, 5.0])) > four, "a row more");
    window.drag(0.5);
    assert!(cost(&window) > four + 100.0, "16 are searched for");
    window.answer(&[1.0]);
    assert_eq!(cost(&window), four);
}

#[test]
fn the_invitation_to_drop_pictures_stays_in_its_frame() {
    let mut window = Window::opening_at([800.0, 560.0], 1.0, plain()).opened();
    window.click("Train");
    let frame = window.harness.get_by_label("Drop a folder of pictures here").rect();
    let shapes = &window.harness.output().shapes;
    let line = |said: &str| {
        shapes.iter().find_map(|clipped| match &clipped.shape {
            Shape::Text(text) if text.galley.text().contains(said) => Some(text.visual_bounding_rect()),
            _ => None,
        })
    };
    for said in ["Drop a folder", "or click to choose one", "No pictures at hand"] {
        let place = line(said).unwrap();
        assert!(frame.contains_rect(place), "{said}: {place:?} in {frame:?}");
    }
}
