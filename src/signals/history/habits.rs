//! Habits of a person, counted in bins: when in the day, in which zone, how much, where, whether signed, and who landed it.

use crate::tables::{Areas, Clock, Commit};

/// Kinds of habits, in the order of their bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HabitKind {
    /// Hour of the day in UTC.
    Hours,
    /// Zone of the author's clock.
    Zone,
    /// Lines changed, by powers of two.
    Lines,
    /// Files changed, in classes.
    Files,
    /// Areas touched.
    Areas,
    /// Whether own commits are signed.
    Signing,
    /// Whether somebody else landed them, who then had the chance to review.
    Review,
}

impl HabitKind {
    /// The kind a bin of [`Month::habits`](super::Month::habits) belongs to.
    pub fn of_bin(bin: u8) -> Self {
        const ALL: [HabitKind; 7] = [
            HabitKind::Hours,
            HabitKind::Zone,
            HabitKind::Lines,
            HabitKind::Files,
            HabitKind::Areas,
            HabitKind::Signing,
            HabitKind::Review,
        ];
        ALL[KINDS.partition_point(|kind| kind.start <= usize::from(bin)) - 1]
    }
}

/// One kind of habit: what falls into its bins exclude one another, but for areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// What evidence calls it. Hours and zone are one word: where somebody is, is nobody's business.
    pub(super) word: &'static str,
    /// First bin.
    start: usize,
    /// Bins.
    pub(super) count: usize,
    /// The first bin follows the last, and neighbors are alike.
    pub(super) is_circular: bool,
    /// Only a fall of the last bin's share is a change for the worse.
    pub(super) is_loss: bool,
}

const HOURS: usize = 24;
const ZONES: usize = 2 * Clock::MAX_ZONE as usize + 1;
/// 0, 1, 2–3, 4–7, … lines; the last holds all from 1024 on.
const LINE_CLASSES: usize = 12;
/// Lowest count of each class of files but the first, which holds none.
const FILE_CLASSES: [u32; 7] = [1, 2, 3, 5, 10, 20, 100];
const AREAS: usize = 8;

/// All kinds; their bins follow one another.
pub(super) const KINDS: [Kind; 7] = [
    Kind { word: "hours", start: 0, count: HOURS, is_circular: true, is_loss: false },
    Kind { word: "hours", start: HOURS, count: ZONES, is_circular: false, is_loss: false },
    Kind { word: "size", start: HOURS + ZONES, count: LINE_CLASSES, is_circular: false, is_loss: false },
    Kind { word: "size", start: FILES, count: FILE_CLASSES.len() + 1, is_circular: false, is_loss: false },
    Kind { word: "areas", start: FILES + FILE_CLASSES.len() + 1, count: AREAS, is_circular: false, is_loss: false },
    Kind { word: "signing", start: SIGNING, count: 2, is_circular: false, is_loss: true },
    Kind { word: "review", start: REVIEW, count: 2, is_circular: false, is_loss: true },
];
const FILES: usize = HOURS + ZONES + LINE_CLASSES;
const SIGNING: usize = FILES + FILE_CLASSES.len() + 1 + AREAS;

const REVIEW: usize = SIGNING + 2;

/// Bins of all kinds.
pub(super) const BIN_COUNT: usize = REVIEW + 2;

impl Kind {
    /// Its bins among all.
    pub(super) fn of<'a>(&self, bins: &'a [f64; BIN_COUNT]) -> &'a [f64] {
        &bins[self.start..self.start + self.count]
    }

    fn bin(&self, at: usize) -> u8 {
        (self.start + at.min(self.count - 1)) as u8
    }
}

/// The bins `commit` falls into. Merges have no size of their own; only what the author committed too, not the forge, says whether
/// the author signs. Who landed a commit is unknown where a forge squashed it.
pub(super) fn bins(commit: &Commit) -> impl Iterator<Item = u8> {
    let [hours, zones, lines, files, areas, signing, review] = &KINDS;
    let clock = commit.clock;
    let hour = clock.map(|clock| hours.bin(usize::from(clock.hour)));
    let zone = clock.and_then(|clock| clock.zone).map(|zone| zones.bin((zone + Clock::MAX_ZONE) as usize));
    let is_change = commit.parent_count < 2;
    let line_count = commit.line_count.filter(|_| is_change);
    let line_class = line_count.map(|count| lines.bin(count.checked_ilog2().map_or(0, |log| log as usize + 1)));
    let file_count = commit.file_count.filter(|_| is_change);
    let file_class = file_count.map(|count| files.bin(FILE_CLASSES.partition_point(|lowest| *lowest <= count)));
    let is_own = !commit.is_committed_by_forge && commit.committer == commit.author;
    let signed = is_own.then(|| signing.bin(usize::from(commit.has_signature)));
    let lander = commit.lander.or(commit.pusher).filter(|_| is_change);
    let reviewed = lander.map(|lander| review.bin(usize::from(lander != commit.author)));
    let touched = commit.areas.filter(|_| is_change).unwrap_or(Areas::NONE).iter();
    [hour, zone, line_class, file_class, signed, reviewed]
        .into_iter()
        .flatten()
        .chain(touched.map(|area| areas.bin(area as usize)))
}

