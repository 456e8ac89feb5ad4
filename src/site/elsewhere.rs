//! The same project in other registries, as a package's page shows it.

use super::lookup::Lookup;
use super::neighbors::{LIMIT, Listing};
use super::view::NodeView;
use super::words;
use crate::snapshot::schema::PackageLinkRow;

/// A package of another registry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Elsewhere {
    /// The package.
    pub node: NodeView,
    /// Its registry world.
    pub ecosystem: String,
    /// How sure it is, in words and percent.
    pub confidence: String,
    /// What speaks for it, in words.
    pub reasons: String,
}

/// Packages of other registries that seem to be the project of `purl`, the surest first.
pub(super) fn elsewhere(lookup: &Lookup, purl: &str, from: &str) -> Listing<Elsewhere> {
    let table = &lookup.published.package_links;
    let mut rows: Vec<&PackageLinkRow> = table[lookup.rows_of_package(|by| &by.package_links, purl)].iter().collect();
    rows.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.other_purl.cmp(&b.other_purl)));
    let total = rows.len();
    let one = |row: &PackageLinkRow| Elsewhere {
        node: lookup.node("package", &row.other_purl, from),
        ecosystem: lookup.ecosystem_of(&row.other_purl).to_owned(),
        confidence: confidence(lookup, row.confidence),
        reasons: row.evidence.split(' ').map(reason).collect::<Vec<_>>().join("; "),
    };
    Listing { rows: rows.into_iter().take(LIMIT).map(one).collect(), total }
}

/// `strong, 88 %`; the bounds are the job's.
fn confidence(lookup: &Lookup, value: f64) -> String {
    let is_at = |name| lookup.published.manifest.parameter(name).is_some_and(|bound| value >= bound);
    let word = match (is_at("links.strong_package_link"), is_at("links.likely_package_link")) {
        (true, _) => "strong",
        (false, true) => "likely",
        (false, false) => "weak",
    };
    format!("{word}, {}", words::percent(value))
}

/// A word of `package_links.evidence`.
fn reason(word: &str) -> &str {
    match word {
        "proven_repository" => "one repository, and more than its word speaks for either",
        "claimed_repository" => "both name one repository; one of them merely says so",
        "name" => "the distribution's rule for names makes one of the other",
        "homepage" => "both name one home page",
        "built_using" => "programs hold compiled code of it, as of a library of Rust",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::PackageLinkEvidence;

    #[test]
    fn every_word_of_evidence_is_a_sentence() {
        let all = PackageLinkEvidence {
            is_proven_repository: true,
            is_claimed_repository: true,
            is_same_homepage: true,
            is_same_name: true,
            is_built_using: true,
        };
        assert_eq!(all.words().count(), 5);
        assert!(all.words().all(|word| reason(word) != word));
        assert_eq!(reason("<b>"), "<b>", "a word of a newer snapshot stays as it is, and is escaped as all text");
    }
}
