//! Finds the network in a file that a family knows.

use std::collections::BTreeSet;

use crate::arch::{Architecture, Detection, Network, REGISTRY, unknown};
use crate::checkpoint::{Checkpoint, TensorTable};

/// A network that a family knows.
#[derive(Clone)]
pub struct Identified {
    /// What stands before the names of all its tensors in the file; empty for a bare state dictionary.
    pub prefix: String,
    /// Its architecture.
    pub architecture: &'static Architecture,
    /// What names and shapes tell.
    pub detection: Detection,
}

/// What the name of a part of a file says about its worth, best first: a moving average before the network
/// that it averages (a file with both would otherwise open as the wrong one), a generator before a whole.
const RANKS: &[&[&str]] = &[
    &["g_ema", "G_ema", "params_ema", "ema", "model_ema", "generator_ema"],
    &["netG", "G", "generator", "g", "gen"],
    &["model_state_dict", "state_dict", "params", "net", "model", "module"],
];
/// Deepest part of a file that is looked at.
const DEEPEST: usize = 6;
/// Most parts of a file that are looked at: a hostile file may have a part for each of its tensors.
const MOST_PARTS: usize = 256;

/// The network of a file that a family knows; the best one where there are several.
#[must_use]
pub fn identify(checkpoint: &Checkpoint) -> Option<Identified> {
    parts(&checkpoint.tensors).into_iter().find_map(|prefix| {
        let tensors = checkpoint.tensors.under(&prefix);
        let network = Network { tensors: &tensors, all: &checkpoint.tensors, values: &checkpoint.values };
        let (architecture, detection) = REGISTRY.iter().find_map(|a| Some((a, (a.detect)(&network)?)))?;
        Some(Identified { prefix, architecture, detection })
    })
}

/// Why a file can't be used that no family knows, as the rest of a sentence that begins with its name.
#[must_use]
pub fn refusal(checkpoint: &Checkpoint) -> String {
    let count = checkpoint.tensors.len();
    if count == 0 {
        return "holds no tensors; save the state_dict of the generator".into();
    }
    let largest = unknown::largest(&checkpoint.tensors);
    match unknown::resemblance(&checkpoint.tensors) {
        Some(resemblance) => format!("{resemblance}; a generator is needed ({count} tensors)"),
        None => format!(
            "holds {count} tensors, but no generator of a family that is known here; the largest are {largest}"
        ),
    }
}

/// Where a network may begin, the likeliest place first: names are tried as they are before anything is taken
/// off them (some families' own names begin with "model").
fn parts(tensors: &TensorTable) -> Vec<String> {
    let mut parts = BTreeSet::new();
    for name in tensors.names() {
        let dots = name.match_indices('.').map(|(at, _)| at).take(DEEPEST);
        parts.extend(dots.map(|at| &name[..at]));
        if parts.len() > MOST_PARTS {
            break;
        }
    }
    let mut parts: Vec<&str> = std::iter::once("").chain(parts).collect();
    let rank = |part: &&str| {
        let best = part.split('.').filter_map(|c| RANKS.iter().position(|names| names.contains(&c))).min();
        (best.unwrap_or(RANKS.len()), part.split('.').count())
    };
    parts[1..].sort_by_key(rank);
    parts.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_preferred_to_the_network_that_it_averages() {
        let names = ["g.main.0.weight", "g_ema.main.0.weight", "opt.state.0.exp_avg"];
        let table = TensorTable::from_shapes(names.map(|n| (n.to_owned(), vec![1])));
        let parts = parts(&table);
        assert_eq!(parts[0], "");
        assert_eq!(parts[1], "g_ema");
        assert!(parts.iter().position(|p| p == "g") < parts.iter().position(|p| p == "opt"));
    }
}
