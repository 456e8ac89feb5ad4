//! Every number of opinion, each with its reason. The method page lists them as they stand in the parameters file.

mod ranged;
mod signals;

use serde::{Deserialize, Serialize};

use ranged::parameters;
pub use signals::{HistoryParameters, SignalParameters};

/// One number and why it has this value.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The number.
    pub value: f64,
    /// Meaning, unit and why this value; shown on the method page.
    pub reason: String,
}

/// A parameter with its full name, such as `scores.package.control_weight`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedParameter {
    /// Path in the parameters file.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Why.
    pub reason: String,
}

parameters! {
    /// When accounts are joined to persons.
    IdentityParameters {
        /// An address seen under more names than this is shared by many and joins nobody.
        max_names_an_address in 1.0..=1000.0,
        /// A name seen with more addresses than this is too common to join by.
        max_addresses_a_name in 1.0..=1000.0,
        /// A rare full name in histories seen with more addresses than this is a placeholder and joins nobody.
        max_addresses_a_rare_name in 1.0..=1000.0,
        /// A name on a smaller share of what an address of a history did is a slip, 0..=1.
        min_name_share in 0.0..=1.0,
        /// A person with more accounts than this is not believed, and is cut at the weakest bridge.
        max_accounts_a_person in 1.0..=10000.0,
        /// Confidence of a join by equal address, 0..=1.
        address_confidence in 0.0..=1.0,
        /// Confidence of a join by equal full name, 0..=1.
        name_confidence in 0.0..=1.0,
        /// Confidence of a join by two addresses that a forge made for one user, 0..=1.
        no_reply_confidence in 0.0..=1.0,
        /// Confidence of a join by a mailmap, 0..=1.
        mailmap_confidence in 0.0..=1.0,
        /// Confidence of a join by a key that signed commits of both accounts, 0..=1.
        signing_key_confidence in 0.0..=1.0,
        /// Confidence of a join by two user ids on one key of a distribution's keyring, 0..=1.
        keyring_confidence in 0.0..=1.0,
        /// Confidence of a join by a rare full name in histories, 0..=1; less in proportion to expected namesakes.
        history_name_confidence in 0.0..=1.0,
        /// Other accounts that a name would have by chance; from more on it joins nobody in histories.
        max_namesakes in 0.0..=1000.0,
        /// Confidence of a join by a rare login, 0..=1.
        login_confidence in 0.0..=1.0,
        /// A login with fewer characters joins nobody.
        min_login_length in 1.0..=100.0,
        /// Repositories that begin with the same root are one group when they share this part of the smaller history, 0..=1.
        fork_min_share in 0.0..=1.0,
        /// A group of repositories that share history is no larger than this.
        max_repositories_a_group in 1.0..=100_000.0,
    }
    /// How a person earns trust.
    PersonWeights {
        /// Earned trust of a verified member of a distribution, 0..=1.
        member_prior in 0.0..=1.0,
        /// Most that years of being listed by a registry add, 0..=1.
        tenure_prior in 0.0..=1.0,
        /// Years after which half of `tenure_prior` is reached.
        tenure_half_life_years in 0.01..=100.0,
        /// How far others' evidence may lift a person above the own prior, 0..1 (must stay below 1: it bounds the convergence).
        endorsement_weight in 0.0..=0.95,
        /// Evidence at which half of the endorsement is reached, in packages maintained alone and used by others.
        endorsement_half_evidence in 0.001..=1000.0,
        /// Evidence of one month in which others landed the person's work.
        accepted_month_evidence in 0.0..=100.0,
        /// Years after which accepted work counts half.
        work_half_life_years in 0.01..=100.0,
    }
    /// How a team stands in control.
    TeamWeights {
        /// Share of control that the team address holds when persons are named beside it, 0..=1.
        control_share in 0.0..=1.0,
    }
    /// How a repository is scored.
    RepositoryWeights {
        /// Months up to `as_of` whose commits say who is in control.
        control_window_months in 1.0..=1200.0,
        /// Part of a commit with a signature, or made by the forge, that counts for the person it names, 0..=1; the rest counts
        /// for nobody known.
        signed_share in 0.0..=1.0,
        /// The same for other commits.
        unsigned_share in 0.0..=1.0,
        /// Weight of age and regularity in the own facts, 0..=1.
        age_prior in 0.0..=1.0,
        /// Years after which half of `age_prior` is reached.
        age_half_life_years in 0.01..=100.0,
        /// Weight of the own facts.
        own_weight in 0.001..=100.0,
        /// Weight of control.
        control_weight in 0.0..=100.0,
        /// How far use by others may lift it, 0..=1.
        endorsement_weight in 0.0..=1.0,
        /// Links between a package and a repository below this evidence level carry no trust, 0..=5.
        min_evidence_level in 0.0..=5.0,
    }
    /// How a package is scored.
    PackageWeights {
        /// Own facts: credit for being accepted into a curated archive, 0..=1.
        archive_prior in 0.0..=1.0,
        /// Own facts: most that years in the archive add, 0..=1.
        age_prior in 0.0..=1.0,
        /// Years after which half of `age_prior` is reached.
        age_half_life_years in 0.01..=100.0,
        /// Own facts: credit for declared automatic tests, 0..=1.
        tests_prior in 0.0..=1.0,
        /// Own facts: credit at the highest evidence level of where it is built from, 0..=1; less at lower levels, in proportion.
        provenance_prior in 0.0..=1.0,
        /// Weight of the own facts.
        own_weight in 0.001..=100.0,
        /// Weight of who is in control.
        control_weight in 0.0..=100.0,
        /// Weight of the soft minimum over runtime dependencies.
        dependencies_weight in 0.0..=100.0,
        /// Weight of a dependency that another package could replace, against 1 for one that none could.
        alternative_weight in 0.0..=1.0,
        /// Evidence at which the weakest dependencies make up half of the soft minimum, in dependencies.
        dependencies_half_evidence in 0.001..=1000.0,
        /// How far vouching by users may lift it, 0..=1.
        endorsement_weight in 0.0..=1.0,
        /// Independent persons who use it at which half of the vouching is reached.
        endorsement_half_evidence in 0.001..=100000.0,
        /// Evidence of a person who needs it only to build, against 1 for running.
        build_use_evidence in 0.0..=1.0,
        /// Evidence of a person who needs it only for an optional part.
        optional_use_evidence in 0.0..=1.0,
        /// Evidence of a person who needs it only to work on a package.
        development_use_evidence in 0.0..=1.0,
    }
    /// Trust and criticality.
    ScoreParameters {
        /// Score of somebody nothing is known about, 0..1: the floor of the scale.
        unknown_score in 0.0..=0.99,
        /// Sweeps end when no bracket is wider, above 0.
        tolerance in 1e-14..=0.1,
        /// Sweeps after which the run fails instead.
        max_sweeps in 1.0..=100_000.0,
        /// Contributions listed for one score; the rest is one remainder row.
        ledger_rows in 1.0..=1000.0,
        /// PageRank: probability to follow a dependency instead of restarting, 0..1.
        criticality_damping in 0.0..=0.99,
        /// PageRank: weight of a build dependency against 1 for runtime.
        criticality_build_weight in 0.0..=1.0,
        /// PageRank: weight of an optional dependency.
        criticality_optional_weight in 0.0..=1.0,
        /// PageRank: weight of a dependency to work on the package itself.
        criticality_development_weight in 0.0..=1.0,
        ;
        /// Persons.
        person: PersonWeights,
        /// Teams.
        team: TeamWeights,
        /// Repositories.
        repository: RepositoryWeights,
        /// Packages.
        package: PackageWeights,
    }
}

