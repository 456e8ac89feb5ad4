//! Ranges of parameters: refused outside them, and scaled within them to see what they do.

use std::ops::RangeInclusive;

use super::{Parameter, Parameters, ScoreParameters, ValidationParameters};

/// Structs of parameters with the range each must keep, and structs of parameters below them after a `;`.
macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident in $range:expr,)*
        $(; $($(#[$inner_doc:meta])* $inner:ident: $inner_type:ty,)*)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Parameter,)*
            $($($(#[$inner_doc])* pub $inner: $inner_type,)*)?
        }

        impl $crate::job::parameters::ranged::Ranged for $name {
            fn ranged<'p>(&'p mut self, at: &str, found: &mut Vec<$crate::job::parameters::ranged::RangedParameter<'p>>) {
                $(found.push($crate::job::parameters::ranged::RangedParameter {
                    name: format!("{at}.{}", stringify!($field)),
                    parameter: &mut self.$field,
                    range: $range,
                });)*
                $($(self.$inner.ranged(&format!("{at}.{}", stringify!($inner)), found);)*)?
            }
        }
    )*};
}

pub(super) use parameters;

/// Parameters that are shares of one whole: together they may not pass 1.
const WHOLES: [&[&str]; 2] = [
    &["scores.person.member_prior", "scores.person.tenure_prior"],
    &[
        "scores.package.archive_prior",
        "scores.package.age_prior",
        "scores.package.tests_prior",
        "scores.package.provenance_prior",
    ],
];

impl Parameters {
    /// Refuses numbers outside their range, NaN, and empty reasons.
    pub fn check(&self) -> Result<(), String> {
        // Names come with places to write to; a check writes nowhere but to a copy.
        let mut copy = self.clone();
        let all = copy.all();
        all.iter().try_for_each(RangedParameter::check)?;
        for whole in WHOLES {
            let sum = sum_of(&all, whole, "");
            if sum > 1.0 {
                return Err(format!("{} sum to {sum}; together they may not pass 1", whole.join(", ")));
            }
        }
        let ValidationParameters { small_community_max, middle_community_max, new_max_years, young_max_years, .. } =
            &self.validation;
        for (name, low, high) in
            [("community", small_community_max, middle_community_max), ("years", new_max_years, young_max_years)]
        {
            if low.value >= high.value {
                return Err(format!("validation: the bounds of {name} do not rise: {} and {}", low.value, high.value));
            }
        }
        Ok(())
    }

    /// Every parameter with its name, its range and a place to write to.
    fn all(&mut self) -> Vec<RangedParameter<'_>> {
        let Self { identity, links, scores, signals, validation, history, backtest, orphaning, checks, publish } = self;
        let mut all = Vec::new();
        identity.ranged("identity", &mut all);
        links.ranged("links", &mut all);
        scores.ranged("scores", &mut all);
        signals.ranged("signals", &mut all);
        validation.ranged("validation", &mut all);
        history.ranged("history", &mut all);
        backtest.ranged("backtest", &mut all);
        orphaning.ranged("orphaning", &mut all);
        checks.ranged("checks", &mut all);
        publish.ranged("publish", &mut all);
        all
    }

    /// Gives the parameter of this full name another value; refuses names there are none of, and values outside the range.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), String> {
        let mut all = self.all();
        let one = all.iter_mut().find(|one| one.name == name).ok_or_else(|| format!("there is no parameter {name}"))?;
        one.parameter.value = value;
        one.check()
    }
}

impl ScoreParameters {
    /// Full names and values of all score parameters, in the order of their declaration.
    pub fn named(&self) -> Vec<(String, f64)> {
        let mut copy = self.clone();
        let mut all = Vec::new();
        copy.ranged("scores", &mut all);
        all.into_iter().map(|one| (one.name, one.parameter.value)).collect()
    }

