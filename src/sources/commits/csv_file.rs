//! The small CSV files beside the tables: `snapshot_dates.csv` and `labels.csv`.

use std::io::Read;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::NAME;
use super::columns::shown;
use super::repositories::{Names, SnapshotDays};
use crate::sources::{RawFile, SourceError};
use crate::tables::{Label, ReadReport, TablesBuilder};
use crate::units::Day;

#[derive(Deserialize)]
struct SnapshotRow {
    repo: String,
    snapshot_date: String,
}

#[derive(Deserialize)]
struct LabelRow {
    repo: String,
    label: String,
    event_date: String,
    disclosure_date: String,
    snapshot_covers_event: String,
    source_checked: String,
    #[serde(default)]
    ecosystem: String,
}

/// Columns of `labels.csv` that may be missing: notes for people, and the ecosystem.
const OPTIONAL_LABELS: [&str; 6] = ["ecosystem", "packages", "actor", "visible_in_git", "note", "snapshot_date"];

/// Day each history was taken. Of two rows for one repository the first counts.
pub(super) fn snapshot_days(file: &RawFile, names: &mut Names, report: &mut ReadReport) -> Result<SnapshotDays, SourceError> {
    let mut days = SnapshotDays::new();
    rows(file, &["repo", "snapshot_date"], &[], report, |row: SnapshotRow| {
        let number = names.number(&row.repo).ok_or("repository name is no path of a URL")?;
        let day = Day::parse(&row.snapshot_date).filter(|day| day.0 >= 0).ok_or("no day (YYYY-MM-DD)")?;
        let url = names.url(number).clone();
        if days.contains_key(&url) {
            return Err("repository is listed twice");
        }
        days.insert(url, day);
        Ok(())
    })?;
    Ok(days)
}

/// Labels, into `tables`. They judge signals and are never computed with, so events after the run's last day stay.
pub(super) fn labels(
    file: &RawFile,
    names: &mut Names,
    report: &mut ReadReport,
    tables: &mut TablesBuilder,
) -> Result<(), SourceError> {
    let read = ["repo", "label", "event_date", "disclosure_date", "snapshot_covers_event", "source_checked"];
    rows(file, &read, &OPTIONAL_LABELS, report, |row: LabelRow| {
        let number = names.number(&row.repo).ok_or("repository name is no path of a URL")?;
        let event = optional_day(&row.event_date)?;
        let label = Label {
            label: words(row.label).filter(|label| !label.contains(' ')).ok_or("label is no word")?,
            event,
            disclosure: optional_day(&row.disclosure_date)?,
            is_event_covered: match row.snapshot_covers_event.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                "" => None,
                _ => return Err("snapshot_covers_event is neither yes, no nor empty"),
            },
            ecosystem: words(row.ecosystem),
            source_checked: words(row.source_checked).ok_or("source_checked holds no plain words")?,
            repository: tables.repository(names.url(number).clone()),
        };
        tables.rows.labels.push(label);
        Ok(())
    })
}

fn optional_day(text: &str) -> Result<Option<Day>, &'static str> {
    if text.is_empty() { Ok(None) } else { Day::parse(text).map(Some).ok_or("no day (YYYY-MM-DD)") }
}

/// Short text of letters, digits, spaces and `-_.,;`.
fn words(text: String) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || " -_.,;".contains(c);
    (!text.is_empty() && text.len() <= 80 && text.chars().all(is_plain)).then_some(text)
}

/// Gives each row to `take`, and counts in `report` what it says. Row 1 is the line after the header.
fn rows<T: DeserializeOwned>(
    file: &RawFile,
    read: &[&str],
    unread: &[&str],
    report: &mut ReadReport,
    mut take: impl FnMut(T) -> Result<(), &'static str>,
) -> Result<(), SourceError> {
    let input = |what: String| SourceError::Input { source_name: NAME, file: file.name.clone(), what };
    let stream: Box<dyn Read + Send> = file.open().map_err(|error| SourceError::Io { source_name: NAME, error })?;
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(stream);
    let header = reader.headers().map_err(|error| input(format!("has no header line ({})", cause(&error))))?.clone();
    if let Some(missing) = read.iter().find(|name| !header.iter().any(|column| column == **name)) {
        return Err(input(format!("column `{missing}` is missing; the layout is explained in jobs/README.md")));
    }
    let unknown = header.iter().filter(|name| !read.contains(name) && !unread.contains(name));
    let unknown: Vec<&str> = unknown.map(shown).collect();
    if !unknown.is_empty() {
        tracing::warn!("{NAME}: {}: columns this version does not know are not read: {unknown:?}", file.name);
        report.skip_many("unknown column", unknown.len());
    }
    let mut record = csv::StringRecord::new();
    for row in 1.. {
        let taken = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => record.deserialize(Some(&header)).map_err(|_| "row cannot be read").and_then(&mut take),
            Err(error) if error.is_io_error() => return Err(input(format!("row {row}: {}", cause(&error)))),
            Err(_) => Err("row has another number of columns than the header, or is not UTF-8"),
        };
        match taken {
            Ok(()) => report.read_count += 1,
            Err(reason) => report.reject(reason, row),
        }
    }
    Ok(())
}

/// What went wrong, without text of the file.
fn cause(error: &csv::Error) -> &'static str {
    match error.kind() {
        csv::ErrorKind::Io(_) => "the file cannot be read",
        csv::ErrorKind::Utf8 { .. } => "not UTF-8",
        csv::ErrorKind::UnequalLengths { .. } => "rows of different length",
        _ => "not CSV",
    }
}
