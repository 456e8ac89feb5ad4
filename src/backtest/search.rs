//! A declared search for the parameters of a signal, cross-fitted: halves of the repositories choose, the other halves judge.

use rayon::prelude::*;

use super::generator::Generator;
use super::injection::{self, Graft};
use super::measure::Measure;
use super::replay::{LabelOf, Replay};
use crate::job::{Parameters, Search};
use crate::signals::history::{self, HistorySignal, Reading};

/// Levels that are tried, highest first, on a scale of hundredths: values of signals that can be sought lie in 0..=1.
const LEVELS: std::ops::RangeInclusive<u32> = 1..=100;

/// One half of the repositories.
struct Half<'r> {
    /// Rows without a label of malice, with the positions of their active months in the span.
    controls: Vec<(usize, Vec<usize>)>,
    grafts: Vec<(usize, &'r Graft)>,
}

/// What a set of parameters reaches on a half.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    level: f64,
    false_episodes: f64,
    caught: f64,
}

/// All draws with what they reach on either half, and what each half's choice reaches on the other. O(draws × signals).
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>], search: &Search, parameters: &Parameters) -> Vec<Measure> {
    let Some(signal) = history::ALL.into_iter().find(|signal| signal.name() == search.signal) else { return Vec::new() };
    let grafts = injection::grafts(replay, labels, &parameters.backtest);
    let halves = halves(replay, labels, &grafts, search.seed.value);
    let sets = draws(search, parameters);
    let reached: Vec<[Option<Outcome>; 2]> = sets
        .iter()
        .map(|(set, _)| {
            let readings = read(signal, replay, set);
            [0, 1].map(|half| choose_level(signal, replay, &halves[half], &readings, set, search, parameters))
        })
        .collect();
    let mut measures = Vec::new();
    for (number, (outcomes, (_, words))) in reached.iter().zip(&sets).enumerate() {
        for (half, outcome) in outcomes.iter().enumerate() {
            let subject = format!("draw {number}, half {}", half + 1);
            let measure = Measure::new("search", subject, signal.name()).n(halves[half].grafts.len());
            let note = outcome.map_or("no level costs as little".to_owned(), |one| one.words());
            measures.push(measure.value(outcome.map(|one| one.caught)).note(format!("{note}; {words}")));
        }
    }
    for half in [0, 1] {
        let best = (0..sets.len()).filter_map(|at| Some((at, reached[at][half]?)));
        // Of equals the first, so that the job's own set stands where nothing is better.
        let Some((at, own)) = best.reduce(|best, next| if next.1.caught > best.1.caught { next } else { best }) else { continue };
        let (set, words) = &sets[at];
        let other = &halves[1 - half];
        let readings = read(signal, replay, set);
        let judged = judge(signal, replay, other, &readings, &with_level(set, search, own.level), own.level, parameters);
        let measure = Measure::new("search_chosen", format!("draw {at}, chosen by half {}", half + 1), signal.name());
        let note = format!("on the half that chose: {}; on the other: {}; {words}", own.words(), judged.words());
        measures.push(measure.value(Some(judged.caught)).n(other.grafts.len()).note(note));
    }
    measures
}

impl Outcome {
    fn words(&self) -> String {
        format!(
            "caught {:.3} at level {:.2} and {:.2} false episodes in 100 repository-years",
            self.caught, self.level, self.false_episodes
        )
    }
}

/// The job's own parameters, then as many random sets as the search says, each with what was changed in words.
fn draws(search: &Search, parameters: &Parameters) -> Vec<(Parameters, String)> {
    let mut sets = vec![(parameters.clone(), "the job's own".to_owned())];
    for number in 0..search.draw_count.value as u64 {
        let mut generator = Generator::new(search.seed.value, 0x5ea2_c400 + number);
        let (mut set, mut words) = (parameters.clone(), Vec::new());
        for (name, range) in &search.ranges {
            let value = range.from * (range.to / range.from).powf(generator.share());
            let value = ((value * 10.0).round() / 10.0).clamp(range.from, range.to);
            set.set(name, value).expect("both ends of the range were accepted when the search was read");
            words.push(format!("{} {value}", name.trim_start_matches("history.")));
        }
        sets.push((set, words.join(", ")));
    }
    sets
}

fn halves<'r>(replay: &Replay<'_>, labels: &[LabelOf<'_>], grafts: &'r [Graft], seed: f64) -> [Half<'r>; 2] {
    let is_second = |row: usize| Generator::new(seed, 0x4a1f_0000 + row as u64).draw(0.5);
    let is_malicious = |row: usize| labels.iter().any(|label| label.history == row && label.is_malicious());
    let active = |row: usize| {
        let first = replay.history(row).first_month;
        replay.active_months(row).map(|month| (month - first) as usize).collect()
    };
    [false, true].map(|second| Half {
        controls: (0..replay.histories.list.len())
            .filter(|row| is_second(*row) == second && !is_malicious(*row))
            .map(|row| (row, active(row)))
            .collect(),
        grafts: grafts.iter().enumerate().filter(|(_, graft)| is_second(graft.history) == second).collect(),
    })
}

fn read(signal: &dyn HistorySignal, replay: &Replay<'_>, set: &Parameters) -> Vec<Vec<Reading>> {
    replay.histories.list.par_iter().map(|history| signal.read(history, &set.history)).collect()
}

/// The lowest level that costs no more than the search bears, counted down from the highest until one costs more; `None` where
/// even the highest does.
fn choose_level(
    signal: &dyn HistorySignal,
    replay: &Replay<'_>,
    half: &Half<'_>,
    readings: &[Vec<Reading>],
    set: &Parameters,
    search: &Search,
    parameters: &Parameters,
) -> Option<Outcome> {
    let gap = parameters.backtest.episode_gap_months.value as usize;
    let levels = LEVELS.rev().map(|hundredths| f64::from(hundredths) / 100.0);
    let is_borne = |level: &f64| false_episodes(half, readings, *level, gap) <= search.max_false_episodes.value;
    let level = levels.take_while(is_borne).last()?;
    Some(judge(signal, replay, half, readings, &with_level(set, search, level), level, parameters))
}

fn with_level(set: &Parameters, search: &Search, level: f64) -> Parameters {
    let mut set = set.clone();
    set.set(&search.level(), level).expect("the level was accepted when the search was read");
    set
}

fn judge(
    signal: &dyn HistorySignal,
    replay: &Replay<'_>,
    half: &Half<'_>,
    readings: &[Vec<Reading>],
    set: &Parameters,
    level: f64,
    parameters: &Parameters,
) -> Outcome {
    let gap = parameters.backtest.episode_gap_months.value as usize;
    let (caught, cases) = injection::caught(signal, replay, &half.grafts, set);
    let caught = caught as f64 / (cases as f64).max(1.0);
    Outcome { level, false_episodes: false_episodes(half, readings, level, gap), caught }
}

/// Episodes in 100 active repository-years of the controls.
fn false_episodes(half: &Half<'_>, readings: &[Vec<Reading>], level: f64, gap: usize) -> f64 {
    let (mut episodes, mut months) = (0, 0);
    for (row, active) in &half.controls {
        let mut last: Option<usize> = None;
        for at in active.iter().filter(|at| readings[*row][**at].is_ok_and(|value| value >= level)) {
            episodes += usize::from(last.is_none_or(|last| at - last > gap));
            last = Some(*at);
        }
        months += active.len();
    }
    100.0 * 12.0 * episodes as f64 / (months as f64).max(1.0)
}
