//! `requirements.txt` of pip, with what it includes from its own folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::rows::{Entry, Rows};
use super::{LockfileError, Origin, purls, read_text, registries};

/// Files that include each other no deeper.
const MAX_INCLUDES: usize = 8;

/// Reads the file at `path`, whose text is `text`, and every `-r` inside its folder.
pub(super) fn read(path: &Path, text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs_err::canonicalize(folder).map_err(|error| LockfileError::Io { error })?;
    let mut reading =
        Reading { seen: BTreeSet::from([folder.join(path.file_name().unwrap_or_default())]), folder, rows, host: None };
    reading.file(text, 0, &reading.folder.clone(), 0)
}

struct Reading<'r> {
    /// Nothing outside is read.
    folder: PathBuf,
    seen: BTreeSet<PathBuf>,
    rows: &'r mut Rows,
    /// Host of `--index-url`.
    host: Option<String>,
}

impl Reading<'_> {
    /// Reads one file; `base` is its own folder.
    fn file(&mut self, text: &str, file: usize, base: &Path, depth: usize) -> Result<(), LockfileError> {
        for (line, content) in logical_lines(text) {
            let content = content.trim();
            if content.is_empty() {
                continue;
            }
            if content.starts_with('-') {
                self.option(content, line, file, base, depth)?;
            } else {
                self.requirement(content, line, file);
            }
        }
        Ok(())
    }

    fn option(&mut self, content: &str, line: u32, file: usize, base: &Path, depth: usize) -> Result<(), LockfileError> {
        let split = content.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(content.len());
        let (mut name, mut value) = (&content[..split], content[split..].trim_start_matches(['=', ' ', '\t']).trim());
        // `-rfile` is the same as `-r file`.
        if !name.starts_with("--") && name.is_char_boundary(2) && name.len() > 2 {
            (name, value) = (&content[..2], content[2..].trim());
        }
        match name {
            "-r" | "--requirement" => self.include(value, line, base, depth)?,
            "-e" | "--editable" => self.requirement(value, line, file),
            "-i" | "--index-url" => self.host = registries::host(value),
            "--extra-index-url" | "-f" | "--find-links" => {
                self.rows.skip_in(file, "a further index is named: which one a package comes from cannot be told", line);
            }
            "-c" | "--constraint" => self.rows.skip_in(file, "constraints are not read: they install nothing", line),
            _ => {}
        }
        Ok(())
    }

    fn include(&mut self, value: &str, line: u32, base: &Path, depth: usize) -> Result<(), LockfileError> {
        let shape = |what: String| Err(LockfileError::shape(line, what));
        if depth + 1 > MAX_INCLUDES {
            return shape(format!("files include each other deeper than {MAX_INCLUDES}"));
        }
        let Ok(path) = fs_err::canonicalize(base.join(value)) else {
            return shape(format!("includes {value:?}, which cannot be read"));
        };
        if !path.starts_with(&self.folder) {
            return shape(format!("includes {value:?} from outside its folder; check that file by itself"));
        }
        if !self.seen.insert(path.clone()) {
            return Ok(());
        }
        let shown = path.strip_prefix(&self.folder).unwrap_or(&path).display().to_string();
        let text = read_text(&path, &shown)?;
        let file = self.rows.add_file(shown.clone());
        let base = path.parent().unwrap_or(&self.folder).to_path_buf();
        self.file(&text, file, &base, depth + 1).map_err(|error| error.in_file(&shown))
    }

    /// `name[extra]==1.0 ; marker --hash=…`, `name @ address`, an address, or a path.
    fn requirement(&mut self, content: &str, line: u32, file: usize) {
        let content = content.split(" --").next().unwrap_or(content);
        let content = content.split(" ;").next().unwrap_or(content).trim();
        let end = content.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(content.len());
        let (name, rest) = content.split_at(end);
        let rest = rest.trim_start();
        let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest) } else { rest }.trim_start();
        if let Some(address) = rest.strip_prefix('@') {
            return self.address(Some(name), address.trim(), line, file);
        }
        let is_address = content.contains("://") || content.starts_with('.') || content.starts_with('/') || rest.starts_with('/');
        if is_address || is_archive(content) {
            return self.address(None, content, line, file);
        }
        let specifier = rest.split(';').next().unwrap_or_default().trim().trim_start_matches('(').trim_end_matches(')');
        let pinned = specifier.strip_prefix("===").or_else(|| specifier.strip_prefix("==")).map(str::trim);
        let version = pinned.filter(|version| !version.contains(['*', ',']));
        let entry = Entry { host: self.host.clone(), ..Entry::new(purls::pypi(name), version, line) };
        self.rows.add_in(file, entry);
    }

    fn address(&mut self, name: Option<&str>, address: &str, line: u32, file: usize) {
        let fragment = address.split_once("#egg=").or_else(|| address.split_once("&egg=")).map(|(_, egg)| egg);
        let egg = fragment.map(|egg| egg.split(['&', '[']).next().unwrap_or(egg));
        let base = address.split(['#', '?']).next().unwrap_or(address).rsplit('/').next().unwrap_or_default();
        let wheel = base.strip_suffix(".whl").and_then(|wheel| wheel.split('-').next());
        let origin = match address.split_once("://").map(|(scheme, _)| scheme) {
            Some(scheme) if scheme.contains('+') || scheme == "git" => Origin::Git,
            Some("file") | None => Origin::Path,
            Some(_) => Origin::Url,
        };
        match name.or(egg).or(wheel) {
            Some(name) => self.rows.add_in(file, Entry { origin, ..Entry::new(purls::pypi(name), None, line) }),
            None => self.rows.skip_in(file, "an address or path without the name of its package", line),
        }
    }
}

fn is_archive(content: &str) -> bool {
    [".whl", ".tar.gz", ".zip"].iter().any(|ending| content.ends_with(ending))
}

/// Lines with continuations joined and comments cut off; each under the number of its first.
fn logical_lines(text: &str) -> Vec<(u32, String)> {
    let mut all = Vec::new();
    let mut open: Option<(u32, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let comment = if line.trim_start().starts_with('#') { Some(0) } else { line.find(" #").or_else(|| line.find("\t#")) };
        let content = comment.map_or(line, |at| &line[..at]);
        let (_, joined) = open.get_or_insert((number, String::new()));
        match content.strip_suffix('\\') {
            Some(start) => joined.push_str(start),
            None => {
                joined.push_str(content);
                all.extend(open.take());
            }
        }
    }
    all.extend(open);
    all
}
