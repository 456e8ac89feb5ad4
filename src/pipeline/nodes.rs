//! Nodes by the words people use for them.

use crate::graph::{NodeKind, TrustGraph};
use crate::identity::Identities;
use crate::ids::{NodeId, PackageId};
use crate::job::{JobError, Seed};
use crate::tables::{Advisory, AdvisoryKind, Package, Tables};

/// The seeds people decided, and packages that advisories call malicious: all their versions, or the one that is released now. A
/// package that was in wrong hands for a day and is itself again is not held at 0; the advisory still stands in its table.
pub(super) fn seeds(tables: &Tables, decided: &[Seed]) -> Vec<Seed> {
    let released = |package: PackageId, versions: &[String]| {
        let start = tables.releases.partition_point(|row| row.package < package);
        // Suites are in the order of their days: the last row of a package is its newest release.
        let newest = tables.releases[start..].iter().take_while(|row| row.package == package).last();
        newest.is_some_and(|release| versions.contains(&release.version))
    };
    let malicious = tables.advisories.iter().filter(|row| row.kind == AdvisoryKind::Malicious);
    let current = malicious.filter(|row| row.is_all_versions || released(row.package, &row.versions));
    let mut pinned: Vec<&Advisory> = current.collect();
    pinned.dedup_by_key(|row| row.package);
    let seed = |row: &Advisory| Seed {
        node: tables.packages[row.package.row()].purl.to_string(),
        prior: 0.0,
        reason: row.id.clone(),
        is_pinned: true,
    };
    decided.iter().cloned().chain(pinned.into_iter().map(seed)).collect()
}

/// What names are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) tables: &'k Tables,
    pub(super) identities: &'k Identities,
    pub(super) graph: &'k TrustGraph,
}

impl Known<'_> {
    /// Nodes of the seeds. An unknown one is refused, because a seed that silently does nothing would be an opinion nobody sees. A
    /// malicious package may be gone, which is well; the log says so.
    pub(super) fn seeds(self, seeds: &[Seed]) -> Result<Vec<(NodeId, &Seed)>, JobError> {
        let mut found = Vec::new();
        for seed in seeds {
            let node = self.of_id(&seed.node).filter(|node| !seed.is_pinned || self.graph.nodes.kind(*node) == NodeKind::Package);
            match node {
                Some(node) => found.push((node, seed)),
                None if seed.is_pinned => {
                    tracing::warn!("seeds.toml: `{}` is no package of this run; nothing is held at 0 for it", seed.node)
                }
                None => {
                    let what = format!("`{}` is no package, repository or person of this run; correct or remove it", seed.node);
                    return Err(JobError::Parameter { path: "seeds.toml".into(), what });
                }
            }
        }
        Ok(found)
    }

    /// The node with this published id: a purl, a repository URL, a person id or a team id.
    pub(super) fn of_id(self, id: &str) -> Option<NodeId> {
        let Self { tables, identities, graph } = self;
        let node = |kind| move |row| graph.nodes.node(kind, row);
        let package = tables.packages.binary_search_by(|package| package.purl.as_str().cmp(id)).map(node(NodeKind::Package));
        let repository = || tables.repositories.binary_search_by(|repository| repository.url.as_str().cmp(id));
        let person = || identities.persons.binary_search_by(|person| person.id.as_str().cmp(id));
        let team = || identities.teams.iter().position(|team| team.id == id).ok_or(0);
        package
            .or_else(|_| repository().map(node(NodeKind::Repository)))
            .or_else(|_| person().map(node(NodeKind::Person)))
            .or_else(|_: usize| team().map(node(NodeKind::Team)))
            .ok()
    }

    /// The node a person means: a published id, a purl without qualifiers, the name of a package, or a repository URL with a slash
    /// or `.git` behind it.
    pub(super) fn meant(self, text: &str) -> Option<NodeId> {
        let bare = |purl: &str| purl.split('?').next().unwrap_or(purl).to_owned();
        let url = text.trim_end_matches('/').trim_end_matches(".git");
        let named = || {
            let is_meant = |package: &Package| package.name == text || bare(package.purl.as_str()) == text;
            self.tables.packages.iter().position(is_meant).map(|row| self.graph.nodes.node(NodeKind::Package, row))
        };
        self.of_id(text).or_else(|| self.of_id(url)).or_else(named)
    }

    /// Published id of a node; `None` for a person who asked not to be shown.
    pub(super) fn id(self, node: NodeId) -> Option<String> {
        let row = self.graph.nodes.row(node);
        match self.graph.nodes.kind(node) {
            NodeKind::Person => {
                let person = &self.identities.persons[row];
                (!person.is_opted_out).then(|| person.id.to_string())
            }
            NodeKind::Team => Some(self.identities.teams[row].id.to_string()),
            NodeKind::Repository => Some(self.tables.repositories[row].url.to_string()),
            NodeKind::Package => Some(self.tables.packages[row].purl.to_string()),
        }
    }
}
