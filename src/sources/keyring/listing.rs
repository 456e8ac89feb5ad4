//! What `gpg --with-colons --check-sigs` says. Format: <https://github.com/gpg/gnupg/blob/master/doc/DETAILS>. Whether something is
//! expired depends on the day gpg runs, so that is not read.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use crate::tables::ReadReport;
use crate::units::Day;

/// Keys in the order of the keyring.
#[derive(Default)]
pub(super) struct Listing {
    pub keys: Vec<Key>,
}

/// One primary key.
pub(super) struct Key {
    /// Hexadecimal digits.
    pub fingerprint: String,
    pub created: Day,
    pub is_revoked: bool,
    /// User ids with an address that are not revoked.
    pub users: Vec<User>,
    /// Unix seconds of the last good certification and of the last revocation of one, by the end of the maker's fingerprint and
    /// the number of the user id.
    signed: BTreeMap<(String, usize), (i64, i64)>,
}

/// One user id.
pub(super) struct User {
    pub address: String,
    pub name: Option<String>,
    pub created: Day,
}

/// What lines of signatures speak of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// A user id, by its number within the key.
    User(usize),
    /// The key itself, a subkey, or nothing.
    Other,
}

impl Key {
    /// The end of the fingerprint, by which signatures name a key.
    pub fn id(&self) -> &str {
        self.fingerprint.get(self.fingerprint.len().saturating_sub(16)..).unwrap_or_default()
    }

    /// Makers of certifications that hold, by the end of their fingerprints, and the day of the last.
    pub fn certifications(&self) -> BTreeMap<&str, Day> {
        let mut makers: BTreeMap<&str, Day> = BTreeMap::new();
        for ((by, _), (made, revoked)) in &self.signed {
            if let Some(day) = Day::from_unix_seconds(*made).filter(|_| *made > 0 && revoked < made) {
                let known = makers.entry(by).or_insert(day);
                *known = (*known).max(day);
            }
        }
        makers
    }
}

impl Listing {
    /// Reads line by line; what is no record of a known form is passed over. Signatures are counted by what became of them.
    pub fn read(mut text: impl BufRead, report: &mut ReadReport) -> io::Result<Self> {
        let (mut listing, mut subject, mut user_count) = (Self::default(), Subject::Other, 0);
        let (mut line, mut row) = (Vec::new(), 0);
        while {
            line.clear();
            text.read_until(b'\n', &mut line)? > 0
        } {
            row += 1;
            let decoded = String::from_utf8_lossy(&line);
            let fields: Vec<&str> = decoded.trim_end().split(':').collect();
            let field = |number: usize| fields.get(number - 1).copied().unwrap_or_default();
            match field(1) {
                "pub" => {
                    (subject, user_count) = (Subject::Other, 0);
                    let created = seconds(field(6)).and_then(Day::from_unix_seconds).unwrap_or(Day(0));
                    let is_revoked = matches!(field(2), "r" | "i" | "d");
                    let (fingerprint, users, signed) = (String::new(), Vec::new(), BTreeMap::new());
                    listing.keys.push(Key { fingerprint, created, is_revoked, users, signed });
                }
                "sub" => subject = Subject::Other,
                "uid" | "uat" => {
                    subject = Subject::User(user_count);
                    user_count += 1;
                    let user = (field(1) == "uid" && !matches!(field(2), "r" | "i")).then(|| User::parse(field(10), field(6)));
                    if let (Some(key), Some(user)) = (listing.keys.last_mut(), user.flatten()) {
                        key.users.push(user);
                    }
                }
                "fpr" => {
                    if let Some(key) = listing.keys.last_mut().filter(|key| key.fingerprint.is_empty()) {
                        key.fingerprint = field(10).to_owned();
                    }
                }
                "sig" | "rev" => {
                    if let (Some(key), Subject::User(user)) = (listing.keys.last_mut(), subject) {
                        key.sign(&field, user, report, row);
                    }
                }
                _ => {}
            }
        }
        listing.keys.retain(|key| !key.fingerprint.is_empty());
        Ok(listing)
    }
}

