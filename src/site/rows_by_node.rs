//! Rows of tables that are sorted by node, found without a bisection that compares texts.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::lookup::NodeKey;
use crate::snapshot::{Published, Text};

/// Rows of one table by the row of the node they are about. 8 bytes a node.
#[derive(Default)]
pub(super) struct RowsByNode(Vec<Range<u32>>);

/// Tables sorted by package.
#[derive(Default)]
pub(super) struct ByPackage {
    /// Of `releases`.
    pub releases: RowsByNode,
    /// Of `maintainers`.
    pub maintainers: RowsByNode,
    /// Of `repository_links`.
    pub repository_links: RowsByNode,
    /// Of `package_links`.
    pub package_links: RowsByNode,
    /// Of `dependencies`.
    pub dependencies: RowsByNode,
    /// Of `dependents`, by the package that is needed.
    pub dependents: RowsByNode,
}

impl RowsByNode {
    /// `key`: the node of a row; `row_of`: where a node stands in its own table. Rows of other nodes are left out. O(rows).
    fn new<T>(table: &[T], key: impl Fn(&T) -> Text, row_of: impl Fn(&str) -> Option<usize>) -> Self {
        let mut rows: Vec<Range<u32>> = Vec::new();
        let mut start = 0;
        for same in table.chunk_by(|a, b| key(a) == key(b)) {
            let end = start + u32::try_from(same.len()).expect("a table has fewer than 2^32 rows");
            if let Some(row) = row_of(&key(&same[0])) {
                rows.resize(rows.len().max(row + 1), 0..0);
                rows[row] = start..end;
            }
            start = end;
        }
        Self(rows)
    }

    /// Rows about the node in `row` of its own table. O(1).
    pub fn of(&self, row: usize) -> Range<usize> {
        self.0.get(row).map_or(0..0, |range| range.start as usize..range.end as usize)
    }
}

impl ByPackage {
    /// `row_of`: where a package stands.
    pub fn new(p: &Published, row_of: impl Fn(&str) -> Option<usize>) -> Self {
        Self {
            releases: RowsByNode::new(&p.releases, |row| row.purl, &row_of),
            maintainers: RowsByNode::new(&p.maintainers, |row| row.purl, &row_of),
            repository_links: RowsByNode::new(&p.repository_links, |row| row.purl, &row_of),
            package_links: RowsByNode::new(&p.package_links, |row| row.purl, &row_of),
            dependencies: RowsByNode::new(&p.dependencies, |row| row.purl, &row_of),
            dependents: RowsByNode::new(&p.dependents, |row| row.dependency_purl, &row_of),
        }
    }
}

/// Ledgers by kind of node; rows count from the first of `contributions_to_score`.
pub(super) fn ledgers(p: &Published, row_of: impl Fn(NodeKey) -> Option<usize>) -> FxHashMap<&str, (usize, RowsByNode)> {
    let mut start = 0;
    let kinds = p.contributions_to_score.chunk_by(|a, b| a.node_kind == b.node_kind).map(|of_kind| {
        let kind = of_kind[0].node_kind.as_str();
        let rows = RowsByNode::new(of_kind, |row| row.node_id, |id| row_of((kind, id)));
        start += of_kind.len();
        (kind, (start - of_kind.len(), rows))
    });
    kinds.collect()
}
