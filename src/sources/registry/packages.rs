//! A registry with documents a package, as a source: the packages a job names, brought, and read into tables.

use url::Url;

use super::read::TRUSTED_ROOT;
use super::{Client, Documents, Part, Parts, Project, Refusal, base, read, wanted};
use crate::ids::Ecosystem;
use crate::job::RegistrySource;
use crate::sources::{FetchContext, RawFile, Source, SourceError};
use crate::tables::TablesBuilder;
use crate::units::Day;

/// What is special about one registry.
#[derive(Clone, Copy)]
pub(in crate::sources) struct Registry {
    /// Name of its source, of its accounts' place, of its one suite, and of its folder in the cache.
    pub(in crate::sources) name: &'static str,
    /// Its world.
    pub(in crate::sources) ecosystem: Ecosystem,
    /// Documents of a package.
    pub(in crate::sources) parts: &'static [Part],
    /// Says where the registry is.
    pub(in crate::sources) client: Client,
    /// Reads the documents of a package; facts after the day are left out.
    pub(in crate::sources) project: fn(&Parts, Option<Day>) -> Result<Project, Refusal>,
}

/// Packages of a registry, read as a job says.
pub(in crate::sources) struct Packages {
    registry: Registry,
    settings: RegistrySource,
}

impl Packages {
    /// The source of `settings`.
    pub(in crate::sources) fn new(registry: Registry, settings: RegistrySource) -> Self {
        Self { registry, settings }
    }
}

impl Source for Packages {
    fn name(&self) -> &'static str {
        self.registry.name
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let Registry { name, ecosystem, parts, client, project } = self.registry;
        let RegistrySource { path, packages, lockfiles, provenance_releases, trusted_root, max_age_hours, max_reject_share: _ } =
            &self.settings;
        let wanted = wanted(name, ecosystem, packages, lockfiles, context)?;
        let folder = context.inputs.get(name).cloned().or(path.as_ref().map(|path| context.job_folder.join(path)));
        let (provenance_releases, max_age_hours) = (*provenance_releases, *max_age_hours);
        let documents = Documents { source_name: name, context, parts, provenance_releases, max_age_hours };
        let base = || -> Result<Url, SourceError> { base(name, context.bases.get(name), &client) };
        let mut raw = documents.fetch(&wanted, folder, base, |parts| project(parts, None))?;
        if let Some(path) = trusted_root.as_ref().map(|path| context.job_folder.join(path)) {
            raw.push(RawFile::pin(TRUSTED_ROOT, &path, None).map_err(|error| SourceError::Io { source_name: name, error })?);
        }
        Ok(raw)
    }

    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        read(self.registry, raw, self.settings.max_reject_share, |parts| (self.registry.project)(parts, until), tables)
    }
}
