//! Brings the documents of packages: first those of the package itself, then the attestations of its newest releases.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::project::{Project, Version};
use super::read::{Parts, Refusal, attestations_part};
use crate::ids::Purl;
use crate::sources::{RawFile, SourceError};

/// Where documents are.
pub(in crate::sources) enum Place {
    /// In a folder, under their names.
    Folder(PathBuf),
}

/// What one registry has for each package.
pub(in crate::sources) struct Documents {
    /// Name of the source, for messages.
    pub(in crate::sources) source_name: &'static str,
    /// Where they are.
    pub(in crate::sources) place: Place,
    /// Releases of a package, newest first, whose attestations are brought.
    pub(in crate::sources) provenance_releases: usize,
}

impl Documents {
    /// All documents of the packages `wanted`, sorted by name. `parts` are the documents a package has, `project` reads them.
    /// A package the registry does not have is an error: a job that asks for it would otherwise quietly do without.
    pub(in crate::sources) fn fetch(
        &self,
        wanted: &BTreeMap<Purl, String>,
        parts: &[&str],
        project: impl Fn(&Parts) -> Result<Project, Refusal>,
    ) -> Result<Vec<RawFile>, SourceError> {
        let mut raw = Vec::new();
        for name in wanted.values() {
            let mut own = Vec::new();
            for part in parts {
                own.extend(self.find(&format!("{name}/{part}"))?);
            }
            if own.is_empty() {
                return Err(self.missing(name, parts));
            }
            let versions = Parts::of(&own).first().and_then(|parts| project(parts).ok()).map_or_else(Vec::new, attested);
            for version in versions.into_iter().take(self.provenance_releases) {
                own.extend(self.find(&format!("{name}/{}", attestations_part(&version.version)))?);
            }
            raw.extend(own);
        }
        raw.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(raw)
    }

    fn find(&self, name: &str) -> Result<Option<RawFile>, SourceError> {
        let Place::Folder(folder) = &self.place;
        let path = folder.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        RawFile::pin(name, &path, None).map(Some).map_err(|error| SourceError::Io { source_name: self.source_name, error })
    }

    fn missing(&self, name: &str, parts: &[&str]) -> SourceError {
        let Place::Folder(folder) = &self.place;
        SourceError::Missing {
            source_name: self.source_name,
            path: folder.join(name).join(parts[0]),
            hint: "put it there, remove the package from the job, or leave out `path` and `--input` to fetch it".into(),
        }
    }
}

/// Releases with attestations, newest first; those whose version could be no file name are left out.
fn attested(project: Project) -> Vec<Version> {
    let newest = project.newest;
    let mut versions = project.versions;
    versions.sort_by(|a, b| {
        let key = |version: &Version| (version.version == newest, version.published);
        key(b).cmp(&key(a)).then_with(|| b.version.cmp(&a.version))
    });
    let is_plain = |text: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._-+!".contains(c);
        text.len() <= 100 && !text.starts_with('.') && text.chars().all(is_part)
    };
    versions.retain(|version| version.attestations.is_some() && is_plain(&version.version));
    versions
}
