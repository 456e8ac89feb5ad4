//! All labels with how sure they are, so that figures can be read against them.

use super::measure::Measure;
use super::replay::{LabelOf, Replay};

/// One row a label of a history there is, in the order of the table; labels without one are counted.
pub(super) fn measures(replay: &Replay<'_>, labels: &[LabelOf<'_>]) -> Vec<Measure> {
    let row = |label: &LabelOf<'_>| {
        let known = label.label;
        let covered = match known.is_event_covered {
            Some(true) => "; the history reaches the event",
            Some(false) => "; the history ends before the event",
            None => "",
        };
        let measure =
            Measure::new("label", replay.name(label.history), "").note(format!("source: {}{covered}", known.source_checked));
        let measure = Measure { signal: None, ..measure };
        let measure = Measure { subject: measure.subject.map(|subject| format!("{subject}: {}", known.label)), ..measure };
        match known.event.or(known.disclosure) {
            Some(day) => measure.month(day.month()),
            None => measure,
        }
    };
    labels.iter().map(row).collect()
}
