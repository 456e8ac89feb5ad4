//! `croissant.json`: Croissant 1.1, which search engines for datasets and machine-learning loaders read.

use serde_json::{Value, json};

use super::{Described, HOME, LICENSE, doc, word};

/// Version that the file follows (Croissant specification, "Dataset-level information").
const CONFORMS_TO: &str = "http://mlcommons.org/croissant/1.1";

/// Types of the vocabulary.
const TYPES: [&str; 5] = ["sc:Text", "sc:Integer", "sc:Float", "sc:Boolean", "sc:Date"];

/// The file.
pub(super) fn json(described: &Described) -> String {
    let manifest = described.manifest;
    let croissant = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": described.name(),
        "description": format!("{}. {}", described.title(), described.description()),
        "url": HOME,
        "license": format!("https://spdx.org/licenses/{LICENSE}"),
        "version": manifest.schema_version,
        "datePublished": manifest.as_of,
        "creator": { "@type": "sc:Organization", "name": "Trustgraph contributors", "url": HOME },
        "citeAs": format!("Trustgraph contributors. {}. Inputs sha256:{}.", described.title(), manifest.inputs_digest),
        "isLiveDataset": false,
        "distribution": distribution(described),
        "recordSet": record_sets(described),
    });
    serde_json::to_string_pretty(&croissant).expect("a descriptor is plain data") + "\n"
}

fn distribution(described: &Described) -> Vec<Value> {
    let file = |(file, listed): (&super::TableFile, &super::ManifestTable)| {
        json!({
            "@type": "cr:FileObject",
            "@id": listed.file,
            "name": listed.file,
            "description": file.doc,
            "contentUrl": listed.file,
            "contentSize": format!("{} B", listed.size_bytes),
            "encodingFormat": "application/x-parquet",
            "sha256": listed.sha256,
        })
    };
    described.tables().map(file).collect()
}

fn record_sets(described: &Described) -> Vec<Value> {
    let record_set = |(file, listed): (&super::TableFile, &super::ManifestTable)| {
        let id = |column: &str| format!("{}/{column}", file.name);
        let schema = &file.schema;
        let fields: Vec<Value> = schema
            .fields()
            .iter()
            .map(|field| {
                json!({
                    "@type": "cr:Field",
                    "@id": id(field.name()),
                    "name": field.name(),
                    "description": doc(field),
                    "dataType": word(field.data_type(), TYPES),
                    "source": { "fileObject": { "@id": listed.file }, "extract": { "column": field.name() } },
                })
            })
            .collect();
        let key: Vec<Value> = file.key.iter().map(|column| json!({ "@id": id(column) })).collect();
        json!({
            "@type": "cr:RecordSet",
            "@id": file.name,
            "name": file.name,
            "description": file.doc,
            "key": key,
            "field": fields,
        })
    };
    described.tables().map(record_set).collect()
}

/// The context of version 1.1: which word of the file belongs to which vocabulary.
fn context() -> Value {
    serde_json::from_str(include_str!("croissant_context.json")).expect("a file of the program")
}
