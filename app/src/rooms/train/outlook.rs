//! How long a training takes to be worth looking at, on this machine: told by the bundled models, which were trained by
//! the same recipes, and by the steps that were measured here.

use latent_engine::train::Clock;

use super::recipe::RecipeKind;

/// Below this share of its example's steps a training is early.
const EARLY: f64 = 0.5;

/// How far a training is on its way to a model that is worth something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    kind: RecipeKind,
    /// Steps so far.
    steps: u64,
    /// Seconds that a step takes here.
    step_secs: f64,
}

impl Outlook {
    /// What can be said after so many steps in so many seconds; nothing before the first.
    pub fn new(kind: RecipeKind, steps: u64, seconds: f64) -> Option<Self> {
        (steps > 0 && seconds > 0.0).then(|| Self { kind, steps, step_secs: seconds / steps as f64 })
    }

    /// True when the sheet can't be expected to show much.
    pub fn is_early(&self) -> bool {
        (self.steps as f64) < EARLY * example(self.kind).1 as f64
    }

    /// Seconds of training that the example's steps take on this machine.
    pub fn example_secs(&self) -> f64 {
        example(self.kind).1 as f64 * self.step_secs
    }

    /// Whether a training by this clock ends before the sheet can be expected to show much.
    pub fn ends_early(&self, clock: Clock) -> bool {
        match clock {
            Clock::Minutes(minutes) => 60.0 * f64::from(minutes) < EARLY * self.example_secs(),
            Clock::Steps(steps) => (steps as f64) < EARLY * example(self.kind).1 as f64,
        }
    }

    /// How long is useful, and what the sheet should look like by then; `minutes` writes a time for people.
    pub fn sentence(&self, minutes: impl Fn(f64) -> String) -> String {
        let (model, steps) = example(self.kind);
        let steps = crate::kit::controls::thousands(steps as usize);
        let time = minutes(self.example_secs());
        format!(
            "The bundled {model} learned for {steps} steps: about {time} on this machine. By then {}.",
            sheet(self.kind)
        )
    }
}

/// The bundled model that a recipe like this one made, and the steps that it took: its card has them.
fn example(kind: RecipeKind) -> (&'static str, u64) {
    match kind.about().key {
        "vae" => ("creature model", 80_876),
        "ian" => ("portrait model", 37_137),
        "encoder" => ("landscape model's encoder", 1_836),
        _ => ("landscape model", 36_690),
    }
}

/// What a good sheet looks like.
fn sheet(kind: RecipeKind) -> &'static str {
    match kind.about().key {
        "vae" => {
            "the second row should show what the first shows, only softer, and the sliders' rows should change from end to end"
        }
        "ian" | "encoder" => {
            "each picture should be recognized in the one below it; grey or alike means: longer"
        }
        "cgan" | "acgan" | "infogan" => {
            "tiles should be clear pictures, and rows should differ; grey or alike means: longer"
        }
        _ => "every tile should be a clear picture, each another one; grey or alike means: longer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str) -> RecipeKind {
        RecipeKind::from_key(key).unwrap()
    }

    #[test]
    fn the_time_follows_from_the_steps_that_were_measured() {
        let outlook = Outlook::new(of("gan"), 100, 20.0).unwrap();
        assert!((outlook.example_secs() - 7_338.0).abs() < 1.0);
        assert!(outlook.is_early() && outlook.ends_early(Clock::Minutes(50.0)));
        assert!(!outlook.ends_early(Clock::Minutes(70.0)) && outlook.ends_early(Clock::Steps(18_000)));
        let text = outlook.sentence(|seconds| format!("{seconds:.0} s"));
        assert!(text.contains("36 690 steps: about 7338 s on this machine"), "{text}");
        assert!(!Outlook::new(of("gan"), 30_000, 20.0).unwrap().is_early());
        assert_eq!(Outlook::new(of("vae"), 0, 20.0), None);
    }

    #[test]
    fn the_examples_steps_are_those_of_their_cards() {
        let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
        for (key, card) in [("gan", "landscape"), ("vae", "creature"), ("ian", "portrait")] {
            let card = std::fs::read_to_string(models.join(card).join("CARD.md")).unwrap();
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let line = card.lines().find(|line| line.starts_with("| Steps |")).unwrap();
            assert!(digits(line).starts_with(&example(of(key)).1.to_string()), "{line}");
        }
    }
}
