//! Ctrl+C and its relatives: the first one asks for an end that loses nothing, the second one ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::CliError;

/// The signals that ask for an end, and what they are called.
#[cfg(unix)]
const SIGNALS: [(i32, &str); 3] = [
    (signal_hook::consts::SIGINT, "Ctrl+C"),
    (signal_hook::consts::SIGTERM, "SIGTERM"),
    (signal_hook::consts::SIGHUP, "SIGHUP"),
];
#[cfg(not(unix))]
const SIGNALS: [(i32, &str); 2] =
    [(signal_hook::consts::SIGINT, "Ctrl+C"), (signal_hook::consts::SIGTERM, "SIGTERM")];

/// Whether somebody asked for the end.
#[derive(Clone)]
pub(super) struct Interrupt {
    /// The number of the signal that came; 0 while none did.
    came: Arc<AtomicUsize>,
}

impl Interrupt {
    /// From here on the first signal is heard, and the second one ends the program.
    pub(super) fn listen() -> Result<Self, CliError> {
        let came = Arc::new(AtomicUsize::new(0));
        for (signal, _) in SIGNALS {
            let asked = Arc::new(std::sync::atomic::AtomicBool::new(false));
            // In this order: the first one finds the flag down, and raises it.
            let hooked =
                signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, asked.clone())
                    .and_then(|_| signal_hook::flag::register(signal, asked))
                    .and_then(|_| {
                        let number = usize::try_from(signal).unwrap_or_default();
                        signal_hook::flag::register_usize(signal, came.clone(), number)
                    });
            hooked.map_err(|source| CliError::Io { path: "the system's signals".into(), source })?;
        }
        Ok(Self { came })
    }

    /// What asked for the end, and the exit status that says so.
    pub(super) fn asked(&self) -> Option<(&'static str, i32)> {
        let came = self.came.load(Ordering::Relaxed);
        let known = SIGNALS.iter().find(|(signal, _)| usize::try_from(*signal) == Ok(came))?;
        Some((known.1, 128 + known.0))
    }
}
