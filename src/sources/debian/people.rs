//! Maintainer accounts of all suites: persons and teams told apart by everything that is known of an address.

use std::collections::BTreeMap;

use super::person::Entry;
use crate::ids::{AccountId, AccountKey};
use crate::tables::{Account, AccountKind, TablesBuilder, Verification};
use crate::units::Day;

/// Names seen with each address, counted. An address is judged once, by all its names, so that one odd entry does not turn a
/// person into a team.
#[derive(Default)]
pub(super) struct People(BTreeMap<AccountKey, Seen>);

#[derive(Default)]
struct Seen {
    names: BTreeMap<String, u32>,
    count: u32,
    /// The newest list that names the address, and the names there, counted.
    newest: Option<(Day, BTreeMap<String, u32>)>,
}

impl People {
    /// Notes one entry of a maintainer field in the list of `day`.
    pub(super) fn see(&mut self, entry: &Entry, day: Day) {
        let seen = self.0.entry(entry.key.clone()).or_default();
        seen.count += 1;
        if let Some(name) = &entry.name {
            *seen.names.entry(name.clone()).or_default() += 1;
            let newest = seen.newest.get_or_insert_with(|| (day, BTreeMap::new()));
            if newest.0 < day {
                *newest = (day, BTreeMap::new());
            }
            if newest.0 == day {
                *newest.1.entry(name.clone()).or_default() += 1;
            }
        }
    }

    /// Adds every account to the tables.
    pub(super) fn insert(self, tables: &mut TablesBuilder) -> BTreeMap<AccountKey, AccountId> {
        let account = |(key, seen): (AccountKey, Seen)| (key.clone(), tables.account(seen.account(key)));
        self.0.into_iter().map(account).collect()
    }
}

impl Seen {
    fn account(self, key: AccountKey) -> Account {
        let (local, domain) = place(&key).unwrap_or_default();
        let team_count: u32 = self.names.iter().filter(|(name, _)| is_team_name(name)).map(|(_, count)| count).sum();
        let is_team = is_team_domain(&domain) || team_count * 2 > self.count;
        let kind = if is_team { AccountKind::Team } else { AccountKind::Person };
        // The project gives these addresses to its members alone: https://www.debian.org/devel/join/.
        let is_member = !is_team && domain == "debian.org";
        // A replaced address is nobody's login.
        let is_real = key.address().is_some_and(|(_, real)| real == domain);
        let handle = (is_member && is_real).then(|| local.to_owned());
        let verification = is_member.then_some(Verification::DistributionMember);
        let displayed = self.newest.and_then(|(day, names)| Some((day, most_frequent(names)?)));
        Account { place: "debian", key, kind, handle, names: self.names, displayed, verification }
    }
}

/// The name seen most often; of equals the first in byte order.
fn most_frequent(names: BTreeMap<String, u32>) -> Option<String> {
    names.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0))).map(|(name, _)| name)
}

/// Whether `key` is the address that stands for "orphaned: nobody maintains this".
/// <https://www.debian.org/doc/manuals/developers-reference/pkgs.html#orphaning-a-package>; older packages name the list.
pub(super) fn is_orphanage(key: &AccountKey) -> bool {
    let place = place(key);
    let place = place.as_ref().map(|(local, domain)| (*local, domain.as_str()));
    matches!(place, Some(("packages", "qa.debian.org") | ("debian-qa", "lists.debian.org" | "debian.org")))
}

/// Local part and host. Slices of the archive whose addresses were replaced, such as the sample, write `debian.example` for
/// the project's own domain, so that members, lists and the orphanage stay what they are.
fn place(key: &AccountKey) -> Option<(&str, String)> {
    let (local, domain) = key.address()?;
    let real = domain.strip_suffix("debian.example").filter(|host| host.is_empty() || host.ends_with('.'));
    Some((local, real.map_or_else(|| domain.to_owned(), |host| format!("{host}debian.org"))))
}

/// Hosts whose addresses reach several people.
fn is_team_domain(domain: &str) -> bool {
    let is_list_host =
        domain.split('.').any(|label| matches!(label, "lists" | "alioth-lists" | "lists-alioth" | "groups" | "ml"));
    let is_debian_role = matches!(domain, "tracker.debian.org" | "packages.debian.org" | "qa.debian.org" | "release.debian.org");
    is_list_host || is_debian_role || matches!(domain, "teams.debian.net" | "googlegroups.com" | "vger.kernel.org")
}

/// Whether a name is that of several people. Words in parentheses do not count: persons put their team there.
fn is_team_name(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "team",
        "teams",
        "group",
        "maintainers",
        "developers",
        "packagers",
        "packaging",
        "project",
        "force",
        "crew",
        "community",
        "consortium",
        "foundation",
        "delegates",
    ];
    let outside = name.split('(').next().unwrap_or_default().to_lowercase();
    outside.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `LOCAL at DOMAIN`, so that no text in this repository holds a real address.
    fn account(address: &str, names: &[(&str, u32)]) -> Account {
        let names: BTreeMap<String, u32> = names.iter().map(|(name, count)| (name.to_string(), *count)).collect();
        let count = names.values().sum();
        Seen { newest: Some((Day(0), names.clone())), names, count }
            .account(AccountKey::from_address(&address.replace(" at ", "@")))
    }

    #[test]
    fn persons_and_teams() {
        for (address, name, is_team) in [
            ("ann at example.org", "Ann Lee", false),
            ("debian at example.org", "Ann Lee", false),
            ("ann+debian at example.org", "Ann Lee (Debian Games Team)", false),
            ("ann at example.org", "Alexander List", false),
            ("ann at lists.example.org", "FRRouting-dev", true),
            ("x at alioth-lists.debian.net", "Debian Something", true),
            ("team+x at tracker.debian.org", "Debian OpenStack", true),
            ("atop at packages.debian.org", "Ann Lee", true),
            ("x at googlegroups.com", "Secure Systems Lab", true),
            ("x at example.org", "Debian X Strike Force", true),
            ("x at example.org", "Example Packaging Team", true),
            ("x at example.org", "example developers", true),
        ] {
            let expected = if is_team { AccountKind::Team } else { AccountKind::Person };
            assert_eq!(account(address, &[(name, 1)]).kind, expected, "{name}");
        }
    }

    #[test]
    fn one_odd_entry_does_not_make_a_team() {
        assert_eq!(account("a at example.org", &[("Ann Lee", 9), ("Ann's Team", 1)]).kind, AccountKind::Person);
        assert_eq!(account("a at example.org", &[("Ann Lee", 1), ("Ann's Team", 9)]).kind, AccountKind::Team);
    }

    #[test]
    fn the_orphanage() {
        let is_it = |address: &str| is_orphanage(&account(address, &[("QA Group", 1)]).key);
        assert!(is_it("Packages at qa.debian.org") && is_it("debian-qa at lists.debian.org"));
        assert!(!is_it("packages at example.org") && !is_it("ann at qa.debian.org"));
    }

    #[test]
    fn members_have_a_handle() {
        let member = account("ann at debian.org", &[("Ann Lee", 1)]);
        assert_eq!((member.handle.as_deref(), member.verification), (Some("ann"), Some(Verification::DistributionMember)));
        let team = account("lint at debian.org", &[("Lint Maintainers", 1)]);
        assert_eq!((team.handle, team.verification, team.kind), (None, None, AccountKind::Team));
        assert_eq!(account("ann at debian.org.example.org", &[("Ann Lee", 1)]).verification, None);
    }
}
