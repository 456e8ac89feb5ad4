//! npm: packages that a job names, who may publish them, who did, what they need, which repository they name, what their
//! attestations prove.
//!
//! One document a package (a packument) called `NAME/packument.json`, and for the newest releases with attestations one called
//! `NAME/VERSION.attestations.json`.

mod needs;
mod packument;
mod project;
mod repository;

use super::registry::{Client, Documents, Part, Parts, Project, Refusal, Registry, base, read, wanted};
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
/// The full form: only it has days, maintainers and repositories.
const PARTS: [Part; 1] =
    [Part { file: PACKUMENT, accept: Some("application/json"), address: |base, name| base.join(&name.replace('/', "%2f")).ok() }];
/// Says which registry npm uses, from its settings files and variables.
const CLIENT: Client = Client {
    command: &["npm", "config", "get", "registry"],
    address: |printed| printed.lines().map(str::trim).find(|line| line.starts_with("http")),
};

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
        let NpmSource { path, packages, lockfiles, provenance_releases, max_age_hours, max_reject_share: _ } = &self.settings;
        let wanted = wanted(SOURCE, Ecosystem::Npm, packages, lockfiles, context)?;
        let folder = context.inputs.get(SOURCE).cloned().or(path.as_ref().map(|path| context.job_folder.join(path)));
        let documents = Documents {
            source_name: SOURCE,
            context,
            parts: &PARTS,
            provenance_releases: *provenance_releases,
            max_age_hours: *max_age_hours,
        };
        let base = || base(SOURCE, context.bases.get(SOURCE), &CLIENT);
        documents.fetch(&wanted, folder, base, |parts| project(parts, None))
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
