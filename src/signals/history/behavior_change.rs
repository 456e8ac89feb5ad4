use super::histories::{History, Month};
use super::series::hold;
use super::{HistorySignal, Reading, month_name, own_strength};
use crate::job::HistoryParameters;

/// A regular gives up a habit.
pub struct BehaviorChange;

/// Own commits, and how many of them carry a signature, of every actor in a window.
struct Habits(Vec<[f64; 2]>);

/// A regular whose habit differs.
struct Change {
    /// Share of the window's own commits, diluted, 0..1.
    share: f64,
    /// Signed share before and now, 0..=1.
    signed: [f64; 2],
}

impl HistorySignal for BehaviorChange {
    fn name(&self) -> &'static str {
        "behavior_change"
    }

    fn question(&self) -> &'static str {
        "Did a regular who used to sign commits stop signing them?"
    }

    fn method(&self) -> &'static str {
        "The largest, over persons with enough own commits in the earlier years and in the last months, of: share of the last months' own \
         commits × (signed share in the earlier years − signed share now, the latter drawn to the former by some commits). Own commits are \
         those the author committed too; what the forge committed carries the forge's signature. The value stands for some months and is the strength. \
         Unknown where nobody has enough own commits in both, and where nobody ever signed. Signatures are seen, not verified. It \
         looks at signing alone, not at hours, sizes and areas of changes, nor at review. A new key ring or a new machine looks the same as another hand."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.behavior_change_min.value)
    }

    fn strength(&self, value: f64, _: f64) -> f64 {
        own_strength(value)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let [recent, from, to] = windows(parameters);
        let (mut now, mut past) = (Habits::none(history), Habits::none(history));
        let mut values = Vec::with_capacity(history.months.len());
        for at in 0..history.months.len() {
            let month = |back: usize| at.checked_sub(back).map(|at| &history.months[at]);
            now.slide(month(0), month(recent));
            past.slide(month(to), month(from));
            values.push(match largest(&now, &past, parameters) {
                Some(change) => Ok(change.share * (change.signed[0] - change.signed[1]).max(0.0)),
                None => Err("nobody has enough own commits, signed before, in both the earlier years and the last months"),
            });
        }
        hold(&values, parameters.hold_months.value as usize)
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let [recent, from, to] = windows(parameters);
        let (mut now, mut past) = (Habits::none(history), Habits::none(history));
        if let Some(at) = history.at(month) {
            history.months[(at + 1).saturating_sub(recent)..=at].iter().for_each(|month| now.slide(Some(month), None));
            let past_months = &history.months[(at + 1).saturating_sub(from)..(at + 1).saturating_sub(to)];
            past_months.iter().for_each(|month| past.slide(Some(month), None));
        }
        let Some(change) = largest(&now, &past, parameters) else {
            return format!("Up to {}: no regular with signed commits before.", month_name(month));
        };
        format!(
            "Up to {}: a regular with {:.0} % of the own commits of {recent} months signs {:.0} % of them, and signed {:.0} % in the earlier years.",
            month_name(month),
            100.0 * change.share,
            100.0 * change.signed[1],
            100.0 * change.signed[0]
        )
    }
}

impl Habits {
    fn none(history: &History) -> Self {
        Self(vec![[0.0; 2]; history.actors.len()])
    }

    /// Takes in one month and lets go of another.
    fn slide(&mut self, enters: Option<&Month>, leaves: Option<&Month>) {
        for (month, sign) in [(enters, 1.0), (leaves, -1.0)] {
            for (actor, counts) in month.into_iter().flat_map(|month| &month.own) {
                let known = &mut self.0[*actor as usize];
                known.iter_mut().zip(counts).for_each(|(sum, count)| *sum += sign * f64::from(*count));
            }
        }
    }
}

/// Months of now; months at which the past begins and ends.
fn windows(parameters: &HistoryParameters) -> [usize; 3] {
    [&parameters.habit_months, &parameters.past_from_months, &parameters.past_to_months].map(|months| months.value as usize)
}

/// The regular whose loss weighs most; `None` where nobody has a habit to lose.
fn largest(now: &Habits, past: &Habits, parameters: &HistoryParameters) -> Option<Change> {
    let (least, evidence) = (parameters.habit_min_commits.value, parameters.habit_evidence.value);
    let all = now.0.iter().map(|counts| counts[0]).sum::<f64>() + evidence;
    let regulars = now.0.iter().zip(&past.0).filter(|(now, past)| now[0] >= least && past[0] >= least && past[1] > 0.0);
    let changes = regulars.map(|(now, past)| {
        let before = past[1] / past[0];
        let signed = (now[1] + evidence * before) / (now[0] + evidence);
        Change { share: now[0] / all, signed: [before, signed] }
    });
    let weight = |change: &Change| change.share * (change.signed[0] - change.signed[1]);
    changes.reduce(|best, next| if weight(&next) > weight(&best) { next } else { best })
}
