//! What a graph costs, and what it looks like to people.

use super::op::{Op, shown};
use super::{Graph, Role};

impl Graph {
    /// How many numbers it learned.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let learned = self.weights().filter(|(_, spec)| spec.role.is_learned());
        learned.fold(0, |all, (_, spec)| all.saturating_add(size(&spec.shape)))
    }

    /// How many numbers it takes from a file, statistics of norms among them.
    #[must_use]
    pub fn stored(&self) -> usize {
        self.weights().fold(0, |all, (_, spec)| all.saturating_add(size(&spec.shape)))
    }

    /// Multiplications for one of what goes in, as the definitions have them.
    #[must_use]
    pub fn multiplications(&self) -> f64 {
        (0..self.nodes.len()).map(|place| self.cost(place)).sum()
    }

    fn cost(&self, place: usize) -> f64 {
        let count = |shape: [usize; 3]| shape.iter().map(|n| *n as f64).product::<f64>();
        let weights = || {
            let specs = self.specs(place).into_iter();
            specs.filter(|spec| spec.role == Role::Weight).map(|spec| size(&spec.shape) as f64).sum::<f64>()
        };
        let results = count(self.shapes[place]);
        let before = || self.from[place].first().map_or([0; 3], |&before| self.shapes[before]);
        match &self.nodes[place].op {
            Op::Dense { .. } => weights(),
            // Every weight is used once for each cell of the grid: of the results, or of what goes in.
            Op::Convolution { .. } => weights() * results / self.shapes[place][2] as f64,
            Op::TransposedConvolution { .. } => {
                let [height, width, _] = before();
                weights() * (height * width) as f64
            }
            Op::BatchNorm { .. }
            | Op::InstanceNorm { .. }
            | Op::Prelu { .. }
            | Op::Multiply
            | Op::Affine { .. } => results,
            // The taps of an axis, those that meet the zeros between the values left out, rows and then columns.
            Op::Resample { filter } => 2.0 * results * (filter.taps.len() as f64 / filter.up as f64),
            Op::Input { .. }
            | Op::Activation { .. }
            | Op::Add
            | Op::Concatenate
            | Op::PixelShuffle { .. }
            | Op::PixelUnshuffle { .. }
            | Op::Reshape { .. }
            | Op::Narrow { .. }
            | Op::Deviation { .. }
            | Op::Clip { .. } => 0.0,
        }
    }

    /// A line for each node: its name, what it does, what it takes, the maps that it makes and the numbers that it learned.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let rows: Vec<[String; 4]> = (0..self.nodes.len()).map(|place| self.row(place)).collect();
        let widths: Vec<usize> =
            (0..3).map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0)).collect();
        let line = |[name, does, makes, learned]: &[String; 4]| {
            let [a, b, c] = [widths[0], widths[1], widths[2]];
            format!("{name:a$}  {does:b$}  {makes:c$}  {learned}").trim_end().to_owned()
        };
        rows.iter().map(line).collect()
    }

    fn row(&self, place: usize) -> [String; 4] {
        let node = &self.nodes[place];
        let stride = |stride: usize| if stride == 1 { String::new() } else { format!(", stride {stride}") };
        let does = match &node.op {
            Op::Input { .. }
            | Op::Dense { .. }
            | Op::BatchNorm { .. }
            | Op::InstanceNorm { .. }
            | Op::Add
            | Op::Multiply
            | Op::Concatenate
            | Op::Reshape { .. } => String::new(),
            Op::Convolution { kernel, config, .. } => {
                format!(" {kernel} x {kernel}{}", stride(config.stride))
            }
            Op::TransposedConvolution { kernel, config, .. } => {
                format!(" {kernel} x {kernel}{}", stride(config.stride))
            }
            Op::Prelu { shared } => {
                if *shared {
                    " of one slope".into()
                } else {
                    String::new()
                }
            }
            Op::PixelShuffle { factor } | Op::PixelUnshuffle { factor } => format!(" {factor}"),
            Op::Activation { activation } => format!(" {}", activation.label()),
            Op::Resample { filter } => format!(" up {}, down {}", filter.up, filter.down),
            Op::Affine { scale, offset } => format!(" {scale} x + {offset}"),
            Op::Narrow { first, count } => format!(" {first} to {}", first + count),
            Op::Deviation { group } => format!(" of {group}"),
            Op::Clip { least, most } => format!(" {least} to {most}"),
        };
        // What stands right before a node is what it takes, unless something else is said.
        let follows = place > 0 && self.from[place] == [place - 1];
        let from = if node.from.is_empty() || follows {
            String::new()
        } else {
            format!(" of {}", node.from.join(", "))
        };
        let names = self.outputs.iter().filter(|(_, at)| **at == place).map(|(name, _)| name.as_str());
        let outputs = names.collect::<Vec<_>>().join(", ");
        let makes = shown(self.shapes[place]);
        let makes = if outputs.is_empty() { makes } else { format!("{makes} -> {outputs}") };
        let learned =
            self.specs(place).iter().filter(|s| s.role.is_learned()).map(|s| size(&s.shape)).sum::<usize>();
        let learned = if learned == 0 { String::new() } else { learned.to_string() };
        [node.name.clone(), format!("{}{does}{from}", node.op.name()), makes, learned]
    }
}

fn size(shape: &[usize]) -> usize {
    shape.iter().fold(1, |all, n| all.saturating_mul(*n))
}
