//! Pages of persons and teams. Public handles only, no rank, no signal, no comparison.

use askama::Template;

use super::ledger::LedgerView;
use super::neighbors::{LIMIT, Listing};
use super::package::Fact;
use super::raw::RawView;
use super::view::{Frame, NodeView, ScoreView};
use super::{Pages, words};
use crate::snapshot::schema::MaintainerRow;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "identity.html", config = "site/askama.toml")]
pub(super) struct IdentityPage {
    pub frame: Frame,
    pub kind: &'static str,
    pub id: String,
    pub score: ScoreView,
    pub facts: Vec<Fact>,
    pub ledger: Option<LedgerView>,
    pub packages: Listing<Maintained>,
    pub former: Listing<Maintained>,
    pub repositories: Listing<Contributed>,
    pub raw: RawView,
}

/// A package maintained.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Maintained {
    /// The package.
    pub node: NodeView,
    /// `maintainer` or `uploader`.
    pub role: String,
    /// Share of control.
    pub share: String,
    /// Last suite that says so.
    pub suite: String,
}

/// What a person or team maintains.
struct Maintenance {
    /// In the newest suite, which lists the package.
    now: Vec<Maintained>,
    /// In earlier suites only, or of packages removed since.
    before: Vec<Maintained>,
}

/// A repository with commits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contributed {
    /// The repository.
    pub node: NodeView,
    /// Calendar years with commits, first and last.
    pub years: (i64, i64),
    /// Commits written.
    pub authored: i64,
    /// Commits of others landed.
    pub landed: i64,
    /// Months in which others landed the work.
    pub accepted_months: i64,
}

impl IdentityPage {
    /// The page of person `row`.
    pub fn person(pages: &Pages, row: usize) -> Self {
        let person = &pages.lookup.published.persons[row];
        let day = |label, day: Option<crate::units::Day>| day.map(|day| Fact::plain(label, day.to_string()));
        let mut facts = Vec::new();
        facts.extend(person.handle.map(|handle| Fact::plain("Handle", handle.to_string())));
        if person.is_member {
            facts.push(Fact::plain("Membership", "verified member of the distribution".to_owned()));
        }
        let maintenance = Maintenance::new(pages, "person", &person.person_id);
        facts.extend(maintenance.facts());
        // Without any history read, no commits were looked for, so none are counted.
        if !pages.lookup.published.contributions.is_empty() {
            facts.push(Fact::plain("Months with commits", words::count(person.active_month_count)));
        }
        facts.extend(day("First seen", person.first_seen));
        facts.extend(day("Last seen", person.last_seen));
        facts.push(Fact::plain("Accounts joined", words::count(person.account_count)));
        let confidence = person.identity_confidence;
        facts.extend(confidence.map(|confidence| Fact::plain("Confidence of the join", words::percent(confidence))));
        Self::new(pages, "person", &person.person_id, facts, maintenance)
    }

    /// The page of team `row`.
    pub fn team(pages: &Pages, row: usize) -> Self {
        let team = &pages.lookup.published.teams[row];
        let maintenance = Maintenance::new(pages, "team", &team.team_id);
        let mut facts = maintenance.facts();
        facts.push(Fact::plain("Persons named beside it", words::count(team.member_count)));
        Self::new(pages, "team", &team.team_id, facts, maintenance)
    }

    fn new(pages: &Pages, kind: &'static str, id: &str, facts: Vec<Fact>, maintenance: Maintenance) -> Self {
        let lookup = &pages.lookup;
        let path = lookup.page_of(kind, id).unwrap_or_default().to_owned();
        let name = lookup.name_of(kind, id);
        Self {
            kind,
            id: id.to_owned(),
            score: ScoreView::new(lookup, kind, id),
            facts,
            ledger: LedgerView::new(lookup, kind, id, &path),
            packages: Listing::new(maintenance.now, LIMIT * 5),
            former: Listing::new(maintenance.before, LIMIT),
            repositories: contributed(pages, id, &path),
            raw: RawView::new(pages, kind, id, &path),
            frame: Frame::new(&lookup.published.manifest, &path, &name, String::new()),
        }
    }
}

impl Maintenance {
    /// Packages by name, each once.
    fn new(pages: &Pages, kind: &str, id: &str) -> Self {
        let lookup = &pages.lookup;
        let from = lookup.page_of(kind, id).unwrap_or_default();
        let mut rows: Vec<&MaintainerRow> = lookup.maintained(kind, id).collect();
        rows.sort_by(|a, b| {
            (&a.purl, suite_day(pages, b), &b.suite, &a.role).cmp(&(&b.purl, suite_day(pages, a), &a.suite, &b.role))
        });
        let mut maintenance = Self { now: Vec::new(), before: Vec::new() };
        for of_package in rows.chunk_by(|a, b| a.purl == b.purl) {
            let newest = of_package[0];
            let last: Vec<&MaintainerRow> = of_package.iter().copied().filter(|row| row.suite == newest.suite).collect();
            let share: f64 = last.iter().map(|row| row.control_share).sum();
            let one = Maintained {
                node: lookup.node("package", &newest.purl, from),
                role: last.iter().map(|row| row.role.as_ref()).collect::<Vec<_>>().join(", "),
                share: words::percent(share),
                suite: newest.suite.to_string(),
            };
            let package = lookup.row_of("package", &newest.purl).map(|at| &lookup.published.packages[at]);
            let is_now = package.is_some_and(|package| package.is_listed && package.suite == newest.suite);
            if is_now { maintenance.now.push(one) } else { maintenance.before.push(one) }
        }
        maintenance.now.sort_by(|a, b| a.node.name.cmp(&b.node.name));
        maintenance.before.sort_by(|a, b| a.node.name.cmp(&b.node.name));
        maintenance
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::plain("Packages maintained", words::count(self.now.len() as i64))];
        if !self.before.is_empty() {
            facts.push(Fact::plain("Formerly maintained", words::count(self.before.len() as i64)));
        }
        facts
    }
}

/// Day of the suite that a row speaks of.
fn suite_day(pages: &Pages, row: &MaintainerRow) -> Option<crate::units::Day> {
    let releases = &pages.lookup.published.releases;
    let of_package = &releases[pages.lookup.rows_of_package(|by| &by.releases, &row.purl)];
    of_package.iter().find(|release| release.suite == row.suite).map(|release| release.as_of)
}

fn contributed(pages: &Pages, id: &str, from: &str) -> Listing<Contributed> {
    let table = &pages.lookup.published.contributions;
    let rows: Vec<_> = pages.lookup.contributed(id).iter().map(|at| &table[*at as usize]).collect();
    let one = |years: &[&crate::snapshot::schema::ContributionRow]| Contributed {
        node: pages.lookup.node("repository", &years[0].repository_url, from),
        years: (years.iter().map(|r| r.year).min().unwrap_or(0), years.iter().map(|r| r.year).max().unwrap_or(0)),
        authored: years.iter().map(|row| row.authored_count).sum(),
        landed: years.iter().map(|row| row.landed_count).sum(),
        accepted_months: years.iter().map(|row| row.accepted_month_count).sum(),
    };
    let mut list: Vec<Contributed> = rows.chunk_by(|a, b| a.repository_url == b.repository_url).map(one).collect();
    list.sort_by(|a, b| a.node.name.cmp(&b.node.name));
    Listing::new(list, LIMIT * 2)
}
