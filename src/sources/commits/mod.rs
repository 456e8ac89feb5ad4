//! Tables of commits and tags mined elsewhere → commits, tags, accounts, labels. The layout is explained in `jobs/README.md`.

mod columns;
mod commit_rows;
mod csv_file;
mod history;
mod parquet_file;
mod repositories;
mod tag_rows;

use std::path::PathBuf;

use self::history::{Cuts, Filler};
use self::repositories::{Names, SnapshotDays};
use super::{FetchContext, RawFile, Source, SourceError};
use crate::job::CommitsSource;
use crate::tables::{ReadReport, TablesBuilder};
use crate::units::Day;

/// In jobs, `--input`, read reports; also the place of the accounts.
const NAME: &str = "commits";

const COMMITS: &str = "commits.parquet";
const TAGS: &str = "tags.parquet";
const LABELS: &str = "labels.csv";
const SNAPSHOT_DATES: &str = "snapshot_dates.csv";

/// A folder with `commits.parquet`, `tags.parquet` and, when known, `labels.csv` and `snapshot_dates.csv`.
pub(super) struct Commits {
    settings: CommitsSource,
}

impl Commits {
    /// With the settings of a job.
    pub fn new(settings: CommitsSource) -> Self {
        Self { settings }
    }

    fn folder(&self, context: &FetchContext) -> Result<PathBuf, SourceError> {
        let configured = self.settings.path.as_ref().map(|path| context.job_folder.join(path));
        context.inputs.get(NAME).cloned().or(configured).ok_or_else(|| SourceError::Missing {
            source_name: NAME,
            path: PathBuf::from(COMMITS),
            hint: "give its folder as `path` in [sources.commits] or as --input commits=DIR".into(),
        })
    }

    /// Fails when too much of a file was refused. To be asked before rows are set aside for being late.
    fn check(&self, report: &ReadReport) -> Result<(), SourceError> {
        let (rejected, limit) = (report.reject_count(), self.settings.max_reject_share);
        let rows = report.read_count + rejected;
        let share = rejected as f64 / rows.max(1) as f64;
        let worst = report.rejects.iter().max_by_key(|(_, reject)| reject.count);
        let Some((reason, reject)) = worst.filter(|_| share > limit) else { return Ok(()) };
        Err(SourceError::TooManyRejects {
            source_name: NAME,
            file: report.file.clone(),
            rejected,
            rows,
            share,
            limit,
            reason: reason.clone(),
            first_row: reject.first_row,
        })
    }
}

impl Source for Commits {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let folder = self.folder(context)?;
        let mut files = Vec::new();
        for (name, is_required) in [(COMMITS, true), (TAGS, true), (LABELS, false), (SNAPSHOT_DATES, false)] {
            let path = folder.join(name);
            if path.is_file() {
                files.push(RawFile::pin(name, &path, None).map_err(|error| SourceError::Io { source_name: NAME, error })?);
            } else if is_required {
                let hint = format!("[sources.commits] needs {COMMITS} and {TAGS} in one folder");
                return Err(SourceError::Missing { source_name: NAME, path, hint });
            }
        }
        Ok(files)
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        let find = |name: &str| raw.iter().find(|file| file.name == name);
        let required = |name: &str| {
            let hint = "fetch found no such file".to_owned();
            find(name).ok_or_else(|| SourceError::Missing { source_name: NAME, path: name.into(), hint })
        };
        let mut names = Names::new(&self.settings.url_prefix);
        let mut snapshots = SnapshotDays::new();
        if let Some(file) = find(SNAPSHOT_DATES) {
            let mut report = ReadReport::new(NAME, SNAPSHOT_DATES);
            snapshots = csv_file::snapshot_days(file, &mut names, &mut report)?;
            self.check(&report)?;
            tables.rows.reports.push(report);
        }
        let mut commit_report = ReadReport::new(NAME, COMMITS);
        let commits = commit_rows::read(required(COMMITS)?, &mut names, &mut commit_report)?;
        self.check(&commit_report)?;
        let mut tag_report = ReadReport::new(NAME, TAGS);
        let tags = tag_rows::read(required(TAGS)?, &mut names, &mut tag_report)?;
        self.check(&tag_report)?;
        let cuts = Cuts::new(&commits, &names, &snapshots, until);
        let mut filler = Filler::new(&names, cuts, tables);
        filler.commits(commits, &mut commit_report);
        filler.tags(tags, &mut tag_report);
        tables.rows.reports.extend([commit_report, tag_report]);
        if let Some(file) = find(LABELS) {
            let mut report = ReadReport::new(NAME, LABELS);
            csv_file::labels(file, &mut names, &mut report, tables)?;
            self.check(&report)?;
            tables.rows.reports.push(report);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
