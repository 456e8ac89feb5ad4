//! Links to repositories: `Vcs-Git: URL -b branch [folder]`, and home pages on a forge.
//!
//! Form: <https://www.debian.org/doc/debian-policy/ch-controlfields.html#s-f-vcs-fields>.

use crate::ids::RepositoryUrl;
use crate::tables::{LinkRelation, ReadReport};

/// A link as one stanza gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The repository.
    pub(super) url: RepositoryUrl,
    /// What it holds.
    pub(super) relation: LinkRelation,
    /// Folder in it.
    pub(super) directory: Option<String>,
    /// Branch of it.
    pub(super) branch: Option<String>,
}

/// Reads a `Vcs-Git` field. What is refused is counted against stanza `number`.
pub(super) fn packaging(field: &str, number: u64, report: &mut ReadReport) -> Option<Link> {
    let mut words = field.split_whitespace();
    let url = match RepositoryUrl::parse(words.next()?) {
        Ok(url) => url,
        Err(reject) => {
            report.reject(reject.reason(), number);
            return None;
        }
    };
    let (mut directory, mut branch) = (None, None);
    while let Some(word) = words.next() {
        let folder = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
        let is_understood = match (word, folder) {
            (_, Some(folder)) => {
                directory = clean_directory(folder);
                directory.is_some()
            }
            ("-b", None) => {
                branch = words.next().filter(|name| is_branch(name)).map(str::to_owned);
                branch.is_some()
            }
            _ => false,
        };
        if !is_understood {
            report.reject("repository link has an option, branch or folder that is not understood", number);
        }
    }
    Some(Link { url, relation: LinkRelation::Packaging, directory, branch })
}

/// The repository a home page belongs to, when it is on a forge. Most are not, so nothing is counted.
pub(super) fn upstream(homepage: &str) -> Option<Link> {
    let (url, directory) = RepositoryUrl::from_web_page(homepage).ok()?;
    let directory = directory.as_deref().and_then(clean_directory);
    Some(Link { url, relation: LinkRelation::Upstream, directory, branch: None })
}

/// A folder without leading, trailing or doubled slashes; `None` when it leaves the repository or holds odd characters.
fn clean_directory(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let is_plain = |part: &&str| *part != ".." && part.chars().all(|c| c.is_alphanumeric() || "._+-~@%".contains(c));
    let joined = parts.join("/");
    let is_kept = !parts.is_empty()
        && joined.len() <= 200
        && parts.iter().all(is_plain)
        && !crate::sources::homepage::holds_an_address(&joined);
    is_kept.then_some(joined)
}

/// A branch name that git itself would take, in plain characters.
/// <https://git-scm.com/docs/git-check-ref-format>
fn is_branch(text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._+-/%#".contains(c));
    is_plain
        && (1..=200).contains(&text.len())
        && !text.starts_with(['-', '/', '.'])
        && !text.contains("..")
        && !text.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// URL, folder and branch of a link.
    type Parts = (String, Option<String>, Option<String>);

    fn read(field: &str) -> (Option<Parts>, u64) {
        let mut report = ReadReport::new("debian", "test");
        let link = packaging(field, 1, &mut report);
        (link.map(|link| (link.url.to_string(), link.directory, link.branch)), report.reject_count())
    }

    #[test]
    fn options_of_vcs_git() {
        let url = "https://salsa.debian.org/a/b";
        for (field, directory, branch, rejects) in [
            ("https://salsa.debian.org/a/b.git", None, None, 0),
            ("https://salsa.debian.org/a/b.git [src/c]", Some("src/c"), None, 0),
            ("https://salsa.debian.org/a/b.git -b debian/master", None, Some("debian/master"), 0),
            ("https://salsa.debian.org/a/b.git  -b  main [./src/c/]", Some("src/c"), Some("main"), 0),
            ("https://salsa.debian.org/a/b.git [c] -b main", Some("c"), Some("main"), 0),
            ("git://salsa.debian.org/a/b.git -v main", None, None, 2),
            ("https://salsa.debian.org/a/b.git [../../etc]", None, None, 1),
            ("https://salsa.debian.org/a/b.git -b --upload-pack=x", None, None, 1),
            ("https://salsa.debian.org/a/b.git -b", None, None, 1),
            ("https://salsa.debian.org/a/b.git []", None, None, 1),
        ] {
            let own = |text: Option<&str>| text.map(str::to_owned);
            assert_eq!(read(field), (Some((url.into(), own(directory), own(branch))), rejects), "{field}");
        }
    }

    #[test]
    fn what_cannot_be_mirrored_is_counted() {
        for field in ["svn://svn.example.org/x", "../../etc", "https://github.com/only-owner", "javascript:x"] {
            assert_eq!(read(field), (None, 1), "{field}");
        }
        assert_eq!(read("  "), (None, 0));
    }

    #[test]
    fn home_pages_on_a_forge() {
        let page = |text| upstream(text).map(|link| (link.url.to_string(), link.directory));
        assert_eq!(page("https://github.com/A/b/tree/main/c/d"), Some(("https://github.com/a/b".into(), Some("c/d".into()))));
        assert_eq!(page("https://example.org/a/b"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(field in "(https://salsa\\.debian\\.org/a/b)?[ab/.\\[\\] é-]{0,40}") {
            read(&field);
        }
    }
}
