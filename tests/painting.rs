//! A painter's first minutes, on the real engine and the bundled model: the window is driven by its accessible
//! labels and by the pointer, without a display.

// Helpers of tests fail as loudly as the tests themselves.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use clap::Parser as _;
use egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use latent_engine::Picture;
use latent_engine::model::Latent;
use latent_engine::search::constraint::Constraints;
use latent_studio::cli::Cli;
use latent_studio::rooms::paint::{Paint, PaintRoom};
use latent_studio::shell::{Studio, StudioOptions};

/// Far longer than a search takes on two cores, in a development build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

struct Window(Harness<'static, Studio>);

fn paint(studio: &Studio) -> &Paint {
    &studio.room::<PaintRoom>().unwrap().paint
}

impl Window {
    /// A window with the first pictures on it.
    fn open() -> Self {
        Self::open_with(StudioOptions { dialogs: false, ..StudioOptions::default() })
    }

    fn open_with(options: StudioOptions) -> Self {
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .build_eframe(move |creation| Studio::new(&creation.egui_ctx, options));
        let mut window = Self(harness);
        window.wait("the first pictures", |studio| paint(studio).document.candidates.len() == 16);
        window
    }

    fn studio(&self) -> &Studio {
        self.0.state()
    }

    fn paint(&self) -> &Paint {
        paint(self.studio())
    }

    fn wait(&mut self, what: &str, wanted: impl Fn(&Studio) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(self.studio()) {
            assert!(Instant::now() < end, "{what} never came");
            std::thread::sleep(Duration::from_millis(2));
            self.0.step();
        }
        self.0.step();
    }

    /// Waits until the engine has said its last word on the strokes.
    fn settle(&mut self) {
        self.wait("the end of the search", |studio| {
            paint(studio).document.searched && !studio.desk().link.is_searching()
        });
    }

    fn on_picture(&self, [x, y]: [f32; 2]) -> Pos2 {
        let place = self.paint().place(self.0.get_by_label("Canvas").rect());
        place.min + egui::vec2(x, y) * place.size()
    }

    /// A stroke of which all events arrive in one frame.
    fn stroke(&mut self, points: &[[f32; 2]]) {
        let points: Vec<Pos2> = points.iter().map(|&p| self.on_picture(p)).collect();
        let (first, last) = (points[0], points[points.len() - 1]);
        let button = |pos, pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        let mut events = vec![Event::PointerMoved(first), button(first, true)];
        events.extend(points.iter().map(|&p| Event::PointerMoved(p)));
        events.push(button(last, false));
        self.0.input_mut().events.extend(events);
        self.0.step();
    }

    fn click(&mut self, label: &str) {
        self.0.get_by_label(label).click();
        self.0.step();
        self.0.step();
    }

    fn latents(&self) -> Vec<Latent> {
        self.paint().document.candidates.iter().map(|c| c.latent.clone()).collect()
    }

    /// The mean colour of the candidates where the strokes asked for one, 0 to 255.
    fn colour_under_strokes(&self) -> [f32; 3] {
        let document = &self.paint().document;
        mean_under(&self.maps(), document.candidates.iter().map(|c| c.picture.as_ref()))
    }

    fn maps(&self) -> Constraints {
        let strokes: Vec<_> = self.paint().document.strokes.iter().map(|s| (**s).clone()).collect();
        Constraints::rasterize(&strokes, [64; 2])
    }
}

fn mean_under<'a>(maps: &Constraints, pictures: impl Iterator<Item = &'a Picture>) -> [f32; 3] {
    let (mut sum, mut count) = ([0f32; 3], 0f32);
    for picture in pictures {
        for (pixel, mask) in picture.rgb().chunks_exact(3).zip(&maps.colour_mask) {
            count += mask;
            for (sum, &byte) in sum.iter_mut().zip(pixel) {
                *sum += mask * f32::from(byte);
            }
        }
    }
    sum.map(|s| s / count)
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt()
}

const GROUND: [[f32; 2]; 3] = [[0.1, 0.8], [0.5, 0.82], [0.9, 0.8]];

#[test]
fn pictures_follow_a_stroke_and_undo_brings_the_old_ones_back() {
    let mut window = Window::open();
    let (before, before_pictures) = (window.latents(), window.paint().document.candidates.clone());
    window.stroke(&GROUND);
    assert_eq!(window.paint().document.strokes.len(), 1);
    window.settle();
    let brush = [0.0, 255.0, 0.0];
    let maps = window.maps();
    let old = mean_under(&maps, before_pictures.iter().map(|c| c.picture.as_ref()));
    let new = window.colour_under_strokes();
    assert!(distance(new, brush) < distance(old, brush) - 20.0, "{old:?} {new:?}");
    assert!(new[1] > new[0] && new[1] > new[2], "what was painted green is green: {new:?}");
    assert!(window.paint().document.candidates.len() >= 4, "there is a choice");
    window.click("Undo");
    assert_eq!(window.latents(), before, "bit for bit");
    assert!(window.paint().document.strokes.is_empty());
}

