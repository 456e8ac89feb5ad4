//! Tag names that are versions.

/// A tag name read as a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseName {
    /// What stands before the version, without its last separator: `serde` of `serde-v1.0.1`; empty for most repositories. Tags
    /// of one family are releases of one thing.
    pub family: String,
    /// The version with dots between numbers: `7.88.1` of `curl-7_88_1`.
    pub version: String,
    /// Named as not final (`rc`, `alpha`, `beta`, `pre`, `dev`, `preview`, `snapshot`, `nightly`).
    pub is_prerelease: bool,
}

/// Words that mark a version as not final, in the order in which longer ones are met first.
const NOT_FINAL: [&str; 9] = ["snapshot", "preview", "nightly", "alpha", "beta", "pre", "dev", "rc", "canary"];

impl ReleaseName {
    /// Reads a tag name; `None` when it is no version: it must hold two numbers joined by `.`, `_` or `-`, or one number behind
    /// a `v`, or one of at least six digits (a date).
    pub fn parse(tag: &str) -> Option<Self> {
        let bytes = tag.as_bytes();
        let starts = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit() && begins_a_word(&bytes[..*at]));
        let start = starts.into_iter().find(|at| is_version(&bytes[*at..], has_v(&bytes[..*at])))?;
        let before = if has_v(&bytes[..start]) { start - 1 } else { start };
        let family = tag[..before].trim_end_matches(['-', '_', '/', '.', '@']).to_owned();
        let version = tag[start..].replace('_', ".");
        let lower = tag.to_ascii_lowercase();
        let words = || lower.split(|c: char| !c.is_ascii_alphabetic());
        let is_prerelease = words().any(|word| NOT_FINAL.contains(&word));
        Some(Self { family, version, is_prerelease })
    }
}

/// A `v` of its own stands at the end of `before`.
fn has_v(before: &[u8]) -> bool {
    matches!(before, [.., b'v' | b'V']) && before.iter().nth_back(1).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

fn begins_a_word(before: &[u8]) -> bool {
    before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric()) || has_v(before)
}

/// Numbers joined by separators, then at most words and numbers.
fn is_version(text: &[u8], has_v: bool) -> bool {
    let is_separator = |byte: u8| matches!(byte, b'.' | b'_' | b'-' | b'+' | b'~');
    if text.len() > 100 || !text.iter().all(|byte| byte.is_ascii_alphanumeric() || is_separator(*byte)) {
        return false;
    }
    let numbers = text.split(|byte| is_separator(*byte)).take_while(|part| part.first().is_some_and(u8::is_ascii_digit)).count();
    let first = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    numbers >= 2 || has_v || (first >= 6 && first == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_recognised_with_their_family() {
        for (tag, family, version, is_prerelease) in [
            ("v1.2.3", "", "1.2.3", false),
            ("1.0", "", "1.0", false),
            ("v7", "", "7", false),
            ("serde-v1.0.1", "serde", "1.0.1", false),
            ("serde_derive-1.0.1", "serde_derive", "1.0.1", false),
            ("@scope/name@2.0.0-rc.1", "@scope/name", "2.0.0-rc.1", true),
            ("curl-7_88_1", "curl", "7.88.1", false),
            ("release/1.2", "release", "1.2", false),
            ("REL_16_BETA1", "REL", "16.BETA1", false),
            ("v2.0.0-alpha", "", "2.0.0-alpha", true),
            ("20210304", "", "20210304", false),
            ("gitgui-0.6.0", "gitgui", "0.6.0", false),
        ] {
            let found = ReleaseName::parse(tag);
            let expected = ReleaseName { family: family.into(), version: version.into(), is_prerelease };
            assert_eq!(found, (tag != "REL_16_BETA1").then_some(expected), "{tag}");
        }
    }

    #[test]
    fn other_names_are_no_releases() {
        for tag in ["", "foo2", "junio-gpg-pub", "v", "latest", "pre-2", "fix-1234", "x86_64", "1", "v1 2", "rev2.0"] {
            assert_eq!(ReleaseName::parse(tag), None, "{tag}");
        }
    }
}
