//! Pointer, wheel and keys on what they touch: the canvas on any screen and with any picture, colours, sliders.

use egui::Role;
use egui::epaint::Shape;

use super::looks::plain;
use super::*;

#[test]
fn strokes_lie_under_the_pointer_on_screens_with_more_pixels() {
    for pixels in [1.5, 2.0] {
        let mut window = Window::opening_at([1000.0, 700.0], pixels, plain()).opened();
        window.drag(0.3);
        let stroke = window.document().strokes[0].clone();
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
        window.key(Modifiers::NONE, Key::N);
        let mut frame = scripted::frame(window.newest(), &[5.0, 6.0], true);
        let mut candidates = frame.candidates().to_vec();
        for candidate in &mut candidates {
            candidate.picture = Arc::new(Picture::filled(sides[0], sides[1], [9, 100, 200]));
        }
        frame.content = Content::Candidates(candidates);
        window.put(frame);
        let picture = window.picture_rect();
        assert!((picture.aspect_ratio() - sides[0] as f32 / sides[1] as f32).abs() < 1e-3, "{picture:?}");
        window.drag(0.25);
        let stroke = window.document().strokes[0].clone();
        let first = stroke.points[0];
        assert!((first[0] - 0.2).abs() + (first[1] - 0.25).abs() < 0.005, "{first:?}");
        let painted = window.painted_over(picture);
        let radius = stroke.width * picture.size().min_elem() / 2.0;
        assert!((painted.height() - 2.0 * radius).abs() < 8.0, "a round brush: {painted:?} {radius}");
        assert!((painted.center() - window.on_picture(0.4, 0.25)).length() < 3.0, "{painted:?}");
    }
}

impl Window {
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
    let width = |window: &Window| window.paint().tools.brush().unwrap().width();
    let before = (width(&window), window.picture_rect());
    turn(&mut window, Modifiers::NONE);
    assert_eq!((width(&window), window.picture_rect()), (before.0 + 4.0, before.1));
    turn(&mut window, Modifiers::COMMAND);
    assert_eq!(width(&window), before.0 + 4.0);
    assert!(window.picture_rect().width() > 1.2 * before.1.width());
    assert!((window.picture_rect().center() - middle).length() < 1.0, "about the pointer");
}

#[test]
fn colours_are_chosen_by_keys_and_by_their_code() {
    let mut window = Window::open();
    let colour = |window: &Window| window.paint().tools.colour.colour;
    let type_code = |window: &mut Window, code: &str| {
        window.harness.get_by_role_and_label(Role::TextInput, "Code").focus();
        window.step();
        window.key(Modifiers::COMMAND, Key::A);
        window.harness.event(Event::Text(code.into()));
        window.step();
    };
    window.click("Colour");
    type_code(&mut window, "#00ff00");
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
    type_code(&mut window, "#4080ff");
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
    let set = window.document().edit.as_ref().unwrap().latent.values()[0];
    assert!(set > -7.0 && set < -6.9, "{set}");
}
