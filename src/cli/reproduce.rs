//! `trustgraph reproduce`: the same inputs must give the same bytes.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::arguments::{Format, InputArguments};
use super::{STDOUT, WrongUse, input_options, print, scan};
use crate::job::Job;
use crate::pipeline::{self, Reproduction, ReproductionOptions, ScanOptions};
use crate::snapshot::read_manifest;

/// A snapshot to make anew.
#[derive(Debug, Args)]
pub(super) struct ReproduceArguments {
    /// manifest.json of the snapshot, or its folder.
    manifest: PathBuf,
    /// Job file that the snapshot was made with. For a scan, --project instead.
    #[arg(required_unless_present = "project")]
    job: Option<PathBuf>,
    /// The snapshot is of a scan: folder of the project that was scanned. What registries said is read from the cache alone.
    #[arg(long, value_name = "DIR", conflicts_with = "job")]
    project: Option<PathBuf>,
    /// The scan read histories too.
    #[arg(long, requires = "project")]
    histories: bool,
    #[command(flatten)]
    inputs: InputArguments,
    /// The snapshot it was compared with [default: the one beside it].
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,
    /// Where to make it: DIR/snapshots/AS-OF/; what was made there before is replaced.
    #[arg(long, value_name = "DIR", default_value = "target/trustgraph/reproduced")]
    out: PathBuf,
}

/// Makes the snapshot anew and prints what differs. Exit code 0 if nothing does.
pub(super) fn run(arguments: &ReproduceArguments) -> anyhow::Result<ExitCode> {
    let found = match &arguments.job {
        Some(path) => {
            let job = Job::read(path)?;
            refuse_scan(arguments)?;
            pipeline::reproduce(&job, &options(arguments, &job)?)?
        }
        None => of_scan(arguments)?,
    };
    print::answer(&found, Format::Text).context(STDOUT)?;
    Ok(if found.is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn options(arguments: &ReproduceArguments, job: &Job) -> anyhow::Result<ReproductionOptions> {
    Ok(ReproductionOptions {
        manifest: arguments.manifest.clone(),
        inputs: input_options(job, &arguments.inputs, None)?,
        previous: arguments.previous.clone(),
        out: arguments.out.clone(),
    })
}

/// Which packages a scan asked for, its job does not say.
fn refuse_scan(arguments: &ReproduceArguments) -> anyhow::Result<()> {
    let manifest = read_manifest(pipeline::snapshot_folder(&arguments.manifest))?;
    if manifest.job == Job::shipped_scan()?.name {
        let what = "the snapshot is of a scan, whose packages come from a project: give --project DIR instead of a job";
        return Err(WrongUse(what.to_owned()).into());
    }
    Ok(())
}

fn of_scan(arguments: &ReproduceArguments) -> anyhow::Result<Reproduction> {
    let job = Job::shipped_scan()?;
    let folder = arguments.project.as_deref().context("give a job or --project DIR")?;
    let options = options(arguments, &job)?;
    let scan = ScanOptions {
        fetch: options.inputs.fetch.clone(),
        key: options.inputs.key.clone(),
        out: options.out.clone(),
        reads_histories: arguments.histories,
    };
    pipeline::reproduce_scan(&job, &scan::project(folder)?, &scan, &options)
}
