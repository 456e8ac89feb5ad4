//! The `repo` column: names → URLs, and the day each history was taken.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::ids::RepositoryUrl;
use crate::sources::repository_name::{is_plain, parse_url};
use crate::units::Day;

/// Every distinct name of the tables, numbered as met.
pub(super) struct Names {
    prefix: String,
    numbers: IndexMap<String, Option<RepositoryUrl>, FxBuildHasher>,
}

impl Names {
    /// Names that become URLs behind `prefix`.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), numbers: IndexMap::default() }
    }

    /// Number of `name`; `None` for a name that is no path of a repository.
    pub fn number(&mut self, name: &str) -> Option<u32> {
        // Rows of one repository mostly follow each other, but a map is fast enough: 20 ns a row.
        if let Some((number, _, url)) = self.numbers.get_full(name) {
            return url.as_ref().and(u32::try_from(number).ok());
        }
        let url = is_plain(name).then(|| parse_url(&format!("{}{name}", self.prefix)).ok()).flatten();
        let is_url = url.is_some();
        let (number, _) = self.numbers.insert_full(name.to_owned(), url);
        is_url.then(|| u32::try_from(number).ok()).flatten()
    }

    /// URL of a number that [`Names::number`] gave.
    pub fn url(&self, number: u32) -> &RepositoryUrl {
        let url = self.numbers.get_index(number as usize).and_then(|(_, url)| url.as_ref());
        url.expect("numbers are given to names with a URL only")
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }
}

/// Days histories were taken, by URL.
pub(super) type SnapshotDays = BTreeMap<RepositoryUrl, Day>;
