//! The page of a package.

use askama::Template;

use super::elsewhere::{self, Elsewhere};
use super::findings::{self, FindingView};
use super::graph::{GraphView, Neighborhood, RowView};
use super::ledger::LedgerView;
use super::neighbors::{self, Control, Listing, PackageUse, RepositoryClaim};
use super::raw::RawView;
use super::view::{Frame, ScoreView};
use super::{Pages, escape, paths, words};
use crate::snapshot::schema::PackageRow;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "package.html", config = "site/askama.toml")]
pub(super) struct PackagePage<'a> {
    pub frame: Frame,
    pub package: &'a PackageRow,
    pub ecosystem_href: String,
    pub banners: Vec<Banner>,
    pub score: ScoreView,
    pub facts: Vec<Fact>,
    pub binaries: Listing<&'a str>,
    pub findings: Vec<FindingView>,
    pub ledger: Option<LedgerView>,
    pub graph: Option<GraphView>,
    pub control: Control,
    pub repositories: Vec<RepositoryClaim>,
    pub elsewhere: Listing<Elsewhere>,
    pub dependencies: Listing<PackageUse>,
    pub dependents: Listing<PackageUse>,
    pub releases: Vec<ReleaseView>,
    pub raw: RawView,
}

/// A state the reader must know before anything else.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Banner {
    /// `caution` or `bad`: a color beside the words, never instead of them.
    pub tone: &'static str,
    /// The state in two or three words.
    pub title: &'static str,
    /// What it means here.
    pub text: String,
}

/// One fact with its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    /// Label.
    pub label: &'static str,
    /// Value as text.
    pub value: String,
    /// Where it leads: relative, or a checked web address.
    pub href: Option<String>,
    /// The link leaves the site.
    pub is_outside: bool,
}

impl Fact {
    /// A fact that leads nowhere.
    pub fn plain(label: &'static str, value: String) -> Self {
        Self { label, value, href: None, is_outside: false }
    }
}

/// A suite that lists the package.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReleaseView {
    /// Suite.
    pub suite: String,
    /// Its day.
    pub as_of: String,
    /// Version in it.
    pub version: String,
    /// Nobody maintained it then.
    pub is_orphaned: bool,
}

impl<'a> PackagePage<'a> {
    /// The page of package `row`.
    pub fn new(pages: &Pages<'a>, row: usize) -> Self {
        let lookup = &pages.lookup;
        let package = &lookup.published.packages[row];
        let purl = package.purl.as_str();
        let path = lookup.page_of("package", purl).unwrap_or_default().to_owned();
        let score = ScoreView::new(lookup, "package", purl);
        let control = neighbors::control(lookup, package, &path);
        let repositories = neighbors::repositories(lookup, purl, &path);
        let dependencies = neighbors::dependencies(lookup, purl, &path);
        let dependents = neighbors::dependents(lookup, purl, &path);
        let graph = GraphView::new(Neighborhood {
            center: lookup.node("package", purl, &path),
            left: vec![neighbors::control_group(&control), neighbors::repository_group(&repositories)],
            right: vec![
                neighbors::use_group("What it needs", "dependencies", &dependencies),
                neighbors::use_group("What needs it", "dependents", &dependents),
            ]
            .into_iter()
            .filter(|_| package.is_listed)
            .collect(),
        });
        Self {
            elsewhere: elsewhere::elsewhere(lookup, purl, &path),
            ecosystem_href: paths::relative(&path, &paths::ecosystem(&package.ecosystem)),
            banners: banners(package, &score),
            facts: facts(pages, package),
            binaries: Listing::new(lookup.binaries(purl).collect(), neighbors::LIMIT),
            findings: [findings::about(lookup, "package", purl, &path), findings::of_repositories(lookup, purl, &path)].concat(),
            ledger: LedgerView::new(lookup, "package", purl, &path),
            releases: releases(pages, purl),
            raw: RawView::new(pages, "package", purl, &path),
            frame: Frame::new(&lookup.published.manifest, &path, &package.name, String::new()),
            package,
            score,
            graph,
            control,
            repositories,
            dependencies,
            dependents,
        }
    }
}

