//! The smallest views that many pages share: the frame around a page, a node, a score.

use super::lookup::Lookup;
use super::{paths, style, words};
use crate::snapshot::Manifest;

/// What stands around every page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Path of the page from the root of the site.
    pub path: String,
    /// Title without the name of the site.
    pub title: String,
    /// One sentence for whoever lists the page.
    pub description: String,
    /// The way to the root: empty or ends in `/`.
    pub root: String,
    /// Id of the snapshot.
    pub snapshot: String,
    /// Facts after this day were not used.
    pub as_of: String,
}

impl Frame {
    /// Frame of the page at `path`.
    pub fn new(manifest: &Manifest, path: &str, title: &str, description: String) -> Self {
        Self {
            path: path.into(),
            title: title.into(),
            description,
            root: paths::to_root(path),
            snapshot: manifest.snapshot.clone(),
            as_of: manifest.as_of.to_string(),
        }
    }

    /// The way to the folder of the snapshot's files. Only pages that change with every snapshot may hold it.
    pub fn snapshot_files(&self) -> String {
        format!("{}../snapshots/{}/", self.root, super::escape::percent(&self.snapshot))
    }

    /// The way to the list of files; the name of one follows. The same in every snapshot, so that a page of which nothing
    /// changed is the same file.
    pub fn files(&self) -> String {
        format!("{}data.html#", self.root)
    }
}

/// A node as a page names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NodeView {
    /// `package`, `repository`, `person` or `team`.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// Relative link to its page, when it has one.
    pub href: Option<String>,
    /// Trust, 0..=1.
    pub score: Option<f64>,
}

impl NodeView {
    /// A repository without a page of its own whose address follows from its name: a script makes the link, as only a script can
    /// fill what it leads to.
    pub fn is_told_by_name(&self) -> bool {
        self.kind == "repository"
            && self.href.as_deref().is_some_and(|href| href.ends_with(&paths::shared("repository", &self.name)))
    }

    /// Trust in points, or a dash.
    pub fn points(&self) -> String {
        self.score.map_or_else(|| "–".to_owned(), words::points)
    }
}

/// Step of the single-hue scale for a score.
pub(super) fn step(score: Option<f64>) -> &'static str {
    match score {
        None => "sn",
        Some(value) => ["s0", "s1", "s2", "s3", "s4", "s5"][((value * 6.0) as usize).min(5)],
    }
}

/// One part of a score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ComponentView {
    /// Name as a noun.
    pub name: String,
    /// Value in points.
    pub points: String,
    /// Length of the bar, 0..=100.
    pub bar: u8,
    /// The smallest of them.
    pub is_weakest: bool,
}

/// The head of a page about a node: its score and what it means.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ScoreView {
    /// Points on 0–10; none: see `reason`.
    pub points: Option<String>,
    /// Proven bracket around it.
    pub bracket: Option<String>,
    /// Length of the bar, 0..=100.
    pub bar: u8,
    /// Whose quartiles are ticked on it, as the style sheet calls them.
    pub world: Option<String>,
    /// Place among its kind in words.
    pub percentile: Option<String>,
    /// Rank of a package, and how far it moves when a parameter does.
    pub rank: Option<(String, Option<String>)>,
    /// Why there is no score.
    pub reason: String,
    /// Parts, in the order of the model.
    pub components: Vec<ComponentView>,
}

impl ScoreView {
    /// Score of a node. Persons and teams get no comparison with others.
    pub fn new(lookup: &Lookup, kind: &str, id: &str) -> Self {
        let row = lookup.score("trust", kind, id);
        let Some((row, value)) = row.and_then(|row| Some((row, row.value?))) else {
            let reason = words::null_reason(row.and_then(|row| row.null_reason.as_deref()));
            return Self { reason, ..Self::default() };
        };
        let is_compared = matches!(kind, "package" | "repository");
        let ecosystem = if kind == "package" { lookup.ecosystem_of(id) } else { "" };
        let among = if kind == "package" { "packages of this ecosystem" } else { "repositories" };
        Self {
            points: Some(words::points(value)),
            bracket: words::bracket(row),
            bar: bar(value),
            world: is_compared.then(|| style::among(kind, ecosystem)),
            percentile: row.percentile.filter(|_| is_compared).map(|percentile| words::percentile(percentile, among)),
            rank: words::rank(row),
            reason: String::new(),
            components: components(lookup, kind, id, row.weakest.as_deref()),
        }
    }
}

/// A value on 0..=1 as a whole length on 0..=100, which is what the figure beside a bar says too.
pub(super) fn bar(value: f64) -> u8 {
    (value.clamp(0.0, 1.0) * 100.0).round() as u8
}

/// A value on 0..=1 as a length on 0..=100.
pub(super) fn length(value: f64) -> String {
    let text = format!("{:.1}", (value * 100.0).clamp(0.0, 100.0));
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn components(lookup: &Lookup, kind: &str, id: &str, weakest: Option<&str>) -> Vec<ComponentView> {
    let component = |metric: &'static str| {
        let value = lookup.score(metric, kind, id)?.value?;
        Some(ComponentView {
            name: words::component(metric).to_owned(),
            points: words::points(value),
            bar: bar(value),
            is_weakest: weakest == Some(metric),
        })
    };
    ["own", "control", "vouching", "dependencies"].into_iter().filter_map(component).collect()
}
