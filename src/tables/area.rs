use std::fmt;

/// A part of a repository that a change can touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// What turns source into a product, package manifests among it.
    Build,
    /// What a forge or build service runs by itself.
    Ci,
    /// Tests and what they are fed.
    Tests,
    /// Files nobody reads as text: archives, pictures, compiled code.
    Binaries,
    /// Texts for people.
    Docs,
    /// Source code that is none of the above.
    Source,
    /// Code of others, copied in or pinned as a submodule.
    Vendored,
    /// Everything else.
    Other,
}

impl Area {
    /// All, in the order of their bits.
    pub const ALL: [Self; 8] =
        [Self::Build, Self::Ci, Self::Tests, Self::Binaries, Self::Docs, Self::Source, Self::Vendored, Self::Other];

    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Ci => "ci",
            Self::Tests => "tests",
            Self::Binaries => "binaries",
            Self::Docs => "docs",
            Self::Source => "source",
            Self::Vendored => "vendored",
            Self::Other => "other",
        }
    }
}

/// A set of areas, one bit each in the order of [`Area::ALL`].
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Areas(pub u8);

impl Areas {
    /// No area.
    pub const NONE: Self = Self(0);

    /// Just `area`.
    pub const fn of(area: Area) -> Self {
        Self(1 << area as u8)
    }

    /// Areas of either.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `area` is in the set.
    pub const fn has(self, area: Area) -> bool {
        self.0 & Self::of(area).0 != 0
    }

    /// The areas in the set, in the order of [`Area::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Area> {
        Area::ALL.into_iter().filter(move |area| self.has(*area))
    }
}

impl fmt::Debug for Areas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Area::name)).finish()
    }
}

/// How many files a commit touches, in steps that mean something to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SizeClass {
    /// No file: a merge, or an empty commit.
    None,
    /// One file.
    One,
    /// 2 to 9 files.
    Few,
    /// 10 to 99 files.
    Many,
    /// 100 files or more: imports, renames of folders, machines.
    Sweeping,
}

impl SizeClass {
    /// The class of `file_count` files.
    pub fn of(file_count: u32) -> Self {
        match file_count {
            0 => Self::None,
            1 => Self::One,
            2..=9 => Self::Few,
            10..=99 => Self::Many,
            100.. => Self::Sweeping,
        }
    }

    /// Name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::One => "one",
            Self::Few => "few",
            Self::Many => "many",
            Self::Sweeping => "sweeping",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_has_its_bit() {
        let all = Area::ALL.into_iter().fold(Areas::NONE, |all, area| all.with(Areas::of(area)));
        assert_eq!((all.0, all.iter().collect::<Vec<_>>()), (255, Area::ALL.to_vec()));
        assert_eq!(format!("{:?}", Areas::of(Area::Ci)), "{\"ci\"}");
    }
}
