//! Trains the network whose features `latent-studio evaluate` compares pictures in.
//!
//!     cargo run --release -p latent-engine --example train_features -- assets/features.safetensors 20
//!
//! The numbers are the file to write and the minutes to take.

use std::path::PathBuf;
use std::time::Instant;

use latent_engine::evaluate::FeatureLearner;

/// Pictures of each world.
const PICTURES: usize = 12_000;
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(minutes)) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        return Err("usage: train_features FILE MINUTES".into());
    };
    let seconds = 60.0 * minutes.parse::<f32>()?;
    let mut learner = FeatureLearner::new(PICTURES, SEED)?;
    let start = Instant::now();
    let mut steps = 0;
    let mut mean = 1.0;
    loop {
        let progress = start.elapsed().as_secs_f32() / seconds;
        if progress >= 1.0 {
            break;
        }
        mean += 0.02 * (learner.step(progress)? - mean);
        steps += 1;
        if steps % 100 == 0 {
            println!("step {steps}, error {mean:.3} of the variance");
        }
        if steps % 1000 == 0 {
            learner.network().save(&path)?;
        }
    }
    learner.network().save(&path)?;
    for (world, factor, explained) in learner.explained()? {
        println!("{:10} {factor:24} {explained:.2}", world.name());
    }
    Ok(())
}
