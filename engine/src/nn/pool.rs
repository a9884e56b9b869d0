//! Buffers that one step hands to the next: fresh memory would have to be cleared by the system, each time.
//!
//! They stay as long as the layers that they belong to: about what the results and the gradients of the largest batch
//! took that was ever made.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Most buffers that lie ready unless more are asked for: those of one pass with its gradient, for up to about 14 layers.
const MOST: usize = 16;

/// Buffers that nobody uses at the moment. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    ready: Arc<Mutex<Vec<Vec<f32>>>>,
    most: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Pool {
    /// Of so many buffers that one pass takes.
    pub fn of(buffers: usize) -> Self {
        Self { ready: Arc::default(), most: buffers.max(MOST) }
    }

    /// How many buffers lie ready.
    #[cfg(test)]
    pub fn lying(&self) -> usize {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// A buffer of so many values of unspecified content; it comes back when it is dropped.
    pub fn take(&self, len: usize) -> Buffer {
        let mut values = {
            let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
            let fitting = ready.iter().enumerate().filter(|(_, values)| values.len() >= len);
            let smallest = fitting.min_by_key(|(_, values)| values.len()).map(|(index, _)| index);
            match smallest {
                Some(index) => ready.swap_remove(index),
                None => {
                    // One that is too small makes way, so that no more memory is held than is needed at once.
                    let largest = (0..ready.len()).max_by_key(|&index| ready[index].len());
                    drop(largest.map(|index| ready.swap_remove(index)));
                    vec![0.0; len]
                }
            }
        };
        if cfg!(test) {
            values.fill(f32::NAN);
        }
        Buffer { values, len, pool: self.clone() }
    }
}

/// Values out of a [`Pool`].
#[derive(Debug)]
pub(crate) struct Buffer {
    values: Vec<f32>,
    len: usize,
    pool: Pool,
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.len]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut ready = self.pool.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() < self.pool.most {
            ready.push(std::mem::take(&mut self.values));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_and_the_smallest_that_fits_is_taken() {
        let pool = Pool::default();
        let (small, large) = (pool.take(10), pool.take(100));
        let (small_at, large_at) = (small.as_ptr(), large.as_ptr());
        drop((small, large));
        assert_eq!(pool.take(8).as_ptr(), small_at);
        assert_eq!(pool.take(11).as_ptr(), large_at);
        let buffer = pool.take(8);
        assert!(buffer.len() == 8 && buffer.iter().all(|v| v.is_nan()));
    }

    #[test]
    fn growing_needs_do_not_pile_up() {
        let pool = Pool::default();
        (1..50).for_each(|len| drop(pool.take(len)));
        assert_eq!(pool.lying(), 1);
        drop((0..50).map(|_| pool.take(1)).collect::<Vec<_>>());
        assert_eq!(pool.lying(), MOST);
    }
}
