//! Tables → `lookup.json` and `lookup.jsonl.gz`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::array::{DictionaryArray, Int32Array};
use arrow::datatypes::{DataType, Int32Type};
use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{LINKS, LookedUp, MAX_SHARD_BITS, PACKAGES_A_SHARD, ShardIndex, ShardTable, TABLES, has_own_shard, shard_of};
use crate::units::Day;

const HOW_TO: &str = "The rows of a key stand in shard N of lookup.jsonl.gz, where N are the first shard_bits bits of the SHA-256 of \
    the key in UTF-8. Shard N begins after sizes_bytes of all shards before it and is one gzip member, one JSON document: key, then table, \
    then rows, whose cells are named by columns. A finding about a repository stands in the shards of the packages that name it.";

/// The two files, as bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupFiles {
    /// `lookup.json`.
    pub index: String,
    /// `lookup.jsonl.gz`.
    pub data: Vec<u8>,
}

/// Makes the look-up of the snapshot `snapshot` of its tables, by name. Tables and columns that are not given are not in it. Equal
/// tables give equal bytes. O(rows); holds 12 bytes a row beside the result.
pub fn lookup_files(snapshot: &str, tables: &BTreeMap<&str, &RecordBatch>) -> LookupFiles {
    let parts: Vec<Part> = TABLES.iter().filter_map(|plan| Part::new(plan, tables.get(plan.table)?)).collect();
    let package_count = tables.get("packages").map_or(0, |batch| batch.num_rows());
    let shard_bits = package_count.div_ceil(PACKAGES_A_SHARD).next_power_of_two().ilog2().min(MAX_SHARD_BITS);
    let mut placed = placed(&parts, shard_bits);
    placed.par_sort_unstable();
    let chunks: Vec<&[Placed]> = placed.chunk_by(|a, b| a.0 == b.0).collect();
    let filled: Vec<(u32, Vec<u8>)> = chunks.par_iter().map(|rows| (rows[0].0, gzip(&text(&parts, rows)))).collect();
    let mut index = ShardIndex {
        snapshot: snapshot.to_owned(),
        how_to: HOW_TO.to_owned(),
        shard_bits,
        tables: parts.iter().map(Part::described).collect(),
        sizes_bytes: vec![0; 1 << shard_bits],
        sha256: vec![String::new(); 1 << shard_bits],
    };
    let mut data = Vec::new();
    for (shard, bytes) in filled {
        index.sizes_bytes[shard as usize] = bytes.len() as u64;
        index.sha256[shard as usize] = crate::ordered::hex(&Sha256::digest(&bytes));
        data.extend(bytes);
    }
    LookupFiles { index: serde_json::to_string(&index).expect("an index is plain data") + "\n", data }
}

/// Shard, position of the table, row.
type Placed = (u32, u8, u32);

/// One table, ready to be cut.
struct Part<'b> {
    plan: &'static LookedUp,
    keys: &'b StringArray,
    columns: Vec<(&'static str, Cells<'b>)>,
}

impl<'b> Part<'b> {
    /// `None` where the table cannot be looked up: its key or a column that rows are chosen by is not public.
    fn new(plan: &'static LookedUp, batch: &'b RecordBatch) -> Option<Self> {
        let keys = batch.column_by_name(plan.key)?.as_string_opt::<i32>()?;
        let cells = |name: &&'static str| Some((*name, Cells::new(batch.column_by_name(name)?)?));
        let part = Self { plan, keys, columns: plan.columns.iter().filter_map(cells).collect() };
        plan.only.iter().all(|(name, _)| part.column(name).is_some()).then_some(part)
    }

    fn column(&self, name: &str) -> Option<&Cells<'b>> {
        self.columns.iter().find(|(known, _)| *known == name).map(|(_, cells)| cells)
    }

    fn described(&self) -> (String, ShardTable) {
        let columns = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        (self.plan.table.to_owned(), ShardTable { key: self.plan.key.to_owned(), columns })
    }

    fn is_kept(&self, row: usize) -> bool {
        let holds = |name: &str, words: &[&str]| {
            self.column(name).and_then(|cells| cells.text(row)).is_some_and(|word| words.contains(&word))
        };
        self.keys.is_valid(row) && self.plan.only.iter().all(|(name, words)| holds(name, words))
    }
}

/// Where every row that is kept goes, in no order.
fn placed(parts: &[Part], shard_bits: u32) -> Vec<Placed> {
    let homes = homes_of_repositories(parts, shard_bits);
    let of_part = |(at, part): (usize, &Part)| {
        let rows = (0..part.keys.len()).into_par_iter().filter(|row| part.is_kept(*row));
        let place = |row: usize| -> Vec<Placed> {
            let key = part.keys.value(row);
            let shards: Vec<u32> = match has_own_shard(key) {
                true => vec![shard_of(key, shard_bits)],
                false => homes.get(key).into_iter().flatten().copied().collect(),
            };
            shards.into_iter().map(|shard| (shard, at as u8, row as u32)).collect()
        };
        rows.flat_map_iter(place).collect::<Vec<_>>()
    };
    parts.iter().enumerate().flat_map(of_part).collect()
}

