//! Rows of publications, provenance and advisories, and the states of packages that follow from them.

use super::{Names, RunResults};
use crate::ids::PackageId;
use crate::snapshot::published::Published;
use crate::snapshot::schema::*;
use crate::snapshot::{Text, Word};
use crate::tables::{Advisory, AdvisoryKind, PackageLink, Publication};

pub(super) fn fill(run: &RunResults, names: &Names, published: &mut Published) {
    published.package_links = package_links(run, names);
    published.publishes = publishes(run, names);
    published.provenance = provenance(run, names);
    published.advisories = advisories(run, names);
}

/// What the registry or an advisory says of the package beyond facts: words of a fixed list, separated by blanks.
pub(super) fn status(run: &RunResults, package: PackageId) -> Option<Word> {
    let start = run.tables.advisories.partition_point(|row| row.package < package);
    let mut own = run.tables.advisories[start..].iter().take_while(|row| row.package == package);
    let is_malicious = own.any(|row| row.kind == AdvisoryKind::Malicious && is_newest_affected(run, row) == Some(true));
    let flags = run.tables.packages[package.row()].flags.iter().map(|flag| flag.name());
    let words: Vec<&str> = is_malicious.then_some(AdvisoryKind::Malicious.name()).into_iter().chain(flags).collect();
    (!words.is_empty()).then(|| words.join(" ").into())
}

fn is_newest_affected(run: &RunResults, advisory: &Advisory) -> Option<bool> {
    let suite = run.graph.present.newest_listing(advisory.package)?;
    let key = |row: &crate::tables::Release| (row.package, row.suite);
    let at = run.tables.releases.partition_point(|row| key(row) < (advisory.package, suite));
    let release = run.tables.releases.get(at).filter(|row| key(row) == (advisory.package, suite))?;
    Some(advisory.is_all_versions || advisory.versions.contains(&release.version))
}

fn package_links(run: &RunResults, names: &Names) -> Vec<PackageLinkRow> {
    let row = |link: &PackageLink| PackageLinkRow {
        purl: names.purl(link.package),
        other_purl: names.purl(link.other),
        confidence: link.confidence,
        evidence: link.evidence.words().collect::<Vec<_>>().join(" ").into(),
        repository_url: link.repository.map(|id| names.repository(id)),
    };
    run.package_links.iter().map(row).collect()
}

fn publishes(run: &RunResults, names: &Names) -> Vec<PublishRow> {
    let row = |row: &Publication| PublishRow {
        purl: names.purl(row.package),
        version: (&row.version).into(),
        published: row.published,
        publisher_id: row.publisher.and_then(|account| names.person(run.identities.person_of(account)?)),
        authorization: row.authorization.map(|authorization| authorization.name().into()),
        is_yanked: row.is_yanked,
        digest: row.digest.as_ref().map(Text::from),
        commit: row.commit.as_ref().map(Text::from),
        registry_signature: row.registry_signature.map(|signature| signature.name().into()),
    };
    // Packages are in the order of their purls, publications in that of packages and versions.
    let mut rows: Vec<PublishRow> = run.tables.publications.iter().map(row).collect();
    rows.dedup_by(|later, kept| (&later.purl, &later.version) == (&kept.purl, &kept.version));
    rows
}

fn provenance(run: &RunResults, names: &Names) -> Vec<ProvenanceRow> {
    let mut rows = Vec::with_capacity(run.tables.provenance.len());
    for of_release in run.tables.provenance.chunk_by(|a, b| (a.package, &a.version) == (b.package, &b.version)) {
        rows.extend((1..).zip(of_release).map(|(number, row)| ProvenanceRow {
            purl: names.purl(row.package),
            version: (&row.version).into(),
            number,
            is_verified: row.is_verified,
            reason: row.reason.as_ref().map(Word::from),
            issuer: row.issuer.as_ref().map(Text::from),
            repository_url: row.repository.as_ref().map(|url| url.to_string().into()),
            workflow: row.workflow.as_ref().map(Text::from),
            commit: row.commit.as_ref().map(Text::from),
            log_index: row.log_index.and_then(|index| i64::try_from(index).ok()),
        }));
    }
    rows
}

fn advisories(run: &RunResults, names: &Names) -> Vec<AdvisoryRow> {
    let row = |row: &Advisory| AdvisoryRow {
        purl: names.purl(row.package),
        advisory_id: (&row.id).into(),
        kind: row.kind.name().into(),
        published: row.published,
        is_all_versions: row.is_all_versions,
        is_newest_affected: is_newest_affected(run, row),
        versions: (!row.versions.is_empty()).then(|| row.versions.join(" ").into()),
    };
    let mut rows: Vec<AdvisoryRow> = run.tables.advisories.iter().map(row).collect();
    rows.dedup_by(|later, kept| (&later.purl, &later.advisory_id) == (&kept.purl, &kept.advisory_id));
    rows
}
