//! Exceptions: each with a reason and a last day.

use serde::Deserialize;

use super::settings::Rules;
use crate::lockfiles::ParsedPurl;
use crate::units::Day;

/// One exception.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Package URL without version.
    pub purl: String,
    /// The only version it covers. `None`: every one.
    pub version: Option<String>,
    /// Rules and signals it covers.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Last day it counts.
    pub until: Day,
}

/// What an exception says about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// None covers it.
    None,
    /// One covers it.
    Allowed(&'a Allow),
    /// One covered it, until a day that has passed.
    Ended(&'a Allow),
}

impl Allow {
    /// Why it makes no sense, if it does not.
    pub(super) fn problem(&self) -> Option<String> {
        match ParsedPurl::parse(&self.purl) {
            None => return Some(format!("{:?} is no package URL", self.purl)),
            Some(parsed) if parsed.version.is_some() => {
                return Some(format!("{:?} names a version; write `version = …` beside it", self.purl));
            }
            Some(parsed) if parsed.purl != self.purl => {
                return Some(format!("{:?} is written {:?} in canonical form", self.purl, parsed.purl));
            }
            Some(_) => {}
        }
        if self.reason.trim().is_empty() {
            return Some(format!("{} has no reason", self.purl));
        }
        let is_empty = self.rules.is_empty();
        // A misspelt signal would be an exception that covers nothing; signals come from the snapshot, so their shape is all that can be asked.
        let is_name = |rule: &String| !rule.is_empty() && rule.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let wrong = self.rules.iter().find(|rule| !Rules::KEYS.contains(&rule.as_str()) && !is_name(rule));
        if is_empty {
            Some(format!("{} names no rules", self.purl))
        } else {
            wrong.map(|rule| format!("{rule:?} is no rule or signal"))
        }
    }

    fn covers(&self, rule: &str, purl: &str, version: Option<&str>) -> bool {
        let is_version = self.version.as_deref().is_none_or(|only| Some(only) == version);
        self.purl == purl && is_version && self.rules.iter().any(|known| known == rule)
    }
}

/// What `list` says about a failure of `rule`. One that still counts wins over one that ended.
pub(super) fn verdict<'a>(list: &'a [Allow], rule: &str, purl: &str, version: Option<&str>, today: Day) -> Verdict<'a> {
    let covering = || list.iter().filter(|one| one.covers(rule, purl, version));
    match (covering().find(|one| one.until >= today), covering().next()) {
        (Some(one), _) => Verdict::Allowed(one),
        (None, Some(one)) => Verdict::Ended(one),
        (None, None) => Verdict::None,
    }
}
