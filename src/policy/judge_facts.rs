//! Rules about facts of the snapshot, one function each.

use std::str::FromStr;

use super::facts::{Notice, PackageFacts, Publish};
use super::{Level, Policy};
use crate::units::Day;

/// What a rule says against a package, or what it lacks. No answer: nothing speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Evidence against it.
    Against(String),
    /// A key of the policy's `[missing]`, and what is missing.
    Missing(&'static str, String),
}

use Answer::{Against, Missing};

/// A package at a version, and what is known of it.
pub(super) struct Subject<'s> {
    pub facts: &'s PackageFacts,
    pub version: Option<&'s str>,
    pub ecosystem: &'s str,
    pub policy: &'s Policy,
    pub today: Day,
}

type Ask = fn(&Subject) -> Vec<Answer>;

/// Every rule about facts, by name.
pub(super) const FACT_RULES: [(&str, Ask); 13] = [
    ("malicious", |subject| notices(subject, "malicious", "was published to do harm")),
    ("vulnerable", |subject| notices(subject, "vulnerability", "can be attacked")),
    ("unmaintained", |subject| notices(subject, "unmaintained", "is maintained by nobody")),
    ("deprecated", |subject| flag(subject, "deprecated", true, "its publisher advises against using it")),
    ("archived", |subject| flag(subject, "archived", true, "its publisher says that no more will come")),
    ("withheld", withheld),
    ("yanked", yanked),
    ("orphaned", |subject| flag(subject, "is_orphaned", true, "the registry itself says that nobody maintains it")),
    ("removed", |subject| flag(subject, "is_listed", false, "the newest list of its registry does not have it any more")),
    ("provenance_required", provenance_required),
    ("provenance_lost", provenance_lost),
    ("threshold", threshold),
    ("cool_down", cool_down),
];

fn flag(subject: &Subject, column: &str, against: bool, message: &str) -> Vec<Answer> {
    let is_set = subject.facts.flags.get(column) == Some(&against);
    is_set.then(|| Against(message.to_owned())).into_iter().collect()
}

fn withheld(subject: &Subject) -> Vec<Answer> {
    let quarantined = flag(subject, "quarantined", true, "its registry keeps it from being installed");
    let held = flag(subject, "security_holding", true, "its registry holds the name after a removal");
    quarantined.into_iter().chain(held).collect()
}

fn notices(subject: &Subject, kind: &str, what: &str) -> Vec<Answer> {
    let of_kind = subject.facts.advisories.iter().filter(|notice| notice.kind == kind);
    of_kind.filter_map(|notice| about_notice(subject, notice, what)).collect()
}

fn about_notice(subject: &Subject, notice: &Notice, what: &str) -> Option<Answer> {
    if notice.is_all_versions {
        return Some(Against(format!("every version {what}: {}", notice.id)));
    }
    let Some(version) = subject.version else {
        return Some(Missing("version", format!("{} names some versions, and the file pins none", notice.id)));
    };
    let is_named = notice.versions.iter().any(|named| is_same(subject.ecosystem, named, version));
    is_named.then(|| Against(format!("version {version} {what}: {}", notice.id)))
}

/// The row of the version; `None` with what is missing.
fn publish<'s>(subject: &'s Subject) -> Result<&'s Publish, Vec<Answer>> {
    let missing = |what: String| vec![Missing("version", what)];
    let Some(version) = subject.version else { return Err(missing("the file pins no version".to_owned())) };
    let found = subject.facts.publishes.iter().find(|row| is_same(subject.ecosystem, &row.version, version));
    found.ok_or_else(|| missing(format!("the snapshot does not know version {version}")))
}

fn yanked(subject: &Subject) -> Vec<Answer> {
    let asks_for_day =
        subject.policy.rules.level("cool_down") != Level::Off && subject.policy.cool_down_of(subject.ecosystem) > 0;
    match publish(subject) {
        Ok(row) if row.is_yanked => vec![Against("its publisher withdrew this version".to_owned())],
        Ok(_) => Vec::new(),
        // What is missing is said once.
        Err(missing) => {
            if asks_for_day {
                Vec::new()
            } else {
                missing
            }
        }
    }
}

fn cool_down(subject: &Subject) -> Vec<Answer> {
    let days = subject.policy.cool_down_of(subject.ecosystem);
    if days == 0 {
        return Vec::new();
    }
    match publish(subject) {
        Err(missing) => missing,
        Ok(Publish { published: None, .. }) => {
            vec![Missing("version", "the day this version was published is not known".to_owned())]
        }
        Ok(Publish { published: Some(day), .. }) => {
            let age = subject.today.0.saturating_sub(day.0);
            let message =
                || format!("was published on {day}, {age} days ago; releases of {} wait {days} days", subject.ecosystem);
            (age < days).then(|| Against(message())).into_iter().collect()
        }
    }
}

/// Whether the version's proof holds: `Err` with the reason it does not.
fn is_proven(subject: &Subject) -> Option<Result<(), String>> {
    let version = subject.version?;
    let rows = || subject.facts.provenance.iter().filter(|(known, _, _)| is_same(subject.ecosystem, known, version));
    if rows().any(|(_, is_verified, _)| *is_verified) {
        return Some(Ok(()));
    }
    let reason = rows().find_map(|(_, _, reason)| reason.clone());
    Some(Err(reason.map_or("it carries none".to_owned(), |reason| format!("what it carries proves nothing: {reason}"))))
}

fn provenance_required(subject: &Subject) -> Vec<Answer> {
    match is_proven(subject) {
        None => vec![Missing("version", "the file pins no version, so its provenance cannot be looked up".to_owned())],
        Some(Ok(())) => Vec::new(),
        Some(Err(why)) => vec![Against(format!("has no provenance that holds: {why}"))],
    }
}

fn provenance_lost(subject: &Subject) -> Vec<Answer> {
    let other = subject.facts.provenance.iter().find(|(_, is_verified, _)| *is_verified);
    match (is_proven(subject), other) {
        (Some(Err(why)), Some((other, _, _))) => {
            vec![Against(format!("version {other} has provenance that holds, this one has not: {why}"))]
        }
        _ => Vec::new(),
    }
}

fn threshold(subject: &Subject) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (metric, min) in subject.policy.thresholds_of(subject.ecosystem) {
        let score = subject.facts.scores.get(metric);
        match score.and_then(|score| score.value) {
            Some(value) if value < min => answers.push(Against(format!("{metric} {value:.3} is below {min}"))),
            Some(_) => {}
            None => {
                let reason = score.and_then(|score| score.null_reason.clone()).unwrap_or("no row".to_owned());
                answers.push(Missing("score", format!("{metric} is not known ({reason}), so it cannot be held against {min}")));
            }
        }
    }
    answers
}

/// Whether two texts are one version of an ecosystem.
fn is_same(ecosystem: &str, a: &str, b: &str) -> bool {
    let python = |text: &str| pep440_rs::Version::from_str(text).ok();
    a == b || (ecosystem == "pypi" && python(a).is_some_and(|a| python(b) == Some(a)))
}