/// How far two samples of one kind differ: the Jensen–Shannon divergence between the past and the present, in bits, 0..=1, the present
/// drawn to the past by `evidence` commits, so that few commits differ little. `None` where either has less than `least`. Lin 1991.
pub(super) fn difference(kind: &Kind, now: &[f64], past: &[f64], least: f64, evidence: f64) -> Option<f64> {
    let [now_count, past_count] = [now, past].map(|bins| bins.iter().sum::<f64>());
    if now_count < least.max(1.0) || past_count < least.max(1.0) {
        return None;
    }
    let last = kind.count - 1;
    if kind.is_loss && now[last] / now_count >= past[last] / past_count {
        return Some(0.0);
    }
    let terms = (0..kind.count).map(|at| {
        let before = level(kind, past, at) / past_count;
        let after = (level(kind, now, at) + evidence * before) / (now_count + evidence);
        let middle = (before + after) / 2.0;
        let term = |share: f64| if share > 0.0 { share * (share / middle).log2() } else { 0.0 };
        (term(before) + term(after)) / 2.0
    });
    Some(terms.sum::<f64>().clamp(0.0, 1.0))
}

/// Content of a bin; of a circular kind smoothed over two neighbors at each side, so that an hour more or less is a small change.
fn level(kind: &Kind, bins: &[f64], at: usize) -> f64 {
    const WEIGHTS: [f64; 5] = [1.0, 2.0, 3.0, 2.0, 1.0];
    if !kind.is_circular {
        return bins[at];
    }
    let around = WEIGHTS.iter().enumerate().map(|(step, weight)| weight * bins[(at + step + kind.count - 2) % kind.count]);
    around.sum::<f64>() / 9.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_follow_one_another() {
        assert_eq!([0, 23, 24, BIN_COUNT as u8 - 1].map(HabitKind::of_bin).map(|kind| kind as u8), [0, 0, 1, 6]);
        let ends = KINDS.iter().scan(0, |end, kind| {
            let start = std::mem::replace(end, kind.start + kind.count);
            Some((start, kind.start))
        });
        assert!(ends.into_iter().all(|(end, start)| end == start));
        assert_eq!((KINDS[6].start + 2, BIN_COUNT <= 256), (BIN_COUNT, true));
    }

    #[test]
    fn differences_lie_between_none_and_one() {
        let size = &KINDS[3];
        let (small, large) = ([0.0, 90.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 50.0, 50.0, 0.0]);
        let differ = |now: &[f64], past: &[f64], evidence| difference(size, now, past, 10.0, evidence);
        assert_eq!(differ(&small, &small, 5.0), Some(0.0));
        assert_eq!(differ(&large, &small, 0.0), Some(1.0), "nothing in common");
        let drawn = differ(&large, &small, 50.0).expect("enough commits");
        assert!((0.3..0.9).contains(&drawn), "{drawn}");
        assert_eq!(differ(&[9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], &small, 5.0), None, "too few to show a habit");
    }

    #[test]
    fn an_hour_later_is_a_small_change_and_twelve_are_a_large_one() {
        let at = |hour: usize| {
            let mut bins = [0.0; HOURS];
            bins[hour % HOURS] = 40.0;
            bins
        };
        let differ = |later: usize| difference(&KINDS[0], &at(23 + later), &at(23), 10.0, 0.0).expect("enough commits");
        assert!(differ(1) < differ(2) && differ(1) < 0.25 && differ(12) > 0.99, "{} {}", differ(1), differ(12));
    }

    #[test]
    fn only_a_loss_of_signing_counts() {
        let signing = &KINDS[5];
        assert_eq!(difference(signing, &[0.0, 30.0], &[30.0, 0.0], 10.0, 5.0), Some(0.0));
        assert!(difference(signing, &[30.0, 0.0], &[0.0, 30.0], 10.0, 5.0).is_some_and(|differ| differ > 0.5));
    }
}
