//! Accounts in other hands: from a month on, commits under the name of a regular follow the habits of somebody else, and how often
//! that is seen within months.
//!
//! The other person is drawn from another history, and the habits are those of a year there. How many commits there are, and when in
//! the month, stays. Sizes and areas of another repository differ also because the repository does, so the curve says how far it falls
//! when the intruder imitates them.

use rayon::prelude::*;

use super::areas::interval;
use super::generator::Generator;
use super::measure::Measure;
use super::replay::{LabelOf, Replay, Scorer};
use crate::job::{BacktestParameters, HistoryParameters, Parameters};
use crate::signals::history::{self, HabitKind, History, HistorySignal, Month, Reading};

/// Months after the change of hands by which it may be seen.
const WITHIN: [usize; 3] = [3, 6, 12];

/// Months that are looked at, and of the other person's habits.
const YEAR: usize = 12;

/// False episodes in 100 repository-years for which the curve gives the level.
const RATES: [f64; 4] = [0.5, 1.0, 2.0, 5.0];

/// What the intruder does as the owner did.
const IMITATED: [(&str, &[HabitKind]); 4] = [
    ("nothing", &[]),
    ("the zone", &[HabitKind::Zone]),
    ("sizes and areas", &[HabitKind::Lines, HabitKind::Files, HabitKind::Areas]),
    (
        "all but the hours",
        &[HabitKind::Zone, HabitKind::Lines, HabitKind::Files, HabitKind::Areas, HabitKind::Signing, HabitKind::Review],
    ),
];

/// An account and a month from which on somebody else uses it.
#[derive(Clone, Copy, Debug)]
struct Place {
    history: usize,
    actor: u32,
    /// First month in other hands.
    start: usize,
    /// Whose habits: history, actor, first month.
    other: (usize, u32, usize),
}

/// What one case showed in the year after the change: the value, where the history alone gave less.
struct Outcome {
    history: usize,
    /// By month: value of the history with the intruder, and without.
    values: Vec<(f64, f64)>,
}

/// Caught shares by months, by what is imitated, and by the false episodes that are borne.
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>], parameters: &Parameters) -> Vec<Measure> {
    let signal = history::ALL.into_iter().find(|signal| signal.name() == "behavior_change").expect("a signal of ours");
    let Some((scorer, min)) = replay.signals().find(|(scorer, _)| scorer.name == signal.name()) else { return Vec::new() };
    let controls: Vec<usize> = (0..replay.histories.list.len())
        .filter(|row| !labels.iter().any(|label| label.history == *row && label.is_malicious()))
        .collect();
    let places = places(replay, &controls, &parameters.backtest);
    if places.is_empty() {
        return Vec::new();
    }
    let mut measures = Vec::new();
    for (imitated, kept) in IMITATED {
        let outcomes: Vec<Outcome> = (places.par_iter().enumerate())
            .map(|(number, place)| outcome(replay, signal, place, number, kept, &parameters.history, &parameters.backtest))
            .collect();
        let measure = |level: f64, months: usize, cost: f64| {
            let subject = format!("imitates {imitated}, within {months} months, at {cost:.1} false episodes");
            let note = format!("level {level:.3}; false episodes in 100 repository-years of histories without a label of malice");
            let measure = Measure::new("account_takeover_caught_share", subject, signal.name());
            let (value, bounds) = share(&outcomes, level, months, replay.histories.list.len(), &parameters.backtest);
            measure.value(value).interval(bounds).n(outcomes.len()).note(note)
        };
        let own_cost = cost(replay, scorer, min, &controls, &parameters.backtest);
        measures.extend(WITHIN.map(|months| measure(min, months, own_cost)));
        for rate in RATES {
            let level = level(replay, scorer, rate, &controls, &parameters.backtest);
            measures
                .extend(level.map(|level| measure(level, YEAR, cost(replay, scorer, level, &controls, &parameters.backtest))));
        }
    }
    measures
}

