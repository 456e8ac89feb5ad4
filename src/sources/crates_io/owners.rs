//! Who owns a package, as the registry's program answers: `{api}/api/v1/crates/NAME/owners`.

use serde::Deserialize;

use crate::ids::AccountId;
use crate::tables::{ReadReport, TablesBuilder};
use crate::units::Day;

use super::people;

#[derive(Deserialize)]
struct Answer {
    users: Vec<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    id: i64,
    login: String,
    kind: Option<String>,
}

/// Accounts of the owners in `text`. What is no owner is counted.
pub(super) fn read(text: &[u8], as_of: Day, tables: &mut TablesBuilder, report: &mut ReadReport) -> Vec<AccountId> {
    let Ok(answer) = serde_json::from_slice::<Answer>(text) else {
        report.reject("answer lists no owners", 1);
        return Vec::new();
    };
    let mut owners = Vec::new();
    for (row, owner) in (1..).zip(answer.users) {
        owners.push(match owner.kind.as_deref() {
            None | Some("user") => people::person(tables, owner.id, &owner.login),
            Some("team") => people::team(tables, owner.id, &owner.login, as_of),
            Some(_) => {
                report.reject("owner of an unknown kind", row);
                continue;
            }
        });
        report.read_count += 1;
    }
    owners
}
