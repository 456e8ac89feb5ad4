use std::collections::BTreeMap;

use rayon::prelude::*;

use super::baselines::{self, PageRanks};
use crate::job::Parameters;
use crate::signals::history::{self, Histories, History, HistorySignal, Reading, month_name};
use crate::tables::{Label, Tables};
use crate::units::Day;

/// First and last month of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First month, as in [`Day::month`].
    pub from: i32,
    /// Last month.
    pub to: i32,
}

/// Why nothing can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// No history at all.
    #[error("no repository has a whole month with a commit by a person; nothing can be replayed")]
    Empty,
    /// Months the histories do not cover.
    #[error("no history covers {from} to {to}; they cover {first} to {last}: give --from and --to within")]
    Span {
        /// Asked for.
        from: String,
        /// Asked for.
        to: String,
        /// Known.
        first: String,
        /// Known.
        last: String,
    },
}

/// Readings of all signals and baselines on all histories.
#[derive(Debug)]
pub struct Replay<'h> {
    /// The histories.
    pub histories: &'h Histories,
    /// What is judged.
    pub span: Span,
    /// Signals first, then baselines.
    pub(super) scorers: Vec<Scorer>,
    page_ranks: PageRanks,
    url_prefix: String,
}

/// Readings of one signal or baseline.
#[derive(Debug)]
pub(super) struct Scorer {
    pub(super) name: &'static str,
    /// From which value on it fires, for a signal that does.
    pub(super) min: Option<f64>,
    /// By history and month.
    readings: Vec<Vec<Reading>>,
}

/// A label of a history.
#[derive(Clone, Debug)]
pub(super) struct LabelOf<'t> {
    pub(super) history: usize,
    pub(super) label: &'t Label,
}

/// Name of the baseline that is computed month by month over all histories.
const PAGE_RANK: &str = "plain_pagerank";

impl<'h> Replay<'h> {
    /// Reads every signal and baseline on every month. Repositories are called what follows `url_prefix` in their URL, as the
    /// tables call them.
    pub fn new(
        histories: &'h Histories,
        url_prefix: &str,
        from: Option<i32>,
        to: Option<i32>,
        parameters: &Parameters,
    ) -> Result<Self, ReplayError> {
        let known = histories.first_month().zip(histories.last_month());
        let (first, last) = known.ok_or(ReplayError::Empty)?;
        let (from, to) = (from.unwrap_or(first), to.unwrap_or(last));
        if from > to || from < first || to > last {
            let [from, to, first, last] = [from, to, first, last].map(month_name);
            return Err(ReplayError::Span { from, to, first, last });
        }
        let signal = |signal: &&dyn HistorySignal| Scorer {
            name: signal.name(),
            min: signal.min(&parameters.history),
            readings: histories.list.par_iter().map(|history| signal.read(history, &parameters.history)).collect(),
        };
        let baseline = |(name, read): &(&'static str, baselines::Baseline)| Scorer {
            name,
            min: None,
            readings: histories.list.par_iter().map(read).collect(),
        };
        let scorers = history::ALL.iter().map(signal).chain(baselines::ALL.iter().map(baseline)).collect();
        Ok(Self {
            histories,
            span: Span { from, to },
            scorers,
            page_ranks: PageRanks::new(histories),
            url_prefix: url_prefix.to_owned(),
        })
    }

    /// Signals that fire, with the value from which on they do.
    pub(super) fn signals(&self) -> impl Iterator<Item = (&Scorer, f64)> {
        self.scorers.iter().filter_map(|scorer| Some((scorer, scorer.min?)))
    }

    /// The history itself.
    pub(super) fn history(&self, history: usize) -> &'h History {
        &self.histories.list[history]
    }

    /// What the tables call the repository, in lower case where its host ignores case.
    pub(super) fn name(&self, history: usize) -> &'h str {
        let url = self.history(history).url.as_str();
        url.strip_prefix(self.url_prefix.as_str()).unwrap_or(url)
    }

    /// Names of all scorers with their readings of one month, PageRank last.
    pub(super) fn score(&self, month: i32) -> Vec<(&'static str, Vec<Option<f64>>)> {
        let rows = 0..self.histories.list.len();
        let read = |scorer: &Scorer| rows.clone().map(|row| self.reading(scorer, row, month)).collect();
        let mut scores: Vec<_> = self.scorers.iter().map(|scorer| (scorer.name, read(scorer))).collect();
        scores.push((PAGE_RANK, self.page_ranks.as_of(self.histories, month)));
        scores
    }

    /// What `scorer` says of `history` at the end of `month`; `None` when unknown or outside the history.
    pub(super) fn reading(&self, scorer: &Scorer, history: usize, month: i32) -> Option<f64> {
        let at = self.history(history).at(month)?;
        scorer.readings[history][at].ok()
    }

    /// Months of the span in which `history` is active.
    pub(super) fn active_months(&self, history: usize) -> impl Iterator<Item = i32> + '_ {
        let known = self.history(history);
        let (from, to) = (self.span.from.max(known.first_month), self.span.to.min(known.last_month()));
        (from..=to).filter(|month| known.is_active(*month))
    }

    /// First months of the episodes of `scorer` on `history`: alarms more than `gap` months apart.
    pub(super) fn episodes(&self, scorer: &Scorer, min: f64, history: usize, gap: i32) -> Vec<i32> {
        let mut starts = Vec::new();
        let mut last: Option<i32> = None;
        for month in self.active_months(history) {
            if self.reading(scorer, history, month).is_some_and(|value| value >= min) {
                if last.is_none_or(|last| month - last > gap) {
                    starts.push(month);
                }
                last = Some(month);
            }
        }
        starts
    }

    /// Labels of the histories there are, in the order of the table.
    pub(super) fn labels<'t>(&self, tables: &'t Tables) -> Vec<LabelOf<'t>> {
        let rows: BTreeMap<_, _> = self.histories.list.iter().zip(0..).map(|(history, row)| (history.repository, row)).collect();
        let of = |label: &'t Label| Some(LabelOf { history: *rows.get(&label.repository)?, label });
        tables.labels.iter().filter_map(of).collect()
    }
}

impl LabelOf<'_> {
    /// Month of the event, when the history reaches it.
    pub(super) fn event_month(&self) -> Option<i32> {
        self.label.event.filter(|_| self.label.is_event_covered != Some(false)).map(Day::month)
    }

    /// Month the public learned of it, or that of the event where nothing else is known.
    pub(super) fn disclosure_month(&self) -> Option<i32> {
        self.label.disclosure.or(self.label.event).map(Day::month)
    }

    /// Something an outsider did against the users.
    pub(super) fn is_malicious(&self) -> bool {
        ["takeover-malicious", "sock-puppet"].contains(&self.label.label.as_str())
    }
}
