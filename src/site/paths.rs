//! Where each page stands. An address depends on the node alone, so that it stays the same from snapshot to snapshot.
//!
//! `package/debian/xz/xz-utils.html`, `repository/github.com/xz/tukaani-project~xz.html`: a file a node, in folders of a few
//! thousand at most. File names hold only `a-z 0-9 . + - _ ~`, differ on file systems that ignore case, and are short.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::ordered::hex;

/// Longest file name without its ending.
const MAX_SLUG: usize = 120;

/// Names that are devices on one operating system whatever their ending, and the name of lists.
const RESERVED: [&str; 23] = [
    "index", "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A safe file name that is different for different texts: `/` becomes `~`, `_` becomes `__`, every other byte outside
/// `a-z 0-9 . + -` becomes `_` and two hexadecimal digits; long names end in a digest.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'.' if at == 0 => slug.push_str("_2e"),
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'+' | b'-' => slug.push(char::from(byte)),
            b'/' => slug.push('~'),
            b'_' => slug.push_str("__"),
            _ => write!(slug, "_{byte:02x}").expect("writing to a string"),
        }
    }
    let stem = slug.split('.').next().unwrap_or_default();
    if slug.is_empty() {
        slug.push('_');
    } else if RESERVED.contains(&stem) {
        let first = slug.remove(0);
        slug.insert_str(0, &format!("_{:02x}", first as u32));
    }
    if slug.len() > MAX_SLUG {
        slug.truncate(MAX_SLUG - 18);
        write!(slug, "_-{}", &digest(text)[..16]).expect("writing to a string");
    }
    slug
}

/// Page of a package.
pub(super) fn package(ecosystem: &str, name: &str) -> String {
    let slug = slug(name);
    format!("package/{}/{}/{slug}.html", self::slug(ecosystem), shelf(&slug))
}

/// Page of a repository.
pub(super) fn repository(url: &str) -> String {
    let (host, path) = match (url.strip_prefix("https://"), url.strip_prefix("file:///")) {
        (Some(rest), _) => rest.split_once('/').map_or((slug(rest), ""), |(host, path)| (slug(host), path)),
        (None, Some(path)) => ("_local".to_owned(), path),
        (None, None) => ("_other".to_owned(), url),
    };
    let name = slug(path.rsplit('/').next().unwrap_or_default());
    format!("repository/{host}/{}/{}.html", shelf(&name), slug(path))
}

/// Page of a person or team. Ids are pseudonyms: twelve characters tell them apart.
pub(super) fn identity(kind: &str, id: &str) -> String {
    let slug: String = slug(id).chars().take(12).collect();
    format!("{kind}/{}/{slug}.html", shelf(&slug[slug.len().saturating_sub(2)..]))
}

/// The page that all nodes without a page of their own share; a script fills it with what the address behind `#` names.
pub(super) const SHARED: &str = "node.html";

/// Address of a node without a page of its own. That of a repository leaves `https://` out.
pub(super) fn shared(kind: &str, id: &str) -> String {
    let id = if kind == "repository" { id.strip_prefix("https://").unwrap_or(id) } else { id };
    format!("{SHARED}#{kind}/{}", super::escape::percent(id).replace(':', "%3A"))
}

/// Whether `page` is the one that many nodes share.
pub(super) fn is_shared(page: &str) -> bool {
    page.split_once('#').is_some_and(|(page, _)| page == SHARED)
}

/// Page of an ecosystem.
pub(super) fn ecosystem(name: &str) -> String {
    format!("ecosystem/{}.html", slug(name))
}

/// Page of a signal.
pub(super) fn signal(name: &str) -> String {
    format!("signal/{}.html", slug(name))
}

/// The way from the page `from` to the file `to`, both seen from the root of the site; never absolute.
pub(super) fn relative(from: &str, to: &str) -> String {
    let shared = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b).count();
    let shared = from[..shared].rfind('/').map_or(0, |slash| slash + 1);
    let ups = from[shared..].matches('/').count();
    format!("{}{}", "../".repeat(ups), &to[shared..])
}

/// The way from the page `from` to the root of the site: empty or ends in `/`.
pub(super) fn to_root(from: &str) -> String {
    "../".repeat(from.matches('/').count())
}

/// Lower-case hexadecimal SHA-256 of `text`.
pub(super) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Folder of a file name: its first two characters, and the first four of the many names that begin with `lib`.
pub(super) fn shelf(slug: &str) -> String {
    let length = if slug.starts_with("lib") && slug.len() > 3 { 4 } else { 2 };
    let shelf: String = slug.chars().take(length).map(|c| if c == '.' || c == '~' { '-' } else { c }).collect();
    shelf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_safe_and_stay_apart() {
        assert_eq!(package("debian", "xz-utils"), "package/debian/xz/xz-utils.html");
        assert_eq!(package("debian", "libsigc++-2.0"), "package/debian/libs/libsigc++-2.0.html");
        assert_eq!(repository("https://github.com/tukaani-project/xz"), "repository/github.com/xz/tukaani-project~xz.html");
        assert_eq!(repository("file:///linux"), "repository/_local/li/linux.html");
        assert_eq!(slug("Games"), "_47ames");
        assert_eq!(slug("con.txt"), "_63on.txt");
        assert_eq!(slug("index"), "_69ndex");
        assert_eq!(slug(""), "_");
        for hostile in ["..", ".", "../../etc/passwd", "a\\b", "NUL", "\u{202E}", &"x".repeat(300), "a b%2f", "x\0y"] {
            let slug = slug(hostile);
            assert!(slug.len() <= MAX_SLUG && !slug.starts_with('.'), "{slug}");
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".+-_~".contains(&b)), "{slug}");
            let path = package("debian", hostile);
            assert!(!path.split('/').any(|part| part.is_empty() || part == "." || part == ".."), "{path}");
        }
        assert_ne!(slug(&"x".repeat(300)), slug(&"x".repeat(301)));
        assert_ne!(slug("a_2f"), slug("a/"));
    }

    #[test]
    fn links_are_relative() {
        assert_eq!(relative("package/debian/xz/xz-utils.html", "package/debian/xz/xzoom.html"), "xzoom.html");
        assert_eq!(relative("package/debian/xz/xz-utils.html", "package/debian/libx/libxml2.html"), "../libx/libxml2.html");
        assert_eq!(relative("index.html", "method.html"), "method.html");
        assert_eq!(relative("signal/a.html", "package/debian/xz/x.html"), "../package/debian/xz/x.html");
        assert_eq!(to_root("package/debian/xz/xz-utils.html"), "../../../");
        assert_eq!(to_root("index.html"), "");
    }
}
