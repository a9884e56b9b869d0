//! The window driven as a user drives it: by accessible labels, pointer and keys, on a scripted engine.

mod around;
mod choosing;
mod develop;
mod held;
mod latents;
mod looks;
mod materials;
mod models;
mod protected;
mod running;
mod strokes;
mod touched;
mod training;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use latent_engine::Picture;
use latent_engine::model::{Latent, ModelSource};
use latent_engine::search::DrawRequest;
use latent_engine::search::constraint::StrokeKind;
use latent_engine::service::{Command as Asked, Content, Event as Said, JobId, ModelHandle};

use super::studio::{Studio, StudioOptions};
use crate::link::request::Topic;
use crate::link::scripted::{self, Script};
use crate::rooms::paint::document::Document;
use crate::rooms::paint::{Paint, PaintRoom};

struct Window {
    script: Script,
    harness: Harness<'static, Studio>,
}

impl Window {
    /// A window whose model has just opened; nothing is answered yet.
    fn opening() -> Self {
        Self::opening_with(StudioOptions { dialogs: false, ..StudioOptions::default() })
    }

    fn opening_with(options: StudioOptions) -> Self {
        Self::opening_at([1280.0, 800.0], 1.0, options)
    }

    /// A window of this size in points, on a screen with so many pixels for each.
    fn opening_at(size: [f32; 2], pixels: f32, options: StudioOptions) -> Self {
        let script = Script::default();
        let port = script.port();
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels)
            .build_eframe(move |creation| Studio::with_port(&creation.egui_ctx, port, options));
        Self { script, harness }
    }

    /// A window with a model and four random pictures.
    fn open() -> Self {
        Self::open_on(&[1.0, 2.0, 3.0, 4.0])
    }

    /// A window with a model and random pictures of these values.
    fn open_on(values: &[f32]) -> Self {
        Self::opening().opened_on(values)
    }

    /// The same of a window whose model is still to open.
    fn opened_on(mut self, values: &[f32]) -> Self {
        self.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info: scripted::model() });
        self.step();
        self.answer(values);
        self.script.sent();
        self
    }

    fn opened(self) -> Self {
        self.opened_on(&[1.0, 2.0, 3.0, 4.0])
    }

    fn step(&mut self) {
        self.harness.step();
        self.harness.step();
    }

    fn studio(&self) -> &Studio {
        self.harness.state()
    }

    fn paint(&self) -> &Paint {
        paint(self.studio())
    }

    fn document(&self) -> &Document {
        &self.paint().document
    }

    /// The number of the job that makes pictures to choose from; 0 when none does.
    fn newest(&self) -> u64 {
        self.studio().desk.link.running(Topic::Pictures).map_or(0, |job| job.0)
    }

    /// Answers the newest job with pictures of these values.
    fn answer(&mut self, values: &[f32]) {
        self.script.put_frame(scripted::frame(self.newest(), values, true));
        self.step();
    }

    /// First pictures of the newest job; better ones may come.
    fn hint(&mut self, values: &[f32]) {
        self.script.put_frame(scripted::frame(self.newest(), values, false));
        self.step();
    }

    /// Waits for something that a thread does. The limit is for a thread that hangs, and far away.
    fn until(&mut self, wanted: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !wanted(self) {
            assert!(Instant::now() < deadline, "it never came");
            self.step();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn latents(&self) -> Vec<Latent> {
        self.document().candidates.iter().map(|c| c.latent.clone()).collect()
    }

    fn shown(&self) -> f32 {
        f32::from(self.paint().shown_picture().unwrap().pixel(0, 0)[0])
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.step();
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.step();
    }

    fn picture_rect(&self) -> Rect {
        self.paint().place(self.harness.get_by_label("Canvas").rect())
    }

    fn on_picture(&self, x: f32, y: f32) -> Pos2 {
        self.picture_rect().min + egui::vec2(x, y) * self.picture_rect().size()
    }

    /// Drags from left to right, one event a frame.
    fn drag(&mut self, y: f32) {
        for i in 0..5 {
            let at = self.on_picture(0.2 + 0.1 * i as f32, y);
            if i == 0 {
                self.harness.drag_at(at);
            } else {
                self.harness.hover_at(at);
            }
            self.harness.step();
        }
        self.harness.drop_at(self.on_picture(0.6, y));
        self.step();
    }

    fn draws(&self) -> Vec<DrawRequest> {
        let draw = |command| match command {
            Asked::Draw { request, .. } => Some(request),
            _ => None,
        };
        self.script.sent().into_iter().filter_map(draw).collect()
    }
}

/// The painter's room of a window.
fn paint(studio: &Studio) -> &Paint {
    &studio.room::<PaintRoom>().unwrap().paint
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

#[test]
fn a_window_opens_its_model_and_shows_random_pictures() {
    let mut window = Window::opening();
    window.step();
    assert!(matches!(&window.script.sent()[..], [Asked::Open { job: JobId(1), .. }]));
    assert!(window.paint().shown_picture().is_none());
    window.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info: scripted::model() });
    window.step();
    assert!(matches!(window.script.sent().last(), Some(Asked::Sample { count: 16, seed: 0, .. })));
    window.answer(&[7.0, 8.0]);
    assert_eq!(window.shown(), 7.0);
    window.harness.get_by_label("Candidate 2");
}