parameters! {
    /// When a claim to come from a repository is believed.
    LinkParameters {
        /// A tag and a publication of one version belong together when so many days or fewer lie between them.
        tag_window_days in 0.0..=3650.0,
        /// Versions that must have a tag.
        min_common_versions in 1.0..=1000.0,
        /// Share of the versions published while the repository had tags that must have one, 0..=1.
        min_overlap_share in 0.0..=1.0,
        /// How unlikely the matches must be by chance, in bits.
        min_surprise_bits in 0.0..=1000.0,
        /// Groups of packages without a common maintainer that name one repository: from so many on, those without evidence that
        /// did not come first are contradicted.
        min_unrelated_claimants in 2.0..=100000.0,
        /// Evidence level from which on a package proves, not merely says, that it comes from a repository, 1..=5.
        min_proven_level in 1.0..=5.0,
        /// Confidence that packages of two registries are one project when a repository is proven to be that of both, 0..=1.
        proven_repository_confidence in 0.0..=1.0,
        /// The same when at least one of them merely names it, 0..=0.5.
        claimed_repository_confidence in 0.0..=0.5,
        /// The same when a distribution's rule for names makes one of the other, 0..=0.5.
        same_name_confidence in 0.0..=0.5,
        /// The same when both name one web page, 0..=0.5.
        same_homepage_confidence in 0.0..=0.5,
        /// The same when programs hold compiled code of a package that is called as libraries of Rust are, 0..=0.5.
        built_using_confidence in 0.0..=0.5,
        /// Packages with less confidence are not linked, 0..1.
        min_package_link_confidence in 0.001..=1.0,
        /// From this confidence on a link between packages is called likely, 0..=1.
        likely_package_link in 0.0..=1.0,
        /// From this confidence on it is called strong, 0..=1.
        strong_package_link in 0.0..=1.0,
    }
}

