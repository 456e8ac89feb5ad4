//! The field `repository` in all the forms npm takes: URLs, web pages, `owner/name`, `github:`, `gitlab:`, `bitbucket:`, `gist:`,
//! addresses of ssh.
//!
//! Forms: npm's documentation of package.json, field `repository`, and npm's `hosted-git-info`.

use super::packument::RepositoryField;
use crate::ids::{RepositoryUrl, UrlReject};
use crate::sources::registry::Link;

/// Forges with a prefix of their own.
const PREFIXES: [(&str, &str); 4] = [
    ("github:", "https://github.com/"),
    ("gitlab:", "https://gitlab.com/"),
    ("bitbucket:", "https://bitbucket.org/"),
    ("gist:", "https://gist.github.com/"),
];

/// Where the registry points names that it holds after a removal.
const HOLDER: &str = "https://github.com/npm/security-holder";

/// The claim in `field`; `None` when it claims nothing.
pub(super) fn link(field: &RepositoryField) -> Option<Result<Link, UrlReject>> {
    let text = field.url.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
    let expanded = expand(text);
    // A page of a forge first: it may show a folder, or an issue list, of the repository.
    let found = RepositoryUrl::from_web_page(&expanded).or_else(|_| Ok((RepositoryUrl::parse(&expanded)?, None)));
    Some(found.and_then(|(url, shown)| {
        if url.as_str() == HOLDER {
            return Err(UrlReject::NoRepository);
        }
        Ok(Link { url, directory: field.directory.as_deref().and_then(folder).or(shown), evidence_level: 0 })
    }))
}

/// Whether the field names the holder of removed packages.
pub(super) fn is_holder(field: &RepositoryField) -> bool {
    let url = field.url.as_deref().and_then(|text| RepositoryUrl::parse(&expand(text.trim())).ok());
    url.is_some_and(|url| url.as_str() == HOLDER)
}

/// A folder inside a repository, without `.` parts; `None` for the root and for what leads outside.
fn folder(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let is_plain = |part: &&str| *part != ".." && part.chars().all(|c| c.is_alphanumeric() || "._-+~ @".contains(c));
    let folder = parts.join("/");
    (!parts.is_empty() && parts.iter().all(is_plain) && folder.len() <= 300).then_some(folder)
}

/// Shorthand → URL. What follows `#` names a branch or tag, never another repository.
fn expand(text: &str) -> String {
    let text = text.split('#').next().unwrap_or_default();
    for (prefix, base) in PREFIXES {
        if let Some(rest) = text.strip_prefix(prefix) {
            return format!("{base}{}", rest.trim_start_matches('/'));
        }
    }
    // `ssh://git@host:owner/name` is how many write what ssh wants without a scheme.
    if let Some((scheme, rest)) = text.split_once("://")
        && let Some((authority, path)) = rest.split_once('/')
        && let Some((host, owner)) = authority.rsplit_once(':')
        && scheme.ends_with("ssh")
        && !owner.is_empty()
        && owner.parse::<u16>().is_err()
    {
        return format!("{scheme}://{host}/{owner}/{path}");
    }
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    match text.split('/').collect::<Vec<_>>()[..] {
        [owner, name] if is_name(owner) && is_name(name) => format!("https://github.com/{owner}/{name}"),
        // `github.com/owner/name` without a scheme.
        [host, owner, name, ..] if is_name(host) && host.contains('.') && is_name(owner) && is_name(name) => {
            format!("https://{text}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, directory: Option<&str>) -> Option<Result<(String, Option<String>), UrlReject>> {
        let field = RepositoryField { url: Some(url.into()), directory: directory.map(str::to_owned) };
        link(&field).map(|found| found.map(|link| (link.url.to_string(), link.directory)))
    }

    #[test]
    fn all_forms_lead_to_one_repository() {
        for text in [
            "owner/name",
            "Owner/Name#v1.0.0",
            "github:owner/name",
            "github:owner/name#semver:^1",
            "https://github.com/owner/name.git#main",
            "https://github.com/owner/name#readme",
            "http://github.com/owner/name/",
            "github.com/owner/name",
            "www.github.com/owner/name.git",
            "git://github.com/owner/name.git",
            "git+https://github.com/owner/name.git",
            "git+https://token:x-oauth-basic@github.com/owner/name.git",
            "git+ssh://git@github.com/owner/name.git#abc",
            "git+ssh://git@github.com:owner/name.git",
            "ssh://git@github.com:22/owner/name",
            "git@github.com:owner/name.git",
            "https://github.com/owner/name/issues",
        ] {
            assert_eq!(read(text, None), Some(Ok(("https://github.com/owner/name".into(), None))), "{text}");
        }
        for (text, expected) in [
            ("gitlab:group/name", "https://gitlab.com/group/name"),
            ("gitlab:group/sub/name", "https://gitlab.com/group/sub/name"),
            ("bitbucket:owner/name", "https://bitbucket.org/owner/name"),
            ("gist:11081aaa281", "https://gist.github.com/11081aaa281"),
        ] {
            assert_eq!(read(text, None), Some(Ok((expected.into(), None))), "{text}");
        }
    }

    #[test]
    fn folders() {
        let folder = |url, directory| read(url, directory).and_then(Result::ok).and_then(|(_, folder)| folder);
        assert_eq!(folder("o/n", Some("./packages/core/")).as_deref(), Some("packages/core"));
        assert_eq!(folder("https://github.com/o/n/tree/main/packages/core", None).as_deref(), Some("packages/core"));
        for outside in ["../x", "a/../b", "", ".", "a\u{202e}", "a\\b"] {
            assert_eq!(folder("o/n", Some(outside)), None, "{outside}");
        }
    }

    #[test]
    fn what_is_no_repository() {
        assert_eq!(read("", None), None);
        for (text, reason) in [
            ("npm/security-holder", UrlReject::NoRepository),
            ("https://github.com/sponsors/owner", UrlReject::NoRepository),
            ("https://github.com/owner", UrlReject::NoRepository),
            ("svn://svn.example.org/x", UrlReject::Scheme),
            ("file:../x", UrlReject::NotAUrl),
            ("none", UrlReject::NotAUrl),
            ("a b/c", UrlReject::NotAUrl),
        ] {
            assert_eq!(read(text, None), Some(Err(reason)), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(git|ssh|://|:|@|/|#|github|[a-zé.]){0,12}") {
            let _ = read(&text, Some(&text));
        }
    }
}
