//! Where the JSON behind a page is. Queries, a citation and how to object stand once, on the page of the data.

use super::Pages;

/// Where the data of a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawView {
    /// Relative link to the file of its JSON document.
    pub json: Option<String>,
}

impl RawView {
    /// Data behind the page `from` about a node.
    pub fn new(pages: &Pages, kind: &str, id: &str, from: &str) -> Self {
        Self { json: pages.api.place(kind, id, from) }
    }
}
