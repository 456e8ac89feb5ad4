//! The first page of the site of a scan: a project's dependencies, and who is behind them.

use askama::Template;

use super::view::{Frame, NodeView};
use super::{Pages, words};
use crate::lockfiles::visible;
use crate::scan::{Dependency, Report};

/// All that stands on the page.
#[derive(Template)]
#[template(path = "scan.html", config = "site/askama.toml")]
pub(super) struct ScanPage {
    pub frame: Frame,
    pub project: String,
    pub counts: Vec<(String, &'static str)>,
    pub known: Vec<DependencyView>,
    pub unknown: Vec<DependencyView>,
    /// How many packages have it, and the reason; rows point to its place, from 1 on.
    pub reasons: Vec<(String, String)>,
    pub files: Vec<FileView>,
    pub skips: Vec<(String, String)>,
}

/// A row.
pub(super) struct DependencyView {
    pub node: NodeView,
    pub ecosystem: String,
    pub version: String,
    pub asked_for: &'static str,
    pub maintainers: Vec<NodeView>,
    pub evidence: String,
    pub repository: Option<NodeView>,
    pub findings: Vec<(String, String)>,
    /// Places of the reasons why something is unknown.
    pub unknown: Vec<usize>,
}

/// A lockfile.
pub(super) struct FileView {
    pub path: String,
    pub entries: String,
    pub is_read: bool,
}

impl ScanPage {
    /// The page of `report`.
    pub fn new(pages: &Pages, report: &Report) -> Self {
        let path = "index.html";
        let project = plain(&report.project);
        let description = format!("Who is behind the dependencies of {project}.");
        let reasons = report.reasons();
        let view = |one: &Dependency| DependencyView::new(pages, one, &reasons, path);
        let count = |number: usize| words::count(number as i64);
        let (known, unknown): (Vec<_>, Vec<_>) = (report.known().map(view).collect(), report.unknown().map(view).collect());
        let alert_count = report.dependencies.iter().flat_map(|one| &one.findings).filter(|finding| finding.is_alert).count();
        let file = |file: &crate::scan::ProjectFile| FileView {
            path: plain(&file.path),
            entries: words::counted(file.entry_count as i64, "entry"),
            is_read: file.error.is_none(),
        };
        Self {
            frame: Frame::new(&pages.lookup.published.manifest, path, &project, description),
            counts: vec![
                (count(report.dependencies.len()), "packages"),
                (count(report.dependencies.iter().filter(|one| one.is_direct == Some(true)).count()), "asked for directly"),
                (count(known.len()), "with enough evidence"),
                (count(unknown.len()), "too little known"),
                (count(alert_count), "alerts"),
            ],
            reasons: reasons
                .iter()
                .map(|(reason, number)| (words::counted(*number as i64, "package"), plain(reason).replace('`', "")))
                .collect(),
            files: report.files.iter().map(file).collect(),
            skips: report.skips.iter().map(|(reason, number)| (words::count(*number as i64), plain(reason))).collect(),
            project,
            known,
            unknown,
        }
    }
}

impl DependencyView {
    fn new(pages: &Pages, one: &Dependency, reasons: &[(&str, usize)], path: &str) -> Self {
        let lookup = &pages.lookup;
        let mut node = lookup.node("package", &one.purl, path);
        node.name = plain(&one.name);
        node.score = one.trust;
        Self {
            node,
            ecosystem: words::title(&plain(&one.ecosystem)),
            version: one.version.as_deref().map_or_else(|| "not pinned".to_owned(), plain),
            asked_for: match one.is_direct {
                Some(true) => "directly",
                Some(false) => "by others",
                None => "not told",
            },
            maintainers: one.maintainers.iter().map(|who| lookup.node(&who.node_kind, &who.node_id, path)).collect(),
            evidence: one
                .evidence_level
                .map_or_else(|| "unknown".to_owned(), |level| format!("{level}: {}", words::evidence_level(level))),
            repository: one.repository_url.as_deref().map(|url| lookup.node("repository", url, path)),
            findings: one.findings.iter().map(|found| (words::title(&found.signal), found.evidence.clone())).collect(),
            unknown: (1..)
                .zip(reasons)
                .filter(|(_, (reason, _))| one.unknown.iter().any(|told| told == reason))
                .map(|(at, _)| at)
                .collect(),
        }
    }
}

/// Text of a lockfile as a page shows it: nothing invisible, and nothing that could be an e-mail address.
fn plain(text: &str) -> String {
    let visible = visible(text);
    match visible.strip_prefix('@') {
        // The scope of a package.
        Some(scoped) => format!("@{}", scoped.replace('@', "%40")),
        None => visible.replace('@', "%40"),
    }
}
