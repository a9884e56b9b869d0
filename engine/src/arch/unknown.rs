//! What can be said of a network that no family knows.

use std::cmp::Reverse;

use super::modules::{Shape, modules};
use crate::checkpoint::TensorTable;

/// How many tensors are named.
const NAMED: usize = 3;

/// What the tensors look like, as in "looks like a discriminator: its convolutions end in one channel".
pub(crate) fn resemblance(tensors: &TensorTable) -> Option<&'static str> {
    let of_optimizer =
        |name: &str| ["exp_avg", "exp_avg_sq", "momentum_buffer"].iter().any(|n| name.ends_with(n));
    if tensors.names().any(of_optimizer) && tensors.names().all(|n| of_optimizer(n) || n.ends_with("step")) {
        return Some("is the state of an optimizer, without the network that it trains");
    }
    // Outputs and inputs of the layers, read as those of a network that looks at pictures.
    let layers: Vec<(bool, usize, usize)> = modules(tensors)
        .into_iter()
        .filter_map(|module| match module.shape {
            Shape::Kernel([outputs, inputs, ..]) => Some((true, outputs, inputs)),
            Shape::Dense([outputs, inputs]) => Some((false, outputs, inputs)),
            _ => None,
        })
        .collect();
    // A dense layer may take the pixels of maps, so many for each of their channels.
    let fits = |pair: &[(bool, usize, usize)]| {
        let ((_, outputs, _), (convolves, _, inputs)) = (pair[0], pair[1]);
        if convolves { inputs == outputs } else { outputs > 0 && inputs % outputs == 0 }
    };
    let (&(first_convolves, _, first_inputs), &(convolves, outputs, _)) = (layers.first()?, layers.last()?);
    if layers.len() < 2 || !layers.windows(2).all(fits) {
        return None;
    }
    let from_pictures = first_convolves && matches!(first_inputs, 1 | 3 | 4);
    match (convolves, outputs) {
        (true, 1) => Some("looks like a discriminator: its convolutions end in one channel"),
        (false, 1) => Some("looks like a discriminator: its dense layers end in one number"),
        _ if from_pictures => Some("looks like an encoder or a classifier: it begins with a picture"),
        _ => None,
    }
}

/// The largest tensors with their shapes, as in `a.weight (512 x 100), ...`.
pub(crate) fn largest(tensors: &TensorTable) -> String {
    let mut rows: Vec<_> = tensors.iter().collect();
    rows.sort_by_key(|(_, row)| Reverse(row.len()));
    let named = rows.iter().take(NAMED).map(|(name, row)| {
        let shape = row.shape().iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ");
        format!("{name} ({shape})")
    });
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resembles(shapes: &[(&str, &[usize])]) -> Option<&'static str> {
        let shapes = shapes.iter().map(|(name, shape)| ((*name).to_owned(), shape.to_vec()));
        resemblance(&TensorTable::from_shapes(shapes))
    }

    #[test]
    fn networks_that_make_no_pictures_are_told_by_their_ends() {
        let convolutions = resembles(&[("main.0.weight", &[8, 3, 4, 4]), ("main.2.weight", &[1, 8, 4, 4])]);
        assert!(convolutions.unwrap().contains("one channel"));
        let dense = resembles(&[("0.weight", &[256, 784]), ("2.weight", &[1, 256])]);
        assert!(dense.unwrap().contains("one number"));
        let classifier = resembles(&[("conv1.weight", &[8, 3, 4, 4]), ("fc2.weight", &[10, 8 * 49])]);
        assert!(classifier.unwrap().contains("classifier"));
        assert!(
            resembles(&[("state.0.exp_avg", &[4]), ("state.0.step", &[])]).unwrap().contains("optimizer")
        );
        assert!(resembles(&[("a.weight", &[4, 5]), ("b.weight", &[6, 7])]).is_none());
    }
}
