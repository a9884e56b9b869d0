//! Latent Studio: paint with a generative model.

use std::process::ExitCode;

use clap::Parser as _;
use latent_studio::cli::Cli;

/// Steps allocate and free the same large buffers over and over. glibc gives those back to the system each
/// time and gets them again page by page, which took 40 % of a training's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often candle's own threads look for more work before they sleep.
const SPIN_LIMIT: &str = "CANDLE_BARRIER_POOL_SPIN_LIMIT";

fn main() -> ExitCode {
    if std::env::var_os(SPIN_LIMIT).is_none() {
        // By default 25,000 times, after each element-wise operation, on a core that the engine's kernels could use
        // (docs/performance.md has what that costs).
        // SAFETY: this is the only thread.
        unsafe { std::env::set_var(SPIN_LIMIT, "200") };
    }
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,winit=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.tell(),
    }
}
