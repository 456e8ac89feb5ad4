//! Mirrors a repository over https by gix, without any program. Everything comes, the content of files too: gix cannot ask for
//! less yet.

use std::path::Path;
use std::sync::Arc;

use gix::protocol::handshake::Ref;
use gix::protocol::transport::Protocol;
use gix::protocol::transport::client::blocking_io::http::Transport;
use gix::remote::Direction;
use gix::remote::fetch::Tags;
use url::Url;

use super::budget::Budget;
use super::place::BRANCH;
use super::wire::{Talk, Wire};
use super::{Failure, Limits, Refusal};

/// No single object may ask for more memory.
const MAX_OBJECT_BYTES: u64 = 1 << 30;

/// Brings what the repository at `url` has and the mirror in `folder` has not; says where it was after redirects.
pub(super) fn download(url: &Url, folder: &Path, wire: &Wire, limits: &Limits, budget: &Arc<Budget>) -> Result<Url, Failure> {
    let talk = wire.talk(budget);
    let found = Arc::clone(&talk.found);
    let result = budget.watch(|| fetch(url, folder, talk, limits, budget));
    // The limit or the answer that ended it says more than what became of it in the protocol.
    match (result, budget.failure()) {
        (Ok(()), _) => {}
        (Err(refusal), failure) => return Err(failure.unwrap_or(refusal.into())),
    }
    let found = found.lock().expect("nobody panics with it").clone();
    Ok(found.and_then(|found| Url::parse(&found).ok()).unwrap_or_else(|| url.clone()))
}

fn fetch(url: &Url, folder: &Path, talk: Talk, limits: &Limits, budget: &Budget) -> Result<(), Refusal> {
    let allocation = format!("gitoxide.objects.allocLimit={}", limits.max_bytes.min(MAX_OBJECT_BYTES));
    let options = gix::open::Options::isolated().with(gix::sec::Trust::Reduced).config_overrides([allocation]);
    let repository = options.open(folder).map_err(|_| Refusal::Corrupt)?.to_thread_local();
    let specs = [format!("+HEAD:{BRANCH}"), "+refs/tags/*:refs/tags/*".to_owned()];
    let remote = repository.remote_at_without_url_rewrite(url.as_str()).map_err(|_| Refusal::Scheme)?;
    let remote = remote.with_fetch_tags(Tags::None).with_refspecs(specs.iter().map(|spec| spec.as_str()), Direction::Fetch);
    let remote = remote.map_err(|_| Refusal::Protocol)?;
    let address = gix::url::parse(url.as_str()).map_err(|_| Refusal::Scheme)?;
    let transport = Transport::new_http(talk, address, Protocol::V2, false);
    // Nobody is asked for a password, and no program that knows one.
    let connection = remote.to_connection_with_transport(transport).with_credentials(|_| Ok(None));
    let connection = connection.with_transport_options(Box::new(()));
    let prepared = connection.prepare_fetch(gix::utils::progress::Discard, Default::default());
    let prepared = prepared.map_err(|error| told(&error))?;
    if prepared.ref_map().object_hash != gix::hash::Kind::Sha1 {
        return Err(Refusal::Sha256);
    }
    let is_head = |known: &Ref| !matches!(known, Ref::Unborn { .. }) && known.unpack().0 == "HEAD";
    if !prepared.ref_map().remote_refs.iter().any(is_head) {
        return Err(Refusal::Empty);
    }
    let received = prepared.with_write_packed_refs_only(true).receive(gix::utils::progress::Discard, &budget.is_over);
    received.map(|_| ()).map_err(|error| told(&error))
}

/// gix tells one thing by its words alone: that it was built without SHA-256.
fn told(error: &gix::Error) -> Refusal {
    let text = format!("{error:?}").to_lowercase();
    tracing::debug!("git: {text}");
    if text.contains("sha256") { Refusal::Sha256 } else { Refusal::Protocol }
}
