//! Upstream text, made fit to be shown.

/// Longest text that is shown, in characters.
const MAX_SHOWN: usize = 300;

/// `text` without control characters and without e-mail addresses, cut at 300 characters. Certificates and statements are
/// upstream text: they may hold either.
pub(super) fn shown(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect();
    let mut out = String::with_capacity(clean.len().min(MAX_SHOWN));
    for (at, word) in clean.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(if holds_address(word) { "(an e-mail address)" } else { word });
    }
    match out.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &out[..end]),
        None => out,
    }
}

/// Characters that change the direction or the look of the text around them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether `word` holds `name@host.domain`. A package URL's `name@1.2.3` and a workflow's `file@refs/heads/main` are none: the
/// last label of a domain has letters only, at least two.
pub(super) fn holds_address(word: &str) -> bool {
    let word = word.replace("%40", "@");
    let is_package = word.trim_matches('"').starts_with("pkg:");
    let mut rest = word.as_str();
    while let Some((before, after)) = rest.split_once('@') {
        let host: &str = after.split(|c: char| !c.is_alphanumeric() && c != '.' && c != '-').next().unwrap_or_default();
        let label = host.trim_matches('.').rsplit_once('.').map(|(_, last)| last);
        let is_domain = label.is_some_and(|label| label.chars().count() >= 2 && label.chars().all(char::is_alphabetic));
        let has_name = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._%+-".contains(c));
        let is_version = is_package && host.starts_with(|c: char| c.is_ascii_digit());
        if is_domain && has_name && !is_version {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn addresses_and_control_characters_are_not_shown() {
        for (text, expected) in [
            ("signed by someone@example.org today", "signed by (an e-mail address) today"),
            ("x%40mail.example.org", "(an e-mail address)"),
            ("a\u{1b}[31mred\u{202e}", "a\u{fffd}[31mred\u{fffd}"),
            ("pkg:npm/sigstore@5.0.0-beta.rc", "pkg:npm/sigstore@5.0.0-beta.rc"),
            ("pkg:npm/%40scope/name@1.0.0", "pkg:npm/%40scope/name@1.0.0"),
            (
                "https://github.com/o/r/.github/workflows/r.yml@refs/heads/main",
                "https://github.com/o/r/.github/workflows/r.yml@refs/heads/main",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(shown(&"é".repeat(1000)).chars().count(), 301);
    }
}
