//! Axiom "small is not bad", measured: packages of many persons against packages of one person with equal facts.

use std::collections::BTreeMap;

use super::order_statistics::{quantile, sorted};
use super::{Basis, ValidationParameters, groups};
use crate::graph::NodeKind;
use crate::ids::Ecosystem;

/// Packages of one size of community against those of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Place of the group among community sizes, from 1.
    pub position: usize,
    /// The group.
    pub group: String,
    /// Packages of the group that have a score, and those of one person that have one.
    pub scored_counts: [usize; 2],
    /// How many of both have a counterpart with equal facts.
    pub matched_counts: [usize; 2],
    /// Combinations of facts that both have.
    pub stratum_count: usize,
    /// Median trust of the group less median trust of packages of one person, facts aside. `None`: one side is empty.
    pub plain_difference: Option<f64>,
    /// Over the matched packages of the group: trust less the median of one-person packages with equal facts, as its 10th
    /// percentile, median and 90th percentile. `None`: nothing matched.
    pub matched_differences: Option<[f64; 3]>,
}

/// Facts that must be equal for two packages to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Facts {
    ecosystem: Ecosystem,
    age: usize,
    has_tests: bool,
    /// Persons who use it: 0, 1, 2–3, 4–7, 8–15 and so on, by number of binary digits.
    user_digits: u32,
    /// Of the persons named none, some or all are verified members.
    members: u8,
    has_team: bool,
}

/// Trust by facts, of the packages of one size of community.
type Strata = BTreeMap<Facts, Vec<f64>>;

/// One comparison for each size of community above one person that occurs.
pub(super) fn comparisons(basis: &Basis, parameters: &ValidationParameters, trust: &[Option<f64>]) -> Vec<Comparison> {
    let mut sizes: BTreeMap<(usize, String), Strata> = BTreeMap::new();
    for (row, community) in groups::communities(basis).iter().enumerate() {
        if let Some(value) = trust[row] {
            let size = sizes.entry(groups::community_size(parameters, community.len())).or_default();
            size.entry(facts(basis, parameters, row)).or_default().push(value);
        }
    }
    let alone = sizes.iter().find(|((place, _), _)| *place == 1).map(|(_, strata)| strata.clone()).unwrap_or_default();
    let larger = sizes.into_iter().filter(|((place, _), _)| *place > 1);
    (1..).zip(larger).map(|(position, ((_, group), strata))| compare(position, group, &strata, &alone)).collect()
}

fn facts(basis: &Basis, parameters: &ValidationParameters, row: usize) -> Facts {
    let graph = basis.graph;
    let (persons, teams): (Vec<_>, Vec<_>) =
        graph.maintainers.neighbors(row).iter().partition(|node| graph.nodes.kind(**node) == NodeKind::Person);
    let members = persons.iter().filter(|node| graph.persons[graph.nodes.row(**node)].is_member).count();
    Facts {
        ecosystem: basis.tables.packages[row].ecosystem,
        age: groups::age(basis, parameters, row).0,
        has_tests: graph.packages[row].has_tests,
        user_digits: usize::BITS - graph.users.neighbors(row).len().leading_zeros(),
        members: u8::from(members > 0) + u8::from(members > 0 && members == persons.len()),
        has_team: !teams.is_empty(),
    }
}

fn compare(position: usize, group: String, strata: &Strata, alone: &Strata) -> Comparison {
    let all = |strata: &Strata| sorted(strata.values().flatten().map(|value| Some(*value)));
    let (of_group, of_alone) = (all(strata), all(alone));
    let matched: Vec<(&Vec<f64>, &Vec<f64>)> =
        strata.iter().filter_map(|(facts, values)| Some((values, alone.get(facts)?))).collect();
    let differences = sorted(matched.iter().flat_map(|(values, reference)| {
        let middle = quantile(&sorted(reference.iter().map(|value| Some(*value))), 0.5);
        values.iter().map(move |value| middle.map(|middle| value - middle))
    }));
    let at = |share| quantile(&differences, share);
    Comparison {
        position,
        group,
        scored_counts: [of_group.len(), of_alone.len()],
        matched_counts: [differences.len(), matched.iter().map(|(_, reference)| reference.len()).sum()],
        stratum_count: matched.len(),
        plain_difference: quantile(&of_group, 0.5).zip(quantile(&of_alone, 0.5)).map(|(a, b)| a - b),
        matched_differences: at(0.1).zip(at(0.5)).zip(at(0.9)).map(|((low, middle), high)| [low, middle, high]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(user_digits: u32) -> Facts {
        Facts { ecosystem: Ecosystem::Debian, age: 0, has_tests: false, user_digits, members: 0, has_team: false }
    }

    #[test]
    fn only_equal_facts_are_compared() {
        let group = Strata::from([(facts(0), vec![0.5, 0.75]), (facts(3), vec![0.25])]);
        let alone = Strata::from([(facts(0), vec![0.25, 0.5, 0.75]), (facts(1), vec![1.0])]);
        let found = compare(1, "2 persons".to_owned(), &group, &alone);
        assert_eq!((found.scored_counts, found.matched_counts, found.stratum_count), ([3, 4], [2, 3], 1));
        assert_eq!(found.plain_difference, Some(0.5 - 0.625));
        let [low, middle, high] = found.matched_differences.expect("two packages have a counterpart");
        assert!((low - 0.025).abs() < 1e-15 && middle == 0.125 && (high - 0.225).abs() < 1e-15);
        let none = compare(1, "2 persons".to_owned(), &group, &Strata::new());
        assert_eq!((none.plain_difference, none.matched_differences, none.matched_counts), (None, None, [0, 0]));
    }
}
