//! A picture that is held: what is not painted stays, from one place for canvas, candidates and sliders; photos.

use std::path::PathBuf;

use egui::Role;
use latent_engine::edit::{Crop, Projection};
use latent_engine::search::Extent;
use latent_engine::service::{Projected, Retouching};

use super::*;

/// The value of the test's pictures far from the stroke and under it.
fn values(picture: &Picture) -> [u8; 2] {
    [picture.pixel(16, 1)[0], picture.pixel(12, 24)[0]]
}

impl Window {
    fn sent(&self) -> Vec<Asked> {
        self.script.sent()
    }

    fn shown_values(&self) -> [u8; 2] {
        values(&self.paint().shown_picture().unwrap())
    }

    /// A photo of one colour was opened, read from a file; the commands since.
    fn with_photo(value: u8, sides: [usize; 2]) -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("beach.png");
        Picture::filled(sides[0], sides[1], [value; 3]).save(&path).unwrap();
        let mut window = Self::open();
        window.open_photo(path);
        (window, folder)
    }

    fn open_photo(&mut self, path: PathBuf) {
        self.harness.state_mut().desk.files.read_photo(path);
        self.until(|window| window.paint().photo().is_some());
        self.step();
    }

    /// The job that looks for the photo, and the part that it was asked about.
    fn projecting(&self) -> Option<(JobId, Option<Crop>)> {
        let of = |asked| match asked {
            Asked::Project { job, crop, .. } => Some((job, crop)),
            _ => None,
        };
        self.sent().into_iter().filter_map(of).last()
    }

    /// The photo is found: the model's picture of it has this value, the part inside the frame that one.
    fn find(&mut self, job: JobId, model: f32, seen: u8, settled: bool) {
        let found = scripted::candidate(model);
        let crop = Crop::middle(&self.paint().photo().unwrap().picture, [32, 32]);
        let photo = Arc::new(Picture::filled(32, 32, [seen; 3]));
        let (latent, picture) = (found.latent, found.picture);
        let projection = Projection { latent, picture, photo, error: 0.1, explained: 0.6, terms: Vec::new() };
        let mut frame = scripted::frame(job.0, &[1.0], settled);
        frame.content = Content::Projection(Box::new(Projected { crop, projection }));
        self.script.put_frame(frame);
        self.step();
    }

    fn put_picture(&mut self, job: JobId, picture: Picture) {
        let mut frame = scripted::frame(job.0, &[1.0], true);
        frame.content = Content::Picture(Arc::new(picture));
        self.script.put_frame(frame);
        self.step();
    }

    fn retouched(&self) -> Option<(JobId, Retouching)> {
        let of = |asked| match asked {
            Asked::Retouch { job, retouching, .. } => Some((job, retouching)),
            _ => None,
        };
        self.sent().into_iter().filter_map(of).last()
    }
}

#[test]
fn what_is_fixed_stays_where_nothing_is_painted() {
    let mut window = Window::open();
    window.click("Candidate 4");
    window.click("Fix");
    window.drag(0.75);
    let base = window.draws().pop().unwrap().base.unwrap();
    assert_eq!((base.latent, base.extent.reach), (scripted::candidate(4.0).latent, Extent::default().reach));
    window.answer(&[90.0, 60.0]);
    assert_eq!(window.shown_values(), [4, 90]);
    let thumbnails: Vec<_> =
        window.document().candidates.iter().map(|c| window.paint().seen(&c.picture)).collect();
    assert_eq!(values(&thumbnails[1]), [4, 60], "the candidates, too");
    // The picture follows as far as it may.
    window.harness.get_by_role_and_label(Role::Slider, "Reach").set_value_accesskit(1.0);
    window.step();
    assert_eq!(window.draws().pop().unwrap().base.unwrap().extent.reach, 1.0);
    window.answer(&[90.0]);
    assert_eq!(window.shown_values(), [90, 90]);
    window.harness.get_by_role_and_label(Role::Slider, "Strength").set_value_accesskit(50.0);
    window.step();
    assert_eq!(window.shown_values(), [47, 47]);
    assert!(window.draws().is_empty(), "how much is shown asks for no other picture");
    window.click("Model's picture");
    assert_eq!(window.shown_values(), [90, 90]);
    window.click("Model's picture");
    for name in ["strength", "reach"] {
        assert_eq!(window.paint().history.undo_name(), Some(name));
        window.click("Undo");
    }
    assert_eq!(window.shown_values(), [4, 90]);
}

