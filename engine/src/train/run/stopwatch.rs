//! The time that a training takes, pauses left out.

use std::time::{Duration, Instant};

/// A stopwatch.
pub(crate) struct Stopwatch {
    /// What was measured before it was started the last time.
    before: Duration,
    /// Since when it runs.
    since: Option<Instant>,
}

impl Stopwatch {
    /// One that runs.
    pub fn started() -> Self {
        Self { before: Duration::ZERO, since: Some(Instant::now()) }
    }

    /// Seconds that it ran.
    pub fn seconds(&self) -> f64 {
        (self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())).as_secs_f64()
    }

    /// Stops it, if it runs.
    pub fn stop(&mut self) {
        if let Some(since) = self.since.take() {
            self.before += since.elapsed();
        }
    }

    /// Starts it, unless it runs.
    pub fn start(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_watch_stands_still() {
        let mut watch = Stopwatch::started();
        watch.stop();
        let stopped = watch.seconds();
        std::thread::sleep(Duration::from_millis(2));
        watch.stop();
        assert_eq!(watch.seconds().to_bits(), stopped.to_bits());
        watch.start();
        std::thread::sleep(Duration::from_millis(2));
        assert!(watch.seconds() > stopped);
    }
}
