//! WHAT TO LOOK AT: one question a file, answered yes, no or unknown, with evidence.
//!
//! A finding is an event or state of a package or a repository, never a label on a person.

mod facts;
mod fading_maintainers;
pub mod history;
mod lone_maintainer;
mod low_trust_dependency;
mod near_names;
mod ownership_change;
mod provenance_contradicted;
mod provenance_lost;
mod release_without_commit;
mod repositories;
mod similar_name;

use rayon::prelude::*;

use crate::ids::{NodeId, PackageId};
use crate::job::{Parameters, SignalParameters};
use crate::units::Day;

pub use facts::Facts;

/// One question.
pub trait Signal: Sync {
    /// Name in tables, JSON and pages.
    fn name(&self) -> &'static str;
    /// The question in one sentence.
    fn question(&self) -> &'static str;
    /// How it is computed, when it says unknown, what it cannot see.
    fn method(&self) -> &'static str;
    /// The answer for one listed package.
    fn ask(&self, facts: &Facts, parameters: &SignalParameters, package: PackageId) -> Answer;
}

/// All questions about packages, by name. Those about repositories are [`history::ALL`].
pub const ALL: [&dyn Signal; 8] = [
    &fading_maintainers::FadingMaintainers,
    &lone_maintainer::LoneMaintainer,
    &low_trust_dependency::LowTrustDependency,
    &ownership_change::OwnershipChange,
    &provenance_contradicted::ProvenanceContradicted,
    &provenance_lost::ProvenanceLost,
    &release_without_commit::ReleaseWithoutCommit,
    &similar_name::SimilarName,
];

/// An answer. "No" and "could not tell" are never the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It fires.
    Yes(Evidence),
    /// It does not.
    No,
    /// The facts do not allow an answer, and why.
    Unknown(&'static str),
}

/// Why a signal fires.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// 0..=1.
    pub strength: f64,
    /// First day the facts could be seen.
    pub first_seen: Day,
    /// One sentence with the facts.
    pub sentence: String,
    /// The other node it is about.
    pub neighbor: Option<NodeId>,
}

/// One signal's answer that fires.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Name of the signal.
    pub signal: &'static str,
    /// The package or repository.
    pub node: NodeId,
    /// Why.
    pub evidence: Evidence,
    /// At or above the job's level.
    pub is_alert: bool,
}

/// Findings of a run, and how often each signal gave each answer.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Sorted by signal and node.
    pub list: Vec<Finding>,
    /// (signal, `yes` | `no` | `unknown: REASON`) → nodes asked, sorted.
    pub answer_counts: Vec<(&'static str, String, u64)>,
}

/// Asks every signal about every listed package or every repository, in parallel over nodes.
pub fn find(facts: &Facts, parameters: &Parameters) -> Findings {
    let packages: Vec<PackageId> = facts.listed_packages().collect();
    let mut findings = Findings::default();
    let alert_strength = parameters.signals.alert_strength.value;
    for signal in ALL {
        let ask = |package: &PackageId| (facts.graph.nodes.package(*package), signal.ask(facts, &parameters.signals, *package));
        findings.add(signal.name(), packages.par_iter().map(ask).collect(), alert_strength);
    }
    for (signal, answers) in repositories::ask(facts, parameters) {
        findings.add(signal, answers, alert_strength);
    }
    findings.list.sort_by_key(|finding| (finding.signal, finding.node));
    findings.answer_counts.sort();
    findings
}

impl Findings {
    /// Sorts the answers of one signal into findings and counts.
    fn add(&mut self, signal: &'static str, answers: Vec<(NodeId, Answer)>, alert_strength: f64) {
        let mut counts = std::collections::BTreeMap::<String, u64>::new();
        for (node, answer) in answers {
            let word = match answer {
                Answer::Yes(evidence) => {
                    let is_alert = evidence.strength >= alert_strength;
                    self.list.push(Finding { signal, node, evidence, is_alert });
                    "yes".to_owned()
                }
                Answer::No => "no".to_owned(),
                Answer::Unknown(reason) => format!("unknown: {reason}"),
            };
            *counts.entry(word).or_default() += 1;
        }
        self.answer_counts.extend(counts.into_iter().map(|(word, count)| (signal, word, count)));
    }
}
