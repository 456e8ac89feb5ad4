//! The ledger of one score, in words.

use std::fmt;

use serde::Serialize;

use super::published::Published;
use super::schema::{ContributionToScoreRow, FindingRow, ScoreRow};
use crate::units::Day;

/// Why a node has its trust score.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Snapshot id.
    pub snapshot: String,
    /// `person`, `team`, `repository` or `package`.
    pub node_kind: String,
    /// The node.
    pub node_id: String,
    /// What the public calls it.
    pub label: Option<String>,
    /// Trust, 0..=1. `None`: see `null_reason`.
    pub value: Option<f64>,
    /// Proven bounds.
    pub lower: Option<f64>,
    /// Proven bounds.
    pub upper: Option<f64>,
    /// Why there is no value.
    pub null_reason: Option<String>,
    /// Component with the smallest value.
    pub weakest: Option<String>,
    /// Share of nodes of this kind and ecosystem with a smaller value.
    pub percentile: Option<f64>,
    /// Terms of the score; the amounts sum to `value`.
    pub contributions: Vec<Contribution>,
    /// Sum of all amounts.
    pub sum: f64,
    /// What signals say about the node, and for a package about the repositories it names.
    pub findings: Vec<ExplainedFinding>,
}

/// A signal's answer that fires.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedFinding {
    /// Name of the signal.
    pub signal: String,
    /// Kind of the node it is about.
    pub node_kind: String,
    /// The node it is about.
    pub node_id: String,
    /// 0..=1.
    pub strength: f64,
    /// First day the evidence could be seen.
    pub first_seen: Day,
    /// One sentence with the facts.
    pub evidence: String,
}

/// One term.
#[derive(Clone, Debug, Serialize)]
pub struct Contribution {
    /// Part of the score.
    pub component: String,
    /// Kind of the neighbor.
    pub neighbor_kind: Option<String>,
    /// The neighbor.
    pub neighbor_id: Option<String>,
    /// What the public calls the neighbor.
    pub neighbor_label: Option<String>,
    /// Kind of edge or own fact.
    pub edge_kind: Option<String>,
    /// Share of control, or evidence.
    pub weight: Option<f64>,
    /// Score of the neighbor.
    pub neighbor_score: Option<f64>,
    /// Points on the 0..=1 scale.
    pub amount: f64,
    /// The largest terms of the neighbor's own score, when they were asked for. Their amounts sum towards `neighbor_score`.
    pub because: Vec<Contribution>,
}

/// Terms shown of a neighbor.
const TERMS_OF_A_NEIGHBOR: usize = 3;

/// Explains the node `id`: a purl (qualifiers may be left out, a version is ignored), a package name, an installed name, a repository URL, a person id
/// or a team id. The terms of its score, those of each neighbor, and so on, `steps` steps back.
pub fn explain(published: &Published, id: &str, steps: u8) -> Option<Explanation> {
    let (kind, id) = find(published, id)?;
    let key = ("trust", kind, id.as_str());
    let of = |row: &ScoreRow| row.metric == "trust" && row.node_kind == kind && row.node_id == id;
    let at = published.scores.partition_point(|row| (row.metric.as_ref(), row.node_kind.as_ref(), row.node_id.as_str()) < key);
    let score = published.scores.get(at).filter(|row| of(row))?;
    let contributions = contributions(published, kind, &id, usize::MAX, steps);
    Some(Explanation {
        snapshot: published.manifest.snapshot.clone(),
        label: label(published, kind, &id),
        node_kind: kind.to_owned(),
        value: score.value,
        lower: score.lower,
        upper: score.upper,
        null_reason: score.null_reason.as_ref().map(ToString::to_string),
        weakest: score.weakest.as_ref().map(ToString::to_string),
        percentile: score.percentile,
        sum: contributions.iter().map(|row| row.amount).sum(),
        contributions,
        findings: findings(published, kind, &id),
        node_id: id,
    })
}

/// Findings about a node and, for a package, about the repositories it names; by signal and node.
fn findings(published: &Published, kind: &str, id: &str) -> Vec<ExplainedFinding> {
    let links = published.repository_links.iter().filter(|link| kind == "package" && link.purl == id && link.evidence_level >= 0);
    let named: Vec<&str> = links.map(|link| link.repository_url.as_str()).collect();
    let is_own = |row: &&FindingRow| {
        (row.node_kind == kind && row.node_id == id) || (row.node_kind == "repository" && named.contains(&row.node_id.as_str()))
    };
    let explained = |row: &FindingRow| ExplainedFinding {
        signal: row.signal.to_string(),
        node_kind: row.node_kind.to_string(),
        node_id: row.node_id.to_string(),
        strength: row.strength,
        first_seen: row.first_seen,
        evidence: row.evidence.to_string(),
    };
    published.findings.iter().filter(is_own).map(explained).collect()
}

