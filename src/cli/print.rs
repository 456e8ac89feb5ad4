//! What commands say on standard output.

use std::io::{self, Write};
use std::path::Path;

use super::arguments::Format;
use crate::graph::NodeKind;
use crate::pipeline::RunSummary;
use crate::provenance::Report;
use crate::site::SiteSummary;
use crate::snapshot::{Explanation, Verification};
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
    writeln!(out, "site      {} ({} files)", summary.site.join("index.html").display(), summary.site_file_count)?;
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
    let (files, megabytes) = (summary.file_count, summary.byte_count as f64 / 1e6);
    writeln!(out, "site      {} ({files} files, {megabytes:.1} MB)", folder.join("index.html").display())
}

/// A ledger.
pub(super) fn explanation(explanation: &Explanation, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(explanation).expect("an explanation is plain data");
            writeln!(out, "{text}")
        }
        Format::Text => write!(out, "{explanation}"),
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
    writeln!(out, "{}", if found.problems.is_empty() { "it holds" } else { "it does NOT hold" })
}

fn plural(count: usize, noun: &str) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "repository") => format!("{count} repositories"),
        _ => format!("{count} {noun}s"),
    }
}
