//! Mined histories written to disk in the layout that `[sources.commits]` reads.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

/// Seconds of the tenth of a month that is counted from January of a year.
fn seconds(first_year: i64, month: i64) -> i64 {
    let day = format!("{:04}-{:02}-10", first_year + month / 12, 1 + month % 12);
    i64::from(trustgraph::units::Day::parse(&day).expect("a day").0) * 86_400
}

/// Commits as (repository, month, author), all committed by their author, and tags as (repository, month, person).
pub struct Mined {
    pub commits: Vec<(String, i64, i32)>,
    pub tags: Vec<(String, i64, i32)>,
    /// Months are counted from January of this year.
    pub first_year: i64,
}

pub fn parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut writer = ArrowWriter::try_new(File::create(path).expect("a file"), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a footer");
}

impl Mined {
    /// Twelve repositories of fifteen years, with one person and one release a year each. The first of them is taken over: person
    /// 100 is a guest for a year, pushes most from month 150 on and releases from month 153 on.
    pub fn world() -> Self {
        let mut tables = Self { commits: Vec::new(), tags: Vec::new(), first_year: 2000 };
        for number in 0..12 {
            let repository = format!("owner{number}/project");
            for month in 0..180 {
                let is_taken = number == 0 && month >= 150;
                tables.commits.extend((0..6).map(|_| (repository.clone(), month, number)));
                if number == 0 && (138..150).contains(&month) {
                    tables.commits.push((repository.clone(), month, 100));
                }
                if is_taken {
                    tables.commits.extend((0..12).map(|_| (repository.clone(), month, 100)));
                }
                if month % 12 == 9 {
                    let person = if is_taken && month >= 153 { 100 } else { number };
                    tables.tags.extend((0..2).map(|_| (repository.clone(), month, person)));
                }
            }
        }
        tables
    }

    pub fn write(&self, folder: &Path) {
        // The guest's commits of the year before are landed by the founder.
        let committer = |(_, month, author): &(String, i64, i32)| if *author == 100 && *month < 150 { 0 } else { *author };
        let rows = &self.commits;
        let times = || Arc::new(rows.iter().map(|row| seconds(self.first_year, row.1)).collect::<Int64Array>()) as ArrayRef;
        let flags = |value: bool| Arc::new(rows.iter().map(|_| Some(value)).collect::<BooleanArray>()) as ArrayRef;
        let ids = (0..rows.len()).map(|number| format!("{number:012x}"));
        parquet(
            &folder.join("commits.parquet"),
            vec![
                ("repo", Arc::new(rows.iter().map(|row| Some(row.0.as_str())).collect::<StringArray>())),
                ("sha", Arc::new(StringArray::from_iter_values(ids))),
                ("author_id", Arc::new(rows.iter().map(|row| row.2).collect::<Int32Array>())),
                ("committer_id", Arc::new(rows.iter().map(committer).collect::<Int32Array>())),
                ("author_time", times()),
                ("commit_time", times()),
                ("parent_count", Arc::new(rows.iter().map(|_| 1i8).collect::<Int8Array>())),
                ("has_signature", flags(false)),
                ("is_on_head", flags(true)),
                ("is_bot", flags(false)),
                ("committed_by_forge", flags(false)),
            ],
        );
        let tags = &self.tags;
        let at = |tag: &(String, i64, i32)| rows.iter().position(|row| row.0 == tag.0 && row.1 == tag.1).unwrap_or(0);
        // Two tags of one month name two commits.
        let targets = tags.iter().enumerate().map(|(number, tag)| format!("{:012x}", at(tag) + number % 2));
        let times = || Arc::new(tags.iter().map(|tag| seconds(self.first_year, tag.1)).collect::<Int64Array>()) as ArrayRef;
        let names = (0..tags.len()).map(|number| format!("v{number}"));
        parquet(
            &folder.join("tags.parquet"),
            vec![
                ("repo", Arc::new(tags.iter().map(|tag| Some(tag.0.as_str())).collect::<StringArray>())),
                ("tag", Arc::new(StringArray::from_iter_values(names))),
                ("type", Arc::new(tags.iter().map(|_| Some("tag")).collect::<StringArray>())),
                ("target_commit", Arc::new(StringArray::from_iter_values(targets))),
                ("tagger_time", times()),
                ("creator_time", times()),
                ("has_signature", Arc::new(tags.iter().map(|_| Some(true)).collect::<BooleanArray>())),
                ("tagger_id", Arc::new(tags.iter().map(|tag| tag.2).collect::<Int32Array>())),
            ],
        );
        let mut labels = "repo,label,event_date,disclosure_date,snapshot_covers_event,source_checked\n".to_owned();
        labels += "owner0/project,takeover-malicious,2013-06-01,2013-12-01,yes,test\n";
        (1..12).for_each(|number| labels += &format!("owner{number}/project,healthy,,,,test\n"));
        std::fs::write(folder.join("labels.csv"), labels).expect("labels");
        let mut cases = "tier,cutoff_date,repo\nT1,2013-06-01,owner0/project\n".to_owned();
        (1..12).for_each(|number| cases += &format!("control,,owner{number}/project\n"));
        std::fs::write(folder.join("cases.csv"), cases).expect("cases");
        let mut dates = "repo,snapshot_date\n".to_owned();
        (0..12).for_each(|number| dates += &format!("owner{number}/project,2014-12-31\n"));
        std::fs::write(folder.join("snapshot_dates.csv"), dates).expect("dates");
    }
}
