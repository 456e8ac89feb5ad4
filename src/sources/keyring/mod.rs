//! OpenPGP keyrings of distributions → addresses on one key, members, certifications between keys.
//!
//! The distribution decides whose key is in its keyring, and its members certify each other's keys after meeting. Signatures are
//! checked by the `gpg` program.

mod listing;
mod program;

use std::collections::BTreeMap;

use self::listing::{Key, Listing};
use super::{FetchContext, RawFile, Source, SourceError, check_rejects};
use crate::ids::AccountKey;
use crate::job::KeyringSource;
use crate::tables::{Account, AccountKind, Certification, KeyHolder, ReadReport, TablesBuilder, Verification};
use crate::units::Day;

/// In jobs, read reports; also the place of the accounts.
const NAME: &str = "keyring";

/// The keyrings of a job. Each is read by itself: what a key outside it signed cannot be checked and is counted as skipped.
pub(super) struct Keyring {
    settings: KeyringSource,
}

impl Keyring {
    /// With the settings of a job.
    pub fn new(settings: KeyringSource) -> Self {
        Self { settings }
    }
}

impl Source for Keyring {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fetch(&self, context: &FetchContext) -> Result<Vec<RawFile>, SourceError> {
        let mut files = Vec::new();
        for keyring in &self.settings.keyrings {
            let path = context.job_folder.join(&keyring.path);
            if !path.is_file() {
                let hint = "[sources.keyring] names it; Debian's come with the package `debian-keyring`".to_owned();
                return Err(SourceError::Missing { source_name: NAME, path, hint });
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push(RawFile::pin(name, &path, None).map_err(|error| SourceError::Io { source_name: NAME, error })?);
        }
        Ok(files)
    }

    /// About a second of `gpg` for a thousand signatures it can check.
    fn read(&self, raw: &[RawFile], until: Option<Day>, tables: &mut TablesBuilder) -> Result<(), SourceError> {
        for (file, keyring) in raw.iter().zip(&self.settings.keyrings) {
            let mut report = ReadReport::new(NAME, file.name.clone());
            let input = |what| SourceError::Input { source_name: NAME, file: file.name.clone(), what };
            let listing = program::list(&file.path, &mut report).map_err(input)?;
            push(&listing, keyring.is_member, until, &mut report, tables);
            check_rejects(NAME, &report, self.settings.max_reject_share)?;
            tables.rows.reports.push(report);
        }
        Ok(())
    }
}

/// Puts keys up to `until` into tables.
fn push(listing: &Listing, is_member: bool, until: Option<Day>, report: &mut ReadReport, tables: &mut TablesBuilder) {
    let is_later = |day: Day| until.is_some_and(|until| day > until);
    let is_used = |key: &&Key| !key.is_revoked && !is_later(key.created);
    report.skip_many("key is revoked or later than the last day", listing.keys.iter().filter(|key| !is_used(key)).count());
    // Old signatures name their key by the end of its fingerprint only.
    let mut by_id: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for key in listing.keys.iter().filter(is_used) {
        by_id.entry(key.id()).or_default().push(&key.fingerprint);
    }
    for key in listing.keys.iter().filter(is_used) {
        for user in key.users.iter().filter(|user| !is_later(user.created)) {
            let account = tables.account(Account {
                place: NAME,
                key: AccountKey::from_address(&user.address),
                kind: AccountKind::Person,
                handle: None,
                names: user.name.iter().map(|name| (name.clone(), 1)).collect(),
                displayed: None,
                verification: is_member.then_some(Verification::DistributionMember),
            });
            tables.rows.key_holders.push(KeyHolder { key: key.fingerprint.clone(), account });
            report.read_count += 1;
        }
        for (id, made) in key.certifications() {
            let Some([by]) = by_id.get(id).map(Vec::as_slice) else { continue };
            if *by != key.fingerprint && !is_later(made) {
                let (key, by) = (key.fingerprint.clone(), (*by).to_owned());
                tables.rows.certifications.push(Certification { key, by, made });
                report.read_count += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_make_members_and_certifications() {
        let (a, b) = ("A".repeat(40), "B".repeat(40));
        let text = format!(
            "pub:-:4096:1:{}:86400:::-:\nfpr:::::::::{a}:\nuid:-::::86400::X::Ann Lee <ann@example.org>::\n\
             sig:!::1:{}:172800::::Bob:10x:\nuid:-::::864000::X::Ann <a@example.net>::\n\
             pub:-:4096:1:{}:86400:::-:\nfpr:::::::::{b}:\nuid:-::::86400::X::Bob Ray <bob@example.org>::\n",
            &a[24..],
            &b[24..],
            &b[24..]
        );
        let tables_until = |until| {
            let (mut report, mut tables) = (ReadReport::new(NAME, "k"), TablesBuilder::default());
            let listing = Listing::read(text.as_bytes(), &mut report).expect("no error of reading");
            push(&listing, true, until, &mut report, &mut tables);
            tables.finish()
        };
        let tables = tables_until(None);
        assert_eq!(tables.accounts.len(), 3);
        assert!(tables.accounts.iter().all(|account| account.verification == Some(Verification::DistributionMember)));
        assert_eq!(tables.key_holders.iter().filter(|holder| holder.key == a).count(), 2);
        assert_eq!(tables.certifications, [Certification { key: a, by: b, made: Day(2) }]);
        let early = tables_until(Some(Day(1)));
        assert_eq!((early.accounts.len(), early.certifications.len()), (2, 0));
    }
}
