//! What the library leaves open: JSON that two readers could read differently, one key under several names, names of files that lead
//! elsewhere.

use std::collections::BTreeSet;

use serde_json::Value;

use super::RefreshError;
use crate::provenance::{shown, strict_json};

/// Checks the metadata file `name`.
pub(super) fn check(name: &str, bytes: &[u8]) -> Result<(), RefreshError> {
    let malformed = |what: String| RefreshError::Malformed(format!("{name}: {what}"));
    let values = strict_json::read(bytes)
        .map_err(|rejection| malformed(rejection.detail.unwrap_or_else(|| rejection.sentence.to_owned())))?;
    let [document] = values.as_slice() else { return Err(malformed("is not one document".to_owned())) };
    let signed = &document["signed"];
    keys_stand_once(name, &signed["keys"], &signed["roles"])?;
    keys_stand_once(name, &signed["delegations"]["keys"], &signed["delegations"]["roles"])
}

/// Refuses a role in which one key stands under two names: it could sign twice. Keys are held against each other without white space,
/// which does not change them.
fn keys_stand_once(file: &str, keys: &Value, roles: &Value) -> Result<(), RefreshError> {
    let named = roles.as_object().into_iter().flatten().map(|(name, role)| (name.as_str(), role));
    let listed = roles.as_array().into_iter().flatten().map(|role| (role["name"].as_str().unwrap_or(file), role));
    for (name, role) in named.chain(listed) {
        let mut seen = BTreeSet::new();
        for id in role["keyids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let text = keys[id]["keyval"]["public"].as_str().unwrap_or(id);
            let key: String = text.split_whitespace().collect();
            if !seen.insert(key) {
                return Err(RefreshError::KeyTwice { role: shown(name), key: shown(id) });
            }
        }
    }
    Ok(())
}

/// Refuses names that lead out of the repository. Roles and digests inside of names are what signers wrote, but not what they mean.
pub(super) fn check_name(name: &str) -> Result<(), RefreshError> {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-~%".contains(&byte))
    };
    let is_name = name.len() <= 300 && name.split('/').all(is_plain);
    is_name.then_some(()).ok_or_else(|| RefreshError::Malformed(format!("`{}` is no name of a file", shown(name))))
}
