//! Rows about the run itself, and the digest of its inputs.

use sha2::{Digest, Sha256};

use super::RunResults;
use crate::snapshot::published::Published;
use crate::snapshot::schema::*;
use crate::sources::RawInputs;

pub(super) fn fill(run: &RunResults, published: &mut Published) {
    let sweep = |(number, sweep): (i64, &crate::scores::Sweep)| SweepRow {
        sweep: number,
        lower_residual: sweep.lower_residual,
        upper_residual: sweep.upper_residual,
        gap: sweep.gap,
    };
    published.sweeps = (1..).zip(&run.scores.propagation.sweeps).map(sweep).collect();
    published.sources = sources(run);
    published.quality = figures(run);
}

/// SHA-256 over source names, file names and digests.
pub(super) fn inputs_digest(raw: &RawInputs) -> String {
    let mut hash = Sha256::new();
    for (source, files) in raw {
        let mut lines: Vec<String> = files.iter().map(|file| format!("{source}\t{}\t{}\n", file.name, file.digest)).collect();
        lines.sort_unstable();
        lines.iter().for_each(|line| hash.update(line.as_bytes()));
    }
    crate::ordered::hex(&hash.finalize())
}

fn sources(run: &RunResults) -> Vec<SourceRow> {
    let mut rows: Vec<SourceRow> = Vec::new();
    for (source, files) in run.raw {
        for file in files {
            let reports = run.tables.reports.iter().filter(|report| report.source == *source && report.file == file.name);
            let (mut read, mut rejects, mut skips) = (0, 0, 0);
            for report in reports {
                read += report.read_count;
                rejects += report.reject_count();
                skips += report.skips.values().sum::<u64>();
            }
            rows.push(SourceRow {
                source: (*source).into(),
                file: file.name.clone(),
                digest: file.digest.clone(),
                size_bytes: file.size_bytes as i64,
                as_of: file.as_of,
                read_count: read as i64,
                reject_count: rejects as i64,
                skip_count: skips as i64,
            });
        }
    }
    rows.sort_by(|a, b| (&a.source, &a.file).cmp(&(&b.source, &b.file)));
    rows
}

/// Figures without a limit: rejects and skips by reason, answers of signals, joins refused.
fn figures(run: &RunResults) -> Vec<QualityRow> {
    let figure = |check: &'static str, subject: String, value: f64| QualityRow {
        check: check.into(),
        subject,
        value,
        limit: None,
        is_passed: None,
    };
    let mut rows = Vec::new();
    for report in &run.tables.reports {
        for (reason, reject) in &report.rejects {
            let subject = format!("{}: {}: {reason} (first at row {})", report.source, report.file, reject.first_row);
            rows.push(figure("rejects", subject, reject.count as f64));
        }
        for (reason, count) in &report.skips {
            rows.push(figure("skips", format!("{}: {}: {reason}", report.source, report.file), *count as f64));
        }
    }
    for (signal, answer, count) in &run.findings.answer_counts {
        rows.push(figure("answers", format!("{signal}: {answer}"), *count as f64));
    }
    for (reason, count) in &run.identities.refused {
        rows.push(figure("refused_joins", (*reason).to_owned(), *count as f64));
    }
    if run.identities.forks.cut_count > 0 {
        rows.push(figure("refused_joins", "group of forks is too large".to_owned(), run.identities.forks.cut_count as f64));
    }
    rows.sort_by(|a, b| (&a.check, &a.subject).cmp(&(&b.check, &b.subject)));
    rows
}
