use super::{Answer, Evidence, Facts, Signal};
use crate::graph::NodeKind;
use crate::ids::PackageId;
use crate::job::SignalParameters;
use crate::tables::{EvidenceBasis, RepositoryEvidence};

/// The repository a package names speaks against it.
pub struct ProvenanceContradicted;

impl Signal for ProvenanceContradicted {
    fn name(&self) -> &'static str {
        "provenance_contradicted"
    }

    fn question(&self) -> &'static str {
        "Does a repository that the package names as its source belong to another package?"
    }

    fn method(&self) -> &'static str {
        "Links of evidence level -1: the manifest at the place the package names is of another package (strength 1), or packages that \
         share no maintainer name the same repository and another came first (strength: share of them among all that name it). A fork \
         published under a new name that kept the old address looks the same. Unknown where the package names no source, or nothing \
         speaks for or against what it names. Distributions name the source of others and are not asked."
    }

    fn ask(&self, facts: &Facts, _: &SignalParameters, package: PackageId) -> Answer {
        let rows = &facts.tables.repository_evidence;
        let start = rows.partition_point(|row| row.package < package);
        let own: Vec<&RepositoryEvidence> = rows[start..].iter().take_while(|row| row.package == package).collect();
        let against = own.iter().filter(|row| row.evidence_level < 0).map(|row| (strength(row), *row));
        let Some((strength, row)) = against.reduce(|best, next| if next.0 > best.0 { next } else { best }) else {
            return match own.iter().map(|row| row.evidence_level).max() {
                None => Answer::Unknown("it names no repository as its source"),
                Some(0) => Answer::Unknown("nothing speaks for or against the repository it names"),
                Some(_) => Answer::No,
            };
        };
        let url = &facts.tables.repositories[row.repository.row()].url;
        let sentence = match row.basis {
            EvidenceBasis::OtherPackage => format!("The manifest in {url}, which it names as its source, is of another package."),
            _ => format!(
                "It names {url} as its source, as {} packages in {} groups without a common maintainer do, and another came first.",
                row.claimant_count, row.unrelated_claimant_count
            ),
        };
        let suite = facts.graph.present.newest_listing(package).expect("only listed packages are asked about");
        Answer::Yes(Evidence {
            strength,
            first_seen: facts.tables.suites[suite.row()].as_of,
            sentence,
            neighbor: Some(facts.graph.nodes.node(NodeKind::Repository, row.repository.row())),
        })
    }
}

/// 1 for a manifest of another package, else the chance that one of the groups drawn blindly is wrong.
fn strength(row: &RepositoryEvidence) -> f64 {
    match row.basis {
        EvidenceBasis::OtherPackage => 1.0,
        _ => 1.0 - 1.0 / f64::from(row.unrelated_claimant_count.max(1)),
    }
}