    /// A copy in which the parameter called `name` is `factor` times as large, held to its range and to what the other shares
    /// of its whole leave, and its new value. `None` when that leaves it as it is, or no parameter has the name.
    pub fn scaled(&self, name: &str, factor: f64) -> Option<(Self, f64)> {
        let mut copy = self.clone();
        let mut all = Vec::new();
        copy.ranged("scores", &mut all);
        let whole = WHOLES.iter().find(|whole| whole.contains(&name));
        let left = whole.map_or(f64::INFINITY, |whole| (1.0 - sum_of(&all, whole, name)).max(0.0));
        let one = all.into_iter().find(|one| one.name == name)?;
        let value = (one.parameter.value * factor).clamp(*one.range.start(), *one.range.end()).min(left);
        // What is left of 1 is a difference, so it is rounded.
        if (value - one.parameter.value).abs() <= 1e-12 {
            return None;
        }
        one.parameter.value = value;
        Some((copy, value))
    }
}

/// A parameter with its full name and the range it must keep.
pub(super) struct RangedParameter<'p> {
    pub(super) name: String,
    pub(super) parameter: &'p mut Parameter,
    pub(super) range: RangeInclusive<f64>,
}

/// A struct of parameters that can name all of them.
pub(super) trait Ranged {
    /// Adds every parameter to `found`, in the order of declaration; `at` is the path of the struct.
    fn ranged<'p>(&'p mut self, at: &str, found: &mut Vec<RangedParameter<'p>>);
}

impl RangedParameter<'_> {
    fn check(&self) -> Result<(), String> {
        let Self { name, parameter, range } = self;
        if !range.contains(&parameter.value) {
            return Err(format!("{name} = {} is outside {:?}..={:?}", parameter.value, range.start(), range.end()));
        }
        if parameter.reason.trim().is_empty() {
            return Err(format!("{name} has no reason; say in one sentence what it means and why it has this value"));
        }
        Ok(())
    }
}

/// Sum of the parameters of `whole` but for `except`.
fn sum_of(all: &[RangedParameter], whole: &[&str], except: &str) -> f64 {
    all.iter().filter(|one| one.name != except && whole.contains(&one.name.as_str())).map(|one| one.parameter.value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Parameters {
        toml::from_str(include_str!("../../../jobs/parameters.toml")).expect("the shipped parameters parse")
    }

    #[test]
    fn every_score_parameter_of_the_file_has_a_name_and_a_place() {
        let parameters = shipped();
        assert_eq!(parameters.check(), Ok(()));
        let mut named = parameters.scores.named();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        let stated = parameters.stated().into_iter().filter(|one| one.name.starts_with("scores."));
        assert_eq!(named, stated.map(|one| (one.name, one.value)).collect::<Vec<_>>());
    }

    #[test]
    fn scaling_stays_in_range_and_in_the_whole() {
        let scores = shipped().scores;
        let scaled = |name: &str, factor| scores.scaled(name, factor).map(|(_, value)| value);
        assert_eq!(scaled("scores.person.tenure_half_life_years", 2.0), Some(6.0));
        assert_eq!(scaled("scores.person.endorsement_weight", 2.0), Some(0.95), "the end of its range");
        assert_eq!(scaled("scores.person.member_prior", 2.0), Some(0.8), "tenure keeps its part of the whole");
        assert_eq!(scaled("scores.repository.unsigned_share", 2.0), None, "twice nothing is nothing");
        assert_eq!(scaled("scores.no_such_parameter", 2.0), None);
        let (changed, _) = scores.scaled("scores.team.control_share", 0.5).expect("a change");
        let differ = scores.named().into_iter().zip(changed.named()).filter(|(a, b)| a != b).count();
        assert_eq!(differ, 1);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_name() {
        let refused = |change: fn(&mut Parameters)| {
            let mut parameters = shipped();
            change(&mut parameters);
            parameters.check().expect_err("refused")
        };
        assert!(refused(|p| p.scores.team.control_share.value = 1.5).starts_with("scores.team.control_share = 1.5"));
        assert!(refused(|p| p.scores.package.age_prior.value = 0.9).contains("together they may not pass 1"));
        assert!(refused(|p| p.validation.young_max_years.value = 0.1).contains("years"));
        assert!(refused(|p| p.checks.min_package_count.reason.clear()).contains("has no reason"));
    }
}
