//! What the fuzz targets share: a place for raw files, a source by itself, and what must hold of all tables.
//!
//! A target takes bytes of a stranger to an entry of the program and asserts a property of the answer; that nothing panics and
//! nothing overflows is asserted by the way it is built. Where an entry takes files, they lie in memory.

mod place;
mod sound;

pub use place::Place;
pub use sound::expect_sound;

use trustgraph::job::{Job, SourceSettings};
use trustgraph::sources::{self, RawFile, Source, SourceError};
use trustgraph::tables::{Tables, TablesBuilder};
use trustgraph::units::Day;

/// The only source that `settings` name, for the life of the process.
pub fn source(settings: SourceSettings) -> &'static dyn Source {
    let mut job = Job::shipped().expect("the job that ships with the program is whole");
    job.sources = settings;
    Box::leak(sources::of(&job).pop().expect("settings name a source"))
}

/// Tables that `source` makes of `raw`.
pub fn read(source: &dyn Source, raw: &[RawFile], until: Option<Day>) -> Result<Tables, SourceError> {
    let mut tables = TablesBuilder::default();
    source.read(raw, until, &mut tables)?;
    Ok(tables.finish())
}

/// Parts of `data` between lines that begin with `=`, each with the rest of its line: several files in one input.
pub fn parts(data: &[u8]) -> Vec<(&str, &[u8])> {
    let mut parts = Vec::new();
    let mut rest = data;
    while let Some(after) = rest.strip_prefix(b"=") {
        let end = after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
        let name = std::str::from_utf8(&after[..end]).unwrap_or_default();
        let body = &after[(end + 1).min(after.len())..];
        let next = body.windows(2).position(|pair| pair == b"\n=").map_or(body.len(), |at| at + 1);
        parts.push((name, &body[..next]));
        rest = &body[next..];
    }
    parts
}
