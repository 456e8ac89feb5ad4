//! Two trees → how many files differ, and where. Opens trees, never a file; follows no rename.
//!
//! The answer is what `git log --raw --no-renames` lists, entry by entry. Two rules of git that libraries miss: modes are compared
//! in their canonical form (old tools wrote 100664, which git reads as 100644), and a file that became a folder, or the reverse,
//! is a deletion and as many additions as there are files.

use std::cmp::Ordering;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::Kind;

use super::areas;
use super::open::Store;
use crate::tables::Areas;

/// More files than this in one commit are not counted: a few hostile trees can name each other until they hold more files than
/// any disk.
const MAX_FILES: u32 = 1 << 20;

/// Trees opened for one commit at most, for the same reason.
const MAX_TREES: usize = 1 << 18;

/// Files that differ, and their areas; see [`TreeDiff::between`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub file_count: u32,
    pub areas: Areas,
}

/// Compares trees; keeps its buffers between commits.
#[derive(Default)]
pub(super) struct TreeDiff {
    old: Vec<u8>,
    new: Vec<u8>,
    waiting: Vec<Pair>,
}

/// Two folders to be compared.
#[derive(Clone, Copy)]
struct Pair {
    old: Option<ObjectId>,
    new: Option<ObjectId>,
    above: Areas,
}

impl TreeDiff {
    /// Files that differ between the trees `old` (`None`: nothing) and `new`. `None` when a tree is missing or damaged, or when
    /// there are too many. Cost: two trees read a folder that differs.
    pub fn between(&mut self, store: &mut Store, old: Option<ObjectId>, new: ObjectId) -> Option<Difference> {
        let mut found = Difference::default();
        self.waiting.clear();
        if old != Some(new) {
            self.waiting.push(Pair { old, new: Some(new), above: Areas::NONE });
        }
        let mut opened = 0;
        while let Some(pair) = self.waiting.pop() {
            opened += 1;
            load(store, pair.old, &mut self.old)?;
            load(store, pair.new, &mut self.new)?;
            compare(&self.old, &self.new, pair.above, &mut found, &mut self.waiting)?;
            if found.file_count > MAX_FILES || opened + self.waiting.len() > MAX_TREES {
                return None;
            }
        }
        Some(found)
    }
}

fn load(store: &mut Store, id: Option<ObjectId>, buffer: &mut Vec<u8>) -> Option<()> {
    buffer.clear();
    id.map_or(Some(()), |id| store.read_into(id, Kind::Tree, buffer).ok())
}

/// Adds what differs between two trees to `found`, and folders yet to be compared to `waiting`.
fn compare(old: &[u8], new: &[u8], above: Areas, found: &mut Difference, waiting: &mut Vec<Pair>) -> Option<()> {
    let start = shared_entries(old, new);
    let (mut old, mut new) = (Entries(&old[start..]), Entries(&new[start..]));
    let (mut left, mut right) = (old.next()?, new.next()?);
    let mut one_side = |entry: &Entry<'_>, is_new: bool| {
        if entry.kind == Mode::Folder {
            let (before, after) = if is_new { (None, Some(entry.id())) } else { (Some(entry.id()), None) };
            waiting.push(Pair { old: before, new: after, above: areas::folder(above, entry.name) });
        } else {
            found.add(above, entry);
        }
    };
    let mut pairs = Vec::new();
    loop {
        let order = match (&left, &right) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.order(right),
        };
        match (&left, &right) {
            (Some(entry), _) if order == Ordering::Less => one_side(entry, false),
            (_, Some(entry)) if order == Ordering::Greater => one_side(entry, true),
            (Some(left), Some(right)) if left.raw_id != right.raw_id || left.kind != right.kind => {
                if right.kind == Mode::Folder {
                    let above = areas::folder(above, right.name);
                    pairs.push(Pair { old: Some(left.id()), new: Some(right.id()), above });
                } else {
                    one_side(right, true);
                }
            }
            _ => {}
        }
        if order == Ordering::Equal {
            let same = shared_entries(old.0, new.0);
            (old.0, new.0) = (&old.0[same..], &new.0[same..]);
        }
        if order != Ordering::Greater {
            left = old.next()?;
        }
        if order != Ordering::Less {
            right = new.next()?;
        }
    }
    waiting.append(&mut pairs);
    Some(())
}

impl Difference {
    fn add(&mut self, above: Areas, entry: &Entry<'_>) {
        self.file_count = self.file_count.saturating_add(1);
        self.areas = self.areas.with(areas::file(above, entry.name, entry.kind == Mode::Submodule));
    }
}

/// What an entry is, as git tells kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    File,
    Program,
    Link,
    Folder,
    Submodule,
}

impl Mode {
    /// Git's `canon_mode`.
    fn canonical(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o100_000 if mode & 0o100 != 0 => Self::Program,
            0o100_000 => Self::File,
            0o120_000 => Self::Link,
            0o040_000 => Self::Folder,
            _ => Self::Submodule,
        }
    }
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub kind: Mode,
    pub name: &'a [u8],
    raw_id: &'a [u8],
}

