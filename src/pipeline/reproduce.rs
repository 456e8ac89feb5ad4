//! A published snapshot, made anew and compared byte by byte.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::stages::Stages;
use super::{InputOptions, RunOptions, check_visibility, compute, prepare};
use crate::job::{Job, SourceSettings};
use crate::snapshot::schema::SourceRow;
use crate::snapshot::{Manifest, OutFolder, PreviousChoice, Published, read_manifest};
use crate::units::Day;

/// What is made anew, and from what.
#[derive(Clone, Debug)]
pub struct ReproductionOptions {
    /// `manifest.json` of the snapshot, or its folder.
    pub manifest: PathBuf,
    /// What to read; the day is the snapshot's own.
    pub inputs: InputOptions,
    /// The snapshot it was compared with; `None`: the one beside it.
    pub previous: Option<PathBuf>,
    /// Where it is made: `out/snapshots/AS-OF/`.
    pub out: PathBuf,
}

/// Whether a snapshot could be made anew.
#[derive(Clone, Debug, Serialize)]
pub struct Reproduction {
    /// Its id.
    pub snapshot: String,
    /// Where the new one lies.
    pub folder: PathBuf,
    /// Every table has the same bytes, and the manifest says the same.
    pub is_same: bool,
    /// What went in and was not the same.
    pub causes: Vec<String>,
    /// What came out and is not the same.
    pub differences: Vec<String>,
}

/// Makes the snapshot of a manifest anew from the inputs that `options` name. Fails where the run itself fails.
pub fn reproduce(job: &Job, options: &ReproductionOptions) -> anyhow::Result<Reproduction> {
    check_visibility(job)?;
    let folder = snapshot_folder(&options.manifest);
    let old = read_manifest(folder)?;
    let run = RunOptions {
        inputs: InputOptions { as_of: day(job, &old, &options.inputs)?, ..options.inputs.clone() },
        out: options.out.clone(),
        previous: previous(&old, folder, options),
        replace: true,
    };
    let out = OutFolder::begin(&options.out)?;
    let written = compute(job, &run, &out, &mut Stages::default())?.written;
    let (causes, differences) = (causes(&old, &written.manifest, folder, &written.folder), differences(&old, &written.manifest));
    let is_same = old == written.manifest;
    Ok(Reproduction { snapshot: old.snapshot, folder: written.folder, is_same, causes, differences })
}

/// The day the snapshot was cut at; `None`: it was not cut, as facts up to its own day are all there are. What registries say has no
/// day, and a cut leaves it out, so there it has to be known.
fn day(job: &Job, old: &Manifest, inputs: &InputOptions) -> anyhow::Result<Option<Day>> {
    let SourceSettings { npm, pypi, crates_io, .. } = &job.sources;
    if npm.is_none() && pypi.is_none() && crates_io.is_none() {
        return Ok(Some(old.as_of));
    }
    let whole = prepare(job, &InputOptions { as_of: None, ..inputs.clone() }, &mut Stages::default())?;
    Ok(Some(old.as_of).filter(|day| *day != whole.as_of))
}

/// The folder that `manifest` is, or stands in.
pub fn snapshot_folder(manifest: &Path) -> &Path {
    match manifest.is_dir() {
        true => manifest,
        false => manifest.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")),
    }
}

fn previous(old: &Manifest, folder: &Path, options: &ReproductionOptions) -> PreviousChoice {
    match (&options.previous, &old.previous) {
        (_, None) => PreviousChoice::None,
        (Some(given), _) => PreviousChoice::Folder(given.clone()),
        (None, Some(previous)) => PreviousChoice::Folder(folder.join("..").join(&previous.snapshot)),
    }
}

/// Inputs of the run that are not the same: where the bytes differ, one of these is why.
fn causes(old: &Manifest, new: &Manifest, old_folder: &Path, new_folder: &Path) -> Vec<String> {
    let previous = |manifest: &Manifest| {
        manifest.previous.as_ref().map_or("none".to_owned(), |one| format!("{} {}", one.snapshot, one.sha256sums_sha256))
    };
    let pairs = [
        ("program", old.code.clone(), new.code.clone()),
        ("schema", old.schema_version.clone(), new.schema_version.clone()),
        ("job, parameters and decisions", old.job_digest.clone(), new.job_digest.clone()),
        ("key of person ids", old.pseudonym_key.clone(), new.pseudonym_key.clone()),
        ("previous snapshot", previous(old), previous(new)),
        ("inputs", old.inputs_digest.clone(), new.inputs_digest.clone()),
    ];
    let differ = pairs.into_iter().filter(|(_, old, new)| old != new);
    let mut told: Vec<String> = differ.map(|(what, old, new)| format!("{what}: was {old}, is {new}")).collect();
    if let (Ok(old), Ok(new)) = (Published::read(old_folder), Published::read(new_folder)) {
        told.extend(files(&old.sources, &new.sources));
    }
    told
}

/// Raw files that are not the same.
fn files(old: &[SourceRow], new: &[SourceRow]) -> Vec<String> {
    let mut digests: BTreeMap<(&str, &str), [&str; 2]> = BTreeMap::new();
    for (at, rows) in [old, new].into_iter().enumerate() {
        for row in rows {
            digests.entry((&row.source, &row.file)).or_insert(["absent"; 2])[at] = &row.digest;
        }
    }
    let differ = digests.into_iter().filter(|(_, [old, new])| old != new);
    differ.map(|((source, file), [old, new])| format!("input {source}: {file}: was {old}, is {new}")).collect()
}

/// Tables whose bytes are not the same.
fn differences(old: &Manifest, new: &Manifest) -> Vec<String> {
    let mut tables: BTreeMap<&str, [Option<(&str, u64)>; 2]> = BTreeMap::new();
    for (at, manifest) in [old, new].into_iter().enumerate() {
        for table in &manifest.tables {
            tables.entry(&table.file).or_default()[at] = Some((&table.sha256, table.row_count));
        }
    }
    let told = |side: Option<(&str, u64)>| side.map_or("absent".to_owned(), |(sha256, rows)| format!("{rows} rows, {sha256}"));
    let differ = tables.into_iter().filter(|(_, [old, new])| old != new);
    differ.map(|(file, [old, new])| format!("{file}: was {}; is {}", told(old), told(new))).collect()
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "snapshot {} made anew in {}", self.snapshot, self.folder.display())?;
        for cause in &self.causes {
            writeln!(f, "other {cause}")?;
        }
        for difference in &self.differences {
            writeln!(f, "differs {difference}")?;
        }
        match (self.is_same, self.causes.is_empty()) {
            (true, _) => writeln!(f, "every byte is the same"),
            (false, false) => writeln!(f, "it is NOT the same, and what went in was not either"),
            (false, true) => writeln!(f, "it is NOT the same although what went in was; please report this"),
        }
    }
}
