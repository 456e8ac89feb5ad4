//! Quantiles, and how alike two orders are.

/// The value below which `share` (0..=1) of the sorted values lie, between two neighbors by proportion (type 7 of Hyndman and
/// Fan 1996, the usual one of data tools). `None` of nothing.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
}

/// `values` sorted, without those that are missing.
pub(super) fn sorted(values: impl Iterator<Item = Option<f64>>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.flatten().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// Ranks from 1 for the smallest; equal values share the mean of their places. O(n log n).
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut place = 0;
    for equals in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let mean = place as f64 + (equals.len() as f64 + 1.0) / 2.0;
        equals.iter().for_each(|at| ranks[*at] = mean);
        place += equals.len();
    }
    ranks
}

/// Spearman's rank correlation, -1..=1: the linear correlation of mean ranks. `None` when all values of one side are equal.
pub(super) fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (mean_ranks(a), mean_ranks(b));
    let middle = (a.len() as f64 + 1.0) / 2.0;
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        both += (a - middle) * (b - middle);
        of_a += (a - middle).powi(2);
        of_b += (b - middle).powi(2);
    }
    (of_a > 0.0 && of_b > 0.0).then(|| (both / (of_a * of_b).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_share_their_mean_rank() {
        assert_eq!(mean_ranks(&[0.3, 0.1, 0.3, 0.9, 0.3]), [3.0, 1.0, 3.0, 5.0, 3.0]);
        assert!(mean_ranks(&[]).is_empty());
    }

    #[test]
    fn correlations_have_closed_forms() {
        let rises = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(rank_correlation(&rises, &[0.1, 0.2, 0.7, 0.8]), Some(1.0), "only the order counts");
        assert_eq!(rank_correlation(&rises, &[4.0, 3.0, 2.0, 1.0]), Some(-1.0));
        // Without ties 1 − 6·Σd²/(n·(n² − 1)): d = 1, 1, 0, 0.
        let swapped = rank_correlation(&rises, &[2.0, 1.0, 3.0, 4.0]).expect("a correlation");
        assert!((swapped - 0.8).abs() < 1e-15, "{swapped}");
        // Ranks 1.5 1.5 3 4 against 1 2 3 4: covariance 4.5, variances 4.5 and 5.
        let tied = rank_correlation(&[5.0, 5.0, 6.0, 7.0], &rises).expect("a correlation");
        assert!((tied - (4.5f64 / 5.0).sqrt()).abs() < 1e-15, "{tied}");
        assert_eq!(rank_correlation(&rises, &[1.0; 4]), None);
        assert_eq!(rank_correlation(&[], &[]), None);
    }

    #[test]
    fn quantiles_lie_between_neighbors() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([0.0, 0.5, 1.0].map(|share| quantile(&values, share)), [Some(1.0), Some(3.0), Some(8.0)]);
        assert_eq!(quantile(&[0.5], 0.9), Some(0.5));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
