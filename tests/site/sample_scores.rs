//! Scores, ledgers and findings of the made-up snapshot: random, but every ledger sums to its score.

use super::super::snapshot::schema::*;
use super::super::snapshot::{Published, Text, Word};
use super::{Dice, day, purl};

/// Adds all result tables.
pub fn add(p: &mut Published) {
    let mut dice = Dice(11);
    add_packages(p, &mut dice);
    add_others(p, &mut dice);
    set_percentiles(p);
    p.scores.sort_by(|a, b| (&a.metric, &a.node_kind, &a.node_id).cmp(&(&b.metric, &b.node_kind, &b.node_id)));
    p.contributions_to_score.sort_by(|a, b| (&a.node_kind, &a.node_id, a.rank).cmp(&(&b.node_kind, &b.node_id, b.rank)));
    add_findings(p);
    add_attacks(p);
    for sweep in 1..=46 {
        let gap = 0.6f64.powi(sweep);
        p.sweeps.push(SweepRow { sweep: i64::from(sweep), lower_residual: gap / 3.0, upper_residual: gap / 2.0, gap });
    }
    for (check, subject, value, limit) in
        [("bracket_gap", "scores", 1e-10, Some(1e-9)), ("answers", "lone_maintainer unknown", 12.0, None)]
    {
        let is_passed = limit.map(|limit| value <= limit);
        p.quality.push(QualityRow { check: Word::from(check), subject: subject.into(), value, limit, is_passed });
    }
    p.sources.push(SourceRow {
        source: "debian".into(),
        file: "trixie_Sources.xz".into(),
        digest: format!("sha256:{}", "0f".repeat(32)),
        size_bytes: 12_345_678,
        as_of: Some(day("2025-08-09")),
        read_count: 37_643,
        reject_count: 2,
        skip_count: 31,
    });
}

/// A ring by earned edges, and an insider by months.
fn add_attacks(p: &mut Published) {
    let ring = AttackOutcomeRow {
        attack: "ring".into(),
        case: 1,
        kind: "sybil_ring".into(),
        variant: None,
        account_count: 1000,
        package_count: 1000,
        repository_count: 1000,
        earned_edge_count: 0,
        month_count: None,
        gain: 0.0,
        mean_gain: 0.0,
        person_gain: Some(0.0),
        repository_gain: Some(0.0),
        package_gain: Some(0.0),
        gain_per_earned_edge: None,
        gain_per_month: None,
        honest_largest_rise: 0.0,
        honest_largest_fall: 1e-15,
        attacked_purl: None,
        attacked_score_before: None,
        attacked_score_after: None,
    };
    for months in [0, 12, 48] {
        let gain = months as f64 / 200.0;
        p.attack_outcomes.push(AttackOutcomeRow {
            attack: "<b>insider</b>".into(),
            case: months + 1,
            kind: "patient_insider".into(),
            variant: Some("sole_maintainer".into()),
            month_count: Some(months),
            gain,
            person_gain: Some(gain),
            attacked_purl: Some(purl(0)),
            attacked_score_before: Some(0.7),
            attacked_score_after: Some(0.3 + gain),
            ..ring.clone()
        });
    }
    for (case, edges) in [(1, 0), (2, 1), (3, 100)] {
        let gain = edges as f64 / 500.0;
        p.attack_outcomes.push(AttackOutcomeRow { case, earned_edge_count: edges, gain, ..ring.clone() });
    }
}

fn add_packages(p: &mut Published, dice: &mut Dice) {
    let packages: Vec<(Text, bool, i64)> = p.packages.iter().map(|row| (row.purl, row.is_listed, row.dependent_count)).collect();
    let total: i64 = packages.iter().map(|(_, _, count)| count + 1).sum();
    for (purl, is_listed, dependent_count) in packages {
        let criticality = (dependent_count + 1) as f64 / total as f64;
        p.scores.push(score("criticality", "package", &purl, Some(criticality)));
        if !is_listed {
            p.scores.push(ScoreRow { null_reason: Some("not_listed".into()), ..score("trust", "package", &purl, None) });
            continue;
        }
        let trust = add_ledger(p, dice, &purl);
        let parts = [("own", 0.2 + 0.6 * dice.roll()), ("control", 0.9 * dice.roll()), ("vouching", dice.roll())];
        let weakest = parts.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| *name);
        p.scores.push(ScoreRow {
            lower: Some(trust - 5e-11),
            upper: Some(trust + 5e-11),
            weakest: weakest.map(Word::from),
            ..score("trust", "package", &purl, Some(trust))
        });
        for (metric, value) in parts {
            p.scores.push(score(metric, "package", &purl, Some(value)));
        }
        p.scores.push(score("dependencies", "package", &purl, Some(0.3 + 0.5 * dice.roll())));
        p.scores.push(score("dominator_share", "package", &purl, Some((dice.roll() - 0.5).max(0.0))));
        p.scores.push(score("effective_maintainers", "package", &purl, Some(3.0 * dice.roll())));
    }
}

