//! Which packages of one suite the next calls orphaned, and whether one in ten of those said to have 10 % are.

use rustc_hash::FxHashMap;

use super::areas::interval;
use super::measure::Measure;
use crate::identity::{Holder, Identities};
use crate::ids::{PackageId, PersonId, Purl, SuiteId};
use crate::job::{OrphaningParameters, Parameters};
use crate::tables::{DependencyKind, Release, Tables};

/// Ends of the groups in which what was said is held against what came: probabilities are small and uneven.
const GROUP_ENDS: [f64; 9] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0];

/// What is judged of a case; higher is worse.
type Score = fn(&Case) -> f64;

/// The model and what must be beaten.
const SCORERS: [(&str, Score); 2] = [("orphaning", |case| case.said), ("few_persons", |case| case.few_persons)];

/// Why orphaning cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrphaningError {
    /// The suite was not read.
    #[error("the suite {0} is not among those read")]
    Suite(String),
    /// No package is in both suites, or all of them fared alike.
    #[error("of the packages that {0} lists and {1} still lists, {2} of {3} were orphaned: nothing can be told apart")]
    Alike(String, String, usize, usize),
}

/// A package that the first suite lists with a maintainer, and the second lists.
struct Case {
    /// Cases with one lead share their fate, and are drawn together.
    lead: u32,
    /// What the model says, 0..1.
    said: f64,
    /// What the number of persons says: fewer is worse.
    few_persons: f64,
    is_orphaned: bool,
}

/// What one suite says of one package.
#[derive(Default)]
struct Facts {
    persons: Vec<PersonId>,
    has_team: bool,
    dependents: usize,
}

/// Area of the model and of a baseline, error of calibration, and each group of it. The first tables must hold nothing later than
/// their suite: facts of a package are those of the newest suite read.
pub(super) fn measures(
    (before, from): (&Tables, &str),
    (after, to): (&Tables, &str),
    identities: &Identities,
    parameters: &Parameters,
) -> Result<Vec<Measure>, OrphaningError> {
    let cases = cases((before, from), (after, to), identities, &parameters.orphaning)?;
    let orphaned = cases.iter().filter(|case| case.is_orphaned).count();
    if orphaned == 0 || orphaned == cases.len() {
        return Err(OrphaningError::Alike(from.to_owned(), to.to_owned(), orphaned, cases.len()));
    }
    let subject = format!("{from} to {to}");
    let (count, seed) = (parameters.backtest.bootstrap_count.value as usize, parameters.backtest.seed.value);
    let leads = cases.iter().map(|case| case.lead as usize + 1).max().unwrap_or(0);
    let mut measures = Vec::new();
    for (scorer, score) in SCORERS {
        let sorted = Sorted::new(&cases, score);
        let bounds = interval(count, seed, |generator| sorted.area(&cases, &generator.resample(leads)));
        let note = format!("{orphaned} of {} packages; intervals draw the packages of one lead maintainer together", cases.len());
        let measure = Measure::new("orphaning_auc", subject.as_str(), scorer).value(sorted.area(&cases, &vec![1.0; leads]));
        measures.push(measure.interval(bounds).n(orphaned).note(note));
    }
    measures.extend(calibration(&cases, &subject));
    Ok(measures)
}

fn cases(
    (before, from): (&Tables, &str),
    (after, to): (&Tables, &str),
    identities: &Identities,
    parameters: &OrphaningParameters,
) -> Result<Vec<Case>, OrphaningError> {
    let suite = |tables: &Tables, name: &str| {
        let found = tables.suites.iter().position(|suite| suite.name == name);
        found.map(SuiteId::from_row).ok_or_else(|| OrphaningError::Suite(name.to_owned()))
    };
    let (from, to) = (suite(before, from)?, suite(after, to)?);
    let facts = facts(before, identities, from);
    let mut packages: FxHashMap<PersonId, usize> = FxHashMap::default();
    for facts in facts.values() {
        facts.persons.iter().for_each(|person| *packages.entry(*person).or_default() += 1);
    }
    let listed = after.releases.iter().filter(|release| release.suite == to);
    let fates: FxHashMap<&Purl, bool> =
        listed.map(|release| (&after.packages[release.package.row()].purl, release.is_orphaned)).collect();
    let mut leads: FxHashMap<Option<PersonId>, u32> = FxHashMap::default();
    let mut cases = Vec::new();
    let nothing = Facts::default();
    for release in before.releases.iter().filter(|release| release.suite == from && !release.is_orphaned) {
        let Some(is_orphaned) = fates.get(&before.packages[release.package.row()].purl) else { continue };
        let facts = facts.get(&release.package).unwrap_or(&nothing);
        let breadth = facts.persons.iter().map(|person| packages[person]).max().unwrap_or(0);
        let next = leads.len() as u32;
        cases.push(Case {
            lead: *leads.entry(facts.persons.first().copied()).or_insert(next),
            said: said(before, release, facts, breadth, parameters),
            few_persons: -(facts.persons.len() as f64),
            is_orphaned: *is_orphaned,
        });
    }
    Ok(cases)
}

