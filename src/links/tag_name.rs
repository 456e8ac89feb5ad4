//! Names of tags → whom they are about, and of which version.

use super::version_key::version_key;

/// Longest tag that is read, in bytes.
const MAX_BYTES: usize = 200;
/// Words before a version that name nobody.
const BARE: [&str; 10] = ["v", "ver", "version", "versions", "release", "releases", "rel", "r", "tag", "tags"];

/// A way to read a tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TagName {
    /// Words before the version, joined by `-`; empty where they name nobody.
    pub(super) subject: String,
    /// The version.
    pub(super) key: String,
}

/// Every way to read `tag`: a name may hold numbers, as in `log4js-v1.2.3` or `python-3-1.0`. `name@1.2.3`, `@scope/name@1.2.3`,
/// `name-v1.2.3`, `name/v1.2.3`, `v1.2.3`, `release-1_2_3` and `1.2.3` are read as they are meant.
pub(super) fn readings(tag: &str) -> Vec<TagName> {
    if tag.len() > MAX_BYTES {
        return Vec::new();
    }
    let tag = tag.to_ascii_lowercase();
    let starts = tag.char_indices().filter(|(at, c)| c.is_ascii_digit() && begins_a_word(&tag[..*at]));
    let reading = |(at, _)| Some(TagName { subject: subject(&tag[..at]), key: version_key(&tag[at..])? });
    starts.filter_map(reading).collect()
}

/// Whether a version may begin behind `before`: nothing, a separator, or a bare word such as `v`.
fn begins_a_word(before: &str) -> bool {
    let word = before.rsplit(is_separator).next().unwrap_or_default();
    // Inside a version only the first number begins one.
    let is_inside = before.ends_with(['.', '_']) && before.trim_end_matches(['.', '_']).ends_with(|c: char| c.is_ascii_digit());
    !is_inside && (word.is_empty() || BARE.contains(&word))
}

/// The words of `text` that name somebody, joined by `-`.
pub(super) fn subject(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(is_separator).filter(|word| !word.is_empty() && !BARE.contains(word));
    words.collect::<Vec<_>>().join("-")
}

fn is_separator(c: char) -> bool {
    "-_/@. ".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_are_meant() {
        for (tag, subject, key) in [
            ("1.2.3", "", "1.2.3"),
            ("v1.2.3", "", "1.2.3"),
            ("V1.2.3", "", "1.2.3"),
            ("release-1_2_3", "", "1.2.3"),
            ("release/v1.2.3", "", "1.2.3"),
            ("rel_1_0", "", "1"),
            ("name@1.2.3", "name", "1.2.3"),
            ("@scope/name@1.2.3-rc.1", "scope-name", "1.2.3rc1"),
            ("name-v1.2.3", "name", "1.2.3"),
            ("name/v1.2.3", "name", "1.2.3"),
            ("packages/core/v1.2.3", "packages-core", "1.2.3"),
            ("log4js-v1.2.3", "log4js", "1.2.3"),
            ("name_1.2.3", "name", "1.2.3"),
            ("python-3-1.0", "python-3", "1"),
            ("v2024.01.02", "", "2024.1.2"),
        ] {
            let expected = TagName { subject: subject.into(), key: key.into() };
            assert!(readings(tag).contains(&expected), "{tag}: {:?}", readings(tag));
        }
        for tag in ["latest", "v", "nightly", "log4js", "", "é"] {
            assert_eq!(readings(tag), [], "{tag}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(tag in "[0-2a-cvé@._/-]{0,24}") {
            let _ = readings(&tag);
        }
    }
}
