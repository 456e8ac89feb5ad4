//! The plan of a site: what is expected is what is written, and a host's limits choose the packages with pages of their own.

use super::{json, sample};
use crate::site::{self, PageReason, SiteSummary};
use crate::snapshot::Published;

fn limited(count: usize, limits: &[(&str, f64)]) -> Published {
    let mut published = sample::published(count);
    for (name, value) in limits {
        let parameter = serde_json::json!({ "name": format!("publish.{name}"), "value": value, "reason": "A test." });
        published.manifest.parameters.push(serde_json::from_value(parameter).expect("a parameter"));
    }
    published
}

/// Renders, and holds the plan against what was written.
fn rendered(published: &Published) -> (tempfile::TempDir, SiteSummary) {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = site::render(published, &folder.path().join("site")).expect("a site");
    assert_eq!(summary.plan.file_count, summary.file_count, "files are counted exactly");
    let off = summary.plan.byte_count as f64 / summary.byte_count as f64 - 1.0;
    assert!(off.abs() < 0.03, "{off}");
    (folder, summary)
}

#[test]
fn every_package_has_a_page_where_the_host_takes_them() {
    let (folder, summary) = rendered(&limited(1200, &[("site_max_bytes", 1e9), ("site_reserve_share", 0.02)]));
    assert_eq!((summary.plan.package_page_count, summary.plan.reason), (1200, PageReason::All));
    let plan = json(&folder.path().join("site/plan.json"));
    assert_eq!(plan["file_count"], summary.file_count);
    assert_eq!(plan["max_bytes"], 1_000_000_000);
    assert_eq!(plan["reason"], "every package has one");
    assert!(plan["max_files"].is_null(), "the snapshot names no such limit");
    let data = fs_err::read_to_string(folder.path().join("site/data.html")).expect("a page");
    assert!(data.contains("1,200 of 1,200: every package has one") && data.contains("href=plan.json"));
}

#[test]
fn the_most_critical_packages_have_pages_where_the_host_takes_fewer() {
    let (_folder, all) = rendered(&limited(1200, &[]));
    let max = all.byte_count * 3 / 4 + all.plan.snapshot_bytes;
    let (_folder, by_bytes) = rendered(&limited(1200, &[("site_max_bytes", max as f64), ("site_reserve_share", 0.02)]));
    assert_eq!(by_bytes.plan.reason, PageReason::Bytes);
    assert!(by_bytes.byte_count + by_bytes.plan.snapshot_bytes <= max, "{by_bytes:?}");
    assert!(by_bytes.byte_count * 10 > all.byte_count * 6, "what the host takes is used: {by_bytes:?}");
    let (_folder, by_files) = rendered(&limited(1200, &[("site_max_files", (all.file_count - 100) as f64)]));
    assert_eq!(by_files.plan.reason, PageReason::Files);
    assert!((all.file_count - 160..=all.file_count - 100).contains(&by_files.file_count), "{by_files:?}");
    let (_folder, by_job) = rendered(&limited(1200, &[("site_packages", 50.0), ("site_max_bytes", 1e9)]));
    assert_eq!((by_job.plan.package_page_count, by_job.plan.reason), (50, PageReason::Packages));
}

#[test]
fn what_cannot_fit_is_refused_in_words_before_anything_is_written() {
    for (limit, value, words) in [
        ("site_max_files", 100.0, "limit 100 files"),
        ("site_max_bytes", 1000.0, "1.0 kB"),
        ("site_max_file_bytes", 2000.0, "2.0 kB a file"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let refused =
            site::render(&limited(200, &[(limit, value)]), &folder.path().join("site")).expect_err("refused").to_string();
        assert!(refused.starts_with("nothing was written, because the site does not fit its host"), "{refused}");
        assert!(refused.contains(words) && refused.contains(&format!("publish.{limit}")), "{refused}");
        assert_eq!(fs_err::read_dir(folder.path()).expect("a folder").count(), 0, "{limit}");
    }
}
