//! Sources → tables → histories → signals → measures.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use super::stages::Stages;
use crate::backtest::{self, Case, Measure, Replay, Report};
use crate::identity::{self, PseudonymKey};
use crate::job::{DebianSource, DebianSuite, Job, Search, SourceSettings};
use crate::signals::history::Histories;
use crate::site;
use crate::snapshot::{self, SCHEMA_VERSION};
use crate::sources::{self, FetchContext, RawFile, RawInputs};
use crate::tables::Tables;

/// How a backtest is asked for.
#[derive(Clone, Debug)]
pub struct BacktestOptions {
    /// Histories, instead of those of the job.
    pub commits: Option<CommitFiles>,
    /// Cases of a published evaluation.
    pub cases: Option<PathBuf>,
    /// A search for parameters.
    pub search: Option<PathBuf>,
    /// Suites to predict between.
    pub suites: Option<SuiteFiles>,
    /// The job names its own histories.
    pub reads_job: bool,
    /// First month judged, as in [`Day::month`](crate::units::Day::month).
    pub from: Option<i32>,
    /// Last month judged.
    pub to: Option<i32>,
    /// Where the report goes.
    pub out: PathBuf,
    /// What sources may use.
    pub fetch: FetchContext,
}

/// Tables of commits and what belongs to them.
#[derive(Clone, Debug)]
pub struct CommitFiles {
    /// `commits.parquet`.
    pub commits: PathBuf,
    /// `tags.parquet`.
    pub tags: PathBuf,
    /// `labels.csv`.
    pub labels: Option<PathBuf>,
    /// `snapshot_dates.csv`.
    pub snapshot_dates: Option<PathBuf>,
}

/// Two suites and where their indices lie.
#[derive(Clone, Debug)]
pub struct SuiteFiles {
    /// Folder; `None` for what the job says.
    pub folder: Option<PathBuf>,
    /// Predict from this.
    pub from: String,
    /// What this says became of it.
    pub to: String,
}

