//! Canonical repository URLs: one spelling for one history.

use std::fmt;

use url::Url;

/// Where a history lives, as `https://host/path`: no user, password, port of the scheme, query, fragment, trailing slash or
/// `.git`; host in lower case; path in lower case on hosts that ignore case. Local histories are `file:///path`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryUrl(Box<str>);

/// Why a text is no repository URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UrlReject {
    /// Not a URL at all, or with control characters.
    NotAUrl,
    /// A scheme that is neither http(s), git nor ssh.
    Scheme,
    /// A path with fewer parts than a repository has, or one that only looks like a repository (`sponsors/…`).
    NoRepository,
}

impl UrlReject {
    /// The reason in words, for read reports.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotAUrl => "repository link is not a URL",
            Self::Scheme => "repository link has a scheme that cannot be mirrored",
            Self::NoRepository => "repository link names no repository",
        }
    }
}

/// Longest URL that is kept, in bytes, also after what is no ASCII was escaped.
const MAX_BYTES: usize = 2000;

/// Forges whose web pages show `owner/name`; further path parts are views of it.
const FLAT_FORGES: [&str; 4] = ["github.com", "codeberg.org", "bitbucket.org", "gitea.com"];

/// First path parts of forge pages that are no owner.
const NOT_OWNERS: [&str; 12] = [
    "sponsors",
    "orgs",
    "users",
    "topics",
    "marketplace",
    "settings",
    "features",
    "about",
    "apps",
    "security",
    "login",
    "explore",
];

impl RepositoryUrl {
    /// Reads what may be given to `git clone`: https, http, git, ssh and `user@host:path` forms.
    pub fn parse(text: &str) -> Result<Self, UrlReject> {
        let url = to_url(text)?;
        let host = host(&url)?;
        let path = without_suffix(url.path().split('/').filter(|part| !part.is_empty()).collect());
        let needed = if is_flat(&host) { 2 } else { 1 };
        if path.len() < needed || (needed == 2 && NOT_OWNERS.contains(&path[0].to_lowercase().as_str())) {
            return Err(UrlReject::NoRepository);
        }
        Self::assemble(&url, &host, &path)
    }

    /// The repository a forge's web page belongs to, and the folder of it the page shows. `Err(NoRepository)` for a page that
    /// is on no known forge: most home pages are not repositories.
    pub fn from_web_page(text: &str) -> Result<(Self, Option<String>), UrlReject> {
        let url = to_url(text)?;
        let host = host(&url)?;
        let path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        let is_gitlab = host.starts_with("gitlab.") || host.starts_with("salsa.");
        let length = if is_flat(&host) {
            2
        } else if is_gitlab {
            path.iter().position(|part| *part == "-").unwrap_or(path.len())
        } else {
            return Err(UrlReject::NoRepository);
        };
        if length < 2 || path.len() < length || NOT_OWNERS.contains(&path[0].to_lowercase().as_str()) {
            return Err(UrlReject::NoRepository);
        }
        let repository = without_suffix(path[..length].to_vec());
        if repository.len() < 2 {
            return Err(UrlReject::NoRepository);
        }
        let view = path[length..].iter().position(|part| matches!(*part, "tree" | "blob" | "src"));
        let directory = view.map(|at| path[length + at + 1..].iter().skip(1).copied().collect::<Vec<_>>().join("/"));
        Ok((Self::assemble(&url, &host, &repository)?, directory.filter(|folder| !folder.is_empty())))
    }

    /// A history on this machine's disk, named by an id that does not tell the folder: `file:///NAME`.
    pub fn local(name: &str) -> Self {
        let clean = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
        let parts = name.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..");
        let parts: Vec<String> = parts.map(|part| part.chars().map(clean).collect()).collect();
        Self(format!("file:///{}", parts.join("/")).into())
    }

    /// A URL that was published before, taken as it stands.
    pub fn from_published(url: &str) -> Self {
        Self(url.into())
    }

    /// Canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn assemble(url: &Url, host: &str, path: &[&str]) -> Result<Self, UrlReject> {
        let mut joined = path.join("/");
        if is_flat(host) {
            joined.make_ascii_lowercase();
        }
        // All are spelled as https, whose own port goes without saying.
        let is_kept = |port: &u16| *port != 443 && matches!(url.scheme(), "http" | "https");
        let port = url.port().filter(is_kept).map(|port| format!(":{port}"));
        // An `@` in a path is legal but would read as an address to whoever scans the output.
        let text = format!("https://{host}{}/{}", port.unwrap_or_default(), joined.replace('@', "%40"));
        if text.len() > MAX_BYTES { Err(UrlReject::NotAUrl) } else { Ok(Self(text.into())) }
    }
}

/// The parts of a path without `.git` at their end, however often it stands there. None at all when what is left leads elsewhere, as
/// `...git` does.
fn without_suffix(mut path: Vec<&str>) -> Vec<&str> {
    let is_dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    while let Some(last) = path.pop() {
        let stem = last.trim_end_matches(".git");
        if is_dots(stem) {
            return Vec::new();
        }
        if !stem.is_empty() {
            path.push(stem);
            break;
        }
    }
    path
}

