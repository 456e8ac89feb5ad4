//! The answer to "who is behind my dependencies?".

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::known::Known;
use super::{Dependency, Project, ProjectFile};
use crate::snapshot::Published;
use crate::units::Day;

/// All dependencies of a project, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Name of the project's folder.
    pub project: String,
    /// Day of the newest fact. Null: no registry could be asked.
    pub as_of: Option<Day>,
    /// Lockfiles that were found.
    pub files: Vec<ProjectFile>,
    /// What was passed over, by reason.
    pub skips: BTreeMap<String, u64>,
    /// Ecosystem, or package of one that could be read → why nothing of it could be.
    pub failures: BTreeMap<String, String>,
    /// First those with enough evidence, then the others; in each those the project itself asks for first; of these the weakest first.
    pub dependencies: Vec<Dependency>,
}

impl Report {
    /// Holds `project` against `snapshot`; without one, nothing is known of anything.
    pub fn new(project: &Project, snapshot: Option<&Published>, failures: BTreeMap<String, String>) -> Self {
        let known = snapshot.map(Known::new).unwrap_or_default();
        let mut dependencies: Vec<Dependency> = project.locked.iter().map(|locked| known.dependency(locked, &failures)).collect();
        dependencies.sort_by(in_order);
        Self {
            project: project.name.clone(),
            as_of: snapshot.map(|snapshot| snapshot.manifest.as_of),
            files: project.files.clone(),
            skips: project.skips.clone(),
            failures,
            dependencies,
        }
    }

    /// Every lockfile and every registry could be read. Packages of which nothing is known do not count: that is an answer.
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && self.files.iter().all(|file| file.error.is_none())
    }

    /// Those with enough evidence, weakest first.
    pub fn known(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|one| one.is_known)
    }

    /// The others.
    pub fn unknown(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|one| !one.is_known)
    }

    /// Reasons of [`unknown`](Dependency::unknown) with how many packages have each, most first, then by words.
    pub fn reasons(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let all = self.dependencies.iter().flat_map(|one| &one.unknown);
        all.for_each(|reason| *counts.entry(reason).or_default() += 1);
        let mut reasons: Vec<_> = counts.into_iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        reasons
    }
}

fn in_order(a: &Dependency, b: &Dependency) -> Ordering {
    let group = |one: &Dependency| (!one.is_known, one.is_direct != Some(true));
    let trust = |one: &Dependency| one.trust.unwrap_or(f64::INFINITY);
    let name = |one: &Dependency| (one.purl.clone(), one.version.clone());
    group(a).cmp(&group(b)).then(trust(a).total_cmp(&trust(b))).then_with(|| name(a).cmp(&name(b)))
}
