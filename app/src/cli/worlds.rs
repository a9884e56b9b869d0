//! `latent-studio worlds`: the worlds that the studio draws itself, and their factors.

use latent_engine::data::WorldName;
use serde::Serialize;

use super::CliError;
use super::console::{answer, to_json};

/// Longest line of a list of factors, in characters.
const WIDTH: usize = 96;

/// The arguments of `worlds`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// One JSON array instead of text
    #[arg(long)]
    json: bool,
}

/// A world, as `--json` tells it.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    about: &'static str,
    /// Pixels a side, least and most.
    sizes: [usize; 2],
    factors: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let rows: Vec<Row> = WorldName::ALL
        .into_iter()
        .map(|world| {
            let sizes = world.sizes();
            Ok(Row {
                name: world.name(),
                about: world.about(),
                sizes: [*sizes.start(), *sizes.end()],
                factors: world.factors()?,
            })
        })
        .collect::<Result<_, CliError>>()?;
    if arguments.json {
        return answer(to_json(&rows)?);
    }
    answer(rows.iter().map(describe).collect::<Vec<_>>().join("\n\n"))
}

fn describe(row: &Row) -> String {
    let [least, most] = row.sizes;
    let mut text = format!("{}: {}; {least} to {most} pixels a side", row.name, row.about);
    let mut line = String::new();
    for factor in &row.factors {
        if line.is_empty() || line.len() + factor.len() > WIDTH {
            text += &line;
            line = "\n ".into();
        }
        line += &format!(" {factor}");
    }
    text + &line
}
