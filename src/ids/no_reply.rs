//! Addresses behind which a forge hides those of its users.

/// What an address says that a forge made for a user. It is free text all the same: a commit may name any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoReply<'a> {
    /// The forge: `github.com`.
    pub forge: &'a str,
    /// Digits of the user's number there: never given twice, and kept when a login changes. Older addresses have none.
    pub number: Option<&'a str>,
    /// The login, as the address writes it.
    pub login: &'a str,
}

impl<'a> NoReply<'a> {
    /// Reads `ID+login` or `login` at `users.noreply.FORGE` (GitHub, Bitbucket), `ID-login` there (GitLab), `login` at
    /// `noreply.FORGE` (Gitea, Forgejo, Codeberg). Both parts in lower case, because forges ignore case.
    pub fn parse(local: &'a str, host: &'a str) -> Option<Self> {
        let (forge, has_number) = match host.strip_prefix("users.noreply.") {
            Some(forge) => (forge, true),
            None => (host.strip_prefix("noreply.")?, false),
        };
        let digits = local.bytes().take_while(u8::is_ascii_digit).count();
        let split = match local.as_bytes().get(digits) {
            Some(b'+') => true,
            Some(b'-') => forge != "github.com",
            _ => false,
        };
        let (number, login) = match has_number && digits > 0 && split {
            true => (Some(&local[..digits]), &local[digits + 1..]),
            false => (None, local),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.[]".contains(c);
        let is_login = !login.is_empty() && login.len() <= 100 && login.chars().all(is_plain);
        (forge.contains('.') && is_login).then_some(Self { forge, number, login })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_every_forge() {
        let cases = [
            ("123+somebody", "users.noreply.github.com", Some((Some("123"), "somebody"))),
            ("somebody", "users.noreply.github.com", Some((None, "somebody"))),
            ("1-2-3", "users.noreply.github.com", Some((None, "1-2-3"))),
            ("77-some-body", "users.noreply.gitlab.com", Some((Some("77"), "some-body"))),
            ("5+somebody", "users.noreply.bitbucket.org", Some((Some("5"), "somebody"))),
            ("somebody", "noreply.codeberg.org", Some((None, "somebody"))),
            ("9+dependabot[bot]", "users.noreply.github.com", Some((Some("9"), "dependabot[bot]"))),
            ("+somebody", "users.noreply.github.com", None),
            ("1+", "users.noreply.github.com", None),
            ("a b", "noreply.example.org", None),
            ("a", "noreply.x", None),
            ("a", "example.org", None),
        ];
        for (local, host, expected) in cases {
            assert_eq!(NoReply::parse(local, host).map(|found| (found.number, found.login)), expected, "{local}");
        }
    }
}
