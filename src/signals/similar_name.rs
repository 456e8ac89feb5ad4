use super::{Answer, Evidence, Facts, Signal};
use crate::ids::{NodeId, PackageId};
use crate::job::SignalParameters;

/// A name that may be taken for another.
pub struct SimilarName;

impl Signal for SimilarName {
    fn name(&self) -> &'static str {
        "similar_name"
    }

    fn question(&self) -> &'static str {
        "Is the name one slip of the hand away from that of a far more critical package of other people?"
    }

    fn method(&self) -> &'static str {
        "Names of one ecosystem with one letter more, less or other, or two neighbors swapped, digits apart, from the job's length on. Fires \
         when the other package is at or above the job's criticality percentile and that many times more critical, and no person or team \
         controls both. Strength: difference of the criticality percentiles over 100. Most such names are older than the likeness \
         or honest: it says that one may be taken for the other. Unknown where nobody is named for one of the two."
    }

    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer {
        let length = |package: &PackageId| facts.tables.packages[package.row()].name.chars().count();
        let least = parameters.similar_name_min_length.value as usize;
        let criticality = |package: &PackageId| facts.scores.criticality[package.row()];
        let is_far = |other: &&PackageId| {
            length(other).min(length(&package)) >= least
                && facts.criticality_percentile(**other) >= parameters.min_criticality_percentile.value
                && criticality(other) >= parameters.similar_name_min_ratio.value * criticality(&package)
        };
        let near = facts.near_names.of(package).iter().filter(is_far);
        let Some(other) = near.max_by(|a, b| criticality(a).total_cmp(&criticality(b)).then(b.cmp(a))).copied() else {
            return Answer::No;
        };
        let holders = |package: PackageId| -> Vec<NodeId> { facts.control(package).into_iter().map(|(node, _)| node).collect() };
        let (own, theirs) = (holders(package), holders(other));
        if own.is_empty() || theirs.is_empty() {
            return Answer::Unknown("nobody is named for one of the two packages");
        }
        if own.iter().any(|node| theirs.contains(node)) {
            return Answer::No;
        }
        let newest = facts.graph.present.first_listing(package).expect("only listed packages are asked about");
        let (percentile, lower) = (facts.criticality_percentile(other), facts.criticality_percentile(package));
        let sentence = format!(
            "Its name is one slip away from {}, which is more critical than {:.1} of 100 packages against {:.1}; no person or team \
             controls both.",
            facts.tables.packages[other.row()].name,
            (10.0 * percentile.min(99.9)).floor() / 10.0,
            (10.0 * lower.min(99.9)).floor() / 10.0
        );
        Answer::Yes(Evidence {
            strength: ((percentile - lower) / 100.0).clamp(0.0, 1.0),
            first_seen: facts.tables.suites[newest.row()].as_of,
            sentence,
            neighbor: Some(facts.graph.nodes.package(other)),
        })
    }
}
