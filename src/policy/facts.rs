//! What a snapshot says of the packages of a file: only their rows are read.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::Entries;
use super::snapshot_tables::SnapshotTables;
use super::{Policy, PolicyError};
use crate::lockfiles::{Origin, binary_name};
use crate::snapshot::{Cell, KeyQuery, KeyRows, SnapshotError, Word};
use crate::units::Day;

/// States of a package with a column each.
const FLAGS: [&str; 2] = ["is_orphaned", "is_listed"];

/// States of a package that are words of the column `status`.
const STATUS_WORDS: [&str; 4] = ["deprecated", "archived", "quarantined", "security_holding"];

/// What is known of one package.
#[derive(Clone, Debug, Default)]
pub(super) struct PackageFacts {
    pub ecosystem: String,
    pub name: String,
    /// By column, or word of the column `status`; what the snapshot has no column for is absent.
    pub flags: BTreeMap<&'static str, bool>,
    /// By metric.
    pub scores: BTreeMap<String, Score>,
    pub findings: Vec<FoundSignal>,
    pub publishes: Vec<Publish>,
    /// Version, whether its proof holds, and why not.
    pub provenance: Vec<(String, bool, Option<String>)>,
    pub advisories: Vec<Notice>,
}

/// A score, or why there is none.
#[derive(Clone, Debug)]
pub(super) struct Score {
    pub value: Option<f64>,
    pub null_reason: Option<String>,
}

/// A finding about the package or a repository it names.
#[derive(Clone, Debug)]
pub(super) struct FoundSignal {
    pub signal: String,
    pub node_id: String,
    pub first_seen: Day,
    pub evidence: String,
}

/// A version as its registry lists it.
#[derive(Clone, Debug)]
pub(super) struct Publish {
    pub version: String,
    pub published: Option<Day>,
    pub is_yanked: bool,
}

/// A public notice.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub id: String,
    pub kind: String,
    pub is_all_versions: bool,
    pub versions: Vec<String>,
}

/// Facts of all packages that are judged.
pub(super) struct Facts {
    packages: BTreeMap<String, PackageFacts>,
    /// Installed Debian names → source packages.
    binaries: BTreeMap<String, String>,
    /// Columns that were asked for and are in no file, as `table.column`.
    pub absent: BTreeSet<String>,
}

impl Facts {
    /// Looks up all packages of `entries` that come from a public registry.
    pub fn look_up(tables: &SnapshotTables, entries: &Entries, policy: &Policy) -> Result<Self, PolicyError> {
        let purls = entries.judged.iter().filter(|one| one.locked.origin == Origin::Registry).map(|one| &one.locked.purl);
        let purls: BTreeSet<String> = purls.cloned().collect();
        let mut facts = Self { packages: BTreeMap::new(), binaries: BTreeMap::new(), absent: BTreeSet::new() };
        facts.read_binaries(tables, &purls)?;
        let wanted: BTreeSet<String> = purls.into_iter().map(|purl| facts.resolve(&purl)).collect();
        let wanted: Vec<String> = wanted.into_iter().collect();
        let repositories = facts.read_packages(tables, &wanted)?;
        facts.read_scores(tables, &wanted, &policy.metrics())?;
        facts.read_findings(tables, wanted.clone(), &repositories)?;
        facts.read_publishes(tables, &wanted)?;
        facts.read_provenance(tables, &wanted)?;
        facts.read_advisories(tables, &wanted)?;
        Ok(facts)
    }

    /// What is known of the package `purl` of a file.
    pub fn of(&self, purl: &str) -> Option<&PackageFacts> {
        self.packages.get(&self.resolve(purl))
    }

    /// A Debian binary package stands for the source package it is built from.
    pub fn resolve(&self, purl: &str) -> String {
        self.binaries.get(purl).cloned().unwrap_or_else(|| purl.to_owned())
    }

    fn read_binaries(&mut self, tables: &SnapshotTables, purls: &BTreeSet<String>) -> Result<(), PolicyError> {
        let names: BTreeMap<String, &String> = purls.iter().filter_map(|purl| Some((binary_name(purl)?, purl))).collect();
        let wanted: Vec<String> = names.keys().cloned().collect();
        let query = KeyQuery { key: "binary_name", wanted: &wanted, only: &[("ecosystem", &["debian"])], columns: &["purl"] };
        let Some(rows) = self.rows(tables, "binaries", &query)? else { return Ok(()) };
        let found =
            needed::<String>(&rows, "binaries", "binary_name")?.into_iter().zip(needed::<String>(&rows, "binaries", "purl")?);
        self.binaries.extend(found.filter_map(|(name, source)| Some(((*names.get(&name)?).clone(), source))));
        // A name no binary has may be that of a source package.
        for (name, purl) in names {
            let source = crate::ids::Purl::new(crate::ids::Ecosystem::Debian, &name).map(|source| source.to_string());
            self.binaries.entry(purl.clone()).or_insert(source.unwrap_or_else(|| purl.clone()));
        }
        Ok(())
    }

