//! Rows of scores, ledgers and findings.

use super::{Names, RunResults};
use crate::graph::NodeKind;
use crate::ids::NodeId;
use crate::scores::{Place, certified, places};
use crate::snapshot::Text;
use crate::snapshot::published::Published;
use crate::snapshot::schema::*;

pub(super) fn fill(run: &RunResults, names: &Names, published: &mut Published) {
    published.scores = scores(run, names);
    published.contributions_to_score = contributions_to_score(run, names);
    published.findings = findings(run, names);
}

fn scores(run: &RunResults, names: &Names) -> Vec<ScoreRow> {
    let mut rows = Vec::new();
    for kind in NodeKind::ALL {
        trust(run, names, kind, &mut rows);
    }
    let listed = |row: usize| run.graph.packages[row].is_listed;
    let kept = |values: &[f64]| values.iter().enumerate().map(|(row, value)| listed(row).then_some(*value)).collect::<Vec<_>>();
    metric(run, names, "criticality", &kept(&run.scores.criticality), &mut rows);
    metric(run, names, "dominator_share", &run.scores.dominator_shares, &mut rows);
    metric(run, names, "effective_maintainers", &kept(&run.scores.effective_maintainers), &mut rows);
    rows.sort_by(|a, b| (&a.metric, &a.node_kind, &a.node_id).cmp(&(&b.metric, &b.node_kind, &b.node_id)));
    rows
}

/// Trust of all nodes of a kind, and its components for packages and repositories.
fn trust(run: &RunResults, names: &Names, kind: NodeKind, rows: &mut Vec<ScoreRow>) {
    let range = run.graph.nodes.range(kind);
    let values: Vec<Option<f64>> = range.clone().map(|node| run.scores.trust[node].ok()).collect();
    let intervals = &run.validation.sensitivity.rank_intervals;
    let is_ranked = matches!(kind, NodeKind::Package | NodeKind::Repository);
    for (node, place) in range.clone().zip(places(&certified(&values))) {
        let id = NodeId::from_row(node);
        let Some(node_id) = names.id(id) else { continue };
        let (trust, components) = (run.scores.trust[node], &run.scores.components[node]);
        let value = trust.ok();
        let place = place.filter(|_| is_ranked);
        let interval = if kind == NodeKind::Package { intervals[node - range.start] } else { None };
        rows.push(ScoreRow {
            metric: "trust".into(),
            node_kind: kind.name().into(),
            node_id,
            value,
            lower: value.map(|_| run.scores.bounds[node][0]),
            upper: value.map(|_| run.scores.bounds[node][1]),
            percentile: place.map(|place| place.percentile),
            rank: place.map(|place| place.rank as i64),
            rank_lower: interval.map(|(lower, _)| lower as i64),
            rank_upper: interval.map(|(_, upper)| upper as i64),
            null_reason: trust.err().map(|reason| reason.name().into()),
            weakest: value.and(components.weakest()).map(|component| component.name().into()),
        });
        if kind == NodeKind::Package && value.is_some() {
            rows.extend(components.list().map(|(component, value)| plain(component.name(), kind, node_id, value, None)));
        }
    }
}

/// A metric of packages alone.
fn metric(run: &RunResults, names: &Names, name: &'static str, values: &[Option<f64>], rows: &mut Vec<ScoreRow>) {
    for (row, place) in places(values).into_iter().enumerate() {
        let node = run.graph.nodes.node(NodeKind::Package, row);
        if let (Some(node_id), Some(value)) = (names.id(node), values[row]) {
            rows.push(plain(name, NodeKind::Package, node_id, value, place));
        }
    }
}

fn plain(metric: &'static str, kind: NodeKind, node_id: Text, value: f64, place: Option<Place>) -> ScoreRow {
    ScoreRow {
        metric: metric.into(),
        node_kind: kind.name().into(),
        node_id,
        value: Some(value),
        lower: None,
        upper: None,
        percentile: place.map(|place| place.percentile),
        rank: place.map(|place| place.rank as i64),
        rank_lower: None,
        rank_upper: None,
        null_reason: None,
        weakest: None,
    }
}

fn contributions_to_score(run: &RunResults, names: &Names) -> Vec<ContributionToScoreRow> {
    let mut rows = Vec::new();
    for node in 0..run.graph.nodes.count() {
        let id = NodeId::from_row(node);
        let (Ok(_), Some(node_id)) = (run.scores.trust[node], names.id(id)) else { continue };
        let ledger = &run.scores.ledgers[node];
        let score = |neighbor: NodeId| run.scores.trust[neighbor.row()].ok();
        rows.extend((1..).zip(&ledger.rows).map(|(rank, row)| ContributionToScoreRow {
            node_kind: names.kind(id),
            node_id,
            rank,
            component: row.component.name().into(),
            neighbor_kind: row.neighbor.map(|neighbor| names.kind(neighbor)),
            neighbor_id: row.neighbor.and_then(|neighbor| names.id(neighbor)),
            edge_kind: Some(row.edge.into()),
            weight: row.weight,
            neighbor_score: row.neighbor.filter(|neighbor| names.id(*neighbor).is_some()).and_then(score),
            amount: row.amount,
        }));
        rows.extend(ledger.remainder.map(|(amount, _)| ContributionToScoreRow {
            node_kind: names.kind(id),
            node_id,
            rank: ledger.rows.len() as i64 + 1,
            component: "remainder".into(),
            neighbor_kind: None,
            neighbor_id: None,
            edge_kind: None,
            weight: None,
            neighbor_score: None,
            amount,
        }));
    }
    rows.sort_by(|a, b| (&a.node_kind, &a.node_id, a.rank).cmp(&(&b.node_kind, &b.node_id, b.rank)));
    rows
}

fn findings(run: &RunResults, names: &Names) -> Vec<FindingRow> {
    let row = |finding: &crate::signals::Finding| {
        let neighbor = finding.evidence.neighbor.filter(|node| names.id(*node).is_some());
        FindingRow {
            signal: finding.signal.into(),
            node_kind: names.kind(finding.node),
            node_id: names.id(finding.node).unwrap_or_default(),
            answer: "yes".into(),
            strength: finding.evidence.strength,
            is_alert: finding.is_alert,
            first_seen: finding.evidence.first_seen,
            evidence: (&finding.evidence.sentence).into(),
            neighbor_kind: neighbor.map(|node| names.kind(node)),
            neighbor_id: neighbor.and_then(|node| names.id(node)),
        }
    };
    let mut rows: Vec<FindingRow> = run.findings.list.iter().map(row).collect();
    rows.sort_by(|a, b| (&a.signal, &a.node_kind, &a.node_id).cmp(&(&b.signal, &b.node_kind, &b.node_id)));
    rows
}
