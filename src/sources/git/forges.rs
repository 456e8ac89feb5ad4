//! Which committers are forges, which names are programs, and which addresses show a login.

use crate::ids::NoReply;

/// Addresses under which a forge itself commits when somebody presses its merge or edit button, as local part and domain.
///
/// - GitHub: web-flow commits and merges, since 2016.
/// - GitLab: commits made on its pages when the instance signs them (`committer_email` of Gitaly); before, the user commits.
/// - Gitea and Forgejo: the identity an instance gets when its owner configures none.
/// - Codeberg: its own Forgejo.
/// - Gerrit: submits on Google's hosts.
///
/// A committer is free text: whoever can push can write these too, so the share of signed ones says how far to believe them.
pub(super) const FORGES: [(&str, &str); 5] = [
    ("noreply", "github.com"),
    ("noreply", "gitlab.com"),
    ("gitea", "fake.local"),
    ("noreply", "codeberg.org"),
    ("noreply-gerritcodereview", "google.com"),
];

/// Names and logins of widespread programs that commit, in lower case. Names that end in `[bot]` or `(bot)` need no entry.
const BOTS: [&str; 44] = [
    "allcontributors",
    "autofix-ci",
    "azure pipelines",
    "bors",
    "bors-servo",
    "codecov",
    "copybara-robot",
    "copybara-service",
    "debian janitor",
    "deepsource-autofix",
    "dependabot",
    "dependabot-preview",
    "dependabot-support",
    "depfu",
    "github action",
    "github actions",
    "github-actions",
    "gitlab-bot",
    "google-cloud-policy-bot",
    "greenkeeper",
    "greenkeeperio-bot",
    "hosted weblate",
    "imgbot",
    "jenkins",
    "k8s-ci-robot",
    "kubernetes prow robot",
    "kubernetes submit queue",
    "mergify",
    "pre-commit-ci",
    "pyup-bot",
    "pyup.io bot",
    "release-please",
    "renovate",
    "renovate bot",
    "renovate-bot",
    "scala steward",
    "scala-steward",
    "semantic-release-bot",
    "snyk bot",
    "snyk-bot",
    "transifex",
    "travis ci",
    "weblate",
    "whitesource-bolt",
];

/// Whether the address belongs to a forge. Case does not count.
pub(super) fn is_forge(address: &str) -> bool {
    let Some((local, host)) = address.trim().rsplit_once('@') else { return false };
    FORGES.iter().any(|forge| local.eq_ignore_ascii_case(forge.0) && host.eq_ignore_ascii_case(forge.1))
}

/// Whether a name or login is a program's.
pub(super) fn is_bot(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    name.ends_with("[bot]") || name.ends_with("(bot)") || BOTS.binary_search(&name.as_str()).is_ok()
}

/// The login a forge hides behind an address of its own, in lower case.
pub(super) fn login(address: &str) -> Option<String> {
    let (local, host) = address.trim().rsplit_once('@')?;
    NoReply::parse(&local.to_lowercase(), &host.to_lowercase()).map(|hidden| hidden.login.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_are_sorted_for_the_search() {
        assert!(BOTS.is_sorted());
        for name in ["dependabot[bot]", "Renovate Bot", "Weblate (bot)", " github-actions "] {
            assert!(is_bot(name), "{name}");
        }
        for name in ["Talbot", "Jan Bot", "robot", ""] {
            assert!(!is_bot(name), "{name}");
        }
    }

    #[test]
    fn forges_are_known_by_their_whole_address() {
        let at = |local: &str, host: &str| format!("{local}@{host}");
        assert!(is_forge(&at("NoReply", "GitHub.com")) && is_forge(&at("noreply", "gitlab.com")));
        assert!(!is_forge(&at("noreply", "github.com.example.org")) && !is_forge(&at("x+noreply", "github.com")));
        assert!(!is_forge("github.com") && !is_forge(""));
    }

    #[test]
    fn hidden_addresses_show_their_login() {
        let at = |local: &str, host: &str| login(&format!("{local}@{host}"));
        assert_eq!(at("123+Some-Body", "users.noreply.github.com").as_deref(), Some("some-body"));
        assert_eq!(at("somebody", "users.noreply.github.com").as_deref(), Some("somebody"));
        assert_eq!(at("1-2-3", "users.noreply.github.com").as_deref(), Some("1-2-3"));
        assert_eq!(at("77-somebody", "users.noreply.gitlab.com").as_deref(), Some("somebody"));
        assert_eq!(at("9+dependabot[bot]", "users.noreply.github.com").as_deref(), Some("dependabot[bot]"));
        assert_eq!(at("somebody", "noreply.codeberg.org").as_deref(), Some("somebody"));
        for (local, host) in
            [("somebody", "example.org"), ("1+", "users.noreply.github.com"), ("a b", "noreply.x.org"), ("a", "noreply.x")]
        {
            assert_eq!(at(local, host), None, "{local}");
        }
    }
}
