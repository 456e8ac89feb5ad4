//! `lookup.json` and the shards it names → rows by key.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::DataType;
use flate2::read::GzDecoder;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{LOOKUP_DATA, LOOKUP_INDEX, LookupFiles, ShardIndex, ShardTable, has_own_shard, shard_of};
use crate::ordered::hex;
use crate::snapshot::{Cell, KeyQuery, KeyRows, Manifest, Published, SnapshotError, Word};
use crate::sources::{Piece, SourceError};
use crate::units::Day;

/// No honest shard unpacks to more.
const MAX_SHARD_BYTES: u64 = 64 << 20;

/// Brings pieces of `lookup.jsonl.gz`, in the order asked for; their digests are checked here again.
pub type Bring<'b> = Box<dyn Fn(&[Piece]) -> Result<Vec<Vec<u8>>, SourceError> + Sync + 'b>;

/// Rows of one key, by table.
type Document = BTreeMap<String, Vec<Vec<Value>>>;

/// Rows by key, of shards that are brought when they are needed.
pub struct Shards<'b> {
    index: ShardIndex,
    pieces: Vec<Piece>,
    bring: Bring<'b>,
    known: Mutex<Known>,
}

/// What was brought.
#[derive(Default)]
struct Known {
    /// Keys that were looked for.
    asked: BTreeSet<String>,
    /// Those of them that there are, and repositories beside them.
    documents: BTreeMap<String, Document>,
}

impl<'b> Shards<'b> {
    /// Reads `lookup.json` in `folder`, whose digest was checked; it must belong to the snapshot of `manifest`.
    pub fn open(folder: &Path, manifest: &Manifest, bring: Bring<'b>) -> Result<Self, SnapshotError> {
        let index = read_index(&fs_err::read(folder.join(LOOKUP_INDEX))?)?;
        if index.snapshot != manifest.snapshot {
            let error = format!("belongs to the snapshot {}, not to {}", index.snapshot, manifest.snapshot);
            return Err(wrong(LOOKUP_INDEX, error));
        }
        let pieces = index.pieces();
        Ok(Self { index, pieces, bring, known: Mutex::default() })
    }

    /// Looks up rows, as [`rows_by_key`](crate::snapshot::rows_by_key) does in a table; they come in the order of their keys. What is
    /// found about a repository is there once a package that names it was looked up.
    pub fn rows(&self, table: &str, query: &KeyQuery) -> Result<KeyRows, SnapshotError> {
        let absent = |what: &str| wrong(LOOKUP_INDEX, format!("has no {what} of table `{table}`"));
        let listed = self.index.tables.get(table).ok_or_else(|| absent("rows"))?;
        if listed.key != query.key {
            return Err(absent(&format!("look-up by `{}`", query.key)));
        }
        self.bring_for(query.wanted)?;
        let position = |name: &str| listed.columns.iter().position(|column| column == name);
        let mut only = Vec::new();
        for (name, words) in query.only {
            only.push((position(name).ok_or_else(|| absent(&format!("column `{name}`")))?, *words));
        }
        let is_wanted = |row: &&Vec<Value>| {
            let holds =
                |(at, words): &(usize, &[&str])| row.get(*at).and_then(Value::as_str).is_some_and(|word| words.contains(&word));
            only.iter().all(holds)
        };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<(&str, &Vec<Value>)> = Vec::new();
        for key in query.wanted {
            let rows = known.documents.get(key).and_then(|document| document.get(table));
            found.extend(rows.into_iter().flatten().filter(is_wanted).map(|row| (key.as_str(), row)));
        }
        batch(table, listed, &found)
            .map(KeyRows::of)
            .ok_or_else(|| wrong(LOOKUP_DATA, format!("a row of `{table}` is not as the index says")))
    }

    /// Brings the shards of those `keys` that were not asked for yet. Of a shard only these are kept: most of it nobody asked for.
    fn bring_for(&self, keys: &[String]) -> Result<(), SnapshotError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new: BTreeSet<String> =
            keys.iter().filter(|key| has_own_shard(key) && !known.asked.contains(*key)).cloned().collect();
        let shards: BTreeSet<u32> = new.iter().map(|key| shard_of(key, self.index.shard_bits)).collect();
        let filled = shards.iter().map(|shard| &self.pieces[*shard as usize]).filter(|piece| piece.size_bytes > 0);
        let pieces: Vec<Piece> = filled.cloned().collect();
        if !pieces.is_empty() {
            let brought = (self.bring)(&pieces).map_err(|error| wrong(LOOKUP_DATA, error.to_string()))?;
            if brought.len() != pieces.len() {
                return Err(wrong(LOOKUP_DATA, format!("{} of {} pieces were brought", brought.len(), pieces.len())));
            }
            let read = pieces.par_iter().zip(brought).map(|(piece, bytes)| documents(piece, &bytes, &new));
            for documents in read.collect::<Result<Vec<_>, _>>()? {
                known.documents.extend(documents);
            }
        }
        known.asked.extend(new);
        Ok(())
    }
}

