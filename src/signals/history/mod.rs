//! Signals on git histories, evaluated on months.
//!
//! [`Histories`] is built once from commits and tags; a value of month *m* is computed from months up to *m* and nothing else,
//! so that the whole series of a signal is its replay. Two facts are taken from the tables as a whole: which accounts are one
//! person, and which are programs.

mod acts;
mod behavior_change;
mod control;
mod control_shift;
mod dormant_then_active;
mod fading_activity;
mod habits;
mod histories;
mod new_release_maker;
mod newcomer_influx;
mod releases;
mod series;
mod thin_support;
mod work_elsewhere;

use crate::job::HistoryParameters;

pub use habits::HabitKind;
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
    /// The same where a package that much depends on is known to come from the repository.
    fn min_under_demand(&self, parameters: &HistoryParameters) -> Option<f64> {
        self.min(parameters)
    }
    /// It is asked too when nobody has committed for twelve months.
    fn asks_silent(&self) -> bool {
        false
    }
    /// How strongly a value that fires speaks, 0..=1.
    fn strength(&self, value: f64, min: f64) -> f64;
    /// One reading a month of the history, from its first on; each from facts up to the end of its month.
    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading>;
    /// What stands behind the reading of `month` in one sentence without names, dated.
    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String;
}

/// A value, or why there is none. Higher is worse; comparable between histories.
pub type Reading = Result<f64, &'static str>;

/// All questions, by name.
pub const ALL: [&dyn HistorySignal; 7] = [
    &behavior_change::BehaviorChange,
    &control_shift::ControlShift,
    &dormant_then_active::DormantThenActive,
    &fading_activity::FadingActivity,
    &new_release_maker::NewReleaseMaker,
    &newcomer_influx::NewcomerInflux,
    &thin_support::ThinSupport,
];

/// Strength of a value that has an upper end of 1 by itself.
fn own_strength(value: f64) -> f64 {
    value.clamp(0.0, 1.0)
}

/// `2023-02` for a month counted as in [`Day::month`](crate::units::Day::month).
pub fn month_name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}
