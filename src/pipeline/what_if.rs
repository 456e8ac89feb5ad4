//! What would be: a job's scores, propagated again with something changed.

use std::fmt;

use serde::Serialize;

use super::{InputOptions, Prepared, Stages, nodes, prepare};
use crate::graph::NodeKind;
use crate::ids::NodeId;
use crate::job::Job;
use crate::scores::{self, Basis};

/// What is to be imagined. Nodes are named by published id, package name or URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The node had no edges: others share what it controls.
    Without(String),
    /// The asked package were not known to be built from this repository.
    WithoutLink(String),
    /// The account of this person or team were in wrong hands: worth nothing, and still in control.
    Compromised(String),
}

/// Answers about one node.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    /// `person`, `team`, `repository` or `package`.
    pub node_kind: String,
    /// The asked node.
    pub node_id: String,
    /// Its trust as it is, 0..=1.
    pub trust: f64,
    /// One a question, in their order.
    pub answers: Vec<Answer>,
}

/// What one change would do.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The change, in words.
    pub change: String,
    /// Trust of the asked node after it.
    pub trust: f64,
    /// Nodes whose trust would fall.
    pub lowered_count: usize,
    /// Nodes whose trust would rise.
    pub raised_count: usize,
    /// The packages and repositories that would fall most, the largest fall first.
    pub most_lowered: Vec<Moved>,
    /// How far an account reaches. `None` for other changes.
    pub blast_radius: Option<BlastRadius>,
}

/// A node that would move.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Kind of the node.
    pub node_kind: String,
    /// The node.
    pub node_id: String,
    /// Trust as it is.
    pub before: f64,
    /// Trust after the change.
    pub after: f64,
}

/// What somebody who holds an account could touch.
#[derive(Clone, Debug, Serialize)]
pub struct BlastRadius {
    /// Packages whose control the account shares.
    pub package_count: usize,
    /// These and all packages that need one of them to run, directly or through others.
    pub reached_package_count: usize,
    /// Share of criticality, over all ecosystems of the job, that lies on the packages it controls, 0..=1.
    pub criticality_share: f64,
    /// Share of criticality on all packages it reaches, 0..=1.
    pub reached_criticality_share: f64,
}

/// Changes below this are rounding.
const ROUNDING: f64 = 1e-9;

/// Nodes listed of those that fall.
const LISTED: usize = 5;

/// Answers `questions` about `id` on the graph of `job`; without questions, those of the three that give it most.
pub fn what_if(job: &Job, options: &InputOptions, id: &str, questions: &[Question]) -> anyhow::Result<Result<WhatIf, String>> {
    let mut stages = Stages::default();
    let prepared = prepare(job, options, &mut stages)?;
    let decided = nodes::seeds(&prepared.tables, &job.decisions.seeds);
    let seeds = prepared.known().seeds(&decided)?;
    let Prepared { tables, graph, as_of, .. } = &prepared;
    let unknown = |id: &str| format!("`{id}` is no package, repository, person or team of this job");
    let Some(node) = prepared.known().meant(id) else { return Ok(Err(unknown(id))) };
    let parameters = &job.parameters.scores;
    let scores = stages.run("propagate", || scores::compute(graph, tables, parameters, &seeds, *as_of))?;
    let basis = Basis { graph, tables, parameters, seeds: &seeds, as_of: *as_of };
    let asked = if questions.is_empty() { largest(&scores.ledgers[node.row()], &prepared) } else { questions.to_vec() };
    let present = basis.trust_of(graph)?;
    let asking = Asking { basis, prepared: &prepared, criticality: &scores.criticality, present, node };
    let answers = stages.run("propagate again", || asking.answers(&asked))?;
    let whole = |answers| WhatIf {
        node_kind: graph.nodes.kind(node).name().to_owned(),
        node_id: prepared.known().id(node).unwrap_or_default(),
        trust: asking.present[node.row()],
        answers,
    };
    Ok(answers.map(whole))
}

/// "Without" the neighbors of the three largest terms.
fn largest(ledger: &scores::Ledger, prepared: &Prepared) -> Vec<Question> {
    let mut neighbors: Vec<NodeId> = Vec::new();
    for neighbor in ledger.rows.iter().filter(|row| row.amount > 0.0).filter_map(|row| row.neighbor) {
        if !neighbors.contains(&neighbor) {
            neighbors.push(neighbor);
        }
    }
    let ids = neighbors.into_iter().filter_map(|neighbor| prepared.known().id(neighbor));
    ids.take(3).map(Question::Without).collect()
}

/// All that answers need.
struct Asking<'a> {
    basis: Basis<'a>,
    prepared: &'a Prepared,
    criticality: &'a [f64],
    /// Trust as it is, by node.
    present: Vec<f64>,
    node: NodeId,
}

