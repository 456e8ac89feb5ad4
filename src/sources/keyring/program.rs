//! Runs `gpg`, which checks every signature in a keyring whose maker's key is in it too.

use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};

use super::listing::Listing;
use crate::tables::ReadReport;

/// Keys of the keyring at `path`. gpg has no home, reads nobody's settings, asks no network and writes nothing. The error says
/// what to do.
pub(super) fn list(path: &Path, report: &mut ReadReport) -> Result<Listing, String> {
    // Without a slash in it gpg would look for the keyring in its home.
    let path = fs_err::canonicalize(path).map_err(|error| error.to_string())?;
    let mut command = Command::new("gpg");
    command.args(["--homedir", "/nonexistent", "--batch", "--no-tty", "--no-options", "--lock-never", "--disable-dirmngr"]);
    command.args(["--no-auto-check-trustdb", "--trust-model", "always", "--no-default-keyring", "--keyring"]).arg(path);
    command.args(["--with-colons", "--fixed-list-mode", "--check-sigs"]).env("LC_ALL", "C");
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| format!("not read: `gpg` does not run ({error}); install the package `gpg`"))?;
    let output = child.stdout.take().map(BufReader::new).ok_or("not read: `gpg` has no output")?;
    let listing = Listing::read(output, report);
    let status = child.wait().map_err(|error| format!("not read: {error}"))?;
    let listing = listing.map_err(|error| format!("not read: {error}"))?;
    match (status.success(), listing.keys.is_empty()) {
        (true, false) => Ok(listing),
        (true, true) => Err("holds no key; give a binary OpenPGP keyring".into()),
        (false, _) => Err(format!("`gpg` failed ({status}); give a binary OpenPGP keyring, and look whether it is whole")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_keyring_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs_err::write(file.path(), "no keys here").expect("written");
        let refused = list(file.path(), &mut ReadReport::default()).err().expect("refused");
        assert!(refused.contains("gpg") || refused.contains("holds no key"), "{refused}");
        assert!(list(Path::new("/nonexistent/keyring.gpg"), &mut ReadReport::default()).is_err());
    }
}
