//! Brings the indices of each suite from a mirror: `InRelease`, checked by its signature, then the files it lists, checked by
//! their digests. What was brought stays in the cache and is all that an offline run uses.
//!
//! Cache: `debian/dists/SUITE/InRelease` and `debian/sha256/DIGEST.ENDING` (the ending tells how to decompress).

use std::path::{Path, PathBuf};

use url::Url;

use super::release::{Listed, Release};
use super::{SOURCE, apt, fetch_error, policy, signature};
use crate::job::DebianSource;
use crate::sources::fetch::{Fetcher, Wanted};
use crate::sources::{FetchContext, RawFile, SourceError};

/// Longest `InRelease` taken; a real one has some 200 kB.
const MAX_RELEASE_BYTES: u64 = 16 << 20;
/// Endings in the order of wish.
const ENDINGS: [&str; 2] = ["xz", "gz"];

/// Brings both indices of every suite of `settings`.
pub(super) fn fetch(settings: &DebianSource, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
    for part in [&settings.architecture, &settings.component] {
        if !policy::is_path_part(part) {
            return Err(fetch_error(format!("`{part}` is no architecture or component of an archive; correct the job")));
        }
    }
    let mirror = if context.is_offline { None } else { Some(Mirror::new(context)?) };
    let keyring = context.job_folder.join(&settings.keyring);
    let archive = Archive { mirror, cache: context.cache.join(SOURCE), keyring };
    let mut raw = Vec::new();
    for suite in &settings.suites {
        let mut release = archive.release(&suite.name)?;
        // The job knows the day of the release; InRelease that of its last correction.
        release.as_of = suite.as_of.unwrap_or(release.as_of);
        let (component, architecture) = (&settings.component, &settings.architecture);
        for (kind, index) in [
            ("Sources", format!("{component}/source/Sources")),
            ("Packages", format!("{component}/binary-{architecture}/Packages")),
        ] {
            raw.push(archive.index(&release, &suite.name, kind, &index)?);
        }
    }
    Ok(raw)
}

/// A mirror and what it gave before.
struct Archive {
    /// `None` when offline.
    mirror: Option<Mirror>,
    cache: PathBuf,
    keyring: PathBuf,
}

struct Mirror {
    fetcher: Fetcher,
    base: Url,
}

impl Mirror {
    fn new(context: &FetchContext) -> Result<Self, SourceError> {
        let text = context.bases.get(SOURCE).cloned().map_or_else(apt::site, Ok)?;
        let base = Url::parse(&format!("{}/", text.trim_end_matches('/'))).ok();
        let base = base.filter(|url| matches!(url.scheme(), "http" | "https"));
        let base =
            base.ok_or_else(|| fetch_error("the base address is no http or https URL; correct `--base debian=URL`".into()))?;
        Ok(Self { fetcher: Fetcher::new(SOURCE, context, &base)?, base })
    }

    fn url(&self, suite: &str, path: &str) -> Result<Url, SourceError> {
        self.base.join(&format!("dists/{suite}/{path}")).map_err(|error| fetch_error(format!("{suite}: {path}: {error}")))
    }
}

impl Archive {
    /// The signed list of `suite`, newly brought, or the remembered one when offline. Its signature is checked every time.
    fn release(&self, suite: &str) -> Result<Release, SourceError> {
        let error = |what: &str| fetch_error(format!("{suite}: InRelease {what}"));
        let remembered = self.cache.join("dists").join(suite).join("InRelease");
        let Some(mirror) = &self.mirror else {
            if !remembered.exists() {
                return Err(error("is not in the cache; run `fetch` once without `--offline`"));
            }
            return self.checked(&remembered, suite);
        };
        let name = format!("{suite} InRelease");
        let bytes = mirror.fetcher.bytes(&mirror.url(suite, "InRelease")?, &name, MAX_RELEASE_BYTES)?;
        let bytes = bytes.ok_or_else(|| error("is not on the mirror; check the suite's name and the base address"))?;
        let new = remembered.with_added_extension("part");
        write(&new, &bytes)?;
        let release = self.checked(&new, suite)?;
        if let Ok(known) = self.checked(&remembered, suite)
            && known.as_of > release.as_of
        {
            let (old, known) = (release.as_of, known.as_of);
            return Err(error(&format!(
                "is of {old}, older than that of {known} in the cache; use another mirror or clear the cache"
            )));
        }
        fs_err::rename(&new, &remembered).map_err(io_error)?;
        Ok(release)
    }

    fn checked(&self, path: &Path, suite: &str) -> Result<Release, SourceError> {
        let error = |what: String| fetch_error(format!("{suite}: InRelease {what}"));
        let payload = signature::signed_payload(path, &self.keyring).map_err(error)?;
        let release = Release::parse(&payload).map_err(error)?;
        if !release.is_of(suite) {
            return Err(error("is signed for another suite; name suites as the archive does".into()));
        }
        Ok(release)
    }

    /// One index of `suite`: from the cache when its digest lies there, else from the mirror.
    fn index(&self, release: &Release, suite: &str, kind: &str, index: &str) -> Result<RawFile, SourceError> {
        let endings = ENDINGS.iter().map(|ending| (ending, format!("{index}.{ending}")));
        let listed = endings.filter_map(|(ending, path)| Some((ending, release.file(&path)?, path))).next();
        let (ending, listed, path) = listed.ok_or_else(|| {
            fetch_error(format!("{suite}: InRelease lists no {index}.xz or .gz; check component and architecture in the job"))
        })?;
        let name = format!("{suite}_{kind}.{ending}");
        let cached = self.cache.join("sha256").join(format!("{}.{ending}", listed.sha256));
        let pin = || RawFile::pin(&name, &cached, Some(release.as_of)).map_err(io_error);
        let is_listed = |raw: &RawFile| raw.digest == format!("sha256:{}", listed.sha256);
        if cached.exists() {
            let raw = pin()?;
            if is_listed(&raw) {
                return Ok(raw);
            }
            // Damaged on disk: what lies under a digest must have it.
            fs_err::remove_file(&cached).map_err(io_error)?;
        }
        let Some(mirror) = &self.mirror else {
            return Err(fetch_error(format!("{name} is not in the cache; run `fetch` once without `--offline`")));
        };
        mirror.bring(
            release,
            suite,
            &path,
            listed,
            &Wanted { name: &name, path: &cached, sha256: &listed.sha256, size_bytes: listed.size_bytes },
        )?;
        pin()
    }
}

impl Mirror {
    /// By digest where the archive offers it, else, or when that is gone, by its plain path.
    fn bring(&self, release: &Release, suite: &str, path: &str, listed: &Listed, wanted: &Wanted) -> Result<(), SourceError> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let by_hash = release.is_by_hash.then(|| format!("{folder}/by-hash/SHA256/{}", listed.sha256));
        for path in by_hash.as_deref().into_iter().chain([path]) {
            if self.fetcher.file(&self.url(suite, path)?, wanted)? {
                tracing::info!("{SOURCE}: fetched {}, {} kB", wanted.name, wanted.size_bytes / 1000);
                return Ok(());
            }
        }
        Err(fetch_error(format!("{} is listed in InRelease but not on the mirror; try again later", wanted.name)))
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SourceError> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(io_error)?;
    }
    fs_err::write(path, bytes).map_err(io_error)
}

fn io_error(error: std::io::Error) -> SourceError {
    SourceError::Io { source_name: SOURCE, error }
}
