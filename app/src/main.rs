//! Latent Studio: paint with a generative model.

use std::process::ExitCode;

use latent_studio::studio::{StudioOptions, run_window};

fn main() -> ExitCode {
    match run_window(StudioOptions::default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latent-studio: {error}");
            ExitCode::FAILURE
        }
    }
}
