//! Rows of a backtest.

use crate::backtest::Measure;
use crate::snapshot::schema::BacktestMeasureRow;

/// Rows of `measures`, in their order.
pub fn backtest_measures(measures: &[Measure]) -> Vec<BacktestMeasureRow> {
    let row = |(position, measure): (i64, &Measure)| BacktestMeasureRow {
        position,
        name: measure.name.into(),
        subject: measure.subject.clone(),
        signal: measure.signal.clone(),
        month: measure.month.clone(),
        value: measure.value,
        lower: measure.lower,
        upper: measure.upper,
        n: measure.n.map(|n| n as i64),
        note: measure.note.clone(),
    };
    (1..).zip(measures).map(row).collect()
}
