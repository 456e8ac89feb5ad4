//! npm: packages that a job names, who may publish them, who did, what they need, which repository they name, what their
//! attestations prove.
//!
//! One document a package (a packument) called `NAME/packument.json`, and for the newest releases with attestations one called
//! `NAME/VERSION.attestations.json`.

mod needs;
mod packument;
mod project;
mod repository;

use super::registry::{Documents, Parts, Place, Project, Refusal, Registry, read, wanted};
use super::{FetchContext, RawFile, Source, SourceError};
use crate::ids::Ecosystem;
use crate::job::NpmSource;
use crate::tables::TablesBuilder;
use crate::units::Day;

/// Name of this source, of its accounts' place, of its suite and of its folder in the cache.
const SOURCE: &str = "npm";
const REGISTRY: Registry = Registry { name: SOURCE, ecosystem: Ecosystem::Npm };
/// The document of a package.
const PACKUMENT: &str = "packument.json";

/// Packages of npm, read as a job says.
pub(super) struct Npm {
    settings: NpmSource,
}

impl Npm {
    /// The source of `settings`.
    pub(super) fn new(settings: NpmSource) -> Self {
        Self { settings }
    }
}

impl Source for Npm {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let wanted = wanted(SOURCE, Ecosystem::Npm, &self.settings.packages)?;
        let in_job = self.settings.path.as_ref().map(|path| context.job_folder.join(path));
        let place = Place::Folder(context.inputs.get(SOURCE).cloned().or(in_job).unwrap_or_default());
        let documents = Documents { source_name: SOURCE, place, provenance_releases: self.settings.provenance_releases };
        documents.fetch(&wanted, &[PACKUMENT], |parts| project(parts, None))
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        read(REGISTRY, raw, self.settings.max_reject_share, |parts| project(parts, until), tables)
    }
}

fn project(parts: &Parts, until: Option<Day>) -> Result<Project, Refusal> {
    let document = parts.bytes(PACKUMENT)?.ok_or(Refusal::Reject("package without its document"))?;
    project::project(parts.name, &document, until)
}

#[cfg(test)]
mod tests;