#[test]
fn what_is_held_is_let_go_as_one_step_and_comes_back() {
    let mut window = Window::open();
    window.click("Candidate 2");
    window.click("Fix");
    window.drag(0.75);
    window.answer(&[90.0]);
    let held = window.document().clone();
    window.click("Release");
    assert!(window.document().base.is_none() && window.document().anchor.is_none());
    assert!(window.draws().pop().unwrap().base.is_none());
    window.answer(&[70.0]);
    assert_eq!(window.shown_values(), [70, 70]);
    window.click("Undo");
    assert_eq!(window.document(), &held);
    assert_eq!(window.shown_values(), [2, 90]);
}

#[test]
fn the_line_between_before_and_after_is_dragged() {
    let mut window = Window::open();
    window.click("Fix");
    window.click("Before and after");
    assert_eq!(window.paint().split, Some(0.5));
    window.harness.drag_at(window.on_picture(0.5, 0.5));
    window.harness.step();
    window.harness.hover_at(window.on_picture(0.25, 0.5));
    window.harness.step();
    window.harness.drop_at(window.on_picture(0.25, 0.5));
    window.step();
    assert!((window.paint().split.unwrap() - 0.25).abs() < 0.01, "{:?}", window.paint().split);
    assert!(window.document().strokes.is_empty(), "the line was dragged, nothing painted");
    window.click("Before and after");
    assert_eq!(window.paint().split, None);
}

#[test]
fn a_photo_is_found_painted_on_and_saved_at_its_own_size() {
    let (mut window, folder) = Window::with_photo(120, [400, 300]);
    assert_eq!(window.paint().history.undo_name(), Some("open beach"));
    let (job, crop) = window.projecting().unwrap();
    assert_eq!(crop, None, "the best place is looked for");
    window.find(job, 100.0, 120, false);
    assert!(window.harness.query_by_label_contains("60 % explained").is_some());
    window.find(job, 100.0, 120, true);
    window.harness.get_by_label_contains("the model explains 60 %");
    assert_eq!(window.shown_values(), [120, 120], "the photo, not the model's picture of it");
    window.until(|window| window.paint().canvas_picture().is_some_and(|p| p.width() > 100));
    window.sent();
    window.drag(0.75);
    let base = window.draws().pop().unwrap().base.unwrap();
    assert_eq!((base.before.pixel(0, 0)[0], base.photo.pixel(0, 0)[0]), (100, 120));
    window.answer(&[150.0]);
    assert_eq!(window.shown_values(), [120, 170], "the change is added to the photo");
    // On the canvas at once, with all of its pixels; at rest by the engine.
    let canvas = window.paint().canvas_picture().unwrap();
    assert_eq!(canvas.pixel(canvas.width() / 2, 2)[0], 120);
    let (job, asked) = window.retouched().unwrap();
    assert_eq!((asked.photo.width(), asked.strength), (canvas.width(), 1.0));
    window.put_picture(job, Picture::filled(canvas.width(), canvas.height(), [77; 3]));
    assert_eq!(window.paint().canvas_picture().unwrap().pixel(0, 0), [77; 3]);
    // Saved, the photo has its own size.
    window.click("Save…");
    let (job, asked) = window.retouched().unwrap();
    assert_eq!([asked.photo.width(), asked.photo.height()], [400, 300]);
    window.put_picture(job, Picture::filled(400, 300, [5, 6, 7]));
    window.harness.get_by_label("Own size");
    let path = folder.path().join("out.png");
    let form = window.studio().desk.files.form().unwrap();
    assert!(form.path.contains("beach-edited"), "{}", form.path);
    let Studio { house, desk, .. } = window.harness.state_mut();
    for wish in [
        crate::platform::files::FormWish::Type(path.display().to_string()),
        crate::platform::files::FormWish::Confirm(crate::platform::files::May::Ask),
    ] {
        house.apply(crate::shell::command::Command::Form(wish), desk);
    }
    window.until(|window| window.studio().desk.saved.is_some());
    let saved = Picture::open(&path).unwrap();
    assert_eq!(([saved.width(), saved.height()], saved.pixel(9, 9)), ([400, 300], [5, 6, 7]));
}

