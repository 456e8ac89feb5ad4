//! `README.md`: the dataset card.

use std::fmt::Write;

use super::{Described, HOME, LICENSE};

/// The file, with the head that hosts of datasets read.
pub(super) fn markdown(described: &Described) -> String {
    let manifest = described.manifest;
    let quoted = |text: &str| serde_json::to_string(text).expect("a text is plain data");
    let mut text = format!(
        "---\nlicense: {}\npretty_name: {}\ntags:\n  - open-source\n  - supply-chain\n  - trust\n  - graph\nconfigs:\n",
        LICENSE.to_lowercase(),
        quoted(&described.title())
    );
    for (_, listed) in described.tables() {
        let _ = writeln!(text, "  - config_name: {}\n    data_files: {}", listed.name, listed.file);
    }
    let _ = write!(text, "---\n\n# {}\n\n{}\n\n{USE}\n## Tables\n\n", described.title(), described.description());
    text.push_str("| table | rows | bytes | a row is |\n|---|---:|---:|---|\n");
    for (file, listed) in described.tables() {
        let doc = file.doc.trim_end_matches('.').replace('|', "\\|");
        let _ = writeln!(text, "| [{}]({}) | {} | {} | {doc} |", listed.name, listed.file, listed.row_count, listed.size_bytes);
    }
    let previous = manifest.previous.as_ref().map_or("none", |previous| previous.snapshot.as_str());
    let _ = write!(
        text,
        "\n## Made from\n\nJob `{}` (digest {}), inputs (digest {}; each file in `sources.parquet`), {}, schema {}, previous \
         snapshot {previous}. Person ids are keyed pseudonyms ({} key). Program, method and known limits: <{HOME}>.\n\n{PEOPLE}",
        manifest.job, manifest.job_digest, manifest.inputs_digest, manifest.code, manifest.schema_version, manifest.pseudonym_key
    );
    text
}

/// How it is read and checked.
const USE: &str = "Every table is one Parquet file; columns are explained in `DATA_DICTIONARY.md` and in the files themselves.\n\
    `lookup.json` and `lookup.jsonl.gz` hold what a policy asks of them, by package; the first says how to read the second.\n\n\
    ```sh\nsha256sum --check SHA256SUMS\ntrustgraph verify .\n\
    duckdb -c \"SELECT node_id, value FROM 'scores.parquet' WHERE metric = 'criticality' ORDER BY rank LIMIT 10\"\n```\n";

/// What it must not be used for.
const PEOPLE: &str = "## People\n\nIt holds what registries and git histories show in public, no e-mail address, and no judgement \
    of a person: findings are about packages and repositories. Do not rank persons with it, and do not try to undo the pseudonyms. \
    A low score means that little is known, not that somebody did wrong.\n";
