//! One repository: tries, pauses, and the row of the state table.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::budget::Budget;
use super::place::{self, Place};
use super::rules::Rules;
use super::state::{Outcome, Row};
use super::target::{Origin, Target};
use super::wire::Wire;
use super::{Failure, Limits, Refusal, copy, download, program};
use crate::ids::RepositoryUrl;
use crate::job::MirrorSettings;
use crate::sources::git::open::Store;

/// Longest wait between two tries, also when a server asks for more.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// What a try found.
struct Found {
    head: String,
    bytes: u64,
    redirected_to: Option<String>,
}

/// Mirrors `target` and says what came of it. `known` is what the table says of it so far.
pub(super) fn mirror(target: &Target, known: Option<&Row>, place: &Place, settings: &MirrorSettings) -> Row {
    let asked_at = now();
    let mut attempts = 0;
    let mut pause = Duration::from_secs_f64(settings.pause_seconds);
    let found = loop {
        attempts += 1;
        let tried = catch_unwind(AssertUnwindSafe(|| try_once(target, place, settings)));
        let failure = match tried.unwrap_or(Err(Refusal::Unforeseen.into())) {
            Ok(found) => break Ok(found),
            Err(failure) => failure,
        };
        if !failure.refusal.is_passing() || attempts >= settings.tries {
            break Err(failure.refusal);
        }
        let wait = failure.wait.unwrap_or(pause).min(MAX_WAIT);
        tracing::info!(
            "git: {}: {}; try {} of {} in {wait:?}",
            target.url,
            failure.refusal.reason(),
            attempts + 1,
            settings.tries
        );
        std::thread::sleep(wait);
        pause *= 2;
    };
    let url = target.url.to_string();
    match found {
        Ok(Found { head, bytes, redirected_to }) => {
            let is_new = known.and_then(|known| known.head.as_ref()) != Some(&head);
            let outcome = if is_new { Outcome::Mirrored } else { Outcome::Unchanged };
            let fetched_at = Some(asked_at);
            Row { url, outcome, reason: None, head: Some(head), asked_at, fetched_at, bytes, attempts, redirected_to }
        }
        Err(refusal) => {
            let reason = Some(refusal.reason().to_owned());
            let head = known.and_then(|known| known.head.clone());
            let (fetched_at, bytes) = known.map_or((None, 0), |known| (known.fetched_at, known.bytes));
            let redirected_to = known.and_then(|known| known.redirected_to.clone());
            Row { url, outcome: Outcome::Refused, reason, head, asked_at, fetched_at, bytes, attempts, redirected_to }
        }
    }
}

/// Brings the mirror up to date, or makes it. A mirror that turned out damaged is made anew.
fn try_once(target: &Target, place: &Place, settings: &MirrorSettings) -> Result<Found, Failure> {
    let origin = target.origin.clone()?;
    let mirror = place.mirror(&target.url);
    if mirror.is_dir() {
        place::mend(&mirror)?;
        match update(&origin, &mirror, settings, &target.url) {
            Err(Failure { refusal: Refusal::Corrupt, .. }) => {}
            done => return done,
        }
    }
    let unfinished = place.begin(&target.url)?;
    let made = update(&origin, &unfinished, settings, &target.url);
    if made.is_ok() {
        place.finish(&unfinished, &target.url)?;
    } else {
        place::remove(&unfinished)?;
    }
    made
}

/// One way or another, then holds the result against the limits and opens it as mining will.
fn update(origin: &Origin, folder: &Path, settings: &MirrorSettings, url: &RepositoryUrl) -> Result<Found, Failure> {
    let limits = Limits { max_bytes: settings.max_bytes, max_objects: settings.max_objects };
    let budget = Arc::new(Budget::new(Duration::from_secs(settings.max_seconds), settings.max_bytes));
    let found = match origin {
        Origin::Folder(from) => budget.watch(|| copy::copy(from, folder, &limits, &budget)).map(|()| None)?,
        Origin::Server(server) => {
            let rules = Arc::new(Rules::new(settings));
            let wire = Wire::new(&rules, settings.max_seconds).map_err(|_| Refusal::Connection)?;
            let found = if settings.use_git_program {
                program::run(server, folder, &wire, &rules, &limits, &budget)?
            } else {
                download::download(server, folder, &wire, &limits, &budget)?
            };
            moved(server, &found, url)
        }
    };
    let (bytes, objects) = place::size(folder)?;
    limits.check(bytes, objects)?;
    let head = Store::open(folder).and_then(|mut store| store.head()).map_err(Refusal::from)?.to_string();
    Ok(Found { head, bytes, redirected_to: found })
}

/// The canonical URL of where it was found, when that is another repository's.
fn moved(asked: &Url, found: &Url, url: &RepositoryUrl) -> Option<String> {
    let [asked, found] = [asked, found].map(|url| RepositoryUrl::parse(url.as_str()).ok());
    if asked == found {
        return None;
    }
    found.filter(|found| found != url).map(|found| found.to_string())
}

/// Now, in whole seconds.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
