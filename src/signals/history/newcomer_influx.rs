use super::histories::{Actor, History};
use super::series::{against_past, hold};
use super::{HistorySignal, Reading, month_name, own_strength};
use crate::job::HistoryParameters;

/// Much of the work comes from persons nobody has seen for long.
pub struct NewcomerInflux;

impl HistorySignal for NewcomerInflux {
    fn name(&self) -> &'static str {
        "newcomer_influx"
    }

    fn question(&self) -> &'static str {
        "Does more of the work than usual here come from persons who were first seen anywhere lately?"
    }

    fn method(&self) -> &'static str {
        "Mean over commits of the last months of 2^(−months since the author's first commit in any history read / half-life), diluted \
         by commits of nobody new, × (1 − 2^(−age / half-life)), minus its own mean over the earlier years; it stands for some months \
         and is the strength. Many newcomers are the sign of a project that thrives: it says that work changed hands, not that it \
         is worse. Unknown without a commit in the months and without a year of own past. It cannot know work in histories that were not read."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.newcomer_influx_min.value)
    }

    fn strength(&self, value: f64, _: f64) -> f64 {
        own_strength(value)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let value = |at: usize| {
            let (new, all) = influx(history, at, parameters);
            if all == 0.0 {
                return Err("no commit by a person in the window");
            }
            let grown = 1.0 - 0.5f64.powf(at as f64 / parameters.young_half_life_months.value);
            Ok(grown * new / (all + parameters.influx_evidence.value))
        };
        let values: Vec<Reading> = (0..history.months.len()).map(value).collect();
        let (from, to) = (parameters.past_from_months.value as usize, parameters.past_to_months.value as usize);
        let against = against_past(&values, from, to, parameters.past_min_months.value as usize);
        hold(&against, parameters.hold_months.value as usize)
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let (new, all) = history.at(month).map_or((0.0, 0.0), |at| influx(history, at, parameters));
        format!(
            "Up to {}: of {all:.0} commits in {} months {:.0} % come from persons first seen lately, each weighted by how lately.",
            month_name(month),
            parameters.influx_months.value,
            100.0 * new / all.max(1.0)
        )
    }
}

/// Commits of the window up to `at`, weighted by how new their authors are, and all of them.
fn influx(history: &History, at: usize, parameters: &HistoryParameters) -> (f64, f64) {
    let window = &history.months[(at + 1).saturating_sub(parameters.influx_months.value as usize)..=at];
    let start = at + 1 - window.len();
    let (mut new, mut all) = (0.0, 0.0);
    for (month, acts) in (start..).zip(window) {
        for (actor, count) in &acts.authored {
            let age = months_seen(&history.actors[*actor as usize], history.first_month, month);
            new += f64::from(*count) * 0.5f64.powf(age / parameters.influx_half_life_months.value);
            all += f64::from(*count);
        }
    }
    (new, all)
}

/// Months from the first commit of a person in any history to position `at` of this one.
fn months_seen(actor: &Actor, first_month: i32, at: usize) -> f64 {
    let here = actor.authored_months.first().map(|first| first_month + *first as i32);
    let first = here.into_iter().chain(actor.elsewhere_months.first().copied()).min();
    let now = first_month + at as i32;
    f64::from(now - first.unwrap_or(now).min(now))
}
