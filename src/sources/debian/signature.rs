//! Signatures on `InRelease`, checked by the `gpgv` program that apt itself uses.

use std::path::Path;
use std::process::Command;

/// First line of a clear-signed text; exactly one may be there, so that nothing unsigned can hide beside it.
const START: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";

/// The signed payload of the file at `path`, when at least one key of `keyring` made a good signature and no signature is
/// bad. The error says what is wrong and what to do.
pub(super) fn signed_payload(path: &Path, keyring: &Path) -> Result<Vec<u8>, String> {
    let text = fs_err::read(path).map_err(|error| error.to_string())?;
    if !text.starts_with(START) || text.windows(START.len()).filter(|window| *window == START).count() != 1 {
        return Err("is not one clear-signed text; check the base address".into());
    }
    // Without a slash in it gpgv would look for the keyring in the home folder.
    let keyring = fs_err::canonicalize(keyring)
        .map_err(|error| format!("keyring: {error}; install `debian-archive-keyring` or set `keyring` in the job"))?;
    let output = Command::new("gpgv")
        .args(["--weak-digest", "SHA1", "--status-fd", "2", "--output", "-", "--keyring"])
        .arg(keyring)
        .arg(path)
        .output()
        .map_err(|error| format!("signature not checked: `gpgv` does not run ({error}); install the package `gpgv`"))?;
    judge(&String::from_utf8_lossy(&output.stderr))?;
    if output.stdout.is_empty() {
        return Err("signs nothing; fetch it again".into());
    }
    Ok(output.stdout)
}

/// Reads the status lines of gpgv. A good signature by an expired or unknown key does not count; one bad signature spoils all.
/// <https://github.com/gpg/gnupg/blob/master/doc/DETAILS>
fn judge(status: &str) -> Result<(), String> {
    let words = status.lines().filter_map(|line| line.strip_prefix("[GNUPG:] ")?.split(' ').next());
    let (mut good_count, mut has_bad) = (0, false);
    for word in words {
        good_count += u32::from(word == "GOODSIG");
        has_bad |= matches!(word, "BADSIG" | "BADARMOR" | "UNEXPECTED" | "NODATA");
    }
    match (has_bad, good_count) {
        (true, _) => Err("has a bad signature: it is not what its publisher signed; do not use this mirror".into()),
        (_, 0) => {
            Err("is signed by no valid key of the keyring; update `debian-archive-keyring` or set `keyring` in the job".into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        let good = "gpgv: Signature made today\n[GNUPG:] GOODSIG 0123 Archive\n[GNUPG:] VALIDSIG 0123\n";
        assert!(judge(good).is_ok());
        assert!(judge(&format!("{good}[GNUPG:] NO_PUBKEY 99\n")).is_ok(), "one known key is enough");
        assert!(judge(&format!("{good}[GNUPG:] BADSIG 99 Archive\n")).is_err());
        assert!(judge("[GNUPG:] EXPKEYSIG 0123 Archive\n[GNUPG:] VALIDSIG 0123\n").is_err());
        assert!(judge("[GNUPG:] NO_PUBKEY 99\n").is_err());
        assert!(judge("").is_err());
    }

    #[test]
    fn unsigned_text_and_missing_keyring() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("InRelease");
        for text in ["Suite: trixie\n".to_owned(), format!("x\n{0}\n", "-----BEGIN PGP SIGNED MESSAGE-----")] {
            fs_err::write(&path, text).expect("written");
            assert!(signed_payload(&path, &path).expect_err("an error").contains("clear-signed"));
        }
        fs_err::write(&path, START).expect("written");
        let error = signed_payload(&path, &folder.path().join("none.gpg")).expect_err("an error");
        assert!(error.contains("none.gpg") && error.contains("debian-archive-keyring"), "{error}");
    }
}
