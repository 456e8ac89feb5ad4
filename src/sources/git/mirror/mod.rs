//! Mirrors repositories into the cache: the only code beside `fetch` that opens a connection.
//!
//! A mirror is a bare repository with one branch, where HEAD of the repository was, and all its tags; tags that vanish upstream
//! stay. Three ways: by gix over https, by the git program without the content of files, and by copying from a folder. A
//! repository that cannot be mirrored is told by reason in the state table and passed over.

mod budget;
mod copy;
mod download;
mod one;
mod place;
mod program;
mod queue;
mod refusal;
mod rules;
mod state;
mod target;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub(in crate::sources) use self::place::folder;
use self::queue::Queue;
use self::refusal::{Failure, Refusal};
use self::state::{Outcome, Row, State};
use self::target::Target;
use super::{NAME, Problem};
use crate::job::{GitSource, MirrorSettings};
use crate::sources::repository_name::parse_url;
use crate::sources::{FetchContext, SourceError};

/// Mirrors every repository of `source` that has no path and was not asked lately. A run that is killed is resumed by the next:
/// what is whole stays. Fails when the job is wrong, the cache cannot be used, the budget is spent, or, unless this `is_part` of more,
/// nothing at all could be mirrored.
pub(in crate::sources) fn mirror(source: &GitSource, context: &FetchContext, is_part: bool) -> Result<(), SourceError> {
    let Some(settings) = &source.mirror else { return Ok(()) };
    if context.is_offline || context.inputs.contains_key(NAME) {
        return Ok(());
    }
    let targets = targets(source, settings, context)?;
    let place = place::Place::take(&context.cache)?;
    let mut state = State::read(place.table())?;
    let now = Timestamp::now();
    let is_due = |target: &Target| !state.rows.get(target.url.as_str()).is_some_and(|row| is_fresh(row, settings, now));
    let (due, fresh): (Vec<Target>, Vec<Target>) = targets.into_iter().partition(is_due);
    let fresh: Vec<_> = fresh.into_iter().map(|target| target.url.to_string()).collect();
    let asked: Vec<String> = due.iter().map(|target| target.url.to_string()).collect();
    let known = state.rows.clone();
    let queue = Queue::new(due, settings);
    let (done, finished) = std::sync::mpsc::channel::<Row>();
    let (place, known, queue) = (&place, &known, &queue);
    std::thread::scope(|scope| {
        for _ in 0..settings.parallel.min(asked.len()) {
            let done = done.clone();
            scope.spawn(move || {
                while context.network.check().is_ok()
                    && let Some(target) = queue.take()
                {
                    let row = one::mirror(&target, known.get(target.url.as_str()), place, settings);
                    queue.give_back(&target);
                    if done.send(row).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        finished.iter().try_for_each(|row| state.put(row))
    })?;
    state.write()?;
    let told = tell(&state, &asked, fresh.len(), &place.table());
    context.network.check().map_err(|what| SourceError::Budget { source_name: NAME, what })?;
    match told {
        Err(error) if is_part => {
            tracing::warn!("{error}");
            Ok(())
        }
        told => told,
    }
}

/// Commit at HEAD of every mirror, by canonical URL, as the state table of `cache` says.
pub(in crate::sources) fn heads(cache: &std::path::Path) -> Result<BTreeMap<String, String>, SourceError> {
    let state = State::read(place::table(cache))?;
    Ok(state.rows.into_values().filter_map(|row| Some((row.url, row.head?))).collect())
}

/// What is mirrored, in the order of URLs.
fn targets(source: &GitSource, settings: &MirrorSettings, context: &FetchContext) -> Result<Vec<Target>, SourceError> {
    let mut targets = BTreeMap::new();
    for (number, repository) in (1..).zip(&source.repositories) {
        if repository.path.is_some() {
            continue;
        }
        let url = parse_url(&repository.url).map_err(|reject| SourceError::Job {
            source_name: NAME,
            what: format!("entry {number} of [sources.git] repositories: {}", reject.reason()),
        })?;
        targets.insert(url.clone(), Target::new(url, repository, settings, context));
    }
    Ok(targets.into_values().collect())
}

/// Asked lately, and not in a way that passes.
fn is_fresh(row: &Row, settings: &MirrorSettings, now: Timestamp) -> bool {
    let age_hours = now.duration_since(row.asked_at).as_secs_f64() / 3600.0;
    (0.0..settings.fresh_hours).contains(&age_hours) && row.reason.as_deref().is_none_or(|reason| !is_passing(reason))
}

fn is_passing(reason: &str) -> bool {
    Refusal::PASSING.iter().any(|refusal| refusal.reason() == reason)
}

/// Says in the log what came of it, each reason once with its count.
fn tell(state: &State, asked: &[String], fresh: usize, table: &std::path::Path) -> Result<(), SourceError> {
    let rows: Vec<&Row> = asked.iter().filter_map(|url| state.rows.get(url)).collect();
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (mirrored, unchanged, refused) = (count(Outcome::Mirrored), count(Outcome::Unchanged), count(Outcome::Refused));
    tracing::info!(
        "git: {mirrored} mirrored, {unchanged} unchanged, {refused} refused, {fresh} asked lately; see {}",
        table.display()
    );
    let reasons: BTreeSet<&str> = rows.iter().filter_map(|row| row.reason.as_deref()).collect();
    for reason in reasons {
        let with: Vec<&&Row> = rows.iter().filter(|row| row.reason.as_deref() == Some(reason)).collect();
        tracing::warn!("git: {} refused, such as {}: {reason}", with.len(), with[0].url);
    }
    match rows.iter().find_map(|row| row.reason.as_deref()) {
        Some(reason) if refused == rows.len() && fresh == 0 => {
            let what = format!("no repository of the job could be mirrored; the first: {reason}");
            Err(SourceError::Fetch { source_name: NAME, what })
        }
        _ => Ok(()),
    }
}

/// What one mirror may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    max_bytes: u64,
    max_objects: u64,
}

impl Limits {
    fn check(&self, bytes: u64, objects: u64) -> Result<(), Refusal> {
        if bytes > self.max_bytes {
            return Err(Refusal::TooLarge);
        }
        if objects > self.max_objects { Err(Refusal::TooManyObjects) } else { Ok(()) }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotARepository => Self::NotARepository,
            Problem::Sha256 => Self::Sha256,
            Problem::Shallow => Self::Shallow,
            Problem::NoCommit => Self::Empty,
            Problem::Object | Problem::References => Self::Corrupt,
        }
    }
}

#[cfg(test)]
mod tests;
