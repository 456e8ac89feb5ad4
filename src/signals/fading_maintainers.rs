use super::{Answer, Evidence, Facts, Signal};
use crate::graph::NodeKind;
use crate::ids::{NodeId, PackageId};
use crate::job::SignalParameters;

/// Trusted maintainers stopped.
pub struct FadingMaintainers;

impl Signal for FadingMaintainers {
    fn name(&self) -> &'static str {
        "fading_maintainers"
    }

    fn question(&self) -> &'static str {
        "Have trusted maintainers of a package that much depends on stopped, without trusted successors?"
    }

    fn method(&self) -> &'static str {
        "Persons at or above the job's trusted score who held control in the newest earlier suite that lists the package, against those who still do. Fires \
         when at least the job's share of trusted control is gone and no new trusted person holds it, at packages at or above \
         the job's criticality percentile. The evidence says how many years the rest lasts at this rate (constant hazard: the \
         expected time until the last of m leaves is (1 + 1/2 + … + 1/m) / rate). Strength: share lost times how far above \
         that percentile. Unknown for a package no earlier suite lists, or where no trusted person held control then."
    }

    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer {
        let (percentile, lowest) = (facts.criticality_percentile(package), parameters.min_criticality_percentile.value);
        if percentile < lowest {
            return Answer::No;
        }
        let Some((before, now)) = facts.suites_of(package) else {
            return Answer::Unknown("no earlier suite lists it");
        };
        let trusted = |list: Vec<(NodeId, f64)>| -> Vec<(NodeId, f64)> {
            let is_trusted = |node| facts.trust(node).is_some_and(|score| score >= parameters.trusted_score.value);
            let persons = list.into_iter().filter(|(node, _)| facts.graph.nodes.kind(*node) == NodeKind::Person);
            persons.filter(|(node, _)| is_trusted(*node)).collect()
        };
        let (old, new) = (trusted(facts.control_in(package, before)), trusted(facts.control_in(package, now)));
        if old.is_empty() {
            return Answer::Unknown("no trusted person held control in the earlier suite");
        }
        let stayed: Vec<_> = old.iter().filter(|(node, _)| new.iter().any(|(held, _)| held == node)).collect();
        let all: f64 = old.iter().map(|(_, share)| share).sum();
        let lost = 1.0 - stayed.iter().map(|(_, share)| share).sum::<f64>() / all;
        let has_successor = new.len() > stayed.len();
        if lost < parameters.fading_min_share.value || has_successor {
            return Answer::No;
        }
        let gone: Vec<NodeId> =
            old.iter().map(|(node, _)| *node).filter(|node| new.iter().all(|(held, _)| held != node)).collect();
        if gone.is_empty() {
            return Answer::No;
        }
        let named = facts.control_in(package, now).iter().filter(|(n, _)| facts.graph.nodes.kind(*n) == NodeKind::Person).count();
        let (before, now) = (&facts.tables.suites[before.row()], &facts.tables.suites[now.row()]);
        let sentence = format!(
            "{} of {} maintainers named in {} whom this data shows as trusted are no longer named in {} ({}); {}; {} named now.",
            gone.len(),
            old.len(),
            before.name,
            now.name,
            facts.labels(&gone),
            outlook(old.len(), stayed.len(), now.as_of.years_since(before.as_of)),
            if named == 1 { "1 person is".to_owned() } else { format!("{named} persons are") }
        );
        let demand = (percentile - lowest) / (100.0 - lowest).max(f64::MIN_POSITIVE);
        Answer::Yes(Evidence {
            strength: (lost * demand).clamp(0.0, 1.0),
            first_seen: now.as_of,
            sentence,
            neighbor: gone.first().copied(),
        })
    }
}

/// How long the rest lasts at the rate seen.
fn outlook(before: usize, left: usize, years: f64) -> String {
    if left == 0 {
        return "none of those is left".to_owned();
    }
    let rate = -(left as f64 / before as f64).ln() / years;
    let expected: f64 = (1..=left).map(|k| 1.0 / k as f64).sum::<f64>() / rate;
    format!("{left} left, who last about {expected:.1} years at this rate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlook_follows_the_rate() {
        assert_eq!(outlook(2, 0, 2.0), "none of those is left");
        // Half left in 2 years: rate ln 2 / 2 a year, so one person lasts 2 / ln 2 = 2.9 years.
        assert_eq!(outlook(2, 1, 2.0), "1 left, who last about 2.9 years at this rate");
    }
}
