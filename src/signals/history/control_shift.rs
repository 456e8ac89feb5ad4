use super::control::{NO_CONTROL, Power, began, newcomer, settled};
use super::histories::History;
use super::series::{against_past, hold};
use super::{HistorySignal, Reading, month_name, own_strength};
use crate::job::HistoryParameters;

/// Control passes from settled persons to somebody new.
pub struct ControlShift;

impl HistorySignal for ControlShift {
    fn name(&self) -> &'static str {
        "control_shift"
    }

    fn question(&self) -> &'static str {
        "Is control of a settled repository passing to somebody whose whole record lies in it?"
    }

    fn method(&self) -> &'static str {
        "A = the largest, over persons, of: mean share of acts of control in the last months that have any × 2^(−months since the \
         first act of control here / half-life) × (1 − those months / age of the repository) × 2^(−months of landed work at other \
         owners / half-life) × m / (m + half), m the months of landed work here before the first act of control. B = mean share of \
         acts by persons who are not new. Value: 2 √(A·B) × (1 − 2^(−age / half-life)), minus its own mean over the earlier years; \
         it stands for some months and is the strength, at most 1. Unknown before the first act of control and without a year of own past. It cannot see a \
         takeover by somebody without prior work here (new accounts, stolen tokens), nor one after the settled persons are gone."
    }

    fn min(&self, parameters: &HistoryParameters) -> Option<f64> {
        Some(parameters.control_shift_min.value)
    }

    fn strength(&self, value: f64, _: f64) -> f64 {
        own_strength(value)
    }

    fn read(&self, history: &History, parameters: &HistoryParameters) -> Vec<Reading> {
        let Some(began) = began(history, Power::Push) else { return vec![Err(NO_CONTROL); history.months.len()] };
        let settled = settled(history, began, parameters);
        let window = parameters.settled_months.value as usize;
        let value = |at: usize| {
            if at < began {
                return Err(NO_CONTROL);
            }
            let new = newcomer(history, Power::Push, began, at, parameters);
            let known: Vec<f64> = settled[(at + 1).saturating_sub(window)..=at].iter().filter_map(|share| share.ok()).collect();
            if known.is_empty() {
                return Err("no act of control in the window");
            }
            let old = known.iter().sum::<f64>() / known.len() as f64;
            let grown = 1.0 - 0.5f64.powf((at - began).max(1) as f64 / parameters.young_half_life_months.value);
            Ok(2.0 * (new.map_or(0.0, |new| new.weight) * old).sqrt() * grown)
        };
        let values: Vec<Reading> = (0..history.months.len()).map(value).collect();
        let (from, to) = (parameters.past_from_months.value as usize, parameters.past_to_months.value as usize);
        let against = against_past(&values, from, to, parameters.past_min_months.value as usize);
        hold(&against, parameters.hold_months.value as usize)
    }

    fn evidence(&self, history: &History, parameters: &HistoryParameters, month: i32) -> String {
        let found = history.at(month).zip(began(history, Power::Push)).filter(|(at, began)| at >= began);
        let new = found.and_then(|(at, began)| newcomer(history, Power::Push, began, at, parameters));
        let Some(new) = new.filter(|new| new.weight > 0.0) else {
            return format!("Up to {}: control lies with those who held it before.", month_name(month));
        };
        let actor = &history.actors[new.actor as usize];
        let name = |at: usize| month_name(history.first_month + at as i32);
        let first = actor.first_control.unwrap_or(0);
        let apprentice = actor.authored_months.partition_point(|at| *at < first);
        format!(
            "Up to {}: control is passing to a person with {:.0} % of the latest acts of control, the first of them in {}, after {} \
             months with landed work here since {}; months with landed work at other owners: {}.",
            month_name(month),
            100.0 * new.share,
            name(first),
            apprentice,
            actor.authored_months.first().map_or_else(|| name(first), |at| name(*at)),
            actor.elsewhere_months.partition_point(|at| *at <= month)
        )
    }
}
