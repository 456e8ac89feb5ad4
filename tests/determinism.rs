//! Equal inputs and job, equal bytes: at any number of threads, from any folder, however the files are compressed.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;

use runs::{Said, command, files, jobs, run, snapshots};
use trustgraph::snapshot::Published;

/// Runs the sample into `out`; every file of snapshot and site.
fn published(out: &Path, more: &[&str]) -> BTreeMap<String, String> {
    let out_text = out.to_str().expect("text");
    run(&[&["run", "jobs/sample.toml", "--out", out_text], more].concat()).expect(0, &[]);
    assert_eq!(snapshots(out).len(), 1);
    files(out)
}

#[test]
fn threads_do_not_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let all: Vec<_> =
        ["1", "2", "3", "8"].iter().map(|threads| published(&folder.path().join(threads), &["--threads", threads])).collect();
    assert!(all[0].len() > 1000);
    for (threads, other) in ["2", "3", "8"].iter().zip(&all[1..]) {
        let differ: Vec<&String> = all[0].keys().filter(|name| all[0].get(*name) != other.get(*name)).collect();
        assert!(differ.is_empty() && other.len() == all[0].len(), "{threads} threads change {differ:?}");
    }
}

/// The tables of the snapshot, as they are printed, by name.
fn tables(out: &Path) -> BTreeMap<&'static str, String> {
    struct Printed(BTreeMap<&'static str, String>);
    impl trustgraph::snapshot::TableVisitor for Printed {
        type Error = std::convert::Infallible;
        fn visit<T: trustgraph::snapshot::Table>(&mut self, rows: &[T]) -> Result<(), Self::Error> {
            self.0.insert(T::NAME, format!("{:?}", T::arrays(rows)));
            Ok(())
        }
    }
    let mut printed = Printed(BTreeMap::new());
    let snapshot = Published::read(&snapshots(out)[0]).expect("a snapshot");
    snapshot.visit(&mut printed).expect("printing cannot fail");
    printed.0
}

/// The indices of the sample in another folder, one suite plain, one .gz, one .lz4.
fn recompressed(folder: &Path) {
    for (suite, ending) in [("bullseye", ""), ("bookworm", ".gz"), ("trixie", ".lz4")] {
        for kind in ["Sources", "Packages"] {
            let packed = std::fs::File::open(jobs().join(format!("sample/{suite}_{kind}.xz"))).expect("an index");
            let mut text = Vec::new();
            liblzma::read::XzDecoder::new(packed).read_to_end(&mut text).expect("whole");
            let file = std::fs::File::create(folder.join(format!("{suite}_{kind}{ending}"))).expect("a file");
            match ending {
                ".gz" => {
                    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
                    encoder.write_all(&text).expect("written");
                    encoder.finish().expect("written");
                }
                ".lz4" => {
                    let mut encoder = lz4_flex::frame::FrameEncoder::new(file);
                    encoder.write_all(&text).expect("written");
                    encoder.finish().expect("written");
                }
                _ => (&file).write_all(&text).expect("written"),
            }
        }
    }
}

#[test]
fn where_files_lie_and_how_they_are_compressed_does_not_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, moved, packed) = (folder.path().join("first"), folder.path().join("moved"), folder.path().join("packed"));
    let plain = published(&first, &[]);
    let sample = folder.path().join("other place");
    std::fs::create_dir(&sample).expect("a folder");
    for entry in std::fs::read_dir(jobs().join("sample")).expect("the sample") {
        let from = entry.expect("an entry").path();
        std::fs::copy(&from, sample.join(from.file_name().expect("a name"))).expect("a copy");
    }
    let input = format!("debian={}", sample.display());
    assert_eq!(plain, published(&moved, &["--input", &input]), "another folder");
    let other = folder.path().join("compressed");
    std::fs::create_dir(&other).expect("a folder");
    recompressed(&other);
    published(&packed, &["--input", &format!("debian={}", other.display())]);
    let (one, two) = (tables(&first), tables(&packed));
    let differ: BTreeSet<&str> = one.keys().filter(|name| one[*name] != two[*name]).copied().collect();
    // Figures of the quality table name the file they speak of.
    assert_eq!(differ, BTreeSet::from(["quality", "sources"]));
}

/// Runs git in `folder` with fixed names and dates.
fn git(folder: &Path, day: u32, arguments: &[&str]) -> bool {
    let mut git = std::process::Command::new("git");
    git.current_dir(folder).args(arguments).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    for role in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{role}_NAME"), "Ann").env(format!("GIT_{role}_EMAIL"), "ann@example.org");
        git.env(format!("GIT_{role}_DATE"), format!("2025-07-{day:02}T12:00:00Z"));
    }
    git.output().is_ok_and(|output| output.status.success())
}

#[test]
fn two_sources_in_one_job() {
    let folder = tempfile::tempdir().expect("a folder");
    let repository = folder.path().join("repository");
    std::fs::create_dir(&repository).expect("a folder");
    if !git(&repository, 1, &["init", "-q"]) {
        runs::skip("there is no git");
        return;
    }
    for day in 1..20 {
        assert!(git(&repository, day, &["commit", "-q", "--allow-empty", "-m", "a change"]));
    }
    let debian = format!(
        "[sources.debian]\npath = '{}/sample'\nmax_reject_share = 0.01\nsuites = [{{ name = \"trixie\", as_of = \"2025-08-09\" }}]\n",
        jobs().display()
    );
    let git = format!("[sources.git]\nrepositories = [{{ path = '{}', url = \"file:///local\" }}]\n", repository.display());
    let mut all = Vec::new();
    for (name, sources) in [("one", format!("{debian}{git}")), ("two", format!("{git}{debian}"))] {
        let job = folder.path().join(name).join("job.toml");
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
        let head =
            format!("title = \"Two\"\nparameters = '{0}/parameters.toml'\ndecisions = '{0}/decisions'\n", jobs().display());
        std::fs::write(&job, format!("{head}{sources}")).expect("a job");
        let out = folder.path().join(name).join("out");
        let output = command(&["run", job.to_str().expect("text"), "--out", out.to_str().expect("text")]).output();
        Said::of(output.expect("the program starts")).expect(0, &[]);
        all.push(tables(&out));
        let snapshot = Published::read(&snapshots(&out)[0]).expect("a snapshot");
        assert!(snapshot.contributions.iter().any(|row| row.repository_url == "file:///local"));
        assert!(snapshot.packages.len() > 300);
    }
    assert!(all[0] == all[1], "the order of sources in the job shows");
}
