//! How git repositories are mirrored: limits, what may be reached, and which repositories.

use serde::Deserialize;

/// `[sources.git.mirror]`. Every limit is stated in the job; none has a default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorSettings {
    /// Repositories mirrored at once, 1..=256.
    pub parallel: usize,
    /// Of these, at most so many from one host, 1..=256.
    pub parallel_per_host: usize,
    /// Seconds one try of one repository may take, 1..=86400.
    pub max_seconds: u64,
    /// Bytes one try may receive, and bytes the mirror may take on disk.
    pub max_bytes: u64,
    /// Objects one mirror may hold.
    pub max_objects: u64,
    /// Tries a repository, the first included, 1..=20.
    pub tries: u32,
    /// Wait before the second try, in seconds; doubled before each further one, and never above a minute.
    pub pause_seconds: f64,
    /// A repository that was asked so recently is not asked again; 0 = always.
    pub fresh_hours: f64,
    /// Mirror by the git program, without the content of files: less to receive, and no other way can leave it out.
    #[serde(default)]
    pub use_git_program: bool,
    /// Hosts that may be asked; empty = all.
    #[serde(default)]
    pub allow_hosts: Vec<String>,
    /// Reach addresses of this machine and of private networks too, and use the proxy this machine is configured for.
    #[serde(default)]
    pub allow_private_addresses: bool,
    /// Take `http://` URLs of the job as they stand, without encryption; else they are asked over https.
    #[serde(default)]
    pub allow_http: bool,
    /// Also mirror repositories that listed packages link to.
    #[serde(default)]
    pub from_links: bool,
    /// Of those, at most so many, the most critical first; `None` = all.
    pub max_links: Option<usize>,
}

impl MirrorSettings {
    /// Refuses numbers outside their range.
    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = |key: &str, range: &str| Err(format!("sources.git.mirror.{key} is out of range; give a number {range}"));
        if !(1..=256).contains(&self.parallel) {
            return wrong("parallel", "from 1 to 256");
        }
        if !(1..=256).contains(&self.parallel_per_host) {
            return wrong("parallel_per_host", "from 1 to 256");
        }
        if !(1..=86_400).contains(&self.max_seconds) {
            return wrong("max_seconds", "from 1 to 86400");
        }
        if !(1..=20).contains(&self.tries) {
            return wrong("tries", "from 1 to 20");
        }
        if !(0.0..=60.0).contains(&self.pause_seconds) {
            return wrong("pause_seconds", "from 0 to 60");
        }
        if !(0.0..=100_000.0).contains(&self.fresh_hours) {
            return wrong("fresh_hours", "from 0 to 100000");
        }
        match self.max_links {
            Some(_) if !self.from_links => Err("sources.git.mirror.max_links does nothing without from_links = true".to_owned()),
            _ => Ok(()),
        }
    }
}
