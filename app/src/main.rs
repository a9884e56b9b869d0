//! Latent Studio: paint with a generative model.

use std::process::ExitCode;

use clap::Parser as _;
use latent_studio::cli::Cli;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latent-studio: {error}");
            ExitCode::FAILURE
        }
    }
}