/// Documents of `keys` and of repositories in one shard; an error where the bytes are not those of the index.
fn documents(piece: &Piece, bytes: &[u8], keys: &BTreeSet<String>) -> Result<BTreeMap<String, Document>, SnapshotError> {
    if hex(&Sha256::digest(bytes)) != piece.sha256 {
        let error = format!("what begins at byte {} does not have the digest in {LOOKUP_INDEX}", piece.start);
        return Err(wrong(LOOKUP_DATA, error));
    }
    let mut documents: BTreeMap<String, Document> =
        serde_json::from_slice(&unpacked(bytes)?).map_err(|error| wrong(LOOKUP_DATA, error.to_string()))?;
    documents.retain(|key, _| keys.contains(key) || !has_own_shard(key));
    Ok(documents)
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, SnapshotError> {
    let mut text = Vec::new();
    let read = GzDecoder::new(bytes).take(MAX_SHARD_BYTES + 1).read_to_end(&mut text);
    read.map_err(|error| wrong(LOOKUP_DATA, error.to_string()))?;
    if text.len() as u64 > MAX_SHARD_BYTES {
        return Err(wrong(LOOKUP_DATA, format!("a shard unpacks to more than {MAX_SHARD_BYTES} bytes")));
    }
    Ok(text)
}

fn read_index(bytes: &[u8]) -> Result<ShardIndex, SnapshotError> {
    let index: ShardIndex = serde_json::from_slice(bytes).map_err(|error| wrong(LOOKUP_INDEX, error.to_string()))?;
    index.problem().map_or(Ok(()), |problem| Err(wrong(LOOKUP_INDEX, problem.to_owned())))?;
    Ok(index)
}

/// Key and columns of the rows that were found; `None` where a cell has another type than its column.
fn batch(table: &str, listed: &ShardTable, found: &[(&str, &Vec<Value>)]) -> Option<RecordBatch> {
    let schema = Published::schema();
    let known = schema.get(table)?;
    let keys = found.iter().map(|(key, _)| Value::from(*key)).collect::<Vec<_>>();
    let mut columns: Vec<(&str, ArrayRef)> = vec![(&listed.key, cells::<String>(&keys.iter().collect::<Vec<_>>())?)];
    for (at, name) in listed.columns.iter().enumerate() {
        let column = known.iter().find(|column| column.name == name)?;
        let values = found.iter().map(|(_, row)| row.get(at)).collect::<Option<Vec<&Value>>>()?;
        let array = match column.data_type {
            DataType::Float64 => cells::<f64>(&values)?,
            DataType::Int64 => cells::<i64>(&values)?,
            DataType::Boolean => cells::<bool>(&values)?,
            DataType::Date32 => cells::<Day>(&values)?,
            DataType::Utf8 => cells::<String>(&values)?,
            _ => cells::<Word>(&values)?,
        };
        columns.push((column.name, array));
    }
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).ok()
}

fn cells<T: DeserializeOwned>(values: &[&Value]) -> Option<ArrayRef>
where
    Option<T>: Cell,
{
    let cells = values.iter().map(|value| serde_json::from_value::<Option<T>>((*value).clone()).ok());
    let cells = cells.collect::<Option<Vec<Option<T>>>>()?;
    Some(<Option<T> as Cell>::to_array(cells.iter()))
}

/// What is wrong with the look-up in `folder`, held against `made`, the one made of the tables. Packed bytes may differ: another release
/// may pack them otherwise.
pub(in crate::snapshot) fn problems(folder: &Path, made: &LookupFiles) -> Vec<String> {
    let compared = || -> Result<bool, SnapshotError> {
        let index = read_index(&fs_err::read(folder.join(LOOKUP_INDEX))?)?;
        let known = read_index(made.index.as_bytes())?;
        let data = fs_err::read(folder.join(LOOKUP_DATA))?;
        if (&index.snapshot, index.shard_bits, &index.tables) != (&known.snapshot, known.shard_bits, &known.tables) {
            return Ok(false);
        }
        let (pieces, wanted) = (index.pieces(), known.pieces());
        let end = pieces.last().map_or(0, |last| last.start + last.size_bytes);
        let is_same = |(piece, wanted): (&Piece, &Piece)| -> Result<bool, SnapshotError> {
            let (bytes, made) = (piece.of(&data), wanted.of(&made.data));
            let (Some(bytes), Some(made)) = (bytes, made) else { return Ok(false) };
            let has_digest = bytes.is_empty() || hex(&Sha256::digest(bytes)) == piece.sha256;
            let is_equal = || Ok(bytes == made || unpacked(bytes)? == unpacked(made)?);
            if has_digest && bytes.is_empty() == made.is_empty() { is_equal() } else { Ok(false) }
        };
        let same = pieces.par_iter().zip(&wanted).map(is_same).collect::<Result<Vec<bool>, _>>()?;
        Ok(end == data.len() as u64 && same.into_iter().all(|is_same| is_same))
    };
    match compared() {
        Ok(true) => Vec::new(),
        Ok(false) => vec![format!("{LOOKUP_DATA}: its rows are not those of the tables")],
        Err(error) => vec![error.to_string()],
    }
}

fn wrong(file: &str, error: String) -> SnapshotError {
    SnapshotError::Lookup { file: file.to_owned(), error }
}
