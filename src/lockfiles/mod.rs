//! WHAT IS INSTALLED: lockfiles and bills of material, read into one list of packages with their lines.
//!
//! A lockfile is written by whoever proposes a change, so all of it is hostile: sizes, nesting and includes are bounded, aliases
//! that hide content are refused, and what cannot be read is an error or a counted skip, never a shorter list. Each format has
//! one file; `node` is the one shape JSON, TOML and YAML are read into, with the line of every key.

mod cargo;
mod cyclonedx;
mod detect;
mod error;
mod folder;
mod go;
mod json;
mod lines;
mod locked;
mod maven;
mod node;
mod npm;
mod pnpm;
mod purls;
mod python;
mod registries;
mod requirements;
mod rows;
mod spdx;
mod spdx_tags;
mod toml_text;
mod visible;
mod xml;
mod yaml;
mod yarn;

use std::io::Read;
use std::path::Path;

pub use detect::Format;
pub use error::LockfileError;
pub use folder::{Found, find};
pub use locked::{Locked, LockedKind, Lockfile, Origin, Skip};
pub use purls::{ParsedPurl, binary_name};
pub use registries::Registries;
pub use visible::visible;

use rows::Rows;

/// No lockfile or bill of materials is larger: the largest seen have a tenth of that.
pub const MAX_BYTES: u64 = 64 << 20;

/// Reads the file at `path`. Its format follows from its name, else from its content, else it is `like`. `registries` says which
/// hosts serve the public registry of an ecosystem.
pub fn read(path: &Path, like: Option<Format>, registries: &Registries) -> Result<Lockfile, LockfileError> {
    let file = path.display().to_string();
    let text = read_text(path, &file)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let format =
        detect::format(&detect::name(path), &text).or(like).ok_or_else(|| LockfileError::Unknown { file: file.clone() })?;
    let mut rows = Rows::new(&name);
    match format {
        Format::Requirements => requirements::read(path, &text, &mut rows),
        other => read_format(other, &text, &mut rows),
    }
    .map_err(|error| error.in_file(&file))?;
    Ok(rows.finish(format, registries))
}

/// Reads every format that is one file.
fn read_format(format: Format, text: &str, rows: &mut Rows) -> Result<(), LockfileError> {
    match format {
        Format::Cargo => cargo::read(&toml_text::read(text)?, rows),
        Format::Npm => npm::read(&json::read(text)?, rows),
        Format::Pnpm => pnpm::read(&yaml::read(text)?, rows),
        Format::YarnClassic => yarn::read_classic(text, rows),
        Format::YarnBerry => yarn::read_berry(&yaml::read(text)?, rows),
        Format::Requirements => Err(LockfileError::shape(1, "requirements include other files and are read from a folder")),
        Format::Uv => python::read_uv(&toml_text::read(text)?, rows),
        Format::Poetry => python::read_poetry(&toml_text::read(text)?, rows),
        Format::Pylock => python::read_pylock(&toml_text::read(text)?, rows),
        Format::GoSum => go::read_sum(text, rows),
        Format::GoMod => go::read_mod(text, rows),
        Format::MavenPom => maven::read_pom(&xml::read(text)?, rows),
        Format::MavenLock => maven::read_lock(&json::read(text)?, rows),
        Format::MavenList => maven::read_list(text, rows),
        Format::CycloneDxJson => cyclonedx::read_json(&json::read(text)?, rows),
        Format::CycloneDxXml => cyclonedx::read_xml(&xml::read(text)?, rows),
        Format::SpdxJson => spdx::read(&json::read(text)?, rows),
        Format::SpdxTags => spdx_tags::read(text, rows),
    }
}

/// Text of a file that is not too large; a byte order mark is left out.
fn read_text(path: &Path, file: &str) -> Result<String, LockfileError> {
    let io = |error: std::io::Error| LockfileError::Io { error };
    let opened = fs_err::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(LockfileError::TooLarge { file: file.to_owned() });
    }
    let mut text = String::from_utf8(bytes).map_err(|_| LockfileError::NotText { file: file.to_owned() })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
