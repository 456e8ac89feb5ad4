//! `trustgraph check`: lockfiles against a snapshot. Exit codes: 0 passes, 1 fails, 2 nothing could be judged or wrong use.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::Context;

use super::arguments::{CheckArguments, CheckFormat};
use super::{STDOUT, WrongUse, default_cache};
use crate::policy::{DEFAULT_POLICY, Policy, Question, Report, check};
use crate::site::package_page;
use crate::snapshot::{Bring, LOOKED_UP_TABLES, LOOKUP_DATA, LOOKUP_INDEX, Shards, read_manifest};
use crate::sources::{PublishedSnapshot, RemoteSnapshot};
use crate::units::Day;

/// The policy of a project, in its folder.
const POLICY_FILE: &str = "trustgraph.toml";

/// Judges and prints. Whatever keeps it from judging is exit code 2: a failed check and a check that could not be are never the same.
pub(super) fn run(arguments: &CheckArguments) -> anyhow::Result<ExitCode> {
    if arguments.init {
        return init(arguments.policy.as_deref().unwrap_or(Path::new(POLICY_FILE)));
    }
    match judge(arguments) {
        Ok(report) => {
            print(&report, arguments.format).context(STDOUT)?;
            Ok(ExitCode::from(report.exit_code()))
        }
        Err(error) => Err(WrongUse(format!("{error:#}; nothing was judged")).into()),
    }
}

fn judge(arguments: &CheckArguments) -> anyhow::Result<Report> {
    let policy = match &arguments.policy {
        Some(path) => Policy::read(path)?,
        None if Path::new(POLICY_FILE).is_file() => Policy::read(Path::new(POLICY_FILE))?,
        None => Policy::shipped()?,
    };
    let snapshot = arguments.snapshot.as_deref().context("give --snapshot DIR or URL")?;
    let is_remote = snapshot.starts_with("https://") || snapshot.starts_with("http://");
    let remote = if is_remote { Some(fetch(snapshot, arguments)?) } else { None };
    let folder = remote.as_ref().map_or(Path::new(snapshot), RemoteSnapshot::folder);
    let shards = match &remote {
        Some(remote) if folder.join(LOOKUP_INDEX).is_file() => {
            let bring: Bring = Box::new(|pieces| remote.bring(LOOKUP_DATA, pieces));
            Some(Shards::open(folder, &read_manifest(folder)?, bring)?)
        }
        _ => None,
    };
    let files: Vec<(PathBuf, String)> = arguments.lockfiles.iter().map(|path| (path.clone(), shown(path))).collect();
    let question = Question {
        files: &files,
        bases: &arguments.base,
        snapshot: folder,
        shards: shards.as_ref(),
        checks_digests: arguments.digests,
        today: arguments.today.map_or_else(today, Ok)?,
        page: package_page,
    };
    let report = check(&question, &policy)?;
    match (&arguments.enrich, &arguments.lockfiles[..]) {
        (Some(out), [document]) => fs_err::write(out, report.enriched(document)?)?,
        (Some(_), _) => anyhow::bail!("--enrich takes one bill of materials alone"),
        (None, _) => {}
    }
    Ok(report)
}

/// Brings what is small of the snapshot at `url`.
fn fetch(url: &str, arguments: &CheckArguments) -> anyhow::Result<RemoteSnapshot> {
    let cache = arguments.cache.clone().unwrap_or_else(default_cache);
    let patience = Duration::from_secs(arguments.patience.into());
    Ok(PublishedSnapshot { url, cache: &cache, index: LOOKUP_INDEX, tables: &LOOKED_UP_TABLES, patience }.fetch()?)
}

/// The path as results show it: below this folder where that is possible, with `/` between its parts.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    below.as_deref().unwrap_or(path).display().to_string().replace('\\', "/")
}

fn today() -> anyhow::Result<Day> {
    let seconds =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock stands before 1970; give --today")?;
    let seconds = i64::try_from(seconds.as_secs()).ok();
    seconds.and_then(Day::from_unix_seconds).context("the clock stands beyond the year 9999; give --today")
}

/// Writes the commented policy; never over a file.
fn init(path: &Path) -> anyhow::Result<ExitCode> {
    let file = fs_err::OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| WrongUse(format!("the policy is not written: {error}")))?;
    file.write_all(DEFAULT_POLICY.as_bytes())?;
    writeln!(std::io::stdout().lock(), "policy    {}", path.display()).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn print(report: &Report, format: CheckFormat) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let json = |value: &serde_json::Value| serde_json::to_string_pretty(value).expect("a report is plain data");
    match format {
        CheckFormat::Text => write!(out, "{report}"),
        CheckFormat::Json => writeln!(out, "{}", json(&serde_json::to_value(report).expect("a report is plain data"))),
        CheckFormat::Sarif => writeln!(out, "{}", json(&report.sarif())),
        CheckFormat::Markdown => write!(out, "{}", report.markdown()),
    }
}
