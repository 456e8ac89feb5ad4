//! What Debian policy allows in the fields that become names and versions. Nothing else gets into a table.

/// A package name: lower-case letters, digits and `+ - .`, starting with a letter or digit, 2 to 200 bytes.
/// <https://www.debian.org/doc/debian-policy/ch-controlfields.html#source>
pub(super) fn is_package_name(text: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=200).contains(&text.len())
        && is_alphanumeric(text.as_bytes()[0])
        && text.bytes().all(|byte| is_alphanumeric(byte) || b"+-.".contains(&byte))
}

/// A version: `[epoch:]upstream[-revision]`, at most 200 bytes.
/// <https://www.debian.org/doc/debian-policy/ch-controlfields.html#version>
pub(super) fn is_version(text: &str) -> bool {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    text.len() <= 200
        && epoch.bytes().all(|byte| byte.is_ascii_digit())
        && epoch.parse::<u32>().is_ok()
        && rest.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-:~".contains(&byte))
}

/// A section, such as `libs` or `contrib/net`.
pub(super) fn is_section(text: &str) -> bool {
    text.len() <= 60 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-./".contains(&byte))
}

/// One part of a path in an archive or a cache: a suite, component or architecture.
pub(super) fn is_path_part(text: &str) -> bool {
    is_package_name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["xz-utils", "libsigc++-2.0", "0ad", "r6", "389-ds-base"] {
            assert!(is_package_name(name), "{name}");
        }
        let long = "a".repeat(201);
        for name in ["", "a", "../x", "-rf", "Upper", "a b", "a/b", "a\0b", "<b>", "ä1", ".hidden", "a_b", &long] {
            assert!(!is_package_name(name), "{name}");
        }
    }

    #[test]
    fn versions_and_sections() {
        for version in ["1", "1:5.4.5-0.3", "0.27.0-2+b1", "7.0.4~rc1-1~bpo12+1", "2:1:2-3"] {
            assert!(is_version(version), "{version}");
        }
        for version in ["", ":1", "x:1", "99999999999:1", "1 2", "1\u{661}", "<1>", "../1", "1:", "-1"] {
            assert!(!is_version(version), "{version}");
        }
        assert!(is_section("contrib/net") && !is_section("<b>") && !is_section("A b"));
    }
}
