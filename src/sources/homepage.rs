//! Home pages: kept only when a reader can follow them safely and they hold no address of a person.

use url::Url;

/// Longest page kept, in bytes.
const MAX_BYTES: usize = 500;

/// The page as written, or why it is dropped.
pub(super) fn check(text: &str) -> Result<&str, &'static str> {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\".contains(c);
    if text.len() > MAX_BYTES {
        return Err("home page longer than 500 bytes");
    }
    let url = Url::parse(text).map_err(|_| "home page is not a URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("home page is not http or https");
    }
    let has_slashes = text.get(url.scheme().len()..).is_some_and(|rest| rest.starts_with("://"));
    if text.chars().any(is_odd) || !has_slashes || url.host_str().is_none_or(str::is_empty) {
        return Err("home page is not a URL");
    }
    if !url.username().is_empty() || url.password().is_some() || holds_an_address(text) {
        return Err("home page holds an address or a login");
    }
    Ok(text)
}

/// Whether a text holds something like `name@host.tld`, with the `@` plain or percent-encoded.
pub(super) fn holds_an_address(text: &str) -> bool {
    let text = text.replace("%40", "@");
    text.match_indices('@').any(|(at, _)| {
        let is_local = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._+-".contains(c));
        let domain = text[at + 1..].split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).next().unwrap_or_default();
        let top = domain.trim_end_matches('.').rsplit_once('.').map_or("", |(_, top)| top);
        is_local && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        for text in [
            "https://play0ad.com/",
            "http://example.org/~x/?a=b#c",
            "https://github.com/x/y/tree/master/packages/@yarn-tool/resolve-package#readme",
            "https://example.org/x@2.0",
        ] {
            assert_eq!(check(text), Ok(text));
        }
        for (text, reason) in [
            ("ftp://ftp.example.org/x", "home page is not http or https"),
            ("javascript:alert(1)", "home page is not http or https"),
            ("example.org", "home page is not a URL"),
            ("https:/example.org", "home page is not a URL"),
            ("http:s://example.org/", "home page is not a URL"),
            ("https://example.org/<script>", "home page is not a URL"),
            ("https://example.org/a b", "home page is not a URL"),
            ("https://user:pw@example.org/", "home page holds an address or a login"),
            ("https://example.org/ann@example.org/", "home page holds an address or a login"),
            ("https://example.org/?to=ann%40example.org", "home page holds an address or a login"),
            ("", "home page is not a URL"),
        ] {
            assert_eq!(check(text), Err(reason), "{text}");
        }
        assert_eq!(check(&format!("https://example.org/{}", "x".repeat(500))), Err("home page longer than 500 bytes"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(https://)?[a-cé@.%/:<-]{0,40}") {
            proptest::prop_assert!(check(&text).is_ok() || check(&text).is_err());
        }
    }
}
