//! What the snapshot says of each package that a project names.

use std::collections::BTreeMap;

use super::{Dependency, Finding, Locked, Publisher};
use crate::lockfiles::Origin;
use crate::snapshot::schema::{AdvisoryRow, FindingRow, MaintainerRow, PackageRow, PublishRow, RepositoryLinkRow, ScoreRow};
use crate::snapshot::{Published, null_reason};

/// Rows of a snapshot by what they are looked up by.
#[derive(Default)]
pub(super) struct Known<'s> {
    packages: BTreeMap<&'s str, &'s PackageRow>,
    trust: BTreeMap<(&'s str, &'s str), &'s ScoreRow>,
    names: BTreeMap<&'s str, &'s str>,
    maintainers: BTreeMap<&'s str, Vec<&'s MaintainerRow>>,
    links: BTreeMap<&'s str, Vec<&'s RepositoryLinkRow>>,
    has_history: BTreeMap<&'s str, bool>,
    findings: BTreeMap<&'s str, Vec<&'s FindingRow>>,
    advisories: BTreeMap<&'s str, Vec<&'s AdvisoryRow>>,
    publishes: BTreeMap<(&'s str, &'s str), &'s PublishRow>,
}

/// Rows by a key, in their order.
fn grouped<'s, T>(rows: &'s [T], key: impl Fn(&'s T) -> &'s str) -> BTreeMap<&'s str, Vec<&'s T>> {
    let mut groups: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    rows.iter().for_each(|row| groups.entry(key(row)).or_default().push(row));
    groups
}

impl<'s> Known<'s> {
    /// Indexes `snapshot`.
    pub fn new(snapshot: &'s Published) -> Self {
        let trust = snapshot.scores.iter().filter(|row| row.metric == "trust");
        let persons = snapshot.persons.iter().filter_map(|row| {
            let name = row.name.as_deref().or(row.handle.as_deref())?;
            Some((row.person_id.as_str(), name))
        });
        let teams = snapshot.teams.iter().filter_map(|row| Some((row.team_id.as_str(), row.name.as_deref()?)));
        let repositories = snapshot.repositories.iter();
        Self {
            packages: snapshot.packages.iter().map(|row| (row.purl.as_str(), row)).collect(),
            trust: trust.map(|row| ((row.node_kind.as_ref(), row.node_id.as_str()), row)).collect(),
            names: persons.chain(teams).collect(),
            maintainers: grouped(&snapshot.maintainers, |row| &row.purl),
            links: grouped(&snapshot.repository_links, |row| &row.purl),
            has_history: repositories.map(|row| (row.repository_url.as_str(), row.history_as_of.is_some())).collect(),
            findings: grouped(&snapshot.findings, |row| &row.node_id),
            advisories: grouped(&snapshot.advisories, |row| &row.purl),
            publishes: snapshot.publishes.iter().map(|row| ((row.purl.as_str(), row.version.as_str()), row)).collect(),
        }
    }

    /// What is known of `locked`. `failures` says why the registry of an ecosystem could not be asked, or not about a package.
    pub fn dependency(&self, locked: &Locked, failures: &BTreeMap<String, String>) -> Dependency {
        let mut dependency = unknown(locked);
        match self.packages.get(locked.purl.as_str()).filter(|_| locked.origin == Origin::Registry) {
            Some(package) => self.fill(&mut dependency, package),
            None => dependency.unknown.push(why_absent(locked, failures)),
        }
        dependency
    }

    fn fill(&self, dependency: &mut Dependency, package: &PackageRow) {
        let purl = dependency.purl.clone();
        let score = self.trust.get(&("package", purl.as_str()));
        dependency.trust = score.and_then(|row| row.value);
        if dependency.trust.is_none() {
            let why = null_reason(score.and_then(|row| row.null_reason.as_deref()));
            dependency.unknown.push(format!("no trust: {why}"));
        }
        let rows = self.maintainers.get(purl.as_str()).into_iter().flatten();
        let mut rows: Vec<&&MaintainerRow> = rows.filter(|row| row.suite == package.suite).collect();
        rows.sort_by(|a, b| b.control_share.total_cmp(&a.control_share));
        dependency.maintainers = rows.into_iter().map(|row| self.publisher(row)).collect();
        if dependency.maintainers.is_empty() {
            dependency.unknown.push("the registry configured here does not say who may publish it".to_owned());
        }
        self.link(dependency);
        self.version(dependency);
        let status = package.status.as_deref().unwrap_or_default().split_whitespace();
        // The one word that speaks for a package.
        let status = status.filter(|word| *word != "trusted_publishing_only");
        let found = |word: &str| alert("status", format!("the registry or an advisory says: {}", word.replace('_', " ")));
        dependency.findings.extend(status.map(found));
        dependency.findings.extend(self.advisories_of(dependency));
        let nodes = [Some(purl.as_str()), dependency.repository_url.as_deref()];
        let rows = nodes.into_iter().flatten().filter_map(|node| self.findings.get(node)).flatten();
        let found: Vec<Finding> = rows.map(|row| finding(row)).collect();
        dependency.findings.extend(found);
        dependency.is_known = dependency.trust.is_some() && !dependency.maintainers.is_empty();
    }

