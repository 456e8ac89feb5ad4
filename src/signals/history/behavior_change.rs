use super::habits::{BIN_COUNT, KINDS, difference};
use super::histories::History;
use super::series::{against_past, hold};
use super::{HistorySignal, Reading, month_name, own_strength};
use crate::job::HistoryParameters;

/// The commits of a regular are unlike those the same account made before.
pub struct BehaviorChange;

/// What the commits of one actor say in one month.
struct Change {
    /// Mean over the kinds that are known.
    mean: f64,
    /// How far each kind differs, beyond what is usual for the actor.
    kinds: [Reading; KINDS.len()],
    /// Share of the window's commits, diluted, 0..1.
    share: f64,
}

/// One bin of one actor in one month: month, bin, count.
type Entry = (usize, u8, u32);

const NO_HABIT: &str = "nobody has enough commits, of which hours, sizes, areas, signatures or landers are known, in both the earlier years and the last months";

impl HistorySignal for BehaviorChange {
    fn name(&self) -> &'static str {
        "behavior_change"
    }

    fn question(&self) -> &'static str {
        "Do the commits of an account that does much of the work differ from that account's own past?"
    }

    fn method(&self) -> &'static str {
        "The largest, over persons with enough commits in the earlier years and in the last months, of: share of the last months' commits × \
         how far they differ from the same person's commits of the earlier years. Compared are the hours of the day and the zone of the \
         author's clock, lines and files changed, areas touched, and, where they fall, signatures on own commits and the share that somebody \
         else landed. Each kind is the \
         Jensen–Shannon divergence of the present, drawn to the past by some commits, from the past, minus its own mean over the earlier \
         years: whoever changes often is expected to change. The value is the mean over the kinds that are known; it stands for some months and \
         is the strength. Hours themselves are shown nowhere. Unknown where nobody has enough commits in both, and where the own past is too short. \
         It cannot tell another hand from a new job, a journey or a new machine, sees nothing of a stolen token that makes no commits, \
         and clocks, zones and sizes can be imitated. Signatures are seen, not verified; who landed a commit had the chance to review it, and whether it was used is not known."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.behavior_change_min.value)
    }

    fn strength(&self, value: f64, _: f64) -> f64 {
        own_strength(value)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let mut largest: Vec<Reading> = vec![Err(NO_HABIT); history.months.len()];
        for entries in entries(history).chunk_by(|a, b| a.0 == b.0) {
            for (at, change) in changes(history, entries, parameters) {
                let value = change.share * change.mean.max(0.0);
                largest[at] = Ok(largest[at].map_or(value, |known: f64| known.max(value)));
            }
        }
        hold(&largest, parameters.hold_months.value as usize)
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let all = entries(history);
        let of_month = all.chunk_by(|a, b| a.0 == b.0).filter_map(|entries| {
            let found = changes(history, entries, parameters).into_iter().find(|(at, _)| Some(*at) == history.at(month));
            found.map(|(_, change)| change)
        });
        let weight = |change: &Change| change.share * change.mean;
        let found = of_month.reduce(|best, next| if weight(&next) > weight(&best) { next } else { best });
        let Some(change) = found else { return format!("Up to {}: no account with a habit of its own.", month_name(month)) };
        format!(
            "Up to {}: the commits of an account with {:.0} % of those of {} months differ from the account's own past in {}.",
            month_name(month),
            100.0 * change.share,
            parameters.habit_months.value,
            change.words()
        )
    }
}

impl Change {
    /// Kinds that differ at least as much as their mean, in words: `hours and size`.
    fn words(&self) -> String {
        let differ = KINDS.iter().zip(&self.kinds).filter(|(_, kind)| kind.is_ok_and(|value| value >= self.mean));
        let mut words: Vec<&str> = differ.map(|(kind, _)| kind.word).collect();
        words.dedup();
        words.join(" and ")
    }
}

/// Every entry of every actor, by actor, month and bin.
fn entries(history: &History) -> Vec<(u32, Entry)> {
    let of_month = |(at, month): (usize, &super::Month)| {
        month.habits.iter().map(|(actor, bin, count)| (*actor, (at, *bin, *count))).collect::<Vec<_>>()
    };
    let mut all: Vec<(u32, Entry)> = history.months.iter().enumerate().flat_map(of_month).collect();
    all.sort_unstable();
    all
}

/// Months in which the habits of one actor can be held against the own past, with what they say. O(months · bins).
fn changes(history: &History, entries: &[(u32, Entry)], parameters: &HistoryParameters) -> Vec<(usize, Change)> {
    let [recent, from, to] =
        [&parameters.habit_months, &parameters.past_from_months, &parameters.past_to_months].map(|months| months.value as usize);
    let actor = entries.first().map_or(0, |entry| entry.0);
    let differences = differences(history.months.len(), entries, [recent, from, to], parameters);
    let usual = parameters.habit_past_months.value as usize;
    let against = differences.map(|kind| against_past(&kind, from, to, usual));
    let change = |at: usize| {
        let kinds: [Reading; KINDS.len()] = std::array::from_fn(|kind| against[kind].get(at).copied().unwrap_or(Err(NO_HABIT)));
        let known: Vec<f64> = kinds.iter().filter_map(|kind| kind.ok()).collect();
        let share = || {
            let window = &history.months[(at + 1).saturating_sub(recent)..=at];
            let own =
                |month: &super::Month| month.authored.iter().find(|(known, _)| *known == actor).map_or(0, |(_, count)| *count);
            let all = window.iter().map(|month| f64::from(month.commit_count)).sum::<f64>() + parameters.habit_evidence.value;
            window.iter().map(|month| f64::from(own(month))).sum::<f64>() / all.max(1.0)
        };
        (!known.is_empty()).then(|| (at, Change { mean: known.iter().sum::<f64>() / known.len() as f64, share: share(), kinds }))
    };
    (0..history.months.len()).filter_map(change).collect()
}

/// How far each kind differs in each month, before it is held against what is usual.
fn differences(
    months: usize,
    entries: &[(u32, Entry)],
    [recent, from, to]: [usize; 3],
    parameters: &HistoryParameters,
) -> [Vec<Reading>; KINDS.len()] {
    let (least, evidence) = (parameters.habit_min_commits.value, parameters.habit_evidence.value);
    let mut differences: [Vec<Reading>; KINDS.len()] = std::array::from_fn(|_| Vec::with_capacity(months));
    let (mut now, mut past) = ([0.0; BIN_COUNT], [0.0; BIN_COUNT]);
    let slide = |bins: &mut [f64; BIN_COUNT], at: Option<usize>, sign: f64| {
        let Some(at) = at else { return };
        let start = entries.partition_point(|(_, entry)| entry.0 < at);
        let of_month = entries[start..].iter().take_while(|(_, entry)| entry.0 == at);
        of_month.for_each(|(_, (_, bin, count))| bins[usize::from(*bin)] += sign * f64::from(*count));
    };
    for at in 0..months {
        slide(&mut now, Some(at), 1.0);
        slide(&mut now, at.checked_sub(recent), -1.0);
        slide(&mut past, at.checked_sub(to), 1.0);
        slide(&mut past, at.checked_sub(from), -1.0);
        for (kind, readings) in KINDS.iter().zip(&mut differences) {
            readings.push(difference(kind, kind.of(&now), kind.of(&past), least, evidence).ok_or(NO_HABIT));
        }
    }
    differences
}
