//! Trains a generator on the landscape world:
//! `cargo run --release -p latent-engine --example train_landscape -- out=DIR minutes=75 width=48`
//!
//! Every argument is a name and a value; `resume=1` goes on with what is in the folder. A file called
//! `stop` in it ends the run, with everything saved.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use latent_engine::data::landscape::render_many;
use latent_engine::train::{Augmentation, GanConfig, PictureSet, RunOptions, run_gan};

const SIZE: usize = 64;
/// World of the training pictures; other seeds show scenes that the model has never seen.
const WORLD_SEED: u64 = 1;

fn main() -> latent_engine::Result<()> {
    let mut given: BTreeMap<String, String> = std::env::args()
        .skip(1)
        .filter_map(|a| a.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let out = PathBuf::from(given.remove("out").unwrap_or_else(|| "landscape".to_owned()));
    let number = |name: &str, default: f32| given.get(name).and_then(|a| a.parse().ok()).unwrap_or(default);

    let started = Instant::now();
    let count = number("pictures", 30_000.0) as usize;
    let pictures = render_many(WORLD_SEED, 0, count, SIZE).into_iter().map(|landscape| landscape.rgb);
    let pictures = PictureSet::from_rgb(SIZE, pictures)?;
    println!("{} pictures in {:.1} s", pictures.len(), started.elapsed().as_secs_f32());

    let mut config = GanConfig { size: SIZE, seed: number("seed", 1.0) as u64, ..GanConfig::default() };
    config.latent = number("latent", config.latent as f32) as usize;
    config.width = number("width", config.width as f32) as usize;
    config.critic_width = number("critic_width", config.width as f32) as usize;
    config.batch = number("batch", config.batch as f32) as usize;
    config.ema = number("ema", config.ema);
    for (name, adam) in [("g", &mut config.generator), ("d", &mut config.discriminator)] {
        adam.learning_rate = number(name, adam.learning_rate);
        adam.beta1 = number("beta1", adam.beta1);
        adam.beta2 = number("beta2", adam.beta2);
    }
    let usual = Augmentation::default();
    config.augmentation = Augmentation {
        shift: number("shift", usual.shift),
        brightness: number("brightness", usual.brightness),
        saturation: number("saturation", usual.saturation),
        contrast: number("contrast", usual.contrast),
        cutout: number("cutout", usual.cutout),
    };
    let mut options = RunOptions::new(pictures, config, out, number("minutes", 1.0));
    options.resume = number("resume", 0.0) > 0.0;
    let stop = options.out.join("stop");
    let finished = run_gan(&options, &mut |now| {
        if now.report.step.is_multiple_of(100) {
            let r = now.report;
            println!(
                "{:6.1} min  step {:6}  {:5.0} pictures/s  D {:.3}  G {:+.3}  real {:+.3}  fake {:+.3}",
                now.seconds / 60.0,
                r.step,
                now.pictures_per_second,
                r.loss_d,
                r.loss_g,
                r.real_logit,
                r.fake_logit
            );
        }
        if stop.exists() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    println!("{} after {} steps, {:.0} s", finished.weights.display(), finished.steps, finished.seconds);
    Ok(())
}
