//! Settings of a run: what people decided, read from `jobs/` and checked before anything starts.
//!
//! A job names its sources; a parameters file holds every number of opinion with its reason; a decisions folder holds lists.

mod decisions;
mod error;
mod parameters;
mod sources;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use decisions::{ColumnVisibility, Decisions, Seed, Visibility};
pub use error::JobError;
pub use parameters::{
    BacktestParameters, CheckParameters, HistoryParameters, IdentityParameters, OrphaningParameters, PackageWeights, Parameter,
    Parameters, PersonWeights, RepositoryWeights, ScoreParameters, SignalParameters, StatedParameter, TeamWeights,
};
pub use sources::{CommitsSource, DebianSource, DebianSuite, GitRepository, GitSource, SourceSettings};

use crate::units::Day;

/// A whole job, read from `jobs/NAME.toml` with the files it names.
#[derive(Clone, Debug)]
pub struct Job {
    /// Short name, from the file.
    pub name: String,
    /// One sentence for the site and the manifest.
    pub title: String,
    /// Facts after this day are not used; `None` = the day of the newest suite or history read.
    pub as_of: Option<Day>,
    /// Upstreams to read.
    pub sources: SourceSettings,
    /// Every number of opinion.
    pub parameters: Parameters,
    /// Lists people made.
    pub decisions: Decisions,
    /// SHA-256 of the job file, the parameters file and the decision files, in this order, in hexadecimal.
    pub digest: String,
    /// Folder of the job file: relative paths in it start here.
    pub folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobFile {
    title: String,
    as_of: Option<Day>,
    parameters: PathBuf,
    decisions: PathBuf,
    #[serde(default)]
    sources: SourceSettings,
}

impl Job {
    /// Reads and checks `path` and all files it names.
    pub fn read(path: &Path) -> Result<Self, JobError> {
        Self::with(path, error::Digested::default())
    }

    /// The job that ships with the program, for backtests: its sources say how files are read, not which.
    pub fn shipped() -> Result<Self, JobError> {
        Self::with(Path::new("jobs/backtest.toml"), error::Digested::shipped())
    }

    fn with(path: &Path, mut digest: error::Digested) -> Result<Self, JobError> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let file: JobFile = digest.read_toml(path)?;
        let parameters: Parameters = digest.read_toml(&folder.join(&file.parameters))?;
        parameters.check().map_err(|what| JobError::Parameter { path: folder.join(&file.parameters), what })?;
        let decisions = Decisions::read(&folder.join(&file.decisions), &mut digest)?;
        if file.sources.is_empty() {
            return Err(JobError::NoSource { path: path.into() });
        }
        file.sources.check().map_err(|what| JobError::Parameter { path: path.into(), what })?;
        let digest = digest.finish();
        Ok(Self { name, title: file.title, as_of: file.as_of, sources: file.sources, parameters, decisions, digest, folder })
    }
}
