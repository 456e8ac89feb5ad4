//! How the evidence of many becomes one number.

/// One voice: its value on 0..=1, the weight of its evidence, and its place in the caller's list (breaks ties, so that equal
/// values are taken in the same order in every run).
pub type Voice = (f64, f64, u32);

/// Share of a unanimous value that evidence of this weight gives: φ(w) = w / (w + half), 0..1.
pub(super) fn level(weight: f64, half: f64) -> f64 {
    weight / (weight + half)
}

/// What others vouch for: the area under `W(t) / (W(t) + half)` over all levels t in 0..=1, where `W(t)` is the weight of the
/// voices whose value is at least t (a Choquet integral of the values).
///
/// Why this and not a saturating sum of products: the result never exceeds the largest value, so any number of voices of
/// value 0 adds 0 and a million weak voices never make a strong one; a further voice never lowers it; it moves by at most δ
/// when every value moves by at most δ, which makes the whole map a contraction with exactly one fixed point, whatever the
/// size of a group that vouches for itself.
///
/// `emit(place, amount)` gets each voice's part; the parts sum to the result. Sorts `voices`. O(n log n), no allocation.
pub fn saturating(voices: &mut [Voice], half: f64, mut emit: impl FnMut(u32, f64)) -> f64 {
    voices.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    let (mut weight, mut before, mut sum) = (0.0, 0.0, 0.0);
    for (value, evidence, place) in voices {
        weight += *evidence;
        let next = level(weight, half);
        let amount = (next - before) * *value;
        before = next;
        sum += amount;
        emit(*place, amount);
    }
    sum
}

/// A minimum that does not hang on one value alone: the lowest voices weigh most, by the same saturation, and the weights are
/// scaled to sum to 1. `None` when there is no voice with weight. `emit` as above.
pub fn soft_minimum(voices: &mut [Voice], half: f64, mut emit: impl FnMut(u32, f64)) -> Option<f64> {
    let total: f64 = voices.iter().map(|voice| voice.1).sum();
    if total <= 0.0 {
        return None;
    }
    voices.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let top = level(total, half);
    let (mut weight, mut before, mut sum) = (0.0, 0.0, 0.0);
    for (value, evidence, place) in voices {
        weight += *evidence;
        let next = level(weight, half);
        let amount = (next - before) / top * *value;
        before = next;
        sum += amount;
        emit(*place, amount);
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vouched(voices: &[(f64, f64)]) -> f64 {
        let mut voices: Vec<Voice> = (0..).zip(voices).map(|(place, (value, weight))| (*value, *weight, place)).collect();
        let mut parts = 0.0;
        let sum = saturating(&mut voices, 2.0, |_, amount| parts += amount);
        assert!((sum - parts).abs() < 1e-15);
        sum
    }

    #[test]
    fn a_million_weak_voices_do_not_make_a_strong_one() {
        assert_eq!(vouched(&[]), 0.0);
        assert_eq!(vouched(&vec![(0.0, 1.0); 1000]), 0.0);
        assert!(vouched(&vec![(0.01, 1.0); 100_000]) <= 0.01);
        assert!((vouched(&[(0.8, 2.0)]) - 0.4).abs() < 1e-15, "half of the evidence gives half of the value");
    }

    #[test]
    fn a_further_voice_never_lowers() {
        let before = vouched(&[(0.8, 1.0), (0.3, 2.0)]);
        for value in [0.0, 0.2, 0.5, 1.0] {
            assert!(vouched(&[(0.8, 1.0), (0.3, 2.0), (value, 5.0)]) >= before);
        }
    }

    #[test]
    fn the_minimum_is_soft() {
        let soft = |values: &[f64]| {
            let mut voices: Vec<Voice> = (0..).zip(values).map(|(place, value)| (*value, 1.0, place)).collect();
            soft_minimum(&mut voices, 1.0, |_, _| ())
        };
        assert_eq!(soft(&[]), None);
        assert_eq!(soft(&[0.4]), Some(0.4));
        let three = soft(&[0.9, 0.1, 0.9]).expect("a value");
        assert!(three > 0.1 && three < 0.4, "{three}");
    }
}