/// Persons, teams and dependents of every package of `suite`.
fn facts(tables: &Tables, identities: &Identities, suite: SuiteId) -> FxHashMap<PackageId, Facts> {
    let mut all: FxHashMap<PackageId, Facts> = FxHashMap::default();
    for row in tables.maintainers.iter().filter(|row| row.suite == suite) {
        let facts = all.entry(row.package).or_default();
        match identities.holders[row.account.row()] {
            Holder::Person(person) => facts.persons.push(person),
            Holder::Team(_) => facts.has_team = true,
            Holder::Bot => {}
        }
    }
    let runs = tables.dependencies.iter().filter(|row| row.suite == suite && row.kind == DependencyKind::Runtime);
    runs.for_each(|row| all.entry(row.dependency).or_default().dependents += 1);
    for facts in all.values_mut() {
        facts.persons.sort_unstable();
        facts.persons.dedup();
    }
    all
}

fn said(tables: &Tables, release: &Release, facts: &Facts, breadth: usize, parameters: &OrphaningParameters) -> f64 {
    let has_tests = tables.packages[release.package.row()].has_tests;
    let flag = |is_so: bool, weight: f64| if is_so { weight } else { 0.0 };
    let sum = parameters.constant.value
        + flag(facts.has_team, parameters.team.value)
        + parameters.breadth.value * (breadth as f64).ln_1p()
        + flag(has_tests, parameters.tests.value)
        + flag(is_other_upload(&release.version), parameters.other_upload.value)
        + parameters.dependents.value * (facts.dependents as f64).ln_1p();
    1.0 / (1.0 + (-sum).exp())
}

/// Debian revision with a dot (`1.2-3.1`) or a native version with `nmu`: an upload by somebody who is not the maintainer
/// (Debian Developer's Reference, 5.11.2). A rebuild (`+b1`) is none.
fn is_other_upload(version: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let revision = version.rsplit_once('-').map_or("", |(_, revision)| revision);
    let plain = revision.split(['~', '+']).next().unwrap_or_default();
    version.contains("nmu") || plain.split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

/// Cases in the order of a score, with equal scores together.
struct Sorted {
    /// Positions of cases, ascending by score.
    groups: Vec<Vec<usize>>,
}

impl Sorted {
    fn new(cases: &[Case], score: Score) -> Self {
        let mut order: Vec<usize> = (0..cases.len()).collect();
        order.sort_by(|a, b| score(&cases[*a]).total_cmp(&score(&cases[*b])).then(a.cmp(b)));
        Self { groups: order.chunk_by(|a, b| score(&cases[*a]) == score(&cases[*b])).map(<[usize]>::to_vec).collect() }
    }

    /// Area when each case counts as often as its lead was drawn; `None` without both kinds. O(cases).
    fn area(&self, cases: &[Case], weights: &[f64]) -> Option<f64> {
        let (mut below, mut wins, mut orphaned) = (0.0, 0.0, 0.0);
        for group in &self.groups {
            let (mut kept, mut lost) = (0.0, 0.0);
            for case in group.iter().map(|at| &cases[*at]) {
                let weight = weights[case.lead as usize];
                if case.is_orphaned { lost += weight } else { kept += weight }
            }
            wins += lost * (below + 0.5 * kept);
            below += kept;
            orphaned += lost;
        }
        (below > 0.0 && orphaned > 0.0).then(|| wins / (below * orphaned))
    }
}

/// Mean distance between what was said and what came, over groups of like probability, weighted by their size.
fn calibration(cases: &[Case], subject: &str) -> Vec<Measure> {
    let mut groups = Vec::new();
    let mut error = 0.0;
    let mut start = 0.0;
    for end in GROUP_ENDS {
        let group: Vec<&Case> = cases.iter().filter(|case| case.said >= start && case.said < end).collect();
        if !group.is_empty() {
            let count = group.len() as f64;
            let said = group.iter().map(|case| case.said).sum::<f64>() / count;
            let came = group.iter().filter(|case| case.is_orphaned).count() as f64 / count;
            error += count / cases.len() as f64 * (said - came).abs();
            let measure = Measure::new("orphaning_calibration", subject, "orphaning").value(Some(came)).n(group.len());
            groups.push(measure.note(format!("said {said:.4} on average, from {start} to {end}")));
        }
        start = end;
    }
    let measure = Measure::new("orphaning_calibration_error", subject, "orphaning").value(Some(error)).n(cases.len());
    groups.insert(0, measure.note("mean over groups of |said − came|, weighted by packages"));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_by_others() {
        for (version, is_other) in [
            ("1.2-3", false),
            ("1.2-3.1", true),
            ("1.2-3.1+b2", true),
            ("1.2", false),
            ("1.2+nmu1", true),
            ("1.2-0ubuntu1.1", false),
        ] {
            assert_eq!(is_other_upload(version), is_other, "{version}");
        }
    }

    #[test]
    fn areas_of_hand_sized_cases() {
        let case = |said: f64, is_orphaned: bool| Case { lead: 0, said, few_persons: 0.0, is_orphaned };
        let cases = [case(0.9, true), case(0.1, true), case(0.1, false), case(0.05, false)];
        assert_eq!(Sorted::new(&cases, |case| case.said).area(&cases, &[1.0]), Some(0.875));
        assert_eq!(Sorted::new(&cases, |case| case.few_persons).area(&cases, &[1.0]), Some(0.5));
        assert_eq!(Sorted::new(&cases[..2], |case| case.said).area(&cases[..2], &[1.0]), None);
        let measures = calibration(&cases, "a to b");
        let error = measures[0].value.expect("an error");
        // 0.05: said .05, came 0; 0.1: said .1, came .5; 0.9: said .9, came 1.
        assert!((error - (0.05 + 2.0 * 0.4 + 0.1) / 4.0).abs() < 1e-12, "{error}");
    }
}
