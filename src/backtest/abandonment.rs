//! Abandoned repositories against the other active ones of the same month.

use super::areas::Wins;
use super::measure::Measure;
use super::replay::{LabelOf, Replay};
use crate::job::BacktestParameters;

/// Months relative to the event.
const OFFSETS: [i32; 5] = [-12, -6, 0, 6, 12];

/// Areas by scorer and months relative to the event.
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>], parameters: &BacktestParameters) -> Vec<Measure> {
    let abandoned = labels.iter().filter(|label| label.label.label == "abandoned");
    let events: Vec<(usize, i32)> = abandoned.filter_map(|label| Some((label.history, label.event_month()?))).collect();
    let (count, seed) = (parameters.bootstrap_count.value as usize, parameters.seed.value);
    let mut measures = Vec::new();
    for offset in OFFSETS {
        for (scorer, wins) in wins(replay, &events, offset) {
            let measure = Measure::new("abandonment_auc", "abandoned", scorer).value(wins.area()).n(wins.case_count());
            measures.push(measure.interval(wins.interval(count, seed)).note(offset.to_string()));
        }
    }
    measures
}

fn wins(replay: &Replay<'_>, events: &[(usize, i32)], offset: i32) -> Vec<(&'static str, Wins)> {
    let histories = replay.histories.list.len();
    let mut all: Vec<(&'static str, Wins)> = Vec::new();
    for (number, (history, event)) in events.iter().enumerate() {
        let month = event + offset;
        if !(replay.span.from..=replay.span.to).contains(&month) {
            continue;
        }
        let is_peer = |row: &usize| replay.history(*row).is_active(month) && events.iter().all(|(other, _)| other != row);
        let peers: Vec<usize> = (0..histories).filter(is_peer).collect();
        for (position, (scorer, scores)) in replay.score(month).into_iter().enumerate() {
            if all.len() <= position {
                all.push((scorer, Wins::new(events.len(), histories)));
            }
            let Some(own) = scores[*history] else { continue };
            for peer in &peers {
                if let Some(other) = scores[*peer] {
                    all[position].1.compare(number, own, *peer, other);
                }
            }
        }
    }
    all
}
