//! `datapackage.json`: Frictionless Data Package v2 with a Table Schema for every table.

use serde_json::{Value, json};

use super::{Described, HOME, LICENSE, doc, word};

/// Profile of the package (Data Package v2, "Profile").
const PACKAGE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";

/// Profile of a table's schema.
const SCHEMA: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// Types of the vocabulary.
const TYPES: [&str; 5] = ["string", "integer", "number", "boolean", "date"];

/// The file.
pub(super) fn json(described: &Described) -> String {
    let manifest = described.manifest;
    let package = json!({
        "$schema": PACKAGE,
        "name": described.name(),
        "id": format!("sha256:{}", manifest.inputs_digest),
        "title": described.title(),
        "description": described.description(),
        "homepage": HOME,
        "version": manifest.schema_version,
        "created": format!("{}T00:00:00Z", manifest.as_of),
        "licenses": [{ "name": LICENSE, "path": format!("https://spdx.org/licenses/{LICENSE}") }],
        "contributors": [{ "title": "Trustgraph contributors", "path": HOME, "roles": ["creator"] }],
        "resources": resources(described),
    });
    serde_json::to_string_pretty(&package).expect("a descriptor is plain data") + "\n"
}

fn resources(described: &Described) -> Vec<Value> {
    let resource = |(file, listed): (&super::TableFile, &super::ManifestTable)| {
        let schema = &file.schema;
        let fields = schema.fields().iter().map(|field| {
            json!({
                "name": field.name(),
                "type": word(field.data_type(), TYPES),
                "description": doc(field),
                "constraints": { "required": !field.is_nullable() },
            })
        });
        json!({
            "name": file.name,
            "type": "table",
            "path": listed.file,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "hash": format!("sha256:{}", listed.sha256),
            "bytes": listed.size_bytes,
            "description": file.doc,
            "schema": { "$schema": SCHEMA, "fields": fields.collect::<Vec<Value>>(), "primaryKey": file.key },
        })
    };
    described.tables().map(resource).collect()
}
