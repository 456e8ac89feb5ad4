//! WHAT IS KNOWN: normalised facts, one row type a file, no opinion.
//!
//! Sources fill a [`TablesBuilder`]; [`TablesBuilder::finish`] sorts every table by its key, so the order in which sources
//! and files were read never shows in the result.

mod account;
mod advisory;
mod alias;
mod area;
mod builder;
mod built_use;
mod clock;
mod commit;
mod dependency;
mod keyring;
mod label;
mod maintainer;
mod manifest;
mod package;
mod package_link;
mod provenance;
mod publication;
mod read_report;
mod release_name;
mod repository;
mod repository_evidence;
mod signing_key;
mod suite;
mod trailer;

pub use account::{Account, AccountKind, Verification};
pub use advisory::{Advisory, AdvisoryKind};
pub use alias::Alias;
pub use area::{Area, Areas, SizeClass};
pub use builder::TablesBuilder;
pub use built_use::BuiltUse;
pub use clock::Clock;
pub use commit::{Commit, CommitId, Tag};
pub use dependency::{Dependency, DependencyKind};
pub use keyring::{Certification, KeyHolder};
pub use label::Label;
pub use maintainer::{Maintainer, MaintainerRole};
pub use manifest::{Manifest, ManifestKind, Owner, OwnerKind};
pub use package::{Package, PackageFlag, Release};
pub use package_link::{PackageLink, PackageLinkEvidence};
pub use provenance::Provenance;
pub use publication::{Authorization, Publication, RegistrySignature};
pub use read_report::{ReadReport, Reject};
pub use release_name::ReleaseName;
pub use repository::{LinkRelation, Repository, RepositoryLink};
pub use repository_evidence::{Agreement, EvidenceBasis, RepositoryEvidence};
pub use signing_key::{SignatureKind, SigningKey};
pub use suite::Suite;
pub use trailer::{Trailer, TrailerRole};

/// All facts of a run. Every vector is sorted by its key and free of duplicates; ids are row numbers.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Complete lists of an ecosystem's packages, sorted by ecosystem, day and name.
    pub suites: Vec<Suite>,
    /// Sorted by purl.
    pub packages: Vec<Package>,
    /// Sorted by package and suite.
    pub releases: Vec<Release>,
    /// Sorted by place and key.
    pub accounts: Vec<Account>,
    /// Sorted by package and version as written.
    pub publications: Vec<Publication>,
    /// Sorted by package and version as written.
    pub provenance: Vec<Provenance>,
    /// Sorted by package and id.
    pub advisories: Vec<Advisory>,
    /// Sorted by package, suite, account and role.
    pub maintainers: Vec<Maintainer>,
    /// Sorted by package, suite, dependency and kind.
    pub dependencies: Vec<Dependency>,
    /// Sorted by package, suite and used package.
    pub built_uses: Vec<BuiltUse>,
    /// Sorted by URL.
    pub repositories: Vec<Repository>,
    /// Sorted by package, suite, repository and relation.
    pub repository_links: Vec<RepositoryLink>,
    /// Sorted by package and repository. No source fills it: it is judged from all the others.
    pub repository_evidence: Vec<RepositoryEvidence>,
    /// Sorted by repository, commit time and commit id.
    pub commits: Vec<Commit>,
    /// Sorted by repository and name.
    pub tags: Vec<Tag>,
    /// Sorted by repository, commit, role and account.
    pub trailers: Vec<Trailer>,
    /// Sorted by repository, account, kind and key.
    pub signing_keys: Vec<SigningKey>,
    /// Sorted by repository, key and account.
    pub aliases: Vec<Alias>,
    /// Sorted by key and account.
    pub key_holders: Vec<KeyHolder>,
    /// Sorted by certified key, certifying key and day.
    pub certifications: Vec<Certification>,
    /// Sorted by repository, kind, package and directory.
    pub manifests: Vec<Manifest>,
    /// Sorted by repository, kind, account and login.
    pub owners: Vec<Owner>,
    /// Sorted by repository, label and event day.
    pub labels: Vec<Label>,
    /// What was read and what was rejected, a report an input file, sorted by source and file.
    pub reports: Vec<ReadReport>,
}
