//! Commands. Exit codes: 0 done, 1 the run or a check failed, 2 wrong use, 3 the budget is spent.

mod arguments;
mod attestation;
mod backtest;
mod check;
mod defects;
mod diff;
mod index;
mod outcome_table;
mod print;
mod reproduce;
mod scan;
mod trusted_root;
mod verify;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use arguments::{Arguments, Command, ExplainArguments, FetchCommand, InputArguments, RunArguments, SimulateArguments};

use crate::attacks::AttackError;
use crate::identity::PseudonymKey;
use crate::job::{Attacks, Job, JobError};
use crate::pipeline::{self, InputOptions, Question, RunOptions, SimulationOptions};
use crate::snapshot::{self, PreviousChoice, Published};
use crate::sources::{self, FetchContext, Network, SourceError};
use crate::units::Day;

/// Parses the command line and runs the command.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(&arguments.log);
    defects::log_them();
    match catch_unwind(|| execute(&arguments.command)) {
        Ok(Ok(code)) => code,
        Err(_) => {
            tracing::error!("{}", defects::ADVICE);
            ExitCode::FAILURE
        }
        Ok(Err(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            tracing::error!("{error:#}");
            ExitCode::from(exit_code(&error))
        }
    }
}

fn execute(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(run) => run_job(run),
        Command::Simulate(simulation) => simulate(simulation),
        Command::Fetch(fetch) => fetch_inputs(fetch),
        Command::Render { snapshot, out } => render(snapshot, out),
        Command::Explain(arguments) => explain(arguments),
        Command::Attestation(arguments) => attestation::run(arguments),
        Command::TrustedRoot(arguments) => trusted_root::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Diff { before, after, format } => diff::run(before, after, *format),
        Command::Reproduce(arguments) => reproduce::run(arguments),
        Command::Index(arguments) => index::run(arguments),
        Command::Backtest(arguments) => backtest::backtest(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Scan(arguments) => scan::run(arguments),
    }
}

fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref() {
        Some(SourceError::Budget { .. }) => 3,
        _ if is_wrong_use(error) => 2,
        _ => 1,
    }
}

fn is_wrong_use(error: &anyhow::Error) -> bool {
    let is_job = |error: &SourceError| matches!(error, SourceError::Job { .. });
    error.is::<JobError>() || error.is::<WrongUse>() || error.is::<AttackError>() || error.downcast_ref().is_some_and(is_job)
}

/// Where it hurts when a result cannot be printed.
const STDOUT: &str = "standard output cannot be written";

/// The command line asks for something that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUse(String);

