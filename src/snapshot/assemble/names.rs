//! Published ids of nodes, and who is left out.

use super::RunResults;
use crate::graph::NodeKind;
use crate::ids::{NodeId, PackageId, PersonId, SuiteId};
use crate::snapshot::Word;

/// Looks up published ids.
pub(super) struct Names<'r> {
    run: &'r RunResults<'r>,
}

impl<'r> Names<'r> {
    pub(super) fn new(run: &'r RunResults<'r>) -> Self {
        Self { run }
    }

    /// Key of the node in the table of its kind; `None` for a person who opted out.
    pub(super) fn id(&self, node: NodeId) -> Option<String> {
        let row = self.run.graph.nodes.row(node);
        match self.run.graph.nodes.kind(node) {
            NodeKind::Person => self.person(PersonId::from_row(row)),
            NodeKind::Team => Some(self.run.identities.teams[row].id.clone()),
            NodeKind::Repository => Some(self.run.tables.repositories[row].url.to_string()),
            NodeKind::Package => Some(self.purl(PackageId::from_row(row))),
        }
    }

    /// Published id of a person; `None` for one who opted out.
    pub(super) fn person(&self, person: PersonId) -> Option<String> {
        let person = &self.run.identities.persons[person.row()];
        (!person.is_opted_out).then(|| person.id.clone())
    }

    pub(super) fn purl(&self, package: PackageId) -> String {
        self.run.tables.packages[package.row()].purl.to_string()
    }

    pub(super) fn suite(&self, suite: SuiteId) -> Word {
        self.run.tables.suites[suite.row()].name.clone().into()
    }

    pub(super) fn kind(&self, node: NodeId) -> Word {
        self.run.graph.nodes.kind(node).name().into()
    }
}
