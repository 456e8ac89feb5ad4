//! What may be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::reproduce::ReproduceArguments;
use super::scan::ScanArguments;
use super::trusted_root::TrustedRootArguments;
use crate::provenance::Artifact;
use crate::sources::{Budget, Shard};
use crate::units::Day;

/// The open source trust graph: who is behind a package, with reasons.
///
/// A nightly batch job: it reads what package ecosystems and git histories say, lets trust flow through one graph of persons,
/// repositories and packages, and publishes a Parquet snapshot and a static website. Exit codes: 0 done, 1 the run or a check
/// failed, 2 wrong use, 3 the budget is spent.
#[derive(Debug, Parser)]
#[command(name = "trustgraph", version)]
pub(super) struct Arguments {
    /// How much to log on standard error: error, warn, info, debug, trace.
    #[arg(long, global = true, default_value = "info", value_parser = ["error", "warn", "info", "debug", "trace"])]
    pub(super) log: String,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a job: fetch or read its inputs, compute, publish a snapshot and a website.
    Run(RunArguments),
    /// Measure what attackers would gain: plant their rows beside a job's facts and compute all scores anew. Touches no snapshot.
    Simulate(SimulateArguments),
    /// Only bring a job's raw inputs into the cache, check them, and print their digests.
    Fetch(FetchCommand),
    /// Make the website from a published snapshot, and from nothing else.
    Render {
        /// Folder of a snapshot: the one with manifest.json.
        snapshot: PathBuf,
        /// Folder to write the website to; an older website there is replaced as a whole.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Show why a node has its score, two steps back, or what would change it.
    Explain(ExplainArguments),
    /// Say what an attestation proves about an artifact, or why it proves nothing. Opens no connection.
    Attestation(AttestationArguments),
    /// Bring the trusted root of a Sigstore instance up to date, for --trusted-root: verify signed metadata (The Update Framework) from
    /// a folder or a server, and write the root it vouches for. Exit code 1 when it vouches for none.
    TrustedRoot(TrustedRootArguments),
    /// Hold lockfiles and bills of materials against a snapshot and a policy: who may pass. Exit codes: 0 passes, 1 fails, 2 something
    /// could not be judged.
    Check(CheckArguments),
    /// Say who is behind a project's dependencies: find its lockfiles, ask the registries about what they name, score, publish a
    /// snapshot and a website. Exit codes: 0 the report is whole, 1 a lockfile or registry could not be read, 2 nothing to scan.
    Scan(ScanArguments),
    /// Replay signals on labelled histories, as of each month, and say what they caught, how early, and at what cost.
    Backtest(BacktestArguments),
    /// Check a snapshot: digests, schema, foreign keys, quality gates, and who signed it. Lists every problem; exit code 1 when
    /// there is one.
    Verify(VerifyArguments),
    /// Say what is different between two snapshots, and which terms moved a score.
    Diff {
        /// Folder of the older snapshot.
        before: PathBuf,
        /// Folder of the newer snapshot.
        after: PathBuf,
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Make a snapshot anew and say whether every byte is the same, and if not, why. Exit code 1 when something differs.
    Reproduce(ReproduceArguments),
    /// List the snapshots of a folder in index.json, with errata, and say which have had their time.
    Index(IndexArguments),
}

/// A snapshot and who should have signed it.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// Folder of a snapshot: the one with manifest.json.
    pub(super) snapshot: PathBuf,
    /// Run the gates on drift again too: from the snapshot in DIR, an older one of the same job, to this one.
    #[arg(long, value_name = "DIR")]
    pub(super) previous: Option<PathBuf>,
    /// Signed bundle about the snapshot's SHA256SUMS, which names every file. Checked offline.
    #[arg(long, value_name = "FILE")]
    pub(super) bundle: Option<PathBuf>,
    #[command(flatten)]
    pub(super) signer: SignerArguments,
}

/// Who must have signed, and whose roots say so.
#[derive(Debug, Args)]
pub(super) struct SignerArguments {
    /// trusted_root.json of a Sigstore instance, instead of the roots that ship with the program.
    #[arg(long, value_name = "FILE")]
    pub(super) trusted_root: Option<PathBuf>,
    /// Who must have signed: the certificate's subject alternative name, letter by letter.
    #[arg(long, value_name = "SAN")]
    pub(super) identity: Option<String>,
    /// Who must vouch for the signer: the identity provider's address, letter by letter.
    #[arg(long, value_name = "URL")]
    pub(super) issuer: Option<String>,
}

/// A folder of snapshots.
#[derive(Debug, Args)]
pub(super) struct IndexArguments {
    /// The --out of runs: the folder that holds snapshots/.
    pub(super) out: PathBuf,
    /// TOML file of what turned out to be wrong with which snapshot; replaces what index.json says of it.
    #[arg(long, value_name = "FILE")]
    pub(super) errata: Option<PathBuf>,
    /// Newest snapshots that stay whatever their day [default: publish.daily_snapshots of the newest snapshot].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) daily: Option<u16>,
    /// Weeks of which the last snapshot stays [default: publish.weekly_snapshots of the newest snapshot].
    #[arg(long, value_name = "N")]
    pub(super) weekly: Option<u16>,
    /// Remove those that have had their time, instead of only naming them. The last of each month stays for ever.
    #[arg(long)]
    pub(super) remove: bool,
}

/// A job and where its inputs come from.
#[derive(Debug, Args)]
pub(super) struct FetchArguments {
    /// Job file, such as jobs/sample.toml. Every key is explained in jobs/README.md.
    pub(super) job: PathBuf,
    #[command(flatten)]
    pub(super) inputs: InputArguments,
}

/// A job whose inputs are brought, or a part of them.
#[derive(Debug, Args)]
pub(super) struct FetchCommand {
    #[command(flatten)]
    pub(super) fetch: FetchArguments,
    /// Only part I of N, each on a machine of its own: part 0 is what registries say; each of 1 to N mirrors and mines some of the
    /// repositories, after part 0 with what that left in the cache.
    #[arg(long, value_name = "I/N", conflicts_with = "offline")]
    pub(super) shard: Option<Shard>,
}

/// Where inputs come from.
#[derive(Debug, Args)]
pub(super) struct InputArguments {
    /// Open no connection: use files on disk and what earlier runs left in the cache.
    #[arg(long)]
    pub(super) offline: bool,
    /// Read a source's raw files from PATH instead (may be given once a source), for example debian=DIR with
    /// trixie_Sources.xz and trixie_Packages.xz, or commits=DIR with commits.parquet and tags.parquet.
    #[arg(long = "input", value_name = "SOURCE=PATH", value_parser = input)]
    pub(super) inputs: Vec<(String, PathBuf)>,
    /// Base address of a source's registry, instead of the one this machine's own client is configured for.
    #[arg(long = "base", value_name = "SOURCE=URL", value_parser = pair)]
    pub(super) bases: Vec<(String, String)>,
    /// Stop asking when this much is spent; what was brought is kept, exit code 3 says so, and the same command goes on from
    /// there. Any of requests=N,bytes=N,minutes=N.
    #[arg(long, value_name = "LIMITS", value_parser = Budget::parse)]
    pub(super) budget: Option<Budget>,
    /// Folder that keeps fetched files between runs [default: the user's cache folder].
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
}

/// What to explain.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A package URL (pkg:deb/debian/xz-utils), a package or installed name, a repository URL, a person id (p…) or a team id (t…).
    pub(super) id: String,
    /// Folder of a snapshot, the one with manifest.json: show every term of the score, largest first, summing to the score.
    #[arg(long, value_name = "SNAPSHOT", required_unless_present = "job", conflicts_with = "job")]
    pub(super) snapshot: Option<PathBuf>,
    /// With a snapshot: how many steps back to follow the terms.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=4), conflicts_with = "job")]
    pub(super) steps: u8,
    /// Job file: propagate its scores again with something changed. Without one of the next three, without each of the three
    /// neighbors that give most.
    #[arg(long, value_name = "JOB")]
    pub(super) job: Option<PathBuf>,
    /// As if this node had no edges, and others shared what it controls.
    #[arg(long, value_name = "ID", requires = "job", conflicts_with = "snapshot")]
    pub(super) without: Vec<String>,
    /// As if the package were not known to be built from this repository.
    #[arg(long, value_name = "URL", requires = "job", conflicts_with = "snapshot")]
    pub(super) without_link: Vec<String>,
    /// As if the account of this person or team were in wrong hands: how far that reaches, and what falls.
    #[arg(long, value_name = "ID", requires = "job", conflicts_with = "snapshot")]
    pub(super) compromised: Vec<String>,
    #[command(flatten)]
    pub(super) inputs: InputArguments,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// A job and how it is computed.
#[derive(Debug, Args)]
pub(super) struct ComputeArguments {
    #[command(flatten)]
    pub(super) fetch: FetchArguments,
    /// Use no fact after this day (YYYY-MM-DD). The snapshot is as of the newest fact that is left.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) as_of: Option<Day>,
    /// Threads to compute with; results never depend on it [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// A whole run.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) compute: ComputeArguments,
    /// Where to publish: DIR/snapshots/AS-OF/ and DIR/site/.
    #[arg(long, value_name = "DIR", default_value = "target/trustgraph")]
    pub(super) out: PathBuf,
    /// Snapshot that this one is compared with, or `none` [default: the newest older one of the same job in --out].
    #[arg(long, value_name = "SNAPSHOT")]
    pub(super) previous: Option<PathBuf>,
    /// Throw away a snapshot of the same day that differs, instead of failing.
    #[arg(long)]
    pub(super) replace: bool,
}

/// A simulation of attacks on a job.
#[derive(Debug, Args)]
pub(super) struct SimulateArguments {
    #[command(flatten)]
    pub(super) compute: ComputeArguments,
    /// Attack file, such as jobs/attacks.toml. Every kind of attack is explained in jobs/README.md.
    #[arg(long, value_name = "FILE")]
    pub(super) attack: PathBuf,
    /// Where to write attack_outcomes.parquet and attacks.svg.
    #[arg(long, value_name = "DIR", default_value = "target/trustgraph/simulation")]
    pub(super) out: PathBuf,
}

/// An attestation, and what it is held against.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["artifact", "digest"]))]
pub(super) struct AttestationArguments {
    /// A Sigstore bundle, a registry's list of attestations, or a PyPI attestation or provenance document; JSON or JSON lines.
    pub(super) bundle: PathBuf,
    /// The file the attestation is about.
    #[arg(long, value_name = "FILE")]
    pub(super) artifact: Option<PathBuf>,
    /// Its digest instead, as the registry names it: sha256:HEX or sha512:HEX.
    #[arg(long, value_name = "ALG:HEX", value_parser = digest)]
    pub(super) digest: Option<Artifact<'static>>,
    #[command(flatten)]
    pub(super) signer: SignerArguments,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// What is checked, against what.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Lockfiles (cargo, npm, pnpm, yarn, pip, uv, poetry, Go, Maven) and bills of materials (CycloneDX, SPDX).
    #[arg(required_unless_present = "init", value_name = "LOCKFILE|SBOM")]
    pub(super) lockfiles: Vec<PathBuf>,
    /// The same file as it was before (may be given several times): only what was added or changed since is judged.
    #[arg(long, value_name = "OLD")]
    pub(super) base: Vec<PathBuf>,
    /// Policy file [default: trustgraph.toml here, else the policy that ships with the program].
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// A snapshot: its folder, or the https address of its folder, of which a few files are fetched, checked and kept.
    #[arg(long, value_name = "DIR|URL", required_unless_present = "init")]
    pub(super) snapshot: Option<String>,
    /// How to print: text for a terminal, json for programs, sarif for code scanning, markdown for a comment.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    /// The day cool-downs and exceptions are held against (YYYY-MM-DD) [default: today].
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) today: Option<Day>,
    /// Check the digest of every table that is read, however large; without it, of those below 32 MiB.
    #[arg(long)]
    pub(super) digests: bool,
    /// Seconds without an answer or a byte after which a try to fetch is given up; there are three.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(super) patience: u16,
    /// Folder that keeps fetched files between runs [default: the user's cache folder].
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
    /// Write the bill of materials (CycloneDX or SPDX in JSON, one alone) to OUT with scores and failures as properties or annotations.
    #[arg(long, value_name = "OUT")]
    pub(super) enrich: Option<PathBuf>,
    /// Write the policy that ships with the program, commented, to trustgraph.toml or --policy FILE, and stop.
    #[arg(long, conflicts_with_all = ["lockfiles", "snapshot", "base"])]
    pub(super) init: bool,
}

