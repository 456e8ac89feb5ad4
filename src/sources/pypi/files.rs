//! Files of a project → its versions.

use std::collections::BTreeMap;

use super::documents::{ReleaseFile, Simple, SimpleFile, Whole};
use crate::ids::pypi_name;
use crate::sources::registry::{Fields, Version, day, of_hex};
use crate::tables::{Authorization, ReadReport};
use crate::units::Day;

/// One file, whichever document names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct File {
    /// Source distributions sort first: the row of a release speaks of them, and of others by their names.
    is_built: bool,
    name: String,
    uploaded: Option<Day>,
    is_yanked: bool,
    digest: Option<String>,
    provenance: Option<String>,
}

/// All versions with files, in the order of their text. Where both documents name a file, the simple API is believed, because
/// only it knows of provenance.
pub(super) fn versions(project: &str, simple: &Simple, whole: &Whole, report: &mut ReadReport) -> Vec<Version> {
    let mut files: BTreeMap<String, BTreeMap<String, File>> = BTreeMap::new();
    for (version, list) in &whole.releases.0.0 {
        for Fields(file) in list {
            match file.as_deref().and_then(of_release) {
                Some(file) => {
                    files.entry(version.clone()).or_default().insert(file.name.clone(), file);
                }
                None => report.skip("file without a name"),
            }
        }
    }
    let known: BTreeMap<String, String> =
        files.iter().flat_map(|(version, list)| list.keys().map(|name| (name.clone(), version.clone()))).collect();
    for Fields(file) in &simple.files.0 {
        let Some(file) = file.as_deref().and_then(of_simple) else {
            report.skip("file without a name");
            continue;
        };
        match known.get(&file.name).cloned().or_else(|| version_of(project, &file.name)) {
            Some(version) => {
                files.entry(version).or_default().insert(file.name.clone(), file);
            }
            None => report.skip("file whose name tells no version"),
        }
    }
    files.into_iter().map(|(version, list)| row(version, list.into_values().collect())).collect()
}

fn row(version: String, mut files: Vec<File>) -> Version {
    files.sort();
    let first = files.first();
    // Of built files one speaks for all, where the source distribution has nothing to say.
    let attested = files.iter().find(|file| file.provenance.is_some());
    // The index takes attestations from trusted publishers alone (PEP 740).
    Version {
        version,
        published: files.iter().filter_map(|file| file.uploaded).min(),
        publisher: None,
        authorization: attested.map(|_| Authorization::TrustedPublisher),
        is_yanked: !files.is_empty() && files.iter().all(|file| file.is_yanked),
        digest: first.and_then(|file| file.digest.clone()),
        attestations: attested.and_then(|file| file.provenance.clone()),
        attested_digest: attested.and_then(|file| file.digest.clone()),
        commit: None,
        signed: None,
        registry_signature: None,
    }
}

fn of_release(file: &ReleaseFile) -> Option<File> {
    let name = file.filename.get()?;
    Some(File {
        is_built: is_built(name),
        name: name.to_owned(),
        uploaded: file.upload_time_iso_8601.get().and_then(day),
        is_yanked: file.yanked.0,
        digest: file.digests.get("sha256").and_then(|digits| of_hex(digits.as_deref()?)),
        provenance: None,
    })
}

fn of_simple(file: &SimpleFile) -> Option<File> {
    let name = file.filename.get()?;
    Some(File {
        is_built: is_built(name),
        name: name.to_owned(),
        uploaded: file.upload_time.get().and_then(day),
        is_yanked: file.yanked.0,
        digest: file.hashes.get("sha256").and_then(|digits| of_hex(digits.as_deref()?)),
        provenance: file.provenance.get().map(str::to_owned),
    })
}

fn is_built(name: &str) -> bool {
    stem(name).is_none()
}

/// A source distribution's name without its ending.
fn stem(name: &str) -> Option<&str> {
    [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar"].iter().find_map(|ending| name.strip_suffix(ending))
}

/// Version in the name of a file of `project`: <https://packaging.python.org/en/latest/specifications/binary-distribution-format/>
/// and, for source distributions, what follows the project's name, which may hold dashes in old ones.
fn version_of(project: &str, name: &str) -> Option<String> {
    if let Some(wheel) = name.strip_suffix(".whl").or_else(|| name.strip_suffix(".egg")) {
        return wheel.split('-').nth(1).filter(|version| !version.is_empty()).map(str::to_owned);
    }
    let stem = stem(name)?;
    let normal = pypi_name(project);
    let end = stem.rmatch_indices('-').map(|(at, _)| at).find(|at| pypi_name(&stem[..*at]) == normal)?;
    Some(stem[end + 1..].to_owned()).filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_names_of_files() {
        for (project, name, expected) in [
            ("flask", "flask-3.1.3.tar.gz", Some("3.1.3")),
            ("flask", "Flask-0.11-py2.py3-none-any.whl", Some("0.11")),
            ("zope-interface", "zope.interface-5.0-alpha-1.zip", Some("5.0-alpha-1")),
            ("zope-interface", "zope_interface-8.0.1-cp310-cp310-win_amd64.whl", Some("8.0.1")),
            ("a", "a-1-py3.egg", Some("1")),
            ("a", "a-1.exe", None),
            ("a", "b-1.tar.gz", None),
            ("a", "a.tar.gz", None),
            ("a", "a-.tar.gz", None),
            ("a", "", None),
        ] {
            assert_eq!(version_of(project, name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_release_is_yanked_when_all_its_files_are() {
        let simple = |second: &str| {
            let text = format!(
                r#"{{"files":[{{"filename":"a-1-py3-none-any.whl","yanked":"why","provenance":"https://example.org/p","hashes":{{"sha256":"{}"}}}},
                {{"filename":"a-1.tar.gz","yanked":{second},"upload-time":"2024-01-02T03:04:05Z","hashes":{{"sha256":"{}"}}}}]}}"#,
                "b".repeat(64),
                "a".repeat(64)
            );
            let simple: Simple = serde_json::from_str(&text).expect("a document");
            versions("a", &simple, &Whole::default(), &mut ReadReport::default()).remove(0)
        };
        let version = simple("false");
        assert!(!version.is_yanked && simple("true").is_yanked && simple("\"x\"").is_yanked && !simple("\"\"").is_yanked);
        assert_eq!(version.published.map(|day| day.to_string()).as_deref(), Some("2024-01-02"));
        assert_eq!(version.digest, Some(format!("sha256:{}", "a".repeat(64))), "that of the source distribution");
        assert_eq!(version.authorization, Some(Authorization::TrustedPublisher));
        let built = (Some("https://example.org/p".into()), Some(format!("sha256:{}", "b".repeat(64))));
        assert_eq!((version.attestations, version.attested_digest), built, "of the built file, which alone has one");
    }
}
