//! `trustgraph diff`: what is different between two snapshots.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use super::arguments::Format;
use super::{STDOUT, WrongUse};
use crate::snapshot::schema::ChangeRow;
use crate::snapshot::{Previous, diff};

/// Changes shown of a table as text; JSON has all.
const SHOWN: usize = 20;

/// Prints what changed from `before` to `after`. Exit code 0, whether anything did or not.
pub(super) fn run(before: &Path, after: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let read = |folder: &Path| Previous::read(folder).map_err(WrongUse);
    let (before, after) = (read(before)?, read(after)?);
    let rows = diff(&before, &after);
    let days = [&before, &after].map(|one| one.published.manifest.snapshot.as_str());
    let mut out = io::BufWriter::new(io::stdout().lock());
    match format {
        Format::Json => json(&mut out, days, &rows),
        Format::Text => text(&mut out, days, &rows),
    }
    .and_then(|()| out.flush())
    .context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn json(out: &mut impl Write, [before, after]: [&str; 2], rows: &[ChangeRow]) -> io::Result<()> {
    let change = |row: &ChangeRow| {
        let ChangeRow { table, key, column, change, before, after, reason } = row;
        json!({ "table": table, "key": key, "column": column, "change": change, "before": before, "after": after, "reason": reason })
    };
    let changes: Vec<_> = rows.iter().map(change).collect();
    let answer = json!({ "before": before, "after": after, "changes": changes });
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}

fn text(out: &mut impl Write, [before, after]: [&str; 2], rows: &[ChangeRow]) -> io::Result<()> {
    writeln!(out, "from snapshot {before} to {after}: {} changes", rows.len())?;
    let mut tables: BTreeMap<&str, Vec<&ChangeRow>> = BTreeMap::new();
    for row in rows {
        tables.entry(&row.table).or_default().push(row);
    }
    for (table, rows) in tables {
        let count = |change: &str| rows.iter().filter(|row| row.change == change).count();
        writeln!(out, "\n{table}: {} added, {} removed, {} changed", count("added"), count("removed"), count("changed"))?;
        for row in rows.iter().take(SHOWN) {
            line(out, row)?;
        }
        if rows.len() > SHOWN {
            writeln!(out, "  and {} more; --format json has all", rows.len() - SHOWN)?;
        }
    }
    Ok(())
}

fn line(out: &mut impl Write, row: &ChangeRow) -> io::Result<()> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
    match row.change.as_ref() {
        "added" => writeln!(out, "  + {}", row.key)?,
        "removed" => writeln!(out, "  - {}", row.key)?,
        _ => writeln!(out, "  ~ {} {}: {} → {}", row.key, row.column, value(&row.before), value(&row.after))?,
    }
    row.reason.iter().try_for_each(|reason| writeln!(out, "      because {reason}"))
}
