//! What is mirrored, and from where: worked out from the job before anything is asked.

use std::path::{Path, PathBuf};

use url::Url;

use super::Refusal;
use crate::ids::RepositoryUrl;
use crate::job::{GitRepository, MirrorSettings};
use crate::sources::FetchContext;

/// One repository to mirror.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// What it is called.
    pub(super) url: RepositoryUrl,
    /// Where it is fetched from, or why it cannot be.
    pub(super) origin: Result<Origin, Refusal>,
}

/// Where a repository is fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A server.
    Server(Url),
    /// A folder of this machine. Only a job names one.
    Folder(PathBuf),
}

impl Target {
    /// The target of `repository`, known as `url`. A `file:///NAME` without `from` is fetched from nowhere.
    pub(super) fn new(url: RepositoryUrl, repository: &GitRepository, settings: &MirrorSettings, context: &FetchContext) -> Self {
        let base = context.bases.get(super::NAME).map(String::as_str);
        let origin = match (&repository.from, base) {
            (Some(from), _) => origin_of(from, settings, &context.job_folder),
            (None, Some(base)) => below(base, &url),
            (None, None) => server(&repository.url, &url, settings),
        };
        Self { url, origin }
    }

    /// Host by which askings are limited; folders have none.
    pub(super) fn host(&self) -> Option<String> {
        match &self.origin {
            Ok(Origin::Server(url)) => url.host_str().map(str::to_owned),
            _ => None,
        }
    }
}

/// What `from` of a job means.
fn origin_of(from: &str, settings: &MirrorSettings, job_folder: &Path) -> Result<Origin, Refusal> {
    match from.split_once("://") {
        Some(("file", path)) => Ok(Origin::Folder(PathBuf::from(path))),
        Some(("http" | "https", _)) => http(from, settings).map(Origin::Server),
        Some(_) => Err(Refusal::Scheme),
        None => Ok(Origin::Folder(job_folder.join(from))),
    }
}

/// `--base git=URL`: every repository lies below it by host and path.
fn below(base: &str, url: &RepositoryUrl) -> Result<Origin, Refusal> {
    let path = url.as_str().split_once("://").map_or(url.as_str(), |(_, path)| path);
    Url::parse(&format!("{}/{path}", base.trim_end_matches('/'))).map(Origin::Server).map_err(|_| Refusal::Scheme)
}

/// As the job writes it where that is http(s): paths may differ in case. Else the canonical form, which is https.
fn server(written: &str, url: &RepositoryUrl, settings: &MirrorSettings) -> Result<Origin, Refusal> {
    let is_http = written.starts_with("https://") || written.starts_with("http://");
    http(if is_http { written } else { url.as_str() }, settings).map(Origin::Server)
}

/// Over https, unless the job allows http or the host is this machine.
fn http(text: &str, settings: &MirrorSettings) -> Result<Url, Refusal> {
    let mut url = Url::parse(text).map_err(|_| Refusal::Scheme)?;
    let is_loopback = url.host_str().is_some_and(|host| host == "localhost" || host == "[::1]" || host.starts_with("127."));
    if url.scheme() == "http" && !settings.allow_http && !is_loopback {
        url.set_scheme("https").map_err(|()| Refusal::Scheme)?;
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(written: &str, from: Option<&str>, base: Option<&str>) -> Result<Origin, Refusal> {
        let context = FetchContext {
            cache: "cache".into(),
            is_offline: false,
            job_folder: "/jobs".into(),
            inputs: Default::default(),
            bases: base.map(|base| ("git".to_owned(), base.to_owned())).into_iter().collect(),
            cargo_home: None,
            network: Default::default(),
        };
        let repository = GitRepository { path: None, url: written.into(), from: from.map(str::to_owned) };
        let url = crate::sources::repository_name::parse_url(written).expect(written);
        Target::new(url, &repository, &super::super::tests::settings(), &context).origin
    }

    fn server(text: &str) -> Result<Origin, Refusal> {
        Ok(Origin::Server(Url::parse(text).expect(text)))
    }

    #[test]
    fn where_repositories_are_fetched_from() {
        assert_eq!(origin("https://example.org/A/b.git", None, None), server("https://example.org/A/b.git"));
        assert_eq!(origin("http://example.org/a?x=1#y", None, None), server("https://example.org/a"));
        assert_eq!(origin("http://127.0.0.1:8080/a", None, None), server("http://127.0.0.1:8080/a"));
        assert_eq!(origin("git@example.org:a/b.git", None, None), server("https://example.org/a/b"));
        assert_eq!(origin("https://example.org/a", Some("../x"), None), Ok(Origin::Folder("/jobs/../x".into())));
        assert_eq!(origin("https://example.org/a", Some("file:///srv/x"), None), Ok(Origin::Folder("/srv/x".into())));
        assert_eq!(origin("https://example.org/a", Some("ext::sh -c x"), None), Ok(Origin::Folder("/jobs/ext::sh -c x".into())));
        assert_eq!(origin("https://example.org/a", Some("ssh://example.org/x"), None), Err(Refusal::Scheme));
        assert_eq!(
            origin("https://example.org/a", None, Some("http://127.0.0.1:1/m/")),
            server("http://127.0.0.1:1/m/example.org/a")
        );
        assert_eq!(origin("file:///name", None, None), Err(Refusal::Scheme), "a name is no path");
    }
}
