//! Brings the documents of packages: first those of the package itself, then the attestations of its newest releases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use url::Url;

use super::project::{Project, Version};
use super::read::{MAX_DOCUMENT_BYTES, Parts, Refusal, attestations_part};
use crate::ids::Purl;
use crate::provenance::MAX_DOCUMENT_BYTES as MAX_ATTESTATION_BYTES;
use crate::sources::fetch::{Document, Fetcher};
use crate::sources::{FetchContext, RawFile, SourceError};

/// One document every package has.
pub(in crate::sources) struct Part {
    /// What follows `NAME/` in the name of the file.
    pub(in crate::sources) file: &'static str,
    /// Media type asked for.
    pub(in crate::sources) accept: Option<&'static str>,
    /// Address of a package's document, from the base address and the name.
    pub(in crate::sources) address: fn(&Url, &str) -> Option<Url>,
}

/// What one registry has for each package.
pub(in crate::sources) struct Documents<'c> {
    /// Name of the source, for messages.
    pub(in crate::sources) source_name: &'static str,
    /// What fetching may use.
    pub(in crate::sources) context: &'c FetchContext,
    /// Documents of a package.
    pub(in crate::sources) parts: &'static [Part],
    /// Releases of a package, newest first, whose attestations are brought.
    pub(in crate::sources) provenance_releases: usize,
    /// Hours for which a document is not asked for again.
    pub(in crate::sources) max_age_hours: f64,
}

impl Documents<'_> {
    /// All documents of the packages `wanted`, sorted by name: from `folder`, or from the registry at `base`. `project` reads them.
    /// A package without documents is told in the log; none at all is an error.
    pub(in crate::sources) fn fetch(
        &self,
        wanted: &BTreeMap<Purl, String>,
        folder: Option<PathBuf>,
        base: impl FnOnce() -> Result<Url, SourceError>,
        project: impl Fn(&Parts) -> Result<Project, Refusal>,
    ) -> Result<Vec<RawFile>, SourceError> {
        let place = match folder {
            Some(folder) => Place::Folder(folder),
            None => {
                let base = base()?;
                Place::Registry(Box::new(Fetcher::new(self.source_name, self.context, &base)?), base)
            }
        };
        let names = wanted.values().map(String::as_str);
        let asked: Vec<Asked> = names.flat_map(|name| self.parts.iter().map(move |part| Asked::part(name, part))).collect();
        let mut raw: Vec<RawFile> = self.bring(&place, &asked)?.into_iter().flatten().collect();
        self.check(wanted, &raw, &place)?;
        let mut asked = Vec::new();
        for parts in Parts::of(&raw) {
            let versions = project(&parts).map_or_else(|_| Vec::new(), attested);
            asked.extend(
                versions.into_iter().take(self.provenance_releases).map(|version| Asked::attestations(parts.name, version)),
            );
        }
        raw.extend(self.bring(&place, &asked)?.into_iter().flatten());
        raw.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(raw)
    }

    fn bring(&self, place: &Place, asked: &[Asked]) -> Result<Vec<Option<RawFile>>, SourceError> {
        match place {
            Place::Folder(folder) => asked.iter().map(|one| self.find(folder, &one.name)).collect(),
            Place::Registry(fetcher, base) => {
                let documents: Vec<Document> = asked.iter().filter_map(|one| self.document(one, base)).collect();
                if documents.is_empty() { Ok(Vec::new()) } else { fetcher.documents(&documents) }
            }
        }
    }

    fn find(&self, folder: &Path, name: &str) -> Result<Option<RawFile>, SourceError> {
        let path = folder.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        RawFile::pin(name, &path, None).map(Some).map_err(|error| SourceError::Io { source_name: self.source_name, error })
    }

    /// `None` for an address on another host than the registry's: what upstream names is not followed anywhere.
    fn document(&self, asked: &Asked, base: &Url) -> Option<Document> {
        let url = (asked.address)(base).filter(|url| url.origin() == base.origin());
        let Some(url) = url else {
            tracing::warn!(
                "{}: the address of {} is not on the registry's host; it is not fetched",
                self.source_name,
                asked.name
            );
            return None;
        };
        let (accept, limit_bytes) = (asked.accept, asked.limit_bytes);
        let max_age_seconds = (self.max_age_hours * 3600.0) as i64;
        Some(Document { accept, limit_bytes, max_age_seconds, ..Document::new(asked.name.clone(), url).about(&asked.package) })
    }

    fn check(&self, wanted: &BTreeMap<Purl, String>, raw: &[RawFile], place: &Place) -> Result<(), SourceError> {
        let found: Vec<&str> = raw.iter().filter_map(|file| Some(file.name.rsplit_once('/')?.0)).collect();
        let missing: Vec<&str> = wanted.values().map(String::as_str).filter(|name| !found.contains(name)).collect();
        let Some(first) = missing.first() else { return Ok(()) };
        match place {
            Place::Folder(folder) => Err(SourceError::Missing {
                source_name: self.source_name,
                path: folder.join(first).join(self.parts[0].file),
                hint: "put it there, remove the package from the job, or leave out `path` and `--input` to fetch it".into(),
            }),
            Place::Registry(..) if missing.len() == wanted.len() => Err(SourceError::Fetch {
                source_name: self.source_name,
                what: format!("the registry has none of the {} packages; check the base address", missing.len()),
            }),
            Place::Registry(..) => {
                tracing::warn!("{}: the registry does not have {}", self.source_name, missing.join(", "));
                Ok(())
            }
        }
    }
}

/// Where documents are.
enum Place {
    /// In a folder, under their names.
    Folder(PathBuf),
    /// At a base address.
    Registry(Box<Fetcher>, Url),
}

/// Address of a document, from the base address.
type AddressOf = Box<dyn Fn(&Url) -> Option<Url>>;

/// A document that is wanted.
struct Asked {
    package: String,
    name: String,
    accept: Option<&'static str>,
    limit_bytes: u64,
    address: AddressOf,
}

impl Asked {
    fn part(package: &str, part: &Part) -> Self {
        let (owned, address) = (package.to_owned(), part.address);
        Self {
            package: package.to_owned(),
            name: format!("{package}/{}", part.file),
            accept: part.accept,
            limit_bytes: MAX_DOCUMENT_BYTES,
            address: Box::new(move |base| address(base, &owned)),
        }
    }

    fn attestations(package: &str, version: Version) -> Self {
        let path = version.attestations.unwrap_or_default();
        Self {
            package: package.to_owned(),
            name: format!("{package}/{}", attestations_part(&version.version)),
            accept: None,
            limit_bytes: MAX_ATTESTATION_BYTES as u64,
            address: Box::new(move |base| base.join(&path).ok()),
        }
    }
}

/// Releases with attestations, newest first.
fn attested(project: Project) -> Vec<Version> {
    let newest = project.newest;
    let mut versions = project.versions;
    versions.sort_by(|a, b| {
        let key = |version: &Version| (version.version == newest, version.published);
        key(b).cmp(&key(a)).then_with(|| b.version.cmp(&a.version))
    });
    versions.retain(|version| version.attestations.is_some());
    versions
}
