//! `trustgraph attestation`: one document against one artifact.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use super::arguments::{AttestationArguments, SignerArguments};
use super::{STDOUT, WrongUse, print};
use crate::provenance::{Artifact, Expected, MAX_DOCUMENT_BYTES, Report, TrustedRoots, verify};

/// Prints what the document proves. Exit code 0 if all of it holds, 1 if not.
pub(super) fn run(arguments: &AttestationArguments) -> anyhow::Result<ExitCode> {
    let document = document(&arguments.bundle)?;
    let artifact = match (&arguments.artifact, &arguments.digest) {
        (Some(path), _) => Artifact::of_bytes(read(path)?),
        (None, Some(digest)) => digest.clone(),
        (None, None) => return Err(WrongUse("give --artifact FILE or --digest ALG:HEX".to_owned()).into()),
    };
    let report = held_against(&document, &artifact, &arguments.signer)?;
    print::attestation(&report, arguments.format).context(STDOUT)?;
    Ok(if report.is_proven { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What `document` proves about `artifact`, by the roots and the signer that the command line names.
pub(super) fn held_against(document: &[u8], artifact: &Artifact, signer: &SignerArguments) -> anyhow::Result<Report> {
    let roots = match &signer.trusted_root {
        None => TrustedRoots::shipped(),
        Some(path) => {
            let refused = |error| WrongUse(format!("{}: {error}", path.display()));
            TrustedRoots::read(&self::document(path)?).map_err(refused)?
        }
    };
    let expected = Expected { identity: signer.identity.clone(), issuer: signer.issuer.clone() };
    Ok(verify(document, artifact, &expected, &roots))
}

/// At most one byte more than a document may have: the check says so with a reason, and a huge file is not read to its end.
pub(super) fn document(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs_err::File::open(path).map_err(wrong_file)?;
    file.take(MAX_DOCUMENT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    Ok(fs_err::read(path).map_err(wrong_file)?)
}

/// A file that is not there is wrong use: nothing was said about any attestation.
fn wrong_file(error: std::io::Error) -> WrongUse {
    WrongUse(error.to_string())
}
