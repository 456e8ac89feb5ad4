//! `api/v1/openapi.json`: the JSON interface in the words of OpenAPI 3.1. It holds no day, so it changes only with the program.

use serde_json::{Map, Value, json};

use super::api::{self, Api};
use crate::snapshot::SCHEMA_VERSION;

/// The description of `api`.
pub(super) fn document(api: &Api) -> Value {
    let kinds: Vec<&str> = api.kinds().map(|(kind, ..)| kind).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Trustgraph",
            "version": SCHEMA_VERSION,
            "summary": "Who is behind a package: a JSON document for every package, repository, person and team of a snapshot.",
            "description": "Static files. index.json says which snapshot they show, as of which day, and how documents are found. Shards carry schema_version alone: without a day in it, a shard of which nothing changed stays the same file, byte for byte, from snapshot to snapshot.",
            "license": { "name": "The licences of the inputs, named in the snapshot's sources.parquet", "url": "../../data.html#inputs" },
        },
        "servers": [{ "url": "../..", "description": "The root of the site." }],
        "paths": {
            "/api/v1/index.json": { "get": {
                "operationId": "index",
                "summary": "Which snapshot this is and how documents are found.",
                "responses": { "200": answer("The index.", "Index") },
            } },
            "/api/v1/{kind}/{shard}.json": {
                "parameters": [
                    parameter("kind", "Kind of the node.", json!({ "type": "string", "enum": kinds })),
                    parameter(
                        "shard",
                        "The first shard_digits hexadecimal digits of the SHA-256 of the id in UTF-8; the index says how many.",
                        json!({ "type": "string", "pattern": "^[0-9a-f]{1,4}$" }),
                    ),
                ],
                "get": {
                    "operationId": "shard",
                    "summary": "The documents of all nodes whose digest begins with these digits.",
                    "responses": {
                        "200": answer("The shard.", "Shard"),
                        "404": { "description": "No node of this kind has such a digest, so the snapshot knows nothing of the id." },
                    },
                },
            },
        },
        "components": { "schemas": { "Index": index(), "Shard": shard(&kinds) } },
    })
}

fn answer(description: &str, schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn parameter(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn index() -> Value {
    let kind = json!({
        "type": "object",
        "required": ["document_count", "shard_digits", "path"],
        "properties": {
            "document_count": { "type": "integer", "minimum": 0 },
            "shard_digits": { "type": "integer", "minimum": 1, "maximum": 4 },
            "path": text("Path of a shard from the root of the site."),
        },
    });
    json!({
        "type": "object",
        "required": ["schema_version", "snapshot", "as_of", "how_to", "openapi", "kinds"],
        "properties": {
            "schema_version": text("Version of the published schema, SemVer."),
            "snapshot": text("Id of the snapshot."),
            "as_of": { "type": "string", "format": "date", "description": "Facts after this day were not used." },
            "how_to": text("How the document of a node is found."),
            "openapi": text("Path of this description from the root of the site."),
            "kinds": { "type": "object", "additionalProperties": kind },
        },
    })
}

fn shard(kinds: &[&str]) -> Value {
    let names = |names: &Value| json!({ "type": "array", "items": { "type": "string" }, "const": names });
    let columns = api::columns();
    let properties: Map<String, Value> =
        columns.as_object().into_iter().flatten().map(|(list, cells)| (list.clone(), names(cells))).collect();
    json!({
        "type": "object",
        "required": ["schema_version", "columns", "kind", "shard", "documents"],
        "properties": {
            "schema_version": text("Version of the published schema, SemVer."),
            "columns": {
                "type": "object",
                "description": "Names of the cells of scores[metric] and of each row of the other lists; null cells at the end are left out.",
                "properties": properties,
            },
            "kind": { "type": "string", "enum": kinds },
            "shard": text("The digits that name the file."),
            "documents": {
                "type": "object",
                "description": "Id → document. Keys are columns of the tables, explained in the data dictionary; a key that is absent is null.",
                "additionalProperties": { "type": "object" },
            },
        },
    })
}