parameters! {
    /// How signals are judged.
    BacktestParameters {
        /// Months without an alarm that end an episode.
        episode_gap_months in 0.0..=120.0,
        /// Months before a labelled handover in which an alarm belongs to it.
        handover_before_months in 0.0..=120.0,
        /// Months after it.
        handover_after_months in 0.0..=120.0,
        /// Controls of like size have at most so many times more or fewer commits.
        size_factor in 1.0..=1000.0,
        /// Peers of like age are at most so many times older or younger.
        age_factor in 1.0..=1000.0,
        /// Resamples of a bootstrap.
        bootstrap_count in 10.0..=100000.0,
        /// Seed of every generator.
        seed in 0.0..=9007199254740991.0,
        /// Months between two starts of an injected case in one history.
        injection_step_months in 1.0..=240.0,
        /// Age of a history before a case is injected.
        injection_min_age_months in 1.0..=240.0,
        /// Commits that the months of a case must hold without it, so that shares of them mean something.
        injection_min_commits in 1.0..=100000.0,
        /// Commits in the three years before that make a regular, whose account is given into other hands.
        takeover_min_past_commits in 1.0..=100000.0,
        /// Commits of the account in the half year after, and of the other person in a year.
        takeover_min_commits in 1.0..=100000.0,
        /// Share of the account in the commits of that half year.
        takeover_min_share in 0.0..=1.0,
    }
    /// How likely the next suite calls a package orphaned: 1 / (1 + e^−sum).
    OrphaningParameters {
        /// Constant term.
        constant in -100.0..=100.0,
        /// A team stands beside or instead of persons.
        team in -100.0..=100.0,
        /// One unit of ln(1 + packages of the busiest person named).
        breadth in -100.0..=100.0,
        /// The package declares automatic tests.
        tests in -100.0..=100.0,
        /// The version says that somebody else uploaded it.
        other_upload in -100.0..=100.0,
        /// One unit of ln(1 + packages that run it).
        dependents in -100.0..=100.0,
    }
    /// What blocks publication.
    CheckParameters {
        /// Widest bracket of any score.
        max_bracket_gap in 0.0..=1.0,
        /// Least number of packages.
        min_package_count in 0.0..=1e12,
        /// Largest share of listed packages without a trust score.
        max_null_share in 0.0..=1.0,
        /// Least part of the rows of `dependencies` that are different pairs of packages.
        min_distinct_edge_share in 0.0..=1.0,
        /// Largest change of the packages or dependencies of an ecosystem since the previous snapshot, as a part of what they were.
        max_row_drift in 0.0..=10.0,
        /// Largest change of the share of nulls of any column since the previous snapshot.
        max_null_drift in 0.0..=1.0,
        /// Largest share of the hundred highest packages of an ecosystem that are no longer among them.
        max_rank_churn in 0.0..=1.0,
        /// Drift of fewer rows than this is published and blocks nothing.
        min_drift_rows in 1.0..=1e9,
    }
    /// What is told, kept and shown.
    PublishParameters {
        /// Changes of a number by less than this are not listed in `changes`.
        min_change in 0.0..=1.0,
        /// Terms named as the reason of a changed score.
        change_reasons in 1.0..=20.0,
        /// Newest snapshots that are kept whatever their day.
        daily_snapshots in 1.0..=10_000.0,
        /// Calendar weeks of which the last snapshot is kept.
        weekly_snapshots in 0.0..=10_000.0,
        /// Packages with a page of their own, the most critical first; all others share one page that a script fills.
        site_packages in 0.0..=1e9,
        /// Most files of the website.
        site_max_files in 1.0..=1e9,
        /// Most bytes of the website and the snapshot's files beside it.
        site_max_bytes in 1.0..=1e12,
        /// Most bytes of one file of the website.
        site_max_file_bytes in 1.0..=1e12,
        /// Part of `site_max_bytes` that the plan leaves free.
        site_reserve_share in 0.0..=0.9,
    }
    /// How scores are tested against changes of the parameters and compared between groups of packages.
    ValidationParameters {
        /// Sensitivity: sweeps of a changed propagation end when no bracket is wider, above 0.
        tolerance in 1e-14..=0.1,
        /// Fairness, community size: most persons of a small community; one person and nobody are groups of their own.
        small_community_max in 2.0..=1000.0,
        /// Fairness, community size: most persons of a middle-sized community.
        middle_community_max in 2.0..=100_000.0,
        /// Fairness, age: years below which a package is new.
        new_max_years in 0.01..=100.0,
        /// Fairness, age: years below which a package is young.
        young_max_years in 0.01..=100.0,
        /// Fairness: groups with fewer scored packages are published, and left out where groups are compared.
        min_group_packages in 1.0..=1e9,
    }
}

