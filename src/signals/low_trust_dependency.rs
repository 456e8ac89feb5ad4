use super::{Answer, Evidence, Facts, Signal};
use crate::ids::PackageId;
use crate::job::SignalParameters;

/// A trusted package took on a dependency that is not.
pub struct LowTrustDependency;

impl Signal for LowTrustDependency {
    fn name(&self) -> &'static str {
        "low_trust_dependency"
    }

    fn question(&self) -> &'static str {
        "Did a trusted package take on a new dependency of low trust?"
    }

    fn method(&self) -> &'static str {
        "Packages at or above the job's score whose newest suite has a runtime dependency that the newest earlier one that lists them did not have, \
         with a trust score at or below the job's level. Strength: score of the package minus score of the dependency, over \
         the score of the package. The lowest such dependency is named. Unknown for a package no earlier suite lists."
    }

    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer {
        let trust = |package: PackageId| facts.trust(facts.graph.nodes.package(package));
        let Some(own) = trust(package).filter(|score| *score >= parameters.dependency_min_package_score.value) else {
            return Answer::No;
        };
        let Some((before, now)) = facts.suites_of(package) else {
            return Answer::Unknown("no earlier suite lists it");
        };
        let old: Vec<PackageId> = facts.runtime_dependencies_in(package, before).collect();
        let new = facts.runtime_dependencies_in(package, now).filter(|dependency| old.binary_search(dependency).is_err());
        let low = new.filter_map(|dependency| Some((trust(dependency)?, dependency)));
        let mut low: Vec<(f64, PackageId)> = low.filter(|(score, _)| *score <= parameters.dependency_max_score.value).collect();
        low.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Some((lowest, dependency)) = low.first().copied() else {
            return Answer::No;
        };
        let node = facts.graph.nodes.package(dependency);
        let more = if low.len() > 1 { format!(" and {} more of low trust", low.len() - 1) } else { String::new() };
        let (before, now) = (&facts.tables.suites[before.row()], &facts.tables.suites[now.row()]);
        let sentence = format!(
            "Needs {} (trust {:.1} of 10){more} to run since {}, which it did not need in {}; its own trust is {:.1}.",
            facts.label(node),
            10.0 * lowest,
            now.name,
            before.name,
            10.0 * own
        );
        Answer::Yes(Evidence { strength: (own - lowest) / own, first_seen: now.as_of, sentence, neighbor: Some(node) })
    }
}
