//! Rows of persons, teams, maintainers and contributions. A person who opted out has none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Names, RunResults};
use crate::graph::NodeKind;
use crate::identity::Holder;
use crate::ids::{NodeId, PersonId};
use crate::snapshot::Text;
use crate::snapshot::published::Published;
use crate::snapshot::schema::*;

pub(super) fn fill(run: &RunResults, names: &Names, published: &mut Published) {
    published.persons = persons(run, names);
    published.identity_joins = identity_joins(run, names);
    published.teams = teams(run);
    published.maintainers = maintainers(run, names);
    published.contributions = contributions(run, names);
}

fn persons(run: &RunResults, names: &Names) -> Vec<PersonRow> {
    let row = |row: usize| {
        let (person, facts) = (&run.identities.persons[row], &run.graph.persons[row]);
        Some(PersonRow {
            person_id: names.person(PersonId::from_row(row))?,
            handle: run.identities.public_handle(run.tables, person).map(Text::from),
            name: run.identities.public_name(run.tables, person).map(Text::from),
            is_member: facts.is_member,
            account_count: person.accounts.len() as i64,
            identity_confidence: person.joins.iter().map(|join| join.confidence).reduce(f64::min),
            first_seen: facts.seen.map(|(first, _)| first),
            last_seen: facts.seen.map(|(_, last)| last),
            package_count: run.graph.maintained.row(row).len() as i64,
            active_month_count: i64::from(facts.active_month_count),
        })
    };
    (0..run.identities.persons.len()).filter_map(row).collect()
}

fn identity_joins(run: &RunResults, names: &Names) -> Vec<IdentityJoinRow> {
    let mut rows: BTreeMap<(Text, Text, Text, &'static str), f64> = BTreeMap::new();
    for (row, person) in run.identities.persons.iter().enumerate() {
        let Some(person_id) = names.person(PersonId::from_row(row)) else { continue };
        for join in &person.joins {
            let ids = [join.a, join.b].map(|account| Text::from(person.account_id(account)));
            let [account, joined] = if ids[0] <= ids[1] { ids } else { [ids[1], ids[0]] };
            // One address has one id at all places, so several joins may show as one: the most certain.
            let confidence = rows.entry((person_id, account, joined, join.evidence.name())).or_default();
            *confidence = confidence.max(join.confidence);
        }
    }
    let row = |((person_id, account_id, joined_account_id, evidence), confidence): ((_, _, _, &'static str), f64)| {
        IdentityJoinRow { person_id, account_id, joined_account_id, evidence: evidence.into(), confidence }
    };
    rows.into_iter().map(row).collect()
}

fn teams(run: &RunResults) -> Vec<TeamRow> {
    let mut packages = vec![0i64; run.identities.teams.len()];
    for edge in run.graph.maintainers.edges().filter(|edge| run.graph.nodes.kind(edge.neighbor) == NodeKind::Team) {
        packages[run.graph.nodes.row(edge.neighbor)] += 1;
    }
    let row = |(row, team): (usize, &crate::identity::Team)| TeamRow {
        team_id: (&team.id).into(),
        name: run.identities.team_name(run.tables, team).map(Text::from),
        package_count: packages[row],
        member_count: run.graph.members.row(row).len() as i64,
    };
    run.identities.teams.iter().enumerate().map(row).collect()
}

fn maintainers(run: &RunResults, names: &Names) -> Vec<MaintainerRow> {
    let mut rows = Vec::new();
    for same in run.tables.maintainers.chunk_by(|a, b| (a.package, a.suite) == (b.package, b.suite)) {
        let (package, suite) = (same[0].package, same[0].suite);
        let shares: BTreeMap<NodeId, f64> = run.facts.control_in(package, suite).into_iter().collect();
        let mut seen = BTreeSet::new();
        for maintainer in same {
            let node = match run.identities.holders[maintainer.account.row()] {
                Holder::Person(person) => run.graph.nodes.person(person),
                Holder::Team(team) => run.graph.nodes.team(team),
                Holder::Bot => continue,
            };
            let Some(maintainer_id) = names.id(node).filter(|_| seen.insert((node, maintainer.role))) else { continue };
            rows.push(MaintainerRow {
                purl: names.purl(package),
                suite: names.suite(suite),
                maintainer_kind: names.kind(node),
                maintainer_id,
                role: maintainer.role.name().into(),
                control_share: shares[&node],
                since: maintainer.since,
            });
        }
    }
    let key = |row: &MaintainerRow| (row.purl, row.suite, row.maintainer_kind, row.maintainer_id, row.role);
    rows.sort_by_cached_key(key);
    rows
}

/// Counts of one person, repository and year.
#[derive(Default)]
struct Counts {
    authored: i64,
    landed: i64,
    accepted: i64,
    accepted_months: BTreeSet<i32>,
}

fn contributions(run: &RunResults, names: &Names) -> Vec<ContributionRow> {
    let mut rows = Vec::new();
    for commits in run.tables.commits.chunk_by(|a, b| a.repository == b.repository) {
        let mut counts: BTreeMap<(PersonId, i32), Counts> = BTreeMap::new();
        for commit in commits {
            let (author, committer) = (run.identities.person_of(commit.author), run.identities.person_of(commit.committer));
            let year = commit.committed.year();
            if let Some(author) = author {
                let entry = counts.entry((author, year)).or_default();
                entry.authored += 1;
                if committer.is_some_and(|committer| committer != author) {
                    entry.accepted += 1;
                    entry.accepted_months.insert(commit.committed.month());
                }
            }
            if let Some(committer) = committer.filter(|committer| Some(*committer) != author) {
                counts.entry((committer, year)).or_default().landed += 1;
            }
        }
        let repository_url = names.repository(commits[0].repository);
        for ((person, year), counts) in counts {
            let Some(person_id) = names.person(person) else { continue };
            rows.push(ContributionRow {
                repository_url,
                person_id,
                year: i64::from(year),
                authored_count: counts.authored,
                landed_count: counts.landed,
                accepted_count: counts.accepted,
                accepted_month_count: counts.accepted_months.len() as i64,
            });
        }
    }
    rows
}
