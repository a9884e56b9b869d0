//! `latent-studio inspect`: what a file holds.

use std::collections::BTreeMap;

use latent_engine::model::{Summary, Verdict};
use latent_engine::nn::graph::Graph;
use latent_engine::open::{self, inspect, open_best};
use serde::Serialize;

use super::CliError;
use super::console::{answer, to_json};
use super::model::{Assumed, ModelName, named};

/// The arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelName,
    #[command(flatten)]
    assumed: Assumed,
    /// The layers of its networks too, a line each
    #[arg(long)]
    layers: bool,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What a file holds, and its networks by their names, where they were asked for.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    networks: Option<BTreeMap<&'static str, Graph>>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let name = arguments.model.get();
    let source = named(name)?;
    let decisions = arguments.assumed.decisions(&source)?;
    let mut summary = inspect(&source, decisions.as_ref())?;
    // Only whoever reads the weights knows whether they are numbers.
    let opens = summary.verdict == Verdict::Opens;
    let damaged = opens.then(|| open_best(&source, decisions.as_ref()).err()).flatten();
    if let Some(error) = &damaged {
        summary.verdict = Verdict::Unknown(error.to_string());
    }
    let networks = if arguments.layers && summary.verdict == Verdict::Opens {
        let (described, _) = open::describe(&source, decisions.as_ref())?;
        let part = |(name, part): (_, &latent_engine::arch::Part)| (name, part.graph.clone());
        Some(described.iter().flat_map(|described| described.networks().map(part)).collect())
    } else {
        None
    };
    answer(if arguments.json {
        to_json(&Told { summary: &summary, networks })?
    } else {
        describe(&summary) + &layers(networks.as_ref())
    })?;
    if let Some(error) = damaged {
        return Err(error.into());
    }
    match summary.verdict {
        // What was found is told above; a script wants to know that it is of no use here.
        Verdict::Unknown(why) => Err(CliError::Arguments(format!("{name}: {why}"))),
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
    for (ability, why) in &summary.lacks {
        row(&format!("no {ability}"), why.clone());
    }
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

/// The nodes of networks, a line each, below what each costs.
fn layers(networks: Option<&BTreeMap<&'static str, Graph>>) -> String {
    let Some(networks) = networks else { return String::new() };
    if networks.is_empty() {
        return "\n  layers  this architecture is not described as a graph".into();
    }
    let network = |(name, graph): (&&str, &Graph)| {
        let lines = graph.describe().join("\n    ");
        let (learned, products) = (graph.parameters(), graph.multiplications() / 1e6);
        format!("\n  {name}: {learned} parameters, {products:.1} million multiplications\n    {lines}")
    };
    networks.iter().map(network).collect()
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