/// A ledger with its maintainers and users as neighbors; returns its sum.
fn add_ledger(p: &mut Published, dice: &mut Dice, purl: &str) -> f64 {
    let start = p.maintainers.partition_point(|row| row.purl.as_str() < purl);
    let people: Vec<(Word, Text, f64)> = p.maintainers[start..]
        .iter()
        .take_while(|row| row.purl == purl)
        .filter(|row| row.suite == "trixie")
        .map(|row| (row.maintainer_kind, row.maintainer_id, row.control_share))
        .collect();
    let mut terms = vec![("unknown", None, "floor", None, 0.1), ("own", None, "age", None, 0.03 + 0.1 * dice.roll())];
    terms.push(("own", None, "archive", None, 0.07));
    for (kind, id, share) in &people {
        let amount = 0.4 * share * dice.roll();
        terms.push(("control", Some((*kind, *id)), "maintains", Some(*share), amount));
    }
    for _ in 0..dice.below(6) {
        let user = p.persons[dice.below(p.persons.len())].person_id;
        terms.push(("vouching", Some(("person".into(), user)), "uses", Some(0.25), 0.05 * dice.roll()));
    }
    let start = p.dependencies.partition_point(|row| row.purl.as_str() < purl);
    if let Some(need) = p.dependencies.get(start).filter(|row| row.purl == purl) {
        let neighbor = Some((Word::from("package"), need.dependency_purl));
        terms.push(("dependencies", neighbor, "needs", Some(0.5), 0.04 * dice.roll()));
    }
    terms.sort_by(|a, b| b.4.total_cmp(&a.4));
    terms.push(("remainder", None, "", None, 0.02 * dice.roll()));
    push_terms(p, "package", purl, terms)
}

type Term = (&'static str, Option<(Word, Text)>, &'static str, Option<f64>, f64);

fn push_terms(p: &mut Published, kind: &'static str, id: &str, terms: Vec<Term>) -> f64 {
    let sum = terms.iter().map(|term| term.4).sum();
    for (rank, (component, neighbor, edge, weight, amount)) in (1..).zip(terms) {
        let (neighbor_kind, neighbor_id) = neighbor.unzip();
        p.contributions_to_score.push(ContributionToScoreRow {
            node_kind: kind.into(),
            node_id: id.into(),
            rank,
            component: component.into(),
            neighbor_score: neighbor_id.as_ref().map(|_| 0.6),
            neighbor_kind,
            neighbor_id,
            edge_kind: (!edge.is_empty()).then_some(Word::from(edge)),
            weight,
            amount,
        });
    }
    sum
}

fn add_others(p: &mut Published, dice: &mut Dice) {
    let persons: Vec<Text> = p.persons.iter().map(|row| row.person_id).collect();
    for id in persons {
        let neighbor = Some((Word::from("package"), purl(dice.below(20)).into()));
        let terms = vec![
            ("own", None, "member", None, 0.2 + 0.2 * dice.roll()),
            ("unknown", None, "floor", None, 0.1),
            ("vouching", neighbor, "maintains", Some(0.5), 0.2 * dice.roll()),
            ("remainder", None, "", None, 0.01),
        ];
        let trust = push_terms(p, "person", &id, terms);
        p.scores.push(ScoreRow { lower: Some(trust), upper: Some(trust), ..score("trust", "person", &id, Some(trust)) });
    }
    for row in &p.teams {
        p.scores.push(score("trust", "team", &row.team_id, Some(0.4 + 0.3 * dice.roll())));
    }
    let repositories = p.repositories.iter().map(|row| {
        let value = row.history_as_of.map(|_| 0.3 + 0.4 * dice.roll());
        let null_reason = value.is_none().then_some(Word::from("no_history"));
        ScoreRow { null_reason, ..score("trust", "repository", &row.repository_url, value) }
    });
    p.scores.extend(repositories.collect::<Vec<_>>());
}

fn score(metric: &'static str, kind: &'static str, id: &str, value: Option<f64>) -> ScoreRow {
    ScoreRow {
        metric: metric.into(),
        node_kind: kind.into(),
        node_id: id.into(),
        value,
        lower: None,
        upper: None,
        percentile: None,
        rank: None,
        rank_lower: None,
        rank_upper: None,
        null_reason: None,
        weakest: None,
    }
}

fn set_percentiles(p: &mut Published) {
    for metric in ["trust", "criticality"] {
        let is_asked = |row: &&mut ScoreRow| row.metric == metric && row.node_kind == "package" && row.value.is_some();
        let mut rows: Vec<&mut ScoreRow> = p.scores.iter_mut().filter(is_asked).collect();
        rows.sort_by(|a, b| a.value.partial_cmp(&b.value).expect("finite"));
        let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
        for row in rows {
            let value = row.value.unwrap_or_default();
            row.percentile = Some(values.partition_point(|other| *other < value) as f64 * 100.0 / values.len() as f64);
            let rank = 1 + (values.len() - values.partition_point(|other| *other <= value)) as i64;
            row.rank = Some(rank);
            if metric == "trust" {
                (row.rank_lower, row.rank_upper) = (Some(rank - rank / 5), Some(rank + rank / 4));
            }
        }
    }
}

fn add_findings(p: &mut Published) {
    let signals = ["fading_maintainers", "lone_maintainer", "low_trust_dependency", "ownership_change"];
    for (s, signal) in signals.into_iter().enumerate() {
        for (at, row) in p.packages.iter().enumerate().filter(|(at, _)| (at + s) % 17 == 3) {
            let strength = 0.5 + ((at * 7 + s) % 50) as f64 / 100.0;
            let neighbor = (s == 2).then(|| ("package".into(), purl(at % 30).into()));
            let (neighbor_kind, neighbor_id) = neighbor.unzip();
            p.findings.push(FindingRow {
                signal: signal.into(),
                node_kind: "package".into(),
                node_id: row.purl,
                answer: "yes".into(),
                strength,
                is_alert: strength >= 0.75,
                first_seen: day("2025-08-09"),
                evidence: format!("{} of 3 trusted maintainers of bookworm are gone in trixie <i>now</i>.", 1 + at % 3).into(),
                neighbor_kind,
                neighbor_id,
            });
        }
    }
}
