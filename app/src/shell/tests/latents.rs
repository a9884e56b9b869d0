//! Latents set by hand: sliders, pickers, what becomes of them.

use egui::Role;
use latent_engine::model::{GroupKind, LatentGroup, LatentSpec, ModelInfo, Prior};

use super::*;

/// The sliders of a model with these latents, and a picture of it.
fn sliders_of(latents: LatentSpec, latent: Vec<f32>) -> Window {
    let info = Arc::new(ModelInfo { latents, ..(*scripted::model()).clone() });
    let mut window = Window::opening();
    window.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info });
    window.step();
    let mut frame = scripted::frame(window.newest(), &[1.0], true);
    let mut candidates = frame.candidates().to_vec();
    candidates[0].latent = latent.into();
    frame.content = Content::Candidates(candidates);
    window.script.put_frame(frame);
    window.step();
    window.script.sent();
    window.click("Latents");
    window
}

/// A model with classes beside its numbers.
fn classed() -> Window {
    let mut latents = LatentSpec::continuous(2, Prior::Normal);
    let classes = ["cat", "dog", "owl"].map(str::to_owned).to_vec();
    latents.groups.push(LatentGroup::new("class", GroupKind::Categorical { classes }));
    sliders_of(latents, vec![1.0, -1.0, 0.0, 1.0, 0.0])
}

impl Window {
    fn sliders() -> Self {
        let mut window = Self::open();
        window.click("Latents");
        window
    }

    /// The latents that were asked for since the last call.
    fn asked(&self) -> Vec<(JobId, Latent)> {
        let render = |command| match command {
            Asked::Render { job, latents, .. } => Some((job, latents[0].clone())),
            _ => None,
        };
        self.script.sent().into_iter().filter_map(render).collect()
    }

    /// Shows what was asked for: its picture is as red as the first number times ten.
    fn develop(&mut self, (job, latent): (JobId, Latent)) {
        let red = (latent.values()[0] * 10.0).clamp(0.0, 255.0) as u8;
        let candidate = latent_engine::search::Candidate {
            picture: Arc::new(Picture::filled(32, 32, [red, 0, 0])),
            latent,
            ..scripted::candidate(0.0)
        };
        self.script.put_made(job, vec![candidate]);
        self.step();
    }

    fn latent(&self) -> Latent {
        let document = self.document();
        document.edit.as_ref().map_or_else(|| self.latents()[0].clone(), |edit| edit.latent.clone())
    }

    fn on_slider(&self, label: &str, share: f32) -> Pos2 {
        let rect = self.harness.get_by_role_and_label(Role::Slider, label).rect();
        pos2(rect.left() + 3.5 + share * (rect.width() - 7.0), rect.center().y)
    }
}

#[test]
fn a_dragged_slider_changes_the_picture_and_undo_restores_the_latent_bit_for_bit() {
    let mut window = Window::sliders();
    let (before, picture) = (window.latent(), window.shown());
    window.harness.drag_at(window.on_slider("z 0", 0.6));
    window.harness.step();
    let first = window.asked();
    assert_eq!(first.len(), 1);
    for share in [0.7, 0.8, 1.0] {
        window.harness.hover_at(window.on_slider("z 0", share));
        window.harness.step();
    }
    assert!(window.asked().is_empty(), "the picture before is still on its way");
    window.develop(first[0].clone());
    assert_eq!(window.shown(), 6.0, "what came on the way is shown");
    let newest = window.asked();
    assert_eq!((newest.len(), newest[0].1.values()), (1, &[3.0, -1.0][..]), "only the newest is asked for");
    window.harness.drop_at(window.on_slider("z 0", 1.0));
    window.step();
    window.develop(newest[0].clone());
    assert_eq!((window.shown(), window.latent()), (30.0, vec![3.0, -1.0].into()));
    window.click("Undo");
    assert_eq!((window.latent(), window.shown()), (before, picture));
    assert!(window.document().edit.is_none(), "the whole drag is one step");
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!((window.latent(), window.shown()), (vec![3.0, -1.0].into(), 30.0));
}

#[test]
fn each_slider_is_a_step_of_its_own_and_typed_values_may_go_beyond() {
    let mut window = Window::sliders();
    let set = |window: &mut Window, name: &str, value: f64| {
        window.harness.get_by_role_and_label(Role::SpinButton, name).set_value_accesskit(value);
        window.step();
    };
    set(&mut window, "z 0 value", 4.5);
    set(&mut window, "z 1 value", -7.0);
    assert_eq!(window.latent().values(), [4.5, -7.0]);
    window.click("Undo");
    assert_eq!(window.latent().values(), [4.5, -1.0]);
    window.click("Reset z 0");
    assert_eq!(window.latent().values(), [1.0, -1.0]);
    window.click("Undo");
    window.click("To 0: all latents");
    assert_eq!(window.latent().values(), [0.0, 0.0]);
}

