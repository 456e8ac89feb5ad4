//! Attacks to be simulated, and in which sizes. Every list of sizes has its reason.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;

use super::error::{Digested, JobError};

/// Most combinations of sizes of one attack: each is a whole computation of all scores.
const MAX_CASES: u64 = 1000;

/// All attacks of a file, by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Attacks(pub BTreeMap<String, Attack<Sizes>>);

/// Sizes an attack is simulated in, and why these.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Rising.
    pub values: Vec<u64>,
    /// Meaning and why these values.
    pub reason: String,
}

macro_rules! attacks {
    ($($(#[$doc:meta])* $kind:ident, $word:literal { $($(#[$field_doc:meta])* $field:ident in $range:expr,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $kind<T> {
                /// What the attack stands for.
                pub reason: String,
                $($(#[$field_doc])* pub $field: T,)*
            }

            impl $kind<Sizes> {
                fn check(&self, at: &str) -> Result<(), String> {
                    check_reason(at, &self.reason)?;
                    $(self.$field.check(&format!("{at}.{}", stringify!($field)), &$range)?;)*
                    let count = [$(self.$field.values.len() as u64),*].into_iter().fold(1, u64::saturating_mul);
                    if count > MAX_CASES {
                        return Err(format!("{at} has {count} combinations of sizes, at most {MAX_CASES}; give shorter lists"));
                    }
                    Ok(())
                }

                fn cases(&self) -> Vec<Attack<u64>> {
                    let mut all = vec![$kind { reason: self.reason.clone(), $($field: 0),* }];
                    $(all = all.iter().flat_map(|one| {
                        self.$field.values.iter().map(move |value| $kind { $field: *value, ..one.clone() })
                    }).collect();)*
                    all.into_iter().map(Attack::$kind).collect()
                }
            }
        )*

        /// One attack: with [`Sizes`] as people wrote it, with numbers as one case of it.
        #[derive(Clone, Debug, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Attack<T> {
            $($(#[$doc])* $kind($kind<T>),)*
        }

        impl<T> Attack<T> {
            /// Name in files and tables.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => $word,)* }
            }
        }

        impl Attack<Sizes> {
            fn check(&self, at: &str) -> Result<(), String> {
                match self { $(Self::$kind(attack) => attack.check(at),)* }
            }

            /// Every combination of the sizes; the last list varies fastest.
            pub fn cases(&self) -> Vec<Attack<u64>> {
                match self { $(Self::$kind(attack) => attack.cases(),)* }
            }
        }
    };
}

attacks! {
    /// Accounts with packages that use one another's, and repositories in which they land one another's work.
    SybilRing, "sybil_ring" {
        /// Accounts.
        accounts in 1..=1_000_000,
        /// Packages of each account.
        packages_per_account in 1..=10_000,
        /// Repositories of each account, each with a year of the neighbor's work.
        repositories_per_account in 0..=1000,
        /// How many of the next packages of the ring each package uses.
        uses_per_package in 0..=1000,
        /// Trusted persons of whom one package uses the first package of the ring.
        earned_edges in 0..=10_000,
    }
    /// One account whose packages are used by those of many others.
    StarFarm, "star_farm" {
        /// Satellites: accounts with one package each, beside the one in the center.
        accounts in 1..=1_000_000,
        /// Packages of the center.
        packages in 1..=10_000,
        /// Trusted persons of whom one package uses the center's first.
        earned_edges in 0..=10_000,
    }
    /// Unknown accounts that use, name and claim what honest people have.
    Slander, "slander" {
        /// Accounts, each with one package and one repository.
        accounts in 1..=1_000_000,
        /// Honest packages, persons and repositories that each account goes for, most trusted first.
        targets in 1..=10_000,
    }
    /// Commits under the names of trusted persons, in repositories of the attacker.
    ForgedAuthors, "forged_authors" {
        /// Accounts of the attacker.
        accounts in 1..=1_000_000,
        /// Repositories of each account.
        repositories_per_account in 1..=1000,
        /// Months with a commit in each repository.
        months in 1..=480,
        /// Trusted persons whose names are forged in turn, most trusted first.
        targets in 1..=10_000,
    }
    /// Repositories that claim to be old.
    ForgedDates, "forged_dates" {
        /// Accounts of the attacker.
        accounts in 1..=1_000_000,
        /// Repositories of each account.
        repositories_per_account in 1..=1000,
        /// Years that the dates go back, with a commit a month.
        years in 1..=40,
    }
    /// A cycle of packages of one account that also use honest packages.
    DependencyRing, "dependency_ring" {
        /// Packages in the cycle.
        packages in 2..=1_000_000,
        /// Honest packages that the cycle uses in turn, most trusted first.
        targets in 0..=10_000,
        /// Trusted persons of whom one package uses the first of the cycle.
        earned_edges in 0..=10_000,
    }
    /// Somebody unknown who does accepted work, joins a lone maintainer, and stays alone.
    PatientInsider, "patient_insider" {
        /// Months of work that the maintainer landed.
        months in 0..=480,
        /// Criticality percentile from which on the first package with one trusted maintainer is attacked.
        min_criticality_percentile in 0..=100,
    }
}

impl Attacks {
    /// Reads and checks an attack file.
    pub fn read(path: &Path) -> Result<Self, JobError> {
        Self::read_digested(path, &mut Digested::default())
    }

    /// The same, adding the bytes to the digest of a job.
    pub(super) fn read_digested(path: &Path, digest: &mut Digested) -> Result<Self, JobError> {
        let attacks: Self = digest.read_toml(path)?;
        attacks.check().map_err(|what| JobError::Parameter { path: path.into(), what })?;
        Ok(attacks)
    }

    fn check(&self) -> Result<(), String> {
        if self.0.is_empty() {
            return Err("the file names no attack; add a table such as [ring] with a kind".to_owned());
        }
        self.0.iter().try_for_each(|(name, attack)| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || name.len() > 40 || !name.chars().all(is_plain) {
                return Err(format!("{name:?} is no name of an attack; use up to 40 of a-z, 0-9 and _"));
            }
            attack.check(name)
        })
    }
}

impl Sizes {
    fn check(&self, at: &str, range: &RangeInclusive<u64>) -> Result<(), String> {
        check_reason(at, &self.reason)?;
        if self.values.is_empty() || self.values.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(format!("{at}.values must hold at least one size, and each more than the one before"));
        }
        match self.values.iter().find(|value| !range.contains(value)) {
            Some(value) => Err(format!("{at} = {value} is outside {}..={}", range.start(), range.end())),
            None => Ok(()),
        }
    }
}

