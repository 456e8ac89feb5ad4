//! `trustgraph reproduce`: the same inputs must give the same bytes.

use std::process::ExitCode;

use anyhow::Context;

use super::arguments::{Format, ReproduceArguments};
use super::{STDOUT, input_options, print};
use crate::job::Job;
use crate::pipeline::{self, ReproductionOptions};

/// Makes the snapshot anew and prints what differs. Exit code 0 if nothing does.
pub(super) fn run(arguments: &ReproduceArguments) -> anyhow::Result<ExitCode> {
    let job = Job::read(&arguments.fetch.job)?;
    let options = ReproductionOptions {
        manifest: arguments.manifest.clone(),
        inputs: input_options(&job, &arguments.fetch.inputs, None)?,
        previous: arguments.previous.clone(),
        out: arguments.out.clone(),
    };
    let found = pipeline::reproduce(&job, &options)?;
    print::answer(&found, Format::Text).context(STDOUT)?;
    Ok(if found.is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
