//! Ctrl+C, SIGTERM and SIGHUP: a job ends in order, and a second signal ends the program at once. Two that come nearly
//! together are one: `timeout` sends its signal to the program and then to the program's whole group.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use signal_hook::{consts, flag, low_level};

use super::CliError;
use super::console::note;

/// How soon a signal is noticed where nobody else looks for one.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long after the first signal another one still belongs to it.
const TOGETHER: Duration = Duration::from_millis(500);

#[cfg(unix)]
const SIGNALS: [i32; 3] = [consts::SIGINT, consts::SIGTERM, consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [consts::SIGINT, consts::SIGTERM];

/// What asked the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(i32);

impl Signal {
    /// The program's exit code, as shells count: 130 for Ctrl+C, 143 for SIGTERM, 129 for SIGHUP.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        128 + self.0 as u8
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            consts::SIGINT => "Ctrl+C",
            consts::SIGTERM => "SIGTERM",
            _ => "SIGHUP",
        })
    }
}

/// Notes signals for a job that looks for them between two steps.
#[derive(Clone)]
pub(super) struct Interrupt {
    received: Arc<AtomicUsize>,
}

impl Interrupt {
    /// From now on the first signal is noted only, and a second one, from half a second after it on, ends the program at
    /// once. What the caller of the program chose to ignore (`nohup`) stays ignored.
    pub(super) fn listen() -> Result<Self, CliError> {
        let (armed, received) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        for signal in SIGNALS.into_iter().filter(|&signal| !is_ignored(signal)) {
            let code = i32::from(Signal(signal).exit_code());
            flag::register_conditional_shutdown(signal, code, armed.clone())
                .and_then(|_| flag::register_usize(signal, received.clone(), signal as usize))
                .map_err(|e| CliError::Arguments(format!("signals can't be caught: {e}")))?;
        }
        let interrupt = Self { received };
        let first = interrupt.clone();
        let arm = move || {
            while first.asked().is_none() {
                std::thread::sleep(LOOK_EVERY);
            }
            std::thread::sleep(TOGETHER);
            armed.store(true, Ordering::Relaxed);
        };
        let thread = std::thread::Builder::new().name("second signal".into()).spawn(arm);
        thread.map_err(|e| CliError::Arguments(format!("signals can't be caught: {e}")))?;
        Ok(interrupt)
    }

    /// The signal that came, if one did.
    pub(super) fn asked(&self) -> Option<Signal> {
        match self.received.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(Signal(signal as i32)),
        }
    }
}

/// From now on a signal ends the program between two files: one that is being put in its place is whole, one that is
/// half written is gone.
pub(super) fn end_between_files() -> Result<(), CliError> {
    let interrupt = Interrupt::listen()?;
    let end = move || {
        loop {
            if let Some(signal) = interrupt.asked() {
                let _nothing_more = latent_engine::file::abandon();
                note(format_args!("stopped by {signal}; files that were finished stay"));
                low_level::exit(i32::from(signal.exit_code()));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    };
    let thread = std::thread::Builder::new().name("signals".into()).spawn(end);
    thread.map(drop).map_err(|e| CliError::Arguments(format!("signals can't be caught: {e}")))
}

/// True for a signal that the caller of the program chose to ignore. Only Linux tells; elsewhere none is.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
