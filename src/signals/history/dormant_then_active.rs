use super::control::{Power, began, newness};
use super::histories::History;
use super::series::hold;
use super::{HistorySignal, Reading, month_name, own_strength};
use crate::job::HistoryParameters;

/// A release after long silence.
pub struct DormantThenActive;

/// A release that broke a silence.
struct Awakening {
    silent_months: usize,
    /// Share of the month's releases by persons new to making them and without work elsewhere, each by how much, 0..=1.
    new_share: f64,
}

impl HistorySignal for DormantThenActive {
    fn name(&self) -> &'static str {
        "dormant_then_active"
    }

    fn question(&self) -> &'static str {
        "Did somebody new make a release after long silence?"
    }

    fn method(&self) -> &'static str {
        "In a month with a release: (1 − 2^(−s / half-life)) × share of the month's releases by new makers, where s is the longest run \
         of months without a commit since the release before, and a maker is weighted \
         by 2^(−months since the first release made here / half-life) × (1 − those months / age of releases here) × 2^(−months of landed work at other \
         owners / half-life). The value stands for some months and is the strength. 0 in months without a release. Unknown before the second month with a \
         release. It cannot see who uploads to a registry."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.dormant_then_active_min.value)
    }

    fn strength(&self, value: f64, _: f64) -> f64 {
        own_strength(value)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        const NO_SECOND: &str = "no second month with a release yet";
        let Some(began) = began(history, Power::Release) else { return vec![Err(NO_SECOND); history.months.len()] };
        let second = (began + 1..history.months.len()).find(|at| !history.months[*at].releases.is_empty());
        let value = |at: usize| {
            if second.is_none_or(|second| at < second) {
                return Err(NO_SECOND);
            }
            let Some(found) = awakening(history, began, at, parameters) else { return Ok(0.0) };
            let silence = 1.0 - 0.5f64.powf(found.silent_months as f64 / parameters.dormant_half_life_months.value);
            Ok(silence * found.new_share)
        };
        let values: Vec<Reading> = (0..history.months.len()).map(value).collect();
        hold(&values, parameters.hold_months.value as usize)
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let found = history.at(month).zip(began(history, Power::Release));
        let found = found.and_then(|(at, began)| awakening(history, began, at, parameters));
        let Some(found) = found else { return format!("Up to {}: no release this month.", month_name(month)) };
        format!(
            "Up to {}: a release after {} months without a commit; {:.0} % of the month's releases come from new makers, each weighted by how new.",
            month_name(month),
            found.silent_months,
            100.0 * found.new_share
        )
    }
}

/// What the releases of position `at` broke; `None` for a month without one, and for the first month with one.
fn awakening(history: &History, began: usize, at: usize, parameters: &HistoryParameters) -> Option<Awakening> {
    let releases = &history.months[at].releases;
    if releases.is_empty() || at <= began {
        return None;
    }
    let before = (began..at).rev().find(|month| !history.months[*month].releases.is_empty())?;
    let silences = history.months[before + 1..=at].split(|month| month.commit_count > 0).map(<[_]>::len);
    let now = history.first_month + at as i32;
    let weigh = |(actor, count): &(u32, f64)| {
        let newness = newness(history, Power::Release, *actor, began, at, parameters.settling_half_life_months.value);
        let elsewhere = history.actors[*actor as usize].elsewhere_months.partition_point(|month| *month <= now) as f64;
        count * newness * 0.5f64.powf(elsewhere / parameters.elsewhere_half_life_months.value)
    };
    let all: f64 = releases.iter().map(|(_, count)| count).sum();
    Some(Awakening { silent_months: silences.max().unwrap_or(0), new_share: releases.iter().map(weigh).sum::<f64>() / all })
}
