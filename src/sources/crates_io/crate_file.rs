//! A package's own file: what it says of its repository, home page and commit. All of it is claims.
//!
//! Nothing is unpacked to disk. Two small files are looked for under the names they must have; every other path, however
//! written, is passed over, and what is decompressed is bounded. Authors are left alone: they are free text, often with
//! addresses, and give nobody a right.

use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use semver::Version;
use serde::Deserialize;

/// Most bytes decompressed before a package is given up.
const MAX_BYTES: u64 = 512 << 20;
/// Largest of the two files that is read.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What a package says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CrateFile {
    pub(super) repository: Option<String>,
    pub(super) homepage: Option<String>,
    /// Commit it says it was made from, lower-case hexadecimal.
    pub(super) commit: Option<String>,
    /// Folder of the repository it says it was made from.
    pub(super) directory: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: ManifestPackage,
}

#[derive(Default, Deserialize)]
struct ManifestPackage {
    repository: Option<toml::Value>,
    homepage: Option<toml::Value>,
}

/// `.cargo_vcs_info.json`: <https://doc.rust-lang.org/cargo/commands/cargo-package.html#cargo_vcs_infojson-format>
#[derive(Deserialize)]
struct VcsInfo {
    git: Option<GitInfo>,
    path_in_vcs: Option<String>,
}

#[derive(Deserialize)]
struct GitInfo {
    sha1: Option<String>,
}

/// Reads the file of `name` and `version` at `path`. The error is a reason for a read report.
pub(super) fn read(path: &Path, name: &str, version: &Version) -> Result<CrateFile, &'static str> {
    let file = fs_err::File::open(path).map_err(|_| "package file cannot be opened")?.into_parts().0;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)).take(MAX_BYTES));
    let folder = format!("{name}-{version}");
    let (manifest_path, vcs_path) = (format!("{folder}/Cargo.toml"), format!("{folder}/.cargo_vcs_info.json"));
    let (mut manifest, mut vcs) = (None, None);
    for entry in archive.entries().map_err(|_| "package file is no archive")? {
        let mut entry = entry.map_err(|_| "package file is damaged, or larger than 512 MiB")?;
        let known = match &*entry.path_bytes() {
            path if path == manifest_path.as_bytes() => &mut manifest,
            path if path == vcs_path.as_bytes() => &mut vcs,
            _ => continue,
        };
        if !entry.header().entry_type().is_file() || entry.size() > MAX_FILE_BYTES {
            return Err("package file holds a manifest that is no small file");
        }
        if known.is_some() {
            return Err("package file holds two manifests");
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).map_err(|_| "package file holds a manifest that is no text")?;
        *known = Some(text);
        if manifest.is_some() && vcs.is_some() {
            break;
        }
    }
    let manifest: Manifest =
        toml::from_str(&manifest.ok_or("package file holds no manifest")?).map_err(|_| "manifest cannot be read")?;
    let text = |value: Option<toml::Value>| value.as_ref().and_then(toml::Value::as_str).map(str::to_owned);
    let mut read = CrateFile {
        repository: text(manifest.package.repository),
        homepage: text(manifest.package.homepage),
        ..CrateFile::default()
    };
    if let Some(vcs) = vcs.and_then(|text| serde_json::from_str::<VcsInfo>(&text).ok()) {
        let is_commit = |id: &String| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        read.commit = vcs.git.and_then(|git| git.sha1).filter(is_commit).map(|id| id.to_ascii_lowercase());
        read.directory = vcs.path_in_vcs.filter(|path| is_folder(path));
    }
    Ok(read)
}

