//! The day a history was taken, told by the history itself: nobody below the pipeline reads a clock, and commits may lie.

use crate::units::Day;

/// Last believable day: the last one that git's unsigned 32-bit seconds can hold (2106-02-07).
pub(super) const LAST_DAY: i32 = (u32::MAX as i64 / 86_400) as i32;

/// A silence longer than this, ended by no more commits than lie before it, is a wrong clock, not a revival.
const MAX_SILENCE: i32 = 20 * 365;

/// How far a commit may lie after the end of the consistent chain: rebases and clocks differ by days, seldom by weeks.
const SLACK: i32 = 31;

/// The newest day of `all` that is not absurd; day 0 when every day is.
///
/// `chain` holds the days of commits each of which is an ancestor of the next, oldest first (a first-parent chain, or simply
/// sorted days where nothing better is known). A commit cannot be older than its ancestors, so days that fall along the chain
/// prove wrong clocks; the largest set of days that never fall is believed. Its end may be late by [`SLACK`]. Days before 1970,
/// after [`LAST_DAY`], or beyond a silence of [`MAX_SILENCE`] that no majority follows, are not believed.
/// O(n log n) in the length of `chain`.
pub(super) fn newest_credible(chain: impl IntoIterator<Item = i32>, all: impl IntoIterator<Item = i32>) -> Day {
    let is_possible = |day: &i32| (0..=LAST_DAY).contains(day);
    // `ends[n]`: the earliest day at which a non-falling run of `n + 1` commits can end (patience sorting).
    let mut ends: Vec<i32> = Vec::new();
    for day in chain.into_iter().filter(is_possible) {
        let at = ends.partition_point(|end| *end <= day);
        match ends.get_mut(at) {
            Some(end) => *end = day,
            None => ends.push(day),
        }
    }
    while let Some(silence) = (1..ends.len()).rev().find(|at| ends[*at] - ends[*at - 1] > MAX_SILENCE) {
        if ends.len() - silence > silence {
            break;
        }
        ends.truncate(silence);
    }
    let limit = ends.last().map_or(LAST_DAY, |end| end.saturating_add(SLACK));
    Day(all.into_iter().filter(is_possible).filter(|day| *day <= limit).max().unwrap_or(0))
}

/// `day` clipped to 1970-01-01..=`taken`.
pub(super) fn clip(day: i32, taken: Day) -> Day {
    Day(day.clamp(0, taken.0.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(chain: &[i32]) -> i32 {
        newest_credible(chain.iter().copied(), chain.iter().copied()).0
    }

    #[test]
    fn honest_histories_end_where_they_end() {
        assert_eq!(newest(&[100, 200, 200, 300]), 300);
        assert_eq!(newest(&[18_000]), 18_000);
        assert_eq!(newest(&[100, 310, 300]), 310, "clocks that differ by days are all believed");
        assert_eq!(newest(&[10, 20, 9_000, 9_001, 9_002]), 9_002, "a revival after decades, with more commits than before");
    }

    #[test]
    fn wrong_clocks_are_outvoted() {
        assert_eq!(newest(&[100, 47_000, 200, 300]), 300, "an ancestor from the future");
        assert_eq!(newest(&[100, 200, 300, 5]), 300, "a tip from the past");
        assert_eq!(newest(&[100, 200, 300, 47_000]), 300, "a tip from the far future");
        assert_eq!(newest(&[-25_000, 100, 200, i32::MAX]), 200, "days that git cannot hold");
        assert_eq!(newest(&[-1, i32::MIN]), 0);
        assert_eq!(newest(&[]), 0);
    }

    #[test]
    fn side_branches_count() {
        assert_eq!(newest_credible([100, 200], [100, 200, 231, 232, 40_000]).0, 231);
    }
}
