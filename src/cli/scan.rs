//! `trustgraph scan`: who is behind a project's dependencies. Exit codes: 0 the report is whole, 1 a lockfile or registry could not be
//! read, or the scan failed, 2 wrong use or nothing to scan, 3 the budget is spent.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::arguments::{Format, InputArguments};
use super::{STDOUT, WrongUse, fetch_context, pseudonym_key, use_threads};
use crate::job::Job;
use crate::lockfiles::visible;
use crate::pipeline::{self, ScanOptions, ScanSummary};
use crate::scan::Project;

/// A project, and where what is known of its packages comes from.
#[derive(Debug, Args)]
pub(super) struct ScanArguments {
    /// Folder of the project. Lockfiles and bills of materials are looked for in it and below, but not behind symbolic links, in
    /// folders whose names begin with a dot, or in node_modules, bower_components, target, vendor, third_party, venv,
    /// site-packages, __pycache__, dist, fixtures and testdata.
    pub(super) path: PathBuf,
    /// Also mirror and read the git histories of the repositories that the packages link to, the most critical first.
    #[arg(long)]
    pub(super) histories: bool,
    #[command(flatten)]
    pub(super) inputs: InputArguments,
    /// Where to publish: DIR/snapshots/AS-OF/ and DIR/site/.
    #[arg(long, value_name = "DIR", default_value = "target/trustgraph/scan")]
    pub(super) out: PathBuf,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Threads to compute with; results never depend on it [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// Reads the folder, scans and prints. A report is printed even where nothing could be asked.
pub(super) fn run(arguments: &ScanArguments) -> anyhow::Result<ExitCode> {
    let job = Job::shipped_scan()?;
    let project = project(&arguments.path)?;
    use_threads(arguments.threads)?;
    let options = ScanOptions {
        fetch: fetch_context(&job, &arguments.inputs)?,
        key: pseudonym_key()?,
        out: arguments.out.clone(),
        reads_histories: arguments.histories,
    };
    let summary = pipeline::scan(&job, &project, &options)?;
    print(&summary, arguments.format).context(STDOUT)?;
    Ok(if summary.report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The lockfiles of the project in `path`.
pub(super) fn project(path: &Path) -> anyhow::Result<Project> {
    let wrong = |what: &str| WrongUse(format!("{}: {what}", path.display()));
    if !path.is_dir() {
        return Err(wrong("is no folder; give the folder of a project").into());
    }
    let folder = fs_err::canonicalize(path)?;
    let name = folder.file_name().map_or_else(|| "project".to_owned(), |name| visible(&name.to_string_lossy()));
    let project = Project::read(&folder, &name)?;
    if project.files.is_empty() {
        let what = "no lockfile or bill of materials here or below; write one (such as `cargo generate-lockfile`, `npm install \
                    --package-lock-only`, `pip freeze > requirements.txt`) and scan again";
        return Err(wrong(what).into());
    }
    Ok(project)
}

fn print(summary: &ScanSummary, format: Format) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if let Format::Json = format {
        let json = serde_json::to_string_pretty(&summary.report).expect("a report is plain data");
        return writeln!(out, "{json}");
    }
    write!(out, "{}", summary.report)?;
    let seconds: Vec<String> = summary.stages.iter().map(|(name, took)| format!("{name} {:.2}", took.as_secs_f64())).collect();
    let all: f64 = summary.stages.iter().map(|(_, took)| took.as_secs_f64()).sum();
    writeln!(out, "seconds   {all:.2} ({})", seconds.join(", "))?;
    match &summary.published {
        Some((snapshot, site)) => {
            writeln!(out, "snapshot  {}", snapshot.display())?;
            writeln!(out, "Open {} in a browser.", site.join("index.html").display())
        }
        None => writeln!(out, "No registry could be asked, so nothing was published."),
    }
}
