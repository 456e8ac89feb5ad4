//! Who brought which commit to the line of first parents of HEAD, and when.

use super::walk::Walk;

/// For each commit, by number, the commit of HEAD's line of first parents that first held it: itself on the line, or the merge
/// that brought it in; [`NOWHERE`] for a commit HEAD does not reach.
pub(super) struct Landings(Vec<u32>);

/// No commit.
const NOWHERE: u32 = u32::MAX;

impl Landings {
    /// Follows the line from the oldest commit to HEAD. Each commit is met once.
    pub fn of(walk: &Walk) -> Self {
        let mut landings = vec![NOWHERE; walk.facts.commits.len()];
        let mut chain: Vec<u32> = walk.chain().collect();
        chain.reverse();
        let mut waiting = Vec::new();
        for landing in chain {
            landings[landing as usize] = landing;
            waiting.extend(walk.parents(landing));
            while let Some(number) = waiting.pop() {
                if landings[number as usize] == NOWHERE {
                    landings[number as usize] = landing;
                    waiting.extend(walk.parents(number));
                }
            }
        }
        Self(landings)
    }

    /// HEAD reaches the commit.
    pub fn is_reached(&self, number: u32) -> bool {
        self.0[number as usize] != NOWHERE
    }

    /// The commit that brought `number` to the line; itself on the line.
    pub fn landing(&self, number: u32) -> u32 {
        self.0[number as usize]
    }

    /// Actor who put the commit into the repository: its committer, or where a forge committed the author of the merge it is or
    /// came with. `None` where a forge made it alone, as when it squashes: then nobody says who pressed the button.
    pub fn pusher(&self, walk: &Walk, number: u32, is_forge: &[bool]) -> Option<u32> {
        let hand = |number: u32| {
            let commit = &walk.facts.commits[number as usize];
            let is_merge = walk.parents(number).len() > 1;
            let by_button = || is_merge.then_some(commit.author);
            if is_forge[commit.committer as usize] { by_button() } else { Some(commit.committer) }
        };
        hand(number).or_else(|| Some(self.landing(number)).filter(|landing| *landing != number).and_then(hand))
    }

    /// Actor who brought the commit to the line.
    pub fn lander(&self, walk: &Walk, number: u32, is_forge: &[bool]) -> Option<u32> {
        self.pusher(walk, self.landing(number), is_forge)
    }
}
