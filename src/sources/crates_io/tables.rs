//! The tables of a dump that are read, each into its own rows.
//!
//! Layouts: what the registry's `dump-db.toml` makes public of its database, before June 2026 (`versions.checksum`,
//! `users.gh_avatar`) and after it (`versions.tar_sha256`, `oauth_github`, `deleted_crates`). Row counts of a whole dump in 2026:
//! 200,000 packages, 2 million versions, 20 million dependencies, so rows are kept small.

use std::io::Read;

use rustc_hash::{FxHashMap, FxHashSet};

use super::csv_table::{self, Columns};
use crate::sources::SourceError;
use crate::tables::{DependencyKind, ReadReport};
use crate::units::Day;

/// Tables that are known and of no use here.
pub(super) const UNREAD: [&str; 10] = [
    "badges.csv",
    "categories.csv",
    "crate_downloads.csv",
    "crates_categories.csv",
    "crates_keywords.csv",
    "keywords.csv",
    "metadata.csv",
    "reserved_crate_names.csv",
    "reserved_usernames.csv",
    "version_downloads.csv",
];

/// A package.
pub(super) struct CrateRow {
    pub(super) id: u32,
    pub(super) name: Box<str>,
    pub(super) homepage: Option<Box<str>>,
    pub(super) repository: Option<Box<str>>,
    /// Only workflows that the registry verified may publish it. `None`: the layout does not say.
    pub(super) is_trusted_only: Option<bool>,
}

/// A version.
pub(super) struct VersionRow {
    pub(super) id: u32,
    pub(super) krate: u32,
    pub(super) number: Box<str>,
    pub(super) created: Option<Day>,
    pub(super) publisher: Option<u32>,
    pub(super) is_yanked: bool,
    /// SHA-256 of the file.
    pub(super) digest: Option<[u8; 32]>,
    /// Address of the repository whose workflow the registry let in, where the version was published so; empty on a forge that is not
    /// known here. The registry kept this column to itself until autumn 2026.
    pub(super) trusted: Option<Box<str>>,
}

/// A dependency.
pub(super) struct NeedRow {
    pub(super) version: u32,
    pub(super) krate: u32,
    pub(super) kind: DependencyKind,
}

/// An owner.
pub(super) struct OwnerRow {
    pub(super) krate: u32,
    pub(super) owner: u32,
    pub(super) is_team: bool,
    pub(super) since: Option<Day>,
}

/// Everything that is read of a dump.
#[derive(Default)]
pub(super) struct Dump {
    pub(super) crates: Vec<CrateRow>,
    pub(super) versions: Vec<VersionRow>,
    pub(super) needs: Vec<NeedRow>,
    pub(super) owners: Vec<OwnerRow>,
    /// Package → the version its page shows, where the dump says so.
    pub(super) default_versions: FxHashMap<u32, u32>,
    /// Login by user.
    pub(super) logins: FxHashMap<u32, Box<str>>,
    /// Login by team.
    pub(super) teams: FxHashMap<u32, Box<str>>,
    /// Names of packages that were deleted, in the one spelling in which the registry compares names.
    pub(super) deleted: FxHashSet<Box<str>>,
}

impl Dump {
    /// Reads the table `file`; `None` when it is not one of those above.
    pub(super) fn read(&mut self, file: &str, reader: &mut dyn Read, report: &mut ReadReport) -> Option<Result<(), SourceError>> {
        Some(match file {
            "crates.csv" => self.read_crates(reader, report),
            "versions.csv" => self.read_versions(reader, report),
            "dependencies.csv" => self.read_needs(reader, report),
            "crate_owners.csv" => self.read_owners(reader, report),
            "default_versions.csv" => self.read_defaults(reader, report),
            "users.csv" => self.read_users(reader, report),
            "oauth_github.csv" => read_logins(reader, report, &OAUTH, &mut self.logins),
            "deleted_crates.csv" => self.read_deleted(reader, report),
            "teams.csv" => read_logins(reader, report, &TEAMS, &mut self.teams),
            _ => return None,
        })
    }

