//! The page of a repository.

use askama::Template;

use super::findings::{self, FindingView};
use super::graph::{GraphView, Group, Neighbor, Neighborhood, RowView};
use super::ledger::LedgerView;
use super::lookup::rows_of;
use super::neighbors::{self, Listing};
use super::package::Fact;
use super::raw::RawView;
use super::view::{Frame, NodeView, ScoreView};
use super::{Pages, escape, words};

/// All that stands on the page.
#[derive(Template)]
#[template(path = "repository.html", config = "site/askama.toml")]
pub(super) struct RepositoryPage<'a> {
    pub frame: Frame,
    pub url: &'a str,
    pub web: Option<&'a str>,
    pub has_history: bool,
    pub score: ScoreView,
    pub facts: Vec<Fact>,
    pub findings: Vec<FindingView>,
    pub ledger: Option<LedgerView>,
    pub graph: Option<GraphView>,
    pub contributors: Listing<Contributor>,
    pub packages: Listing<NamingPackage>,
    pub raw: RawView,
}

/// A person with commits, over all years.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contributor {
    /// Who.
    pub node: NodeView,
    /// Last calendar year with commits.
    pub last_year: i64,
    /// First calendar year with commits.
    pub first_year: i64,
    /// Commits written.
    pub authored: i64,
    /// Commits of others landed.
    pub landed: i64,
    /// Own commits that others landed.
    pub accepted: i64,
}

/// A package that names the repository.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamingPackage {
    /// The package.
    pub node: NodeView,
    /// What the repository is to it.
    pub relation: String,
    /// How well that is proven.
    pub evidence: &'static str,
    /// Level of the evidence.
    pub level: i64,
}

impl<'a> RepositoryPage<'a> {
    /// The page of repository `row`.
    pub fn new(pages: &Pages<'a>, row: usize) -> Self {
        let lookup = &pages.lookup;
        let repository = &lookup.published.repositories[row];
        let url = repository.repository_url.as_str();
        let path = lookup.page_of("repository", url).unwrap_or_default().to_owned();
        let contributors = contributors(pages, url, &path);
        let packages = naming_packages(pages, url, &path);
        let has_history = repository.history_as_of.is_some();
        let graph = has_history.then(|| graph(lookup.node("repository", url, &path), &contributors, &packages)).flatten();
        let name = lookup.name_of("repository", url);
        Self {
            url,
            web: escape::web_link(url),
            has_history,
            score: ScoreView::new(lookup, "repository", url),
            facts: facts(repository),
            findings: findings::about(lookup, "repository", url, &path),
            ledger: LedgerView::new(lookup, "repository", url, &path),
            graph,
            contributors,
            packages,
            raw: RawView::new(pages, "repository", url, &path),
            frame: Frame::new(&lookup.published.manifest, &path, &name, String::new()),
        }
    }
}

fn facts(repository: &crate::snapshot::schema::RepositoryRow) -> Vec<Fact> {
    let day = |label, day: Option<crate::units::Day>| day.map(|day| Fact::plain(label, day.to_string()));
    let number = |label, number: Option<i64>| number.map(|number| Fact::plain(label, words::count(number)));
    let facts = [
        day("History taken", repository.history_as_of),
        day("First commit", repository.first_commit),
        day("Last commit", repository.last_commit),
        number("Commits", repository.commit_count),
        number("Commits that count in another repository", repository.copied_commit_count.filter(|count| *count > 0)),
        number("Persons with commits", repository.contributor_count),
        number("Packages that name it", Some(repository.package_count)),
    ];
    facts.into_iter().flatten().collect()
}

fn contributors(pages: &Pages, url: &str, from: &str) -> Listing<Contributor> {
    let table = &pages.lookup.published.contributions;
    let rows = &table[rows_of(table, |row| &row.repository_url, url)];
    let mut people: Vec<(&str, Contributor)> = rows
        .chunk_by(|a, b| a.person_id == b.person_id)
        .map(|years| {
            let sum = |count: fn(&crate::snapshot::schema::ContributionRow) -> i64| years.iter().map(count).sum();
            let contributor = Contributor {
                node: NodeView { kind: "person", name: String::new(), href: None, score: None },
                first_year: years.iter().map(|row| row.year).min().unwrap_or(0),
                last_year: years.iter().map(|row| row.year).max().unwrap_or(0),
                authored: sum(|row| row.authored_count),
                landed: sum(|row| row.landed_count),
                accepted: sum(|row| row.accepted_count),
            };
            (years[0].person_id.as_str(), contributor)
        })
        .collect();
    people.sort_by(|(a_id, a), (b_id, b)| {
        let key = |one: &Contributor| (one.last_year, one.authored + one.landed);
        key(b).cmp(&key(a)).then(a_id.cmp(b_id))
    });
    let total = people.len();
    let named = |(id, one): (&str, Contributor)| Contributor { node: pages.lookup.node("person", id, from), ..one };
    Listing { rows: people.into_iter().take(neighbors::LIMIT).map(named).collect(), total }
}

fn naming_packages(pages: &Pages, url: &str, from: &str) -> Listing<NamingPackage> {
    let links: Vec<_> = pages.lookup.named_by(url).collect();
    let total = links.len();
    let rows = links.into_iter().take(neighbors::LIMIT).map(|link| NamingPackage {
        node: pages.lookup.node("package", &link.purl, from),
        relation: neighbors::relation(&link.relation),
        evidence: words::evidence_level(link.evidence_level),
        level: link.evidence_level,
    });
    Listing { rows: rows.collect(), total }
}

fn graph(center: NodeView, contributors: &Listing<Contributor>, packages: &Listing<NamingPackage>) -> Option<GraphView> {
    const DRAWN: usize = 16;
    let newest = contributors.rows.first().map_or(0, |one| one.last_year);
    let active: Vec<&Contributor> = contributors.rows.iter().filter(|one| one.last_year == newest).collect();
    let most = active.iter().map(|one| one.authored + one.landed).max().unwrap_or(1).max(1);
    let person = |one: &&Contributor| Neighbor {
        node: one.node.clone(),
        weight: (one.authored + one.landed) as f64 / most as f64,
        is_claimed: false,
    };
    let package = |one: &NamingPackage| Neighbor {
        node: one.node.clone(),
        weight: one.level.clamp(0, 5) as f64 / 5.0,
        is_claimed: one.level <= 0,
    };
    GraphView::new(Neighborhood {
        center,
        left: vec![Group {
            title: "Who commits to it".to_owned(),
            neighbors: active.iter().take(DRAWN).map(person).collect(),
            more: contributors.total - active.len().min(DRAWN),
            table: "contributors",
        }],
        right: vec![Group {
            title: "Packages that name it".to_owned(),
            neighbors: packages.rows.iter().take(DRAWN).map(package).collect(),
            more: packages.total - packages.rows.len().min(DRAWN),
            table: "packages",
        }],
    })
}
