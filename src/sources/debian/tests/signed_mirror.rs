//! Fetching from a mirror signed with a throwaway key. Skips where the `gpg` program is absent.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use super::mirror::Mirror;
use super::*;

/// A mirror of one suite, a key for it, and a folder for the cache.
struct Archive {
    mirror: Mirror,
    folder: tempfile::TempDir,
}

const RELEASE: &str = "dists/trixie/InRelease";
const SOURCES_PATH: &str = "dists/trixie/main/source/Sources.gz";

/// Runs gpg in its own home; `None` when there is no such program.
fn gpg(home: &Path, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new("gpg");
    command.arg("--homedir").arg(home).args(["--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]);
    let child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.ok()?;
    child.stdin.take().expect("piped").write_all(input).expect("written");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success(), "gpg {arguments:?} failed");
    Some(output.stdout)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("written");
    encoder.finish().expect("written")
}

impl Archive {
    /// `None`, with a line that says so, when nothing can be signed here.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().join("gnupg");
        fs_err::create_dir(&home).expect("created");
        #[cfg(unix)]
        fs_err::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("set");
        let made = gpg(&home, &["--quick-generate-key", "Archive <a@example.org>", "ed25519", "sign", "never"], b"");
        if made.is_none() || Command::new("gpgv").arg("--version").output().is_err() {
            println!("skipped: `gpg` and `gpgv` are needed to sign and check a mirror");
            return None;
        }
        let key = gpg(&home, &["--export"], b"").expect("gpg is there");
        fs_err::write(folder.path().join("keyring.gpg"), key).expect("written");
        let archive = Self { mirror: Mirror::start(), folder };
        archive.publish("Suite: stable\nCodename: trixie\n", &gzip(SOURCES));
        Some(archive)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("gnupg")
    }

    /// Puts both indices and a signed list on the mirror.
    fn publish(&self, head: &str, sources: &[u8]) {
        self.publish_on("Sat, 09 Aug 2025", head, sources);
    }

    fn publish_on(&self, day: &str, head: &str, sources: &[u8]) {
        let packages = gzip(PACKAGES);
        let mut list = format!("{head}Date: {day} 08:46:59 UTC\nAcquire-By-Hash: yes\nSHA256:\n");
        for (folder, file, bytes) in [("main/source", "Sources.gz", sources), ("main/binary-amd64", "Packages.gz", &packages)] {
            let digest = crate::ordered::hex(&Sha256::digest(bytes));
            list.push_str(&format!(" {digest} {} {folder}/{file}\n", bytes.len()));
            self.mirror.put(&format!("dists/trixie/{folder}/{file}"), bytes);
        }
        self.mirror.put(RELEASE, gpg(&self.home(), &["--clearsign"], list.as_bytes()).expect("gpg is there"));
    }

    fn fetch(&self, is_offline: bool) -> Result<Vec<RawFile>, SourceError> {
        let bases = [(SOURCE.to_owned(), self.mirror.base.clone())].into();
        let context = FetchContext { inputs: Default::default(), bases, is_offline, ..context(self.folder.path()) };
        Debian::new(settings(&[("trixie", None)])).fetch(&context)
    }

    fn error(&self, is_offline: bool) -> String {
        self.fetch(is_offline).expect_err("an error").to_string()
    }

    fn edit_release(&self, edit: impl Fn(String) -> String) {
        let mut files = self.mirror.files.lock().expect("no panic");
        let text = String::from_utf8(files[RELEASE].clone()).expect("text");
        files.insert(RELEASE.into(), edit(text).into_bytes());
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // gpg leaves a helper running for its home.
        let _ = Command::new("gpgconf").arg("--homedir").arg(self.home()).args(["--kill", "all"]).status();
    }
}

#[test]
fn a_signed_mirror_is_fetched_once() {
    let Some(archive) = Archive::new() else { return };
    let raw = archive.fetch(false).expect("fetched");
    let names: Vec<_> = raw.iter().map(|file| (file.name.as_str(), file.as_of.map(|day| day.to_string()))).collect();
    assert_eq!(names, ["trixie_Sources.gz", "trixie_Packages.gz"].map(|name| (name, Some("2025-08-09".into()))));
    let asked = archive.mirror.asked();
    assert_eq!(asked.len(), 5, "by digest first, by path when the mirror has no digests: {asked:?}");
    assert!(asked[1].starts_with("dists/trixie/main/source/by-hash/SHA256/"));
    let mut tables = TablesBuilder::default();
    Debian::new(settings(&[("trixie", None)])).read(&raw, None, &mut tables).expect("read");
    assert_eq!(tables.finish().packages.len(), 2);
    // The second run asks for the list alone; offline asks for nothing; both find the same files.
    assert_eq!(archive.fetch(false).expect("fetched"), raw);
    assert_eq!(archive.mirror.asked(), [RELEASE]);
    assert_eq!(archive.fetch(true).expect("cached"), raw);
    assert!(archive.mirror.asked().is_empty());
}

