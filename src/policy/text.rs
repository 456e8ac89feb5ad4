//! A report for a terminal. Text of files may hold anything: nothing in it can move the cursor or turn the reading direction.

use std::fmt;

pub(super) use crate::lockfiles::visible;

use super::{Level, Outcome, Report, Status};

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in self.shown() {
            writeln!(out, "{}", line(one))?;
        }
        for one in self.outcomes.iter().filter(|one| one.allowed.is_some()) {
            writeln!(out, "{}; allowed: {}", line(one), visible(one.allowed.as_deref().unwrap_or_default()))?;
        }
        for table in &self.unchecked_tables {
            writeln!(out, "note: the digest of {table}.parquet was not checked because of its size; --digests checks it")?;
        }
        writeln!(out, "{}", self.summary())
    }
}

fn line(one: &Outcome) -> String {
    let package = visible(&one.package());
    let gap = if package.is_empty() { "" } else { " " };
    let link = one.link.as_ref().map_or(String::new(), |link| format!(" {link}"));
    format!("{}:{}: {}: {}:{gap}{package} {}{link}", visible(&one.file), one.line, word(one), one.rule, visible(&one.message))
}

/// What a status and level are called.
pub(super) fn word(one: &Outcome) -> &'static str {
    match (one.status, one.level) {
        (Status::Failure, Level::Fail) => "failure",
        (Status::Failure, Level::Warn) => "warning",
        (Status::Failure, _) => "note",
        (status, _) => status.name(),
    }
}
