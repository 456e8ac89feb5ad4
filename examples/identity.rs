//! Precision and recall of joining accounts to persons, measured on what mailmaps say:
//! `cargo run --example identity -- SCRATCH REPOSITORY [REPOSITORY ...]`.
//!
//! A repository's mailmap is the truth: addresses it maps to one are one person's, addresses it maps to different ones are
//! different people's. The repository is then read again without it (from a copy in the folder SCRATCH that shares the objects and
//! has one more commit, which removes the file), its accounts are joined as a job would join them, and pairs of accounts are counted.
//! Of addresses the mailmap does not name it says nothing; joins with those are counted apart. Needs the git program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use trustgraph::identity::{Identities, JoinEvidence, PseudonymKey, resolve};
use trustgraph::ids::AccountId;
use trustgraph::job::{GitRepository, GitSource, Job};
use trustgraph::sources::{FetchContext, Network, Source, git};
use trustgraph::tables::{AccountKind, Tables, TablesBuilder};

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let scratch = PathBuf::from(arguments.next().ok_or("give a folder for copies, then repositories")?);
    let job = Job::read(Path::new("jobs/sample.toml"))?;
    let mut measured = Vec::new();
    for (number, path) in arguments.enumerate() {
        let path = std::path::absolute(path)?;
        let truth = Truth::read(&mine(&path)?);
        let copy = without_mailmap(&path, &scratch.join(number.to_string()))?;
        let tables = mine(&copy)?;
        let identities = resolve(&tables, &job.parameters.identity, &job.decisions, &PseudonymKey::public());
        let name = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        measured.push((tables.commits.len(), name, Counts::of(&truth, &tables, &identities), identities.refused));
    }
    measured.sort_by_key(|row| row.0);
    println!(
        "| repository | commits | accounts | in the mailmap | true pairs | found | wrong | precision | recall | joins it does not speak of |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut all = Counts::default();
    for (commits, name, counts, _) in &measured {
        counts.print(name, *commits);
        all.add(counts);
    }
    all.print("all", measured.iter().map(|row| row.0).sum());
    for (_, name, counts, refused) in &measured {
        println!("{name}: right and wrong pairs by evidence {:?}, refused {refused:?}", counts.evidence);
    }
    Ok(())
}

fn mine(path: &Path) -> Result<Tables, Error> {
    let repository = GitRepository { path: Some(path.into()), url: "file:///mined".into(), from: None };
    let source = git(GitSource { repositories: vec![repository], reads_files: false, mirror: None });
    let context = FetchContext {
        cache: PathBuf::new(),
        is_offline: true,
        job_folder: PathBuf::from("."),
        inputs: BTreeMap::new(),
        bases: BTreeMap::new(),
        cargo_home: None,
        network: Network::default(),
    };
    let mut raw = source.fetch(&context)?;
    raw.iter_mut().for_each(|file| file.cache = None);
    let mut tables = TablesBuilder::default();
    source.read(&raw, None, &mut tables)?;
    Ok(tables.finish())
}

/// A bare copy at `to` that borrows the objects of `path`, and whose HEAD has no mailmap.
fn without_mailmap(path: &Path, to: &Path) -> Result<PathBuf, Error> {
    if to.exists() {
        return Ok(to.into());
    }
    run(Command::new("git").args(["clone", "-q", "--bare", "--shared"]).arg(path).arg(to), b"")?;
    let in_copy = |arguments: &[&str], input: &[u8]| run(Command::new("git").arg("--git-dir").arg(to).args(arguments), input);
    let files = in_copy(&["ls-tree", "-z", "HEAD"], b"")?;
    let kept: Vec<&[u8]> = files.split_inclusive(|byte| *byte == 0).filter(|line| !line.ends_with(b"\t.mailmap\0")).collect();
    let tree = String::from_utf8(in_copy(&["mktree", "-z", "--missing"], &kept.concat())?)?;
    let identity = ["-c", "user.name=measure", "-c", "user.email=measure@example.org"];
    let commit = [&identity[..], &["commit-tree", tree.trim(), "-p", "HEAD", "-m", "no mailmap"]].concat();
    let commit = String::from_utf8(in_copy(&commit, b"")?)?;
    in_copy(&["update-ref", "HEAD", commit.trim()], b"")?;
    Ok(to.into())
}

