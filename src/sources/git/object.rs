//! Commit and tag objects: bytes → header fields. Lenient where old and broken tools wrote histories, silent about nothing.

use gix::ObjectId;

/// What the header of a commit says.
#[derive(Debug, Default)]
pub(super) struct CommitHeader<'a> {
    /// Its folder.
    pub tree: Option<ObjectId>,
    /// In order; the first is the line that was merged into.
    pub parents: Vec<ObjectId>,
    /// `None` when the line is missing or has no address.
    pub author: Option<Stamp<'a>>,
    /// Likewise.
    pub committer: Option<Stamp<'a>>,
    /// OpenPGP, X.509 or SSH: git keeps all in `gpgsig`, or `gpgsig-sha256`. As it stands, a space before each further line.
    pub signature: Option<&'a [u8]>,
    /// Everything after the header.
    pub message: &'a [u8],
}

/// What a tag object says.
#[derive(Debug, Default)]
pub(super) struct TagHeader<'a> {
    /// What it names: a commit, another tag, a tree or a blob.
    pub target: Option<ObjectId>,
    /// Absent in the oldest tags.
    pub tagger: Option<Stamp<'a>>,
    /// A signature header, or the block its message ends in.
    pub signature: Option<&'a [u8]>,
}

/// Who and when: `Name <address> seconds offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp<'a> {
    /// Everything before the time, as it stands.
    pub actor: &'a [u8],
    /// Seconds since 1970; 0 when unreadable, as git itself takes it; clamped to what fits.
    pub seconds: i64,
    /// What follows the time, such as `+0100`, as it stands.
    pub zone: &'a [u8],
}

impl<'a> CommitHeader<'a> {
    /// Reads a commit object.
    pub fn parse(object: &'a [u8]) -> Self {
        let mut header = Self::default();
        let mut fields = Fields(object);
        while let Some((key, value)) = fields.next() {
            match key {
                b"tree" => header.tree = id(value),
                b"parent" => header.parents.extend(id(value)),
                b"author" => header.author = header.author.or_else(|| Stamp::parse(value)),
                b"committer" => header.committer = header.committer.or_else(|| Stamp::parse(value)),
                b"gpgsig" | b"gpgsig-sha256" => header.signature = header.signature.or(Some(fields.whole(value, object))),
                _ => {}
            }
        }
        header.message = fields.0.strip_prefix(b"\n").unwrap_or_default();
        header
    }
}

impl<'a> TagHeader<'a> {
    /// Reads a tag object.
    pub fn parse(object: &'a [u8]) -> Self {
        let mut header = Self::default();
        let mut fields = Fields(object);
        while let Some((key, value)) = fields.next() {
            match key {
                b"object" => header.target = id(value),
                b"tagger" => header.tagger = Stamp::parse(value),
                b"gpgsig" | b"gpgsig-sha256" => header.signature = header.signature.or(Some(fields.whole(value, object))),
                _ => {}
            }
        }
        header.signature = header.signature.or_else(|| armor(object));
        header
    }
}

/// The last signature block of a tag's message, to the end.
fn armor(object: &[u8]) -> Option<&[u8]> {
    let mut lines = object.split_inclusive(|byte| *byte == b'\n');
    let mut end = object.len();
    let line = lines.rfind(|line| {
        end -= line.len();
        super::signature::ARMORS.iter().any(|(first, _)| line.trim_ascii_end() == *first)
    });
    line.map(|_| &object[end..])
}

impl<'a> Stamp<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let end = line.iter().rposition(|byte| *byte == b'>')? + 1;
        line[..end].contains(&b'<').then(|| Self {
            actor: &line[..end],
            seconds: seconds(&line[end..]),
            zone: zone(&line[end..]),
        })
    }

    /// Name and address, as they stand.
    pub fn split(actor: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let open = actor.iter().position(|byte| *byte == b'<').unwrap_or(actor.len());
        let (name, rest) = actor.split_at(open);
        let is_bracket = |byte: &u8| matches!(byte, b'<' | b'>' | b' ' | b'\t');
        let from = rest.iter().position(|byte| !is_bracket(byte)).unwrap_or(rest.len());
        let to = rest.iter().rposition(|byte| !is_bracket(byte)).map_or(from, |last| last + 1);
        (name.trim_ascii(), &rest[from..to])
    }
}