fn banners(package: &PackageRow, score: &ScoreView) -> Vec<Banner> {
    let words = package.status.as_deref().unwrap_or_default().split(' ');
    let mut banners: Vec<Banner> = words.filter_map(state).collect();
    if !package.is_listed {
        let text = format!("{} was the last suite to list it; all facts here are of that suite.", package.suite);
        banners.push(Banner { tone: "bad", title: "Not listed any more", text });
    }
    if package.is_orphaned {
        let text = "The registry itself says that nobody maintains it.".to_owned();
        banners.push(Banner { tone: "caution", title: "Orphaned", text });
    }
    if score.points.is_none() {
        banners.push(Banner { tone: "caution", title: "No score", text: format!("Why: {}.", score.reason) });
    }
    banners
}

/// A word of `packages.status`.
fn state(word: &str) -> Option<Banner> {
    let (tone, title, text) = match word {
        "malicious" => {
            ("bad", "Malicious", "An advisory says that it was published to do harm. Its score is 0, and nothing it says counts.")
        }
        "deprecated" => ("caution", "Deprecated", "Its publisher advises against using it."),
        "archived" => ("caution", "Archived", "Its publisher says that no more will come."),
        "quarantined" => ("bad", "Quarantined", "The registry keeps it from being installed."),
        "security_holding" => ("bad", "Held by the registry", "The registry removed what was here and keeps the name."),
        "name_reused" => ("caution", "Name used before", "Another package had this name before, and was deleted."),
        _ => return None,
    };
    Some(Banner { tone, title, text: text.to_owned() })
}

fn facts(pages: &Pages, package: &PackageRow) -> Vec<Fact> {
    let score = |metric| pages.lookup.score(metric, "package", &package.purl);
    let mut facts = vec![Fact::plain("Version", format!("{} in {}", package.version, package.suite))];
    facts.extend(package.section.map(|section| Fact::plain("Section", section.to_string())));
    if let Some(homepage) = &package.homepage {
        let href = escape::web_link(homepage).map(str::to_owned);
        let shown = href.as_deref().map_or(homepage.as_str(), |href| href.split_once("://").map_or(href, |(_, shown)| shown));
        facts.push(Fact { label: "Home page", value: shown.to_owned(), href, is_outside: true });
    }
    facts.push(Fact::plain("Known here since", package.first_seen.to_string()));
    facts.push(Fact::plain("Automatic tests", if package.has_tests { "declared" } else { "none declared" }.to_owned()));
    let named = words::counted(package.maintainer_count, "person");
    let named = if package.is_listed { named } else { format!("{named} in {}", package.suite) };
    facts.push(Fact::plain("Maintainers named", named));
    if let Some(effective) = score("effective_maintainers").and_then(|row| row.value) {
        facts.push(Fact::plain("Effective trusted maintainers", format!("{effective:.1}")));
    }
    if package.status.as_deref().is_some_and(|words| words.split(' ').any(|word| word == "trusted_publishing_only")) {
        facts.push(Fact::plain("Publishing", "only by workflows that the registry verified".to_owned()));
    }
    let needed = format!(
        "{} directly, {} in all",
        words::counted(package.dependent_count, "package"),
        package.transitive_dependent_count.map_or_else(|| "unknown".to_owned(), words::count)
    );
    facts.extend(package.is_listed.then(|| Fact::plain("Needed by", needed)));
    if let Some(percentile) = score("criticality").and_then(|row| row.percentile) {
        facts.push(Fact::plain("Criticality", words::percentile(percentile, "packages")));
    }
    if let Some(share) = score("dominator_share").and_then(|row| row.value) {
        facts.push(Fact::plain("Dominator share", dominated(package, share)));
    }
    facts
}

/// The part of other packages that stand on `package` alone, in words.
fn dominated(package: &PackageRow, share: f64) -> String {
    if share <= 0.0 {
        return "no other package stands on it alone".to_owned();
    }
    let stand = format!("{} of the other packages: every chain of what they need to run passes through", words::percent(share));
    match package.cycle_package_count {
        Some(count) if count > 1 => {
            format!("{stand} a circle of {} packages that need each other, this one among them", words::count(count))
        }
        _ => format!("{stand} it"),
    }
}

fn releases(pages: &Pages, purl: &str) -> Vec<ReleaseView> {
    let table = &pages.lookup.published.releases;
    let mut rows: Vec<_> = table[pages.lookup.rows_of_package(|by| &by.releases, purl)].iter().collect();
    rows.sort_by(|a, b| b.as_of.cmp(&a.as_of).then_with(|| a.suite.cmp(&b.suite)));
    rows.into_iter()
        .map(|row| ReleaseView {
            suite: row.suite.to_string(),
            as_of: row.as_of.to_string(),
            version: row.version.to_string(),
            is_orphaned: row.is_orphaned,
        })
        .collect()
}