fn check_reason(at: &str, reason: &str) -> Result<(), String> {
    if reason.trim().is_empty() {
        return Err(format!("{at} has no reason; say in one sentence what it stands for and why"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Attacks, String> {
        let attacks: Attacks = toml::from_str(text).map_err(|error| error.to_string())?;
        attacks.check()?;
        Ok(attacks)
    }

    fn star(accounts: &str) -> String {
        let one = "{ values = [1, 2], reason = \"x\" }";
        format!("[a]\nkind = \"star_farm\"\nreason = \"x\"\naccounts = {accounts}\npackages = {one}\nearned_edges = {one}\n")
    }

    #[test]
    fn every_combination_once() {
        let attacks = read(&star("{ values = [3, 5, 7], reason = \"x\" }")).expect("an attack");
        let cases = attacks.0["a"].cases();
        assert_eq!((cases.len(), cases[0].kind()), (12, "star_farm"));
        let sizes: Vec<_> = cases
            .iter()
            .map(|case| match case {
                Attack::StarFarm(star) => (star.accounts, star.packages, star.earned_edges),
                other => panic!("{}", other.kind()),
            })
            .collect();
        assert_eq!(sizes[..3], [(3, 1, 1), (3, 1, 2), (3, 2, 1)]);
        assert!(sizes.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn wrong_sizes_are_named() {
        for (accounts, words) in [
            ("{ values = [], reason = \"x\" }", "a.accounts.values must hold"),
            ("{ values = [2, 2], reason = \"x\" }", "a.accounts.values must hold"),
            ("{ values = [0], reason = \"x\" }", "a.accounts = 0 is outside 1..="),
            ("{ values = [1000000000000], reason = \"x\" }", "a.accounts = 1000000000000 is outside"),
            ("{ values = [1], reason = \" \" }", "a.accounts has no reason"),
            ("{ values = [-1], reason = \"x\" }", "-1"),
            ("{ values = [1], reason = \"x\", unit = 1 }", "unit"),
        ] {
            let error = read(&star(accounts)).expect_err(accounts);
            assert!(error.contains(words), "{error}");
        }
        let long: Vec<String> = (1..=300).map(|n| n.to_string()).collect();
        let error = read(&star(&format!("{{ values = [{}], reason = \"x\" }}", long.join(", ")))).expect_err("too many");
        assert!(error.contains("1200 combinations"), "{error}");
    }

    #[test]
    fn the_shipped_files_are_good() {
        for text in [include_str!("../../jobs/attacks.toml"), include_str!("../../jobs/sample_attacks.toml")] {
            let kinds: std::collections::BTreeSet<_> = read(text).expect("good").0.values().map(Attack::kind).collect();
            assert_eq!(kinds.len(), 7, "every kind stands in the file: {kinds:?}");
        }
    }
}
