//! The page that says how scores are made; its numbers are those of the snapshot's manifest.

use askama::Template;

use super::signal::{self, SignalLine};
use super::view::Frame;
use super::{Pages, words};
use crate::snapshot::Manifest;

/// All that stands on the page.
#[derive(Template)]
#[template(path = "method.html", config = "site/askama.toml")]
pub(super) struct MethodPage {
    pub frame: Frame,
    pub floor: String,
    /// Shares of a signed and an unsigned commit that count for the name it bears, in words.
    pub commit_shares: [Option<String>; 2],
    pub groups: Vec<ParameterGroup>,
    pub signals: Vec<SignalLine>,
    pub sweeps: Vec<(i64, String, String, String)>,
    pub sweep_count: String,
}

/// Parameters under one heading.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ParameterGroup {
    /// Leading part of their names.
    pub name: String,
    /// Name, value, reason.
    pub rows: Vec<(String, String, String)>,
}

impl MethodPage {
    /// The page.
    pub fn new(pages: &Pages) -> Self {
        let p = pages.lookup.published;
        let path = "method.html";
        let description = "How scores are made: the operator, every number of opinion with its reason, every signal.".to_owned();
        let value = |name| p.manifest.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value);
        let floor = value("scores.unknown_score");
        let sweep = |row: &crate::snapshot::schema::SweepRow| {
            (row.sweep, words::figure(row.lower_residual), words::figure(row.upper_residual), words::figure(row.gap))
        };
        let count = p.sweeps.len();
        let shown = p.sweeps.iter().enumerate().filter(|(at, _)| *at < 5 || at + 5 >= count || at % 10 == 9);
        Self {
            frame: Frame::new(&p.manifest, path, "Method", description),
            floor: floor.map_or_else(|| "the floor".to_owned(), words::points),
            commit_shares: ["scores.repository.signed_share", "scores.repository.unsigned_share"]
                .map(|name| value(name).map(commit_share)),
            groups: groups(&p.manifest),
            signals: signal::lines(pages, path),
            sweeps: shown.map(|(_, row)| sweep(row)).collect(),
            sweep_count: words::counted(count as i64, "sweep"),
        }
    }
}

fn commit_share(share: f64) -> String {
    match share {
        s if s <= 0.0 => "for nobody".to_owned(),
        s if s >= 1.0 => "in full for the name it bears".to_owned(),
        s => format!("{} for the name it bears and the rest for nobody", words::percent(s)),
    }
}

fn groups(manifest: &Manifest) -> Vec<ParameterGroup> {
    let mut groups: Vec<ParameterGroup> = Vec::new();
    for parameter in &manifest.parameters {
        let (group, name) = parameter.name.rsplit_once('.').unwrap_or(("", &parameter.name));
        let row = (name.to_owned(), words::figure(parameter.value), parameter.reason.clone());
        match groups.iter_mut().find(|known| known.name == group) {
            Some(known) => known.rows.push(row),
            None => groups.push(ParameterGroup { name: group.to_owned(), rows: vec![row] }),
        }
    }
    groups
}
