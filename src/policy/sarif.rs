//! SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. Failures are results at their line; what was skipped is
//! a notification, as it is no finding about the code.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::judge::rule_names;
use super::{Level, Outcome, Report, Status};
use crate::ordered::hex;

/// Results a run may have where it is uploaded; the worst come first.
const MAX_RESULTS: usize = 5000;

impl Report {
    /// The log as JSON.
    pub fn sarif(&self) -> Value {
        let rules: Vec<&str> = rule_names(&self.outcomes).into_iter().collect();
        let rule =
            |name: &&str| json!({ "id": name, "shortDescription": { "text": format!("Rule or signal `{name}` of the policy") } });
        let found = self.outcomes.iter().filter(|one| matches!(one.status, Status::Failure | Status::Error));
        let results: Vec<Value> = found.take(MAX_RESULTS).map(|one| result(one, &rules)).collect();
        let skipped = self.outcomes.iter().filter(|one| one.status == Status::Skipped);
        let notes: Vec<Value> = skipped.take(MAX_RESULTS).map(notification).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "trustgraph",
                    "version": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": rules.iter().map(rule).collect::<Vec<_>>(),
                } },
                "invocations": [{
                    "executionSuccessful": self.error_count == 0,
                    "exitCode": self.exit_code(),
                    "toolExecutionNotifications": notes,
                }],
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": { "snapshot": self.snapshot, "as_of": self.as_of, "today": self.today },
            }],
        })
    }
}

fn result(one: &Outcome, rules: &[&str]) -> Value {
    let level = match one.level {
        Level::Fail => "error",
        Level::Warn => "warning",
        Level::Note | Level::Off => "note",
    };
    let package = one.package();
    let text = if package.is_empty() { one.message.clone() } else { format!("{package}: {}", one.message) };
    let identity = format!("{}|{package}|{}", one.rule, one.file);
    let mut result = json!({
        "ruleId": one.rule,
        "ruleIndex": rules.iter().position(|rule| *rule == one.rule),
        "level": level,
        "message": { "text": message(&text, one.link.as_deref()) },
        "locations": [location(one)],
        "partialFingerprints": { "trustgraph/v1": hex(&Sha256::digest(identity.as_bytes())) },
    });
    if let Some(reason) = &one.allowed {
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
    }
    result
}

/// Brackets make links in a message; those of names are escaped.
fn message(text: &str, link: Option<&str>) -> String {
    let text = text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    link.map_or(text.clone(), |link| format!("{text} ([page of the package]({}))", link.replace(')', "%29")))
}

fn notification(one: &Outcome) -> Value {
    let package = one.package();
    let gap = if package.is_empty() { "" } else { ": " };
    json!({
        "descriptor": { "id": one.rule },
        "level": "note",
        "message": { "text": message(&format!("{package}{gap}{}", one.message), None) },
        "locations": [location(one)],
    })
}

fn location(one: &Outcome) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&one.file) },
        "region": { "startLine": one.line.max(1) },
    } })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.trim_start_matches("./").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
