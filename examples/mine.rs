//! Commits a second of mining git repositories:
//! `cargo run --release --example mine -- [--no-files] [--cache DIR] REPOSITORY [REPOSITORY ...]`.
//!
//! Each repository is mined by itself through the source as a job uses it, tables included, and once more: with `--cache` from what
//! the first round left. With `--counts` every commit's id and number of files is printed instead, for comparison with
//! `git log --raw --no-renames`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use trustgraph::job::{GitRepository, GitSource};
use trustgraph::sources::{FetchContext, Source, git};
use trustgraph::tables::{Tables, TablesBuilder};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let (mut with_files, mut prints_counts, mut cache, mut paths) = (true, false, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--no-files" => with_files = false,
            "--counts" => prints_counts = true,
            "--cache" => cache = Some(PathBuf::from(arguments.next().ok_or("--cache needs a folder")?)),
            _ => paths.push(std::path::absolute(argument)?),
        }
    }
    for path in &paths {
        for _ in 0..if prints_counts { 1 } else { 2 } {
            let start = Instant::now();
            let tables = mine(path, with_files, cache.as_deref())?;
            let seconds = start.elapsed().as_secs_f64();
            if prints_counts {
                print_counts(&tables);
            } else {
                println!(
                    "{}: {} commits, {} tags, {} trailers, {} manifests in {seconds:.3} s: {:.0} commits/s",
                    path.display(),
                    tables.commits.len(),
                    tables.tags.len(),
                    tables.trailers.len(),
                    tables.manifests.len(),
                    tables.commits.len() as f64 / seconds
                );
            }
        }
    }
    Ok(())
}

fn mine(path: &Path, reads_files: bool, cache: Option<&Path>) -> Result<Tables, Error> {
    let repository = GitRepository { path: Some(path.into()), url: "file:///mined".into(), from: None };
    let source = git(GitSource { repositories: vec![repository], reads_files, mirror: None });
    let context = FetchContext {
        cache: cache.unwrap_or(Path::new("")).into(),
        is_offline: true,
        job_folder: PathBuf::from("."),
        inputs: Default::default(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    };
    let mut raw = source.fetch(&context)?;
    if cache.is_none() {
        raw.iter_mut().for_each(|file| file.cache = None);
    }
    let mut tables = TablesBuilder::default();
    source.read(&raw, None, &mut tables)?;
    Ok(tables.finish())
}

fn print_counts(tables: &Tables) {
    for commit in &tables.commits {
        let id: String = commit.id.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{id} {}", commit.file_count.map_or("?".to_owned(), |count| count.to_string()));
    }
}
