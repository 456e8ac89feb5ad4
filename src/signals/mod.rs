//! WHAT TO LOOK AT: one question a file, answered yes, no or unknown, with evidence.
//!
//! A finding is an event or state of a package, never a label on a person.

mod facts;
mod fading_maintainers;
pub mod history;
mod lone_maintainer;
mod low_trust_dependency;
mod ownership_change;

use rayon::prelude::*;

use crate::ids::{NodeId, PackageId};
use crate::job::SignalParameters;
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

/// All questions, by name.
pub const ALL: [&dyn Signal; 4] = [
    &fading_maintainers::FadingMaintainers,
    &lone_maintainer::LoneMaintainer,
    &low_trust_dependency::LowTrustDependency,
    &ownership_change::OwnershipChange,
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
    /// The package.
    pub package: PackageId,
    /// Why.
    pub evidence: Evidence,
    /// At or above the job's level.
    pub is_alert: bool,
}

/// Findings of a run, and how often each signal gave each answer.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Sorted by signal and package.
    pub list: Vec<Finding>,
    /// (signal, `yes` | `no` | `unknown: REASON`) → packages, sorted.
    pub answer_counts: Vec<(&'static str, String, u64)>,
}

/// Asks every signal about every listed package, in parallel over packages.
pub fn find(facts: &Facts, parameters: &SignalParameters) -> Findings {
    let packages: Vec<PackageId> = facts.listed_packages().collect();
    let mut findings = Findings::default();
    for signal in ALL {
        let answers: Vec<Answer> = packages.par_iter().map(|package| signal.ask(facts, parameters, *package)).collect();
        let mut counts = std::collections::BTreeMap::<String, u64>::new();
        for (package, answer) in packages.iter().zip(answers) {
            let word = match answer {
                Answer::Yes(evidence) => {
                    let is_alert = evidence.strength >= parameters.alert_strength.value;
                    findings.list.push(Finding { signal: signal.name(), package: *package, evidence, is_alert });
                    "yes".to_owned()
                }
                Answer::No => "no".to_owned(),
                Answer::Unknown(reason) => format!("unknown: {reason}"),
            };
            *counts.entry(word).or_default() += 1;
        }
        findings.answer_counts.extend(counts.into_iter().map(|(word, count)| (signal.name(), word, count)));
    }
    findings
}
