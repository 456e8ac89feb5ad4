//! A night in which 1 % of the packages changed rewrites about 1 % of the files; all others stay the same files.

use super::{files, sample};
use crate::site::SiteSummary;
use crate::snapshot::Published;
use crate::{site, units};

/// With `TRUSTGRAPH_NIGHT_PACKAGES=40000` in the environment, of so many packages.
#[test]
#[expect(clippy::print_stderr, reason = "a measurement")]
fn a_night_rewrites_what_changed() {
    let count = std::env::var("TRUSTGRAPH_NIGHT_PACKAGES").map_or(3000, |count| count.parse().expect("a number"));
    let mut published = sample::published(count);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    let first = site::render(&published, &out).expect("a site");
    assert_eq!(first.changed_count, first.file_count);
    let mut night = |what: &str, change: fn(&mut Published, usize)| {
        let before = published.manifest.as_of;
        published.manifest.as_of = units::Day(before.0 + 1);
        published.manifest.snapshot = published.manifest.as_of.to_string();
        (11..count).step_by(100).for_each(|at| change(&mut published, at));
        let next = site::render(&published, &out).expect("a site");
        let share = next.changed_count as f64 / next.file_count as f64;
        eprintln!(
            "{count} packages, 1 % with {what}: {} of {} files rewritten, {:.2} %",
            next.changed_count,
            next.file_count,
            share * 100.0
        );
        (next, share)
    };
    let (next, nothing) = night("nothing", |_, _| {});
    assert_eq!(next.file_count, first.file_count);
    assert!(nothing < 0.005, "the day alone rewrites what shows the day: {nothing}");
    let (next, share) = night("a new version", |published, at| {
        published.packages[at].version = format!("{}+1", published.packages[at].version).into()
    });
    assert!(next.changed_count > count as u64 / 100, "each of them has a page: {next:?}");
    assert!(share < 0.03, "{share}");
    let SiteSummary { file_count, .. } = next;
    assert_eq!(files(&out).len() as u64, file_count);
    assert_eq!(site::render(&published, &out).expect("a site").changed_count, 0);
}
