//! `trustgraph trusted-root`: whom attestations are checked against, brought up to date.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::{STDOUT, WrongUse, default_cache};
use crate::provenance::{Artifact, Instance, Refreshed, refresh};
use crate::sources::{FetchContext, MetadataPlace, Network};

/// Largest root of signers that is read, in bytes; real ones have some 7,000.
const MAX_ROOT_BYTES: u64 = 512_000;

/// Where signed metadata is, and whose.
#[derive(Debug, Args)]
pub(super) struct TrustedRootArguments {
    /// Folder or address with timestamp.json and what it names: the metadata repository of the instance, or a copy.
    #[arg(long, value_name = "DIR|URL")]
    pub(super) metadata: String,
    /// File to write trusted_root.json to. Nothing is written unless all of it is verified.
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// The instance, whose signers ship with the program.
    #[arg(long, value_enum, default_value_t = SigstoreInstance::PublicGood)]
    pub(super) instance: SigstoreInstance,
    /// root.json of the signers of another instance, from somebody you trust.
    #[arg(long, value_name = "FILE", conflicts_with = "instance")]
    pub(super) root: Option<PathBuf>,
    /// Folder that keeps what was verified: nothing older is accepted later [default: the user's cache folder].
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
}

/// Sigstore instances that are known.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SigstoreInstance {
    /// The public good instance.
    PublicGood,
    /// The instance for private repositories on GitHub.
    Github,
}

/// Verifies the metadata and writes the trusted root it vouches for. Nothing is written when it does not.
pub(super) fn run(arguments: &TrustedRootArguments) -> anyhow::Result<ExitCode> {
    let cache = arguments.cache.clone().unwrap_or_else(default_cache);
    let instance = match arguments.instance {
        SigstoreInstance::PublicGood => Instance::PublicGood,
        SigstoreInstance::Github => Instance::Github,
    };
    let (name, root) = match &arguments.root {
        None => (instance.name().to_owned(), instance.root().as_bytes().to_vec()),
        Some(path) => {
            let root = read_root(path)?;
            (sha256(&root).replace(':', "-"), root)
        }
    };
    let place = MetadataPlace::new(&arguments.metadata, &context(&cache))?;
    let bring = Box::new(move |file: &str, limit| place.file(file, limit).map_err(|error| error.to_string()));
    let refreshed = refresh(&root, bring, &cache.join("trusted_root").join(name), Timestamp::now())
        .with_context(|| format!("no trusted root from {}", arguments.metadata))?;
    write(&arguments.out, &refreshed.document)?;
    print(&refreshed, &arguments.out).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}

fn context(cache: &Path) -> FetchContext {
    FetchContext {
        cache: cache.into(),
        is_offline: false,
        job_folder: ".".into(),
        inputs: Default::default(),
        bases: Default::default(),
        cargo_home: None,
        network: Network::default(),
    }
}

fn read_root(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut root = Vec::new();
    let file = fs_err::File::open(path).map_err(|error| WrongUse(error.to_string()))?;
    file.take(MAX_ROOT_BYTES + 1).read_to_end(&mut root)?;
    if root.len() as u64 > MAX_ROOT_BYTES {
        return Err(WrongUse(format!("{}: larger than any root of signers", path.display())).into());
    }
    Ok(root)
}

/// `sha256:HEX`.
fn sha256(bytes: &[u8]) -> String {
    Artifact::of_bytes(bytes).digests().swap_remove(0)
}

/// Whole or not at all: a run that is killed leaves the older file.
fn write(out: &Path, document: &[u8]) -> anyhow::Result<()> {
    let part = out.with_added_extension("part");
    fs_err::write(&part, document)?;
    Ok(fs_err::rename(&part, out)?)
}

fn print(refreshed: &Refreshed, out: &Path) -> io::Result<()> {
    let Refreshed { document, root_version, timestamp_version, expires } = refreshed;
    let mut to = io::stdout().lock();
    writeln!(to, "trusted root  {} ({} bytes)", out.display(), document.len())?;
    writeln!(to, "digest        {}", sha256(document))?;
    writeln!(to, "signed by     root {root_version}, timestamp {timestamp_version}")?;
    writeln!(to, "good until    {expires}")
}