/// How `check` prints.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CheckFormat {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// One table, for a comment on a pull request.
    Markdown,
}

/// What is replayed.
#[derive(Debug, Args)]
pub(super) struct BacktestArguments {
    /// Job file whose sources and parameters are used [default: the job that ships with the program, with the files given below].
    pub(super) job: Option<PathBuf>,
    /// First month that is judged (YYYY-MM) [default: the first of any history].
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub(super) from: Option<i32>,
    /// Last month that is judged (YYYY-MM) [default: the last of any history].
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub(super) to: Option<i32>,
    /// Where to write report.json, backtest_measures.parquet and validation.html.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Commits of the histories; the layout is explained in jobs/README.md.
    #[arg(long, value_name = "FILE", requires = "tags")]
    pub(super) commits: Option<PathBuf>,
    /// Tags of the histories.
    #[arg(long, value_name = "FILE", requires = "commits")]
    pub(super) tags: Option<PathBuf>,
    /// What is known to have happened to which repository.
    #[arg(long, value_name = "FILE", requires = "commits")]
    pub(super) labels: Option<PathBuf>,
    /// Packages of a published evaluation: tier, cutoff_date, repo.
    #[arg(long, value_name = "FILE")]
    pub(super) cases: Option<PathBuf>,
    /// The day each history was taken; it is cut there.
    #[arg(long, value_name = "FILE", requires = "commits")]
    pub(super) snapshot_dates: Option<PathBuf>,
    /// Also seek parameters of a signal, as this file declares, such as jobs/search.toml; each draw replays the signal.
    #[arg(long, value_name = "FILE")]
    pub(super) search: Option<PathBuf>,
    /// Folder with SUITE_Sources and SUITE_Packages of the two suites below [default: what the job says].
    #[arg(long, value_name = "DIR", requires = "from_suite")]
    pub(super) debian: Option<PathBuf>,
    /// Predict from this suite, and nothing later.
    #[arg(long, value_name = "SUITE", requires = "to_suite")]
    pub(super) from_suite: Option<String>,
    /// What this suite says became of its packages.
    #[arg(long, value_name = "SUITE", requires = "from_suite")]
    pub(super) to_suite: Option<String>,
    /// Threads to compute with; results never depend on it [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
}

fn digest(text: &str) -> Result<Artifact<'static>, String> {
    Artifact::of_digest(text).ok_or_else(|| "expected sha256: and 64 or sha512: and 128 hexadecimal digits".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected SOURCE=VALUE")?;
    if name.is_empty() || value.is_empty() {
        return Err("expected SOURCE=VALUE with both parts filled".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn input(text: &str) -> Result<(String, PathBuf), String> {
    pair(text).map(|(name, path)| (name, PathBuf::from(path)))
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "expected a day as YYYY-MM-DD".to_owned())
}

fn month(text: &str) -> Result<i32, String> {
    Day::parse(&format!("{text}-01")).map(Day::month).ok_or_else(|| "expected a month as YYYY-MM".to_owned())
}
