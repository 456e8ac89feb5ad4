//! `trustgraph backtest`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use super::arguments::BacktestArguments;
use super::{STDOUT, WrongUse, default_cache, use_threads};
use crate::backtest::ReplayError;
use crate::job::Job;
use crate::pipeline::{self, BacktestOptions, BacktestSummary, CommitFiles, SuiteFiles};
use crate::sources::FetchContext;

/// Runs the command. A span outside the histories is wrong use.
pub(super) fn backtest(arguments: &BacktestArguments) -> anyhow::Result<ExitCode> {
    let job = arguments.job.as_deref().map_or_else(Job::shipped, Job::read)?;
    if arguments.job.is_none() && arguments.commits.is_none() && arguments.debian.is_none() {
        let what = "nothing to replay: give a job, or --commits and --tags, or --debian, --from-suite and --to-suite";
        return Err(WrongUse(what.to_owned()).into());
    }
    use_threads(arguments.threads)?;
    let summary = pipeline::backtest(&job, &options(arguments, &job)).map_err(|error| match error.downcast::<ReplayError>() {
        Ok(error @ ReplayError::Span { .. }) => WrongUse(error.to_string()).into(),
        Ok(error) => error.into(),
        Err(error) => error,
    })?;
    print(&summary).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn options(arguments: &BacktestArguments, job: &Job) -> BacktestOptions {
    let files = |commits: &std::path::PathBuf, tags: &std::path::PathBuf| CommitFiles {
        commits: commits.clone(),
        tags: tags.clone(),
        labels: arguments.labels.clone(),
        snapshot_dates: arguments.snapshot_dates.clone(),
    };
    let suites = arguments.from_suite.as_ref().zip(arguments.to_suite.as_ref());
    BacktestOptions {
        commits: arguments.commits.as_ref().zip(arguments.tags.as_ref()).map(|(commits, tags)| files(commits, tags)),
        cases: arguments.cases.clone(),
        search: arguments.search.clone(),
        suites: suites.map(|(from, to)| SuiteFiles { folder: arguments.debian.clone(), from: from.clone(), to: to.clone() }),
        reads_job: arguments.job.is_some(),
        from: arguments.from,
        to: arguments.to,
        out: arguments.out.clone(),
        fetch: FetchContext {
            cache: default_cache(),
            is_offline: true,
            job_folder: job.folder.clone(),
            inputs: Default::default(),
            bases: Default::default(),
            cargo_home: None,
            network: Default::default(),
        },
    }
}

fn print(summary: &BacktestSummary) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "histories {}", summary.history_count)?;
    writeln!(out, "measures  {}", summary.measure_count)?;
    let seconds: Vec<String> = summary.stages.iter().map(|(name, took)| format!("{name} {:.2}", took.as_secs_f64())).collect();
    writeln!(out, "seconds   {}", seconds.join(", "))?;
    writeln!(out, "Open {} in a browser.", summary.out.join("validation.html").display())
}
