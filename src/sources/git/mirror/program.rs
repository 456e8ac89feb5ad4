//! Mirrors a repository by the git program, without the content of files (`--filter=blob:none`). The program gets no settings of
//! this machine, runs no hook, asks nobody for a password, and connects to exactly the address that was checked.

use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gix::ObjectId;
use gix::objs::Kind;
use url::Url;

use super::budget::Budget;
use super::place::{self, BRANCH};
use super::rules::Rules;
use super::wire::Wire;
use super::{Failure, Limits, Refusal};
use crate::sources::git::object::CommitHeader;
use crate::sources::git::open::Store;

/// Time between two looks at how far the program is.
const PAUSE: Duration = Duration::from_millis(20);

/// Files of the top folder whose content says who is who; brought although other content is left out.
const NAMED: [&str; 12] = [
    ".mailmap",
    "AUTHORS",
    "CODEOWNERS",
    "Cargo.toml",
    "MAINTAINERS",
    "OWNERS",
    "composer.json",
    "go.mod",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "setup.cfg",
];

/// Brings what the repository at `url` has and the mirror in `folder` has not; says where it was after redirects.
pub(super) fn run(
    url: &Url,
    folder: &Path,
    wire: &Wire,
    rules: &Rules,
    limits: &Limits,
    budget: &Arc<Budget>,
) -> Result<Url, Failure> {
    let found = wire.probe(url, budget)?;
    let git = Git { url: &found, folder, rules, limits, budget };
    let tags = "+refs/tags/*:refs/tags/*";
    git.fetch(&["--filter=blob:none", "--", "origin", &format!("+HEAD:{BRANCH}"), tags])?;
    let missing = missing_files(folder)?;
    if !missing.is_empty() {
        let ids: Vec<String> = missing.iter().map(ObjectId::to_string).collect();
        let ids = ids.iter().map(String::as_str);
        git.fetch(&["--", "origin"].into_iter().chain(ids).collect::<Vec<_>>())?;
    }
    Ok(found)
}

/// Files of HEAD that are named and not there.
fn missing_files(folder: &Path) -> Result<Vec<ObjectId>, Failure> {
    let mut store = Store::open(folder).map_err(Refusal::from)?;
    let head = store.head().map_err(Refusal::from)?;
    let commit = store.read(head, Kind::Commit).map_err(Refusal::from)?;
    let tree = CommitHeader::parse(commit).tree.ok_or(Refusal::Corrupt)?;
    let folder = store.read(tree, Kind::Tree).map_err(Refusal::from)?;
    let files = gix::objs::TreeRefIter::from_bytes(folder, gix::hash::Kind::Sha1).map_while(Result::ok);
    let is_named = |name: &[u8]| NAMED.iter().any(|named| named.as_bytes() == name);
    let named = files.filter(|file| file.mode.is_blob() && is_named(file.filename)).map(|file| file.oid.to_owned());
    let named: Vec<ObjectId> = named.collect();
    Ok(named.into_iter().filter(|id| store.kind(*id).is_none()).collect())
}

/// Where this machine says how to reach the outside.
const PROXIES: [&str; 6] = ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "no_proxy", "NO_PROXY"];

struct Git<'a> {
    url: &'a Url,
    folder: &'a Path,
    rules: &'a Rules,
    limits: &'a Limits,
    budget: &'a Budget,
}

impl Git<'_> {
    fn fetch(&self, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = self.command()?;
        command.args([
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            // Brings the mark of a cut history along, by which it is refused.
            "--update-shallow",
        ]);
        let child = command.args(arguments).spawn().map_err(|_| Refusal::NoProgram)?;
        self.wait(child)
    }

    /// The program without anybody's settings.
    fn command(&self) -> Result<Command, Failure> {
        let mut command = Command::new("git");
        let proxies = if self.rules.may_use_proxy() { &PROXIES[..] } else { &[] };
        let kept = ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"].iter().chain(proxies);
        command.env_clear().envs(kept.filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("HOME", "/nonexistent").env("LC_ALL", "C");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
        command.env("GIT_ALLOW_PROTOCOL", self.url.scheme()).env("GIT_NO_LAZY_FETCH", "1").env("GIT_ASKPASS", "true");
        command.arg("--git-dir").arg(self.folder);
        let mut set = |key: &str, value: &str| {
            command.arg("-c").arg(format!("{key}={value}"));
        };
        set("protocol.allow", "never");
        set(&format!("protocol.{}.allow", self.url.scheme()), "always");
        set("core.hooksPath", "/dev/null");
        set("credential.helper", "");
        set("http.followRedirects", "false");
        set("http.lowSpeedLimit", "1");
        set("http.lowSpeedTime", "60");
        set("fetch.unpackLimit", "1");
        set("gc.auto", "0");
        set("remote.origin.url", self.url.as_str());
        set("remote.origin.promisor", "true");
        set("remote.origin.partialclonefilter", "blob:none");
        if let Some(resolved) = self.resolved()? {
            set("http.curloptResolve", &resolved);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        Ok(command)
    }

    /// `host:port:address,…` of the addresses that were checked; `None` where the URL names an address itself.
    fn resolved(&self) -> Result<Option<String>, Failure> {
        let (Some(url::Host::Domain(host)), Some(port)) = (self.url.host(), self.url.port_or_known_default()) else {
            return Ok(None);
        };
        let found = self.rules.addresses(host, port).map_err(|_| Refusal::PrivateAddress)?;
        let found: Vec<String> = found
            .iter()
            .map(|address| match address {
                std::net::SocketAddr::V4(address) => address.ip().to_string(),
                std::net::SocketAddr::V6(address) => format!("[{}]", address.ip()),
            })
            .collect();
        Ok(Some(format!("{host}:{port}:{}", found.join(","))))
    }

    /// Waits for the end, and ends the program when a limit is met. What it started ends with it: it talks to it through pipes.
    fn wait(&self, mut child: Child) -> Result<(), Failure> {
        let said = child.stderr.take().map(|errors| std::thread::spawn(|| start_of(errors)));
        loop {
            if let Some(status) = child.try_wait()? {
                let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
                return if status.success() { Ok(()) } else { Err(why(&said).into()) };
            }
            let limit = if self.budget.left().is_zero() || self.budget.is_over.load(Ordering::Relaxed) {
                Err(Refusal::TooLong)
            } else {
                self.limits.check(place::bytes_on_disk(self.folder), 0)
            };
            if let Err(refusal) = limit {
                child.kill()?;
                child.wait()?;
                return Err(refusal.into());
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// What the program says first; the rest is read, so that it does not wait, and forgotten.
fn start_of(mut errors: ChildStderr) -> String {
    let mut start = Vec::new();
    let _ = errors.by_ref().take(1 << 14).read_to_end(&mut start);
    let _ = std::io::copy(&mut errors, &mut std::io::sink());
    String::from_utf8_lossy(&start).into_owned()
}

/// The program tells one thing by its words alone: that there is nothing at HEAD.
fn why(said: &str) -> Refusal {
    tracing::debug!("git: the git program says {said:?}");
    if said.contains("couldn't find remote ref HEAD") { Refusal::Empty } else { Refusal::Program }
}
