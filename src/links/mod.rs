//! WHICH REPOSITORY A PACKAGE IS BUILT FROM: claims of metadata, judged by everything that speaks for or against them.
//!
//! | level | stands on | judged in |
//! |---|---|---|
//! | 5, 4 | what a verified attestation, or the registry itself, says; the source that read it sets the level | the source |
//! | 3 | a manifest in the repository names the package | `manifests` |
//! | 2 | tags and versions agree in name and time, too well for chance | `agreement` |
//! | 1 | owner of the repository and somebody who may publish have the same login: a hint, anybody may register a login | here |
//! | 0 | the package says so | – |
//! | -1 | many packages without a common maintainer say so, and another came first | `claimants` |
//! | -1 | the manifest at the place the package names is of another package | `manifests` |
//!
//! Only links a registry's package makes to its source are judged; a distribution packages the work of others. Which packages of
//! different registries are the same project is asked after that, in `package_links`.

mod agreement;
mod claimants;
mod manifests;
mod package_links;
mod package_names;
mod tag_name;
mod version_key;

use std::collections::BTreeMap;

use agreement::Judge;
use claimants::Claimants;
use manifests::{Manifests, Named};
pub use package_links::package_links;

use crate::ids::{PackageId, RepositoryId};
use crate::job::LinkParameters;
use crate::tables::{Agreement, EvidenceBasis, LinkRelation, RepositoryEvidence, RepositoryLink, Tables};

/// Sets the evidence level of every link to a source in `tables` and says what it stands on, one row a package and repository.
/// A level of 4 or 5 that a source set stays. O(links · versions + tags), with logarithms.
pub fn judge(mut tables: Tables, parameters: &LinkParameters) -> Tables {
    let links = claims(&tables);
    let claimants = Claimants::of(&tables, links.keys().copied());
    let judge = Judge::new(&tables, parameters);
    let manifests = Manifests::of(&tables);
    let rows: Vec<RepositoryEvidence> = links
        .iter()
        .map(|(&(package, repository), link)| {
            let agreement = judge.agreement(package, repository, link.directory.as_deref());
            let (claimant_count, unrelated_claimant_count) = claimants.counts(repository);
            let mut row = RepositoryEvidence {
                package,
                repository,
                evidence_level: 0,
                basis: EvidenceBasis::Claim,
                agreement,
                claimant_count,
                unrelated_claimant_count,
            };
            let named = manifests.named(&tables.packages[package.row()], repository, link.directory.as_deref());
            (row.evidence_level, row.basis) = level(&tables, link, agreement, named, parameters);
            row
        })
        .collect();
    let rows = claimants.contradicted(rows, parameters.min_unrelated_claimants.value as u32);
    let level_of: BTreeMap<_, _> = rows.iter().map(|row| ((row.package, row.repository), row.evidence_level)).collect();
    for link in tables.repository_links.iter_mut().filter(|link| link.relation == LinkRelation::Source) {
        link.evidence_level = level_of[&(link.package, link.repository)];
    }
    tables.repository_evidence = rows;
    tables
}

/// Links to a source, the strongest (of equals the first) of each package and repository.
fn claims(tables: &Tables) -> BTreeMap<(PackageId, RepositoryId), RepositoryLink> {
    let mut claims: BTreeMap<(PackageId, RepositoryId), RepositoryLink> = BTreeMap::new();
    for link in tables.repository_links.iter().filter(|link| link.relation == LinkRelation::Source) {
        let known = claims.entry((link.package, link.repository)).or_insert_with(|| link.clone());
        if known.evidence_level < link.evidence_level {
            *known = link.clone();
        }
    }
    claims
}

/// The level of one link, without regard to other packages.
fn level(
    tables: &Tables,
    link: &RepositoryLink,
    agreement: Option<Agreement>,
    named: Named,
    parameters: &LinkParameters,
) -> (i8, EvidenceBasis) {
    if link.evidence_level >= 5 {
        return (link.evidence_level, EvidenceBasis::Attestation);
    }
    if link.evidence_level >= 4 {
        return (link.evidence_level, EvidenceBasis::Registry);
    }
    if named == Named::Yes {
        return (3, EvidenceBasis::Manifest);
    }
    if agreement.is_some_and(|agreement| agrees(agreement, parameters)) {
        return (2, EvidenceBasis::Tags);
    }
    if named == Named::Another {
        return (-1, EvidenceBasis::OtherPackage);
    }
    if owner_may_publish(tables, link) { (1, EvidenceBasis::Login) } else { (0, EvidenceBasis::Claim) }
}

fn agrees(agreement: Agreement, parameters: &LinkParameters) -> bool {
    let share = f64::from(agreement.matched_version_count) / f64::from(agreement.compared_version_count.max(1));
    f64::from(agreement.matched_version_count) >= parameters.min_common_versions.value
        && share >= parameters.min_overlap_share.value
        && f64::from(agreement.surprise_bits) >= parameters.min_surprise_bits.value
}

/// Whether the first part of the repository's path is the login of somebody who may publish the package.
fn owner_may_publish(tables: &Tables, link: &RepositoryLink) -> bool {
    let url = tables.repositories[link.repository.row()].url.as_str();
    let Some(owner) = url.split('/').nth(3).filter(|_| url.matches('/').count() > 3) else { return false };
    let start = tables.maintainers.partition_point(|row| (row.package, row.suite) < (link.package, link.suite));
    let own = tables.maintainers[start..].iter().take_while(|row| (row.package, row.suite) == (link.package, link.suite));
    own.filter_map(|row| tables.accounts[row.account.row()].handle.as_deref()).any(|handle| handle.eq_ignore_ascii_case(owner))
}

#[cfg(test)]
mod tests;
