//! An axis of a plot: from values to places, and where its ticks stand.

use super::words;

/// How values become lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Equal differences have equal lengths.
    Linear,
    /// Equal ratios have equal lengths. Values of 0 and below have no place.
    Log,
}

/// An axis laid along a length.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ruler {
    scale: Scale,
    /// First and last value; the last is larger.
    range: [f64; 2],
    /// Where they stand.
    places: [f64; 2],
    /// Values with a tick.
    ticks: Vec<f64>,
    /// Decimals that tell the ticks apart.
    decimals: usize,
}

impl Ruler {
    /// A ruler for `values` between two places. A given range is kept; one from the data is widened to the next ticks of a
    /// linear scale.
    pub fn new(scale: Scale, range: Option<[f64; 2]>, values: impl Iterator<Item = f64>, places: [f64; 2]) -> Self {
        // Sizes near the ends of what a number can hold have no tick of their own.
        let has_place = |value: &f64| value.abs() <= 1e300 && (scale == Scale::Linear || *value >= 1e-300);
        let given = range.filter(|[low, high]| has_place(low) && has_place(high) && low < high);
        let of_data = values.filter(has_place).fold(None, |found: Option<[f64; 2]>, value| {
            Some(found.map_or([value, value], |[low, high]| [low.min(value), high.max(value)]))
        });
        let mut range = given.or(of_data).unwrap_or([1.0, 1.0]);
        if range[1] - range[0] <= 1e-12 * range[0].abs().max(range[1].abs()).max(1e-280) {
            let value = range[0];
            range = match scale {
                Scale::Log => [value / 2.0, value * 2.0],
                Scale::Linear if value.abs() < 1e-280 => [0.0, 1.0],
                Scale::Linear => [value.min(0.0), value.max(0.0)],
            };
        }
        let (ticks, decimals) = match scale {
            Scale::Linear => linear_ticks(&mut range, given.is_some()),
            Scale::Log => (log_ticks(range), 0),
        };
        Self { scale, range, places, ticks, decimals }
    }

    /// Where `value` stands, to a tenth; `None` outside the range or without a place.
    pub fn place(&self, value: f64) -> Option<f64> {
        let length = |value: f64| if self.scale == Scale::Log { value.ln() } else { value };
        let [low, high] = self.range;
        if !(low..=high).contains(&value) {
            return None;
        }
        let share = (length(value) - length(low)) / (length(high) - length(low));
        let place = self.places[0] + share * (self.places[1] - self.places[0]);
        Some((place * 10.0).round() / 10.0)
    }

    /// Text and place of every tick.
    pub fn ticks(&self) -> impl Iterator<Item = (String, f64)> + '_ {
        self.ticks.iter().filter_map(|tick| Some((self.text(*tick), self.place(*tick)?)))
    }

    fn text(&self, tick: f64) -> String {
        let text = match tick.abs() {
            0.0 => "0".to_owned(),
            size if self.scale == Scale::Log || self.decimals > 6 || size >= 1e6 => words::figure(tick),
            _ => format!("{tick:.0$}", self.decimals),
        };
        text.replace('-', "−")
    }
}

/// About five multiples of 1, 2 or 5 times a power of ten. Widens `range` to them unless it is kept.
fn linear_ticks(range: &mut [f64; 2], is_kept: bool) -> (Vec<f64>, usize) {
    let raw = (range[1] - range[0]) / 5.0;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= raw * (1.0 - 1e-9));
    let step = step.unwrap_or(10.0 * power);
    // A hair of room, so that a bound that is a multiple but for rounding is one.
    let (mut first, mut last) = ((range[0] / step + 1e-9).floor(), (range[1] / step - 1e-9).ceil());
    if is_kept {
        (first, last) = ((range[0] / step - 1e-9).ceil(), (range[1] / step + 1e-9).floor());
    } else {
        *range = [first * step, last * step];
    }
    let count = (last - first).clamp(0.0, 20.0) as i32;
    let ticks = (0..=count).map(|number| ((first + f64::from(number)) * step).clamp(range[0], range[1]));
    (ticks.collect(), (-step.log10().floor()).clamp(0.0, 300.0) as usize)
}

/// Powers of ten; where fewer than two of them fall into the range also their double and fivefold; its ends as a last resort.
fn log_ticks([low, high]: [f64; 2]) -> Vec<f64> {
    let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let within = |factors: &[f64]| -> Vec<f64> {
        let all = powers.clone().flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
        all.filter(|tick| (low * (1.0 - 1e-12)..=high * (1.0 + 1e-12)).contains(tick)).map(|tick| tick.clamp(low, high)).collect()
    };
    let decades = within(&[1.0]);
    if decades.len() > 2 {
        let every = decades.len().div_ceil(8);
        return decades.into_iter().step_by(every).collect();
    }
    let fine = within(&[1.0, 2.0, 5.0]);
    if fine.len() > 1 { fine } else { vec![low, high] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(scale: Scale, range: Option<[f64; 2]>, values: &[f64]) -> Vec<String> {
        Ruler::new(scale, range, values.iter().copied(), [0.0, 100.0]).ticks().map(|(text, _)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(Scale::Linear, None, &[0.0, 48.0]), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(ticks(Scale::Linear, None, &[0.0, 0.3]), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(ticks(Scale::Linear, Some([0.0, 1.0]), &[0.2]), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(zero));
        assert_eq!(ticks(Scale::Linear, None, &[-2.0, 2.0]), ["−2", "−1", "0", "1", "2"]);
        assert_eq!(ticks(Scale::Log, None, &[1.0, 1000.0]), ["1", "10", "100", "1000"]);
        assert_eq!(ticks(Scale::Log, None, &[0.0, 1.0, 16.0]), ["1", "2", "5", "10"]);
    }

    fn zero(text: &str) -> &str {
        if text == "0.0" { "0" } else { text }
    }

    #[test]
    fn no_data_and_absurd_data_have_an_axis_too() {
        for values in [&[][..], &[0.0], &[7.0], &[f64::NAN], &[1e300, -1e300], &[5e-324], &[1.0, 1.0 + 1e-15]] {
            for scale in [Scale::Linear, Scale::Log] {
                let ruler = Ruler::new(scale, None, values.iter().copied(), [0.0, 100.0]);
                assert!(ruler.ticks().all(|(_, at)| (0.0..=100.0).contains(&at)), "{values:?}");
                let placed = values.iter().filter_map(|value| ruler.place(*value));
                assert!(placed.into_iter().all(|at| (0.0..=100.0).contains(&at)), "{values:?}");
            }
        }
    }

    #[test]
    fn places_follow_the_scale() {
        let log = Ruler::new(Scale::Log, None, [1.0, 100.0].into_iter(), [0.0, 100.0]);
        assert_eq!([1.0, 10.0, 100.0, 0.0, -1.0].map(|value| log.place(value)), [Some(0.0), Some(50.0), Some(100.0), None, None]);
        let linear = Ruler::new(Scale::Linear, Some([0.0, 1.0]), std::iter::empty(), [100.0, 0.0]);
        assert_eq!([0.25, 1.5].map(|value| linear.place(value)), [Some(75.0), None]);
    }
}
