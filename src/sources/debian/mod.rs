//! Debian: source packages, who maintains them, what they need, which repositories they name.
//!
//! From two index files a suite: `Sources` (source packages, maintainers, build dependencies) and `Packages` (binaries of one
//! architecture, runtime dependencies). Either from a folder, or from the mirror apt is configured for, checked by signature.

mod apt;
mod architecture;
mod archive;
mod binary_row;
mod index;
mod insert;
mod local;
mod mime_words;
mod people;
mod person;
mod policy;
mod relation;
mod release;
mod resolve;
mod signature;
mod source_row;
mod stanza;
mod vcs;

use rayon::prelude::*;

use super::{FetchContext, RawFile, Source, SourceError};
use crate::ids::Ecosystem;
use crate::job::DebianSource;
use crate::tables::{Suite, TablesBuilder};
use crate::units::Day;
use binary_row::BinaryRow;
use index::Index;
use insert::SuiteRows;
use source_row::SourceRow;

/// Name of this source, of its accounts' place, and of its folder in the cache.
const SOURCE: &str = "debian";

/// Debian's indices, read as a job says.
pub(super) struct Debian {
    settings: DebianSource,
}

impl Debian {
    /// The source of `settings`.
    pub(super) fn new(settings: DebianSource) -> Self {
        Self { settings }
    }
}

impl Source for Debian {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        self.check_suites()?;
        let in_job = self.settings.path.as_ref().map(|path| context.job_folder.join(path));
        match context.inputs.get(SOURCE).cloned().or(in_job) {
            Some(folder) => local::find(&folder, &self.settings),
            None => archive::fetch(&self.settings, context),
        }
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        let mut suites = suites(raw)?;
        suites.retain(|files| until.is_none_or(|until| files.suite.as_of <= until));
        let (architecture, limit) = (self.settings.architecture.as_str(), self.settings.max_reject_share);
        let indices: Vec<_> = suites
            .par_iter()
            .map(|files| {
                rayon::join(
                    || Index::<SourceRow>::read(files.sources, architecture, limit),
                    || Index::<BinaryRow>::read(files.binaries, architecture, limit),
                )
            })
            .collect();
        let mut read = Vec::with_capacity(suites.len());
        // One after the other, so that of several errors the first in order is told.
        for (files, (sources, binaries)) in suites.into_iter().zip(indices) {
            read.push((files.suite, sources?, binaries?));
        }
        let resolved = read.into_par_iter().map(|(suite, sources, binaries)| SuiteRows::new(suite, sources, binaries));
        insert::insert(resolved.collect(), tables);
        Ok(())
    }
}

impl Debian {
    fn check_suites(&self) -> Result<(), SourceError> {
        let suites = &self.settings.suites;
        if suites.is_empty() {
            return Err(job_error("names no suite; add one to `sources.debian.suites`".into()));
        }
        for (at, suite) in suites.iter().enumerate() {
            if !policy::is_path_part(&suite.name) {
                return Err(job_error(format!(
                    "`{}` is no name of a suite; names are like `trixie`",
                    suite.name.escape_default()
                )));
            }
            if suites[..at].iter().any(|earlier| earlier.name == suite.name) {
                return Err(job_error(format!("names suite `{}` twice; keep one", suite.name)));
            }
        }
        Ok(())
    }
}

/// The two indices of a suite.
struct SuiteFiles<'a> {
    suite: Suite,
    sources: &'a RawFile,
    binaries: &'a RawFile,
}

/// Pairs the raw files by suite, in the order of their days and names.
fn suites(raw: &[RawFile]) -> Result<Vec<SuiteFiles<'_>>, SourceError> {
    let mut suites = Vec::new();
    for sources in raw {
        let Some((name, ending)) = sources.name.split_once("_Sources") else { continue };
        let stem = format!("{name}_Packages");
        let is_it = |file: &&RawFile| file.name.strip_prefix(&stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let binaries = raw.iter().find(is_it);
        let binaries = binaries.ok_or_else(|| SourceError::Missing {
            source_name: SOURCE,
            path: stem.into(),
            hint: format!("{name}_Sources{ending} came without it; run `fetch` again"),
        })?;
        let as_of = sources.as_of.ok_or_else(|| job_error(format!("suite `{name}` has no day; add `as_of`")))?;
        let suite = Suite { ecosystem: Ecosystem::Debian, as_of, name: name.into() };
        suites.push(SuiteFiles { suite, sources, binaries });
    }
    suites.sort_by(|a, b| a.suite.cmp(&b.suite));
    Ok(suites)
}

fn job_error(what: String) -> SourceError {
    SourceError::Job { source_name: SOURCE, what }
}

fn fetch_error(what: String) -> SourceError {
    SourceError::Fetch { source_name: SOURCE, what }
}

#[cfg(test)]
mod tests;
