//! Who published which version, as the registry's program answers: `{api}/api/v1/crates/NAME/versions`. All in one answer, as no
//! number of them is asked for.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::people;
use super::tables::trusted_repository;
use crate::ids::AccountId;
use crate::tables::{Authorization, ReadReport, TablesBuilder};

#[derive(Deserialize)]
struct Answer {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    num: String,
    published_by: Option<User>,
    trustpub_data: Option<Value>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    login: String,
}

/// How one version came.
#[derive(Clone, Debug, Default)]
pub(super) struct Publisher {
    /// Who published it. `None`: a workflow, or not told.
    pub(super) account: Option<AccountId>,
    /// Repository whose workflow the registry let in, see [`VersionRow::trusted`](super::tables::VersionRow::trusted).
    pub(super) trusted: Option<Box<str>>,
}

impl Publisher {
    /// What let the publisher in. `None`: not told.
    pub(super) fn authorization(&self) -> Option<Authorization> {
        match (&self.trusted, self.account) {
            (Some(_), _) => Some(Authorization::TrustedPublisher),
            (None, Some(_)) => Some(Authorization::Token),
            (None, None) => None,
        }
    }
}

/// Publishers by version as written. An answer that is none is counted.
pub(super) fn read(text: &[u8], tables: &mut TablesBuilder, report: &mut ReadReport) -> BTreeMap<String, Publisher> {
    let Ok(answer) = serde_json::from_slice::<Answer>(text) else {
        report.reject("answer lists no versions", 1);
        return BTreeMap::new();
    };
    report.read_count += answer.versions.len() as u64;
    let mut publishers = BTreeMap::new();
    for Version { num, published_by, trustpub_data } in answer.versions {
        let account = published_by.map(|user| people::person(tables, user.id, &user.login));
        publishers.insert(num, Publisher { account, trusted: trustpub_data.as_ref().and_then(trusted_repository) });
    }
    publishers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_and_workflows() {
        let (mut tables, mut report) = (TablesBuilder::default(), ReadReport::default());
        let text = br#"{"versions":[{"num":"1.0.0","published_by":{"id":7,"login":"ann"},"trustpub_data":null},
            {"num":"2.0.0","published_by":null,"trustpub_data":{"provider":"gitlab","project_path":"o/g/r","job_id":"1","sha":"00"}},
            {"num":"3.0.0","published_by":null,"trustpub_data":{"provider":"other","repository":"o/r"}},
            {"num":"0.1.0"}]}"#;
        let found = read(text, &mut tables, &mut report);
        let shown: Vec<_> =
            found.iter().map(|(version, one)| (version.as_str(), one.authorization(), one.trusted.as_deref())).collect();
        let expected = [
            ("0.1.0", None, None),
            ("1.0.0", Some(Authorization::Token), None),
            ("2.0.0", Some(Authorization::TrustedPublisher), Some("https://gitlab.com/o/g/r")),
            ("3.0.0", Some(Authorization::TrustedPublisher), Some("")),
        ];
        assert_eq!((shown, report.read_count), (expected.to_vec(), 4));
        for wrong in [&b"{"[..], b"{}", b"[]", br#"{"versions":[{"num":1}]}"#] {
            assert!(read(wrong, &mut tables, &mut report).is_empty());
        }
        assert_eq!(report.reject_count(), 4);
    }
}
