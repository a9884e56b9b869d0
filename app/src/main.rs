//! Latent Studio: paint with a generative model.

use std::process::ExitCode;

use clap::Parser as _;
use latent_studio::cli::Cli;

/// Steps allocate and free the same large buffers over and over. glibc gives those back to the system each
/// time and gets them again page by page, which took 40 % of a training's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,winit=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latent-studio: {error}");
            ExitCode::FAILURE
        }
    }
}