#[test]
fn the_window_and_the_command_line_find_the_same_picture() {
    let mut window = Window::open();
    window.stroke(&GROUND);
    window.settle();
    let shown = window.paint().document.candidates[0].picture.clone();

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (colour, mask, _) = window.maps().to_pictures();
    colour.save(path("c.png")).unwrap();
    mask.save(path("m.png")).unwrap();
    let arguments =
        ["latent-studio", "draw", "--color", &path("c.png"), "--color-mask", &path("m.png"), "--out"];
    let grid = path("grid.png");
    Cli::parse_from(arguments.into_iter().chain([grid.as_str()])).run().unwrap();
    let grid = Picture::open(&grid).unwrap();
    for y in 0..64 {
        for x in 0..64 {
            assert_eq!(grid.pixel(x, y), shown.pixel(x, y), "at {x}, {y}");
        }
    }
}

#[test]
fn a_second_stroke_goes_on_from_the_first_and_fix_keeps_the_picture_near() {
    let mut window = Window::open();
    window.stroke(&GROUND);
    window.settle();
    window.click("Candidate 2");
    let chosen = window.paint().document.candidates[1].latent.clone();
    window.click("Fix");
    assert_eq!(window.paint().document.anchor.as_ref(), Some(&chosen));
    window.stroke(&[[0.2, 0.15], [0.8, 0.15]]);
    window.settle();
    let moved = window.paint().document.candidates[0].latent.clone();
    let away = |a: &Latent, b: &Latent| {
        a.values().iter().zip(b.values()).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt()
    };
    // Two latents of the prior are sqrt(200) = 14 apart.
    assert!(away(&moved, &chosen) < 10.0, "{}", away(&moved, &chosen));
    window.click("Undo");
    window.click("Undo");
    assert!(window.paint().document.anchor.is_none());
}

#[test]
fn a_morph_leads_from_the_old_picture_to_the_new_one() {
    let mut window = Window::open();
    let old = window.paint().shown_picture().unwrap();
    window.stroke(&GROUND);
    window.settle();
    let new = window.paint().shown_picture().unwrap();
    window.wait("the morph", |studio| paint(studio).has_morph());
    let slider = window.0.get_by_label("Morph").rect();
    for (at, expected) in [(slider.left() + 1.0, &old), (slider.right() - 1.0, &new)] {
        let pos = pos2(at, slider.center().y);
        window.0.drag_at(pos);
        window.0.step();
        window.0.drop_at(pos);
        window.0.step();
        window.0.step();
        assert_eq!(&window.paint().shown_picture().unwrap(), expected);
    }
}

#[test]
fn a_slider_moves_the_picture_and_undo_brings_the_latent_back() {
    let mut window = Window::open();
    let (before, picture) = (window.latents(), window.paint().shown_picture().unwrap());
    window.click("Latents");
    let slider = window.0.get_by_role_and_label(egui::Role::Slider, "z 2").rect();
    for share in [0.5, 0.7, 0.9] {
        let pos = pos2(slider.left() + share * slider.width(), slider.center().y);
        if share == 0.5 {
            window.0.drag_at(pos);
        } else {
            window.0.hover_at(pos);
        }
        window.0.step();
    }
    window.0.drop_at(pos2(slider.left() + 0.9 * slider.width(), slider.center().y));
    window.0.step();
    window.wait("the picture of the new latent", |studio| {
        paint(studio)
            .document
            .edit
            .as_ref()
            .is_some_and(latent_studio::rooms::paint::document::Edit::is_shown)
    });
    let edit = window.paint().document.edit.clone().unwrap();
    assert!(edit.latent.values()[2] > 2.0, "{}", edit.latent.values()[2]);
    assert_eq!(
        [&edit.latent.values()[..2], &edit.latent.values()[3..]],
        [&before[0].values()[..2], &before[0].values()[3..]]
    );
    assert_ne!(window.paint().shown_picture().unwrap(), picture);
    window.click("Undo");
    assert_eq!((window.latents(), window.paint().shown_picture().unwrap()), (before, picture));
    assert!(window.paint().document.edit.is_none());
}

#[test]
fn what_a_file_leaves_open_is_decided_and_kept_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/landscape/weights.safetensors"), &path)
        .unwrap();
    let model = latent_engine::model::ModelSource::Path(path.clone());
    let mut window = Window::open_with(StudioOptions { dialogs: false, model, ..StudioOptions::default() });
    let before = window.latents();
    window.click("Model");
    // The table above takes some frames to find the widths of its columns.
    window.0.run_steps(4);
    window.0.get_by_role_and_label(egui::Role::ComboBox, "Prior").click();
    window.0.step();
    window.0.step();
    window.click("uniform, -1 to 1");
    window.wait("the model with the other prior", |studio| {
        let model = paint(studio).document.model.as_ref();
        model.is_some_and(|model| {
            model.latents.priors().flatten().all(|p| p == latent_engine::model::Prior::Uniform)
        }) && paint(studio).document.candidates.len() == 16
    });
    assert_ne!(window.latents(), before);
    let kept = std::fs::read_to_string(folder.path().join("mine.safetensors.studio.toml")).unwrap();
    assert!(kept.contains("prior = \"uniform\""), "{kept}");
}
