//! `SNAPSHOT.intoto.json`, beside a snapshot: an in-toto statement with SLSA v1 provenance of the run, every published file a
//! subject and every input a resolved dependency.
//!
//! By itself it is the word of whoever holds the file. The nightly run hands it to an official signer of its host, and
//! `trustgraph verify --bundle` checks what comes back.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::manifest::Manifest;
use super::schema::SourceRow;

/// Ending of the file.
pub(super) const STATEMENT: &str = ".intoto.json";

/// Home of the program; builder and build type are named below it.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// File name of the statement about `snapshot`.
pub(super) fn statement_name(snapshot: &str) -> String {
    format!("{snapshot}{STATEMENT}")
}

/// The statement. Equal snapshots have equal statements: there is no time in it.
pub(super) fn statement(manifest: &Manifest, sources: &[SourceRow], sums: &str) -> String {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects(sums),
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": format!("{HOME}#snapshot-v1"),
                "externalParameters": { "job": manifest.job, "as_of": manifest.as_of },
                "internalParameters": { "pseudonym_key": manifest.pseudonym_key },
                "resolvedDependencies": dependencies(manifest, sources),
            },
            "runDetails": {
                "builder": { "id": format!("{HOME}#local"), "version": { "trustgraph": manifest.code } },
            },
        },
    });
    serde_json::to_string_pretty(&statement).expect("a statement is plain data") + "\n"
}

/// Every file that `SHA256SUMS` lists, and itself.
fn subjects(sums: &str) -> Vec<Value> {
    let own = crate::ordered::hex(&Sha256::digest(sums.as_bytes()));
    let files = sums.lines().filter_map(|line| line.split_once("  "));
    let all = files.chain([(own.as_str(), "SHA256SUMS")]);
    all.map(|(sha256, name)| json!({ "name": name, "digest": { "sha256": sha256 } })).collect()
}

/// Job, previous snapshot and every raw input.
fn dependencies(manifest: &Manifest, sources: &[SourceRow]) -> Vec<Value> {
    let mut all = vec![json!({ "name": "job", "digest": { "sha256": manifest.job_digest } })];
    all.extend(manifest.previous.iter().map(|previous| {
        let name = format!("snapshots/{}/SHA256SUMS", previous.snapshot);
        json!({ "name": name, "digest": { "sha256": previous.sha256sums_sha256 } })
    }));
    all.extend(
        sources
            .iter()
            .map(|source| json!({ "name": format!("{}/{}", source.source, source.file), "digest": digest(&source.digest) })),
    );
    all
}

/// `sha256:HEX` and `git:HEX` in the words of in-toto. A repository without a commit has no digest.
fn digest(text: &str) -> Value {
    let (kind, hex) = text.split_once(':').unwrap_or(("", text));
    let kind = if kind == "git" { "gitCommit" } else { kind };
    let is_hex = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    Value::Object(is_hex.then(|| (kind.to_owned(), json!(hex))).into_iter().collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_speak_in_toto() {
        assert_eq!(digest("sha256:ab"), json!({ "sha256": "ab" }));
        assert_eq!(digest("git:0f"), json!({ "gitCommit": "0f" }));
        assert_eq!(digest("git:none"), json!({}));
    }

    #[test]
    fn every_file_is_a_subject() {
        let found = subjects("aa  a.parquet\nbb  manifest.json\n");
        assert_eq!(
            found.iter().filter_map(|one| one["name"].as_str()).collect::<Vec<_>>(),
            ["a.parquet", "manifest.json", "SHA256SUMS"]
        );
    }
}