/// Repositories that anything is found about → shards of the packages that name them.
fn homes_of_repositories<'p>(parts: &'p [Part], shard_bits: u32) -> BTreeMap<&'p str, BTreeSet<u32>> {
    let of = |table: &str| parts.iter().find(|part| part.plan.table == table);
    let (Some(packages), Some(findings)) = (of("packages"), of("findings")) else { return BTreeMap::new() };
    let found = findings.keys.iter().flatten().filter(|key| !has_own_shard(key));
    let mut homes: BTreeMap<&str, BTreeSet<u32>> = found.map(|key| (key, BTreeSet::new())).collect();
    for cells in LINKS.iter().filter_map(|name| packages.column(name)) {
        for (row, purl) in packages.keys.iter().enumerate() {
            if let (Some(url), Some(purl)) = (cells.text(row), purl)
                && let Some(shards) = homes.get_mut(url)
            {
                shards.insert(shard_of(purl, shard_bits));
            }
        }
    }
    homes
}

/// The document of one shard: key → table → rows.
fn text(parts: &[Part], rows: &[Placed]) -> Vec<u8> {
    let mut keys: BTreeMap<&str, BTreeMap<u8, Vec<u32>>> = BTreeMap::new();
    for (_, part, row) in rows {
        let key = parts[usize::from(*part)].keys.value(*row as usize);
        keys.entry(key).or_default().entry(*part).or_default().push(*row);
    }
    let mut text = Vec::new();
    let mut separator = b'{';
    for (key, tables) in keys {
        text.push(separator);
        separator = b',';
        json(&mut text, &key);
        let mut inner = b":{".as_slice();
        for (part, rows) in tables {
            let part = &parts[usize::from(part)];
            text.extend_from_slice(inner);
            inner = b",";
            json(&mut text, &part.plan.table);
            text.extend_from_slice(b":[");
            for (at, row) in rows.into_iter().enumerate() {
                text.extend_from_slice(if at == 0 { b"[" } else { b",[" });
                for (at, (_, cells)) in part.columns.iter().enumerate() {
                    text.extend_from_slice(if at == 0 { b"" } else { b"," });
                    cells.write(row as usize, &mut text);
                }
                text.push(b']');
            }
            text.push(b']');
        }
        text.push(b'}');
    }
    text.extend_from_slice(b"}\n");
    text
}

fn json(text: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(text, value).expect("a cell is plain data");
}

/// One gzip member; its head names no time and no file.
fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(text).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// A column of a published type.
enum Cells<'b> {
    Texts(&'b StringArray),
    Words(&'b Int32Array, &'b StringArray),
    Numbers(&'b Float64Array),
    Counts(&'b Int64Array),
    Flags(&'b BooleanArray),
    Days(&'b Date32Array),
}

impl<'b> Cells<'b> {
    fn new(array: &'b ArrayRef) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8 => Self::Texts(array.as_string_opt::<i32>()?),
            DataType::Dictionary(_, _) => {
                let words: &DictionaryArray<Int32Type> = array.as_dictionary_opt::<Int32Type>()?;
                Self::Words(words.keys(), words.values().as_string_opt::<i32>()?)
            }
            DataType::Float64 => Self::Numbers(array.as_primitive_opt()?),
            DataType::Int64 => Self::Counts(array.as_primitive_opt()?),
            DataType::Boolean => Self::Flags(array.as_boolean_opt()?),
            DataType::Date32 => Self::Days(array.as_primitive_opt()?),
            _ => return None,
        })
    }

    /// The text of a cell; `None` where it is null or of another type.
    fn text(&self, row: usize) -> Option<&'b str> {
        match self {
            Self::Texts(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Words(keys, words) => keys.is_valid(row).then(|| words.value(keys.value(row) as usize)),
            _ => None,
        }
    }

    /// The cell as JSON. A number that is none is null, as readers of the table take it.
    fn write(&self, row: usize, text: &mut Vec<u8>) {
        match self {
            Self::Texts(_) | Self::Words(_, _) => json(text, &self.text(row)),
            Self::Numbers(array) => {
                json(text, &array.is_valid(row).then(|| array.value(row)).filter(|value| value.is_finite()));
            }
            Self::Counts(array) => json(text, &array.is_valid(row).then(|| array.value(row))),
            Self::Flags(array) => json(text, &array.is_valid(row).then(|| array.value(row))),
            Self::Days(array) => json(text, &array.is_valid(row).then(|| Day(array.value(row)))),
        }
    }
}