    fn publisher(&self, row: &MaintainerRow) -> Publisher {
        let (kind, id) = (row.maintainer_kind.as_ref(), row.maintainer_id.as_str());
        Publisher {
            node_kind: kind.to_owned(),
            node_id: id.to_owned(),
            name: self.names.get(id).map_or(id, |name| name).to_owned(),
            trust: self.trust.get(&(kind, id)).and_then(|row| row.value),
        }
    }

    /// The best proven repository; of equals the first by URL.
    fn link(&self, dependency: &mut Dependency) {
        let links = self.links.get(dependency.purl.as_str()).into_iter().flatten();
        let Some(best) = links.min_by_key(|row| (-row.evidence_level, &row.repository_url)) else {
            dependency.unknown.push("it names no repository it is built from".to_owned());
            return;
        };
        dependency.repository_url = Some(best.repository_url.to_string());
        dependency.evidence_level = Some(best.evidence_level);
        if !self.has_history.get(best.repository_url.as_str()).is_some_and(|has| *has) {
            dependency.unknown.push("the history of its repository was not read: `--histories` reads it".to_owned());
        }
    }

    fn version(&self, dependency: &mut Dependency) {
        let Some(version) = dependency.version.clone() else {
            dependency.unknown.push("no lockfile pins its version".to_owned());
            return;
        };
        match self.publishes.get(&(dependency.purl.as_str(), version.as_str())) {
            Some(row) if row.is_yanked => {
                dependency.findings.push(alert("yanked", format!("version {version} was withdrawn by its publisher")));
            }
            Some(_) => {}
            None => dependency.unknown.push("the registry configured here does not list this version".to_owned()),
        }
    }

    /// Advisories that mean the version the project uses; those that mean any, where it is not pinned.
    fn advisories_of(&self, dependency: &Dependency) -> Vec<Finding> {
        let means = |row: &&&AdvisoryRow| {
            let version = dependency.version.as_deref();
            let is_listed =
                |version| row.versions.as_deref().is_some_and(|list| list.split_whitespace().any(|one| one == version));
            row.is_all_versions || version.is_none_or(is_listed)
        };
        let rows = self.advisories.get(dependency.purl.as_str()).into_iter().flatten().filter(means);
        rows.map(|row| alert("advisory", format!("{} ({})", row.advisory_id, row.kind))).collect()
    }
}

/// A line that says nothing yet.
fn unknown(locked: &Locked) -> Dependency {
    Dependency {
        purl: locked.purl.clone(),
        ecosystem: locked.ecosystem().to_owned(),
        name: locked.name(),
        version: locked.version.clone(),
        is_direct: locked.is_direct,
        files: locked.files.clone(),
        is_known: false,
        trust: None,
        maintainers: Vec::new(),
        repository_url: None,
        evidence_level: None,
        findings: Vec::new(),
        unknown: Vec::new(),
    }
}

/// Why the snapshot does not hold a package.
fn why_absent(locked: &Locked, failures: &BTreeMap<String, String>) -> String {
    let by_origin = match locked.origin {
        Origin::Git => "comes from a git repository, not from a registry",
        Origin::Url => "comes from an archive at an address of its own, not from a registry",
        Origin::Path => "is part of the project",
        Origin::OtherRegistry => "comes from another registry than most of its file; nothing of the usual one is true of it",
        Origin::Registry => match (locked.ecosystem(), failures.get(locked.ecosystem())) {
            _ if failures.contains_key(&locked.purl) => return failures[&locked.purl].clone(),
            (_, Some(failure)) => return format!("nothing could be read: {failure}"),
            ("cargo" | "npm" | "pypi", None) => "the registry configured here does not list it",
            (other, None) => return format!("registries of {other} packages are not read yet"),
        },
    };
    by_origin.to_owned()
}

fn finding(row: &FindingRow) -> Finding {
    Finding { signal: row.signal.to_string(), is_alert: row.is_alert, evidence: row.evidence.to_string() }
}

fn alert(signal: &str, evidence: String) -> Finding {
    Finding { signal: signal.to_owned(), is_alert: true, evidence }
}
