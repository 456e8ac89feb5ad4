//! Random numbers that are the same everywhere.

/// SplitMix64 (Steele, Lea and Flood 2014): one addition and two multiplications a number, any seed will do.
#[derive(Clone, Debug)]
pub(super) struct Generator(u64);

impl Generator {
    /// From the job's seed and a number that keeps uses apart.
    pub(super) fn new(seed: f64, of: u64) -> Self {
        let mut generator = Self(seed as u64 ^ of.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        generator.next();
        generator
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `count`, which is above 0; biased by less than count / 2^64.
    pub(super) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// Evenly from 0..1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with probability `share`.
    pub(super) fn draw(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// How often each of `count` clusters is drawn when `count` are drawn with replacement.
    pub(super) fn resample(&mut self, count: usize) -> Vec<f64> {
        let mut weights = vec![0.0; count];
        (0..count).for_each(|_| weights[self.below(count)] += 1.0);
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        // Seed 1234567 of the reference implementation; the first number is used up by `new`.
        let mut generator = Generator::new(1_234_567.0, 0);
        assert_eq!([generator.next(), generator.next()], [3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn draws_are_even() {
        // 160,000 draws over sixteen uses of one seed; the bounds are four standard deviations away.
        let draws = |of| {
            let mut generator = Generator::new(20_240_329.0, of);
            (0..10_000).filter(|_| generator.draw(0.3)).count()
        };
        let count: usize = (0..16).map(draws).sum();
        assert!((47_267..48_733).contains(&count), "{count}");
        let mut generator = Generator::new(1.0, 2);
        assert_eq!(generator.resample(50).iter().sum::<f64>(), 50.0);
    }
}
