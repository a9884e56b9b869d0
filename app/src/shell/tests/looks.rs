//! What is seen and touched: the order of the keyboard, focus, narrow windows, sizes of text, screens with more pixels.

use egui::Role;
use egui::accesskit::Live;
use egui::epaint::Shape;
use egui_kittest::Node;
use egui_kittest::kittest::AccessKitNode;

use super::*;
use crate::kit::theme;

fn plain() -> StudioOptions {
    StudioOptions { dialogs: false, ..StudioOptions::default() }
}

impl Window {
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
        "Train",
        "Model: landscape",
        "Undo",
        "Fix",
        "Restart",
        "Random",
        "Show edits",
        "Average",
        "Save…",
        "Appearance",
        "Colour brush",
        "Sketch brush",
        "Eraser",
        "Eyedropper",
        "Colour",
        "Brush width",
        "Grass green",
        "Meadow",
        "Canvas",
        "Play",
        "Morph",
        "Linear",
        "Spherical",
        "Candidates",
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
        window.studio_mut().session.paint.tools.colour.recent.push([shade, 3, 5]);
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
    assert_eq!(window.studio().session.paint.look.zoom, 1.0, "the picture is zoomed by other keys");
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
    let view = &window.studio().session.view;
    assert_eq!((view.dark, view.scale), (false, 1.1));
}

#[test]
fn the_menu_of_appearance_changes_theme_and_size() {
    let mut window = Window::open();
    window.click("Appearance");
    window.click("Light");
    assert!(!window.studio().session.view.dark);
    window.click("Larger text");
    assert_eq!(window.studio().session.view.scale, 1.1);
    // The place of a button is another one by now.
    window.harness.get_by_label("Usual size").click_accesskit();
    window.step();
    assert_eq!(window.studio().session.view.scale, 1.0);
}

#[test]
fn strokes_lie_under_the_pointer_on_screens_with_more_pixels() {
    for pixels in [1.5, 2.0] {
        let mut window = Window::opening_at([1000.0, 700.0], pixels, plain()).opened();
        window.drag(0.3);
        let stroke = window.studio().document().strokes[0].clone();
        let (first, last) = (stroke.points[0], stroke.points[stroke.points.len() - 1]);
        for (at, expected) in [(first, [0.2, 0.3]), (last, [0.6, 0.3])] {
            let off = (at[0] - expected[0]).abs() + (at[1] - expected[1]).abs();
            assert!(off < 0.005, "{pixels}: {at:?}");
        }
        // The paint over the picture covers the stroke: its middle, and its width beside it.
        let picture = window.picture_rect();
        let radius = stroke.width * picture.size().min_elem() / 2.0;
        let painted = window.painted_over(picture);
        let wanted =
            Rect::from_two_pos(window.on_picture(0.2, 0.3), window.on_picture(0.6, 0.3)).expand(radius);
        assert!((painted.center() - wanted.center()).length() < 2.0, "{pixels}: {painted:?} {wanted:?}");
        assert!((painted.size() - wanted.size()).abs().max_elem() < 8.0, "{pixels}: {painted:?} {wanted:?}");
    }
}

#[test]
fn a_picture_that_is_no_square_is_shown_and_painted_on_as_it_is() {
    for (sides, pixels) in [([64, 32], 1.0), ([24, 60], 2.0)] {
        let mut window = Window::opening_at([1000.0, 700.0], pixels, plain()).opened();
        let mut frame = scripted::frame(window.newest(), &[5.0, 6.0], true);
        for candidate in &mut frame.candidates {
            candidate.picture = Arc::new(Picture::filled(sides[0], sides[1], [9, 100, 200]));
        }
        window.put(frame);
        let picture = window.picture_rect();
        assert!((picture.aspect_ratio() - sides[0] as f32 / sides[1] as f32).abs() < 1e-3, "{picture:?}");
        window.drag(0.25);
        let stroke = window.studio().document().strokes[0].clone();
        let first = stroke.points[0];
        assert!((first[0] - 0.2).abs() + (first[1] - 0.25).abs() < 0.005, "{first:?}");
        let painted = window.painted_over(picture);
        let radius = stroke.width * picture.size().min_elem() / 2.0;
        assert!((painted.height() - 2.0 * radius).abs() < 8.0, "a round brush: {painted:?} {radius}");
        assert!((painted.center() - window.on_picture(0.4, 0.25)).length() < 3.0, "{painted:?}");
    }
}

impl Window {
    fn studio_mut(&mut self) -> &mut Studio {
        self.harness.state_mut()
    }