fn is_flat(host: &str) -> bool {
    FLAT_FORGES.contains(&host)
}

fn host(url: &Url) -> Result<String, UrlReject> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(UrlReject::NotAUrl)?.to_lowercase();
    let bare = host.trim_start_matches("www.");
    Ok(if bare.is_empty() { host } else { bare.to_owned() })
}

fn to_url(text: &str) -> Result<Url, UrlReject> {
    let text = text.trim();
    if text.len() > MAX_BYTES || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(UrlReject::NotAUrl);
    }
    let text = text.strip_prefix("git+").unwrap_or(text);
    let owned = match text.split_once("://") {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => format!("{}://{rest}", scheme.to_ascii_lowercase()),
            "git" | "ssh" => format!("https://{}", without_port(rest)),
            _ => return Err(UrlReject::Scheme),
        },
        // `git@host:owner/name`, the form ssh takes.
        None => match text.split_once(':') {
            Some((host, path)) if host.contains('@') && !path.starts_with('\\') => format!("https://{host}/{path}"),
            _ => return Err(UrlReject::NotAUrl),
        },
    };
    Url::parse(&owned).map_err(|_| UrlReject::NotAUrl)
}

/// Drops `:port` of an ssh or git address, which means nothing over https.
fn without_port(rest: &str) -> String {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority =
        authority.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(authority, |(host, _)| host);
    format!("{authority}/{path}")
}

impl fmt::Display for RepositoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_one_history() {
        let expected = "https://github.com/tukaani-project/xz";
        for text in [
            "https://github.com/tukaani-project/xz",
            "http://www.github.com/Tukaani-Project/xz.git/",
            "git://github.com/tukaani-project/xz.git",
            "git@github.com:tukaani-project/xz.git",
            "ssh://git@github.com:22/tukaani-project/xz.git",
            "git+https://user:secret@github.com/tukaani-project/xz#readme",
        ] {
            assert_eq!(RepositoryUrl::parse(text).map(|url| url.to_string()).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "https://example.org/x/.git",
            "https://www.www.example.org/x.git.git/",
            "http://example.org:443/x",
            "https://example.org/x/.git/.git",
        ] {
            assert_eq!(RepositoryUrl::parse(text).map(|url| url.to_string()).as_deref(), Ok("https://example.org/x"), "{text}");
        }
        let salsa = RepositoryUrl::parse("https://salsa.debian.org/Games-team/0ad.git").expect("a repository");
        assert_eq!(salsa.as_str(), "https://salsa.debian.org/Games-team/0ad", "case counts where the host says so");
    }

    #[test]
    fn what_is_no_repository() {
        let reject = |text| RepositoryUrl::parse(text).expect_err(text);
        assert_eq!(reject("svn://svn.example.org/x"), UrlReject::Scheme);
        assert_eq!(reject("file:///etc/passwd"), UrlReject::Scheme);
        assert_eq!(reject("../../etc"), UrlReject::NotAUrl);
        assert_eq!(reject("https://github.com/\u{7}x/y"), UrlReject::NotAUrl);
        assert_eq!(reject("https://github.com/sponsors/somebody"), UrlReject::NoRepository);
        assert_eq!(reject("https://github.com/onlyowner"), UrlReject::NoRepository);
        assert_eq!(reject(""), UrlReject::NotAUrl);
        for text in [
            "https://example.org/.git",
            "https://github.com/owner/.git",
            "https://example.org/a/b/...git",
            "https://example.org/a/%2E%2e.git",
        ] {
            assert_eq!(reject(text), UrlReject::NoRepository, "{text}");
        }
        assert_eq!(RepositoryUrl::from_web_page("https://gitlab.com/a/.git/-/tree/x"), Err(UrlReject::NoRepository));
        assert_eq!(reject(&format!("https://example.org/{}", "é".repeat(900))), UrlReject::NotAUrl);
    }

    #[test]
    fn web_pages_lead_to_repositories_and_folders() {
        let page = |text| RepositoryUrl::from_web_page(text).map(|(url, folder)| (url.to_string(), folder));
        assert_eq!(
            page("https://github.com/babel/babel/tree/main/packages/core"),
            Ok(("https://github.com/babel/babel".into(), Some("packages/core".into())))
        );
        assert_eq!(page("https://gitlab.gnome.org/GNOME/glib/-/tree/main/gio").map(|p| p.1), Ok(Some("gio".into())));
        assert_eq!(page("https://play0ad.com/"), Err(UrlReject::NoRepository));
    }

    #[test]
    fn dots_in_a_path_do_not_escape() {
        let url = RepositoryUrl::parse("https://example.org/../../x/../y").expect("a repository");
        assert_eq!(url.as_str(), "https://example.org/y");
        assert_eq!(RepositoryUrl::local("../a b").as_str(), "file:///a_b");
    }
}
