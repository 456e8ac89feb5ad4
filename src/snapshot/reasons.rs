//! Closed sets of words of the tables, as sentences.

/// Why there is no score.
pub fn null_reason(word: Option<&str>) -> String {
    match word {
        Some("not_listed") => "the newest suite does not list it, so nobody is known to control it now".to_owned(),
        Some("no_history") => "no git history is known here, so nothing is said about who controls it".to_owned(),
        Some("no_evidence") => "nothing is known that would carry a score".to_owned(),
        Some(other) => other.replace('_', " "),
        None => "no row for it in this snapshot".to_owned(),
    }
}

/// How well a link from package to repository is proven.
pub fn evidence_level(level: i64) -> &'static str {
    match level {
        i64::MIN..=-1 => "contradicted: the repository names another package, or many unrelated packages claim it",
        0 => "claimed by the package, not proven",
        1 => "owner and publisher have the same login",
        2 => "tags and versions agree in name and time",
        3 => "the manifest inside the repository names the package",
        4 => "verified by the registry",
        5.. => "verified attestation names repository and commit",
    }
}
