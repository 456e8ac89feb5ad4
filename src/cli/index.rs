//! `trustgraph index`: the list of all snapshots, what is said of them, and which have had their time.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;

use super::arguments::IndexArguments;
use super::{STDOUT, WrongUse};
use crate::snapshot::{ErrataFile, Index, IndexEntry, OutFolder, Retention, SnapshotError, read_manifest};
use crate::units::Day;

/// Writes `index.json` and names, or with `--remove` removes, the snapshots that have had their time.
pub(super) fn run(arguments: &IndexArguments) -> anyhow::Result<ExitCode> {
    let root = arguments.out.join("snapshots");
    if !root.is_dir() {
        return Err(WrongUse(format!("{} is no folder; give the --out of runs", root.display())).into());
    }
    let errata = arguments.errata.as_deref().map(ErrataFile::read).transpose().map_err(wrong_use)?;
    let folder = OutFolder::begin(&arguments.out)?;
    let mut index = folder.write_index(errata.as_ref()).map_err(wrong_use)?;
    let expired = expired(&folder, &index, arguments)?;
    if arguments.remove {
        expired.iter().try_for_each(|day| folder.remove(&day.to_string()))?;
        index = folder.write_index(None)?;
    }
    print(&index, &expired, arguments.remove).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

/// An errata file that cannot be read, or is about no snapshot here, is wrong use.
fn wrong_use(error: SnapshotError) -> anyhow::Error {
    match error {
        SnapshotError::Manifest { .. } | SnapshotError::UnknownSnapshot { .. } => WrongUse(error.to_string()).into(),
        error => error.into(),
    }
}

fn expired(folder: &OutFolder, index: &Index, arguments: &IndexArguments) -> anyhow::Result<Vec<Day>> {
    let Some(newest) = index.entries.last() else { return Ok(Vec::new()) };
    let manifest = read_manifest(&folder.root().join(&newest.snapshot))?;
    let count = |argument: Option<u16>, name: &str| match (argument, manifest.parameter(name)) {
        (Some(count), _) => Ok(usize::from(count)),
        (None, Some(count)) => Ok(count as usize),
        (None, None) => Err(WrongUse(format!("the newest snapshot does not say {name}; give --daily and --weekly"))),
    };
    let retention = Retention {
        daily: count(arguments.daily, "publish.daily_snapshots")?,
        weekly: count(arguments.weekly, "publish.weekly_snapshots")?,
    };
    let days: Vec<Day> = index.entries.iter().filter_map(|entry| Day::parse(&entry.snapshot)).collect();
    Ok(retention.expired(&days))
}

fn print(index: &Index, expired: &[Day], was_removed: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for IndexEntry { snapshot, schema_version, sha256sums_sha256, errata } in &index.entries {
        let has_expired = !was_removed && expired.iter().any(|day| day.to_string() == *snapshot);
        let note = if has_expired { "  has had its time" } else { "" };
        writeln!(out, "{snapshot}  schema {schema_version}  {sha256sums_sha256}{note}")?;
        for erratum in errata {
            writeln!(out, "    {}{}", if erratum.is_withdrawn { "withdrawn: " } else { "" }, erratum.text)?;
        }
    }
    match (expired.len(), was_removed) {
        (0, _) => writeln!(out, "none has had its time"),
        (count, true) => writeln!(out, "{count} removed"),
        (count, false) => writeln!(out, "{count} would be removed; --remove does it"),
    }
}