#[test]
fn everything_has_a_name() {
    let window = Window::open();
    for label in [
        "Undo",
        "Redo",
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
        "Canvas",
        "Candidate 1",
        "Play",
        "Morph",
        "Latest",
        "Linear",
        "Spherical",
        "Zoom in",
        "Zoom out",
        "Fit",
        "Pixels",
        "Search settings",
        "Meadow",
    ] {
        window.harness.get_by_label(label);
    }
}

#[test]
fn a_drag_is_one_stroke_and_one_undo_step_and_undo_restores_latents_bit_for_bit() {
    let mut window = Window::open();
    let before = window.latents();
    window.drag(0.5);
    let draws = window.draws();
    assert_eq!(draws.len(), 2, "when the stroke began and, as no answer came, when it ended");
    assert!(draws.iter().all(|draw| draw.start.is_empty() && draw.constraints.has_colour()));
    window.answer(&[50.0, 60.0]);
    assert_eq!((window.shown(), window.document().strokes.len()), (50.0, 1));
    window.click("Undo");
    assert_eq!(window.latents(), before);
    assert!(window.document().strokes.is_empty());
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!((window.shown(), window.document().strokes.len()), (50.0, 1));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.latents(), before);
    assert!(window.harness.get_by_label("Undo").accesskit_node().is_disabled());
}

#[test]
fn events_that_come_in_one_frame_give_the_whole_stroke() {
    let mut window = Window::open();
    let points: Vec<Pos2> = (0..20).map(|i| window.on_picture(0.1 + 0.04 * i as f32, 0.5)).collect();
    let moves = points.iter().map(|&p| Event::PointerMoved(p));
    let last = points[19];
    window.harness.input_mut().events.extend(
        [Event::PointerMoved(points[0]), button(points[0], true)]
            .into_iter()
            .chain(moves)
            .chain([button(last, false)]),
    );
    window.harness.step();
    let document = window.document();
    assert_eq!((document.strokes.len(), document.strokes[0].points.len()), (1, 20));
    assert_eq!(document.strokes[0].kind, StrokeKind::Colour(crate::kit::theme::FIRST_PAINT));
    assert_eq!(window.draws().len(), 1, "one frame, one request");
    window.click("Undo");
    assert!(window.document().strokes.is_empty());
}

#[test]
fn a_growing_stroke_starts_from_its_own_answers_and_stale_ones_are_dropped() {
    let mut window = Window::open();
    let at = |window: &Window, x: f32| window.on_picture(x, 0.5);
    window.harness.drag_at(at(&window, 0.2));
    window.harness.step();
    window.script.put_frame(scripted::frame(window.newest(), &[5.0, 6.0, 7.0, 8.0, 9.0], false));
    window.harness.step();
    window.draws();
    window.harness.hover_at(at(&window, 0.4));
    window.harness.step();
    let starts: Vec<Latent> = window.draws().pop().unwrap().start;
    assert_eq!(starts, window.latents()[..4]);
    window.harness.drop_at(at(&window, 0.4));
    window.step();
    let stale = window.newest();
    window.key(Modifiers::NONE, Key::R);
    assert!(window.newest() > stale);
    window.script.put_frame(scripted::frame(stale, &[99.0], true));
    window.step();
    assert_ne!(window.shown(), 99.0);
}

