//! Packages → repositories to mirror. The only question that has to be asked of the graph before histories are read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::TrustGraph;
use crate::identity::{self, PseudonymKey};
use crate::ids::RepositoryUrl;
use crate::job::{GitRepository, Job};
use crate::scores;
use crate::sources::{self, FetchContext};

/// `job` with the repositories its listed packages link to as entries of `[sources.git]`, when its mirror settings ask for them;
/// those it names itself stay as they are, and those that `is_wanted` refuses are left out. Reads the other sources once more.
pub(super) fn with_linked_repositories<'j>(
    job: &'j Job,
    context: &FetchContext,
    is_wanted: impl Fn(&RepositoryUrl) -> bool,
) -> anyhow::Result<Cow<'j, Job>> {
    let mirror = job.sources.git.as_ref().and_then(|git| git.mirror.as_ref()).filter(|mirror| mirror.from_links);
    let Some(mirror) = mirror.filter(|_| !context.inputs.contains_key("git")) else { return Ok(Cow::Borrowed(job)) };
    let mut without_histories = job.clone();
    without_histories.sources.git = None;
    let linked = linked(&without_histories, context)?;
    let mut job = job.clone();
    if let Some(git) = &mut job.sources.git {
        let named: BTreeSet<_> = git.repositories.iter().filter_map(|known| sources::repository_url(&known.url)).collect();
        let most = linked.into_iter().take(mirror.max_links.unwrap_or(usize::MAX));
        let new = most.filter(|url| !named.contains(url) && is_wanted(url));
        git.repositories.extend(new.map(|url| GitRepository { path: None, url: url.to_string(), from: None }));
    }
    Ok(Cow::Owned(job))
}

/// Repositories that listed packages link to, by the criticality of the most critical of these packages, highest first, then by
/// URL.
fn linked(job: &Job, context: &FetchContext) -> anyhow::Result<Vec<RepositoryUrl>> {
    let raw = sources::fetch(job, context)?;
    let tables = sources::read(job, &raw, job.as_of)?;
    // Who is who has no part in criticality, so the key may be any.
    let identities = identity::resolve(&tables, &job.parameters.identity, &job.decisions, &PseudonymKey::public());
    let graph = TrustGraph::build(&tables, &identities);
    let criticality = scores::criticality(&graph, &tables, &job.parameters.scores);
    let mut highest: BTreeMap<&RepositoryUrl, f64> = BTreeMap::new();
    for link in tables.repository_links.iter().filter(|link| graph.present.is_newest(link.suite)) {
        let known = highest.entry(&tables.repositories[link.repository.row()].url).or_default();
        *known = known.max(criticality[link.package.row()]);
    }
    let mut ranked: Vec<(&RepositoryUrl, f64)> = highest.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    Ok(ranked.into_iter().map(|(url, _)| url.clone()).collect())
}
