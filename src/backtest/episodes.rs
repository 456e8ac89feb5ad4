//! What alarms cost: episodes where nothing bad is known, and benign handovers as a line of their own.

use super::areas::interval;
use super::measure::Measure;
use super::replay::{LabelOf, Replay, Scorer};
use crate::job::{BacktestParameters, Parameters};
use crate::signals::history::{self, HistorySignal};

/// Repositories over which episodes are counted.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    /// All without a label of malice.
    Controls,
    /// The same, without episodes that belong to a labelled handover.
    ControlsWithoutHandovers,
    /// Labelled healthy.
    Healthy,
}

impl Group {
    const ALL: [Self; 3] = [Self::Controls, Self::ControlsWithoutHandovers, Self::Healthy];

    fn name(self) -> &'static str {
        match self {
            Self::Controls => "controls",
            Self::ControlsWithoutHandovers => "controls, episodes of labelled handovers apart",
            Self::Healthy => "healthy",
        }
    }
}

/// Labels by history, as far as episodes need them.
struct Known {
    is_malicious: Vec<bool>,
    is_healthy: Vec<bool>,
    /// (history, event month).
    handovers: Vec<(usize, i32)>,
}

/// False episodes, handover hits, and every episode with its evidence.
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>], parameters: &Parameters) -> Vec<Measure> {
    let known = Known::new(replay, labels);
    let mut measures = Vec::new();
    for (scorer, min) in replay.signals() {
        for group in Group::ALL {
            measures.push(false_episodes(replay, scorer, min, &known, group, &parameters.backtest));
        }
        measures.push(Measure { subject: None, ..Measure::new("fires_from", "", scorer.name).value(Some(min)) });
        measures.push(handover_hits(replay, scorer, min, &known, &parameters.backtest));
        measures.extend(list(replay, scorer, min, parameters));
    }
    measures
}

impl Known {
    fn new(replay: &Replay<'_>, labels: &[LabelOf<'_>]) -> Self {
        let count = replay.histories.list.len();
        let mut known = Self { is_malicious: vec![false; count], is_healthy: vec![false; count], handovers: Vec::new() };
        for label in labels {
            known.is_malicious[label.history] |= label.is_malicious();
            known.is_healthy[label.history] |= label.label.label == "healthy";
            let event = label.event_month().filter(|_| label.label.label == "handover-benign");
            known.handovers.extend(event.map(|month| (label.history, month)));
        }
        known
    }

    fn belongs_to_handover(&self, history: usize, month: i32, parameters: &BacktestParameters) -> bool {
        let (before, after) = (parameters.handover_before_months.value as i32, parameters.handover_after_months.value as i32);
        self.handovers.iter().any(|(row, event)| *row == history && (event - before..=event + after).contains(&month))
    }
}

fn false_episodes(
    replay: &Replay<'_>,
    scorer: &Scorer,
    min: f64,
    known: &Known,
    group: Group,
    parameters: &BacktestParameters,
) -> Measure {
    let gap = parameters.episode_gap_months.value as i32;
    let is_in = |row: &usize| !known.is_malicious[*row] && (group != Group::Healthy || known.is_healthy[*row]);
    let rows = (0..replay.histories.list.len()).filter(is_in);
    let count = |row: usize| {
        let starts = replay.episodes(scorer, min, row, gap).into_iter();
        let apart = |start: &i32| group != Group::ControlsWithoutHandovers || !known.belongs_to_handover(row, *start, parameters);
        (starts.filter(apart).count() as f64, replay.active_months(row).count() as f64 / 12.0)
    };
    let counts: Vec<(f64, f64)> = rows.map(count).collect();
    let rate = |weights: &[f64]| {
        let weighted = counts.iter().zip(weights);
        let (episodes, years) = weighted.fold((0.0, 0.0), |(e, y), (count, w)| (e + w * count.0, y + w * count.1));
        (years > 0.0).then(|| 100.0 * episodes / years)
    };
    let ones = vec![1.0; counts.len()];
    let bounds = interval(parameters.bootstrap_count.value as usize, parameters.seed.value, |generator| {
        rate(&generator.resample(counts.len()))
    });
    let (episodes, years) = counts.iter().fold((0.0, 0.0), |(e, y), count| (e + count.0, y + count.1));
    let note =
        format!("{episodes} episodes in {years:.0} repository-years of {} repositories; fires from {min} on", counts.len());
    let measure = Measure::new("false_episodes_per_100_repository_years", group.name(), scorer.name);
    measure.value(rate(&ones)).interval(bounds).n(episodes as usize).note(note)
}

fn handover_hits(replay: &Replay<'_>, scorer: &Scorer, min: f64, known: &Known, parameters: &BacktestParameters) -> Measure {
    let (before, after) = (parameters.handover_before_months.value as i32, parameters.handover_after_months.value as i32);
    let in_span = |event: &&(usize, i32)| (replay.span.from..=replay.span.to).contains(&event.1);
    let events: Vec<_> = known.handovers.iter().filter(in_span).collect();
    let is_hit = |(row, event): &&&(usize, i32)| {
        let mut months = event - before..=event + after;
        months.any(|month| replay.reading(scorer, *row, month).is_some_and(|value| value >= min))
    };
    let hits = events.iter().filter(is_hit).count();
    let share = (!events.is_empty()).then(|| hits as f64 / events.len() as f64);
    Measure::new("handover_hit_share", "handover-benign", scorer.name).value(share).n(events.len())
}

/// Every episode, with what stood behind it.
fn list(replay: &Replay<'_>, scorer: &Scorer, min: f64, parameters: &Parameters) -> Vec<Measure> {
    let signal: Option<&dyn HistorySignal> = history::ALL.into_iter().find(|signal| signal.name() == scorer.name);
    let gap = parameters.backtest.episode_gap_months.value as i32;
    let mut measures = Vec::new();
    for row in 0..replay.histories.list.len() {
        for start in replay.episodes(scorer, min, row, gap) {
            let known = replay.history(row);
            let evidence = signal.map(|signal| signal.evidence(known, &parameters.history, start)).unwrap_or_default();
            let measure = Measure::new("episode", replay.name(row), scorer.name).month(start).note(evidence);
            measures.push(measure.value(replay.reading(scorer, row, start)));
        }
    }
    measures
}
