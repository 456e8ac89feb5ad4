use serde::Serialize;

use crate::signals::history::month_name;

/// One figure. `None` where a field has no meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measure {
    /// What is measured.
    pub name: &'static str,
    /// Of what: tiers, a repository, a group.
    pub subject: Option<String>,
    /// By which signal or baseline.
    pub signal: Option<String>,
    /// `YYYY-MM`.
    pub month: Option<String>,
    /// The figure.
    pub value: Option<f64>,
    /// Lower end of the 95 % bootstrap interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Cases it rests on.
    pub n: Option<u64>,
    /// What else must be known to read it.
    pub note: Option<String>,
}

impl Measure {
    /// A figure without interval.
    pub(super) fn new(name: &'static str, subject: impl Into<String>, signal: impl Into<String>) -> Self {
        Self { name, subject: Some(subject.into()), signal: Some(signal.into()), ..Self::default() }
    }

    pub(super) fn month(self, month: i32) -> Self {
        Self { month: Some(month_name(month)), ..self }
    }

    pub(super) fn value(self, value: Option<f64>) -> Self {
        Self { value: value.filter(|value| value.is_finite()), ..self }
    }

    pub(super) fn interval(self, interval: Option<(f64, f64)>) -> Self {
        Self { lower: interval.map(|ends| ends.0), upper: interval.map(|ends| ends.1), ..self }
    }

    pub(super) fn n(self, n: usize) -> Self {
        Self { n: Some(n as u64), ..self }
    }

    pub(super) fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// All figures of a backtest.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// In the order they were measured.
    pub measures: Vec<Measure>,
}

impl Report {
    /// The report as JSON with a line break at its end. Equal reports give equal text.
    pub fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
