//! Signals on histories, asked of every repository as of the last whole month of its history.

use rayon::prelude::*;

use super::history::{self, Histories, History, HistorySignal};
use super::{Answer, Evidence, Facts};
use crate::graph::NodeKind;
use crate::ids::{NodeId, PackageId};
use crate::job::Parameters;
use crate::units::Day;

/// The most critical package that names a repository.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Demand {
    percentile: f64,
    package: PackageId,
}

/// Answers of every signal on histories about every repository. O(signals × months).
pub(super) fn ask(facts: &Facts, parameters: &Parameters) -> Vec<(&'static str, Vec<(NodeId, Answer)>)> {
    let histories = Histories::build(facts.tables, facts.identities, &parameters.history);
    let demands = demands(facts);
    let mut of_row: Vec<Option<&History>> = vec![None; facts.tables.repositories.len()];
    histories.list.iter().for_each(|history| of_row[history.repository.row()] = Some(history));
    let ask = |signal: &dyn HistorySignal, row: usize| match of_row[row] {
        Some(history) => answer(signal, history, facts, parameters, demands[row]),
        None if facts.tables.repositories[row].history_as_of.is_some() => {
            Answer::Unknown("no whole month with a commit by a person")
        }
        None => Answer::Unknown("its history was not read"),
    };
    let node = |row: usize| facts.graph.nodes.node(NodeKind::Repository, row);
    let all = |signal: &&'static dyn HistorySignal| {
        let answers = (0..of_row.len()).into_par_iter().map(|row| (node(row), ask(*signal, row)));
        (signal.name(), answers.collect())
    };
    history::ALL.iter().map(all).collect()
}

/// The most critical listed package that names each repository in its newest suite; of equals the first.
fn demands(facts: &Facts) -> Vec<Option<Demand>> {
    let mut demands: Vec<Option<Demand>> = vec![None; facts.tables.repositories.len()];
    let present = &facts.graph.present;
    let links = facts.tables.repository_links.iter().filter(|link| link.evidence_level >= 0 && present.is_listed(link.package));
    for link in links.filter(|link| present.newest_listing(link.package) == Some(link.suite)) {
        let percentile = facts.criticality_percentile(link.package);
        let known = &mut demands[link.repository.row()];
        if known.is_none_or(|known| percentile > known.percentile) {
            *known = Some(Demand { percentile, package: link.package });
        }
    }
    demands
}

fn answer(
    signal: &dyn HistorySignal,
    history: &History,
    facts: &Facts,
    parameters: &Parameters,
    demand: Option<Demand>,
) -> Answer {
    let (own, lowest) = (&parameters.history, parameters.signals.min_criticality_percentile.value);
    let last = history.last_month();
    if !history.is_active(last) && !signal.asks_silent() {
        return Answer::Unknown("no commit by a person in the twelve months before its history was taken");
    }
    let (min, needed) = match (signal.min(own), signal.min_under_demand(own), demand) {
        (Some(min), _, _) => (min, None),
        (None, None, _) => return Answer::No,
        (None, Some(_), None) => return Answer::Unknown("no listed package names it, so nothing is known of demand"),
        (None, Some(_), Some(demand)) if demand.percentile < lowest => return Answer::No,
        (None, Some(min), Some(demand)) => (min, Some(demand)),
    };
    let readings = signal.read(history, own);
    let value = match readings.last() {
        Some(Ok(value)) => *value,
        Some(Err(reason)) => return Answer::Unknown(reason),
        None => return Answer::Unknown("no whole month with a commit by a person"),
    };
    if value < min {
        return Answer::No;
    }
    // The months up to the last in which it fires without a gap.
    let since = readings.iter().rposition(|reading| !reading.is_ok_and(|value| value >= min)).map_or(0, |at| at + 1);
    let peak = (since..readings.len()).max_by(|a, b| level(&readings[*a]).total_cmp(&level(&readings[*b])).then(b.cmp(a)));
    let evidence = signal.evidence(history, own, history.first_month + peak.unwrap_or(since) as i32);
    let over = |demand: Demand| ((demand.percentile - lowest) / (100.0 - lowest).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    let sentence = match needed {
        None => evidence,
        Some(demand) => {
            let below = (10.0 * demand.percentile.min(99.9)).floor() / 10.0;
            let name = &facts.tables.packages[demand.package.row()].name;
            format!("{evidence} Package {name}, which names it, is more critical than {below:.1} of 100.")
        }
    };
    Answer::Yes(Evidence {
        strength: signal.strength(value, min) * needed.map_or(1.0, over),
        first_seen: end_of(history.first_month + since as i32),
        sentence,
        neighbor: needed.map(|demand| facts.graph.nodes.package(demand.package)),
    })
}

fn level(reading: &history::Reading) -> f64 {
    reading.unwrap_or(f64::NEG_INFINITY)
}

/// The last day of a month: before it nobody could know all facts of the month.
fn end_of(month: i32) -> Day {
    Day(Day::middle_of_month(month + 1).0 - 15)
}