/// Accounts of regulars of each control, at months apart, with somebody else for each.
fn places(replay: &Replay<'_>, controls: &[usize], parameters: &BacktestParameters) -> Vec<Place> {
    let (age, step) = (parameters.injection_min_age_months.value as usize, parameters.injection_step_months.value as usize);
    let mut generator = Generator::new(parameters.seed.value, 0x7a6e_0000);
    let mut places = Vec::new();
    for row in controls {
        let host = replay.history(*row);
        for start in (age..host.months.len().saturating_sub(YEAR)).step_by(step) {
            let first = host.first_month + start as i32;
            if first < replay.span.from || first + YEAR as i32 > replay.span.to {
                continue;
            }
            for actor in regulars(host, start, parameters) {
                let other = other(replay, *row, actor, parameters, &mut generator);
                places.extend(other.map(|other| Place { history: *row, actor, start, other }));
            }
        }
    }
    places
}

/// Actors with enough commits in the three years before `start`, and in the half year from then on.
fn regulars(host: &History, start: usize, parameters: &BacktestParameters) -> Vec<u32> {
    let count = |months: &[Month]| {
        let mut counts = vec![0u32; host.actors.len()];
        months.iter().flat_map(|month| &month.authored).for_each(|(actor, count)| counts[*actor as usize] += count);
        counts
    };
    let (before, after) =
        (count(&host.months[start.saturating_sub(3 * YEAR)..start]), count(&host.months[start..start + YEAR / 2]));
    let all: u32 = after.iter().sum();
    let is_regular = |actor: &u32| {
        let [before, after] = [&before, &after].map(|counts| f64::from(counts[*actor as usize]));
        before >= parameters.takeover_min_past_commits.value
            && after >= parameters.takeover_min_commits.value
            && after >= parameters.takeover_min_share.value * f64::from(all)
    };
    (0..host.actors.len() as u32).filter(is_regular).collect()
}

/// Somebody with enough commits in a year of another history; `None` where a hundred draws find nobody.
fn other(
    replay: &Replay<'_>,
    row: usize,
    actor: u32,
    parameters: &BacktestParameters,
    generator: &mut Generator,
) -> Option<(usize, u32, usize)> {
    let person = replay.history(row).actors[actor as usize].person;
    (0..100).find_map(|_| {
        let from = generator.below(replay.histories.list.len());
        let source = replay.history(from);
        let candidate = generator.below(source.actors.len());
        let months = &source.actors[candidate].authored_months;
        let at = months[generator.below(months.len().max(1)).min(months.len().checked_sub(1)?)];
        let window = &source.months[at..(at + YEAR).min(source.months.len())];
        let own =
            |month: &Month| month.authored.iter().find(|(known, _)| *known as usize == candidate).map_or(0, |(_, count)| *count);
        let count = f64::from(window.iter().map(own).sum::<u32>());
        let fits = from != row && source.actors[candidate].person != person && count >= parameters.takeover_min_commits.value;
        fits.then_some((from, candidate as u32, at))
    })
}

fn outcome(
    replay: &Replay<'_>,
    signal: &dyn HistorySignal,
    place: &Place,
    number: usize,
    kept: &[HabitKind],
    parameters: &HistoryParameters,
    backtest: &BacktestParameters,
) -> Outcome {
    let mut generator = Generator::new(backtest.seed.value, 0x7a6e_1000 + number as u64);
    let grafted = grafted(replay, place, kept, &mut generator);
    let host = History {
        months: replay.history(place.history).months[..grafted.months.len()].to_vec(),
        ..replay.history(place.history).clone()
    };
    let (with, alone) = (signal.read(&grafted, parameters), signal.read(&host, parameters));
    let level = |reading: &Reading| reading.unwrap_or(f64::NEG_INFINITY);
    let values = (place.start..grafted.months.len()).map(|at| (level(&with[at]), level(&alone[at]))).collect();
    Outcome { history: place.history, values }
}

