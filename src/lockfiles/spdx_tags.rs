//! SPDX 2.2 and 2.3 as tags and values, one a line.

use super::rows::Rows;
use super::{LockfileError, spdx};

/// Reads packages: a `PackageName` begins one, `ExternalRef: PACKAGE-MANAGER purl …` says what it is.
pub(super) fn read(text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    let mut version_line = None;
    let mut open: Option<Open> = None;
    let mut is_text = false;
    for (line, content) in (1..).zip(text.lines()) {
        // Free text may span lines and hold anything that looks like a tag.
        if is_text || content.contains("<text>") {
            is_text = !content.contains("</text>");
            continue;
        }
        let Some((tag, value)) = content.split_once(':') else { continue };
        let value = value.trim();
        match tag.trim() {
            "SPDXVersion" if matches!(value, "SPDX-2.2" | "SPDX-2.3") => version_line = Some(line),
            "SPDXVersion" => {
                return Err(LockfileError::shape(line, format!("version {value:?} of SPDX is not known (known: 2.2, 2.3)")));
            }
            "PackageName" => close(open.replace(Open { line, version: None, purls: Vec::new() }), rows),
            "PackageVersion" => {
                if let Some(open) = &mut open {
                    open.version = Some(value);
                }
            }
            "ExternalRef" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                if let (Some(open), [_, "purl", purl]) = (&mut open, &words[..]) {
                    open.purls.push((*purl, line));
                }
            }
            "FileName" | "SnippetSPDXID" => close(open.take(), rows),
            _ => {}
        }
    }
    close(open, rows);
    if is_text {
        return Err(LockfileError::shape(u32::try_from(text.lines().count()).unwrap_or(u32::MAX), "a <text> is not closed"));
    }
    version_line.map(|_: u32| ()).ok_or_else(|| LockfileError::shape(1, "has no SPDXVersion"))
}

/// A package while its tags are read.
struct Open<'t> {
    line: u32,
    version: Option<&'t str>,
    purls: Vec<(&'t str, u32)>,
}

fn close(open: Option<Open>, rows: &mut Rows) {
    let Some(open) = open else { return };
    for (purl, line) in &open.purls {
        spdx::add_purl(purl, open.version, *line, rows);
    }
    if open.purls.is_empty() {
        rows.skip("a package without a package URL", open.line);
    }
}
