//! How large a site will be, worked out before any of it is written: which packages get a page of their own is chosen so that the
//! site fits its host.
//!
//! Files are counted exactly. Bytes of JSON follow from the documents, those of the pages of nodes and of the search index are
//! estimated from an even sample; [`SiteFolder::publish`](super::SiteFolder) holds the site against the limits once more.

use std::fmt::{self, Display};

use rayon::prelude::*;
use serde_json::{Value, json};

use super::{ASSETS, NODE_KINDS, Pages, SiteError, words};
use crate::scan::Report;
use crate::snapshot::{Manifest, Published};

/// Where the plan stands in the site.
pub(super) const PATH: &str = "plan.json";
/// Pages of a kind that are made to learn how large they are; fewer are all made.
const SAMPLE: usize = 240;

/// How large a site will be, and what its host takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SitePlan {
    /// Packages of the snapshot; all are in the JSON shards and in the search.
    pub package_count: u64,
    /// Those with a page of their own, the most critical first.
    pub package_page_count: u64,
    /// Why there are no more of them.
    pub reason: PageReason,
    /// JSON files of documents.
    pub shard_count: u64,
    /// Files of the site.
    pub file_count: u64,
    /// Bytes of the site, an estimate.
    pub byte_count: u64,
    /// Bytes of the largest file, an estimate.
    pub largest_file_bytes: u64,
    /// Bytes of the snapshot's files, which the same host serves beside the site.
    pub snapshot_bytes: u64,
    /// What the host takes.
    pub limits: HostLimits,
}

/// Why no more packages have a page of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageReason {
    /// All have one.
    All,
    /// `publish.site_packages` says so.
    Packages,
    /// More files are not taken.
    Files,
    /// More bytes are not taken.
    Bytes,
}

/// What the host of the site takes, as the job says. `u64::MAX`: the snapshot was written before there was such a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostLimits {
    /// Most files of the site.
    pub files: u64,
    /// Most bytes of the site and the snapshot's files beside it.
    pub bytes: u64,
    /// Most bytes of one file of the site.
    pub file_bytes: u64,
}

/// How many packages get a page of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub package_pages: usize,
    pub reason: PageReason,
}

/// A site that fits, ready to be written.
pub(super) struct Planned<'a> {
    pub pages: Pages<'a>,
    /// Path and content of the pages that are not about one node.
    pub fixed: Vec<(String, String)>,
    pub plan: SitePlan,
}

/// Chooses the packages with pages of their own: as many as the job says, and fewer where the host does not take so many. Each try
/// makes all lists anew; the second usually fits. Fails before anything is written when the site does not fit without any.
pub(super) fn plan<'a>(published: &'a Published, report: Option<&Report>) -> Result<Planned<'a>, SiteError> {
    let mut choice = Choice::of_job(published);
    loop {
        let pages = Pages::with_choice(published, choice);
        let fixed = pages.fixed(report)?;
        let measure = Measure::new(&pages, &fixed)?;
        let plan = measure.plan(&pages);
        let Some(reason) = measure.over(&plan) else { return Ok(Planned { pages, fixed, plan }) };
        if choice.package_pages == 0 || plan.largest_file_bytes > plan.limits.file_bytes {
            return Err(SiteError::DoesNotFit { plan: Box::new(plan) });
        }
        choice = Choice { package_pages: measure.fitting(&plan).min(choice.package_pages - 1), reason };
    }
}

impl Choice {
    /// As many as the job says.
    pub fn of_job(published: &Published) -> Self {
        let all = published.packages.len();
        let most = published.manifest.parameter("publish.site_packages").map_or(all, |count| count as usize);
        let reason = if most < all { PageReason::Packages } else { PageReason::All };
        Self { package_pages: most.min(all), reason }
    }
}

