//! One index file: stanza by stanza into rows, newest version of each name, with a report of what was refused.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{BufRead, BufReader};

use debversion::Version;

use super::SOURCE;
use super::stanza::{Stanza, Stanzas};
use crate::sources::{RawFile, SourceError};
use crate::tables::ReadReport;

/// A kind of row an index holds.
pub(super) trait Row: Sized {
    /// Fields it is made from.
    const FIELDS: &'static [&'static str];

    /// Reads a stanza; `None` when it is refused or set aside, which the report then says.
    fn read(stanza: &Stanza, architecture: &str, report: &mut ReadReport) -> Option<Self>;

    /// What stands once in an index.
    fn name(&self) -> &str;

    /// Of several rows with one name the newest stays.
    fn version(&self) -> &str;
}

/// The rows of a file, sorted by name.
pub(super) struct Index<T> {
    /// One row a name.
    pub(super) rows: Vec<T>,
    /// What became of the stanzas.
    pub(super) report: ReadReport,
}

impl<T: Row> Index<T> {
    /// Reads `file`. Fails when it is missing, cut short, empty, or more than `max_reject_share` of its stanzas had something
    /// to refuse.
    pub(super) fn read(file: &RawFile, architecture: &str, max_reject_share: f64) -> Result<Self, SourceError> {
        let reader = file.open().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => SourceError::Missing {
                source_name: SOURCE,
                path: file.path.clone(),
                hint: "it was there when the run started; run `fetch` again".into(),
            },
            _ => SourceError::Io { source_name: SOURCE, error },
        })?;
        Self::read_from(BufReader::with_capacity(1 << 16, reader), &file.name, architecture, max_reject_share)
    }

    fn read_from(reader: impl BufRead, file: &str, architecture: &str, limit: f64) -> Result<Self, SourceError> {
        let input = |what: String| SourceError::Input { source_name: SOURCE, file: file.into(), what };
        let mut report = ReadReport::new(SOURCE, file);
        let mut stanzas = Stanzas::new(reader, T::FIELDS);
        let mut rows: BTreeMap<String, T> = BTreeMap::new();
        let (mut stanza_count, mut refused_count, mut rejects_before) = (0, 0, 0);
        loop {
            let stanza = stanzas
                .next(&mut report)
                .map_err(|error| input(format!("cut short or damaged after stanza {stanza_count} ({error}); fetch it again")))?;
            let Some(stanza) = stanza else { break };
            stanza_count += 1;
            if let Some(row) = T::read(stanza, architecture, &mut report) {
                keep_newest(&mut rows, row, &mut report);
            }
            let rejects = report.reject_count();
            refused_count += u64::from(rejects > rejects_before);
            rejects_before = rejects;
        }
        if stanza_count == 0 {
            return Err(input("holds no stanza: an empty ecosystem is a broken input; fetch it again".into()));
        }
        check_share(&report, refused_count, stanza_count, limit)?;
        report.read_count = rows.len() as u64;
        Ok(Self { rows: rows.into_values().collect(), report })
    }
}

/// Keeps `row` unless a newer version of its name is known.
fn keep_newest<T: Row>(rows: &mut BTreeMap<String, T>, row: T, report: &mut ReadReport) {
    match rows.entry(row.name().to_owned()) {
        Entry::Vacant(entry) => {
            entry.insert(row);
        }
        Entry::Occupied(mut entry) => {
            report.skip("older version of the same name");
            // Both were checked by `policy::is_version`; should the library still refuse one, the first stays.
            let is_newer = match (row.version().parse::<Version>(), entry.get().version().parse::<Version>()) {
                (Ok(new), Ok(old)) => new > old,
                _ => false,
            };
            if is_newer {
                entry.insert(row);
            }
        }
    }
}

fn check_share(report: &ReadReport, rejected: u64, rows: u64, limit: f64) -> Result<(), SourceError> {
    let share = rejected as f64 / rows as f64;
    if share <= limit {
        return Ok(());
    }
    // Of equal counts the first in the order of reasons.
    let worst = report.rejects.iter().rev().max_by_key(|(_, reject)| reject.count);
    let (reason, first_row) = worst.map(|(reason, reject)| (reason.clone(), reject.first_row)).unwrap_or_default();
    let file = report.file.clone();
    Err(SourceError::TooManyRejects { source_name: SOURCE, file, rejected, rows, share, limit, reason, first_row })
}

#[cfg(test)]
mod tests {
    use super::super::source_row::SourceRow;
    use super::*;

    fn read(text: &str, limit: f64) -> Result<Index<SourceRow>, SourceError> {
        Index::read_from(text.as_bytes(), "test_Sources", "amd64", limit)
    }

    fn stanza(name: &str, version: &str) -> String {
        format!("Package: {name}\nVersion: {version}\nMaintainer: Ann <ann@example.org>\nBinary: {name}\n\n")
    }

    #[test]
    fn newest_version_in_debian_order() {
        for versions in [["1.10-1", "1.9-1", "1.10~rc1-1"], ["1.9-1", "1.10~rc1-1", "1.10-1"], ["1.10-1", "1.10-1", "0:1.2"]] {
            let text: String = versions.iter().map(|version| stanza("aa", version)).collect();
            let index = read(&text, 0.0).expect("an index");
            assert_eq!(index.rows.iter().map(|row| row.version.as_str()).collect::<Vec<_>>(), ["1.10-1"]);
            assert_eq!(index.report.skips["older version of the same name"], 2);
            assert_eq!(index.report.read_count, 1);
        }
    }

    #[test]
    fn an_empty_index_is_no_index() {
        let error = read(" \n\n", 1.0).err().expect("an error").to_string();
        assert!(error.contains("test_Sources") && error.contains("empty ecosystem"), "{error}");
    }

    #[test]
    fn too_many_rejects_end_the_run() {
        let text = [stanza("aa", "1"), stanza("../b", "1"), stanza("cc", "1"), stanza("dd", "1")].concat();
        assert_eq!(read(&text, 0.25).expect("an index").rows.len(), 3);
        let error = read(&text, 0.2).err().expect("an error").to_string();
        assert!(error.contains("1 of 4") && error.contains("name outside Debian policy (first at row 2)"), "{error}");
        assert!(read(&text, f64::NAN).is_err(), "a limit that is no number allows nothing");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(
            text in "(Package: a[a.]|Version: |Maintainer: |Uploaders: |Binary: |Vcs-Git: |Homepage: |Build-Depends: |\n|\n\n| |[0-9a:~+é<>@.-]){0,60}",
            versions in proptest::collection::vec("[0-9a:~+.-]{1,30}", 2..5),
        ) {
            let _ = read(&text, 1.0);
            let stanzas: String = versions.iter().map(|version| stanza("aa", version)).collect();
            if let Ok(index) = read(&stanzas, 1.0) {
                proptest::prop_assert!(index.rows.len() <= 1);
            }
        }
    }
}
