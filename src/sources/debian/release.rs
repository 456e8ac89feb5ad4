//! The signed list of a suite's files: the payload of `InRelease`.
//!
//! Form: <https://wiki.debian.org/DebianRepository/Format#A.22Release.22_files>.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::stanza::Stanzas;
use crate::tables::ReadReport;
use crate::units::Day;

const FIELDS: &[&str] = &["Suite", "Codename", "Date", "SHA256", "Acquire-By-Hash"];

/// What a suite's publisher signed.
#[derive(Debug)]
pub(super) struct Release {
    /// The day of its `Date`.
    pub(super) as_of: Day,
    /// Files may be asked for by digest, which does not change while a mirror is being updated.
    pub(super) is_by_hash: bool,
    /// Files by their path below the suite.
    files: BTreeMap<String, Listed>,
    names: Vec<String>,
}

/// A file in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// SHA-256, lower-case hexadecimal.
    pub(super) sha256: String,
    /// Its size.
    pub(super) size_bytes: u64,
}

impl Release {
    /// Reads the payload that `gpgv` let through. The error says what is missing.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, String> {
        let mut stanzas = Stanzas::new(payload, FIELDS);
        let stanza = stanzas.next(&mut ReadReport::default()).map_err(|error| error.to_string())?;
        let stanza = stanza.ok_or("is empty")?;
        let as_of = stanza.get("Date").and_then(day).ok_or("has no Date that can be read")?;
        let files = files(stanza.get("SHA256").ok_or("lists no SHA256 digests")?)?;
        let names = ["Suite", "Codename"].into_iter().filter_map(|field| stanza.get(field)).map(str::to_owned).collect();
        let is_by_hash = stanza.get("Acquire-By-Hash").is_some_and(|value| value.eq_ignore_ascii_case("yes"));
        Ok(Self { as_of, is_by_hash, files, names })
    }

    /// Whether the list is that of `suite`: a mirror must not pass one suite off as another.
    pub(super) fn is_of(&self, suite: &str) -> bool {
        self.names.iter().any(|name| name == suite)
    }

    /// The file at `path` below the suite.
    pub(super) fn file(&self, path: &str) -> Option<&Listed> {
        self.files.get(path)
    }
}

/// Triples of digest, size and path.
fn files(field: &str) -> Result<BTreeMap<String, Listed>, String> {
    let words: Vec<&str> = field.split_ascii_whitespace().collect();
    let mut files = BTreeMap::new();
    for triple in words.chunks(3) {
        let &[sha256, size, path] = triple else { return Err("has a SHA256 list that is cut short".into()) };
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let size_bytes = size.parse().ok().filter(|_| is_digest);
        let size_bytes = size_bytes.ok_or("has a SHA256 list with a line that is not `digest size path`")?;
        files.insert(path.to_owned(), Listed { sha256: sha256.to_owned(), size_bytes });
    }
    Ok(files)
}

/// The day of `Sat, 09 Aug 2025 08:46:59 UTC`, always in UTC.
fn day(text: &str) -> Option<Day> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let &[_, day, month, year, _, "UTC" | "GMT" | "+0000"] = words.as_slice() else { return None };
    let month = i8::try_from(MONTHS.iter().position(|name| *name == month)? + 1).ok()?;
    let date = Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    Some(Day::from_date(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list() {
        let digest = "0123456789abcdef".repeat(4);
        let text = format!(
            "Origin: Debian\nSuite: stable\nCodename: trixie\nDate: Sat, 09 Aug 2025 08:46:59 UTC\nAcquire-By-Hash: yes\nMD5Sum:\n \
             0 1 x\nSHA256:\n {digest}     1234 main/source/Sources.xz\n {digest} 5 main/binary-amd64/Packages.xz\n"
        );
        let release = Release::parse(text.as_bytes()).expect("a list");
        assert_eq!(release.as_of.to_string(), "2025-08-09");
        assert!(release.is_by_hash && release.is_of("trixie") && release.is_of("stable") && !release.is_of("bookworm"));
        assert_eq!(release.file("main/source/Sources.xz"), Some(&Listed { sha256: digest, size_bytes: 1234 }));
        assert_eq!(release.file("main/source/Sources.gz"), None);
    }

    #[test]
    fn lists_that_are_none() {
        for (text, what) in [
            ("", "is empty"),
            ("Suite: x\n", "Date"),
            ("Date: yesterday\n", "Date"),
            ("Date: Sat, 31 Feb 2025 08:46:59 UTC\n", "Date"),
            ("Date: Sat, 09 Aug 2025 08:46:59 UTC\n", "no SHA256"),
            ("Date: Sat, 09 Aug 2025 08:46:59 UTC\nSHA256: a 1\n", "cut short"),
            ("Date: Sat, 09 Aug 2025 08:46:59 UTC\nSHA256: ../../x 1 y\n", "digest size path"),
        ] {
            let error = Release::parse(text.as_bytes()).expect_err(text);
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}
