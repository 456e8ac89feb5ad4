//! A part of a job's fetching that runs on a machine of its own.

use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::ids::RepositoryUrl;

/// Most parts a job can be cut into.
const MAX_COUNT: u16 = 256;

/// `I/N`: part I of N. Part 0 is what registries say; parts 1 to N each mirror and mine their repositories, by the digest of the
/// canonical URL, so that a repository stays in its part while N stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u16,
    count: u16,
}

impl Shard {
    /// The part that brings what registries say and no history.
    pub fn is_registries(self) -> bool {
        self.number == 0
    }

    /// Whether the repository is of this part.
    pub fn holds(self, url: &RepositoryUrl) -> bool {
        let digest = Sha256::digest(url.as_str());
        let head = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        head % u32::from(self.count) + 1 == u32::from(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = |(number, count): (&str, &str)| Some(Self { number: number.parse().ok()?, count: count.parse().ok()? });
        let is_right = |shard: &Self| (1..=MAX_COUNT).contains(&shard.count) && shard.number <= shard.count;
        let shard = text.split_once('/').and_then(read).filter(is_right);
        shard.ok_or_else(|| format!("expected I/N with I from 0 to N and N from 1 to {MAX_COUNT}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repository_is_of_one_part() {
        for count in [1, 3, 256] {
            for number in 0..100 {
                let url = RepositoryUrl::from_published(&format!("https://example.org/a/{number}"));
                let parts = (0..=count).filter(|part| Shard { number: *part, count }.holds(&url));
                assert_eq!(parts.count(), 1, "{url} of {count}");
            }
        }
        assert_eq!("2/3".parse(), Ok(Shard { number: 2, count: 3 }));
        assert!("0/1".parse::<Shard>().expect("a shard").is_registries());
        for wrong in ["", "1", "4/3", "1/0", "-1/3", "1/257", "1/3/3", "a/b"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
