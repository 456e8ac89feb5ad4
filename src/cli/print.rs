//! What commands say on standard output.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::arguments::Format;
use super::outcome_table;
use crate::graph::NodeKind;
use crate::pipeline::{RunSummary, Simulation};
use crate::provenance::Report;
use crate::site::SiteSummary;
use crate::snapshot::Verification;
use crate::sources::RawInputs;

/// The last lines of a run.
pub(super) fn run(summary: &RunSummary) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let manifest = &summary.manifest;
    let rows: u64 = manifest.tables.iter().map(|table| table.row_count).sum();
    let bytes: u64 = manifest.tables.iter().map(|table| table.size_bytes).sum();
    let state = if summary.is_unchanged { "unchanged since an earlier run" } else { "new" };
    writeln!(
        out,
        "snapshot  {} ({state}; {} tables, {rows} rows, {:.1} MB)",
        summary.snapshot.display(),
        manifest.tables.len(),
        bytes as f64 / 1e6
    )?;
    let unsigned = "unsigned: nobody but this machine vouches for it";
    writeln!(out, "statement {} ({unsigned})", summary.statement.display())?;
    self::site(&summary.rendered, &summary.site)?;
    let kinds: Vec<String> =
        NodeKind::ALL.iter().zip(summary.node_counts).map(|(kind, count)| plural(count, kind.name())).collect();
    writeln!(
        out,
        "graph     {} nodes ({}), {} edges",
        summary.node_counts.iter().sum::<usize>(),
        kinds.join(", "),
        summary.edge_count
    )?;
    writeln!(out, "trust     {} sweeps, widest bracket {:.1e}", summary.sweep_count, summary.gap)?;
    let seconds: Vec<String> = summary.stages.iter().map(|(name, took)| format!("{name} {:.2}", took.as_secs_f64())).collect();
    let all: f64 = summary.stages.iter().map(|(_, took)| took.as_secs_f64()).sum();
    writeln!(out, "seconds   {all:.2} ({})", seconds.join(", "))?;
    writeln!(out, "Open {} in a browser.", summary.site.join("index.html").display())
}

/// Outcomes of attacks as an aligned table, and where they were written.
pub(super) fn simulation(simulation: &Simulation) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let table: Vec<Vec<String>> = std::iter::once(outcome_table::HEAD.map(str::to_owned).to_vec())
        .chain(simulation.rows.iter().map(|row| outcome_table::cells(row).to_vec()))
        .collect();
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..outcome_table::HEAD.len()).map(width).collect();
    for row in &table {
        let cell = |(at, cell): (usize, &String)| {
            let width = widths[at];
            if at < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        writeln!(out, "{}", row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end())?;
    }
    writeln!(out, "table     {}", simulation.table.display())?;
    writeln!(out, "plot      {}", simulation.plot.display())?;
    let seconds: f64 = simulation.stages.iter().map(|(_, took)| took.as_secs_f64()).sum();
    writeln!(out, "seconds   {seconds:.2}")
}

/// Digests of raw inputs.
pub(super) fn inputs(raw: &RawInputs) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (source, files) in raw {
        for file in files {
            let day = file.as_of.map_or_else(|| "-".to_owned(), |day| day.to_string());
            writeln!(out, "{source}\t{}\t{day}\t{}\t{} bytes", file.name, file.digest, file.size_bytes)?;
        }
    }
    Ok(())
}

/// What `render` wrote.
pub(super) fn site(summary: &SiteSummary, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (files, changed, megabytes) = (summary.file_count, summary.changed_count, summary.byte_count as f64 / 1e6);
    let index = folder.join("index.html");
    writeln!(out, "site      {} ({files} files, {changed} of them changed, {megabytes:.1} MB)", index.display())?;
    writeln!(out, "plan      {}", summary.plan)
}

/// A ledger, or what would be.
pub(super) fn answer<T: Serialize + Display>(answer: &T, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(answer).expect("an answer is plain data");
            writeln!(out, "{text}")
        }
        Format::Text => write!(out, "{answer}"),
    }
}

/// What an attestation proves.
pub(super) fn attestation(report: &Report, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(report).expect("a report is plain data");
            writeln!(out, "{text}")
        }
        Format::Text => write!(out, "{report}"),
    }
}

/// What `verify` found.
pub(super) fn verification(found: &Verification) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let manifest = &found.manifest;
    writeln!(out, "snapshot {} of job {} (schema {})", manifest.snapshot, manifest.job, manifest.schema_version)?;
    writeln!(out, "{} files and {} checks looked at", found.file_count, found.check_count)?;
    for problem in &found.problems {
        writeln!(out, "problem: {problem}")?;
    }
    for erratum in &found.errata {
        let withdrawn = if erratum.is_withdrawn { "withdrawn: " } else { "" };
        writeln!(out, "erratum: {withdrawn}{}", erratum.text)?;
    }
    writeln!(out, "{}", if found.problems.is_empty() { "it holds" } else { "it does NOT hold" })
}

/// What `verify` cannot say without a signature.
pub(super) fn unsigned() -> io::Result<()> {
    writeln!(io::stdout().lock(), "no --bundle was given: nothing here says who made it")
}

fn plural(count: usize, noun: &str) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "repository") => format!("{count} repositories"),
        _ => format!("{count} {noun}s"),
    }
}