#[test]
fn latents_with_names_are_sliders_of_these_names() {
    let names = ["Hue", "Size"].map(str::to_owned);
    let spec = LatentSpec::continuous(2, Prior::Normal).named(&names).unwrap();
    let mut window = sliders_of(spec, vec![1.0, -1.0]);
    window.harness.get_by_role_and_label(Role::Slider, "Size").set_value_accesskit(2.0);
    window.step();
    assert_eq!(window.latent().values(), [1.0, 2.0]);
    window.click("Reset Size");
    assert_eq!(window.latent().values(), [1.0, -1.0]);
}

#[test]
fn arrow_keys_move_a_focused_slider() {
    let mut window = Window::sliders();
    window.harness.get_by_role_and_label(Role::Slider, "z 1").focus();
    window.step();
    window.key(Modifiers::NONE, Key::ArrowRight);
    assert!((window.latent().values()[1] + 0.94).abs() < 1e-5, "{:?}", window.latent());
    window.key(Modifiers::SHIFT, Key::ArrowLeft);
    assert!((window.latent().values()[1] + 1.54).abs() < 1e-5, "{:?}", window.latent());
}

#[test]
fn random_latents_come_from_the_seed() {
    let latents = [0, 1].map(|_| {
        let mut window = Window::sliders();
        window.click("Randomize z 1");
        let one = window.latent();
        window.click("Random: all latents");
        [one, window.latent()]
    });
    assert_eq!(latents[0], latents[1]);
    let [one, all] = latents[0].each_ref().map(Latent::values);
    assert!(one[0] == 1.0 && one[1] != -1.0 && all[0] != 1.0 && all[1] != one[1]);
}

#[test]
fn a_class_is_one_number_of_its_group() {
    let mut window = classed();
    window.click("owl");
    assert_eq!(window.latent().values(), [1.0, -1.0, 0.0, 0.0, 1.0]);
    window.click("cat");
    assert_eq!(window.latent().values(), [1.0, -1.0, 1.0, 0.0, 0.0]);
    window.click("Undo");
    assert_eq!(window.latent().values(), [1.0, -1.0, 0.0, 0.0, 1.0]);
    window.click("Reset class");
    assert_eq!(window.latent().values(), [1.0, -1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn the_next_stroke_goes_on_from_the_latent_that_was_set() {
    let mut window = Window::sliders();
    window.harness.get_by_role_and_label(Role::Slider, "z 0").set_value_accesskit(2.0);
    window.step();
    let asked = window.asked();
    window.develop(asked[0].clone());
    window.drag(0.5);
    let draw = window.draws().pop().unwrap();
    let set = Latent::from(vec![2.0, -1.0]);
    assert_eq!((draw.anchor.as_ref(), &draw.start[0]), (Some(&set), &set));
    assert!(window.document().edit.is_none());
    window.answer(&[50.0]);
    assert_eq!(window.shown(), 50.0);
    window.click("Undo");
    assert_eq!((window.latent(), window.shown()), (set, 20.0));
    window.click("Candidates");
    window.click("Candidate 2");
    assert_eq!(window.shown(), 2.0);
    window.click("Undo");
    assert_eq!(window.shown(), 20.0, "a choice can't lose what was set by hand");
}

#[test]
fn a_slider_ends_the_search_and_keeps_its_pictures() {
    let mut window = Window::sliders();
    window.drag(0.5);
    window.script.put_frame(scripted::frame(window.newest(), &[9.0, 8.0], false));
    window.step();
    let late = window.newest();
    window.script.sent();
    window.harness.get_by_role_and_label(Role::Slider, "z 0").set_value_accesskit(0.0);
    window.step();
    assert!(matches!(&window.script.sent()[..], [Asked::Stop { .. }, Asked::Render { .. }]));
    window.script.put_frame(scripted::frame(late, &[99.0], true));
    window.step();
    assert_eq!(window.document().candidates.len(), 2);
}

#[test]
fn a_latent_without_a_picture_goes_back_to_the_last_good_one() {
    let mut window = Window::sliders();
    window.harness.get_by_role_and_label(Role::SpinButton, "z 0 value").set_value_accesskit(100.0);
    window.step();
    let (job, _) = window.asked().remove(0);
    window.script.say(Said::Failed { job, message: "the model's picture is not a finite number".into() });
    window.step();
    assert_eq!(window.latent().values(), [1.0, -1.0]);
    assert!(window.asked().is_empty());
    window.harness.get_by_label("The model's picture is not a finite number");
}