/// What a backtest did.
#[derive(Debug)]
pub struct BacktestSummary {
    /// Histories replayed.
    pub history_count: usize,
    /// Figures written.
    pub measure_count: usize,
    /// Where.
    pub out: PathBuf,
    /// Stage → seconds, in order.
    pub stages: Vec<(&'static str, Duration)>,
}

/// Replays the signals and writes the report.
pub fn backtest(job: &Job, options: &BacktestOptions) -> anyhow::Result<BacktestSummary> {
    let search = options.search.as_deref().map(|path| Search::read(path, &job.parameters)).transpose()?;
    let mut stages = Stages::default();
    let mut report = Report::default();
    let mut history_count = 0;
    let has_own = job.sources.commits.is_some() || job.sources.git.is_some();
    if options.commits.is_some() || (options.reads_job && has_own) {
        let tables = stages.run("read", || histories_of(job, options))?;
        let (count, measures) = stages.run("replay", || replay(&tables, job, options, search.as_ref()))?;
        history_count = count;
        report.measures.extend(measures);
    } else if options.cases.is_some() || search.is_some() || options.from.is_some() || options.to.is_some() {
        bail!("--cases, --search, --from and --to judge histories, and there are none: give --commits and --tags");
    }
    if let Some(suites) = &options.suites {
        let (before, after) = stages.run("suites", || suites_of(job, suites, &options.fetch))?;
        report.measures.extend(stages.run("orphaning", || orphaning(job, suites, &before, &after))?);
    }
    if report.measures.is_empty() {
        bail!("the job {} names neither histories nor, with --from-suite and --to-suite, suites to replay", job.name);
    }
    stages.run("write", || write(job, &report, &options.out))?;
    Ok(BacktestSummary { history_count, measure_count: report.measures.len(), out: options.out.clone(), stages: stages.done })
}

/// Writes `report.json`, `backtest_measures.parquet` and `validation.html` into `out`, which is made when missing. Equal reports
/// give equal bytes.
fn write(job: &Job, report: &Report, out: &Path) -> anyhow::Result<()> {
    fs_err::create_dir_all(out)?;
    fs_err::write(out.join("report.json"), report.json()?)?;
    let rows = snapshot::backtest_measures(&report.measures);
    let metadata = [("schema_version", SCHEMA_VERSION), ("job_digest", &job.digest)]
        .map(|(key, value)| (format!("trustgraph.{key}"), value.to_owned()));
    snapshot::write_alone(&rows, &job.decisions.visibility, out, &metadata)?;
    fs_err::write(out.join("validation.html"), site::backtest_page(&rows)?)?;
    Ok(())
}

fn replay(
    tables: &Tables,
    job: &Job,
    options: &BacktestOptions,
    search: Option<&Search>,
) -> anyhow::Result<(usize, Vec<Measure>)> {
    let parameters = &job.parameters;
    let identities = identity::resolve(tables, &parameters.identity, &job.decisions, &PseudonymKey::public());
    let histories = Histories::build(tables, &identities, &parameters.history);
    let prefix = job.sources.commits.as_ref().map_or("", |source| source.url_prefix.as_str());
    let replay = Replay::new(&histories, prefix, options.from, options.to, parameters)?;
    let cases = options.cases.as_deref().map(|path| Case::read(path, prefix)).transpose()?.unwrap_or_default();
    let mut measures = backtest::histories(tables, &replay, &cases, parameters);
    measures.extend(search.into_iter().flat_map(|search| backtest::search(tables, &replay, search, parameters)));
    Ok((histories.list.len(), measures))
}

/// Tables of the histories: of the files given, else of the job.
fn histories_of(job: &Job, options: &BacktestOptions) -> anyhow::Result<Tables> {
    let mut job = job.clone();
    job.sources = SourceSettings { debian: None, ..job.sources };
    let Some(files) = &options.commits else {
        let raw = sources::fetch(&job, &options.fetch)?;
        return Ok(sources::read(&job, &raw, None)?);
    };
    job.sources.git = None;
    if job.sources.commits.is_none() {
        bail!("the job {} has no [sources.commits] table, which says how commits are read", job.name);
    }
    let pin = |name: &'static str, path: &Path| RawFile::pin(name, path, None).with_context(|| format!("commits: {name}"));
    let mut list = vec![pin("commits.parquet", &files.commits)?, pin("tags.parquet", &files.tags)?];
    list.extend(files.labels.as_deref().map(|path| pin("labels.csv", path)).transpose()?);
    list.extend(files.snapshot_dates.as_deref().map(|path| pin("snapshot_dates.csv", path)).transpose()?);
    let raw: RawInputs = [("commits", list)].into();
    Ok(sources::read(&job, &raw, None)?)
}

fn orphaning(job: &Job, suites: &SuiteFiles, before: &Tables, after: &Tables) -> anyhow::Result<Vec<Measure>> {
    let parameters = &job.parameters;
    let identities = identity::resolve(before, &parameters.identity, &job.decisions, &PseudonymKey::public());
    Ok(backtest::suites((before, &suites.from), (after, &suites.to), &identities, parameters)?)
}

/// Tables of the two suites, each read alone: nothing of the second may be known to the first.
fn suites_of(job: &Job, files: &SuiteFiles, fetch: &FetchContext) -> anyhow::Result<(Tables, Tables)> {
    let Some(debian) = &job.sources.debian else {
        bail!("the job {} has no [sources.debian] table, which says how suites are read", job.name);
    };
    let find = |name: &str| {
        let known = || debian.suites.iter().map(|suite| suite.name.as_str()).collect::<Vec<_>>().join(", ");
        let suite = debian.suites.iter().find(|suite| suite.name == name).cloned();
        suite.with_context(|| format!("the job {} knows no suite {name}; it knows: {}", job.name, known()))
    };
    let (from, to) = (find(&files.from)?, find(&files.to)?);
    if from.as_of.zip(to.as_of).is_some_and(|(from, to)| from >= to) {
        bail!("{} is not older than {}", files.from, files.to);
    }
    let mut fetch = fetch.clone();
    fetch.inputs.extend(files.folder.clone().map(|folder| ("debian".to_owned(), folder)));
    let read = |suite: DebianSuite| -> anyhow::Result<Tables> {
        let mut job = job.clone();
        let debian = DebianSource { suites: vec![suite], ..debian.clone() };
        job.sources = SourceSettings { debian: Some(debian), ..SourceSettings::default() };
        let raw = sources::fetch(&job, &fetch)?;
        Ok(sources::read(&job, &raw, None)?)
    };
    Ok((read(from)?, read(to)?))
}
