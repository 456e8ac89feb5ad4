//! Injected cases: the trajectory of a patient insider grafted on healthy histories, and how often a signal fires before the
//! first release the insider makes.

use rayon::prelude::*;

use super::generator::Generator;
use super::measure::Measure;
use super::replay::{LabelOf, Replay};
use crate::ids::PersonId;
use crate::job::{BacktestParameters, HistoryParameters, Parameters};
use crate::signals::history::{self, Actor, History, HistorySignal, Reading};

/// Share of commits by quarter of the calendar, as the one real case showed them; its first commit landed in the second month
/// of the first quarter.
const SHARES: [f64; 6] = [0.05, 0.14, 0.11, 0.15, 0.61, 0.83];

/// Months from the first landed commit of the trajectory to the first push.
const FIRST_PUSH: usize = 10;

/// And to the first release.
const FIRST_RELEASE: usize = 13;

/// Months of patience: those beyond the trajectory's own twelve are spent before it, at the share of the first quarter.
const PATIENCE: [usize; 4] = [12, 24, 36, 48];

/// Months with work landed at other owners before the first landed commit here.
const OUTSIDE: [usize; 3] = [0, 12, 24];

/// Where a case is grafted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Graft {
    pub(super) history: usize,
    /// Position of the first landed commit of the trajectory.
    start: usize,
}

/// Caught shares by patience and outside months, and over all cases, for the signal that looks for it.
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>], parameters: &Parameters) -> Vec<Measure> {
    let grafts = grafts(replay, labels, &parameters.backtest);
    let numbered: Vec<(usize, &Graft)> = grafts.iter().enumerate().collect();
    let signal: &dyn HistorySignal = history::ALL.into_iter().find(|s| s.name() == "control_shift").expect("a signal of ours");
    let mut measures = Vec::new();
    let (mut all_caught, mut all_cases) = (0, 0);
    for patience in PATIENCE {
        for outside in OUTSIDE {
            let (count, cases) = caught_of(signal, replay, &numbered, [patience, outside], parameters);
            (all_caught, all_cases) = (all_caught + count, all_cases + cases);
            let share = (cases > 0).then(|| count as f64 / cases as f64);
            let subject = format!("patience {patience}, outside {outside}");
            let measure = Measure::new("injected_caught_share", subject, signal.name()).value(share).n(cases);
            measures.push(measure.note("months of patience and of work at other owners; caught before the first release"));
        }
    }
    let share = (all_cases > 0).then(|| all_caught as f64 / all_cases as f64);
    let note = format!("all patiences and outside months; {} places in healthy histories", grafts.len());
    measures.push(Measure::new("injected_caught_share", "all", signal.name()).value(share).n(all_cases).note(note));
    measures
}

/// Insiders caught before their first release, and all, over every patience and outside months.
pub(super) fn caught(
    signal: &dyn HistorySignal,
    replay: &Replay<'_>,
    grafts: &[(usize, &Graft)],
    parameters: &Parameters,
) -> (usize, usize) {
    let sizes = PATIENCE.into_iter().flat_map(|patience| OUTSIDE.map(|outside| [patience, outside]));
    let all = sizes.map(|size| caught_of(signal, replay, grafts, size, parameters));
    all.fold((0, 0), |(caught, cases), one| (caught + one.0, cases + one.1))
}

/// The same for one patience and one number of outside months. Each place has a number that seeds its draws.
fn caught_of(
    signal: &dyn HistorySignal,
    replay: &Replay<'_>,
    grafts: &[(usize, &Graft)],
    [patience, outside]: [usize; 2],
    parameters: &Parameters,
) -> (usize, usize) {
    let is_caught = |(number, graft): &(usize, &Graft)| {
        let mut generator = Generator::new(parameters.backtest.seed.value, 0x1357 + *number as u64);
        let host = replay.history(graft.history);
        let grafted = grafted(host, graft.start, patience, outside, &mut generator)?;
        Some(fires_before_release(signal, host, &grafted, graft.start, &parameters.history))
    };
    let caught: Vec<bool> = grafts.par_iter().filter_map(is_caught).collect();
    (caught.iter().filter(|is_caught| **is_caught).count(), caught.len())
}