impl Entry<'_> {
    /// The object it names.
    pub fn id(&self) -> ObjectId {
        ObjectId::from_bytes_or_panic(self.raw_id)
    }

    /// Git's `base_name_compare`: a folder sorts as if its name ended in a slash.
    fn order(&self, other: &Self) -> Ordering {
        let shared = self.name.len().min(other.name.len());
        let end = |entry: &Self| match entry.name.get(shared) {
            Some(byte) => *byte,
            None if entry.kind == Mode::Folder => b'/',
            None => 0,
        };
        self.name[..shared].cmp(&other.name[..shared]).then_with(|| end(self).cmp(&end(other)))
    }
}

/// Entries of a tree object, in its own order.
pub(super) struct Entries<'a>(pub &'a [u8]);

impl<'a> Entries<'a> {
    /// The next entry; `Some(None)` at the end, `None` where the tree is damaged.
    pub fn next(&mut self) -> Option<Option<Entry<'a>>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let mut mode = 0u32;
        let mut at = 0;
        loop {
            match *self.0.get(at)? {
                b' ' if at > 0 => break,
                digit @ b'0'..=b'7' if at < 7 => mode = mode << 3 | u32::from(digit - b'0'),
                _ => return None,
            }
            at += 1;
        }
        let rest = &self.0[at + 1..];
        let end = rest.find_byte(0)?;
        let raw_id = rest.get(end + 1..end + 21)?;
        self.0 = &rest[end + 21..];
        (end > 0).then_some(Some(Entry { kind: Mode::canonical(mode), name: &rest[..end], raw_id }))
    }
}

/// Length of the whole entries with which both trees start: most of two neighbors in a history is the same.
fn shared_entries(old: &[u8], new: &[u8]) -> usize {
    const WORD: usize = 32;
    let words = old.chunks_exact(WORD).zip(new.chunks_exact(WORD)).take_while(|(old, new)| old == new).count() * WORD;
    let bytes = old[words..].iter().zip(&new[words..]).take_while(|(old, new)| old == new).count();
    let (shared, mut end) = (words + bytes, 0);
    // A mode and its blank take six bytes at least.
    while let Some(name) = old[..shared].get(end + 6..).and_then(|rest| rest.find_byte(0)) {
        if end + 6 + name + 21 > shared {
            break;
        }
        end += 6 + name + 21;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(entries: &[(&str, &str, u8)]) -> Vec<u8> {
        entries.iter().flat_map(|(mode, name, id)| [format!("{mode} {name}\0").as_bytes(), &[*id; 20][..]].concat()).collect()
    }

    fn count(old: &[(&str, &str, u8)], new: &[(&str, &str, u8)]) -> (u32, usize) {
        let (mut found, mut waiting) = (Difference::default(), Vec::new());
        compare(&tree(old), &tree(new), Areas::NONE, &mut found, &mut waiting).expect("whole trees");
        (found.file_count, waiting.len())
    }

    #[test]
    fn entries_are_compared_as_git_does() {
        let file = [("100644", "a", 1)];
        assert_eq!(count(&file, &[("100644", "a", 2)]), (1, 0), "content");
        assert_eq!(count(&file, &[("100755", "a", 1)]), (1, 0), "mode");
        assert_eq!(count(&file, &[("100664", "a", 1)]), (0, 0), "a mode that git reads as the same");
        assert_eq!(count(&file, &[("120000", "a", 1)]), (1, 0), "type");
        assert_eq!(count(&file, &[("160000", "a", 1)]), (1, 0), "submodule");
        assert_eq!(count(&file, &[("100644", "A", 1)]), (2, 0), "case");
        assert_eq!(count(&file, &[("40000", "a", 9)]), (1, 1), "a folder in the place of a file");
        assert_eq!(count(&[("40000", "a", 9)], &[("040000", "a", 9)]), (0, 0), "an old way to write folders");
        let before = [("100644", "a", 1), ("100644", "a.c", 2), ("100644", "b", 3)];
        assert_eq!(count(&before, &[("100644", "a.c", 2), ("40000", "a", 5), ("100644", "b", 3)]), (1, 1));
        assert_eq!(count(&[], &before), (3, 0));
        assert_eq!(count(&[("40000", "d", 1)], &[("40000", "d", 2), ("40000", "e", 3)]), (0, 2));
    }

    #[test]
    fn damaged_trees_are_noticed() {
        for damaged in [
            &b"1"[..],
            b"100644",
            b"100644 ",
            b"100644 a",
            b"100644 a\0short",
            b" a\0",
            b"x00644 a\0",
            b"100644 \0aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(Entries(damaged).next().is_none(), "{damaged:?}");
        }
    }

    proptest! {
        #[test]
        fn hostile_trees_never_panic(old in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..60, byte: u8) {
            let mut new = tree(&[("100644", "a", 1), ("40000", "b", 2)]);
            let at = cut % new.len();
            new[at] = byte;
            let _ = compare(&old, &new, Areas::NONE, &mut Difference::default(), &mut Vec::new());
        }
    }
}