impl HostLimits {
    /// The limits of the job of `manifest`.
    pub(super) fn of(manifest: &Manifest) -> Self {
        let limit = |name: &str| manifest.parameter(name).map_or(u64::MAX, |limit| limit as u64);
        Self {
            files: limit("publish.site_max_files"),
            bytes: limit("publish.site_max_bytes"),
            file_bytes: limit("publish.site_max_file_bytes"),
        }
    }
}

/// What a site would weigh.
struct Measure {
    /// Bytes of sampled pages of packages, the most critical first.
    packages: Vec<u64>,
    /// All pages of packages.
    package_bytes: u64,
    /// Files and bytes of all else.
    rest: [u64; 2],
    largest: u64,
    /// Part of the host's bytes that stays free, because sizes are estimates.
    reserve_share: f64,
}

impl Measure {
    fn new(pages: &Pages, fixed: &[(String, String)]) -> Result<Self, SiteError> {
        let size = |kind: &str, row: usize| Ok(pages.node_html(kind, row)?.1.len() as u64);
        let ranked = pages.lookup.ranked_packages();
        let packages = sample(ranked.len(), |at| size("package", ranked[at] as usize))?;
        let mut parts = vec![pages.api.size(&pages.lookup)];
        for kind in NODE_KINDS.into_iter().filter(|kind| *kind != "package") {
            let rows = pages.node_rows(kind);
            parts.push(Part::estimate(rows.len(), &sample(rows.len(), |at| size(kind, rows[at]))?));
        }
        let shelves = pages.shelf_pages();
        parts
            .push(Part::estimate(shelves.len(), &sample(shelves.len(), |at| Ok(pages.shelf_html(shelves[at])?.1.len() as u64))?));
        let search = &pages.search;
        parts.push(Part::one(search.file(0).1.len()));
        let shards = search.file_count() - 1;
        parts.push(Part::estimate(shards, &sample(shards, |at| Ok(search.file(at + 1).1.len() as u64))?));
        parts.extend(fixed.iter().map(|(_, html)| Part::one(html.len())));
        parts.extend(ASSETS.iter().map(|(_, content)| Part::one(content.len())));
        parts.push(Part::one(pages.style.len()));
        parts.push(Part::one(PATH.len()));
        let all = Part::estimate(ranked.len(), &packages);
        let sum = |of: fn(&Part) -> u64| parts.iter().map(of).sum();
        Ok(Self {
            package_bytes: all.bytes,
            packages,
            rest: [sum(|part| part.files), sum(|part| part.bytes)],
            largest: parts.iter().map(|part| part.largest).fold(all.largest, u64::max),
            reserve_share: pages.lookup.published.manifest.parameter("publish.site_reserve_share").unwrap_or(0.0),
        })
    }

    fn plan(&self, pages: &Pages) -> SitePlan {
        let p = pages.lookup.published;
        let package_page_count = pages.lookup.ranked_packages().len() as u64;
        SitePlan {
            package_count: p.packages.len() as u64,
            package_page_count,
            reason: pages.choice.reason,
            shard_count: pages.api.shard_count(),
            file_count: self.rest[0] + package_page_count,
            byte_count: self.rest[1] + self.package_bytes,
            largest_file_bytes: self.largest,
            snapshot_bytes: p.manifest.tables.iter().map(|table| table.size_bytes).sum(),
            limits: HostLimits::of(&p.manifest),
        }
    }

    /// Bytes that the host takes of the site by this estimate.
    fn room(&self, plan: &SitePlan) -> u64 {
        let taken = (plan.limits.bytes as f64 * (1.0 - self.reserve_share)) as u64;
        taken.saturating_sub(plan.snapshot_bytes)
    }

    /// The limit that `plan` passes.
    fn over(&self, plan: &SitePlan) -> Option<PageReason> {
        let is_over = plan.byte_count > self.room(plan) || plan.largest_file_bytes > plan.limits.file_bytes;
        is_over.then_some(PageReason::Bytes).or((plan.file_count > plan.limits.files).then_some(PageReason::Files))
    }

