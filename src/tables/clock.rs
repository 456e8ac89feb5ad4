//! When in the day somebody wrote: a habit of a person, held against its own past and never published.

/// The author's clock at one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock {
    /// Hour of the day in UTC, 0..=23.
    pub hour: u8,
    /// Zone the clock was set to, quarter hours east of UTC, −[`Clock::MAX_ZONE`]..=[`Clock::MAX_ZONE`]. Free text in git, as all an
    /// author says. `None`: not told, or no zone of this world.
    pub zone: Option<i8>,
}

impl Clock {
    /// The zone farthest from UTC: fourteen hours.
    pub const MAX_ZONE: i8 = 14 * 4;

    /// The clock at `seconds` since 1970 UTC, with a zone as git writes it, such as `+0530`.
    pub fn new(seconds: i64, zone: &[u8]) -> Self {
        let hour = seconds.rem_euclid(86_400) / 3_600;
        Self { hour: u8::try_from(hour).unwrap_or(0), zone: quarters(zone) }
    }
}

/// Quarter hours of `+hhmm` or `-hhmm`, minutes below a quarter cut off.
fn quarters(zone: &[u8]) -> Option<i8> {
    let [sign @ (b'+' | b'-'), digits @ ..] = zone else { return None };
    let digits: [u8; 4] = digits.try_into().ok().filter(|digits: &[u8; 4]| digits.iter().all(u8::is_ascii_digit))?;
    let [hours, minutes] = [&digits[..2], &digits[2..]].map(|pair| (pair[0] - b'0') * 10 + pair[1] - b'0');
    let quarters = i8::try_from(hours.checked_mul(4)? + minutes / 15).ok().filter(|quarters| *quarters <= Clock::MAX_ZONE)?;
    (minutes < 60).then_some(if *sign == b'-' { -quarters } else { quarters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_git_writes_and_nothing_else() {
        let zones = ["+0000", "-0500", "+0530", "+1245", "-0930", "+1400"].map(|zone| quarters(zone.as_bytes()));
        assert_eq!(zones, [0, -20, 22, 51, -38, 56].map(Some));
        for zone in ["", "+", "0100", "+100", "+01000", "+0160", "+1415", "-9999", "+0a00", "+\u{e9}00"] {
            assert_eq!(quarters(zone.as_bytes()), None, "{zone}");
        }
        assert_eq!([Clock::new(-1, b"").hour, Clock::new(86_400, b"").hour, Clock::new(i64::MAX, b"").hour], [23, 0, 15]);
    }
}
