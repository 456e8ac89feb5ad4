use super::{Answer, Evidence, Facts, Signal};
use crate::ids::{NodeId, PackageId};
use crate::job::SignalParameters;

/// The set of maintainers at the registry changed.
pub struct OwnershipChange;

impl Signal for OwnershipChange {
    fn name(&self) -> &'static str {
        "ownership_change"
    }

    fn question(&self) -> &'static str {
        "Has control of the package passed to others since an earlier suite?"
    }

    fn method(&self) -> &'static str {
        "Shares of control in the newest suite against the newest earlier one that lists the package; strength is the share that moved (total variation, \
         the share held by nobody known included). Fires at or above the job's share. Most handovers are benign: it says that \
         control moved, not why. A package that was orphaned before is not counted: nobody lost it. Teams are told apart by name, \
         so a list that moves is no change. Unknown for a package no earlier suite lists."
    }

    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer {
        let Some((before, now)) = facts.suites_of(package) else {
            return Answer::Unknown("no earlier suite lists it");
        };
        let (old, new) = (facts.control_in(package, before), facts.control_in(package, now));
        if old.is_empty() {
            // Somebody adopted what nobody held: control passed from no one.
            return Answer::No;
        }
        let moved = moved_share(&old, &new);
        if moved < parameters.ownership_change_min_share.value {
            return Answer::No;
        }
        let missing = |from: &[(NodeId, f64)], other: &[(NodeId, f64)]| -> Vec<NodeId> {
            let gone = from.iter().filter(|(node, _)| other.iter().all(|(held, _)| held != node));
            gone.map(|(node, _)| *node).collect()
        };
        let (left, came) = (missing(&old, &new), missing(&new, &old));
        let (before, now) = (&facts.tables.suites[before.row()], &facts.tables.suites[now.row()]);
        let share = |of: &[NodeId]| new.iter().filter(|(node, _)| of.contains(node)).map(|(_, share)| share).sum::<f64>();
        let passed = match (came.is_empty(), new.is_empty()) {
            (false, _) => {
                let hold = if came.len() == 1 { "holds" } else { "hold" };
                format!("{} came and {hold} {:.0} % of control", facts.labels(&came), 100.0 * share(&came))
            }
            (true, false) => "those who stayed hold all of it".to_owned(),
            (true, true) => "nobody is named any more".to_owned(),
        };
        let gone = if left.is_empty() { "nobody left".to_owned() } else { format!("no longer named: {}", facts.labels(&left)) };
        let sentence =
            format!("Between {} and {} {:.0} % of control moved: {passed}; {gone}.", before.name, now.name, 100.0 * moved);
        Answer::Yes(Evidence { strength: moved.min(1.0), first_seen: now.as_of, sentence, neighbor: came.first().copied() })
    }
}

/// Total variation of two distributions of control; what a list leaves to 1 is held by nobody known.
fn moved_share(old: &[(NodeId, f64)], new: &[(NodeId, f64)]) -> f64 {
    let share = |list: &[(NodeId, f64)], node: NodeId| list.iter().find(|(held, _)| *held == node).map_or(0.0, |(_, s)| *s);
    let unknown = |list: &[(NodeId, f64)]| (1.0 - list.iter().map(|(_, share)| share).sum::<f64>()).max(0.0);
    let gained: f64 = new.iter().map(|(node, now)| (now - share(old, *node)).max(0.0)).sum();
    gained + (unknown(new) - unknown(old)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_that_move() {
        let (a, b, c) = (NodeId(1), NodeId(2), NodeId(3));
        assert_eq!(moved_share(&[(a, 1.0)], &[(a, 1.0)]), 0.0);
        assert_eq!(moved_share(&[(a, 1.0)], &[(b, 1.0)]), 1.0);
        assert_eq!(moved_share(&[(a, 0.5), (b, 0.5)], &[(a, 0.5), (c, 0.5)]), 0.5);
        assert_eq!(moved_share(&[(a, 1.0)], &[]), 1.0, "orphaned");
        assert_eq!(moved_share(&[], &[(a, 1.0)]), 1.0, "adopted");
    }
}
