//! From entries to outcomes.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::{Verdict, verdict};
use super::entries::{Entries, Judged};
use super::facts::{Facts, PackageFacts};
use super::judge_facts::{Answer, FACT_RULES, Subject};
use super::settings::Rules;
use super::snapshot_tables::SnapshotTables;
use super::{Level, Outcome, Policy, Status};
use crate::lockfiles::Origin;
use crate::units::Day;

/// Why a rule (`false`) or signal (`true`) cannot be asked of any package; a rule and a signal may share a name.
type Unasked = BTreeMap<(bool, String), String>;

/// All that a judgement depends on.
pub(super) struct Judge<'j> {
    pub policy: &'j Policy,
    pub facts: &'j Facts,
    pub tables: &'j SnapshotTables<'j>,
    pub today: Day,
    pub page: fn(&str, &str) -> String,
}

impl Judge<'_> {
    /// Outcomes of all entries, worst first, then by place.
    pub fn all(&self, entries: &Entries) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (file, error) in &entries.errors {
            let line = if let crate::lockfiles::LockfileError::Content { line, .. } = error { *line } else { 1 };
            outcomes.push(Outcome { status: Status::Error, level: Level::Fail, ..plain("read", file, line, error.to_string()) });
        }
        for left in &entries.left {
            let message = format!("not judged: {} ({}, first in this line)", left.reason, count(left.count, "entry", "entries"));
            outcomes.push(self.missing("entry", plain("entry", &left.file, left.line, message)));
        }
        for file in &entries.unjudged {
            let entries = count(file.count, "entry", "entries");
            let message = format!("{}: nothing in it could be judged: {entries}; {}", file.file, file.reason);
            outcomes.push(Outcome {
                status: Status::Error,
                level: Level::Fail,
                ..plain("entry", &file.file, file.line, message)
            });
        }
        let mut uncovered: BTreeMap<(&str, &str), (u64, u32)> = BTreeMap::new();
        let covered = self.tables.ecosystems();
        let unasked = self.facts_missing();
        for judged in &entries.judged {
            let ecosystem = ecosystem(&judged.locked.purl);
            if judged.locked.origin != Origin::Registry {
                outcomes.push(self.elsewhere(judged));
            } else if !covered.contains(ecosystem) {
                uncovered.entry((&judged.file, ecosystem)).or_insert((0, judged.line)).0 += 1;
            } else {
                self.entry(judged, ecosystem, &unasked, &mut outcomes);
            }
        }
        for ((file, ecosystem), (many, line)) in uncovered {
            let packages = count(many, "package", "packages");
            let message = format!("not judged: {packages}, because the snapshot covers no packages of {ecosystem}");
            outcomes.push(self.missing("ecosystem", plain("ecosystem", file, line, message)));
        }
        if let Some(first) = entries.judged.first() {
            outcomes.extend(unasked.into_iter().map(|((_, rule), what)| {
                self.missing("fact", plain(&rule, &first.file, 1, format!("not asked of any package: {what}")))
            }));
        }
        outcomes.sort_by(|a, b| place(a).cmp(&place(b)));
        outcomes
    }

    /// An entry that the public registry says nothing about.
    fn elsewhere(&self, judged: &Judged) -> Outcome {
        let rule = judged.locked.origin.name();
        let from = match (judged.locked.origin, &judged.locked.registry_host) {
            (Origin::Git, _) => "a git repository".to_owned(),
            (Origin::Path, _) => "a folder or file beside the lockfile".to_owned(),
            (Origin::OtherRegistry, Some(host)) if !host.is_empty() => format!("the registry {host}"),
            (Origin::OtherRegistry, _) => "another registry".to_owned(),
            _ => "an archive at an address of its own".to_owned(),
        };
        let message = format!("comes from {from}; facts of the public registry say nothing about it, so it is not judged");
        let level = self.policy.rules.level(rule);
        let outcome = self.about(judged, None, rule, message);
        if level == Level::Off { Outcome { status: Status::Skipped, ..outcome } } else { self.failed(outcome, level) }
    }

    /// An entry of a public registry that the snapshot covers.
    fn entry(&self, judged: &Judged, ecosystem: &str, unasked: &Unasked, outcomes: &mut Vec<Outcome>) {
        let Some(facts) = self.facts.of(&judged.locked.purl) else {
            let message = format!("the snapshot of {} does not know it, so it is not judged", self.tables.manifest.snapshot);
            outcomes.push(self.missing("package", self.about(judged, None, "package", message)));
            return;
        };
        let before = outcomes.len();
        let subject =
            Subject { facts, version: judged.locked.version.as_deref(), ecosystem, policy: self.policy, today: self.today };
        let mut asked = 0;
        for (rule, ask) in FACT_RULES {
            let level = self.policy.rules.level(rule);
            if level != Level::Off && !unasked.contains_key(&(false, rule.to_owned())) {
                asked += 1;
                for answer in ask(&subject) {
                    self.answered(judged, facts, rule, level, answer, outcomes);
                }
            }
        }
        for found in &facts.findings {
            let level = self.policy.signals.get(&found.signal).copied().unwrap_or(Level::Off);
            if level != Level::Off {
                let about = if found.node_id.starts_with("pkg:") { String::new() } else { format!(" ({})", found.node_id) };
                let message = format!("{} [seen {}]{about}", found.evidence, found.first_seen);
                outcomes.push(self.failed(self.about(judged, Some(facts), &found.signal, message), level));
            }
        }
        if !outcomes[before..].iter().any(|one| one.status == Status::Failure && one.allowed.is_none()) {
            let trust = facts.scores.get("trust").and_then(|score| score.value);
            let trust = trust.map_or("trust is not known".to_owned(), |trust| format!("trust {trust:.3}"));
            let signals = self.policy.signals.iter().filter(|(name, level)| **level != Level::Off && self.is_asked(name)).count();
            let message = format!(
                "{trust}; {} and {} found nothing",
                count(asked, "rule", "rules"),
                count(signals as u64, "signal", "signals")
            );
            outcomes.push(Outcome { status: Status::Success, ..self.about(judged, Some(facts), "package", message) });
        }
    }

    fn answered(
        &self,
        judged: &Judged,
        facts: &PackageFacts,
        rule: &str,
        level: Level,
        answer: Answer,
        outcomes: &mut Vec<Outcome>,
    ) {
        match answer {
            Answer::Against(message) => outcomes.push(self.failed(self.about(judged, Some(facts), rule, message), level)),
            Answer::Missing(what, message) => {
                outcomes.push(self.missing(what, self.about(judged, Some(facts), rule, message)));
            }
        }
    }

    /// A failure, unless an exception covers it.
    fn failed(&self, mut outcome: Outcome, level: Level) -> Outcome {
        (outcome.status, outcome.level) = (Status::Failure, level);
        let (purl, version) = (outcome.purl.clone().unwrap_or_default(), outcome.version.clone());
        match verdict(&self.policy.allow, &outcome.rule, &purl, version.as_deref(), self.today) {
            Verdict::None => {}
            Verdict::Allowed(allow) => outcome.allowed = Some(format!("{} (until {})", allow.reason.trim(), allow.until)),
            Verdict::Ended(allow) => outcome.message += &format!("; an exception for it ended on {}", allow.until),
        }
        outcome
    }

    /// What cannot be told: a failure of the policy's level, or skipped.
    fn missing(&self, what: &str, outcome: Outcome) -> Outcome {
        match self.policy.missing.level(what) {
            Level::Off => Outcome { status: Status::Skipped, level: Level::Off, ..outcome },
            level => self.failed(outcome, level),
        }
    }

    fn about(&self, judged: &Judged, facts: Option<&PackageFacts>, rule: &str, message: String) -> Outcome {
        let site = self.policy.site.as_ref();
        let link = site.zip(facts).map(|(site, facts)| format!("{site}{}", (self.page)(&facts.ecosystem, &facts.name)));
        let more = if judged.further_count > 0 {
            format!(" (and {} more)", count(judged.further_count, "place", "places"))
        } else {
            String::new()
        };
        Outcome {
            purl: Some(judged.locked.purl.clone()),
            version: judged.locked.version.clone(),
            link,
            ..plain(rule, &judged.file, judged.line, message + &more)
        }
    }

    /// Rules and signals for which the snapshot lacks a table, column or signal.
    fn facts_missing(&self) -> Unasked {
        let mut missing = Unasked::new();
        for rule in Rules::KEYS.iter().filter(|rule| self.policy.rules.level(rule) != Level::Off) {
            let (table, columns) = needs(rule);
            if !table.is_empty() && !self.tables.has(table) {
                missing.insert((false, (*rule).to_owned()), format!("the snapshot has no table `{table}`"));
            } else if let Some(column) = columns.iter().find(|column| self.facts.absent.contains(&format!("{table}.{column}"))) {
                missing.insert((false, (*rule).to_owned()), format!("the snapshot has no column `{table}.{column}`"));
            }
        }
        for (signal, _) in self.policy.signals.iter().filter(|(_, level)| **level != Level::Off) {
            if !self.tables.has("findings") {
                missing.insert((true, signal.clone()), "the snapshot has no table `findings`".to_owned());
            } else if !self.is_asked(signal) {
                missing.insert((true, signal.clone()), "the snapshot asked no such signal".to_owned());
            }
        }
        missing
    }

    fn is_asked(&self, signal: &str) -> bool {
        self.tables.manifest.signals.iter().any(|asked| asked.name == signal)
    }
}

