//! A report for a terminal: one line a package, and what is unknown as numbered notes below.

use std::collections::BTreeMap;
use std::fmt;

use super::{Dependency, Report};
use crate::lockfiles::visible;

/// Names of persons shown a line.
const MAX_NAMES: usize = 3;
/// Most characters of a cell; more are cut, and JSON has them.
const MAX_WIDTH: usize = 44;
const HEAD: [&str; 8] = ["package", "version", "asked for", "trust", "who may publish", "evidence", "findings", "unknown"];

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: BTreeMap<&str, usize> = self.reasons().iter().zip(1..).map(|((reason, _), at)| (*reason, at)).collect();
        let row = |one: &Dependency| cells(one, &numbers);
        let (known, unknown): (Vec<_>, Vec<_>) = (self.known().map(row).collect(), self.unknown().map(row).collect());
        if !known.is_empty() {
            writeln!(out, "{} packages with enough evidence, weakest first", known.len())?;
            table(out, known)?;
        }
        if !unknown.is_empty() {
            writeln!(out, "{} packages of which too little is known; missing is not zero", unknown.len())?;
            table(out, unknown)?;
        }
        for ((reason, count), at) in self.reasons().iter().zip(1..) {
            writeln!(out, "[{at}] {count} packages: {}", visible(reason))?;
        }
        let findings = self.dependencies.iter().flat_map(|one| one.findings.iter().map(move |finding| (one, finding)));
        for (one, finding) in findings.filter(|(_, finding)| finding.is_alert) {
            writeln!(out, "alert: {}: {}: {}", visible(&one.purl), finding.signal, visible(&finding.evidence))?;
        }
        for file in &self.files {
            match &file.error {
                Some(error) => writeln!(out, "not read: {}", visible(error))?,
                None => writeln!(out, "read: {} ({} entries)", visible(&file.path), file.entry_count)?,
            }
        }
        for (reason, count) in &self.skips {
            writeln!(out, "passed over: {count} × {reason}")?;
        }
        Ok(())
    }
}

fn cells(one: &Dependency, numbers: &BTreeMap<&str, usize>) -> [String; 8] {
    let asked_for = match one.is_direct {
        Some(true) => "directly",
        Some(false) => "by others",
        None => "not told",
    };
    let mut notes: Vec<usize> = one.unknown.iter().filter_map(|reason| numbers.get(reason.as_str()).copied()).collect();
    notes.sort_unstable();
    let alert_count = one.findings.iter().filter(|finding| finding.is_alert).count();
    let findings = match (one.findings.len(), alert_count) {
        (0, _) => "none".to_owned(),
        (all, 0) => all.to_string(),
        (all, alerts) => format!("{all}, {alerts} alert{}", if alerts == 1 { "" } else { "s" }),
    };
    let version = one.version.as_deref().unwrap_or("not pinned");
    [
        cut(&visible(&one.purl)),
        cut(&visible(version)),
        asked_for.to_owned(),
        one.trust.map_or_else(|| "unknown".to_owned(), |trust| format!("{:.1}", trust * 10.0)),
        cut(&publishers(one)),
        one.evidence_level.map_or_else(|| "unknown".to_owned(), |level| level.to_string()),
        findings,
        notes.iter().map(|note| format!("[{note}]")).collect::<Vec<_>>().join(" "),
    ]
}

/// The first names, and how many more there are.
fn publishers(one: &Dependency) -> String {
    let names: Vec<String> = one.maintainers.iter().take(MAX_NAMES).map(|publisher| visible(&publisher.name)).collect();
    match one.maintainers.len() {
        0 => "unknown".to_owned(),
        count if count > MAX_NAMES => format!("{} and {} more", names.join(", "), count - MAX_NAMES),
        _ => names.join(", "),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_WIDTH { text.to_owned() } else { text.chars().take(MAX_WIDTH - 1).chain(['…']).collect() }
}

fn table(out: &mut fmt::Formatter<'_>, rows: Vec<[String; 8]>) -> fmt::Result {
    let rows: Vec<[String; 8]> = std::iter::once(HEAD.map(str::to_owned)).chain(rows).collect();
    let widths: Vec<usize> =
        (0..HEAD.len()).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for row in &rows {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        writeln!(out, "  {}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