fn run_job(arguments: &RunArguments) -> anyhow::Result<ExitCode> {
    let compute = &arguments.compute;
    let job = Job::read(&compute.fetch.job)?;
    use_threads(compute.threads)?;
    let inputs = input_options(&job, &compute.fetch.inputs, compute.as_of)?;
    let options =
        RunOptions { inputs, out: arguments.out.clone(), previous: previous(&arguments.previous), replace: arguments.replace };
    print::run(&pipeline::run(&job, &options)?).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn simulate(arguments: &SimulateArguments) -> anyhow::Result<ExitCode> {
    let compute = &arguments.compute;
    let job = Job::read(&compute.fetch.job)?;
    let attacks = Attacks::read(&arguments.attack)?;
    use_threads(compute.threads)?;
    let inputs = input_options(&job, &compute.fetch.inputs, compute.as_of)?;
    let options = SimulationOptions { inputs, out: arguments.out.clone() };
    print::simulation(&pipeline::simulate(&job, &attacks, &options)?).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn fetch_inputs(arguments: &FetchCommand) -> anyhow::Result<ExitCode> {
    let FetchCommand { fetch, shard } = arguments;
    let job = Job::read(&fetch.job)?;
    let context = fetch_context(&job, &fetch.inputs)?;
    let raw = match shard {
        None => pipeline::fetch(&job, &context)?,
        Some(shard) => pipeline::fetch_shard(&job, &context, *shard)?,
    };
    print::inputs(&raw).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn render(snapshot: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    print::site(&pipeline::render(snapshot, out)?, out).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn explain(arguments: &ExplainArguments) -> anyhow::Result<ExitCode> {
    if let Some(job) = &arguments.job {
        return what_if(job, arguments);
    }
    let (id, folder) = (&arguments.id, arguments.snapshot.as_deref().unwrap_or(Path::new(".")));
    let published = Published::read(folder)?;
    let Some(explanation) = snapshot::explain(&published, id, arguments.steps) else {
        let what = "give a purl, a package name, a repository URL, a person id or a team id of this snapshot";
        return Err(WrongUse(format!("`{id}` is not in {}: {what}", folder.display())).into());
    };
    print::answer(&explanation, arguments.format).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn what_if(job: &Path, arguments: &ExplainArguments) -> anyhow::Result<ExitCode> {
    let job = Job::read(job)?;
    let all = |ids: &[String], question: fn(String) -> Question| ids.iter().cloned().map(question).collect::<Vec<_>>();
    let mut questions = all(&arguments.without, Question::Without);
    questions.extend(all(&arguments.without_link, Question::WithoutLink));
    questions.extend(all(&arguments.compromised, Question::Compromised));
    let options = input_options(&job, &arguments.inputs, None)?;
    let found = pipeline::what_if(&job, &options, &arguments.id, &questions)?.map_err(WrongUse)?;
    print::answer(&found, arguments.format).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

/// What `--previous` says.
fn previous(argument: &Option<PathBuf>) -> PreviousChoice {
    match argument {
        None => PreviousChoice::Newest,
        Some(path) if path.as_os_str() == "none" => PreviousChoice::None,
        Some(path) => PreviousChoice::Folder(path.clone()),
    }
}

fn input_options(job: &Job, arguments: &InputArguments, as_of: Option<Day>) -> anyhow::Result<InputOptions> {
    Ok(InputOptions { as_of, fetch: fetch_context(job, arguments)?, key: pseudonym_key()? })
}

fn fetch_context(job: &Job, arguments: &InputArguments) -> anyhow::Result<FetchContext> {
    let named = arguments.inputs.iter().map(|(name, _)| name).chain(arguments.bases.iter().map(|(name, _)| name));
    let used: Vec<&str> = sources::of(job).iter().map(|source| source.name()).collect();
    for name in named {
        if !used.contains(&name.as_str()) {
            return Err(WrongUse(format!("the job reads no source `{name}`; it reads: {}", used.join(", "))).into());
        }
    }
    Ok(FetchContext {
        cache: arguments.cache.clone().unwrap_or_else(default_cache),
        is_offline: arguments.offline,
        job_folder: job.folder.clone(),
        inputs: arguments.inputs.iter().cloned().collect(),
        bases: arguments.bases.iter().cloned().collect(),
        cargo_home: cargo_home(),
        network: Network::within(arguments.budget.unwrap_or_default()),
    })
}

/// Limits the threads of the whole program, when asked for.
fn use_threads(threads: Option<u16>) -> anyhow::Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
    pool.build_global().context("the threads cannot be started; give fewer --threads")
}

/// `$XDG_CACHE_HOME/trustgraph`, or `~/.cache/trustgraph`, or a folder here.
fn default_cache() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    base.map_or_else(|| PathBuf::from(".trustgraph-cache"), |base| base.join("trustgraph"))
}

/// `$CARGO_HOME`, or `~/.cargo`, where it is.
fn cargo_home() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CARGO_HOME").or_else(|| set("HOME").map(|home| home.join(".cargo"))).filter(|folder| folder.is_dir())
}

/// The key of person ids: the content of the file that `TRUSTGRAPH_PSEUDONYM_KEY_FILE` names, else the documented public one.
fn pseudonym_key() -> anyhow::Result<PseudonymKey> {
    let Some(path) = std::env::var_os("TRUSTGRAPH_PSEUDONYM_KEY_FILE") else {
        return Ok(PseudonymKey::public());
    };
    let key = fs_err::read(&path)?;
    if key.len() < 16 {
        return Err(WrongUse(format!("{}: a secret key has at least 16 bytes", Path::new(&path).display())).into());
    }
    Ok(PseudonymKey::secret(&key))
}

fn start_log(level: &str) {
    use std::io::IsTerminal;
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| pipeline::LogWriter).with_target(false);
    log.log_internal_errors(false).without_time().with_ansi(std::io::stderr().is_terminal()).init();
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
