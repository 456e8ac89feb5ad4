//! Which snapshots stay: the newest days, the last of each of the newest weeks, the last of every month for ever.

use std::collections::BTreeMap;

use crate::units::Day;

/// How many snapshots stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Newest snapshots that stay whatever their day.
    pub daily: usize,
    /// Newest calendar weeks with a snapshot of which the last stays.
    pub weekly: usize,
}

impl Retention {
    /// The days of `days` that go, oldest first. The last day of every month stays for ever, and so does the newest of all.
    pub fn expired(self, days: &[Day]) -> Vec<Day> {
        let mut days = days.to_vec();
        days.sort_unstable();
        days.dedup();
        let newest = days.iter().rev().take(self.daily.max(1));
        let weeks = last_of_each(&days, |day| (day.0 + 3).div_euclid(7));
        let months = last_of_each(&days, Day::month);
        let stays: Vec<Day> = newest.copied().chain(weeks.into_iter().rev().take(self.weekly)).chain(months).collect();
        days.into_iter().filter(|day| !stays.contains(day)).collect()
    }
}

/// The last day of each period, in order. Day 0 was a Thursday, so weeks begin three days before it.
fn last_of_each(sorted: &[Day], period: impl Fn(Day) -> i32) -> Vec<Day> {
    sorted.iter().map(|day| (period(*day), *day)).collect::<BTreeMap<_, _>>().into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn two_years_of_nights_become_days_weeks_and_months() {
        let (first, last) = (day("2024-01-01"), day("2025-12-31"));
        let all: Vec<Day> = (first.0..=last.0).map(Day).collect();
        let retention = Retention { daily: 14, weekly: 12 };
        let expired = retention.expired(&all);
        let kept: Vec<Day> = all.iter().copied().filter(|day| !expired.contains(day)).collect();
        // 14 days hold the last Sundays 21st and 28th; week ends before them, and ends of 24 months.
        for text in ["2025-12-31", "2025-12-18", "2025-12-14", "2025-10-19", "2025-09-30", "2024-01-31"] {
            assert!(kept.contains(&day(text)), "{text} stays");
        }
        for text in ["2025-12-17", "2025-10-12", "2025-09-28", "2024-01-30"] {
            assert!(expired.contains(&day(text)), "{text} goes");
        }
        assert_eq!(
            kept.len(),
            14 + (12 - 3) + (24 - 2),
            "three weeks and a month end within the days, another month at the end of a week"
        );
        assert_eq!(retention.expired(&kept), [], "what stays stays");
    }

    #[test]
    fn the_newest_never_goes() {
        let none = Retention { daily: 0, weekly: 0 };
        let days = [day("2025-08-01"), day("2025-08-02"), day("2025-08-03")];
        assert_eq!(none.expired(&days), days[..2]);
        assert_eq!(none.expired(&days[..1]), []);
        assert_eq!(none.expired(&[]), []);
    }
}
