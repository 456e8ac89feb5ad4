use super::control_shift::ControlShift;
use super::histories::History;
use super::{HistorySignal, Reading, month_name};
use crate::job::HistoryParameters;

/// Few releases, few regulars, or control in new hands.
pub struct ThinSupport;

impl HistorySignal for ThinSupport {
    fn name(&self) -> &'static str {
        "thin_support"
    }

    fn question(&self) -> &'static str {
        "Is there hardly anybody left who releases and comes back, or nobody whose record lies elsewhere?"
    }

    fn method(&self) -> &'static str {
        "−ln(1 + releases in the window) − ln(1 + authors with some active months in the window) + weight × max(0, control_shift). It \
         says how much care is visible, not how much is needed: only together with demand, the dependents of a package, does it mean \
         that something is under-supported, so it never fires on a history alone, but at or above the job's level in the repository of a package at or above the job's \
         criticality percentile; strength: how far above that percentile. Known from the first month on; control_shift counts as 0 while unknown. It cannot see \
         work outside the history."
    }

    fn min(&self, _: &HistoryParameters) -> Option<f64> {
        // Without demand, nothing is under-supported.
        None
    }

    fn min_under_demand(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.thin_support_min.value)
    }

    fn strength(&self, value: f64, min: f64) -> f64 {
        if value >= min { 1.0 } else { 0.0 }
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let shift = ControlShift.read(history, parameters);
        let value = |at: usize| {
            let (releases, regulars) = care(history, at, parameters);
            let shift = shift[at].map_or(0.0, |shift| shift.max(0.0));
            Ok(parameters.support_shift_weight.value * shift - releases.ln_1p() - (regulars as f64).ln_1p())
        };
        (0..history.months.len()).map(value).collect()
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let (releases, regulars) = history.at(month).map_or((0.0, 0), |at| care(history, at, parameters));
        format!(
            "Up to {}: {releases} releases in {} months, {regulars} authors with at least {} active months in {}.",
            month_name(month),
            parameters.support_release_months.value,
            parameters.regular_min_months.value,
            parameters.support_author_months.value
        )
    }
}

/// Releases, and authors who came back, in their windows up to `at`.
fn care(history: &History, at: usize, parameters: &HistoryParameters) -> (f64, usize) {
    let window = |months: f64| &history.months[(at + 1).saturating_sub(months as usize)..=at];
    let released = window(parameters.support_release_months.value).iter().flat_map(|month| &month.releases);
    let authored = window(parameters.support_author_months.value).iter().flat_map(|month| &month.authored);
    let mut authors: Vec<u32> = authored.map(|(actor, _)| *actor).collect();
    authors.sort_unstable();
    let regulars = authors.chunk_by(|a, b| a == b).filter(|months| months.len() as f64 >= parameters.regular_min_months.value);
    (released.map(|(_, count)| count).sum(), regulars.count())
}
