//! Quantities every layer shares.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day in UTC, counted from 1970-01-01 (day 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// Mean length of a year of the Gregorian calendar, in days.
    pub const DAYS_A_YEAR: f64 = 365.2425;

    /// Reads `YYYY-MM-DD` and nothing else; `None` also before 1970, when no package and no history existed.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        text.parse::<Date>().ok().filter(|_| is_plain).map(Self::from_date).filter(|day| day.0 >= 0)
    }

    /// 9999-12-31.
    const LAST: i32 = 2_932_896;

    /// The day that holds the given second since the epoch; `None` outside the years 1970 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        let day = seconds.div_euclid(86_400);
        (0..=i64::from(Self::LAST)).contains(&day).then_some(Self(day as i32))
    }

    /// The day of a civil date.
    pub fn from_date(date: Date) -> Self {
        let epoch = Date::constant(1970, 1, 1);
        let days = (date - epoch).get_days();
        Self(days)
    }

    /// The first of July of `year`; of the nearest year a day can name, where that is absurd.
    pub fn middle_of(year: i32) -> Self {
        let year = i16::try_from(year.clamp(1970, 9999)).expect("clamped");
        Self::from_date(Date::constant(year, 7, 1))
    }

    /// The 15th of `month`, which counts as [`Day::month`] does; of the nearest month a day can name, where that is absurd.
    pub fn middle_of_month(month: i32) -> Self {
        let month = month.clamp(1970 * 12, 9999 * 12 + 11);
        let (year, month) = (month.div_euclid(12) as i16, month.rem_euclid(12) as i8 + 1);
        Self::from_date(Date::constant(year, month, 15))
    }

    /// Years from `earlier` to this day; negative when this day comes first.
    pub fn years_since(self, earlier: Self) -> f64 {
        (f64::from(self.0) - f64::from(earlier.0)) / Self::DAYS_A_YEAR
    }

    /// Months since January of year 0: equal for two days of one calendar month.
    pub fn month(self) -> i32 {
        let date = self.date();
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }

    /// Calendar year.
    pub fn year(self) -> i32 {
        i32::from(self.date().year())
    }

    /// Days beyond what the calendar holds are its first and last: a damaged table may hold any number.
    fn date(self) -> Date {
        let span = jiff::Span::new().try_days(self.0);
        let beyond = if self.0 < 0 { Date::MIN } else { Date::MAX };
        span.map_or(beyond, |span| Date::constant(1970, 1, 1).saturating_add(span))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a day (YYYY-MM-DD)")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip() {
        let day = Day::parse("2024-03-29").expect("a day");
        assert_eq!(day.to_string(), "2024-03-29");
        assert_eq!(day.year(), 2024);
        assert_eq!(day.month() - Day::parse("2023-03-01").expect("a day").month(), 12);
        assert_eq!(Day::middle_of_month(day.month()).to_string(), "2024-03-15");
        assert_eq!(Day::middle_of_month(i32::MIN).to_string(), "1970-01-15");
        assert_eq!(Day::from_unix_seconds(86_399), Some(Day(0)));
        assert_eq!(Day::from_unix_seconds(-1), None);
        assert_eq!(Day::from_unix_seconds(i64::MAX), None);
        for text in
            ["2024-02-30", "20240329", "2024-03-29T10:00", "+002024-03-29", "-002024-03-29", "1969-12-31", " 2024-03-29", ""]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert_eq!(Day(i32::MAX).to_string(), "9999-12-31");
        assert_eq!(Day(i32::MIN).year(), -9999);
    }

    #[test]
    fn absurd_days_have_a_name_too() {
        assert_eq!(Day(i32::MAX).to_string(), "9999-12-31");
        assert_eq!(Day(i32::MIN).to_string(), "-009999-01-01");
    }
}
