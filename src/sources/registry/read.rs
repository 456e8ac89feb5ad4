//! Documents of one registry → projects → tables.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::attested::attested;
use super::insert::insert;
use super::packages::Registry;
use super::project::{Link, Project};
use crate::provenance::{MAX_DOCUMENT_BYTES as MAX_ATTESTATION_BYTES, TrustedRoots};
use crate::sources::{RawFile, SourceError};
use crate::tables::{ReadReport, TablesBuilder};

/// Largest document of a package, in bytes; the longest of the registries have a quarter.
pub(in crate::sources) const MAX_DOCUMENT_BYTES: u64 = 256 << 20;
/// Name of the file whose roots are trusted instead of those that ship with the program.
pub(super) const TRUSTED_ROOT: &str = "trusted_root.json";
/// What follows the version in the name of a document of attestations.
const ATTESTATIONS: &str = ".attestations.json";

/// Why documents give no project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sources) enum Refusal {
    /// They are broken.
    Reject(&'static str),
    /// They say that there is nothing.
    Skip(&'static str),
}

/// The documents of one package: what follows `NAME/` in the names of its files → the file.
pub(in crate::sources) struct Parts<'r> {
    /// The package, as the job asks for it.
    pub(in crate::sources) name: &'r str,
    files: BTreeMap<&'r str, &'r RawFile>,
}

impl<'r> Parts<'r> {
    /// Groups files by package, sorted by name. Files of no package are left out.
    pub(super) fn of(raw: &'r [RawFile]) -> Vec<Self> {
        let mut groups: BTreeMap<&str, BTreeMap<&str, &RawFile>> = BTreeMap::new();
        for file in raw {
            let Some((name, part)) = file.name.rsplit_once('/') else { continue };
            groups.entry(name).or_default().insert(part, file);
        }
        groups.into_iter().map(|(name, files)| Self { name, files }).collect()
    }

    /// The bytes of `part`; `None` when there is none.
    pub(in crate::sources) fn bytes(&self, part: &str) -> Result<Option<Vec<u8>>, Refusal> {
        self.files.get(part).map(|file| bytes(file, MAX_DOCUMENT_BYTES)).transpose()
    }

    fn attestations(&self) -> impl Iterator<Item = (&'r str, &'r RawFile)> {
        self.files.iter().filter_map(|(part, file)| Some((part.strip_suffix(ATTESTATIONS)?, *file)))
    }
}

/// The name of the document with the attestations of `version`.
pub(super) fn attestations_part(version: &str) -> String {
    format!("{version}{ATTESTATIONS}")
}

fn bytes(file: &RawFile, limit: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let opened = file.open().and_then(|reader| reader.take(limit + 1).read_to_end(&mut bytes));
    opened.map_err(|_| Refusal::Reject("document that cannot be read from disk"))?;
    if bytes.len() as u64 > limit { Err(Refusal::Reject("document larger than any package's")) } else { Ok(bytes) }
}

/// Reads `raw` by `project` into `tables`, packages in parallel. Attestations are checked against the registry's own digests.
/// Fails when a larger share of the packages than `max_reject_share` is refused.
pub(in crate::sources) fn read(
    registry: Registry,
    raw: &[RawFile],
    max_reject_share: f64,
    project: impl Fn(&Parts) -> Result<Project, Refusal> + Sync,
    tables: &mut TablesBuilder,
) -> Result<(), SourceError> {
    // Most packages have no attestations to check.
    let given = raw.iter().find(|file| file.name == TRUSTED_ROOT).map(|file| given_roots(registry, file)).transpose()?;
    let roots = given.map_or_else(OnceLock::new, OnceLock::from);
    let whole = |parts: &Parts| project(parts).map(|project| with_proofs(project, parts, &roots));
    let read: Vec<Result<Project, Refusal>> = Parts::of(raw).par_iter().map(whole).collect();
    let count = read.len() as u64;
    let mut report = ReadReport::new(registry.name, "documents");
    let mut projects = Vec::new();
    for (row, one) in (1..).zip(read) {
        match one {
            Ok(project) => projects.push(project),
            Err(Refusal::Skip(reason)) => report.skip(reason),
            Err(Refusal::Reject(reason)) => report.reject(reason, row),
        }
    }
    check_share(&report, count, max_reject_share)?;
    insert(registry, projects, report, tables);
    Ok(())
}

/// The roots a job trusts. That they cannot be read ends the run: other roots would give other proofs.
fn given_roots(registry: Registry, file: &RawFile) -> Result<TrustedRoots, SourceError> {
    let wrong = |what: String| SourceError::Input { source_name: registry.name, file: file.name.clone(), what };
    let refused = |_| wrong("cannot be read, or is larger than any trusted root".to_owned());
    let document = bytes(file, MAX_ATTESTATION_BYTES as u64).map_err(refused)?;
    TrustedRoots::read(&document).map_err(|error| wrong(error.to_string()))
}

/// Checks the registry's signatures, and what attestations came, for the versions of `project`.
fn with_proofs(mut project: Project, parts: &Parts, roots: &OnceLock<TrustedRoots>) -> Project {
    let roots = || roots.get_or_init(TrustedRoots::shipped);
    let documents: BTreeMap<&str, &RawFile> = parts.attestations().collect();
    for version in &mut project.versions {
        version.registry_signature = version.signed.take().map(|signed| roots().registry_signature(&signed, version.published));
    }
    for version in &project.versions {
        match documents.get(version.version.as_str()).map(|file| bytes(file, MAX_ATTESTATION_BYTES as u64)) {
            Some(Ok(document)) => {
                project.attested.push(attested(&version.version, &document, version.attested_digest.as_deref(), roots()));
            }
            Some(Err(_)) => project.report.skip("attestations too large or not readable"),
            None if version.attestations.is_some() => project.report.skip("version with attestations that were not asked for"),
            None => {}
        }
    }
    with_proven_link(project)
}

/// The repository that the newest release is proven to be built from, whether or not the package names it: level 5 with the
/// commit, 4 without.
fn with_proven_link(mut project: Project) -> Project {
    let newest = project.attested.iter().find(|one| one.is_verified && one.version == project.newest);
    let Some((url, has_commit)) = newest.and_then(|one| Some((one.repository.clone()?, one.commit.is_some()))) else {
        return project;
    };
    let evidence_level = if has_commit { 5 } else { 4 };
    match project.links.iter_mut().find(|link| link.url == url) {
        Some(claimed) => claimed.evidence_level = evidence_level,
        None => project.links.push(Link { url, directory: None, evidence_level }),
    }
    project
}

fn check_share(report: &ReadReport, rows: u64, limit: f64) -> Result<(), SourceError> {
    let rejected = report.reject_count();
    let share = if rows == 0 { 0.0 } else { rejected as f64 / rows as f64 };
    let worst = report.rejects.iter().max_by_key(|(_, reject)| reject.count);
    match worst.filter(|_| share > limit) {
        None => Ok(()),
        Some((reason, reject)) => Err(SourceError::TooManyRejects {
            source_name: report.source,
            file: report.file.clone(),
            rejected,
            rows,
            share,
            limit,
            reason: reason.clone(),
            first_row: reject.first_row,
        }),
    }
}