#[test]
fn a_growing_stroke_asks_again_as_soon_as_it_is_answered() {
    let mut window = Window::open();
    window.harness.drag_at(window.on_picture(0.1, 0.5));
    window.harness.step();
    let mut asked = window.draws();
    for i in 1..6 {
        window.harness.hover_at(window.on_picture(0.1 + 0.1 * i as f32, 0.5));
        window.harness.step();
        assert!(window.draws().is_empty(), "the request before is not answered yet");
        window.script.put_frame(scripted::frame(window.newest(), &[i as f32], false));
        window.harness.step();
        asked.extend(window.draws());
    }
    let covered: Vec<f32> = asked.iter().map(|draw| draw.constraints.colour_mask.iter().sum()).collect();
    assert_eq!(covered.len(), 6);
    assert!(covered.is_sorted() && covered[0] < covered[5], "{covered:?}");
}

#[test]
fn escape_takes_the_stroke_in_the_making_back() {
    let mut window = Window::open();
    let before = window.document().clone();
    window.harness.drag_at(window.on_picture(0.3, 0.3));
    window.harness.step();
    window.harness.hover_at(window.on_picture(0.6, 0.3));
    window.harness.step();
    assert_eq!(window.document().strokes.len(), 1);
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.drop_at(window.on_picture(0.6, 0.3));
    window.step();
    assert_eq!(window.document(), &before);
    assert!(window.paint().history.undo_name().is_none());
}

#[test]
fn clicking_a_candidate_shows_it_until_the_next_stroke() {
    let mut window = Window::open();
    window.click("Candidate 3");
    assert_eq!(window.shown(), 3.0);
    window.drag(0.4);
    window.hint(&[20.0, 30.0]);
    assert_eq!(window.shown(), 20.0);
    window.click("Candidate 2");
    window.answer(&[29.0, 21.0]);
    assert_eq!(window.shown(), 29.0, "the choice follows the picture most like it");
}

#[test]
fn the_morph_leads_from_the_old_picture_to_the_new_one() {
    let mut window = Window::open();
    let old = window.latents()[0].clone();
    window.drag(0.4);
    window.answer(&[20.0]);
    let Some(Asked::Morph { job, from, to, frames: 16, .. }) = window.script.sent().pop() else {
        panic!("no morph was asked for");
    };
    assert_eq!((from, to), (old, window.latents()[0].clone()));
    window.script.put_made(job, (0..16).map(|i| scripted::candidate(i as f32)).collect());
    window.step();
    window.harness.get_by_label("Morph").set_value_accesskit(5.0);
    window.step();
    assert_eq!(window.shown(), 5.0);
    window.click("Fix");
    let document = window.document();
    assert_eq!(document.anchor, Some(scripted::candidate(5.0).latent));
    let draw = window.draws().pop().unwrap();
    assert_eq!((draw.anchor.clone(), draw.start), (document.anchor.clone(), vec![draw.anchor.unwrap()]));
    assert!(draw.constraints.has_colour(), "Fix keeps the strokes");
}

#[test]
fn restart_clears_and_random_keeps_the_strokes() {
    let mut window = Window::open();
    window.drag(0.4);
    window.answer(&[20.0]);
    window.script.sent();
    window.key(Modifiers::NONE, Key::N);
    let draw = window.draws().pop().unwrap();
    assert_eq!((draw.settings.seed, draw.start.len()), (1, 0));
    window.key(Modifiers::NONE, Key::R);
    assert!(matches!(window.script.sent().pop(), Some(Asked::Sample { seed: 2, .. })));
    assert!(window.document().strokes.is_empty());
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!((window.document().strokes.len(), window.shown()), (1, 20.0));
}
