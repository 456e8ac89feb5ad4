//! One packument → one project.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version as Semver;

use super::needs::needs;
use super::packument::{Dist, Packument, Person, Signature, VersionFields};
use super::{SOURCE, repository};
use crate::ids::{Ecosystem, Purl};
use crate::provenance::Signed;
use crate::sources::homepage;
use crate::sources::registry::{Fields, Items, Login, Project, Refusal, Version, cut_off, day, of_integrity};
use crate::tables::{Authorization, MaintainerRole, PackageFlag, ReadReport};
use crate::units::Day;

/// Reads the packument of `name`. Facts after `until` are left out. `Err` is why the document as a whole is refused or set aside.
pub(super) fn project(name: &str, document: &[u8], until: Option<Day>) -> Result<Project, Refusal> {
    let packument: Packument =
        serde_json::from_slice(document).map_err(|_| Refusal::Reject("document is not JSON of a package"))?;
    if packument.name.get() != Some(name) {
        return Err(Refusal::Reject("document is about another package"));
    }
    let purl = Purl::new(Ecosystem::Npm, name).ok_or(Refusal::Reject("name is no name of a package"))?;
    let mut report = ReadReport::new(SOURCE, "documents");
    let fields = fields(&packument);
    if fields.is_empty() {
        let is_removed = packument.time.get("unpublished").is_some_and(|time| time.is_object);
        return Err(Refusal::Skip(if is_removed {
            "package whose versions were all removed"
        } else {
            "package without versions"
        }));
    }
    let days = days(&packument);
    let row = |(version, fields): (&&str, &&VersionFields)| row(name, version, fields, days.get(version).copied());
    let mut versions: Vec<Version> = fields.iter().map(row).collect();
    let is_modified_later = until.is_some_and(|until| days.get("modified").is_some_and(|day| *day > until));
    let is_later = cut_off(&mut versions, until, &mut report) | is_modified_later;
    let newest = newest(&packument, &versions).ok_or(Refusal::Skip("package without versions"))?.to_owned();
    let of_newest = fields[newest.as_str()];
    let logins = logins(&packument, of_newest, is_later, &mut report);
    let is_holding = is_holding(&newest, of_newest);
    let link = repository::link(&of_newest.repository.0).filter(|_| !is_holding);
    let links = link.and_then(|link| link.map_err(|reject| report.skip(reject.reason())).ok()).into_iter().collect();
    let homepage = of_newest.homepage.get().filter(|_| !is_holding);
    let homepage = homepage.and_then(|text| homepage::check(text).map_err(|reason| report.skip(reason)).ok()).map(str::to_owned);
    report.read_count = 1;
    Ok(Project {
        purl,
        name: name.to_owned(),
        homepage,
        flags: flags(of_newest, is_holding),
        logins,
        newest,
        needs: needs(of_newest, &mut report),
        links,
        versions,
        attested: Vec::new(),
        report,
    })
}

/// Versions by name; of a name that stands twice the last.
fn fields(packument: &Packument) -> BTreeMap<&str, &VersionFields> {
    let pairs = packument.versions.0.0.iter();
    pairs.filter_map(|(version, Fields(fields))| Some((version.as_str(), fields.as_deref()?))).collect()
}

/// Days by version; of a name that stands twice the last.
fn days(packument: &Packument) -> BTreeMap<&str, Day> {
    let pairs = packument.time.0.0.iter();
    pairs.filter_map(|(version, time)| Some((version.as_str(), day(time.text.as_deref()?)?))).collect()
}

fn row(name: &str, version: &str, fields: &VersionFields, published: Option<Day>) -> Version {
    let user = fields.npm_user.get();
    let is_trusted = user.is_some_and(|user| user.trusted_publisher.0.0);
    let login = |user: &Person| Login::person(user.name.get()?, MaintainerRole::Maintainer);
    let dist = fields.dist.get();
    let digest = dist.and_then(|dist| of_integrity(dist.integrity.get()?));
    Version {
        version: version.to_owned(),
        published,
        publisher: user.and_then(login),
        authorization: user.map(|_| if is_trusted { Authorization::TrustedPublisher } else { Authorization::Token }),
        is_yanked: false,
        attestations: dist.filter(|dist| dist.attestations.0.0).map(|_| format!("-/npm/v1/attestations/{name}@{version}")),
        attested_digest: digest.clone(),
        digest,
        signed: dist.and_then(|dist| signed(name, version, dist)),
        registry_signature: None,
        commit: fields.git_head.get().filter(|text| is_commit(text)).map(str::to_ascii_lowercase),
    }
}

/// What the registry says it signed. Files from before there were digests have nothing a signature could be about.
fn signed(name: &str, version: &str, dist: &Dist) -> Option<Signed> {
    let text = format!("{name}@{version}:{}", dist.integrity.get()?);
    let one = |Fields(signature): &Fields<Signature>| {
        let signature = signature.as_deref()?;
        Some((signature.keyid.get()?.to_owned(), signature.sig.get()?.to_owned()))
    };
    Some(Signed { text, signatures: dist.signatures.0.iter().filter_map(one).collect() })
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the registry calls `latest`; when that is gone, the highest version that is no preview.
fn newest<'v>(packument: &Packument, versions: &'v [Version]) -> Option<&'v str> {
    let tagged = packument.dist_tags.get("latest").cloned().flatten();
    let names = || versions.iter().map(|version| version.version.as_str());
    names().find(|name| tagged.as_deref() == Some(*name)).or_else(|| names().max_by_key(|name| order(name)))
}

/// Previews sort below releases, what is no version below both; of equals the text decides.
fn order(version: &str) -> (bool, Option<Semver>, &str) {
    let parsed = Semver::parse(version).ok();
    (parsed.as_ref().is_some_and(|parsed| parsed.pre.is_empty()), parsed, version)
}

/// Who may publish. A document of a later day than asked for says it of that day; the version itself says it of its own, if the
/// registry wrote it (it then also says who published).
fn logins(packument: &Packument, newest: &VersionFields, is_later: bool, report: &mut ReadReport) -> Vec<Login> {
    let people: &Items<Fields<Person>> = match is_later {
        false => &packument.maintainers,
        true if newest.npm_user.get().is_some() => &newest.maintainers,
        true => {
            report.skip("maintainers of a later day than asked for");
            return Vec::new();
        }
    };
    if people.0.is_empty() {
        report.skip("document that names no maintainer");
    }
    let mut names = BTreeSet::new();
    let mut logins = Vec::new();
    for Fields(person) in &people.0 {
        let name = person.as_ref().and_then(|person| person.name.get()).unwrap_or_default();
        match Login::person(name, MaintainerRole::Maintainer) {
            Some(login) if names.insert(name) => logins.push(login),
            Some(_) => report.skip("maintainer named twice"),
            None => report.skip("maintainer whose name is no login"),
        }
    }
    logins
}

/// A name that the registry took after a removal (its policy on security holding packages).
fn is_holding(version: &str, fields: &VersionFields) -> bool {
    let says_so = fields.description.get().is_some_and(|text| text.trim().eq_ignore_ascii_case("security holding package"));
    version.ends_with("-security") && (says_so || repository::is_holder(&fields.repository.0))
}

fn flags(newest: &VersionFields, is_holding: bool) -> BTreeSet<PackageFlag> {
    let flags = [(newest.deprecated.0, PackageFlag::Deprecated), (is_holding, PackageFlag::SecurityHolding)];
    flags.into_iter().filter_map(|(is_set, flag)| is_set.then_some(flag)).collect()
}
