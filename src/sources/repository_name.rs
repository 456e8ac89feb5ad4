//! URLs of histories as jobs and tables write them.

use crate::ids::{RepositoryUrl, UrlReject};

/// A URL to clone from, or `file:///NAME` for a history that lives nowhere else.
pub(super) fn parse_url(text: &str) -> Result<RepositoryUrl, UrlReject> {
    match text.strip_prefix("file:///") {
        None => RepositoryUrl::parse(text),
        Some(name) if is_plain(name) => Ok(RepositoryUrl::local(name)),
        Some(_) => Err(UrlReject::NoRepository),
    }
}

/// Whether `name` is path parts of a repository and nothing else: no empty part, no `.` or `..`, nothing that would end the
/// path or change its host.
pub(super) fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+~".contains(c);
    let is_part = |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(is_plain);
    name.len() <= 300 && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_names_are_plain() {
        assert_eq!(parse_url("file:///a/b").map(|url| url.to_string()), Ok("file:///a/b".into()));
        for text in ["file:///", "file:////x", "file:///../x", "file:///a b", "file:///a/", "file:///a\u{202e}"] {
            assert_eq!(parse_url(text), Err(UrlReject::NoRepository), "{text}");
        }
        assert!(parse_url("https://github.com/a/b").is_ok() && parse_url("/a/b").is_err());
    }
}
