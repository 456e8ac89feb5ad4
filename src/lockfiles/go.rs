//! `go.sum` and `go.mod`.

use std::collections::BTreeMap;

use super::rows::{Entry, Rows};
use super::{LockfileError, Origin, purls};

/// Reads modules whose content `go.sum` pins; lines that pin a `go.mod` alone take part in no build.
pub(super) fn read_sum(text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    for (line, content) in (1..).zip(text.lines()) {
        let words: Vec<&str> = content.split_whitespace().collect();
        match words[..] {
            [] => {}
            [module, version, _] if !version.ends_with("/go.mod") => {
                rows.add(Entry::new(purls::golang(module), Some(version), line));
            }
            [_, _, _] => {}
            _ => return Err(LockfileError::shape(line, "is not `module version digest`")),
        }
    }
    Ok(())
}

/// What a `replace` puts in a module's place, by module and version (empty: any).
type Replacements<'t> = BTreeMap<(&'t str, &'t str), (&'t str, Option<&'t str>)>;

/// Reads the `require` lines of `go.mod`, with `replace` followed.
pub(super) fn read_mod(text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    let mut required = Vec::new();
    let mut replaced = Replacements::new();
    let mut block = None;
    for (line, content) in (1..).zip(text.lines()) {
        let (code, comment) = content.split_once("//").unwrap_or((content, ""));
        let words: Vec<&str> = code.split_whitespace().map(|word| word.trim_matches('"')).collect();
        let (verb, words) = match (block, &words[..]) {
            (_, []) => continue,
            (Some(_), [")"]) => {
                block = None;
                continue;
            }
            (None, [verb, "("]) => {
                block = Some(*verb);
                continue;
            }
            (Some(verb), words) => (verb, words),
            (None, [verb, words @ ..]) => (*verb, words),
        };
        match (verb, words) {
            ("require", [module, version]) => required.push((*module, *version, line, comment.trim().starts_with("indirect"))),
            ("replace", words) => replace(words, line, &mut replaced)?,
            ("require", _) => return Err(LockfileError::shape(line, "`require` is not `module version`")),
            _ => {}
        }
    }
    if block.is_some() {
        return Err(LockfileError::shape(u32::try_from(text.lines().count()).unwrap_or(u32::MAX), "a block is not closed"));
    }
    for (module, version, line, is_indirect) in required {
        let found = replaced.get(&(module, version)).or_else(|| replaced.get(&(module, "")));
        let is_direct = Some(!is_indirect);
        let entry = match found {
            Some((module, Some(version))) => Entry::new(purls::golang(module), Some(version), line),
            Some((_, None)) => Entry { origin: Origin::Path, ..Entry::new(purls::golang(module), Some(version), line) },
            None => Entry::new(purls::golang(module), Some(version), line),
        };
        rows.add(Entry { is_direct, ..entry });
    }
    Ok(())
}

/// `old [version] => new [version]`; a new one without a version is a folder.
fn replace<'t>(words: &[&'t str], line: u32, replaced: &mut Replacements<'t>) -> Result<(), LockfileError> {
    let (old, new) = match words {
        [old, "=>", new @ ..] => ((*old, ""), new),
        [old, version, "=>", new @ ..] => ((*old, *version), new),
        _ => return Err(LockfileError::shape(line, "`replace` is not `old => new`")),
    };
    match new {
        [new] => replaced.insert(old, (new, None)),
        [new, version] => replaced.insert(old, (new, Some(version))),
        _ => return Err(LockfileError::shape(line, "`replace` is not `old => new`")),
    };
    Ok(())
}
