//! `yarn.lock`: the format of yarn 1, line by line, and the YAML of later ones.

use super::node::Node;
use super::rows::{Entry, Rows};
use super::{LockfileError, Origin, npm, purls, registries};

/// A block of a classic file while its fields are read.
struct Block<'t> {
    line: u32,
    /// First of the requests it answers, such as `left-pad@^1.0.0`.
    request: &'t str,
    version: Option<&'t str>,
    resolved: Option<&'t str>,
}

/// Reads blocks: a line of requests, then fields that are indented by two.
pub(super) fn read_classic(text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    let mut open: Option<Block> = None;
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() || content.starts_with('#') {
            continue;
        }
        if !content.starts_with(' ') {
            let Some(requests) = content.strip_suffix(':') else {
                return Err(LockfileError::shape(line, "is neither a request that ends in `:` nor an indented field"));
            };
            close(open.take(), rows)?;
            let request = unquoted(requests.split(", ").next().unwrap_or(requests));
            open = Some(Block { line, request, version: None, resolved: None });
        } else if let (Some(block), false) = (&mut open, content.starts_with("   ")) {
            match content.trim().split_once(' ') {
                Some(("version", value)) => block.version = Some(unquoted(value)),
                Some(("resolved", value)) => block.resolved = Some(unquoted(value)),
                _ => {}
            }
        } else if open.is_none() {
            return Err(LockfileError::shape(line, "a field before any request"));
        }
    }
    close(open, rows)
}

fn close(block: Option<Block>, rows: &mut Rows) -> Result<(), LockfileError> {
    let Some(Block { line, request, version, resolved }) = block else { return Ok(()) };
    let Some(version) = version else { return Err(LockfileError::shape(line, format!("{request:?} has no version"))) };
    let (name, range) = split(request);
    let name = range.strip_prefix("npm:").map_or(name, |alias| split(alias).0);
    let is_local = ["file:", "link:", "./", "../", "/"].iter().any(|word| range.starts_with(word));
    let (origin, host) =
        if resolved.is_none() && is_local { (Origin::Path, None) } else { npm::origin(name, Some(version), resolved) };
    rows.add(Entry { origin, host, ..Entry::new(purls::npm(name), Some(version), line) });
    Ok(())
}

/// Reads the blocks of yarn 2 and later by what they are resolved to: `name@npm:1.0.0`.
pub(super) fn read_berry(root: &Node, rows: &mut Rows) -> Result<(), LockfileError> {
    if root.get("__metadata").is_none() {
        return Err(LockfileError::shape(1, "has no `__metadata`"));
    }
    for (key, node) in root.entries().iter().filter(|(key, _)| key.text != "__metadata") {
        let resolution =
            node.text_at("resolution").ok_or_else(|| LockfileError::shape(key.line, "a block has no `resolution`"))?;
        let (name, reference) = split(resolution);
        let version = node.text_at("version");
        // A patched package is the package, and a patch beside the lockfile.
        let inner = reference.strip_prefix("patch:").map(|patched| patched.replace("%3A", ":"));
        let reference = inner.as_deref().map_or(reference, |patched| split(patched).1);
        let (origin, host) = berry_origin(name, version, reference);
        let is_direct = None;
        rows.add(Entry { origin, host, is_direct, ..Entry::new(purls::npm(name), version, key.line) });
    }
    Ok(())
}

fn berry_origin(name: &str, version: Option<&str>, reference: &str) -> (Origin, Option<String>) {
    if let Some(version_of_reference) = reference.strip_prefix("npm:") {
        let archive = version_of_reference.split_once("__archiveUrl=").map(|(_, url)| url.split('&').next().unwrap_or(url));
        let written = version_of_reference.split(['#', ':']).next().unwrap_or_default();
        if version.is_some_and(|version| version != written) {
            return (Origin::Url, None);
        }
        return match archive.map(|url| url.replace("%3A", ":").replace("%2F", "/")) {
            Some(url) => match npm::origin(name, version, Some(&url)) {
                (Origin::Registry, _) => (Origin::Registry, Some(registries::host(&url).unwrap_or_default())),
                other => other,
            },
            None => (Origin::Registry, None),
        };
    }
    if ["workspace:", "file:", "link:", "portal:", "exec:"].iter().any(|word| reference.starts_with(word)) {
        return (Origin::Path, None);
    }
    (if reference.contains("commit=") || reference.contains(".git") { Origin::Git } else { Origin::Url }, None)
}

/// Name and what stands behind its `@`.
fn split(request: &str) -> (&str, &str) {
    let at = request.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    at.map_or((request, ""), |at| (&request[..at], &request[at + 1..]))
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}