/// Whether `path` is a plain folder inside a repository.
pub(super) fn is_folder(path: &str) -> bool {
    let is_plain = |part: &str| {
        let is_known = |c: char| c.is_alphanumeric() || "._-+~@ ".contains(c);
        !part.is_empty() && part != "." && part != ".." && part.chars().all(is_known)
    };
    path.len() <= 200 && path.split('/').all(is_plain) && !crate::sources::homepage::holds_an_address(path)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    /// A package file with `files`, each a path and its content. Paths are written as they are, however hostile.
    pub(in crate::sources::crates_io) fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.as_gnu_mut().expect("a header").name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            builder.append(&header, *content).expect("appended");
        }
        builder.into_inner().and_then(GzEncoder::finish).expect("finished")
    }

    fn read_bytes(bytes: &[u8]) -> Result<CrateFile, &'static str> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.crate");
        fs_err::write(&path, bytes).expect("written");
        let result = read(&path, "x", &Version::new(1, 0, 0));
        assert_eq!(fs_err::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is unpacked");
        result
    }

    const MANIFEST: &[u8] = b"[package]\nname = \"x\"\nrepository = \"https://github.com/a/b\"\nhomepage = 1\n";

    #[test]
    fn what_a_package_says() {
        let vcs = format!(r#"{{"git":{{"sha1":"{}"}},"path_in_vcs":"crates/x"}}"#, "AB".repeat(20));
        let file =
            packed(&[("x-1.0.0/.cargo_vcs_info.json", vcs.as_bytes()), ("x-1.0.0/Cargo.toml", MANIFEST), ("x-1.0.0/y", b"")]);
        let read = read_bytes(&file).expect("a package");
        assert_eq!(read.repository.as_deref(), Some("https://github.com/a/b"));
        assert_eq!((read.homepage, read.commit, read.directory.as_deref()), (None, Some("ab".repeat(20)), Some("crates/x")));
        let odd = br#"{"git":{"sha1":"zz"},"path_in_vcs":"../../x"}"#;
        let read =
            read_bytes(&packed(&[("x-1.0.0/Cargo.toml", MANIFEST), ("x-1.0.0/.cargo_vcs_info.json", odd)])).expect("a package");
        assert_eq!((read.commit, read.directory), (None, None));
    }

    #[test]
    fn hostile_packages() {
        let hostile = packed(&[
            ("../../x-1.0.0/Cargo.toml", MANIFEST),
            ("/x-1.0.0/Cargo.toml", MANIFEST),
            ("y-1.0.0/Cargo.toml", MANIFEST),
        ]);
        assert_eq!(read_bytes(&hostile), Err("package file holds no manifest"));
        let twice = packed(&[("x-1.0.0/Cargo.toml", MANIFEST), ("x-1.0.0/Cargo.toml", b"[package]\n")]);
        assert_eq!(read_bytes(&twice), Err("package file holds two manifests"));
        let large = packed(&[("x-1.0.0/Cargo.toml", &vec![b' '; 2 << 20])]);
        assert_eq!(read_bytes(&large), Err("package file holds a manifest that is no small file"));
        let good = packed(&[("x-1.0.0/big", &vec![0; 4 << 20]), ("x-1.0.0/Cargo.toml", MANIFEST)]);
        assert!(read_bytes(&good).is_ok());
        assert!(read_bytes(&good[..good.len() / 2]).is_err(), "cut off");
        assert!(read_bytes(b"").is_err());
        assert!(read_bytes(b"<html>").is_err());
        assert_eq!(read_bytes(&packed(&[("x-1.0.0/Cargo.toml", b"not toml")])), Err("manifest cannot be read"));
    }

    #[test]
    fn a_bomb_is_not_followed() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let mut header = tar::Header::new_gnu();
        header.set_path("x-1.0.0/a").expect("a path");
        header.set_size(3 * MAX_BYTES);
        header.set_cksum();
        std::io::Write::write_all(&mut encoder, header.as_bytes()).expect("written");
        let zeros = vec![0; 16 << 20];
        for _ in 0..36 {
            std::io::Write::write_all(&mut encoder, &zeros).expect("written");
        }
        let bomb = encoder.finish().expect("finished");
        assert!(read_bytes(&bomb).is_err());
    }
}