/// The first `limit` terms of a score, the largest first.
fn contributions(published: &Published, kind: &str, id: &str, limit: usize, steps: u8) -> Vec<Contribution> {
    let rows = &published.contributions_to_score;
    let start = rows.partition_point(|row| (row.node_kind.as_ref(), row.node_id.as_str()) < (kind, id));
    let own = rows[start..].iter().take_while(|row| row.node_kind == kind && row.node_id == id);
    own.take(limit).map(|row| contribution(published, row, steps)).collect()
}

fn contribution(published: &Published, row: &ContributionToScoreRow, steps: u8) -> Contribution {
    let word = |word: &Option<super::Word>| word.as_ref().map(ToString::to_string);
    let neighbor = row.neighbor_kind.as_ref().zip(row.neighbor_id.as_ref());
    Contribution {
        component: row.component.to_string(),
        neighbor_kind: word(&row.neighbor_kind),
        neighbor_id: row.neighbor_id.map(String::from),
        neighbor_label: neighbor.and_then(|(kind, id)| label(published, kind, id)),
        edge_kind: word(&row.edge_kind),
        weight: row.weight,
        neighbor_score: row.neighbor_score,
        amount: row.amount,
        because: match neighbor {
            Some((kind, id)) if steps > 1 => contributions(published, kind, id, TERMS_OF_A_NEIGHBOR, steps - 1),
            _ => Vec::new(),
        },
    }
}

fn find(published: &Published, id: &str) -> Option<(&'static str, String)> {
    let bare = |purl: &str| purl.split('?').next().unwrap_or(purl).to_owned();
    // A version stands behind `@`, which names escape.
    let wanted = id.strip_prefix("pkg:").map_or_else(|| id.to_owned(), |_| bare(id).split('@').next().unwrap_or(id).to_owned());
    let package = published.packages.iter().find(|row| row.purl == id || bare(&row.purl) == wanted || row.name == id);
    if let Some(row) = package {
        return Some(("package", row.purl.to_string()));
    }
    if let Some(row) = published.binaries.iter().find(|row| row.binary_name == id) {
        return Some(("package", row.purl.to_string()));
    }
    let repository =
        published.repositories.iter().find(|row| row.repository_url == id.trim_end_matches('/').trim_end_matches(".git"));
    if let Some(row) = repository {
        return Some(("repository", row.repository_url.to_string()));
    }
    if published.persons.iter().any(|row| row.person_id == id) {
        return Some(("person", id.to_owned()));
    }
    published.teams.iter().any(|row| row.team_id == id).then(|| ("team", id.to_owned()))
}

fn label(published: &Published, kind: &str, id: &str) -> Option<String> {
    match kind {
        "person" => {
            let at = published.persons.binary_search_by(|row| row.person_id.as_str().cmp(id)).ok()?;
            published.persons[at].name.map(String::from)
        }
        "team" => {
            let at = published.teams.binary_search_by(|row| row.team_id.as_str().cmp(id)).ok()?;
            published.teams[at].name.map(String::from)
        }
        _ => None,
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
        writeln!(f, "{} {}{label}, snapshot {}", self.node_kind, self.node_id, self.snapshot)?;
        match (self.value, self.lower, self.upper) {
            (Some(value), Some(lower), Some(upper)) => {
                writeln!(f, "trust {value:.9}, proven to lie in {lower:.12}..={upper:.12}")?;
            }
            _ => writeln!(f, "no trust score: {}", self.null_reason.as_deref().unwrap_or("no reason given"))?,
        }
        if let Some(percentile) = self.percentile {
            writeln!(f, "higher than {percentile:.1} of 100 of its kind")?;
        }
        if let Some(weakest) = &self.weakest {
            writeln!(f, "weakest component: {weakest}")?;
        }
        if !self.contributions.is_empty() {
            self.write_ledger(f)?;
        }
        if !self.findings.is_empty() {
            writeln!(f, "\nfindings, each a reason to look and no verdict:")?;
        }
        for one in &self.findings {
            let place = if one.node_kind == self.node_kind { String::new() } else { format!(" in {}", one.node_id) };
            writeln!(f, "{} {:.2}, since {}{place}: {}", one.signal, one.strength, one.first_seen, one.evidence)?;
        }
        Ok(())
    }
}

impl Explanation {
    fn write_ledger(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n     amount  component     edge        weight  score  neighbor")?;
        for row in &self.contributions {
            row.write(f, 0)?;
        }
        writeln!(f, "{:11.9}  sum", self.sum)
    }
}

impl Contribution {
    /// One line, and below it what it stands on, each step further in.
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        let neighbor = self.neighbor_label.as_ref().or(self.neighbor_id.as_ref()).map_or("", String::as_str);
        let (edge, weight, score) = (self.edge_kind.as_deref().unwrap_or("-"), number(self.weight), number(self.neighbor_score));
        let (inset, component) = ("    ".repeat(depth), &self.component);
        writeln!(f, "{inset}{:11.9}  {component:12}  {edge:10}  {weight:>6}  {score:>5}  {neighbor}", self.amount)?;
        self.because.iter().try_for_each(|row| row.write(f, depth + 1))
    }
}
