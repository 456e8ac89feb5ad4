//! Versions as tags and registries write them → one form to compare.

/// Longest version that is compared, in bytes.
const MAX_BYTES: usize = 100;

/// `1.0.0` and `1.0` are one release to most registries, `1.0.0-rc.1`, `1.0rc1` and `1_0_rc1` one preview. `None` for what does
/// not begin with a number. Metadata of the build, behind `+`, does not count.
pub(super) fn version_key(text: &str) -> Option<String> {
    let text = text.split('+').next().unwrap_or_default().to_ascii_lowercase();
    if text.len() > MAX_BYTES || !text.is_ascii() {
        return None;
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || "._".contains(c))).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut numbers: Vec<&str> = numbers.split(['.', '_']).filter(|part| !part.is_empty()).collect();
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    while numbers.len() > 1 && numbers.last().is_some_and(|last| last.bytes().all(|byte| byte == b'0')) {
        numbers.pop();
    }
    let mut key: String = numbers
        .iter()
        .map(|part| part.trim_start_matches('0'))
        .map(|part| if part.is_empty() { "0" } else { part })
        .collect::<Vec<_>>()
        .join(".");
    let word: String = rest.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let (letters, number) = word.split_at(word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len()));
    let letters = match letters {
        "alpha" => "a",
        "beta" => "b",
        "c" | "pre" | "preview" => "rc",
        other => other,
    };
    key.push_str(letters);
    // A number behind a dash is no preview of anything: `1.0-1` stays apart from `1.01`.
    if letters.is_empty() && !number.is_empty() {
        key.push('-');
    }
    key.push_str(number);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_version() {
        for (key, texts) in [
            ("1", &["1", "1.0", "1.0.0", "1_0_0", "01.0"][..]),
            ("1.2.3", &["1.2.3", "1_2_3", "1.2.3+build.7", "1.2.3.0"]),
            ("1rc1", &["1.0.0-rc.1", "1.0rc1", "1.0.0_RC1", "1.0-pre1", "1.0c1"]),
            ("1b2", &["1.0.0-beta.2", "1.0b2"]),
            ("0", &["0", "0.0.0"]),
            ("1-1", &["1.0-1"]),
            ("10", &["10.0"]),
        ] {
            for text in texts {
                assert_eq!(version_key(text).as_deref(), Some(key), "{text}");
            }
        }
        for text in ["", "v1", "latest", ".1", "é", &"1".repeat(200)] {
            assert_eq!(version_key(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[0-2a-cé._+-]{0,20}") {
            let _ = version_key(&text);
        }
    }
}
