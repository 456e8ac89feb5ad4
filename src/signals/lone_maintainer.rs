use super::{Answer, Evidence, Facts, Signal};
use crate::graph::NodeKind;
use crate::ids::PackageId;
use crate::job::SignalParameters;

/// Support gap.
pub struct LoneMaintainer;

impl Signal for LoneMaintainer {
    fn name(&self) -> &'static str {
        "lone_maintainer"
    }

    fn question(&self) -> &'static str {
        "Does a package that much depends on hang on one trusted person or fewer?"
    }

    fn method(&self) -> &'static str {
        "Effective number of trusted maintainers: exp of the entropy of trust-weighted control shares, times the mean earned \
         trust of control; a team counts through the persons named beside it. Fires at or below the job's level for packages \
         at or above the job's criticality percentile. Strength: how far above that percentile, times 1 − effective / (1 + level). \
         It cannot see helpers whom the registry does not name. Unknown where the registry does not say who may publish."
    }

    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer {
        let (percentile, lowest) = (facts.criticality_percentile(package), parameters.min_criticality_percentile.value);
        let (effective, limit) =
            (facts.scores.effective_maintainers[package.row()], parameters.lone_maintainer_max_effective.value);
        if percentile < lowest || effective > limit {
            return Answer::No;
        }
        let newest = facts.graph.present.newest_listing(package).expect("only listed packages are asked about");
        let persons = facts.control_in(package, newest);
        if persons.is_empty() && !facts.graph.packages[package.row()].is_orphaned {
            return Answer::Unknown("the registry does not say who may publish");
        }
        let named = persons.iter().filter(|(node, _)| facts.graph.nodes.kind(*node) == NodeKind::Person).count();
        let who = match (facts.graph.packages[package.row()].is_orphaned, named) {
            (true, _) => "It is orphaned".to_owned(),
            (false, 0) => "No person is named as maintainer".to_owned(),
            (false, 1) => "1 person is named as maintainer".to_owned(),
            (false, more) => format!("{more} persons are named as maintainers"),
        };
        let mut dependents = facts.graph.dependents.neighbors(package.row()).to_vec();
        dependents.dedup();
        // Rounded down: nothing is more critical than all.
        let below = (10.0 * percentile.min(99.9)).floor() / 10.0;
        let sentence = format!(
            "{who}; the effective number of trusted maintainers is {effective:.2}, while the package is more critical than \
             {below:.1} of 100 (needed directly by {}).",
            if dependents.len() == 1 { "1 package".to_owned() } else { format!("{} packages", dependents.len()) }
        );
        let strength = (percentile - lowest) / (100.0 - lowest).max(f64::MIN_POSITIVE) * (1.0 - effective / (1.0 + limit));
        let neighbor = persons.first().filter(|_| persons.len() == 1).map(|(node, _)| *node);
        let first_seen = facts.tables.suites[newest.row()].as_of;
        Answer::Yes(Evidence { strength: strength.clamp(0.0, 1.0), first_seen, sentence, neighbor })
    }
}