/// Table and columns without which a rule cannot be asked.
fn needs(rule: &str) -> (&'static str, &'static [&'static str]) {
    match rule {
        "malicious" | "vulnerable" | "unmaintained" => ("advisories", &[]),
        "deprecated" | "archived" | "withheld" => ("packages", &["status"]),
        "orphaned" => ("packages", &["is_orphaned"]),
        "removed" => ("packages", &["is_listed"]),
        "yanked" => ("publishes", &["is_yanked"]),
        "cool_down" => ("publishes", &["published"]),
        "provenance_required" | "provenance_lost" => ("provenance", &[]),
        "threshold" => ("scores", &[]),
        _ => ("", &[]),
    }
}

/// The registry world of a package URL, as tables name it.
fn ecosystem(purl: &str) -> &str {
    let kind = purl.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if purl.starts_with("pkg:deb/debian/") { "debian" } else { kind }
}

fn plain(rule: &str, file: &str, line: u32, message: String) -> Outcome {
    let (file, rule) = (file.to_owned(), rule.to_owned());
    Outcome {
        status: Status::Success,
        level: Level::Off,
        rule,
        purl: None,
        version: None,
        file,
        line,
        message,
        link: None,
        allowed: None,
    }
}

/// Order of outcomes.
fn place(one: &Outcome) -> (Status, bool, Level, &str, u32, &str, &Option<String>, &str) {
    (one.status, one.allowed.is_some(), one.level, &one.file, one.line, &one.rule, &one.purl, &one.message)
}

/// `1 rule`, `2 rules`.
pub(super) fn count(many: u64, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}

/// Rules that stand in outcomes, for lists of rules.
pub(super) fn rule_names(outcomes: &[Outcome]) -> BTreeSet<&str> {
    outcomes.iter().map(|one| one.rule.as_str()).collect()
}
