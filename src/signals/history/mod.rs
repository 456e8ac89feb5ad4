//! Signals on git histories, evaluated on months.
//!
//! [`Histories`] is built once from commits and tags; a value of month *m* is computed from months up to *m* and nothing else,
//! so that the whole series of a signal is its replay. Two facts are taken from the tables as a whole: which accounts are one
//! person, and which are programs.

mod acts;
mod control;
mod control_shift;
mod fading_activity;
mod histories;
mod new_release_maker;
mod releases;
mod series;
mod thin_support;
mod work_elsewhere;

use crate::job::HistoryParameters;

pub use histories::{Actor, Histories, History, Month};

/// One question about a history.
pub trait HistorySignal: Sync {
    /// Name in tables, JSON and pages.
    fn name(&self) -> &'static str;
    /// The question in one sentence.
    fn question(&self) -> &'static str;
    /// How it is computed, when it says unknown, what it cannot see.
    fn method(&self) -> &'static str;
    /// The value from which on the job lets it fire; `None` where a history alone cannot say enough to fire.
    fn min(&self, parameters: &HistoryParameters) -> Option<f64>;
    /// One reading a month of the history, from its first on; each from facts up to the end of its month.
    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading>;
    /// What stands behind the reading of `month` in one sentence without names, dated.
    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String;
}

/// A value, or why there is none. Higher is worse; comparable between histories.
pub type Reading = Result<f64, &'static str>;

/// All questions, by name.
pub const ALL: [&dyn HistorySignal; 4] = [
    &control_shift::ControlShift,
    &fading_activity::FadingActivity,
    &new_release_maker::NewReleaseMaker,
    &thin_support::ThinSupport,
];

/// `2023-02` for a month counted as in [`Day::month`](crate::units::Day::month).
pub fn month_name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}
