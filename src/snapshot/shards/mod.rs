//! `lookup.json` and `lookup.jsonl.gz`: what a policy asks about packages, in pieces that are fetched one by one.
//!
//! Whole tables are much to fetch for one lockfile. `lookup.jsonl.gz` holds the same rows by key, cut into shards by the digest of the
//! key; each shard is one gzip member, so that the file as a whole reads with `zcat`. `lookup.json` says where each begins and what
//! digest it has, and itself stands in `SHA256SUMS`: nothing that is judged was not checked.

mod make;
mod of_folder;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use make::{LookupFiles, lookup_files};
pub(super) use of_folder::lookup_of;
pub(super) use read::problems;
pub use read::{Bring, Shards};

use crate::sources::Piece;

/// Where the shards are, and their digests.
pub const LOOKUP_INDEX: &str = "lookup.json";

/// The shards.
pub const LOOKUP_DATA: &str = "lookup.jsonl.gz";

/// Metrics of packages that are looked up: those a threshold may name.
pub const LOOKED_UP_METRICS: [&str; 6] = ["trust", "own", "control", "vouching", "dependencies", "effective_maintainers"];

/// Columns of `packages` that name a repository; what is found about it stands with the package too.
const LINKS: [&str; 3] = ["packaging_repository_url", "upstream_repository_url", "source_repository_url"];

/// Packages a shard, at most on average. Smaller shards cost more digests, larger ones more rows nobody asked for; a lockfile of 1,000
/// among 5 million packages costs least near here.
const PACKAGES_A_SHARD: usize = 128;

/// An index never has more than 2 to this many shards.
const MAX_SHARD_BITS: u32 = 20;

/// One table as far as it is looked up.
struct LookedUp {
    table: &'static str,
    /// Text column that is looked up.
    key: &'static str,
    /// What stands with each key.
    columns: &'static [&'static str],
    /// Words that the columns must hold.
    only: &'static [(&'static str, &'static [&'static str])],
}

/// What is looked up.
const TABLES: [LookedUp; 7] = [
    LookedUp {
        table: "packages",
        key: "purl",
        columns: &["ecosystem", "name", "status", "is_orphaned", "is_listed", LINKS[0], LINKS[1], LINKS[2]],
        only: &[],
    },
    LookedUp { table: "binaries", key: "binary_name", columns: &["ecosystem", "purl"], only: &[("ecosystem", &["debian"])] },
    LookedUp {
        table: "scores",
        key: "node_id",
        columns: &["metric", "node_kind", "value", "null_reason"],
        only: &[("metric", &LOOKED_UP_METRICS), ("node_kind", &["package"])],
    },
    LookedUp {
        table: "findings",
        key: "node_id",
        columns: &["signal", "answer", "is_alert", "first_seen", "evidence"],
        only: &[("answer", &["yes"])],
    },
    LookedUp { table: "publishes", key: "purl", columns: &["version", "published", "is_yanked"], only: &[] },
    LookedUp { table: "provenance", key: "purl", columns: &["version", "is_verified", "reason"], only: &[] },
    LookedUp { table: "advisories", key: "purl", columns: &["advisory_id", "kind", "versions", "is_all_versions"], only: &[] },
];

/// Tables of a snapshot that are looked up.
pub const LOOKED_UP_TABLES: [&str; 7] = {
    let mut names = [""; 7];
    let mut at = 0;
    while at < names.len() {
        names[at] = TABLES[at].table;
        at += 1;
    }
    names
};

/// `lookup.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ShardIndex {
    /// Id of the snapshot it belongs to.
    snapshot: String,
    /// How to use the two files by hand.
    how_to: String,
    /// Leading bits of the SHA-256 of a key that number its shard.
    shard_bits: u32,
    /// Tables it holds, with the columns of their rows.
    tables: BTreeMap<String, ShardTable>,
    /// Size of each shard; 0: nothing is in it. A shard begins where the one before it ends.
    sizes_bytes: Vec<u64>,
    /// SHA-256 of each shard, hexadecimal; empty where nothing is in it.
    sha256: Vec<String>,
}

/// One table of the index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ShardTable {
    /// Text column that is looked up.
    key: String,
    /// Columns of each row, without the key.
    columns: Vec<String>,
}

impl ShardIndex {
    /// What is wrong with its numbers; `None`: they fit each other.
    fn problem(&self) -> Option<&'static str> {
        let count = 1_usize.checked_shl(self.shard_bits).filter(|_| self.shard_bits <= MAX_SHARD_BITS);
        let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let mut total: u64 = 0;
        for (size, sha256) in self.sizes_bytes.iter().zip(&self.sha256) {
            let Some(sum) = total.checked_add(*size) else { return Some("its sizes are too large") };
            total = sum;
            if (*size == 0) != sha256.is_empty() || !(sha256.is_empty() || is_digest(sha256)) {
                return Some("a shard has no digest");
            }
        }
        let is_whole = Some(self.sizes_bytes.len()) == count && Some(self.sha256.len()) == count;
        (!is_whole).then_some("it does not list as many shards as it says")
    }

    /// Where every shard is. Empty ones have no digest.
    fn pieces(&self) -> Vec<Piece> {
        let mut start = 0;
        let piece = |(size, sha256): (&u64, &String)| {
            let piece = Piece { start, size_bytes: *size, sha256: sha256.clone() };
            start += size;
            piece
        };
        self.sizes_bytes.iter().zip(&self.sha256).map(piece).collect()
    }
}

/// Number of the shard of `key`.
fn shard_of(key: &str, shard_bits: u32) -> u32 {
    let digest = Sha256::digest(key.as_bytes());
    let head = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    head.checked_shr(32 - shard_bits).unwrap_or(0)
}

/// Keys of repositories have no shard of their own: what is found about them stands with the packages that name them.
fn has_own_shard(key: &str) -> bool {
    key.starts_with("pkg:") || !key.contains("://")
}

#[cfg(test)]
mod tests;