/// Places in healthy histories: old enough, covered by the span, and with enough commits.
pub(super) fn grafts(replay: &Replay<'_>, labels: &[LabelOf<'_>], parameters: &BacktestParameters) -> Vec<Graft> {
    let mut healthy: Vec<usize> = labels.iter().filter(|l| l.label.label == "healthy").map(|l| l.history).collect();
    healthy.sort_unstable();
    healthy.dedup();
    let mut grafts = Vec::new();
    for row in healthy {
        let host = replay.history(row);
        let age = parameters.injection_min_age_months.value as usize;
        for start in (age..host.months.len()).step_by(parameters.injection_step_months.value as usize) {
            let end = start + FIRST_RELEASE - 1;
            let is_in_span =
                host.first_month + start as i32 >= replay.span.from && host.first_month + end as i32 <= replay.span.to;
            let is_covered = end + SHARES.len() < host.months.len();
            if is_covered
                && is_in_span
                && f64::from(host.commit_count(end, FIRST_RELEASE)) >= parameters.injection_min_commits.value
            {
                grafts.push(Graft { history: row, start });
            }
        }
    }
    grafts
}

/// Share of the trajectory `months` after its first landed commit.
fn share(months: usize) -> f64 {
    SHARES[((months + 1) / 3).min(SHARES.len() - 1)]
}

/// `host` with an insider: each commit of a month becomes the insider's with the share's probability, acts of control pass over by
/// the share from the first push on. Cut before the first release. `None` where the host is too young for the patience.
fn grafted(host: &History, start: usize, patience: usize, outside: usize, generator: &mut Generator) -> Option<History> {
    let first = start.checked_sub(patience - PATIENCE[0])?;
    let mut history = host.clone();
    history.months.truncate(start + FIRST_RELEASE);
    let insider = history.actors.len() as u32;
    let begin = host.first_month + first as i32;
    let mut actor = Actor {
        person: PersonId(u32::MAX),
        authored_months: Vec::new(),
        first_control: None,
        first_release: None,
        elsewhere_months: (begin - outside as i32..begin).collect(),
    };
    for (at, month) in history.months.iter_mut().enumerate().skip(first) {
        let share = if at < start { SHARES[0] } else { share(at - start) };
        let mut taken = 0;
        for (_, count) in &mut month.authored {
            let own = (0..*count).filter(|_| generator.draw(share)).count() as u32;
            *count -= own;
            taken += own;
        }
        month.authored.retain(|(_, count)| *count > 0);
        if taken > 0 {
            month.authored.push((insider, taken));
            actor.authored_months.push(at);
        }
        if at >= start + FIRST_PUSH && !month.control.is_empty() {
            let all: f64 = month.control.iter().map(|(_, weight)| weight).sum();
            month.control.iter_mut().for_each(|(_, weight)| *weight *= 1.0 - share);
            month.control.push((insider, share * all));
            actor.first_control.get_or_insert(at);
        }
    }
    history.actors.push(actor);
    Some(history)
}

/// The signal fires in a month up to the one before the first release in which the host alone gives no alarm.
fn fires_before_release(
    signal: &dyn HistorySignal,
    host: &History,
    grafted: &History,
    start: usize,
    parameters: &HistoryParameters,
) -> bool {
    let min = signal.min(parameters);
    let is_alarm = |reading: &Reading| reading.ok().zip(min).is_some_and(|(value, min)| value >= min);
    let (alone, with) = (signal.read(host, parameters), signal.read(grafted, parameters));
    (start + FIRST_PUSH..with.len()).any(|at| is_alarm(&with[at]) && !is_alarm(&alone[at]))
}
