//! The policy file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::allowed::Allow;
use crate::lockfiles::Registries;
use crate::snapshot::LOOKED_UP_METRICS;

/// The policy that ships with the program; `--init` writes it.
pub const DEFAULT_POLICY: &str = include_str!("../../jobs/policy.toml");

/// What a failed rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Exit code 1.
    Fail,
    /// Shown as a warning.
    Warn,
    /// Shown.
    Note,
    /// Not asked.
    #[serde(alias = "pass")]
    Off,
}

macro_rules! levels {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(BTreeMap<&'static str, Level>);

        impl $name {
            /// Every key, in the order of the documentation.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];

            /// The level of `key`, one of [`Self::KEYS`].
            pub fn level(&self, key: &str) -> Level {
                self.0.get(key).copied().unwrap_or(Level::Off)
            }

            /// Takes over what `given` says; the name of a key that does not exist is the error.
            fn take(&mut self, given: BTreeMap<String, Level>) -> Result<(), String> {
                for (key, level) in given {
                    let known = Self::KEYS.iter().find(|known| **known == key).ok_or_else(|| {
                        format!("`{key}` is not known (known: {})", Self::KEYS.join(", "))
                    })?;
                    self.0.insert(known, level);
                }
                Ok(())
            }
        }
    };
}

levels! {
    /// Levels of rules.
    Rules {
        malicious, vulnerable, unmaintained, deprecated, archived, withheld, yanked, orphaned, removed, provenance_required,
        provenance_lost, threshold, cool_down, git, url, other_registry, path,
    }
}

levels! {
    /// What is done where something is missing.
    Missing { package, ecosystem, score, version, entry, fact }
}

/// A policy, complete: what its file leaves out stands as in [`DEFAULT_POLICY`].
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Root of the website, ending in `/`.
    pub site: Option<String>,
    /// Levels of rules.
    pub rules: Rules,
    /// Levels of signals, by name.
    pub signals: BTreeMap<String, Level>,
    /// Ecosystem (or `any`) → metric → smallest value.
    pub thresholds: BTreeMap<String, BTreeMap<String, f64>>,
    /// Ecosystem (or `any`) → days.
    pub cool_down_days: BTreeMap<String, i32>,
    /// What is done where something is missing.
    pub missing: Missing,
    /// Hosts of public registries.
    pub registries: Registries,
    /// Exceptions.
    pub allow: Vec<Allow>,
}

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    site: Option<String>,
    rules: BTreeMap<String, Level>,
    signals: BTreeMap<String, Level>,
    thresholds: BTreeMap<String, BTreeMap<String, f64>>,
    cool_down_days: BTreeMap<String, i32>,
    missing: BTreeMap<String, Level>,
    registries: BTreeMap<String, Vec<String>>,
    allow: Vec<Allow>,
}

impl Policy {
    /// The policy that ships with the program.
    pub fn shipped() -> Result<Self, PolicyError> {
        let empty = Self {
            site: None,
            rules: Rules(BTreeMap::new()),
            signals: BTreeMap::new(),
            thresholds: BTreeMap::new(),
            cool_down_days: BTreeMap::new(),
            missing: Missing(BTreeMap::new()),
            registries: Registries::default(),
            allow: Vec::new(),
        };
        empty.with(DEFAULT_POLICY, "the policy that ships with the program")
    }

    /// Reads the policy at `path`, on top of the shipped one.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        let file = path.display().to_string();
        let wrong = |what: String| PolicyError::Policy { file: file.clone(), what };
        let text = fs_err::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        Self::shipped()?.with(&text, &file)
    }

    /// Takes over what `text` says.
    fn with(mut self, text: &str, file: &str) -> Result<Self, PolicyError> {
        let wrong = |what: String| PolicyError::Policy { file: file.to_owned(), what };
        let Written { site, rules, signals, thresholds, cool_down_days, missing, registries, allow } =
            toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if let Some(site) = site {
            let is_web = site.starts_with("https://") || site.starts_with("http://");
            self.site = Some(site).filter(|_| is_web).map(|site| format!("{}/", site.trim_end_matches('/')));
            self.site.as_ref().ok_or_else(|| wrong("`site` is no http or https address".to_owned()))?;
        }
        self.rules.take(rules).map_err(|what| wrong(format!("[rules]: {what}")))?;
        self.missing.take(missing).map_err(|what| wrong(format!("[missing]: {what}")))?;
        self.signals.extend(signals);
        for (ecosystem, metrics) in thresholds {
            for (metric, value) in &metrics {
                if !LOOKED_UP_METRICS.contains(&metric.as_str()) {
                    return Err(wrong(format!(
                        "[thresholds.{ecosystem}]: `{metric}` is not known (known: {})",
                        LOOKED_UP_METRICS.join(", ")
                    )));
                }
                if !value.is_finite() || *value < 0.0 || (metric != "effective_maintainers" && *value > 1.0) {
                    return Err(wrong(format!("[thresholds.{ecosystem}]: {metric} = {value} is no value it can have")));
                }
            }
            self.thresholds.entry(ecosystem).or_default().extend(metrics);
        }
        if let Some((ecosystem, days)) = cool_down_days.iter().find(|(_, days)| !(0..=3650).contains(*days)) {
            return Err(wrong(format!("[cool_down_days]: {ecosystem} = {days} is not between 0 and 3650")));
        }
        self.cool_down_days.extend(cool_down_days);
        self.registries.0.extend(registries);
        for one in &allow {
            one.problem().map_or(Ok(()), |what| Err(wrong(format!("[[allow]]: {what}"))))?;
        }
        self.allow.extend(allow);
        Ok(self)
    }

    /// Smallest values for an ecosystem, by metric.
    pub fn thresholds_of(&self, ecosystem: &str) -> BTreeMap<&str, f64> {
        let lists = ["any", ecosystem].into_iter().filter_map(|name| self.thresholds.get(name));
        lists.flatten().map(|(metric, value)| (metric.as_str(), *value)).collect()
    }

    /// Days a release of an ecosystem waits.
    pub fn cool_down_of(&self, ecosystem: &str) -> i32 {
        self.cool_down_days.get(ecosystem).or_else(|| self.cool_down_days.get("any")).copied().unwrap_or(0)
    }

    /// Metrics that any threshold names.
    pub fn metrics(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.thresholds.values().flatten().map(|(metric, _)| metric.as_str()).collect();
        all.push("trust");
        all.sort_unstable();
        all.dedup();
        all
    }
}