    /// Fills packages and gives the repositories they name, each with those packages.
    fn read_packages(
        &mut self,
        tables: &SnapshotTables,
        wanted: &[String],
    ) -> Result<BTreeMap<String, Vec<String>>, PolicyError> {
        let links = ["packaging_repository_url", "upstream_repository_url", "source_repository_url"];
        let columns: Vec<&str> = ["ecosystem", "name", "status"].into_iter().chain(FLAGS).chain(links).collect();
        let query = KeyQuery { key: "purl", wanted, only: &[], columns: &columns };
        let Some(rows) = self.rows(tables, "packages", &query)? else { return Ok(BTreeMap::new()) };
        let purls = needed::<String>(&rows, "packages", "purl")?;
        let ecosystems = needed::<Word>(&rows, "packages", "ecosystem")?;
        let names = needed::<String>(&rows, "packages", "name")?;
        for ((purl, ecosystem), name) in purls.iter().zip(ecosystems).zip(names) {
            self.packages.insert(purl.clone(), PackageFacts { ecosystem: ecosystem.into(), name, ..PackageFacts::default() });
        }
        for flag in FLAGS {
            let Some(values) = self.optional::<Option<bool>>(&rows, "packages", flag) else { continue };
            for (purl, value) in purls.iter().zip(values) {
                if let (Some(package), Some(value)) = (self.packages.get_mut(purl), value) {
                    package.flags.insert(flag, value);
                }
            }
        }
        let status = self.optional::<Option<Word>>(&rows, "packages", "status").unwrap_or_default();
        for (purl, words) in purls.iter().zip(status) {
            if let Some(package) = self.packages.get_mut(purl) {
                let is_said =
                    |word: &str| words.as_deref().is_some_and(|words| words.split_whitespace().any(|said| said == word));
                package.flags.extend(STATUS_WORDS.map(|word| (word, is_said(word))));
            }
        }
        let mut repositories: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for link in links {
            let urls = self.optional::<Option<String>>(&rows, "packages", link).unwrap_or_default();
            for (purl, url) in purls.iter().zip(urls) {
                if let Some(url) = url {
                    repositories.entry(url).or_default().push(purl.clone());
                }
            }
        }
        Ok(repositories)
    }

    fn read_scores(&mut self, tables: &SnapshotTables, wanted: &[String], metrics: &[&str]) -> Result<(), PolicyError> {
        let only: [(&str, &[&str]); 2] = [("metric", metrics), ("node_kind", &["package"])];
        let query = KeyQuery { key: "node_id", wanted, only: &only, columns: &["value", "null_reason"] };
        let Some(rows) = self.rows(tables, "scores", &query)? else { return Ok(()) };
        let ids = needed::<String>(&rows, "scores", "node_id")?;
        let metrics = needed::<Word>(&rows, "scores", "metric")?;
        let values = needed::<Option<f64>>(&rows, "scores", "value")?;
        let reasons = needed::<Option<Word>>(&rows, "scores", "null_reason")?;
        for (((id, metric), value), reason) in ids.iter().zip(metrics).zip(values).zip(reasons) {
            if let Some(package) = self.packages.get_mut(id) {
                // A value that is no number is none.
                let value = value.filter(|value| value.is_finite());
                package.scores.insert(metric.into(), Score { value, null_reason: reason.map(Word::into) });
            }
        }
        Ok(())
    }

    fn read_findings(
        &mut self,
        tables: &SnapshotTables,
        mut wanted: Vec<String>,
        repositories: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), PolicyError> {
        wanted.extend(repositories.keys().cloned());
        wanted.sort_unstable();
        let only: [(&str, &[&str]); 1] = [("answer", &["yes"])];
        let columns = ["signal", "is_alert", "first_seen", "evidence"];
        let query = KeyQuery { key: "node_id", wanted: &wanted, only: &only, columns: &columns };
        let Some(rows) = self.rows(tables, "findings", &query)? else { return Ok(()) };
        let ids = needed::<String>(&rows, "findings", "node_id")?;
        let signals = needed::<Word>(&rows, "findings", "signal")?;
        let alerts = needed::<bool>(&rows, "findings", "is_alert")?;
        let days = needed::<Day>(&rows, "findings", "first_seen")?;
        let evidence = needed::<String>(&rows, "findings", "evidence")?;
        for ((((id, signal), is_alert), first_seen), evidence) in ids.iter().zip(signals).zip(alerts).zip(days).zip(evidence) {
            if !is_alert {
                continue;
            }
            let found = FoundSignal { signal: signal.into(), node_id: id.clone(), first_seen, evidence };
            for purl in repositories.get(id).into_iter().flatten().chain([id]) {
                if let Some(package) = self.packages.get_mut(purl) {
                    package.findings.push(found.clone());
                }
            }
        }
        for package in self.packages.values_mut() {
            package.findings.sort_by(|a, b| (&a.signal, &a.node_id).cmp(&(&b.signal, &b.node_id)));
        }
        Ok(())
    }

