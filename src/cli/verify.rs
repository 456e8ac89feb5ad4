//! `trustgraph verify`: is a snapshot what it says, and who says so?

use std::process::ExitCode;

use anyhow::Context;

use super::arguments::{Format, VerifyArguments};
use super::attestation::{document, held_against};
use super::{STDOUT, WrongUse, print};
use crate::provenance::Artifact;
use crate::snapshot;

/// Prints every problem, and what the bundle proves about `SHA256SUMS`. Exit code 0 if all of it holds.
pub(super) fn run(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let (folder, signer) = (&arguments.snapshot, &arguments.signer);
    let names_signer = [&signer.identity, &signer.issuer].iter().any(|name| name.is_some()) || signer.trusted_root.is_some();
    if arguments.bundle.is_none() && names_signer {
        return Err(WrongUse("a signer is named but no signature: give --bundle FILE".to_owned()).into());
    }
    let verification = snapshot::verify(folder, arguments.previous.as_deref())?;
    print::verification(&verification).context(STDOUT)?;
    let holds = verification.problems.is_empty();
    let Some(bundle) = &arguments.bundle else {
        print::unsigned().context(STDOUT)?;
        return Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    };
    let sums = Artifact::of_bytes(fs_err::read(folder.join("SHA256SUMS"))?);
    let report = held_against(&document(bundle)?, &sums, signer)?;
    print::attestation(&report, Format::Text).context(STDOUT)?;
    Ok(if holds && report.is_proven { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