/// What the program writes, given `input`.
fn run(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Error> {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(input)?;
    let output = child.wait_with_output()?;
    if output.status.success() { Ok(output.stdout) } else { Err(format!("{command:?}: {}", output.status).into()) }
}

/// Person of each address that the mailmap names, by the address; the person is named by the address that stands for it.
struct Truth(BTreeMap<String, String>);

impl Truth {
    /// Addresses that the mailmap maps to several accounts belong to several people and are left out.
    fn read(tables: &Tables) -> Self {
        let key = |account: AccountId| tables.accounts[account.row()].key.secret().to_owned();
        let mut persons: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for alias in &tables.aliases {
            for address in [alias.key.secret().to_owned(), key(alias.account)] {
                persons.entry(address).or_default().insert(key(alias.account));
            }
        }
        let single = |(address, persons): (String, BTreeSet<String>)| {
            Some((address, persons.first()?.clone())).filter(|_| persons.len() == 1)
        };
        Self(persons.into_iter().filter_map(single).collect())
    }
}

/// Pairs of accounts.
#[derive(Default)]
struct Counts {
    accounts: usize,
    named: usize,
    one_person: usize,
    right: usize,
    wrong: usize,
    unsaid: usize,
    /// Joins between right and between wrong pairs.
    evidence: BTreeMap<JoinEvidence, [usize; 2]>,
}

impl Counts {
    fn of(truth: &Truth, tables: &Tables, identities: &Identities) -> Self {
        let person = |account: AccountId| truth.0.get(tables.accounts[account.row()].key.secret());
        let accounts = || {
            (0..tables.accounts.len()).map(AccountId::from_row).filter(|id| tables.accounts[id.row()].kind == AccountKind::Person)
        };
        let mut sizes: BTreeMap<&String, usize> = BTreeMap::new();
        accounts().filter_map(person).for_each(|person| *sizes.entry(person).or_default() += 1);
        let mut counts = Self {
            accounts: accounts().count(),
            named: sizes.values().sum(),
            one_person: sizes.values().map(|size| size * (size - 1) / 2).sum(),
            ..Self::default()
        };
        for found in &identities.persons {
            for (at, a) in found.accounts.iter().enumerate() {
                for b in &found.accounts[at + 1..] {
                    match (person(*a), person(*b)) {
                        (Some(a), Some(b)) if a == b => counts.right += 1,
                        (Some(_), Some(_)) => counts.wrong += 1,
                        _ => counts.unsaid += 1,
                    }
                }
            }
            for join in &found.joins {
                if let (Some(a), Some(b)) = (person(join.a), person(join.b)) {
                    counts.evidence.entry(join.evidence).or_default()[usize::from(a != b)] += 1;
                }
            }
        }
        counts
    }

    fn add(&mut self, other: &Self) {
        self.accounts += other.accounts;
        self.named += other.named;
        self.one_person += other.one_person;
        self.right += other.right;
        self.wrong += other.wrong;
        self.unsaid += other.unsaid;
    }

    fn print(&self, name: &str, commits: usize) {
        let share = |part: usize, whole: usize| match whole {
            0 => "none".to_owned(),
            _ => format!("{:.4}", part as f64 / whole as f64),
        };
        println!(
            "| {name} | {commits} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.accounts,
            self.named,
            self.one_person,
            self.right,
            self.wrong,
            share(self.right, self.right + self.wrong),
            share(self.right, self.one_person),
            self.unsaid
        );
    }
}