impl Key {
    /// Takes in one line on a signature over a user id.
    fn sign<'f>(&mut self, field: &impl Fn(usize) -> &'f str, user: usize, report: &mut ReadReport, row: u64) {
        match field(2) {
            "!" => {}
            "?" => return report.skip("signed by a key outside the keyring"),
            "-" => return report.reject("signature is bad", row),
            _ => return report.reject("signature could not be checked", row),
        }
        let Some(made) = seconds(field(6)) else { return report.reject("signature has no time", row) };
        let entry = self.signed.entry((field(5).to_owned(), user)).or_default();
        // Classes 0x10 to 0x13 certify, 0x30 takes back: https://www.rfc-editor.org/rfc/rfc9580#name-signature-types.
        match (field(1), field(11).get(..2)) {
            ("sig", Some("10" | "11" | "12" | "13")) => entry.0 = entry.0.max(made),
            ("rev", _) | (_, Some("30")) => entry.1 = entry.1.max(made),
            _ => {}
        }
    }
}

impl User {
    /// `Name (comment) <address>` or an address alone, with `\xNN` for what colons and line ends would be; `None` without an
    /// address.
    fn parse(text: &str, created: &str) -> Option<Self> {
        let text = text.replace("\\x3a", ":").replace("\\x5c", "\\");
        let (name, address) = match text.rsplit_once('<') {
            Some((name, rest)) => (name, rest.split('>').next().unwrap_or(rest)),
            None => ("", text.as_str()),
        };
        let address = address.trim();
        let (local, host) = address.rsplit_once('@')?;
        let is_plain =
            !local.is_empty() && host.contains('.') && !address.contains(|c: char| c.is_whitespace() || c.is_control());
        let name = name.split('(').next().unwrap_or(name).trim();
        let name =
            (!name.is_empty() && !name.contains(['@', '\u{ff20}', '\u{fe6b}']) && name.len() <= 200).then(|| name.to_owned());
        let created = seconds(created).and_then(Day::from_unix_seconds).unwrap_or(Day(0));
        is_plain.then(|| Self { address: address.to_owned(), name, created })
    }
}

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certifications_hold_until_taken_back() {
        let by = ["1", "2", "3", "4"].map(|digit| digit.repeat(16));
        let text = format!(
            "tru:t\npub:r:4096:1:X:86400\nfpr:::::::::{}:\nuid:-::::0::X::Ann Lee (x) <ann@example.org>:\n\
             sig:!::1:{}:86400::::A:10x:\nsig:!::1:{}:86400::::B:13l:\nrev:!::1:{}:172800::::B:30x:\n\
             sig:?::1:{}:86400:::::10x:\nsig:-::1:{}:86400:::::10x:\nsig:%::1:{}:86400:::::10x:\n\
             uid:r::::0::X::gone@example.org:\nuid:-::::0::X::no address:\nsub:-:\nfpr:::::::::F:\nsig:!::1:{}:86400::::A:18x:\n",
            "A".repeat(40),
            by[0],
            by[1],
            by[1],
            by[2],
            by[2],
            by[2],
            by[3]
        );
        let mut report = ReadReport::default();
        let listing = Listing::read(text.as_bytes(), &mut report).expect("read");
        let [key] = listing.keys.as_slice() else { panic!("one key") };
        assert_eq!((key.is_revoked, key.id(), key.users.len()), (true, "A".repeat(16).as_str(), 1));
        assert_eq!((key.users[0].address.as_str(), key.users[0].name.as_deref()), ("ann@example.org", Some("Ann Lee")));
        assert_eq!(key.certifications(), BTreeMap::from([(by[0].as_str(), Day(1))]));
        assert_eq!((report.reject_count(), report.skips.values().sum::<u64>()), (2, 1));
    }
}
