//! A slot that holds the newest value: pictures travel through it, so that a slow window never queues them.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The newest value that was put in and not yet taken.
#[derive(Debug)]
pub struct Latest<T>(Mutex<Option<T>>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Latest<T> {
    /// Puts a value in; one that nobody took is dropped.
    pub fn put(&self, value: T) {
        *self.slot() = Some(value);
    }

    /// Takes the newest value, if there is one that nobody took yet.
    pub fn take(&self) -> Option<T> {
        self.slot().take()
    }

    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        // A panic elsewhere can't leave an Option half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_value_is_there_and_only_once() {
        let slot = Latest::default();
        slot.put(1);
        slot.put(2);
        assert_eq!((slot.take(), slot.take()), (Some(2), None));
    }
}