fn seconds(text: &[u8]) -> i64 {
    let text = text.trim_ascii_start();
    let (sign, digits) = text.strip_prefix(b"-").map_or((1, text), |rest| (-1, rest));
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    sign * digits.fold(0i64, |sum, digit| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0')))
}

/// The word after the time.
fn zone(text: &[u8]) -> &[u8] {
    text.trim_ascii().split(|byte| *byte == b' ').nth(1).unwrap_or_default()
}

fn id(value: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(value).ok().filter(|id| id.kind() == gix::hash::Kind::Sha1)
}

/// `key value` lines up to the empty line; lines that continue a value start with a space and are left out.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// `value`, which was met last in `object`, with the lines that continue it, which are passed over.
    fn whole(&mut self, value: &'a [u8], object: &'a [u8]) -> &'a [u8] {
        while self.0.first() == Some(&b' ') {
            let end = self.0.iter().position(|byte| *byte == b'\n').map_or(self.0.len(), |end| end + 1);
            self.0 = &self.0[end..];
        }
        let end = object.len() - self.0.len();
        let start = value.as_ptr().addr() - object.as_ptr().addr();
        &object[start..end]
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.0.is_empty() || self.0[0] == b'\n' {
                return None;
            }
            let end = self.0.iter().position(|byte| *byte == b'\n').unwrap_or(self.0.len());
            let line = &self.0[..end];
            self.0 = self.0.get(end + 1..).unwrap_or_default();
            if let Some(space) = line.iter().position(|byte| *byte == b' ').filter(|space| *space > 0) {
                return Some((&line[..space], &line[space + 1..]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn commit(author: &str, more: &str) -> String {
        format!(
            "tree {TREE}\nparent {TREE}\nauthor {author}\ncommitter C <c@example.org> 1700000000 +0100\n{more}\nmessage\ngpgsig x\n"
        )
    }

    #[test]
    fn reads_what_git_writes() {
        let text =
            commit("A B <a@example.org> 1600000000 -0500", "gpgsig -----BEGIN SSH SIGNATURE-----\n author <x@example.org> 1\n");
        let header = CommitHeader::parse(text.as_bytes());
        assert_eq!((header.parents.len(), header.signature.is_some(), header.tree.is_some()), (1, true, true));
        let author = header.author.expect("an author");
        assert_eq!((Stamp::split(author.actor), author.seconds), ((&b"A B"[..], &b"a@example.org"[..]), 1_600_000_000));
        assert_eq!(header.committer.map(|stamp| stamp.seconds), Some(1_700_000_000));
        assert_eq!(
            (header.signature, header.message),
            (Some(&b"-----BEGIN SSH SIGNATURE-----\n author <x@example.org> 1\n"[..]), &b"message\ngpgsig x\n"[..])
        );
        assert!(
            CommitHeader::parse(commit("A <a@example.org> 1 +0000", "").as_bytes()).signature.is_none(),
            "a message is no header"
        );
    }

    #[test]
    fn reads_what_broken_tools_write() {
        let author = |text: &str| {
            let text = commit(text, "");
            CommitHeader::parse(text.as_bytes()).author.map(|stamp| {
                let (name, address) = Stamp::split(stamp.actor);
                (String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(address).into_owned(), stamp.seconds)
            })
        };
        let is = |name: &str, address: &str, seconds| Some((name.to_owned(), address.to_owned(), seconds));
        assert_eq!(author(" <> 5 +0000"), is("", "", 5));
        assert_eq!(author("A <a <b@example.org>> 5 +0000"), is("A", "a <b@example.org", 5));
        assert_eq!(author("A <a@example.org> -2145916800 +0000"), is("A", "a@example.org", -2_145_916_800));
        assert_eq!(author("A <a@example.org> 99999999999999999999999 +0000"), is("A", "a@example.org", i64::MAX));
        assert_eq!(author("A <a@example.org>"), is("A", "a@example.org", 0));
        assert_eq!(author("A a@example.org 5 +0000"), None);
        assert_eq!(author("> A <"), None);
    }

    #[test]
    fn tags_show_their_signatures() {
        let tag = |end: &str| format!("object {TREE}\ntype commit\ntag v1\ntagger T <t@example.org> 7 +0000\n\nv1\n{end}");
        for (end, is_signed) in
            [("-----BEGIN PGP SIGNATURE-----\nx", true), ("-----BEGIN SSH SIGNATURE-----\nx", true), ("BEGIN", false)]
        {
            let text = tag(end);
            let header = TagHeader::parse(text.as_bytes());
            assert_eq!(
                (header.signature.is_some(), header.tagger.map(|t| t.seconds), header.target.is_some()),
                (is_signed, Some(7), true)
            );
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(
            noise in proptest::collection::vec(any::<u8>(), 0..300),
            cuts in proptest::collection::vec((0usize..400, any::<u8>()), 0..20),
        ) {
            let mut object = commit("A B <a@example.org> 1600000000 -0500", "gpgsig x\n").into_bytes();
            for (at, byte) in cuts {
                let at = at % object.len();
                object[at] = byte;
            }
            for bytes in [&noise, &object] {
                for stamp in [CommitHeader::parse(bytes).author, TagHeader::parse(bytes).tagger].into_iter().flatten() {
                    let _ = Stamp::split(stamp.actor);
                }
            }
        }
    }
}