    fn read_publishes(&mut self, tables: &SnapshotTables, wanted: &[String]) -> Result<(), PolicyError> {
        let query = KeyQuery { key: "purl", wanted, only: &[], columns: &["version", "published", "is_yanked"] };
        let Some(rows) = self.rows(tables, "publishes", &query)? else { return Ok(()) };
        let purls = needed::<String>(&rows, "publishes", "purl")?;
        let versions = needed::<String>(&rows, "publishes", "version")?;
        let days = self.optional::<Option<Day>>(&rows, "publishes", "published").unwrap_or_else(|| vec![None; purls.len()]);
        let yanked = self.optional::<bool>(&rows, "publishes", "is_yanked").unwrap_or_else(|| vec![false; purls.len()]);
        for (((purl, version), published), is_yanked) in purls.iter().zip(versions).zip(days).zip(yanked) {
            if let Some(package) = self.packages.get_mut(purl) {
                package.publishes.push(Publish { version, published, is_yanked });
            }
        }
        Ok(())
    }

    fn read_provenance(&mut self, tables: &SnapshotTables, wanted: &[String]) -> Result<(), PolicyError> {
        let query = KeyQuery { key: "purl", wanted, only: &[], columns: &["version", "is_verified", "reason"] };
        let Some(rows) = self.rows(tables, "provenance", &query)? else { return Ok(()) };
        let purls = needed::<String>(&rows, "provenance", "purl")?;
        let versions = needed::<String>(&rows, "provenance", "version")?;
        let verified = needed::<bool>(&rows, "provenance", "is_verified")?;
        let words = self.optional::<Option<Word>>(&rows, "provenance", "reason");
        let reasons = words.map(|words| words.into_iter().map(|word| word.map(Word::into)).collect());
        let reasons: Vec<Option<String>> = reasons.unwrap_or_else(|| vec![None; purls.len()]);
        for (((purl, version), is_verified), reason) in purls.iter().zip(versions).zip(verified).zip(reasons) {
            if let Some(package) = self.packages.get_mut(purl) {
                package.provenance.push((version, is_verified, reason));
            }
        }
        Ok(())
    }

    fn read_advisories(&mut self, tables: &SnapshotTables, wanted: &[String]) -> Result<(), PolicyError> {
        let query = KeyQuery { key: "purl", wanted, only: &[], columns: &["advisory_id", "kind", "versions", "is_all_versions"] };
        let Some(rows) = self.rows(tables, "advisories", &query)? else { return Ok(()) };
        let purls = needed::<String>(&rows, "advisories", "purl")?;
        let ids = needed::<String>(&rows, "advisories", "advisory_id")?;
        let kinds = needed::<Word>(&rows, "advisories", "kind")?;
        let everything = needed::<bool>(&rows, "advisories", "is_all_versions")?;
        let versions = needed::<Option<String>>(&rows, "advisories", "versions")?;
        for ((((purl, id), kind), is_all_versions), versions) in purls.iter().zip(ids).zip(kinds).zip(everything).zip(versions) {
            if let Some(package) = self.packages.get_mut(purl) {
                let versions = versions.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
                package.advisories.push(Notice { id, kind: kind.into(), is_all_versions, versions });
            }
        }
        Ok(())
    }

    /// Looks up; nothing is read where nothing is wanted.
    fn rows(&self, tables: &SnapshotTables, table: &str, query: &KeyQuery) -> Result<Option<KeyRows>, PolicyError> {
        if query.wanted.is_empty() { Ok(None) } else { tables.rows(table, query) }
    }

    /// A column some snapshots lack; it is noted then.
    fn optional<C: Cell>(&mut self, rows: &KeyRows, table: &str, column: &str) -> Option<Vec<C>> {
        let values = rows.column(column);
        if values.is_none() {
            self.absent.insert(format!("{table}.{column}"));
        }
        values
    }
}

/// A column without which the table says nothing.
fn needed<C: Cell>(rows: &KeyRows, table: &str, column: &str) -> Result<Vec<C>, PolicyError> {
    let error =
        || format!("column `{column}` is missing or of another type; use the release of trustgraph that wrote the snapshot");
    rows.column(column).ok_or_else(|| SnapshotError::Parquet { file: format!("{table}.parquet"), error: error() }.into())
}
