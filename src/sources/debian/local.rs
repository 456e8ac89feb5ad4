//! Indices that lie in a folder: `SUITE_Sources` and `SUITE_Packages`, plain or compressed.

use std::path::{Path, PathBuf};

use super::{SOURCE, job_error};
use crate::job::DebianSource;
use crate::sources::{Compression, RawFile, SourceError};

/// Finds and pins both indices of every suite of `settings`.
pub(super) fn find(folder: &Path, settings: &DebianSource) -> Result<Vec<RawFile>, SourceError> {
    let mut raw = Vec::new();
    for suite in &settings.suites {
        let as_of = suite.as_of.ok_or_else(|| {
            job_error(format!(
                "suite `{}` has no `as_of`: indices on disk do not say their day; add `as_of = \"YYYY-MM-DD\"`",
                suite.name
            ))
        })?;
        for kind in ["Sources", "Packages"] {
            let (name, path) = index(folder, &format!("{}_{kind}", suite.name))?;
            let pinned =
                RawFile::pin(name, &path, Some(as_of)).map_err(|error| SourceError::Io { source_name: SOURCE, error })?;
            raw.push(pinned);
        }
    }
    Ok(raw)
}

/// The file called `stem`, with the first known ending that is there.
fn index(folder: &Path, stem: &str) -> Result<(String, PathBuf), SourceError> {
    let names = Compression::ALL.map(|(_, ending)| format!("{stem}{ending}"));
    let found = names.into_iter().map(|name| (folder.join(&name), name)).find(|(path, _)| path.is_file());
    found.map(|(path, name)| (name, path)).ok_or_else(|| SourceError::Missing {
        source_name: SOURCE,
        path: folder.join(stem),
        hint: "put it there, plain or as .xz, .gz or .lz4, or leave out `path` and `--input` to fetch it".into(),
    })
}