#[test]
fn by_digest_where_the_mirror_has_it() {
    let Some(archive) = Archive::new() else { return };
    let sources = gzip(SOURCES);
    let digest = crate::ordered::hex(&Sha256::digest(&sources));
    archive.mirror.put(&format!("dists/trixie/main/source/by-hash/SHA256/{digest}"), sources);
    archive.mirror.put(SOURCES_PATH, "the next version, half uploaded");
    archive.fetch(false).expect("fetched");
}

#[test]
fn offline_needs_a_cache() {
    let Some(archive) = Archive::new() else { return };
    assert!(archive.error(true).contains("trixie: InRelease is not in the cache"));
    let raw = archive.fetch(false).expect("fetched");
    fs_err::remove_file(&raw[0].path).expect("removed");
    assert!(archive.error(true).contains("trixie_Sources.gz is not in the cache"));
    fs_err::write(&raw[0].path, "damaged").expect("written");
    assert_eq!(archive.fetch(false).expect("fetched again"), raw);
}

#[test]
fn what_is_not_signed_is_refused() {
    let Some(archive) = Archive::new() else { return };
    let good = archive.mirror.files.lock().expect("no panic")[RELEASE].clone();
    let refused = |what: &str, edit: &dyn Fn(String) -> String| {
        archive.mirror.put(RELEASE, good.clone());
        archive.edit_release(edit);
        let error = archive.error(false);
        assert!(error.contains("trixie: InRelease") && error.contains(what), "{what}: {error}");
        assert!(archive.error(true).contains("not in the cache"), "nothing unchecked is remembered");
    };
    refused("bad signature", &|text| text.replace("2025", "2026"));
    refused("clear-signed", &|text| {
        text.lines().filter(|line| !line.starts_with("-----")).map(|line| format!("{line}\n")).collect()
    });
    refused("clear-signed", &|text| format!("{text}\n{text}"));
    refused("clear-signed", &|text| format!("Suite: evil\n{text}"));
    refused("bad signature", &|text| text.split("-----BEGIN PGP SIGNATURE").next().map(str::to_owned).unwrap_or_default());
    // Text after the signature is not signed, so it must not be read.
    archive.mirror.put(RELEASE, good.clone());
    archive.edit_release(|text| format!("{text}\nSHA256:\n evil\n"));
    if let Ok(raw) = archive.fetch(false) {
        assert_eq!(raw[0].as_of.map(|day| day.to_string()).as_deref(), Some("2025-08-09"));
    }
    // A key that is not in the keyring.
    let other = Archive::new().expect("gpg is there");
    let foreign = other.mirror.files.lock().expect("no panic")[RELEASE].clone();
    archive.mirror.put(RELEASE, foreign);
    assert!(archive.error(false).contains("no valid key"));
}

#[test]
fn another_suite_or_other_bytes_are_refused() {
    let Some(archive) = Archive::new() else { return };
    archive.mirror.put(SOURCES_PATH, gzip("Package: evil\nVersion: 1\nMaintainer: A <a@example.org>\n"));
    let error = archive.error(false);
    assert!(error.contains("trixie_Sources.gz") && (error.contains("digest") || error.contains("bytes")), "{error}");
    archive.mirror.remove(SOURCES_PATH);
    assert!(archive.error(false).contains("not on the mirror"));
    archive.publish("Suite: oldstable\nCodename: bookworm\n", &gzip(SOURCES));
    assert!(archive.error(false).contains("signed for another suite"));
    archive.mirror.remove(RELEASE);
    assert!(archive.error(false).contains("check the suite's name"));
}

#[test]
fn a_mirror_cannot_turn_back_the_clock() {
    let Some(archive) = Archive::new() else { return };
    let trixie = "Codename: trixie\n";
    archive.fetch(false).expect("fetched");
    archive.publish_on("Sun, 10 Aug 2025", trixie, &gzip(SOURCES));
    archive.fetch(false).expect("fetched");
    archive.publish(trixie, &gzip(SOURCES));
    assert!(archive.error(false).contains("is of 2025-08-09, older than that of 2025-08-10"));
}

#[test]
fn base_addresses() {
    let folder = tempfile::tempdir().expect("a folder");
    for base in ["ftp://example.org", "nonsense", ""] {
        let bases = [(SOURCE.to_owned(), base.to_owned())].into();
        let context = FetchContext { inputs: Default::default(), bases, ..context(folder.path()) };
        let error = Debian::new(settings(&[("trixie", None)])).fetch(&context).expect_err("an error").to_string();
        assert!(error.contains("--base debian=URL"), "{error}");
    }
}