    fn read_crates(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &CRATES, report, |row| {
            let (id, name) = (row.id(0)?, row.text(1)?);
            if !super::lockfile::is_name(name) {
                return Err("name is not one the registry allows");
            }
            let (homepage, repository) = (row.some(2)?.map(Box::from), row.some(3)?.map(Box::from));
            let is_trusted_only = if row.some(4)?.is_some() { Some(row.flag(4)?) } else { None };
            self.crates.push(CrateRow { id, name: name.into(), homepage, repository, is_trusted_only });
            Ok(())
        })
    }

    fn read_deleted(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &DELETED, report, |row| {
            self.deleted.insert(comparable(row.text(0)?));
            Ok(())
        })
    }

    fn read_versions(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &VERSIONS, report, |row| {
            let number = row.text(2)?;
            if !is_version(number) {
                return Err("version is not semantic");
            }
            let publisher = if row.some(5)?.is_some() { Some(row.id(5)?) } else { None };
            let digest = match (row.some(6)?, row.some(7)?) {
                (Some(text), _) | (None, Some(text)) => Some(digest(text).ok_or("digest is no SHA-256")?),
                (None, None) => None,
            };
            self.versions.push(VersionRow {
                id: row.id(0)?,
                krate: row.id(1)?,
                number: number.into(),
                created: row.day(3)?,
                publisher,
                is_yanked: row.flag(4)?,
                digest,
                trusted: row.some(8)?.and_then(|text| trusted_repository(&serde_json::from_str(text).ok()?)),
            });
            Ok(())
        })
    }

    fn read_needs(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &NEEDS, report, |row| {
            let kind = match (row.text(3)?, row.flag(2)?) {
                ("2", _) => DependencyKind::Development,
                ("0" | "1", true) => DependencyKind::Optional,
                ("0", false) => DependencyKind::Runtime,
                ("1", false) => DependencyKind::Build,
                _ => return Err("unknown kind of dependency (known: 0 normal, 1 build, 2 dev)"),
            };
            self.needs.push(NeedRow { version: row.id(0)?, krate: row.id(1)?, kind });
            Ok(())
        })
    }

    fn read_owners(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &OWNERS, report, |row| {
            let is_team = match row.text(2)? {
                "0" => false,
                "1" => true,
                _ => return Err("unknown kind of owner (known: 0 user, 1 team)"),
            };
            self.owners.push(OwnerRow { krate: row.id(0)?, owner: row.id(1)?, is_team, since: row.day(3)? });
            Ok(())
        })
    }

    fn read_defaults(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &DEFAULTS, report, |row| {
            self.default_versions.insert(row.id(0)?, row.id(1)?);
            Ok(())
        })
    }

    /// Logins stand here, since June 2026 in `oauth_github.csv` too. Users without one stay known by number.
    fn read_users(&mut self, reader: &mut dyn Read, report: &mut ReadReport) -> Result<(), SourceError> {
        csv_table::read(reader, &USERS, report, |row| {
            let id = row.id(0)?;
            if let Some(login) = row.some(1)? {
                self.logins.insert(id, login.into());
            }
            Ok(())
        })
    }
}

fn read_logins(
    reader: &mut dyn Read,
    report: &mut ReadReport,
    columns: &Columns,
    logins: &mut FxHashMap<u32, Box<str>>,
) -> Result<(), SourceError> {
    csv_table::read(reader, columns, report, |row| {
        logins.insert(row.id(0)?, row.text(1)?.into());
        Ok(())
    })
}

const CRATES: Columns = Columns {
    needed: &["id", "name"],
    optional: &["homepage", "repository", "trustpub_only"],
    unread: &[
        "created_at",
        "description",
        "documentation",
        "downloads",
        "max_features",
        "max_upload_size",
        "readme",
        "textsearchable_index_col",
        "updated_at",
    ],
};

const VERSIONS: Columns = Columns {
    needed: &["id", "crate_id", "num", "created_at", "yanked"],
    optional: &["published_by", "checksum", "tar_sha256", "trustpub_data"],
    unread: &[
        "bin_names",
        "categories",
        "crate_size",
        "description",
        "documentation",
        "downloads",
        "edition",
        "features",
        "has_lib",
        "homepage",
        "keywords",
        "license",
        "linecounts",
        "links",
        "num_no_build",
        "repository",
        "rust_version",
        "semver_no_prerelease",
        "updated_at",
        "zip_json_sha256",
        "zip_sha256",
    ],
};

const NEEDS: Columns = Columns {
    needed: &["version_id", "crate_id", "optional", "kind"],
    optional: &[],
    unread: &["default_features", "explicit_name", "features", "id", "req", "target"],
};

const OWNERS: Columns = Columns {
    needed: &["crate_id", "owner_id", "owner_kind"],
    optional: &["created_at"],
    unread: &["created_by", "deleted", "updated_at"],
};

const DELETED: Columns = Columns {
    needed: &["name"],
    optional: &[],
    unread: &["available_at", "created_at", "deleted_at", "deleted_by", "id", "message"],
};

const DEFAULTS: Columns = Columns { needed: &["crate_id", "version_id"], optional: &[], unread: &["num_versions"] };

const USERS: Columns =
    Columns { needed: &["id"], optional: &["gh_login"], unread: &["created_at", "gh_avatar", "gh_id", "name", "username"] };

const OAUTH: Columns = Columns { needed: &["user_id", "login"], optional: &[], unread: &["account_id", "avatar"] };

const TEAMS: Columns = Columns { needed: &["id", "login"], optional: &[], unread: &["avatar", "github_id", "name", "org_id"] };

/// Names that differ in case, or in `-` and `_`, are one to the registry.
pub(super) fn comparable(name: &str) -> Box<str> {
    name.to_ascii_lowercase().replace('-', "_").into()
}

/// Cheaper than reading a semantic version in full, and as safe to show.
fn is_version(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
    text.len() <= 200 && text.bytes().all(is_plain) && text.starts_with(|c: char| c.is_ascii_digit())
}

/// 64 hexadecimal digits, with or without PostgreSQL's `\x`.
fn digest(text: &str) -> Option<[u8; 32]> {
    let hex = text.strip_prefix("\\x").unwrap_or(text).as_bytes();
    let digit = |byte: u8| (byte as char).to_digit(16);
    let mut bytes = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(bytes)
}

/// `{"provider": "github", "repository": "owner/name", …}`
pub(super) fn trusted_repository(data: &serde_json::Value) -> Option<Box<str>> {
    let host = match data.get("provider")?.as_str()? {
        "github" => "github.com",
        "gitlab" => "gitlab.com",
        _ => return Some("".into()),
    };
    let path = data.get("repository").or_else(|| data.get("project_path")).and_then(serde_json::Value::as_str);
    Some(path.map_or_else(String::new, |path| format!("https://{host}/{path}")).into())
}
