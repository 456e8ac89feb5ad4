//! Findings as pages show them: the question, the answer's evidence, its strength in words.

use super::lookup::Lookup;
use super::view::NodeView;
use super::{paths, words};
use crate::snapshot::schema::FindingRow;

/// Rows of a list of findings on a page of their own, which stays below 60 kB; the Parquet table has all.
pub(super) const ROWS: usize = 140;

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FindingView {
    /// Signal as words.
    pub signal: String,
    /// Relative link to the page of the signal.
    pub signal_href: String,
    /// The question.
    pub question: String,
    /// The node it is about.
    pub node: NodeView,
    /// It is about the repository of the package whose page this is.
    pub is_of_repository: bool,
    /// One sentence with the facts.
    pub evidence: String,
    /// The other node of the evidence.
    pub neighbor: Option<NodeView>,
    /// First day the evidence could be seen.
    pub first_seen: String,
    /// `0.82`.
    pub strength: String,
    /// At or above the job's alert level.
    pub is_alert: bool,
    /// Criticality percentile of the node.
    pub criticality: Option<f64>,
}

impl FindingView {
    /// The finding `row` on the page `from`.
    pub fn new(lookup: &Lookup, row: &FindingRow, from: &str) -> Self {
        let doc = lookup.published.manifest.signals.iter().find(|doc| row.signal == doc.name);
        let neighbor = row.neighbor_kind.as_ref().zip(row.neighbor_id.as_ref());
        Self {
            signal: words::title(&row.signal),
            signal_href: paths::relative(from, &paths::signal(&row.signal)),
            question: doc.map(|doc| doc.question.clone()).unwrap_or_default(),
            is_of_repository: false,
            node: lookup.node(&row.node_kind, &row.node_id, from),
            evidence: row.evidence.to_string(),
            neighbor: neighbor.map(|(kind, id)| lookup.node(kind, id, from)),
            first_seen: row.first_seen.to_string(),
            strength: format!("{:.2}", row.strength),
            is_alert: row.is_alert,
            criticality: lookup.score("criticality", &row.node_kind, &row.node_id).and_then(|score| score.percentile),
        }
    }

    /// Criticality percentile, or a dash.
    pub fn criticality_text(&self) -> String {
        words::percentile_or_dash(self.criticality)
    }
}

/// Findings about one node, strongest first.
pub(super) fn about(lookup: &Lookup, kind: &str, id: &str, from: &str) -> Vec<FindingView> {
    let rows = &lookup.published.findings;
    let mut found: Vec<&FindingRow> = lookup.found(kind, id).iter().map(|at| &rows[*at as usize]).collect();
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength).then_with(|| a.signal.cmp(&b.signal)));
    found.into_iter().map(|row| FindingView::new(lookup, row, from)).collect()
}

/// Findings about the repositories that the package `purl` names, strongest first; those on links proven wrong left out.
pub(super) fn of_repositories(lookup: &Lookup, purl: &str, from: &str) -> Vec<FindingView> {
    let table = &lookup.published.repository_links;
    let links = table[lookup.rows_of_package(|by| &by.repository_links, purl)].iter().filter(|link| link.evidence_level >= 0);
    let mut urls: Vec<&str> = links.map(|link| link.repository_url.as_str()).collect();
    urls.sort_unstable();
    urls.dedup();
    let found = urls.into_iter().flat_map(|url| about(lookup, "repository", url, from));
    found.map(|finding| FindingView { is_of_repository: true, ..finding }).collect()
}

/// Findings `keep` accepts: alerts first, then the strongest, then those on the most critical nodes.
pub(super) fn strongest<'a>(lookup: &Lookup<'a>, keep: impl Fn(&FindingRow) -> bool) -> Vec<&'a FindingRow> {
    let criticality =
        |row: &FindingRow| lookup.score("criticality", &row.node_kind, &row.node_id).and_then(|score| score.value).unwrap_or(0.0);
    let mut rows: Vec<(f64, &FindingRow)> =
        lookup.published.findings.iter().filter(|row| keep(row)).map(|row| (criticality(row), row)).collect();
    rows.sort_by(|(a_critical, a), (b_critical, b)| {
        b.is_alert
            .cmp(&a.is_alert)
            .then(b.strength.total_cmp(&a.strength))
            .then(b_critical.total_cmp(a_critical))
            .then_with(|| (&a.signal, &a.node_id).cmp(&(&b.signal, &b.node_id)))
    });
    rows.into_iter().map(|(_, row)| row).collect()
}
