use super::histories::History;
use super::{HistorySignal, Reading, month_name};
use crate::job::HistoryParameters;

/// Work runs out.
pub struct FadingActivity;

/// What the value is made of.
struct Activity {
    earlier_a_year: f64,
    recent: f64,
    keeper_months: usize,
    silent_months: usize,
}

impl HistorySignal for FadingActivity {
    fn name(&self) -> &'static str {
        "fading_activity"
    }

    fn question(&self) -> &'static str {
        "Is work running out, measured against the repository's own past?"
    }

    fn method(&self) -> &'static str {
        "w₁ × ln((1 + commits a year earlier) / (1 + commits of the recent months)) − w₂ × ln(1 + months that persons spent in control, \
         in the recent months) + w₃ × months since the last commit. Strength: 1 − 2^(−value / level). Unknown in the first months. It cannot tell finished software \
         from abandoned software."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.fading_activity_min.value)
    }

    fn asks_silent(&self) -> bool {
        true
    }

    fn strength(&self, value: f64, min: f64) -> f64 {
        (1.0 - 0.5f64.powf(value / min.max(f64::MIN_POSITIVE))).clamp(0.0, 1.0)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let value = |at: usize| {
            let seen = activity(history, at, parameters).ok_or("younger than the recent months")?;
            let fall = ((1.0 + seen.earlier_a_year) / (1.0 + seen.recent)).ln();
            let keepers = (seen.keeper_months as f64).ln_1p();
            Ok(parameters.fall_weight.value * fall - parameters.keepers_weight.value * keepers
                + parameters.silence_weight.value * seen.silent_months as f64)
        };
        (0..history.months.len()).map(value).collect()
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let seen = history.at(month).and_then(|at| activity(history, at, parameters));
        let Some(seen) = seen else { return format!("Up to {}: too young to say.", month_name(month)) };
        format!(
            "Up to {}: {} commits in {} months against {:.0} a year before; persons spent {} months in control; {} months without a \
             commit.",
            month_name(month),
            seen.recent,
            parameters.recent_months.value,
            seen.earlier_a_year,
            seen.keeper_months,
            seen.silent_months
        )
    }
}

fn activity(history: &History, at: usize, parameters: &HistoryParameters) -> Option<Activity> {
    let (recent, earlier) = (parameters.recent_months.value as usize, parameters.earlier_months.value as usize);
    let start = (at + 1).checked_sub(recent)?;
    let now = &history.months[start..=at];
    let past = &history.months[start.saturating_sub(earlier)..start];
    let commits = |months: &[super::Month]| months.iter().map(|month| f64::from(month.commit_count)).sum::<f64>();
    let before = history.months[..=at].iter().rev();
    Some(Activity {
        earlier_a_year: commits(past) * 12.0 / earlier as f64,
        recent: commits(now),
        keeper_months: now.iter().map(|month| month.control.len()).sum(),
        silent_months: before.take_while(|month| month.commit_count == 0).count(),
    })
}
