//! Signals on histories, asked in a run: findings about repositories, shown with the packages that name them.

mod mined;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::Path;

use mined::Mined;
use runs::{jobs, run};
use trustgraph::snapshot::{Published, explain};

/// A repository that a package of the sample names.
const URL: &str = "https://github.com/google/brotli";

/// The world of twelve histories, the first of them that repository, taken half a year after it passed to somebody new; and the
/// packages of the sample.
fn write(folder: &Path) {
    let mut mined = Mined::world();
    mined.first_year = 2012;
    let commits = mined.commits.iter_mut().map(|row| &mut row.0);
    for name in commits.chain(mined.tags.iter_mut().map(|row| &mut row.0)).filter(|name| *name == "owner0/project") {
        *name = "google/brotli".to_owned();
    }
    mined.write(folder);
    let mut dates = "repo,snapshot_date\ngoogle/brotli,2025-03-31\n".to_owned();
    (1..12).for_each(|number| dates += &format!("owner{number}/project,2025-03-31\n"));
    std::fs::write(folder.join("snapshot_dates.csv"), dates).expect("dates");
    let jobs = jobs();
    let job = format!(
        "title = \"Packages and histories\"\nparameters = {:?}\ndecisions = {:?}\n[sources.debian]\npath = {:?}\n\
         max_reject_share = 0.01\n[[sources.debian.suites]]\nname = \"trixie\"\nas_of = \"2025-08-09\"\n[sources.commits]\n\
         path = \".\"\nurl_prefix = \"https://github.com/\"\nmax_reject_share = 0.01\n",
        jobs.join("parameters.toml"),
        jobs.join("decisions"),
        jobs.join("sample")
    );
    std::fs::write(folder.join("job.toml"), job).expect("a job");
}

#[test]
fn a_repository_that_passed_to_somebody_new_is_found_and_shown_with_its_package() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let (job, out) = (folder.path().join("job.toml"), folder.path().join("out"));
    run(&["run", job.to_str().expect("text"), "--out", out.to_str().expect("text")]).expect(0, &[]);
    let snapshot = out.join("snapshots/2025-08-09");
    let published = Published::read(&snapshot).expect("a snapshot");
    let of = |signal: &str| published.findings.iter().filter(|row| row.signal == signal).collect::<Vec<_>>();
    let [shift] = of("control_shift")[..] else { panic!("one shift: {:#?}", of("control_shift")) };
    assert_eq!((shift.node_kind.as_ref(), shift.node_id.as_str()), ("repository", URL));
    assert!(shift.evidence.contains("control is passing to a person") && shift.strength > 0.5, "{shift:?}");
    assert!(shift.first_seen.to_string().as_str() > "2024-07-01", "{shift:?}");
    let answers = |subject: &str| {
        let rows = published.quality.iter().filter(|row| row.check == "answers" && row.subject == subject);
        rows.map(|row| row.value).sum::<f64>()
    };
    assert_eq!((answers("control_shift: yes"), answers("control_shift: no")), (1.0, 11.0));
    let unread = published.repositories.iter().filter(|row| row.history_as_of.is_none()).count() as f64;
    assert_eq!(answers("control_shift: unknown: its history was not read"), unread);
    let package = explain(&published, "brotli", 1).expect("the package");
    let found = package.findings.iter().find(|finding| finding.signal == "control_shift").expect("its repository's finding");
    assert_eq!((found.node_kind.as_str(), found.node_id.as_str()), ("repository", URL));
    assert!(package.to_string().contains(&format!("since {} in {URL}", found.first_seen)), "{package}");
    let page = |path: &str| std::fs::read_to_string(out.join("site").join(path)).expect("a page");
    let own = std::fs::read_dir(out.join("site/package/debian")).expect("pages").flatten();
    let own = own.map(|shelf| shelf.path().join("brotli.html")).find(|path| path.exists()).expect("the package's page");
    let own = std::fs::read_to_string(own).expect("a page");
    assert!(own.contains("In the repository") && own.contains("control is passing to a person"), "{own}");
    assert!(page("signal/control__shift.html").contains("google/brotli"));
    run(&["verify", snapshot.to_str().expect("text")]).expect(0, &[]);
}
