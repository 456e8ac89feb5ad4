//! Published ids of nodes, and who is left out.

use super::RunResults;
use crate::graph::NodeKind;
use crate::ids::{NodeId, PackageId, PersonId, RepositoryId, SuiteId};
use crate::snapshot::{Text, Word};

/// Looks up published ids.
pub(super) struct Names<'r> {
    run: &'r RunResults<'r>,
    purls: Vec<Text>,
    repository_urls: Vec<Text>,
}

impl<'r> Names<'r> {
    pub(super) fn new(run: &'r RunResults<'r>) -> Self {
        let purls = run.tables.packages.iter().map(|package| package.purl.to_string().into()).collect();
        let repository_urls = run.tables.repositories.iter().map(|repository| repository.url.to_string().into()).collect();
        Self { run, purls, repository_urls }
    }

    /// Key of the node in the table of its kind; `None` for a person who opted out.
    pub(super) fn id(&self, node: NodeId) -> Option<Text> {
        let row = self.run.graph.nodes.row(node);
        match self.run.graph.nodes.kind(node) {
            NodeKind::Person => self.person(PersonId::from_row(row)),
            NodeKind::Team => Some((&self.run.identities.teams[row].id).into()),
            NodeKind::Repository => Some(self.repository_urls[row]),
            NodeKind::Package => Some(self.purl(PackageId::from_row(row))),
        }
    }

    /// Published id of a person; `None` for one who opted out.
    pub(super) fn person(&self, person: PersonId) -> Option<Text> {
        let person = &self.run.identities.persons[person.row()];
        (!person.is_opted_out).then(|| (&person.id).into())
    }

    pub(super) fn purl(&self, package: PackageId) -> Text {
        self.purls[package.row()]
    }

    pub(super) fn repository(&self, repository: RepositoryId) -> Text {
        self.repository_urls[repository.row()]
    }

    pub(super) fn suite(&self, suite: SuiteId) -> Word {
        (&self.run.tables.suites[suite.row()].name).into()
    }

    pub(super) fn kind(&self, node: NodeId) -> Word {
        self.run.graph.nodes.kind(node).name().into()
    }
}
