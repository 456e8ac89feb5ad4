//! Rows of what git histories say. A person who opted out has none.

use std::collections::BTreeMap;

use super::{Names, RunResults};
use crate::graph::acceptor;
use crate::ids::{AccountId, PersonId, RepositoryId};
use crate::snapshot::checks::has_address;
use crate::snapshot::published::Published;
use crate::snapshot::schema::*;
use crate::tables::{Commit, SizeClass};
use crate::units::Day;

pub(super) fn fill(run: &RunResults, names: &Names, published: &mut Published) {
    published.contribution_months = contribution_months(run, names);
    published.acceptances = acceptances(run, names);
    published.release_tags = release_tags(run, names);
    published.manifests = manifests(run, names);
}

/// Repository, person, [`Day::month`], dimension and value.
type Key = (RepositoryId, PersonId, i32, &'static str, &'static str);

/// Counts by key; accounts of nobody are left out.
struct Counts<'r> {
    run: &'r RunResults<'r>,
    counts: BTreeMap<Key, i64>,
}

impl Counts<'_> {
    fn role(&mut self, repository: RepositoryId, account: Option<AccountId>, day: Day, role: &'static str) {
        self.add(repository, account, day, "role", role);
    }

    fn add(
        &mut self,
        repository: RepositoryId,
        account: Option<AccountId>,
        day: Day,
        dimension: &'static str,
        value: &'static str,
    ) {
        if let Some(person) = account.and_then(|account| self.run.identities.person_of(account)) {
            *self.counts.entry((repository, person, day.month(), dimension, value)).or_default() += 1;
        }
    }

    fn commit(&mut self, commit: &Commit) {
        let (repository, day, author) = (commit.repository, commit.committed, Some(commit.author));
        self.role(repository, author, day, "author");
        self.role(repository, Some(commit.committer), day, "committer");
        self.role(repository, commit.pusher, day, "pusher");
        self.role(repository, commit.lander, day, "lander");
        for area in commit.areas.into_iter().flat_map(|areas| areas.iter()) {
            self.add(repository, author, day, "area", area.name());
        }
        if let Some(file_count) = commit.file_count {
            self.add(repository, author, day, "size", SizeClass::of(file_count).name());
        }
        if let Some(signature) = commit.signature {
            self.add(repository, author, day, "signature", signature.name());
        }
    }
}

fn contribution_months(run: &RunResults, names: &Names) -> Vec<ContributionMonthRow> {
    let mut counts = Counts { run, counts: BTreeMap::new() };
    run.tables.commits.iter().for_each(|commit| counts.commit(commit));
    for trailer in &run.tables.trailers {
        counts.role(trailer.repository, Some(trailer.account), trailer.committed, trailer.role.name());
    }
    for tag in &run.tables.tags {
        if let Some(day) = tag.created {
            counts.role(tag.repository, tag.tagger, day, "tagger");
        }
    }
    let row = |((repository, person, month, dimension, value), commit_count): (Key, i64)| {
        Some(ContributionMonthRow {
            repository_url: names.repository(repository),
            person_id: names.person(person)?,
            month: month_name(month).into(),
            dimension: dimension.into(),
            value: value.into(),
            commit_count,
        })
    };
    let mut rows: Vec<ContributionMonthRow> = counts.counts.into_iter().filter_map(row).collect();
    // Persons are numbered by their ids already, but repositories, months and words need not be in the order of their texts.
    rows.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
    rows
}

fn key_of(row: &ContributionMonthRow) -> (&str, &str, &str, &str, &str) {
    (&row.repository_url, &row.person_id, &row.month, &row.dimension, &row.value)
}

fn acceptances(run: &RunResults, names: &Names) -> Vec<AcceptanceRow> {
    let mut counts: BTreeMap<(RepositoryId, PersonId, PersonId, i32), i64> = BTreeMap::new();
    for commit in &run.tables.commits {
        let author = run.identities.person_of(commit.author);
        if let (Some(author), Some(acceptor)) = (author, acceptor(commit, run.identities)) {
            *counts.entry((commit.repository, author, acceptor, commit.committed.month())).or_default() += 1;
        }
    }
    let row = |((repository, author, acceptor, month), commit_count): ((RepositoryId, PersonId, PersonId, i32), i64)| {
        Some(AcceptanceRow {
            repository_url: names.repository(repository),
            person_id: names.person(author)?,
            acceptor_id: names.person(acceptor)?,
            month: month_name(month).into(),
            commit_count,
        })
    };
    let mut rows: Vec<AcceptanceRow> = counts.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| {
        let key = |row: &AcceptanceRow| [row.repository_url, row.person_id, row.acceptor_id, row.month];
        key(a).cmp(&key(b))
    });
    rows
}

fn release_tags(run: &RunResults, names: &Names) -> Vec<ReleaseTagRow> {
    let shown = run.tables.tags.iter().filter(|tag| !has_address(&tag.name) && !tag.name.contains(char::is_control));
    let mut rows: Vec<ReleaseTagRow> = shown
        .filter_map(|tag| {
            let release = tag.release()?;
            let maker = tag.maker().and_then(|account| run.identities.person_of(account));
            Some(ReleaseTagRow {
                repository_url: names.repository(tag.repository),
                tag_name: (&tag.name).into(),
                family: release.family.into(),
                version: release.version.into(),
                is_prerelease: release.is_prerelease,
                created: tag.created,
                maker_id: maker.and_then(|person| names.person(person)),
                has_tagger: tag.tagger.is_some(),
                has_signature: tag.has_signature,
            })
        })
        .collect();
    rows.sort_by(|a, b| (&a.repository_url, &a.tag_name).cmp(&(&b.repository_url, &b.tag_name)));
    rows.dedup_by(|later, kept| (&later.repository_url, &later.tag_name) == (&kept.repository_url, &kept.tag_name));
    rows
}

fn manifests(run: &RunResults, names: &Names) -> Vec<ManifestRow> {
    let row = |manifest: &crate::tables::Manifest| ManifestRow {
        repository_url: names.repository(manifest.repository),
        kind: manifest.kind.name().into(),
        package_name: (&manifest.package).into(),
        directory: (&manifest.directory).into(),
    };
    let shown =
        run.tables.manifests.iter().filter(|manifest| ![&manifest.package, &manifest.directory].iter().any(|t| has_address(t)));
    let mut rows: Vec<ManifestRow> = shown.map(row).collect();
    rows.sort_by(|a, b| {
        let key = |row: &ManifestRow| (row.repository_url, row.kind, row.package_name, row.directory);
        key(a).cmp(&key(b))
    });
    rows
}

/// `YYYY-MM` of a [`Day::month`].
fn month_name(month: i32) -> String {
    Day::middle_of_month(month).to_string().chars().take(7).collect()
}
