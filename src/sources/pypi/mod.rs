//! The Python Package Index: projects that a job names, who owns them, what they need, which repository they name, what their
//! attestations prove.
//!
//! Two documents a project, `NAME/simple.json` (every file with its digest, day and provenance; state of the project) and
//! `NAME/project.json` (metadata of the newest release, ownership), and for the newest releases with attestations one called
//! `NAME/VERSION.attestations.json`.

mod documents;
mod files;
mod links;
mod project;
mod requirement;

use super::registry::{Documents, Parts, Place, Project, Refusal, Registry, read, wanted};
use super::{FetchContext, RawFile, Source, SourceError};
use crate::ids::Ecosystem;
use crate::job::PypiSource;
use crate::tables::TablesBuilder;
use crate::units::Day;

/// Name of this source, of its accounts' place, of its suite and of its folder in the cache.
const SOURCE: &str = "pypi";
const REGISTRY: Registry = Registry { name: SOURCE, ecosystem: Ecosystem::Pypi };
/// The documents of a project.
const SIMPLE: &str = "simple.json";
const PROJECT: &str = "project.json";

/// Projects of the index, read as a job says.
pub(super) struct Pypi {
    settings: PypiSource,
}

impl Pypi {
    /// The source of `settings`.
    pub(super) fn new(settings: PypiSource) -> Self {
        Self { settings }
    }
}

impl Source for Pypi {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let wanted = wanted(SOURCE, Ecosystem::Pypi, &self.settings.packages)?;
        let in_job = self.settings.path.as_ref().map(|path| context.job_folder.join(path));
        let place = Place::Folder(context.inputs.get(SOURCE).cloned().or(in_job).unwrap_or_default());
        let documents = Documents { source_name: SOURCE, place, provenance_releases: self.settings.provenance_releases };
        documents.fetch(&wanted, &[SIMPLE, PROJECT], |parts| project(parts, None))
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        read(REGISTRY, raw, self.settings.max_reject_share, |parts| project(parts, until), tables)
    }
}

fn project(parts: &Parts, until: Option<Day>) -> Result<Project, Refusal> {
    let (simple, whole) = (parts.bytes(SIMPLE)?, parts.bytes(PROJECT)?);
    project::project(parts.name, simple.as_deref(), whole.as_deref(), until)
}

#[cfg(test)]
mod tests;
