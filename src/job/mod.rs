//! Settings of a run: what people decided, read from `jobs/` and checked before anything starts.
//!
//! A job names its sources; a parameters file holds every number of opinion with its reason; a decisions folder holds lists.

mod attacks;
mod decisions;
mod error;
mod mirror;
mod parameters;
mod search;
mod sources;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use attacks::{
    Attack, Attacks, DependencyRing, ForgedAuthors, ForgedDates, PatientInsider, Sizes, Slander, StarFarm, SybilRing,
};
pub use decisions::{ColumnVisibility, Decisions, Seed, Visibility};
pub use error::JobError;
pub use mirror::MirrorSettings;
pub use parameters::{
    BacktestParameters, CheckParameters, HistoryParameters, IdentityParameters, LinkParameters, OrphaningParameters,
    PackageWeights, Parameter, Parameters, PersonWeights, PublishParameters, RepositoryWeights, ScoreParameters,
    SignalParameters, StatedParameter, TeamWeights, ValidationParameters,
};
pub use search::{Search, SearchRange};
pub use sources::{
    CommitsSource, CratesIoSource, DebianSource, DebianSuite, GitRepository, GitSource, KeyringFile, KeyringSource, OsvSource,
    RegistrySource, SourceSettings,
};

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
    /// Table `backtest_measures` of a backtest, published as it is; none when the job names no file.
    pub backtest: Option<PathBuf>,
    /// Attacks whose outcome is measured and published; none when the job names no file.
    pub attacks: Attacks,
    /// Purls without which nothing is published.
    pub sentinels: Vec<String>,
    /// SHA-256 of the job file, the parameters file, the decision files, the attack file and the backtest file, in this order, in hexadecimal.
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
    #[serde(default)]
    validation: ValidationSettings,
    #[serde(default)]
    checks: CheckSettings,
}

/// What a snapshot of this job must hold.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckSettings {
    /// Purls without which an input was lost.
    sentinels: Vec<String>,
}

/// What is measured beside the scores.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidationSettings {
    /// Attack file, relative to the job file.
    attacks: Option<PathBuf>,
    /// `backtest_measures.parquet` of a backtest, relative to the job file.
    backtest: Option<PathBuf>,
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

    /// The job that ships with the program, for scans: which packages are asked for, the project says.
    pub fn shipped_scan() -> Result<Self, JobError> {
        Self::with(Path::new("jobs/scan.toml"), error::Digested::shipped())
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
        let attacks = match &file.validation.attacks {
            Some(attacks) => Attacks::read_digested(&folder.join(attacks), &mut digest)?,
            None => Attacks::default(),
        };
        let backtest = file.validation.backtest.as_ref().map(|path| folder.join(path));
        backtest.iter().try_for_each(|path| digest.read_bytes(path))?;
        let (title, as_of, sources, digest) = (file.title, file.as_of, file.sources, digest.finish());
        let sentinels = file.checks.sentinels;
        Ok(Self { name, title, as_of, sources, parameters, decisions, backtest, attacks, sentinels, digest, folder })
    }
}
