//! Settings of a run: what people decided, read from `jobs/` and checked before anything starts.
//!
//! A job names its sources; a parameters file holds every number of opinion with its reason; a decisions folder holds lists.

mod attacks;
mod decisions;
mod error;
mod mirror;
mod parameters;
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
    PackageWeights, Parameter, Parameters, PersonWeights, RepositoryWeights, ScoreParameters, SignalParameters, StatedParameter,
    TeamWeights, ValidationParameters,
};
pub use sources::{
    CommitsSource, CratesIoSource, DebianSource, DebianSuite, GitRepository, GitSource, KeyringFile, KeyringSource, NpmSource,
    OsvSource, PypiSource, SourceSettings,
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
    /// Attacks whose outcome is measured and published; none when the job names no file.
    pub attacks: Attacks,
    /// SHA-256 of the job file, the parameters file, the decision files and the attack file, in this order, in hexadecimal.
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
}

/// What is measured beside the scores.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidationSettings {
    /// Attack file, relative to the job file.
    attacks: Option<PathBuf>,
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
        let attacks = match &file.validation.attacks {
            Some(attacks) => Attacks::read_digested(&folder.join(attacks), &mut digest)?,
            None => Attacks::default(),
        };
        let (title, as_of, sources, digest) = (file.title, file.as_of, file.sources, digest.finish());
        Ok(Self { name, title, as_of, sources, parameters, decisions, attacks, digest, folder })
    }
}