impl Asking<'_> {
    /// One answer a question, or what is wrong with one.
    fn answers(&self, questions: &[Question]) -> anyhow::Result<Result<Vec<Answer>, String>> {
        let mut answers = Vec::new();
        for question in questions {
            let graph = self.basis.graph;
            let (change, trust, account) = match question {
                Question::Compromised(id) => {
                    let Some(node) = self.account(id) else { return Ok(Err(format!("`{id}` is no person or team of this job"))) };
                    (format!("if {id} were compromised"), self.basis.trust_with_compromised(node)?, Some(node))
                }
                Question::Without(id) => {
                    let Some(node) = self.prepared.known().meant(id) else {
                        return Ok(Err(format!("`{id}` is no package, repository, person or team of this job")));
                    };
                    (format!("without {id}"), self.basis.trust_of(&graph.without(node))?, None)
                }
                Question::WithoutLink(id) => {
                    let Some(repository) = self.prepared.known().meant(id).filter(|other| self.is_link(*other)) else {
                        return Ok(Err(format!("no link between the asked package and a repository `{id}` is known")));
                    };
                    let trust = self.basis.trust_of(&graph.without_link(self.node, repository))?;
                    (format!("without the link to {id}"), trust, None)
                }
            };
            answers.push(self.answer(change, &trust, account));
        }
        Ok(Ok(answers))
    }

    fn account(&self, id: &str) -> Option<NodeId> {
        let is_account = |node: &NodeId| matches!(self.basis.graph.nodes.kind(*node), NodeKind::Person | NodeKind::Team);
        self.prepared.known().meant(id).filter(is_account)
    }

    fn is_link(&self, repository: NodeId) -> bool {
        let graph = self.basis.graph;
        graph.nodes.kind(repository) == NodeKind::Repository
            && graph.built.row(graph.nodes.row(repository)).any(|(package, _)| package == self.node)
    }

    fn answer(&self, change: String, trust: &[f64], account: Option<NodeId>) -> Answer {
        let graph = self.basis.graph;
        let fall = |node: usize| self.present[node] - trust[node];
        let mut lowered: Vec<usize> = (0..trust.len()).filter(|node| fall(*node) > ROUNDING).collect();
        let lowered_count = lowered.len();
        lowered.retain(|node| matches!(graph.nodes.kind(NodeId::from_row(*node)), NodeKind::Package | NodeKind::Repository));
        lowered.sort_by(|a, b| fall(*b).total_cmp(&fall(*a)).then(a.cmp(b)));
        let moved = |node: &usize| {
            let id = NodeId::from_row(*node);
            let node_id = self.prepared.known().id(id)?;
            let node_kind = graph.nodes.kind(id).name().to_owned();
            Some(Moved { node_kind, node_id, before: self.present[*node], after: trust[*node] })
        };
        Answer {
            change,
            trust: trust[self.node.row()],
            lowered_count,
            raised_count: (0..trust.len()).filter(|node| -fall(*node) > ROUNDING).count(),
            most_lowered: lowered.iter().filter_map(moved).take(LISTED).collect(),
            blast_radius: account.map(|account| self.blast_radius(account)),
        }
    }

    fn blast_radius(&self, account: NodeId) -> BlastRadius {
        let packages = self.basis.controlled_by(account);
        let reached = self.basis.reached_from(&packages);
        let share = |sum: f64| sum / self.criticality.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let touched = reached.iter().zip(self.criticality).filter(|(is_reached, _)| **is_reached);
        BlastRadius {
            package_count: packages.len(),
            reached_package_count: reached.iter().filter(|is_reached| **is_reached).count(),
            criticality_share: share(packages.iter().map(|row| self.criticality[*row]).sum()),
            reached_criticality_share: share(touched.map(|(_, mass)| mass).sum()),
        }
    }
}

impl fmt::Display for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}: trust {:.6}", self.node_kind, self.node_id, self.trust)?;
        for answer in &self.answers {
            let change = answer.trust - self.trust;
            writeln!(f, "\n{}: trust {:.6} ({change:+.6})", answer.change, answer.trust)?;
            writeln!(f, "  {} nodes would fall, {} would rise", answer.lowered_count, answer.raised_count)?;
            if let Some(blast) = &answer.blast_radius {
                let BlastRadius { package_count, reached_package_count, criticality_share, reached_criticality_share } = blast;
                writeln!(f, "  it controls {package_count} packages with {:.3} % of criticality", 100.0 * criticality_share)?;
                let reached = 100.0 * reached_criticality_share;
                writeln!(f, "  it reaches {reached_package_count} packages with {reached:.3} % of criticality")?;
            }
            for Moved { node_kind, node_id, before, after } in &answer.most_lowered {
                writeln!(f, "  {before:.4} -> {after:.4}  {node_kind} {node_id}")?;
            }
        }
        Ok(())
    }
}
