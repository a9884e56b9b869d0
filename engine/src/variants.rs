//! For tests of messages: every variant is there, and survives the way through bytes.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Sends a sample of each variant through bytes and back. `place` is a match without a wildcard: a variant that is new
/// does not compile there, and one without a sample fails here.
pub(crate) fn through_bytes<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    samples: &[T],
    variants: usize,
    place: impl Fn(&T) -> usize,
) {
    let mut seen = vec![false; variants];
    for sample in samples {
        let bytes = serde_json::to_vec(sample).unwrap();
        assert_eq!(&serde_json::from_slice::<T>(&bytes).unwrap(), sample);
        seen[place(sample)] = true;
    }
    assert_eq!(seen, vec![true; variants], "every variant needs a sample");
}