#[test]
fn a_photo_that_was_painted_on_becomes_the_new_original_and_undo_leads_back_to_all() {
    let mut window = Window::open();
    window.drag(0.3);
    window.answer(&[20.0]);
    let painted = window.document().clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hill.png");
    Picture::filled(64, 64, [120; 3]).save(&path).unwrap();
    window.open_photo(path);
    let (job, _) = window.projecting().unwrap();
    window.find(job, 100.0, 120, true);
    assert!(window.harness.get_by_label("New original").accesskit_node().is_disabled());
    window.until(|window| window.paint().views.of(window.document()).is_some());
    window.drag(0.75);
    window.answer(&[150.0]);
    let edited = window.document().clone();
    window.sent();
    window.click("New original");
    let (job, _) = window.retouched().unwrap();
    window.put_picture(job, Picture::filled(64, 64, [9; 3]));
    assert_eq!(window.paint().photo().unwrap().picture.pixel(0, 0), [9; 3]);
    assert!(window.document().strokes.is_empty());
    assert!(window.projecting().is_some_and(|(_, crop)| crop.is_some()), "the frame stays");
    window.click("Undo");
    assert_eq!(window.document(), &edited);
    window.click("Undo");
    window.click("Undo");
    assert_eq!(window.document(), &painted, "strokes and latents of the picture before, bit for bit");
}

#[test]
fn the_frame_is_moved_on_the_whole_photo_as_one_step_and_by_numbers() {
    let (mut window, _folder) = Window::with_photo(120, [800, 400]);
    let (job, _) = window.projecting().unwrap();
    window.find(job, 100.0, 120, true);
    let before = window.document().clone();
    window.click("Frame");
    window.until(|window| window.paint().canvas_picture().is_some());
    assert!(
        (window.paint().place(Rect::from_min_size(Pos2::ZERO, egui::vec2(900.0, 700.0))).aspect_ratio()
            - 2.0)
            .abs()
            < 0.02
    );
    window.sent();
    for (x, pressed) in [(0.5, true), (0.6, false)] {
        let at = window.on_picture(x, 0.5);
        if pressed {
            window.harness.drag_at(at);
        } else {
            window.harness.hover_at(at);
            window.harness.step();
            assert!(window.projecting().is_none(), "it waits for the end of the drag");
            window.harness.drop_at(at);
        }
        window.harness.step();
    }
    window.step();
    let crop = window.paint().photo().unwrap().crop.unwrap();
    assert!((crop.centre[0] - 0.6).abs() < 0.01, "{crop:?}");
    assert_eq!(window.projecting().and_then(|(_, crop)| crop), Some(crop));
    window.click("Undo");
    assert_eq!(window.document(), &before);
    window.harness.get_by_role_and_label(Role::SpinButton, "Size").set_value_accesskit(50.0);
    window.step();
    window.harness.get_by_label("Mirror");
    assert!((window.paint().photo().unwrap().crop.unwrap().side - 0.5).abs() < 1e-3);
    window.click("Mirror");
    assert!(window.paint().photo().unwrap().crop.unwrap().mirrored);
    window.click("Best place");
    assert_eq!(window.paint().photo().unwrap().crop, None);
}

#[test]
fn the_search_for_a_photo_is_stopped_and_painting_goes_on_with_what_is_found() {
    let (mut window, _folder) = Window::with_photo(120, [64, 64]);
    let (job, _) = window.projecting().unwrap();
    window.find(job, 100.0, 120, false);
    assert!(window.projecting().is_none(), "it goes on");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(
        window.sent().iter().any(|asked| matches!(asked, Asked::Stop { job: stopped } if *stopped == job))
    );
    window.drag(0.75);
    assert!(window.draws().pop().unwrap().base.is_some());
}

#[test]
fn a_file_that_is_no_photo_is_told_and_the_document_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.jpg");
    std::fs::write(&path, b"\xff\xd8\xff\xe0 no more").unwrap();
    let mut window = Window::open();
    let before = window.document().clone();
    window.harness.state_mut().desk.files.read_photo(path);
    window.until(|window| window.harness.query_by_role(Role::Alert).is_some());
    assert_eq!(window.document(), &before);
}

#[test]
fn what_must_stay_is_painted_and_a_patch_is_dragged() {
    let mut window = Window::open();
    window.click("Candidate 4");
    window.click("Fix");
    window.click("Keep brush");
    window.drag(0.75);
    assert_eq!(window.paint().history.undo_name(), Some("keep"));
    assert!(window.draws().is_empty(), "what must stay alone asks for nothing");
    window.harness.get_by_label("Feather");
    window.click("Warp");
    window.drag(0.25);
    let draw = window.draws().pop().unwrap();
    assert!(draw.constraints.has_texture() && draw.constraints.keep.iter().any(|keep| *keep > 0.9));
    let stroke = &window.document().strokes[1];
    assert_eq!(stroke.points.len(), 2, "from where it was taken to where it shall be");
    assert_eq!(window.paint().history.undo_name(), Some("warp"));
}
