//! Ranks and percentiles, published beside scores and never instead of them.

/// Where a value stands among its peers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Share of the peers with a smaller value, 0..=100.
    pub percentile: f64,
    /// 1 + the number of peers with a larger value.
    pub rank: u64,
}

/// Places of `values` among those that have one. O(n log n).
pub fn places(values: &[Option<f64>]) -> Vec<Option<Place>> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = |value: f64| {
        let smaller = sorted.partition_point(|other| *other < value);
        let not_larger = sorted.partition_point(|other| *other <= value);
        let peers = (sorted.len() - 1).max(1) as f64;
        Place { percentile: 100.0 * smaller as f64 / peers, rank: (sorted.len() - not_larger + 1) as u64 }
    };
    values.iter().map(|value| value.map(place)).collect()
}

/// Trust as ranks are taken: rounded to nine decimals, as closely as it is proven, so that packages with equal facts share a
/// place instead of standing in the order of their rounding errors.
pub fn certified(values: &[Option<f64>]) -> Vec<Option<f64>> {
    values.iter().map(|value| value.map(|value| (value * 1e9).round() / 1e9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_share_a_place_and_missing_has_none() {
        let found = places(&[Some(0.2), None, Some(0.9), Some(0.2)]);
        assert_eq!(found[0], Some(Place { percentile: 0.0, rank: 2 }));
        assert_eq!(found[0], found[3]);
        assert_eq!(found[1], None);
        assert_eq!(found[2], Some(Place { percentile: 100.0, rank: 1 }));
        let level = places(&certified(&[Some(0.2), Some(0.1 + 0.1 + 1e-15), Some(0.200_000_1)]));
        assert_eq!(level.iter().flatten().map(|place| place.rank).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(places(&[Some(1.0)])[0], Some(Place { percentile: 0.0, rank: 1 }));
    }
}
