//! Tables of what git histories say, month by month.

use crate::snapshot::table::table;
use crate::snapshot::{Text, Word};
use crate::units::Day;

table! {
    /// One row a person, repository, calendar month and thing that can be counted about the person's commits there.
    "contribution_months" keyed by ["repository_url", "person_id", "month", "dimension", "value"] => ContributionMonthRow {
        /// The repository.
        repository_url: Text,
        /// The person.
        person_id: Text,
        /// Calendar month of the commits, `YYYY-MM`.
        month: Text,
        /// What is counted: `role`, or of the commits the person wrote `area`, `size` or `signature`.
        dimension: Word,
        /// For `role`: `author`, `committer`, `pusher` (put the commit into the repository), `lander` (brought it to the main line),
        /// `tagger`, or as a trailer says `co_author`, `signed_off`, `reviewer`, `acker`, `tester`. For `area`: a part of the
        /// repository it touched. For `size`: `none`, `one`, `few` (2 to 9 files), `many` (10 to 99), `sweeping`. For `signature`:
        /// the kind its signature claims.
        value: Word,
        /// Commits, or tags for `tagger`. A commit that touches two areas counts in both.
        commit_count: i64,
    }

    /// One row a person, another person who accepted its commits, repository and calendar month.
    "acceptances" keyed by ["repository_url", "person_id", "acceptor_id", "month"] => AcceptanceRow {
        /// The repository.
        repository_url: Text,
        /// The person who wrote the commits.
        person_id: Text,
        /// The person who committed them, or who brought them to the main line where the author committed. Never the same.
        acceptor_id: Text,
        /// Calendar month of the commits, `YYYY-MM`.
        month: Text,
        /// Commits.
        commit_count: i64,
    }

    /// One row a tag whose name is a version. Names that look like an address are left out.
    "release_tags" keyed by ["repository_url", "tag_name"] => ReleaseTagRow {
        /// The repository.
        repository_url: Text,
        /// Name of the tag.
        tag_name: Text,
        /// What stands before the version, such as `serde` in `serde-v1.0.1`; tags of one family are releases of one thing. Empty: none.
        family: Text,
        /// The version, with dots between numbers.
        version: Text,
        /// Its name says that it is not final.
        is_prerelease: bool,
        /// When it was made; for a lightweight tag when its commit was. Null: unknown.
        created: Option<Day>,
        /// Who made it: the tagger, or for a lightweight tag who landed its commit. Null: unknown, or nobody who is published.
        maker_id: Option<Text>,
        /// The tag object itself names who made it.
        has_tagger: bool,
        /// The tag object carries a signature, which nobody verified.
        has_signature: bool,
    }

    /// One row a file at HEAD that names the package made in its folder.
    "manifests" keyed by ["repository_url", "kind", "package_name", "directory"] => ManifestRow {
        /// The repository.
        repository_url: Text,
        /// Kind of package the file makes, as in a purl: `cargo`, `npm`, `pypi`, `deb`.
        kind: Word,
        /// Name of the package, as the file writes it.
        package_name: Text,
        /// Folder of the package. Empty: the whole repository.
        directory: Text,
    }
}
