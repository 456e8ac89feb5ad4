//! How far control, or the making of releases, lies with persons who are new to it.

use super::Reading;
use super::histories::{History, Month};
use crate::job::HistoryParameters;

/// Why nothing can be said of control.
pub(super) const NO_CONTROL: &str = "no act of control is known yet";

/// One kind of act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Power {
    /// Landing commits.
    Push,
    /// Making releases.
    Release,
}

impl Power {
    /// Acts of a month.
    pub(super) fn acts(self, month: &Month) -> &[(u32, f64)] {
        match self {
            Self::Push => &month.control,
            Self::Release => &month.releases,
        }
    }

    /// Months with acts over which a share is averaged.
    fn window(self, parameters: &HistoryParameters) -> usize {
        match self {
            Self::Push => parameters.push_months.value as usize,
            Self::Release => 1,
        }
    }

    /// Acts of nobody known that every month is diluted with.
    fn evidence(self, parameters: &HistoryParameters) -> f64 {
        match self {
            Self::Push => parameters.push_evidence.value,
            Self::Release => parameters.release_evidence.value,
        }
    }

    /// Months of landed work before the first act that make half of an apprenticeship.
    fn apprentice_half(self, parameters: &HistoryParameters) -> f64 {
        match self {
            Self::Push => parameters.apprentice_half_months.value,
            Self::Release => parameters.release_apprentice_half_months.value,
        }
    }

    /// First month an actor had the power.
    pub(super) fn first(self, history: &History, actor: u32) -> Option<usize> {
        let actor = &history.actors[actor as usize];
        match self {
            Self::Push => actor.first_control,
            Self::Release => actor.first_release,
        }
    }
}

/// A person with power, as of one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Newcomer {
    /// Position in [`History::actors`].
    pub(super) actor: u32,
    /// Mean share of the last months with acts, 0..1.
    pub(super) share: f64,
    /// Share × newness × distrust × apprenticeship, 0..1.
    pub(super) weight: f64,
}

/// How new `actor` is to `power` at position `at`, 0..=1: 2^(−months since the first act / half-life) · (1 − those months / age of
/// the power in this history). A founder is never new.
pub(super) fn newness(history: &History, power: Power, actor: u32, began: usize, at: usize, half_life: f64) -> f64 {
    let Some(first) = power.first(history, actor).filter(|first| *first <= at) else { return 0.0 };
    let (months, age) = ((at - first) as f64, (at.saturating_sub(began)).max(1) as f64);
    0.5f64.powf(months / half_life) * (1.0 - months / age).clamp(0.0, 1.0)
}

/// The newcomer of most weight at position `at`, who may have none: over the last months with acts up to `at`, the mean of
/// n / (all + evidence), times newness, times 2^(−months of work elsewhere / half-life), times m / (m + half), m the months of
/// landed work here before the first act.
pub(super) fn newcomer(
    history: &History,
    power: Power,
    began: usize,
    at: usize,
    parameters: &HistoryParameters,
) -> Option<Newcomer> {
    let (window, evidence) = (power.window(parameters), power.evidence(parameters));
    let half = power.apprentice_half(parameters);
    let mut shares: Vec<(u32, f64)> = Vec::new();
    let with_acts = history.months[began..=at].iter().rev().filter(|month| !power.acts(month).is_empty());
    for month in with_acts.take(window) {
        let acts = power.acts(month);
        let all = acts.iter().map(|(_, weight)| weight).sum::<f64>() + evidence;
        shares.extend(acts.iter().map(|(actor, weight)| (*actor, weight / all / window as f64)));
    }
    shares.sort_by_key(|(actor, _)| *actor);
    let weigh = |of: &[(u32, f64)]| {
        let (actor, share) = (of[0].0, of.iter().map(|(_, share)| share).sum::<f64>());
        let newness = newness(history, power, actor, began, at, parameters.settling_half_life_months.value);
        let known = &history.actors[actor as usize];
        let now = history.first_month + at as i32;
        let elsewhere = known.elsewhere_months.partition_point(|month| *month <= now) as f64;
        let first = power.first(history, actor).unwrap_or(0);
        let apprentice = known.authored_months.partition_point(|month| *month < first) as f64;
        let distrust = 0.5f64.powf(elsewhere / parameters.elsewhere_half_life_months.value);
        let apprenticeship = apprentice / (apprentice + half).max(f64::MIN_POSITIVE);
        Newcomer { actor, share, weight: share * newness * distrust * apprenticeship }
    };
    let all = shares.chunk_by(|a, b| a.0 == b.0).map(weigh);
    all.reduce(|best, next| if next.weight > best.weight { next } else { best })
}

/// Position of the first month with an act of `power`.
pub(super) fn began(history: &History, power: Power) -> Option<usize> {
    history.months.iter().position(|month| !power.acts(month).is_empty())
}

/// Share of settled persons (1 − newness) among acts, by month; unknown in months without acts.
pub(super) fn settled(history: &History, began: usize, parameters: &HistoryParameters) -> Vec<Reading> {
    let half_life = parameters.settling_half_life_months.value;
    let of_month = |(at, month): (usize, &Month)| {
        let all: f64 = month.control.iter().map(|(_, weight)| weight).sum();
        let old = |(actor, weight): &(u32, f64)| weight * (1.0 - newness(history, Power::Push, *actor, began, at, half_life));
        if all > 0.0 { Ok(month.control.iter().map(old).sum::<f64>() / all) } else { Err(NO_CONTROL) }
    };
    history.months.iter().enumerate().map(of_month).collect()
}
