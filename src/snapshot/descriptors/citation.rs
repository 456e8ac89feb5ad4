//! `CITATION.cff`: Citation File Format 1.2.0.

use super::{Described, HOME, LICENSE};

/// The file. Texts stand as JSON strings, which are YAML strings too.
pub(super) fn cff(described: &Described) -> String {
    let manifest = described.manifest;
    let quoted = |text: &str| serde_json::to_string(text).expect("a text is plain data");
    format!(
        "cff-version: 1.2.0\n\
         message: \"If you use this dataset, please cite it with its day and the digest of its inputs.\"\n\
         type: dataset\n\
         title: {title}\n\
         abstract: {description}\n\
         authors:\n  - name: \"Trustgraph contributors\"\n\
         version: {version}\n\
         date-released: \"{day}\"\n\
         license: {LICENSE}\n\
         repository-code: \"{HOME}\"\n\
         identifiers:\n  - type: other\n    value: \"sha256:{inputs}\"\n    description: \"Digest of all inputs\"\n",
        title = quoted(&described.title()),
        description = quoted(&described.description()),
        version = quoted(&manifest.schema_version),
        day = manifest.as_of,
        inputs = manifest.inputs_digest,
    )
}
