//! Tables of facts: what sources said, joined and normalised.

use crate::snapshot::table::table;
use crate::snapshot::{Text, Word};
use crate::units::Day;

table! {
    /// One row a package, with the facts of the newest suite that lists it.
    "packages" keyed by ["purl"] => PackageRow {
        /// Canonical package URL without version.
        purl: Text,
        /// Registry world, such as `debian`.
        ecosystem: Word,
        /// Name as the registry writes it.
        name: Text,
        /// Registry section. Null: the registry names none.
        section: Option<Text>,
        /// Newest version listed.
        version: Text,
        /// Newest suite that lists the package.
        suite: Word,
        /// The newest suite of the ecosystem lists the package. False: removed since.
        is_listed: bool,
        /// Nobody maintains it, as the registry itself says.
        is_orphaned: bool,
        /// Day of its first publication, where its registry tells of it, else of the first suite known here that lists it; then the
        /// package may be older.
        first_seen: Day,
        /// Web page the package claims, http or https. Null: none.
        homepage: Option<Text>,
        /// Automatic tests are declared.
        has_tests: bool,
        /// Persons named as maintainers in the newest suite that lists it.
        maintainer_count: i64,
        /// Packages it needs to run, in the newest suite that lists it.
        runtime_dependency_count: i64,
        /// Packages it needs to build, in the newest suite that lists it.
        build_dependency_count: i64,
        /// Packages that need it to run or build, directly, in the newest suite that lists it.
        dependent_count: i64,
        /// Packages that need it to run, directly or through others. Null: the newest suite does not list it.
        transitive_dependent_count: Option<i64>,
        /// Packages that need each other to run in a circle, this one among them; 1: it is in none. Null: the newest suite does not list it.
        cycle_package_count: Option<i64>,
        /// Repository that keeps its packaging, as the package claims. Null: none named.
        packaging_repository_url: Option<Text>,
        /// Repository of the upstream program, as the package claims. Null: none named.
        upstream_repository_url: Option<Text>,
        /// Repository a registry's package names as its own. Null: none named.
        source_repository_url: Option<Text>,
        /// What the registry or an advisory says of it: `malicious`, `deprecated`, `archived`, `quarantined`, `security_holding`,
        /// `name_reused` (another package had the name before and was deleted) or `trusted_publishing_only` (only workflows that the
        /// registry verified may publish it), separated by blanks. Null: nothing.
        status: Option<Word>,
    }

    /// One row an installable package that is built from a package: look-ups by installed name start here.
    "binaries" keyed by ["ecosystem", "binary_name"] => BinaryRow {
        /// Registry world.
        ecosystem: Word,
        /// Installed name.
        binary_name: Text,
        /// The package it is built from.
        purl: Text,
    }

    /// One row a package and suite that lists it.
    "releases" keyed by ["purl", "suite"] => ReleaseRow {
        /// The package.
        purl: Text,
        /// Suite.
        suite: Word,
        /// Day the suite speaks of.
        as_of: Day,
        /// Version in that suite.
        version: Text,
        /// Nobody maintained it then.
        is_orphaned: bool,
    }

    /// One row a repository named by a package or read as a history.
    "repositories" keyed by ["repository_url"] => RepositoryRow {
        /// Canonical URL.
        repository_url: Text,
        /// Day its history was taken. Null: no history was read, so nothing is said about who controls it.
        history_as_of: Option<Day>,
        /// First commit. Null: no history.
        first_commit: Option<Day>,
        /// Last commit. Null: no history.
        last_commit: Option<Day>,
        /// Commits reachable from HEAD. Null: no history.
        commit_count: Option<i64>,
        /// Persons with commits. Null: no history.
        contributor_count: Option<i64>,
        /// Packages that name it.
        package_count: i64,
        /// Repository that stands for all that share this history, itself when nobody does: there shared commits count. Null: no
        /// history.
        fork_group: Option<Text>,
        /// Commits that count in another repository, which holds them too. Null: no history.
        copied_commit_count: Option<i64>,
    }

    /// One row a claim or proof that a package comes from a repository.
    "repository_links" keyed by ["purl", "repository_url", "relation"] => RepositoryLinkRow {
        /// The package.
        purl: Text,
        /// The repository.
        repository_url: Text,
        /// `packaging` (where the packaging is kept, as the package claims), `upstream` (the program itself) or
        /// `source` (what a registry's package names as its own).
        relation: Word,
        /// Folder inside the repository. Null: the whole.
        directory: Option<Text>,
        /// Branch the package names. Null: the default one.
        branch: Option<Text>,
        /// How well it is proven, -1 contradicted to 5 verified attestation; 0 is a claim in metadata.
        evidence_level: i64,
    }

    /// One row a package of a registry and a repository it names as its source: what speaks for and against it.
    "repository_evidence" keyed by ["purl", "repository_url"] => RepositoryEvidenceRow {
        /// The package.
        purl: Text,
        /// The repository.
        repository_url: Text,
        /// -1 contradicted, 0 a claim, to 5 a verified attestation.
        evidence_level: i64,
        /// What the level stands on: `attestation` (5), `registry` (4), `manifest` (3), `tags` (2), `login` (1), `claim` (0),
        /// `crowd` or `other_package` (-1).
        basis: Word,
        /// Versions published in the time the tags span. Null: the history was not read, or no tag in it names a version.
        compared_version_count: Option<i64>,
        /// Of them, those with a tag of the same version within the job's window of days. Null: as before.
        matched_version_count: Option<i64>,
        /// The second part of the first, 0..=1. Null: no version was compared.
        overlap_share: Option<f64>,
        /// Tags that could be about the package. Null: the history was not read, or no tag in it names a version.
        version_tag_count: Option<i64>,
        /// How unlikely the matches are by chance, in whole bits: 20 is one in a million. Null: as before.
        surprise_bits: Option<i64>,
        /// Packages that name the repository as their source, this one included.
        claimant_count: i64,
        /// Groups of them that share no maintainer; packages whose maintainers the registry does not show are in none.
        unrelated_claimant_count: i64,
    }

    /// One row a person who maintains or contributes. Holds public facts only.
    "persons" keyed by ["person_id"] => PersonRow {
        /// Keyed pseudonym, stable while the person's first account stays.
        person_id: Text,
        /// Public login at a registry. Null: none.
        handle: Option<Text>,
        /// Name, only where the registry itself displays it. Null: not displayed by a registry.
        name: Option<Text>,
        /// The distribution verified the person as a member.
        is_member: bool,
        /// Accounts joined to this person.
        account_count: i64,
        /// Confidence of the weakest join, 0..=1. Null: one account, nothing was joined.
        identity_confidence: Option<f64>,
        /// First day a registry or history shows the person.
        first_seen: Option<Day>,
        /// Last day a registry or history shows the person.
        last_seen: Option<Day>,
        /// Packages maintained in the newest suite.
        package_count: i64,
        /// Calendar months with commits in any history read.
        active_month_count: i64,
    }

    /// One row a pair of accounts of one person and reason to join them. Shows no address and no name; persons of one account have
    /// none.
    "identity_joins" keyed by ["person_id", "account_id", "joined_account_id", "evidence"] => IdentityJoinRow {
        /// The person.
        person_id: Text,
        /// Keyed pseudonym of an account's address or login; the digits of a person id are those of the person's first account.
        account_id: Text,
        /// The other account; equal where one address is known from two places.
        joined_account_id: Text,
        /// `decision`, `address`, `keyring` or `name` (within one registry): proof; `no_reply`, `mailmap`, `signing_key`,
        /// `history_name` or `login`: free text in histories.
        evidence: Word,
        /// How certain this evidence alone makes it, 0..=1.
        confidence: f64,
    }

    /// One row a team, mailing list or role address: several humans, never treated as one.
    "teams" keyed by ["team_id"] => TeamRow {
        /// Keyed pseudonym of the address.
        team_id: Text,
        /// Name the registry displays. Null: none.
        name: Option<Text>,
        /// Packages it maintains in the newest suite.
        package_count: i64,
        /// Persons named beside it in the newest suite.
        member_count: i64,
    }

    /// One row a maintainer of a package in a suite.
    "maintainers" keyed by ["purl", "suite", "maintainer_kind", "maintainer_id", "role"] => MaintainerRow {
        /// The package.
        purl: Text,
        /// Suite that says so.
        suite: Word,
        /// `person` or `team`.
        maintainer_kind: Word,
        /// Person id or team id.
        maintainer_id: Text,
        /// `maintainer` or `uploader`.
        role: Word,
        /// Share of control over the package in that suite, 0..=1.
        control_share: f64,
        /// Day since when. Null: the registry does not say.
        since: Option<Day>,
    }

    /// One row a person, repository and calendar year with commits.
    "contributions" keyed by ["repository_url", "person_id", "year"] => ContributionRow {
        /// The repository.
        repository_url: Text,
        /// The person.
        person_id: Text,
        /// Calendar year of the commits.
        year: i64,
        /// Commits written.
        authored_count: i64,
        /// Commits of others that this person committed.
        landed_count: i64,
        /// Own commits that somebody else committed.
        accepted_count: i64,
        /// Calendar months with own commits that somebody else committed.
        accepted_month_count: i64,
    }

    /// One row a direct dependency in the newest suite.
    "dependencies" keyed by ["purl", "dependency_purl", "kind"] => DependencyRow {
        /// The dependent.
        purl: Text,
        /// What it needs.
        dependency_purl: Text,
        /// `runtime`, `build`, `optional` or `development`.
        kind: Word,
        /// No alternative would do.
        is_sole: bool,
        /// The newest earlier suite that lists the dependent does not have this dependency. Null: no earlier suite lists it.
        is_new: Option<bool>,
    }

    /// The same dependencies sorted by what is needed, for look-ups of dependents.
    "dependents" keyed by ["dependency_purl", "purl", "kind"] => DependentRow {
        /// What is needed.
        dependency_purl: Text,
        /// The dependent.
        purl: Text,
        /// `runtime`, `build`, `optional` or `development`.
        kind: Word,
    }
}