    /// Answers with a frame of the test's own.
    fn put(&mut self, frame: latent_engine::service::Frame) {
        self.script.put_frame(frame);
        self.step();
    }

    /// Where strokes were painted over the picture: the last picture but the picture itself on the canvas.
    fn painted_over(&self, picture: Rect) -> Rect {
        let textured = |shape: &Shape| match shape {
            Shape::Mesh(mesh) if mesh.texture_id != egui::TextureId::default() => Some(mesh.calc_bounds()),
            Shape::Rect(rect) => rect
                .brush
                .as_ref()
                .filter(|brush| brush.fill_texture_id != egui::TextureId::default())
                .map(|_| rect.rect),
            _ => None,
        };
        let inside =
            |rect: &Rect| picture.expand(1.0).contains_rect(*rect) && rect.area() < 0.9 * picture.area();
        let shapes = &self.harness.output().shapes;
        shapes.iter().filter_map(|clipped| textured(&clipped.shape)).find(inside).unwrap()
    }
}

#[test]
fn the_wheel_makes_the_brush_wider_and_with_ctrl_the_picture_larger() {
    let mut window = Window::open();
    let middle = window.picture_rect().center();
    let turn = |window: &mut Window, modifiers: Modifiers| {
        window.harness.hover_at(middle);
        window.step();
        window.harness.input_mut().events.push(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, 2.0),
            source: egui::MouseWheelSource::Wheel,
            phase: egui::TouchPhase::Move,
            modifiers,
        });
        window.step();
    };
    let width = |window: &Window| window.studio().session.paint.tools.brush().unwrap().width();
    let before = (width(&window), window.picture_rect());
    turn(&mut window, Modifiers::NONE);
    assert_eq!((width(&window), window.picture_rect()), (before.0 + 4.0, before.1));
    turn(&mut window, Modifiers::COMMAND);
    assert_eq!(width(&window), before.0 + 4.0);
    assert!(window.picture_rect().width() > 1.2 * before.1.width());
    assert!((window.picture_rect().center() - middle).length() < 1.0, "about the pointer");
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
    window.studio_mut().session.notify("Saved it");
    window.step();
    let status = window.harness.get_by_role_and_label(Role::Status, "Saved it");
    assert_eq!(status.accesskit_node().live(), Live::Polite);
}

#[test]
fn colours_are_chosen_by_keys_and_by_their_code() {
    let mut window = Window::open();
    let colour = |window: &Window| window.studio().session.paint.tools.colour.colour;
    window.click("Colour");
    window.harness.get_by_role_and_label(Role::ColorWell, "Saturation and brightness").focus();
    window.step();
    window.key(Modifiers::SHIFT, Key::ArrowDown);
    let [_, darker, _] = colour(&window);
    assert!(darker < 255 && darker > 180, "{darker}");
    window.harness.get_by_role_and_label(Role::Slider, "Hue").focus();
    window.step();
    window.key(Modifiers::SHIFT, Key::ArrowRight);
    assert!(colour(&window)[2] > 60, "from green towards blue: {:?}", colour(&window));
    let slider = window.harness.get_by_role_and_label(Role::Slider, "Hue");
    slider.set_value_accesskit(0.0);
    window.step();
    assert!(colour(&window)[0] > 180 && colour(&window)[1] < 60, "red: {:?}", colour(&window));
    window.harness.get_by_role_and_label(Role::TextInput, "Code").focus();
    window.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text("#4080ff".into()));
    window.step();
    assert_eq!(colour(&window), [64, 128, 255]);
}

#[test]
fn arrow_keys_move_a_value_beyond_the_sliders_reach_from_where_it_is() {
    let mut window = Window::open();
    window.click("Latents");
    window.harness.get_by_role_and_label(Role::SpinButton, "z 0 value").set_value_accesskit(-7.0);
    window.step();
    window.harness.get_by_role_and_label(Role::Slider, "z 0").focus();
    window.step();
    window.key(Modifiers::NONE, Key::ArrowRight);
    let set = window.studio().document().edit.as_ref().unwrap().latent.values()[0];
    assert!(set > -7.0 && set < -6.9, "{set}");
}

#[test]
fn empty_places_stand_only_for_pictures_that_are_on_their_way() {
    let mut window = Window::open();
    let cost = |window: &Window| window.harness.get_by_label("Cost").rect().top();
    let four = cost(&window);
    window.answer(&[1.0, 2.0, 3.0, 4.0, 5.0]);
    assert!(cost(&window) > four, "a row more");
    window.drag(0.5);
    assert!(cost(&window) > four + 100.0, "16 are searched for");
    window.answer(&[1.0]);
    assert_eq!(cost(&window), four);
}
