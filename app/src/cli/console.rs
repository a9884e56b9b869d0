//! What the program says: answers on standard output, everything else on standard error. All printing goes through here,
//! because a full disk or a reader that has gone away is an answer, too.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::CliError;

/// Without a terminal, progress is a line this often.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// `--quiet` was asked for.
static QUIET: AtomicBool = AtomicBool::new(false);
/// Standard output carries a file.
static OUTPUT_TAKEN: AtomicBool = AtomicBool::new(false);

/// From now on only answers and errors are printed.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Prints an answer: what the user asked for.
pub(super) fn answer(text: impl Display) -> Result<(), CliError> {
    print(format!("{text}\n").as_bytes())
}

/// Prints what was done, for people: nothing when they want it quiet, on standard error when standard output is a file.
pub(super) fn report(text: impl Display) -> Result<(), CliError> {
    if is_quiet() {
        return Ok(());
    }
    if OUTPUT_TAKEN.load(Ordering::Relaxed) {
        note(text);
        return Ok(());
    }
    answer(text)
}

/// Writes a piece of a file to standard output.
pub(super) fn deliver(bytes: &[u8]) -> Result<(), CliError> {
    print(bytes)
}

/// From now on standard output is for a file alone.
pub(super) fn keep_output_for_a_file() {
    OUTPUT_TAKEN.store(true, Ordering::Relaxed);
}

/// True where standard output is a terminal, which a picture would only confuse.
pub(super) fn output_is_a_terminal() -> bool {
    io::stdout().is_terminal()
}

/// A row as JSON.
pub(super) fn to_json(row: &impl Serialize) -> Result<String, CliError> {
    serde_json::to_string(row).map_err(|e| CliError::Arguments(format!("a result: {e}")))
}

fn print(bytes: &[u8]) -> Result<(), CliError> {
    let mut output = io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => CliError::ClosedPipe,
        _ => CliError::Output(error),
    })
}

/// Tells something beside the answer. Where even that can't be printed there is nobody to tell.
pub(super) fn note(text: impl Display) {
    if !is_quiet() {
        complain(text);
    }
}

/// [`note`] for what must be heard.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// How far a job is: a bar on a terminal, a line every ten seconds elsewhere.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Nothing on a terminal, where the bar moves.
    lines: Option<Lines>,
}

/// Lines that tell how far a job is, where there is no terminal.
struct Lines {
    every: Duration,
    /// When the last one was printed.
    told: Mutex<Instant>,
}

impl Lines {
    fn new(every: Duration) -> Self {
        Self { every, told: Mutex::new(Instant::now()) }
    }

    /// True when it is time for a line.
    fn are_due(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.elapsed() >= self.every;
        if due {
            *told = Instant::now();
        }
        due
    }
}

impl Progress {
    /// A job of `length` steps.
    pub(super) fn new(length: usize, what: &'static str) -> Self {
        let (terminal, loud) = (io::stderr().is_terminal(), !is_quiet());
        let bar = if terminal && loud { ProgressBar::new(length as u64) } else { ProgressBar::hidden() };
        let lines = (!terminal && loud).then(|| Lines::new(LINE_EVERY));
        Self { bar, lines }.named(length, what)
    }

    fn named(self, length: usize, what: &'static str) -> Self {
        self.bar.set_length(length as u64);
        if let Ok(style) = ProgressStyle::with_template("{prefix:12} {bar:32} {pos}/{len} {msg}") {
            self.bar.set_style(style);
        }
        self.bar.set_prefix(what);
        self
    }

    /// What there is to say about the step that is done.
    pub(super) fn set_message(&self, message: String) {
        self.bar.set_message(message);
    }

    /// The job turned out to have so many steps.
    pub(super) fn set_length(&self, length: u64) {
        self.bar.set_length(length);
    }

    /// So many steps are done.
    pub(super) fn set_position(&self, done: u64) {
        if let Some(line) = self.moved(done) {
            note(line);
        }
    }

    /// Moves the bar, and gives the line that is due then.
    fn moved(&self, done: u64) -> Option<String> {
        self.bar.set_position(done);
        self.lines.as_ref().filter(|lines| lines.are_due())?;
        let share = 100 * done / self.bar.length().unwrap_or(0).max(1);
        Some(format!("{}: {share}% {}", self.bar.prefix(), self.bar.message()).trim_end().to_owned())
    }

    /// So many steps more are done.
    pub(super) fn inc(&self, steps: u64) {
        self.set_position(self.bar.position() + steps);
    }

    /// The job is done.
    pub(super) fn finish_and_clear(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A job of 40 steps where there is no terminal.
    fn job(every: Duration) -> Progress {
        Progress { bar: ProgressBar::hidden(), lines: Some(Lines::new(every)) }.named(40, "bank")
    }

    #[test]
    fn without_a_terminal_progress_is_a_line_now_and_then() {
        let (always, never) = (job(Duration::ZERO), job(Duration::from_secs(3600)));
        assert_eq!(always.moved(10).as_deref(), Some("bank: 25%"));
        always.set_message("cost 0.5".into());
        assert_eq!(always.moved(20).as_deref(), Some("bank: 50% cost 0.5"));
        assert!((1..=40).all(|done| never.moved(done).is_none()));
        // From one line to the next it takes the whole interval, however many steps there are.
        let every = Duration::from_millis(40);
        let (sometimes, begun) = (job(every), Instant::now());
        let mut lines = 0;
        while lines < 3 {
            lines += u32::from(sometimes.moved(1).is_some());
        }
        assert!(begun.elapsed() >= 3 * every);
        let bar = Progress { bar: ProgressBar::hidden(), lines: None };
        assert_eq!(bar.moved(1), None, "on a terminal the bar says it");
    }
}
