use super::control::{Power, began, newcomer};
use super::histories::History;
use super::series::hold;
use super::{HistorySignal, Reading, month_name, own_strength};
use crate::job::HistoryParameters;

/// Somebody new makes the releases that one person used to make.
pub struct NewReleaseMaker;

/// Why nothing can be said of releases.
const NO_RELEASE: &str = "no release with a known maker yet";

impl HistorySignal for NewReleaseMaker {
    fn name(&self) -> &'static str {
        "new_release_maker"
    }

    fn question(&self) -> &'static str {
        "Are releases that one person used to make now made by somebody whose whole record lies here?"
    }

    fn method(&self) -> &'static str {
        "The largest, over persons, of: share of the releases in the last month that has any, weighted as in control_shift (newness as \
         a release maker, work at other owners, months of landed work here before the first release), × the largest share one person \
         had of the releases in the window before that first release, both diluted by releases of nobody known. A release is a tagged \
         commit whose tag has a digit in its name; its maker is the tagger, else whoever landed the commit. The value stands for some \
         months and is the strength. Unknown before the first release. It cannot see who uploads to a registry."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.new_release_maker_min.value)
    }

    fn strength(&self, value: f64, _: f64) -> f64 {
        own_strength(value)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let Some(began) = began(history, Power::Release) else { return vec![Err(NO_RELEASE); history.months.len()] };
        let value = |at: usize| {
            if at < began {
                return Err(NO_RELEASE);
            }
            let new = newcomer(history, Power::Release, began, at, parameters);
            Ok(new.map_or(0.0, |new| new.weight * concentration(history, new.actor, parameters)))
        };
        let values: Vec<Reading> = (0..history.months.len()).map(value).collect();
        hold(&values, parameters.hold_months.value as usize)
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let found = history.at(month).zip(began(history, Power::Release)).filter(|(at, began)| at >= began);
        let new = found.and_then(|(at, began)| newcomer(history, Power::Release, began, at, parameters));
        let Some(new) = new.filter(|new| new.weight > 0.0) else {
            return format!("Up to {}: releases are made by those who made them before.", month_name(month));
        };
        let first = Power::Release.first(history, new.actor).unwrap_or(0);
        format!(
            "Up to {}: the latest releases are made by a person whose first release here was in {}; before it, one person made {:.0} % \
             of the releases of {} months.",
            month_name(month),
            month_name(history.first_month + first as i32),
            100.0 * concentration(history, new.actor, parameters),
            parameters.release_window_months.value
        )
    }
}

/// Largest share of one person among the releases of the window before the first release of `actor`, diluted, 0..1.
fn concentration(history: &History, actor: u32, parameters: &HistoryParameters) -> f64 {
    let Some(first) = Power::Release.first(history, actor) else { return 0.0 };
    let window = &history.months[first.saturating_sub(parameters.release_window_months.value as usize)..first];
    let mut counts: Vec<(u32, f64)> = window.iter().flat_map(|month| month.releases.iter().copied()).collect();
    counts.sort_by_key(|(actor, _)| *actor);
    let sums = counts.chunk_by(|a, b| a.0 == b.0).map(|of| of.iter().map(|(_, count)| count).sum::<f64>());
    let (all, largest) = sums.fold((0.0, 0.0f64), |(all, largest), sum| (all + sum, largest.max(sum)));
    if all > 0.0 { largest / (all + parameters.release_evidence.value) } else { 0.0 }
}
