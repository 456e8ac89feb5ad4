//! Where incidents stood among their peers, month by month, and how long before disclosure a signal fired.

use super::measure::Measure;
use super::replay::{LabelOf, Replay, Scorer};
use crate::job::{BacktestParameters, Parameters};
use crate::signals::history::{self, HistorySignal};

/// Months before disclosure that are looked at.
const LOOK_BACK: i32 = 36;

/// Labels of something bad that happened on a known day.
fn incidents<'l, 't>(labels: &'l [LabelOf<'t>]) -> Vec<&'l LabelOf<'t>> {
    let kinds = ["takeover-malicious", "sock-puppet", "sabotage-own-maintainer", "account-compromise"];
    let is_one = |label: &&LabelOf<'_>| kinds.contains(&label.label.label.as_str()) && label.disclosure_month().is_some();
    let mut list: Vec<_> = labels.iter().filter(is_one).collect();
    // Of several labels of one matter the gravest stands: labels are sorted by their words, and a takeover comes last.
    list.reverse();
    list.dedup_by_key(|label| (label.history, label.disclosure_month()));
    list.reverse();
    list
}

/// Rank, peers, value and percentile by month; lead by signal.
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>], parameters: &Parameters) -> Vec<Measure> {
    let mut measures = Vec::new();
    let mut ecosystems: Vec<Option<&str>> = vec![None; replay.histories.list.len()];
    for label in labels {
        let known = &mut ecosystems[label.history];
        *known = known.or(label.label.ecosystem.as_deref());
    }
    for label in incidents(labels) {
        let Some(disclosed) = label.disclosure_month() else { continue };
        let months = (disclosed - LOOK_BACK).max(replay.span.from)..=disclosed.min(replay.span.to);
        for (scorer, min) in replay.signals() {
            for month in months.clone() {
                measures.extend(place(replay, scorer, label.history, month, &ecosystems, &parameters.backtest));
            }
            measures.push(lead(replay, scorer, min, label, disclosed));
            if label.is_malicious() {
                measures.extend(said(replay, scorer, min, label.history, months.clone(), parameters));
            }
        }
    }
    measures
}

fn place(
    replay: &Replay<'_>,
    scorer: &Scorer,
    history: usize,
    month: i32,
    ecosystems: &[Option<&str>],
    parameters: &BacktestParameters,
) -> Vec<Measure> {
    let own = replay.history(history);
    let Some(value) = replay.reading(scorer, history, month).filter(|_| own.is_active(month)) else { return Vec::new() };
    let size = |row: usize| {
        let known = replay.history(row);
        known.at(month).map(|at| f64::from(known.commit_count(at, at + 1).max(1)))
    };
    let age = |row: usize| f64::from(month - replay.history(row).first_month + 1);
    let (own_size, own_age) = (size(history).unwrap_or(1.0), age(history));
    let is_within = |a: f64, b: f64, factor: f64| a / b <= factor && b / a <= factor;
    let others = (0..replay.histories.list.len()).filter(|row| *row != history && replay.history(*row).is_active(month));
    let (mut above, mut peers) = (0, 1);
    // Peers, and how many of them stand above, of like size, of like age and of the same ecosystem.
    let mut like = [(1, 0); 3];
    for row in others {
        let is_above = replay.reading(scorer, row, month).is_some_and(|other| other >= value);
        let is_like_size = size(row).is_some_and(|size| is_within(size, own_size, parameters.size_factor.value));
        let is_like_age = is_within(age(row), own_age, parameters.age_factor.value);
        let is_same_ecosystem = ecosystems[history].is_some() && ecosystems[row] == ecosystems[history];
        (peers, above) = (peers + 1, above + usize::from(is_above));
        for (entry, _) in like.iter_mut().zip([is_like_size, is_like_age, is_same_ecosystem]).filter(|(_, is_like)| *is_like) {
            *entry = (entry.0 + 1, entry.1 + usize::from(is_above));
        }
    }
    let of = |name, value: f64| Measure::new(name, replay.name(history), scorer.name).month(month).value(Some(value));
    let percentile = 100.0 * (peers - 1 - above) as f64 / (peers - 1).max(1) as f64;
    let mut measures = vec![
        of("rank", (above + 1) as f64).n(peers).note("1 = highest; peers of equal value stand above"),
        of("peers", peers as f64).note("repositories with a commit in the twelve months before"),
        of("rank_like_size", (like[0].1 + 1) as f64).n(like[0].0).note("among peers within the size factor in commits"),
        of("rank_like_age", (like[1].1 + 1) as f64).n(like[1].0).note("among peers within the age factor in months"),
        of("value", value),
        of("percentile", percentile).n(peers),
    ];
    measures.extend(ecosystems[history].map(|ecosystem| {
        let note = format!("among peers whose label names {ecosystem}; without a label no ecosystem is known");
        of("rank_like_ecosystem", (like[2].1 + 1) as f64).n(like[2].0).note(note)
    }));
    measures
}

/// What a snapshot would have said in each month: 1 where the signal fires, 0 where not, with the sentence a finding would carry.
fn said(
    replay: &Replay<'_>,
    scorer: &Scorer,
    min: f64,
    history: usize,
    months: std::ops::RangeInclusive<i32>,
    parameters: &Parameters,
) -> Vec<Measure> {
    let signal: Option<&dyn HistorySignal> = history::ALL.into_iter().find(|signal| signal.name() == scorer.name);
    let one = |month: i32| {
        let value = replay.reading(scorer, history, month)?;
        let evidence = signal.map(|signal| signal.evidence(replay.history(history), &parameters.history, month));
        let measure = Measure::new("said", replay.name(history), scorer.name).month(month);
        Some(measure.value(Some(f64::from(value >= min))).note(evidence.unwrap_or_default()))
    };
    months.filter_map(one).collect()
}

/// Months from the first alarm of the look-back to disclosure.
fn lead(replay: &Replay<'_>, scorer: &Scorer, min: f64, label: &LabelOf<'_>, disclosed: i32) -> Measure {
    let months = (disclosed - LOOK_BACK).max(replay.span.from)..=disclosed.min(replay.span.to);
    let is_alarm = |month: &i32| replay.reading(scorer, label.history, *month).is_some_and(|value| value >= min);
    let first = months.clone().find(is_alarm);
    let measure = Measure::new("lead_months", replay.name(label.history), scorer.name);
    let kind = format!("{}; label source: {}", label.label.label, label.label.source_checked);
    match first {
        Some(first) => measure.month(first).value(Some(f64::from(disclosed - first))).note(kind),
        None => measure.note(format!("{kind}; no alarm in {LOOK_BACK} months before disclosure")),
    }
}
