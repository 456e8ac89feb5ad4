//! Governance cases: each incident against all controls on its own day.

use super::areas::Wins;
use super::cases::Case;
use super::measure::Measure;
use super::replay::Replay;
use crate::job::BacktestParameters;
use crate::units::Day;

/// Tiers that are judged together; the last two leave hardly a trace in a history and are reported apart.
const GROUPS: [(&str, &[&str]); 4] = [("T1-T3", &["T1", "T2", "T3"]), ("T4", &["T4"]), ("T5", &["T5"]), ("T4-T5", &["T4", "T5"])];

/// The signal whose area is held against the baselines.
const JUDGED: &str = "thin_support";

/// An incident on the last whole month before its cutoff that its history covers.
struct Incident {
    history: usize,
    month: i32,
}

/// Areas by scorer, on the same date and against controls of like size, and paired differences.
pub(super) fn measures(replay: &Replay<'_>, cases: &[Case], parameters: &BacktestParameters) -> Vec<Measure> {
    let controls = control_histories(replay, cases);
    let mut measures = Vec::new();
    for (group, tiers) in GROUPS {
        let incidents = incidents(replay, cases, tiers);
        let missing =
            cases.iter().filter(|case| tiers.contains(&case.tier.as_str()) && case.cutoff.is_some()).count() - incidents.len();
        if incidents.is_empty() {
            continue;
        }
        for (name, is_matched) in [("governance_auc_same_date", false), ("governance_auc_size_matched", true)] {
            let factor = is_matched.then_some(parameters.size_factor.value);
            let wins = wins(replay, &incidents, &controls, factor);
            measures.extend(of_group(name, group, &wins, missing, parameters));
        }
    }
    measures
}

fn of_group(
    name: &'static str,
    group: &str,
    wins: &[(&'static str, Wins)],
    missing: usize,
    parameters: &BacktestParameters,
) -> Vec<Measure> {
    let (count, seed) = (parameters.bootstrap_count.value as usize, parameters.seed.value);
    let judged = wins.iter().find(|(scorer, _)| *scorer == JUDGED).map(|(_, wins)| wins);
    let mut measures = Vec::new();
    for (scorer, own) in wins {
        let note = format!("{:.1} controls a case; {missing} cases without a history that early", own.controls_a_case());
        let measure = Measure::new(name, group, *scorer).value(own.area()).n(own.case_count()).note(note);
        measures.push(measure.interval(own.interval(count, seed)));
        let Some(judged) = judged.filter(|_| *scorer != JUDGED) else { continue };
        let difference = judged.area().zip(own.area()).map(|(judged, own)| judged - own);
        let measure = Measure::new("governance_auc_difference", group, format!("{JUDGED} minus {scorer}")).value(difference);
        measures.push(measure.interval(judged.paired_interval(own, count, seed)).n(own.case_count()).note(name));
    }
    measures
}

/// Controls by history, each once.
fn control_histories(replay: &Replay<'_>, cases: &[Case]) -> Vec<usize> {
    let controls = cases.iter().filter(|case| case.tier == "control");
    let mut rows: Vec<usize> = controls.filter_map(|case| replay.histories.find(&case.url)).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn incidents(replay: &Replay<'_>, cases: &[Case], tiers: &[&str]) -> Vec<Incident> {
    let of = |case: &Case| {
        let history = replay.histories.find(&case.url)?;
        // Facts before the cutoff day: the last month that ended by then.
        let month = last_month_before(case.cutoff?).min(replay.history(history).last_month());
        replay.history(history).at(month).map(|_| Incident { history, month })
    };
    cases.iter().filter(|case| tiers.contains(&case.tier.as_str())).filter_map(of).collect()
}

/// The last month that ended before `day`.
fn last_month_before(day: Day) -> i32 {
    day.month() - 1
}

/// Wins of every scorer; `factor` limits controls to so many times more or fewer commits.
fn wins(replay: &Replay<'_>, incidents: &[Incident], controls: &[usize], factor: Option<f64>) -> Vec<(&'static str, Wins)> {
    let mut all: Vec<(&'static str, Wins)> = Vec::new();
    let size = |history: usize, month: i32| {
        let at = replay.history(history).at(month)?;
        Some(f64::from(replay.history(history).commit_count(at, at + 1).max(1)))
    };
    for (number, incident) in incidents.iter().enumerate() {
        let own_size = size(incident.history, incident.month).unwrap_or(1.0);
        let is_like = |other: f64| factor.is_none_or(|factor| other / own_size <= factor && own_size / other <= factor);
        for (scorer, scores) in replay.score(incident.month) {
            let entry = match all.iter().position(|(name, _)| *name == scorer) {
                Some(position) => position,
                None => {
                    all.push((scorer, Wins::new(incidents.len(), controls.len())));
                    all.len() - 1
                }
            };
            let Some(own) = scores[incident.history] else { continue };
            for (control, row) in controls.iter().enumerate().filter(|(_, row)| **row != incident.history) {
                // A control must be there on that day.
                let is_there = size(*row, incident.month).is_some_and(is_like);
                if let Some(other) = scores[*row].filter(|_| is_there) {
                    all[entry].1.compare(number, own, control, other);
                }
            }
        }
    }
    all
}
