//! Pages of persons and teams. Public handles only, no rank, no signal, no comparison.

use askama::Template;

use super::ledger::LedgerView;
use super::neighbors::{LIMIT, Listing};
use super::package::Fact;
use super::raw::RawView;
use super::view::{Frame, NodeView, ScoreView};
use super::{Pages, words};

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
    /// For sorting.
    pub share_key: String,
    /// Suite that says so.
    pub suite: String,
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
        facts.extend(person.handle.clone().map(|handle| Fact::plain("Handle", handle)));
        if person.is_member {
            facts.push(Fact::plain("Membership", "verified member of the distribution".to_owned()));
        }
        facts.push(Fact::plain("Packages maintained", words::count(person.package_count)));
        // Without any history read, no commits were looked for, so none are counted.
        if !pages.lookup.published.contributions.is_empty() {
            facts.push(Fact::plain("Months with commits", words::count(person.active_month_count)));
        }
        facts.extend(day("First seen", person.first_seen));
        facts.extend(day("Last seen", person.last_seen));
        facts.push(Fact::plain("Accounts joined", words::count(person.account_count)));
        let confidence = person.identity_confidence;
        facts.extend(confidence.map(|confidence| Fact::plain("Confidence of the join", words::percent(confidence))));
        Self::new(pages, "person", &person.person_id, facts)
    }

    /// The page of team `row`.
    pub fn team(pages: &Pages, row: usize) -> Self {
        let team = &pages.lookup.published.teams[row];
        let facts = vec![
            Fact::plain("Packages maintained", words::count(team.package_count)),
            Fact::plain("Persons named beside it", words::count(team.member_count)),
        ];
        Self::new(pages, "team", &team.team_id, facts)
    }

    fn new(pages: &Pages, kind: &'static str, id: &str, facts: Vec<Fact>) -> Self {
        let lookup = &pages.lookup;
        let path = lookup.page_of(kind, id).unwrap_or_default().to_owned();
        let name = lookup.name_of(kind, id);
        Self {
            kind,
            id: id.to_owned(),
            score: ScoreView::new(lookup, kind, id),
            facts,
            ledger: LedgerView::new(lookup, kind, id, &path),
            packages: maintained(pages, kind, id, &path),
            repositories: contributed(pages, id, &path),
            raw: RawView::new(pages, kind, id, &path),
            frame: Frame::new(&lookup.published.manifest, &path, &name, String::new()),
        }
    }
}

/// Packages in the newest suite that lists each, by name.
fn maintained(pages: &Pages, kind: &str, id: &str, from: &str) -> Listing<Maintained> {
    let lookup = &pages.lookup;
    let is_current = |row: &&crate::snapshot::schema::MaintainerRow| {
        lookup.row_of("package", &row.purl).is_some_and(|at| lookup.published.packages[at].suite == row.suite)
    };
    let mut rows: Vec<Maintained> = lookup
        .maintained(kind, id)
        .filter(is_current)
        .map(|row| Maintained {
            node: lookup.node("package", &row.purl, from),
            role: row.role.to_string(),
            share: words::percent(row.control_share),
            share_key: format!("{:.6}", row.control_share),
            suite: row.suite.to_string(),
        })
        .collect();
    rows.sort_by(|a, b| a.node.name.cmp(&b.node.name).then_with(|| a.role.cmp(&b.role)));
    Listing::new(rows, LIMIT * 5)
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
