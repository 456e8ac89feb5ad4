//! Lists that people made: who is the same person, whom nobody should join by, where trust starts, who opted out, what is
//! published.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::error::{Digested, JobError};

/// All decision files of a job.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// Names that belong to nobody in particular, in lower case (`root`, `unknown`): they never join accounts.
    pub blocked_names: BTreeSet<String>,
    /// Local parts of addresses that stand for a role (`admin`, `noreply`), in lower case: they never join accounts.
    pub blocked_local_parts: BTreeSet<String>,
    /// The given name that a nickname stands for, both in lower case without accents.
    pub nicknames: BTreeMap<String, String>,
    /// Pairs of person ids, as published, that are one person.
    pub joins: Vec<[String; 2]>,
    /// Person ids, as published, that must appear nowhere. They stay in the graph as anonymous mass.
    pub opted_out: BTreeSet<String>,
    /// Nodes whose prior is given, and packages held at 0.
    pub seeds: Vec<Seed>,
    /// Which columns are published.
    pub visibility: Visibility,
}

/// A node whose earned trust people decided.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Purl, repository URL or person id, as published.
    pub node: String,
    /// Its prior, 0..=1.
    pub prior: f64,
    /// Why, with a source.
    pub reason: String,
    /// A package published as malicious: its score is 0 and nothing it says counts.
    #[serde(skip)]
    pub is_pinned: bool,
}

/// A package that somebody who looked at it published as malicious.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaliciousPackage {
    /// Its purl.
    package: String,
    /// What was published, where.
    reason: String,
}

/// Columns by table: `public` or `private`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Visibility(pub BTreeMap<String, BTreeMap<String, ColumnVisibility>>);

/// Whether a column leaves the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnVisibility {
    /// Written to the snapshot.
    Public,
    /// Left out.
    Private,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityFile {
    blocked_names: BTreeSet<String>,
    blocked_local_parts: BTreeSet<String>,
    nicknames: BTreeMap<String, BTreeSet<String>>,
    joins: Vec<[String; 2]>,
}

impl IdentityFile {
    /// Given names by nickname; the first nickname that stands for two is refused, and so is one of a nickname.
    fn nicknames(&self) -> Result<BTreeMap<String, String>, String> {
        let mut names = BTreeMap::new();
        for (name, nicknames) in &self.nicknames {
            for nickname in nicknames {
                if self.nicknames.contains_key(nickname) || names.insert(nickname.clone(), name.clone()).is_some() {
                    return Err(format!("nickname `{nickname}` stands for more than one given name; keep it under one, or none"));
                }
            }
        }
        Ok(names)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptOutFile {
    opted_out: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedsFile {
    seeds: Vec<Seed>,
    malicious: Vec<MaliciousPackage>,
}

impl Decisions {
    /// Reads `identity.toml`, `opt_out.toml`, `seeds.toml` and `visibility.toml` in `folder`.
    pub(super) fn read(folder: &Path, digest: &mut Digested) -> Result<Self, JobError> {
        let identity: IdentityFile = digest.read_toml(&folder.join("identity.toml"))?;
        let nicknames = identity.nicknames();
        let nicknames = nicknames.map_err(|what| JobError::Parameter { path: folder.join("identity.toml"), what })?;
        let opt_out: OptOutFile = digest.read_toml(&folder.join("opt_out.toml"))?;
        let seeds: SeedsFile = digest.read_toml(&folder.join("seeds.toml"))?;
        let visibility = digest.read_toml(&folder.join("visibility.toml"))?;
        if let Some(seed) = seeds.seeds.iter().find(|seed| !(0.0..=1.0).contains(&seed.prior)) {
            let what = format!("seed `{}` has prior {}, which is outside 0..=1", seed.node, seed.prior);
            return Err(JobError::Parameter { path: folder.join("seeds.toml"), what });
        }
        let pinned = seeds.malicious.into_iter().map(|MaliciousPackage { package, reason }| Seed {
            node: package,
            prior: 0.0,
            reason,
            is_pinned: true,
        });
        Ok(Self {
            seeds: seeds.seeds.into_iter().chain(pinned).collect(),
            blocked_names: identity.blocked_names,
            blocked_local_parts: identity.blocked_local_parts,
            nicknames,
            joins: identity.joins,
            opted_out: opt_out.opted_out,
            visibility,
        })
    }
}
