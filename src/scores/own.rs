//! Own facts: what a node shows without anybody else's word.

use crate::graph::{NodeKind, TrustGraph};
use crate::ids::NodeId;
use crate::job::{PackageWeights, PersonWeights, RepositoryWeights, ScoreParameters};

/// Credits of `node`, each a name for the ledger and its points; the sum is at most 1.
pub(super) fn credits(graph: &TrustGraph, parameters: &ScoreParameters, node: NodeId) -> Vec<(&'static str, f64)> {
    let row = graph.nodes.row(node);
    match graph.nodes.kind(node) {
        NodeKind::Team => Vec::new(),
        NodeKind::Person => {
            let PersonWeights { member_prior, tenure_prior, tenure_half_life_years, .. } = &parameters.person;
            let facts = graph.persons[row];
            let tenure = facts.listed.map_or(0.0, |(first, last)| grown(last.years_since(first), tenure_half_life_years.value));
            let member = if facts.is_member { member_prior.value } else { 0.0 };
            kept([("member", member), ("tenure", tenure_prior.value * tenure)])
        }
        NodeKind::Repository => {
            let RepositoryWeights { age_prior, age_half_life_years, .. } = &parameters.repository;
            // Months with commits, not the distance between two dates: one forged old commit is one month.
            let years = f64::from(graph.repositories[row].active_month_count) / 12.0;
            kept([("age", age_prior.value * grown(years, age_half_life_years.value))])
        }
        NodeKind::Package => {
            let PackageWeights { archive_prior, age_prior, age_half_life_years, tests_prior, provenance_prior, .. } =
                &parameters.package;
            let facts = graph.packages[row];
            let archive = if facts.is_listed && facts.is_curated { archive_prior.value } else { 0.0 };
            let age = age_prior.value * grown(facts.last_seen.years_since(facts.first_seen), age_half_life_years.value);
            let tests = if facts.has_tests { tests_prior.value } else { 0.0 };
            let level = f64::from(facts.evidence_level);
            let is_proven = level >= parameters.repository.min_evidence_level.value;
            let provenance = if is_proven { provenance_prior.value * level / MAX_EVIDENCE_LEVEL } else { 0.0 };
            kept([("archive", archive), ("age", age), ("tests", tests), ("provenance", provenance)])
        }
    }
}

/// Verified attestation: the highest level of the scale of links.
const MAX_EVIDENCE_LEVEL: f64 = 5.0;

/// 0 at 0 years, one half after `half_life` years, towards 1.
fn grown(years: f64, half_life: f64) -> f64 {
    1.0 - (-years.max(0.0) / half_life).exp2()
}

fn kept<const N: usize>(credits: [(&'static str, f64); N]) -> Vec<(&'static str, f64)> {
    credits.into_iter().filter(|(_, points)| *points > 0.0).collect()
}
