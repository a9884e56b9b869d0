//! `latent-studio inspect`: what a file holds.

use latent_engine::model::{Summary, Verdict};
use latent_engine::open::inspect;

use super::CliError;
use super::console::{answer, to_json};
use super::model::{Assumed, named};

/// The arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A checkpoint file, a model folder or a bundled model
    file: String,
    #[command(flatten)]
    assumed: Assumed,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let source = named(&arguments.file)?;
    let summary = inspect(&source, arguments.assumed.decisions(&source)?.as_ref())?;
    answer(if arguments.json { to_json(&summary)? } else { describe(&summary) })?;
    match summary.verdict {
        // What was found is told above; a script wants to know that it is of no use here.
        Verdict::Unknown(why) => Err(CliError::Arguments(format!("{}: {why}", arguments.file))),
        Verdict::Opens | Verdict::RecognizedOnly(_) => Ok(()),
    }
}

fn describe(summary: &Summary) -> String {
    let mut rows = vec![(
        "file".to_owned(),
        format!("{}, {}, {} tensors", summary.container.label(), bytes(summary.file_bytes), summary.tensors),
    )];
    let mut row = |name: &str, text: String| {
        if !text.is_empty() {
            rows.push((name.to_owned(), text));
        }
    };
    row("family", summary.family.clone());
    row("network", summary.network.clone());
    for (name, value) in &summary.facts {
        row(&name.replace('_', " "), value.clone());
    }
    row("latent names", summary.latent_names.join(", "));
    row("parameters", format!("{}, {} in memory", summary.parameters, bytes(summary.memory_bytes)));
    for assumption in summary.assumptions.iter() {
        let source = if assumption.decided { "decided" } else { "assumed" };
        let answer = format!("{}={}", assumption.key, assumption.answer.text());
        row(source, format!("{answer}  ({})", assumption.why));
    }
    row("made by", summary.made_by.clone());
    row(
        "verdict",
        match &summary.verdict {
            Verdict::Opens => "opens".into(),
            Verdict::RecognizedOnly(what) => format!("{what}: recognized, but not yet usable here"),
            Verdict::Unknown(_) => "can't be used".into(),
        },
    );
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = rows.iter().map(|(name, text)| format!("  {name:width$}  {text}"));
    std::iter::once(summary.source.clone()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// A size as people read it.
fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => format!("{:.0} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}