    /// Pages of packages that fit beside the rest.
    fn fitting(&self, plan: &SitePlan) -> usize {
        let stride = plan.package_page_count as f64 / self.packages.len().max(1) as f64;
        let room = self.room(plan).saturating_sub(self.rest[1]) as f64;
        let mut bytes = 0.0;
        let fits = |size: &&u64| {
            bytes += **size as f64 * stride;
            bytes <= room
        };
        let by_bytes = (self.packages.iter().take_while(fits).count() as f64 * stride) as usize;
        by_bytes.min(plan.limits.files.saturating_sub(self.rest[0]) as usize)
    }
}

/// Files of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    pub files: u64,
    pub bytes: u64,
    pub largest: u64,
}

impl Part {
    /// `count` files of which some have these sizes.
    fn estimate(count: usize, sizes: &[u64]) -> Self {
        let mean = sizes.iter().sum::<u64>() as f64 / sizes.len().max(1) as f64;
        let largest = sizes.iter().copied().max().unwrap_or(0);
        Self { files: count as u64, bytes: (mean * count as f64) as u64, largest }
    }

    fn one(bytes: usize) -> Self {
        Self { files: 1, bytes: bytes as u64, largest: bytes as u64 }
    }
}

/// Sizes of an even sample of `count` files, in their order.
fn sample(count: usize, size: impl Fn(usize) -> Result<u64, SiteError> + Sync + Send) -> Result<Vec<u64>, SiteError> {
    let taken = count.min(SAMPLE);
    (0..taken).into_par_iter().map(|at| size(at * count / taken)).collect()
}

impl PageReason {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "every package has one",
            Self::Packages => "publish.site_packages allows no more",
            Self::Files => "publish.site_max_files leaves no room for more",
            Self::Bytes => "publish.site_max_bytes leaves no room for more",
        }
    }
}

impl SitePlan {
    /// `17,000 of 40,775: …`.
    pub(super) fn pages_in_words(package_pages: usize, packages: usize, reason: PageReason) -> String {
        format!("{} of {}: {}", words::count(package_pages as i64), words::count(packages as i64), reason.words())
    }

    /// As `plan.json` says it: the same keys, limits that do not exist as null.
    pub(super) fn json(&self, schema_version: &str) -> Value {
        let limit = |limit: u64| (limit < u64::MAX).then_some(limit);
        json!({
            "schema_version": schema_version,
            "package_count": self.package_count,
            "package_page_count": self.package_page_count,
            "reason": self.reason.words(),
            "shard_count": self.shard_count,
            "file_count": self.file_count,
            "byte_count": self.byte_count,
            "largest_file_bytes": self.largest_file_bytes,
            "snapshot_bytes": self.snapshot_bytes,
            "max_files": limit(self.limits.files),
            "max_bytes": limit(self.limits.bytes),
            "max_file_bytes": limit(self.limits.file_bytes),
        })
    }
}

/// One line.
impl Display for SitePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pages = Self::pages_in_words(self.package_page_count as usize, self.package_count as usize, self.reason);
        let count = |number: u64| words::count(number as i64);
        write!(
            f,
            "pages of packages {pages}; {} JSON shards of all; about {} files, {}, largest {}; {} of snapshot beside it; {}",
            count(self.shard_count),
            count(self.file_count),
            words::bytes(self.byte_count),
            words::bytes(self.largest_file_bytes),
            words::bytes(self.snapshot_bytes),
            self.limits
        )
    }
}

impl Display for HostLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_set = |limit: u64| limit < u64::MAX;
        let mut limits = Vec::new();
        limits.extend(is_set(self.files).then(|| format!("{} files", words::count(self.files as i64))));
        limits.extend(is_set(self.bytes).then(|| format!("{} in all", words::bytes(self.bytes))));
        limits.extend(is_set(self.file_bytes).then(|| format!("{} a file", words::bytes(self.file_bytes))));
        if limits.is_empty() { write!(f, "no limit") } else { write!(f, "limit {}", limits.join(", ")) }
    }
}
