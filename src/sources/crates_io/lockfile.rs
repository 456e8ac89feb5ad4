//! `Cargo.lock` → the packages of the registry it names.

use std::collections::BTreeMap;

use semver::Version;
use serde::Deserialize;

use crate::tables::ReadReport;

#[derive(Deserialize)]
struct Lockfile {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

/// Versions by name, each with the digest the lockfile demands, lower-case hexadecimal.
pub(super) type Locked = BTreeMap<String, BTreeMap<Version, Option<String>>>;

/// Reads `text`. What comes from no registry, and what is badly named, is counted in `report`.
pub(super) fn read(text: &str, report: &mut ReadReport) -> Result<Locked, String> {
    let lockfile: Lockfile = toml::from_str(text).map_err(|error| format!("is no Cargo.lock: {}", error.message()))?;
    let mut locked = Locked::new();
    for (row, entry) in (1..).zip(lockfile.package) {
        let source = entry.source.as_deref().unwrap_or_default();
        if !source.starts_with("registry+") && !source.starts_with("sparse+") {
            report.skip("comes from no registry");
            continue;
        }
        let is_digest = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match (is_name(&entry.name), Version::parse(&entry.version)) {
            (true, Ok(version)) => {
                report.read_count += 1;
                let checksum = entry.checksum.filter(is_digest).map(|digest| digest.to_ascii_lowercase());
                locked.entry(entry.name).or_default().insert(version, checksum);
            }
            (false, _) => report.reject("name is not one of the registry's", row),
            (true, Err(_)) => report.reject("version is not semantic", row),
        }
    }
    Ok(locked)
}

/// What the registry allows as a name: at most 64 ASCII letters, digits, `-` and `_`.
/// <https://doc.rust-lang.org/cargo/reference/registry-index.html#name-restrictions>
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (1..=64).contains(&name.len()) && is_plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_registrys_packages() {
        let text = format!(
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://example.org/i\"\nchecksum = \"{}\"\n\
             [[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\
             [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nsource = \"sparse+https://example.org/i/\"\n\
             [[package]]\nname = \"../x\"\nversion = \"2.0.0\"\nsource = \"registry+x\"\n\
             [[package]]\nname = \"b\"\nversion = \"two\"\nsource = \"registry+x\"\n",
            "AB".repeat(32)
        );
        let mut report = ReadReport::default();
        let locked = read(&text, &mut report).expect("a lockfile");
        assert_eq!(locked.len(), 1);
        assert_eq!(locked["a"].values().flatten().collect::<Vec<_>>(), [&"ab".repeat(32)]);
        assert_eq!((report.read_count, report.reject_count(), report.skips["comes from no registry"]), (2, 2, 1));
        assert!(read("[[package]]\nname = 1", &mut report).is_err());
    }
}
