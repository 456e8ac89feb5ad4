//! How to get the data behind a page: its JSON, and a way to object. Queries and a citation stand once, on the page of the data.

use super::{Pages, escape};

/// Where the data of a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawView {
    /// Relative link to the file of its JSON document.
    pub json: Option<String>,
    /// Where wrong data is reported.
    pub report: String,
}

impl RawView {
    /// Data behind the page `from` about a node.
    pub fn new(pages: &Pages, kind: &str, id: &str, from: &str) -> Self {
        let name = pages.lookup.name_of(kind, id);
        let subject: String = name.chars().take(80).collect();
        let title = format!("{kind} {subject}");
        Self {
            json: pages.api.place(kind, id, from),
            report: format!("{}/issues/new?title={}", env!("CARGO_PKG_REPOSITORY"), escape::percent(&title)),
        }
    }
}