/// Everything in the parameters file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Accounts → persons.
    pub identity: IdentityParameters,
    /// Claims → evidence that a package comes from a repository.
    pub links: LinkParameters,
    /// Graph → scores.
    pub scores: ScoreParameters,
    /// Scores → findings.
    pub signals: SignalParameters,
    /// Scores → how far they can be relied on.
    pub validation: ValidationParameters,
    /// Histories → findings.
    pub history: HistoryParameters,
    /// How signals are judged.
    pub backtest: BacktestParameters,
    /// How likely packages are orphaned.
    pub orphaning: OrphaningParameters,
    /// Gates before publication.
    pub checks: CheckParameters,
    /// What is told, kept and shown.
    pub publish: PublishParameters,
}

impl Parameters {
    /// All parameters with their names, in the order of their names.
    pub fn stated(&self) -> Vec<StatedParameter> {
        let mut list = Vec::new();
        let value = serde_json::to_value(self).expect("parameters are plain numbers and strings");
        state(&value, "", &mut list);
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list
    }
}

fn state(value: &serde_json::Value, path: &str, list: &mut Vec<StatedParameter>) {
    let Some(table) = value.as_object() else { return };
    if let (Some(number), Some(reason)) =
        (table.get("value").and_then(|v| v.as_f64()), table.get("reason").and_then(|r| r.as_str()))
    {
        list.push(StatedParameter { name: path.into(), value: number, reason: reason.into() });
        return;
    }
    for (key, inner) in table {
        state(inner, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, list);
    }
}
