//! Trains a generator on the landscape world:
//! `cargo run --release -p latent-engine --example train_landscape -- OUT MINUTES [WIDTH] [CRITIC_WIDTH] [PICTURES] [resume]`

use std::ops::ControlFlow;
use std::path::PathBuf;

use latent_engine::data::landscape::render_many;
use latent_engine::train::{GanConfig, PictureSet, RunOptions, run_gan};

const SIZE: usize = 64;
/// World of the training pictures; other seeds show scenes that the model has never seen.
const WORLD_SEED: u64 = 1;

fn main() -> latent_engine::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |index: usize, default: f32| arguments.get(index).and_then(|a| a.parse().ok()).unwrap_or(default);
    let out = PathBuf::from(arguments.first().map_or("landscape", String::as_str));
    let minutes = number(1, 1.0);
    let (width, critic_width) = (number(2, 32.0) as usize, number(3, 32.0) as usize);
    let count = number(4, 20_000.0) as usize;

    let started = std::time::Instant::now();
    let pictures = render_many(WORLD_SEED, 0, count, SIZE).into_iter().map(|landscape| landscape.rgb);
    let pictures = PictureSet::from_rgb(SIZE, pictures)?;
    println!("{} pictures in {:.1} s", pictures.len(), started.elapsed().as_secs_f32());

    let mut config = GanConfig { size: SIZE, width, critic_width, seed: 1, ..GanConfig::default() };
    config.discriminator.learning_rate = 4e-4;
    let mut options = RunOptions::new(pictures, config, out, minutes);
    options.resume = arguments.iter().any(|a| a == "resume");
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
        ControlFlow::Continue(())
    })?;
    println!("{} after {} steps, {:.0} s", finished.weights.display(), finished.steps, finished.seconds);
    Ok(())
}
