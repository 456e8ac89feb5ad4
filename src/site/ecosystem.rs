//! The page of an ecosystem: how its scores are spread.

use std::collections::BTreeMap;

use askama::Template;

use super::view::{Frame, NodeView};
use super::{Pages, paths, words};

/// Bars of the histogram: half a point each.
const BINS: usize = 20;
/// Rows of the lists.
const TOP: usize = 25;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "ecosystem.html", config = "site/askama.toml")]
pub(super) struct EcosystemPage {
    pub frame: Frame,
    pub suites: Vec<(String, String)>,
    pub package_count: String,
    pub scored_count: String,
    pub reasons: Vec<(String, String)>,
    pub quartiles: Option<[String; 3]>,
    pub bins: Vec<Bin>,
    pub critical: Vec<Critical>,
    pub shelves: Vec<(String, String)>,
}

/// One bar of the histogram.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bin {
    /// Scores from here, in points.
    pub from: String,
    /// Scores below this, in points.
    pub to: String,
    /// Packages in it.
    pub count: String,
    /// Share of all scored packages.
    pub share: String,
    /// Left end in the drawing.
    pub x: usize,
    /// Upper end in the drawing, 0..=160.
    pub y: usize,
    /// Height in the drawing.
    pub height: usize,
}

/// A critical package.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Critical {
    /// Place.
    pub rank: usize,
    /// The package.
    pub node: NodeView,
    /// Share of all criticality.
    pub share: String,
    /// Packages that need it in the end.
    pub dependents: String,
    /// Effective trusted maintainers.
    pub effective: String,
}

/// Names of all ecosystems of the snapshot, sorted.
pub(super) fn names<'a>(pages: &Pages<'a>) -> Vec<&'a str> {
    let packages = pages.lookup.published.packages.iter().map(|row| row.ecosystem.as_ref());
    packages.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

impl EcosystemPage {
    /// The page of ecosystem `name`.
    pub fn new(pages: &Pages, name: &str) -> Self {
        let lookup = &pages.lookup;
        let path = paths::ecosystem(name);
        let packages: Vec<_> = lookup.published.packages.iter().filter(|row| row.ecosystem == name).collect();
        let mut values = Vec::new();
        let mut reasons: BTreeMap<String, i64> = BTreeMap::new();
        for package in &packages {
            match lookup.score("trust", "package", &package.purl) {
                Some(row) if row.value.is_some() => values.extend(row.value),
                row => *reasons.entry(words::null_reason(row.and_then(|row| row.null_reason.as_deref()))).or_default() += 1,
            }
        }
        let quartiles = lookup.quartiles("package", name);
        let suites = lookup.published.manifest.suites.iter().filter(|suite| suite.ecosystem == name);
        Self {
            suites: suites.map(|suite| (suite.name.clone(), suite.as_of.to_string())).collect(),
            package_count: words::count(packages.len() as i64),
            scored_count: words::count(values.len() as i64),
            reasons: reasons.into_iter().map(|(reason, count)| (reason, words::count(count))).collect(),
            quartiles: quartiles.map(|q| q.map(words::points)),
            bins: bins(&values),
            critical: critical(pages, name, &path),
            shelves: super::catalogue::links(pages, name, &path),
            frame: Frame::new(
                &lookup.published.manifest,
                &path,
                &words::title(name),
                format!("How trust is spread over {} packages of {name}.", packages.len()),
            ),
        }
    }
}

fn bins(values: &[f64]) -> Vec<Bin> {
    let mut counts = [0usize; BINS];
    for value in values {
        counts[((value * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bin = |(at, count): (usize, &usize)| {
        let height = (count * 160).div_ceil(most);
        Bin {
            from: words::points(at as f64 / BINS as f64),
            to: words::points((at + 1) as f64 / BINS as f64),
            count: words::count(*count as i64),
            share: words::percent(*count as f64 / values.len().max(1) as f64),
            x: at * 30,
            y: 160 - height,
            height,
        }
    };
    counts.iter().enumerate().map(bin).collect()
}

fn critical(pages: &Pages, name: &str, from: &str) -> Vec<Critical> {
    let lookup = &pages.lookup;
    let mut rows: Vec<(f64, &str)> = lookup
        .scores_of("criticality", "package")
        .iter()
        .filter(|row| lookup.ecosystem_of(&row.node_id) == name)
        .filter_map(|row| Some((row.value?, row.node_id.as_str())))
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let row = |(at, (value, purl)): (usize, (f64, &str))| {
        let package = lookup.row_of("package", purl).map(|row| &lookup.published.packages[row]);
        let effective = lookup.score("effective_maintainers", "package", purl).and_then(|row| row.value);
        Critical {
            rank: at + 1,
            node: lookup.node("package", purl, from),
            share: format!("{:.2} %", value * 100.0),
            dependents: package.map_or_else(String::new, |row| {
                row.transitive_dependent_count.map_or_else(|| "unknown".to_owned(), words::count)
            }),
            effective: effective.map_or_else(|| "–".to_owned(), |number| format!("{number:.1}")),
        }
    };
    rows.into_iter().take(TOP).enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_one_bar() {
        let bins = bins(&[0.0, 0.049, 0.05, 0.51, 0.99, 1.0]);
        assert_eq!(bins.len(), BINS);
        assert_eq!([&bins[0].count, &bins[1].count, &bins[10].count, &bins[19].count], ["2", "1", "1", "2"]);
        assert_eq!((bins[0].y, bins[0].height, bins[1].height), (0, 160, 80));
        assert!(super::bins(&[]).iter().all(|bin| bin.height == 0));
    }
}
