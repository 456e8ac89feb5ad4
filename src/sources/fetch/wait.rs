//! How long to wait before the next try.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::blocking::Response;
use reqwest::header::RETRY_AFTER;

/// What a server asks us to wait: seconds, or a date. `None` when it says nothing that can be read.
pub(super) fn asked_for(response: &Response) -> Option<Duration> {
    parse(response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim(), Timestamp::now())
}

fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let day = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(day.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// `pause` and up to half of it more, so that clients that failed together do not come back together. Never touches a result.
pub(super) fn with_jitter(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0u8) as u32;
    pause + pause.mul_f64(0.5 * f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().expect("a time");
        assert_eq!(parse("7", now), Some(Duration::from_secs(7)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(37)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:48:37 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse("soon", now), None);
        assert_eq!(parse("-1", now), None);
    }

    #[test]
    fn jitter_is_bounded() {
        let pause = Duration::from_millis(100);
        for _ in 0..100 {
            assert!((pause..=pause * 3 / 2).contains(&with_jitter(pause)));
        }
    }
}
