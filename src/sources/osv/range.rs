//! Ranges of versions: `introduced`, `fixed`, `last_affected`, `limit`.
//!
//! Evaluation: <https://ossf.github.io/osv-schema/#evaluation>.

use std::cmp::Ordering;

use serde::Deserialize;

use super::order::Ordered;
use crate::ids::Ecosystem;

/// A range as an advisory writes it.
#[derive(Deserialize)]
pub(super) struct RawRange {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<RawEvent>,
}

#[derive(Deserialize)]
struct RawEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// A range of versions of one ecosystem.
pub(super) struct Range {
    /// Where being affected begins or ends, sorted.
    turns: Vec<Turn>,
}

struct Turn {
    at: Ordered,
    /// `at` itself keeps the state before the turn.
    is_after: bool,
    is_affected: bool,
}

impl Range {
    /// `Ok(None)`: a range of commits. `Err`: a version that cannot be ordered.
    pub(super) fn new(raw: &RawRange, ecosystem: Ecosystem) -> Result<Option<Self>, ()> {
        if !matches!(raw.kind.as_str(), "SEMVER" | "ECOSYSTEM") {
            return Ok(None);
        }
        let mut turns = Vec::new();
        for RawEvent { introduced, fixed, last_affected, limit } in &raw.events {
            // `*` as a limit is no limit.
            let limit = limit.as_ref().filter(|limit| *limit != "*");
            for (text, is_after, is_affected) in [
                (introduced.as_ref(), false, true),
                (fixed.as_ref(), false, false),
                (last_affected.as_ref(), true, false),
                (limit, false, false),
            ] {
                let Some(text) = text else { continue };
                let at = if text == "0" && is_affected { Some(Ordered::First) } else { Ordered::parse(ecosystem, text) };
                turns.push(Turn { at: at.ok_or(())?, is_after, is_affected });
            }
        }
        turns.sort_by(|a, b| a.at.cmp(&b.at).then(a.is_after.cmp(&b.is_after)).then(a.is_affected.cmp(&b.is_affected)));
        Ok(Some(Self { turns }))
    }

    /// Whether every version is affected: it begins before all and never ends.
    pub(super) fn is_everything(&self) -> bool {
        let begins = self.turns.first().is_some_and(|turn| matches!(turn.at, Ordered::First));
        begins && self.turns.iter().all(|turn| turn.is_affected)
    }

    /// Whether `version` is affected.
    pub(super) fn holds(&self, version: &Ordered) -> bool {
        let is_passed = |turn: &&Turn| match turn.at.cmp(version) {
            Ordering::Less => true,
            Ordering::Equal => !turn.is_after,
            Ordering::Greater => false,
        };
        self.turns.iter().take_while(is_passed).last().is_some_and(|turn| turn.is_affected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(ecosystem: Ecosystem, events: &str, versions: &[&str]) -> (bool, Vec<String>) {
        let raw: RawRange = serde_json::from_str(&format!(r#"{{"type":"ECOSYSTEM","events":{events}}}"#)).expect("a range");
        let range = Range::new(&raw, ecosystem).expect("versions").expect("a range");
        let is_held = |text: &&&str| range.holds(&Ordered::parse(ecosystem, text).expect("a version"));
        (range.is_everything(), versions.iter().filter(is_held).map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn ranges() {
        let all = ["0.9.0", "1.0.0-rc.1", "1.0.0", "1.5.0", "2.0.0", "10.0.0"];
        let events = r#"[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"1.5.0"},{"last_affected":"2.0.0"}]"#;
        assert_eq!(
            held(Ecosystem::Cargo, events, &all),
            (false, ["0.9.0", "1.0.0-rc.1", "1.5.0", "2.0.0"].map(str::to_owned).into())
        );
        // Events stand in any order.
        let events = r#"[{"fixed":"2.0.0"},{"introduced":"1.0.0"}]"#;
        assert_eq!(held(Ecosystem::Npm, events, &all).1, ["1.0.0", "1.5.0"]);
        assert_eq!(held(Ecosystem::Npm, r#"[{"introduced":"0"}]"#, &all), (true, all.map(str::to_owned).into()));
        assert_eq!(held(Ecosystem::Npm, r#"[{"introduced":"0"},{"limit":"*"}]"#, &all).1.len(), 6);
        assert_eq!(
            held(Ecosystem::Pypi, r#"[{"introduced":"1.0"},{"last_affected":"1.0.post2"}]"#, &["1.0.0", "1.0.post2", "1.0.1"])
                .1
                .len(),
            2
        );
        assert_eq!(held(Ecosystem::Cargo, "[]", &all), (false, vec![]));
    }

    #[test]
    fn what_is_no_range() {
        let raw = |text: &str| serde_json::from_str::<RawRange>(text).expect("json");
        assert!(Range::new(&raw(r#"{"type":"GIT","events":[{"introduced":"0"}]}"#), Ecosystem::Npm).expect("skipped").is_none());
        assert!(Range::new(&raw(r#"{"type":"SEMVER","events":[{"introduced":"x"}]}"#), Ecosystem::Npm).is_err());
    }
}
