//! How to get the data behind a page: JSON, a query, a citation, and a way to object.

use super::api::ApiPlace;
use super::{Pages, escape};

/// Where the data of a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawView {
    /// JSON document.
    pub json: Option<ApiPlace>,
    /// A query for DuckDB that gives the scores of the node.
    pub query: String,
    /// How to cite.
    pub citation: String,
    /// Where wrong data is reported.
    pub report: String,
}

impl RawView {
    /// Data behind the page `from` about a node.
    pub fn new(pages: &Pages, kind: &str, id: &str, from: &str) -> Self {
        let quoted = id.replace('\'', "''");
        let name = pages.lookup.name_of(kind, id);
        let subject: String = name.chars().take(80).collect();
        let title = format!("Wrong data: {subject} ({kind})");
        Self {
            json: pages.api.place(kind, id, from),
            query: format!("FROM 'scores.parquet' WHERE node_id = '{}';", escape::visible(&quoted)),
            citation: format!("Trustgraph, {}, with the day of the snapshot", escape::visible(id)),
            report: format!("{}/issues/new?title={}", env!("CARGO_PKG_REPOSITORY"), escape::percent(&title)),
        }
    }
}
