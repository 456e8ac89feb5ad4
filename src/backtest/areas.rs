//! Areas under the ROC curve when every case has controls of its own, and their bootstrap intervals.

use super::generator::Generator;

/// Wins of cases over controls: 1 the case scores higher, ½ equal, 0 lower.
#[derive(Clone, Debug, Default)]
pub(super) struct Wins {
    /// (case, control cluster, win), in a fixed order. A pair that cannot be compared is absent.
    pairs: Vec<(usize, usize, f64)>,
    cases: usize,
    controls: usize,
}

impl Wins {
    /// For cases and controls numbered from 0.
    pub(super) fn new(cases: usize, controls: usize) -> Self {
        Self { pairs: Vec::new(), cases, controls }
    }

    /// Compares one case with one control.
    pub(super) fn compare(&mut self, case: usize, score: f64, control: usize, other: f64) {
        let win = if score > other {
            1.0
        } else if score == other {
            0.5
        } else {
            0.0
        };
        self.pairs.push((case, control, win));
    }

    /// Cases with a control to compare with.
    pub(super) fn case_count(&self) -> usize {
        let mut cases: Vec<usize> = self.pairs.iter().map(|pair| pair.0).collect();
        cases.sort_unstable();
        cases.dedup();
        cases.len()
    }

    /// Controls a case, on average.
    pub(super) fn controls_a_case(&self) -> f64 {
        self.pairs.len() as f64 / self.case_count().max(1) as f64
    }

    /// Mean over cases of the share of controls they win against; `None` without a pair.
    pub(super) fn area(&self) -> Option<f64> {
        self.weighted(&vec![1.0; self.cases], &vec![1.0; self.controls])
    }

    fn weighted(&self, cases: &[f64], controls: &[f64]) -> Option<f64> {
        let mut sums = vec![(0.0, 0.0); self.cases];
        for (case, control, win) in &self.pairs {
            sums[*case].0 += controls[*control] * win;
            sums[*case].1 += controls[*control];
        }
        let known = sums.iter().zip(cases).filter(|((_, all), weight)| *all > 0.0 && **weight > 0.0);
        let (wins, all) = known.fold((0.0, 0.0), |(wins, all), ((won, of), weight)| (wins + weight * won / of, all + weight));
        (all > 0.0).then(|| wins / all)
    }

    /// 95 % interval of the area: cases and controls are drawn anew, each repository as a whole.
    pub(super) fn interval(&self, count: usize, seed: f64) -> Option<(f64, f64)> {
        interval(count, seed, |generator| {
            let cases = generator.resample(self.cases);
            self.weighted(&cases, &generator.resample(self.controls))
        })
    }

    /// 95 % interval of this area minus another's, on the same draws.
    pub(super) fn paired_interval(&self, other: &Self, count: usize, seed: f64) -> Option<(f64, f64)> {
        interval(count, seed, |generator| {
            let cases = generator.resample(self.cases);
            let controls = generator.resample(self.controls);
            Some(self.weighted(&cases, &controls)? - other.weighted(&cases, &controls)?)
        })
    }
}

/// 2.5 % and 97.5 % points of `count` draws; `None` when fewer than half of them have a value.
pub(super) fn interval(count: usize, seed: f64, mut draw: impl FnMut(&mut Generator) -> Option<f64>) -> Option<(f64, f64)> {
    let mut generator = Generator::new(seed, 0xb007);
    let mut values: Vec<f64> = (0..count).filter_map(|_| draw(&mut generator)).collect();
    if values.len() * 2 < count || values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    Some((at(0.025), at(0.975)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wins(scores: &[f64], controls: &[f64]) -> Wins {
        let mut wins = Wins::new(scores.len(), controls.len());
        for (case, score) in scores.iter().enumerate() {
            controls.iter().enumerate().for_each(|(control, other)| wins.compare(case, *score, control, *other));
        }
        wins
    }

    #[test]
    fn areas_of_hand_sized_cases() {
        assert_eq!(wins(&[3.0, 1.0], &[0.0, 2.0]).area(), Some(0.75));
        assert_eq!(wins(&[2.0], &[2.0]).area(), Some(0.5));
        assert_eq!(Wins::new(1, 1).area(), None);
    }

    #[test]
    fn intervals_hold_the_area_and_repeat() {
        let wins = wins(&[0.5, 2.5, 4.0], &[0.0, 1.0, 2.0, 3.0]);
        let (lower, upper) = wins.interval(500, 7.0).expect("an interval");
        let area = wins.area().expect("an area");
        assert!(lower < area && area < upper, "{lower} {area} {upper}");
        assert_eq!(wins.interval(500, 7.0), Some((lower, upper)));
        assert_eq!(wins.paired_interval(&wins, 500, 7.0), Some((0.0, 0.0)));
    }
}