/// The account's own months up to a year after the change: every bin of a kind that is not kept is drawn from the other's year. Of a
/// kind the other's history does not tell, the own bins stay.
fn grafted(replay: &Replay<'_>, place: &Place, kept: &[HabitKind], generator: &mut Generator) -> History {
    let (host, (from, other, first)) = (replay.history(place.history), place.other);
    let source = replay.history(from);
    let year = &source.months[first..(first + YEAR).min(source.months.len())];
    let mut habits: Vec<(u8, u32)> = year.iter().flat_map(|month| of(month, other)).collect();
    habits.sort_unstable();
    let drawn = |bin: u8, generator: &mut Generator| {
        let kind = HabitKind::of_bin(bin);
        let alike = || habits.iter().filter(|(other, _)| HabitKind::of_bin(*other) == kind);
        let all: u32 = alike().map(|(_, count)| count).sum();
        if kept.contains(&kind) || all == 0 {
            return bin;
        }
        let mut left = generator.below(all as usize) as u32;
        let found = alike().find(|(_, count)| {
            let is_here = left < *count;
            left = left.saturating_sub(*count);
            is_here
        });
        found.map_or(bin, |(bin, _)| *bin)
    };
    let months = host.months[..place.start + YEAR].iter().enumerate().map(|(at, month)| {
        let mut own: Vec<u8> = of(month, place.actor).flat_map(|(bin, count)| std::iter::repeat_n(bin, count as usize)).collect();
        if at >= place.start {
            own.iter_mut().for_each(|bin| *bin = drawn(*bin, generator));
        }
        own.sort_unstable();
        let habits = own.chunk_by(|a, b| a == b).map(|same| (place.actor, same[0], same.len() as u32)).collect();
        let authored = month.authored.iter().filter(|(actor, _)| *actor == place.actor).copied().collect();
        Month { commit_count: month.commit_count, authored, habits, ..Month::default() }
    });
    let (months, url) = (months.collect(), host.url.clone());
    History { repository: host.repository, url, first_month: host.first_month, months, actors: Vec::new() }
}

/// Bins of one actor in a month.
fn of(month: &Month, actor: u32) -> impl Iterator<Item = (u8, u32)> {
    month.habits.iter().filter(move |(known, _, _)| *known == actor).map(|(_, bin, count)| (*bin, *count))
}

/// Cases in which the level is reached within `months` where the history alone does not reach it; and its interval, drawn by
/// repository.
fn share(
    outcomes: &[Outcome],
    level: f64,
    months: usize,
    histories: usize,
    parameters: &BacktestParameters,
) -> (Option<f64>, Option<(f64, f64)>) {
    let is_caught = |outcome: &Outcome| outcome.values.iter().take(months).any(|(with, alone)| *with >= level && *alone < level);
    let caught: Vec<(usize, f64)> =
        outcomes.iter().map(|outcome| (outcome.history, f64::from(u8::from(is_caught(outcome))))).collect();
    let weighted = |weights: &[f64]| {
        let (hits, all) =
            caught.iter().fold((0.0, 0.0), |(hits, all), (row, hit)| (hits + weights[*row] * hit, all + weights[*row]));
        (all > 0.0).then(|| hits / all)
    };
    let bounds = interval(parameters.bootstrap_count.value as usize, parameters.seed.value, |generator| {
        weighted(&generator.resample(histories))
    });
    (weighted(&vec![1.0; histories]), bounds)
}

/// False episodes in 100 repository-years at `level`.
fn cost(replay: &Replay<'_>, scorer: &Scorer, level: f64, controls: &[usize], parameters: &BacktestParameters) -> f64 {
    let gap = parameters.episode_gap_months.value as i32;
    let episodes: usize = controls.iter().map(|row| replay.episodes(scorer, level, *row, gap).len()).sum();
    let months: usize = controls.iter().map(|row| replay.active_months(*row).count()).sum();
    1200.0 * episodes as f64 / (months as f64).max(1.0)
}

/// The lowest level, counted down in two hundredths of one, that costs no more than `rate`; `None` where even the highest does.
fn level(replay: &Replay<'_>, scorer: &Scorer, rate: f64, controls: &[usize], parameters: &BacktestParameters) -> Option<f64> {
    let levels = (1..=200).rev().map(|step| f64::from(step) / 200.0);
    levels.take_while(|level| cost(replay, scorer, *level, controls, parameters) <= rate).last()
}
