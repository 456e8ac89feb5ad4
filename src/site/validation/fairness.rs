//! How trust differs between groups of packages, what would change that, and small against large with equal facts.

use askama::Template;

use super::{points, sensitivity, signed_points};
use crate::site::{Pages, words};
use crate::snapshot::Published;
use crate::snapshot::schema::{FairnessComparisonRow, FairnessRow};

/// Longest table that is open at once.
const OPEN_ROWS: usize = 12;

#[derive(Template)]
#[template(path = "validation_fairness.html", config = "site/askama.toml")]
struct Fairness {
    dimensions: Vec<DimensionView>,
    comparisons: Vec<ComparisonView>,
}

/// What packages are grouped by.
struct DimensionView {
    title: &'static str,
    about: &'static str,
    groups: Vec<GroupView>,
    is_long: bool,
    distance: Option<DistanceView>,
    min_packages: String,
}

struct GroupView {
    name: String,
    packages: String,
    quantiles: [String; 3],
    no_score: String,
}

/// Between the lowest and the highest median.
struct DistanceView {
    points: String,
    low: String,
    high: String,
    /// The change that widens or narrows it most: what was done to which parameter, and the distance then.
    most: Option<(&'static str, String, String)>,
}

struct ComparisonView {
    group: String,
    scored: String,
    matched: String,
    one_person: String,
    strata: String,
    plain: String,
    middle: Option<String>,
    span: String,
}

/// The section.
pub(super) fn html(pages: &Pages) -> askama::Result<String> {
    let published = pages.lookup.published;
    let dimensions = published.fairness.chunk_by(|a, b| a.dimension == b.dimension);
    let section = Fairness {
        dimensions: dimensions.map(|groups| dimension(published, groups)).collect(),
        comparisons: published.fairness_comparisons.iter().map(comparison).collect(),
    };
    section.render()
}

fn dimension(published: &Published, groups: &[FairnessRow]) -> DimensionView {
    let stated = published.manifest.parameters.iter().find(|one| one.name == "validation.min_group_packages");
    let min_packages = stated.map_or(1.0, |one| one.value);
    let (title, about) = words_of(&groups[0].dimension);
    DimensionView {
        title,
        about,
        groups: groups.iter().map(group).collect(),
        is_long: groups.len() > OPEN_ROWS,
        distance: distance(published, groups, min_packages),
        min_packages: words::count(min_packages as i64),
    }
}

fn words_of(dimension: &str) -> (&'static str, &'static str) {
    match dimension {
        "age" => {
            ("By age", "Time between the first and the newest release of the distribution known here that lists the package.")
        }
        "community_size" => (
            "By size of the community",
            "Persons who may publish the package, or whose commits stand in a repository it is proven to be built from.",
        ),
        "control" => ("By who is named as maintainer", "A team is an address that several people share."),
        "ecosystem" => ("By ecosystem", "The registry world a package belongs to."),
        "section" => ("By section", "The section the registry files a package under."),
        _ => ("By another property", "A property this version of the site has no words for."),
    }
}

fn group(row: &FairnessRow) -> GroupView {
    GroupView {
        name: row.group_name.clone(),
        packages: words::count(row.package_count),
        quantiles: [row.p10, row.median, row.p90].map(|value| value.map_or_else(|| "–".to_owned(), points)),
        no_score: words::percent(row.null_share),
    }
}

/// Distance of the medians of groups that are large enough; `None` when there are not two.
fn distance(published: &Published, groups: &[FairnessRow], min_packages: f64) -> Option<DistanceView> {
    let kept: Vec<&FairnessRow> = groups.iter().filter(|row| row.scored_count as f64 >= min_packages).collect();
    let medians = kept.iter().filter_map(|row| Some((row.median?, row.group_name.as_str())));
    let medians: Vec<(f64, &str)> = medians.collect();
    let low = medians.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let high = medians.iter().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|_| medians.len() > 1)?;
    let own = high.0 - low.0;
    let mut variants: Vec<(&str, f64, i64, f64)> = published
        .fairness_variants
        .iter()
        .filter(|row| row.dimension == kept[0].dimension && kept.iter().any(|group| group.position == row.position))
        .filter_map(|row| Some((row.parameter.as_ref(), row.factor, row.position, row.median?)))
        .collect();
    variants.sort_by(|a, b| a.0.cmp(b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let then = variants.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(|medians| {
        let bounds = medians.iter().fold((f64::MAX, f64::MIN), |(low, high), row| (low.min(row.3), high.max(row.3)));
        (medians[0].0, medians[0].1, bounds.1 - bounds.0)
    });
    let most = then.max_by(|a, b| (a.2 - own).abs().total_cmp(&(b.2 - own).abs()).then(b.0.cmp(a.0)));
    Some(DistanceView {
        points: points(own),
        low: low.1.to_owned(),
        high: high.1.to_owned(),
        most: most.map(|(name, factor, then)| (sensitivity::changed(factor), sensitivity::short(name), points(then))),
    })
}

fn comparison(row: &FairnessComparisonRow) -> ComparisonView {
    let or_dash = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), signed_points);
    ComparisonView {
        group: row.group_name.clone(),
        scored: words::count(row.scored_count),
        matched: words::count(row.matched_count),
        one_person: words::count(row.matched_one_person_count),
        strata: words::count(row.stratum_count),
        plain: or_dash(row.plain_difference),
        middle: row.matched_median.map(signed_points),
        span: format!("{} to {}", or_dash(row.matched_p10), or_dash(row.matched_p90)),
    }
}
