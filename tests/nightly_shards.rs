//! The night of a job with many repositories, by the scripts of the nightly run: three machines mirror from a loopback server, one joins
//! what they mined and publishes the same bytes as a machine alone.

#[expect(dead_code, reason = "other tests use the rest")]
mod git_server;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::Path;
use std::process::Command;

use git_server::{GitServer, MirrorWorld, has_git, make_repository};
use runs::{Said, files, skip, snapshots};

const COUNT: usize = 12;

/// A script of the nightly run, with the program under test.
fn script(world: &MirrorWorld, name: &str, arguments: &[&str]) -> Said {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/scripts").join(name));
    command.args(arguments).current_dir(world.path("")).env("TRUSTGRAPH", runs::PROGRAM);
    command.env("SHARD_KEY_FILE", world.path("key")).env("REPOSITORIES_A_SHARD", "4").env("FREE_GIGABYTES", "0");
    Said::of(command.output().expect("bash"))
}

fn has_programs() -> bool {
    let is_there = |name: &str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    has_git() && ["gpg", "python3", "bash"].into_iter().all(is_there)
}

/// Twelve repositories on a server, and one that is not there.
fn served() -> (MirrorWorld, GitServer) {
    let mut world = MirrorWorld::new();
    let root = world.path("served");
    for number in 0..COUNT {
        make_repository(&root.join(format!("r{number}")), number, 3 + number % 4);
    }
    let server = GitServer::start(&root);
    for number in 0..COUNT {
        world.add(&format!("https://example.org/owner/r{number}"), &format!("{}/git/r{number}", server.url));
    }
    world.add("https://example.org/owner/gone", &format!("{}/missing/gone", server.url));
    world.job();
    std::fs::write(world.path("key"), "correct horse battery staple").expect("a key");
    (world, server)
}

#[test]
fn three_machines_publish_what_one_does() {
    if !has_programs() {
        return skip("git, gpg or python3 is not there");
    }
    let (world, server) = served();
    let said = script(&world, "plan", &["job.toml"]).expect(0, &[]);
    assert_eq!(said.out, "shards=[1,2,3,4]\ncount=4\n", "thirteen repositories, four a machine");
    world.run("fetch", "alone", &[]).expect(0, &["12 mirrored", "1 refused"]);
    let publish = |cache: &str, out: &str| {
        script(&world, "compute", &["job.toml", out, cache, "--offline"]).expect(0, &[]);
        files(&snapshots(&world.path(out))[0])
    };
    let alone = publish("alone", "out-alone");
    let mut packed = Vec::new();
    for part in 0..=3 {
        let cache = format!("cache-{part}");
        let said = script(&world, "shard", &["job.toml", &cache, &format!("{part}/3"), "packed"]).expect(0, &[]);
        assert!(said.out.contains(&format!("part {part}/3: ")), "{said:#?}");
        packed.push(format!("packed/shard-{part}.gpg"));
    }
    let parts: Vec<usize> = (1..=3).map(|part| world.table(&format!("cache-{part}")).len()).collect();
    assert!(parts.iter().sum::<usize>() == COUNT + 1 && parts.iter().all(|count| *count > 0), "each has some: {parts:?}");
    let merge = |cache: &str, parts: &[&str]| script(&world, "merge", &[&["job.toml", cache], parts].concat());
    let all: Vec<&str> = packed.iter().map(String::as_str).collect();
    merge("merged", &all).expect(0, &[]);
    drop(server);
    assert!(!world.path("merged/git/mirrors").exists(), "no mirror came along");
    assert!(publish("merged", "out-merged") == alone, "other bytes than from a machine alone");
    refusals(&world, &merge, &all);
}

/// What is not whole is not joined.
fn refusals(world: &MirrorWorld, merge: &dyn Fn(&str, &[&str]) -> Said, all: &[&str]) {
    let refused = |cache: &str, parts: &[&str], words: &str| {
        let said = merge(cache, parts).expect(1, &["nothing was joined", words]);
        assert!(!world.path(cache).join("git/mirrors.jsonl").exists() || cache == "merged", "{said:#?}");
    };
    refused("other", &all[..3], "parts [0, 1, 2] are there");
    refused("other", &[all[0], all[1], all[1], all[2], all[3]], "part 1 is there twice");
    refused("merged", all, "is there already");
    script(world, "shard", &["job.toml", "cache-4", "1/2", "cut"]).expect(0, &["no repository"]);
    refused("other", &[all[0], "cut/shard-1.gpg"], "of [2, 3]");
    let job = std::fs::read_to_string(world.path("job.toml")).expect("a job");
    std::fs::write(world.path("job.toml"), format!("{job}\n# Another job.\n")).expect("a job");
    refused("other", all, "part 0 is of another job");
    std::fs::write(world.path("key"), "another").expect("a key");
    merge("other", all).expect(1, &["the key is another"]);
    std::fs::remove_file(world.path("key")).expect("removed");
    merge("other", all).expect(2, &["SHARD_KEY_FILE"]);
}

#[test]
fn a_spent_budget_leaves_the_rest_for_the_next_night() {
    if !has_programs() {
        return skip("git, gpg or python3 is not there");
    }
    let (world, _server) = served();
    let spent = ["--shard", "1/1", "--budget", "minutes=0"];
    world.run("fetch", "cache", &spent).expect(3, &["0 mirrored", "0 minutes"]);
    world.run("fetch", "cache", &["--shard", "1/1"]).expect(0, &["12 mirrored", "1 refused"]);
    world.run("fetch", "cache", &["--shard", "0/1", "--offline"]).expect(2, &["--offline"]);
    world.run("fetch", "cache", &["--shard", "2/1"]).expect(2, &["expected I/N"]);
}
