//! Arithmetic on series of months.

use super::Reading;

/// Why a value is held against nothing.
pub(super) const SHORT_PAST: &str = "the own past is too short to say what is usual";

/// Each value minus the mean of its own past, the months −`from`..−`to`; unknown where fewer than `min` of them are known.
pub(super) fn against_past(values: &[Reading], from: usize, to: usize, min: usize) -> Vec<Reading> {
    let mut sums = vec![(0.0, 0usize)];
    for value in values {
        let (sum, count) = sums[sums.len() - 1];
        sums.push(value.map_or((sum, count), |value| (sum + value, count + 1)));
    }
    let reading = |(at, value): (usize, &Reading)| {
        let value = (*value)?;
        let (end, start) = ((at + 1).saturating_sub(to), at.saturating_sub(from));
        let count = if end > start { sums[end].1 - sums[start].1 } else { 0 };
        if count < min.max(1) {
            return Err(SHORT_PAST);
        }
        Ok(value - (sums[end].0 - sums[start].0) / count as f64)
    };
    values.iter().enumerate().map(reading).collect()
}

/// The largest value of the last `months`, where any is known.
pub(super) fn hold(values: &[Reading], months: usize) -> Vec<Reading> {
    let largest = |at: usize| {
        let window = &values[(at + 1).saturating_sub(months)..=at];
        let known = window.iter().filter_map(|value| value.ok());
        known.reduce(f64::max).map_or(values[at], Ok)
    };
    (0..values.len()).map(largest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_ends_before_the_present() {
        let values: Vec<Reading> = [1.0, 3.0, 5.0, 10.0].map(Ok).into();
        let against = against_past(&values, 3, 2, 2);
        assert_eq!(against, [Err(SHORT_PAST), Err(SHORT_PAST), Err(SHORT_PAST), Ok(10.0 - 2.0)]);
    }

    #[test]
    fn unknown_months_are_no_zeros() {
        let values = [Ok(2.0), Err("x"), Ok(4.0), Ok(9.0), Err("x")];
        assert_eq!(against_past(&values, 4, 1, 2)[3], Ok(6.0));
        assert_eq!(hold(&values, 2), [Ok(2.0), Ok(2.0), Ok(4.0), Ok(9.0), Ok(9.0)]);
        assert_eq!(hold(&[Err("x")], 3), [Err("x")]);
    }
}
