//! Mirrors made by the real program: killed and resumed, over a loopback server, from servers that misbehave.

mod git_server;
#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use git_server::{GitServer, MirrorWorld, extend_repository, has_git, make_repository};
use runs::{binary, files, skip, snapshots, source};

/// A world of so many repositories on disk.
fn world_of(count: usize) -> MirrorWorld {
    let mut world = MirrorWorld::new();
    for number in 0..count {
        let path = world.path(&format!("in/r{number}.git"));
        make_repository(&path, number, 3 + number % 5);
        world.add(&format!("https://example.org/owner{}/r{number}", number % 7), path.to_str().expect("text"));
    }
    world
}

/// What was published, by file.
fn published(world: &MirrorWorld, cache: &str, out: &str) -> std::collections::BTreeMap<String, String> {
    let out = world.path(out);
    world.run("run", cache, &["--out", out.to_str().expect("text")]).expect(0, &[]);
    files(&snapshots(&out)[0])
}

/// Starts `fetch` and kills it once `count` mirrors stand; whether it was still running.
fn killed(world: &MirrorWorld, cache: &str, count: usize) -> bool {
    let mut command = world.command("fetch", cache, &[]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    while folders(&world.path(cache)) < count && child.try_wait().expect("our own child").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("our own child");
    !child.wait().expect("it ends").success()
}

/// `TRUSTGRAPH_MIRROR_COUNT=1000 cargo test --test mirror killed` asks the same of a thousand repositories.
#[test]
fn killed_twice_and_resumed_is_as_undisturbed() {
    let count = std::env::var("TRUSTGRAPH_MIRROR_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(60);
    let world = world_of(count);
    let started = Instant::now();
    world.run("fetch", "whole", &[]).expect(0, &[&format!("git: {count} mirrored, 0 unchanged, 0 refused")]);
    let took = started.elapsed();
    let whole = published(&world, "whole", "out-whole");
    let mut cut = 0;
    for stand in [count / 3, 2 * count / 3] {
        cut += u32::from(killed(&world, "cut", stand));
    }
    assert_eq!(cut, 2, "both runs were killed before their end ({took:?})");
    let before = folders(&world.path("cut"));
    world.run("fetch", "cut", &[]).expect(0, &[" 0 refused"]);
    assert!(published(&world, "cut", "out-cut") == whole, "other tables than an undisturbed run");
    let facts = |cache| -> Vec<String> {
        world
            .table(cache)
            .iter()
            .map(|row| format!("{} {} {} {}", row["url"], row["head"], row["reason"], row["bytes"]))
            .collect()
    };
    assert_eq!(facts("cut"), facts("whole"));
    assert_eq!(facts("cut").len(), count);
    assert_eq!(std::fs::read_dir(world.path("cut/git/new")).expect("a folder").count(), 0, "nothing unfinished is left");
    println!("{count} repositories: undisturbed {took:?}, {before} mirrors stood after {cut} kills");
}

/// Mirrors that stand in a cache.
fn folders(cache: &Path) -> usize {
    let Ok(prefixes) = std::fs::read_dir(cache.join("git/mirrors")) else { return 0 };
    prefixes.map(|prefix| std::fs::read_dir(prefix.expect("an entry").path()).expect("a folder").count()).sum()
}

#[test]
fn only_what_is_new_comes_and_what_was_asked_lately_is_not_asked() {
    let mut world = world_of(3);
    world.run("fetch", "cache", &[]).expect(0, &["3 mirrored"]);
    world.run("fetch", "cache", &[]).expect(0, &["0 mirrored, 3 unchanged"]);
    let changed = gix::open(world.path("in/r1.git")).expect("a repository");
    extend_repository(&changed, 1, 2);
    world.run("fetch", "cache", &[]).expect(0, &["1 mirrored, 2 unchanged"]);
    let head = changed.head_id().expect("a commit").to_string();
    assert_eq!(world.table("cache")[1]["head"], head);
    world.set("fresh_hours", "1");
    world.run("fetch", "cache", &[]).expect(0, &["0 mirrored, 0 unchanged, 0 refused, 3 asked lately"]);
    world.run("run", "cache", &["--offline", "--out", world.path("out").to_str().expect("text")]).expect(0, &[]);
    // Offline, or from another cache, nothing is asked, and a run says so.
    world.run("fetch", "other", &["--offline"]).expect(0, &[]);
    world.run("run", "other", &["--out", world.path("out").to_str().expect("text")]).expect(1, &["trustgraph fetch"]);
}

/// A world with a server over the repositories `plain`, `empty` and, when git can make it, `shallow` and `sha256`.
fn served() -> Option<(MirrorWorld, GitServer)> {
    if !has_git() {
        skip("there is no git program to serve repositories with");
        return None;
    }
    let world = MirrorWorld::new();
    let root = world.path("served");
    make_repository(&root.join("plain"), 1, 12);
    std::fs::create_dir_all(root.join("empty")).expect("a folder");
    gix::init_bare(root.join("empty")).expect("a repository");
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git").arg("-C").arg(&root).args(arguments).output().expect("git");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "--quiet", "--bare", "--object-format=sha256", "sha256"]);
    git(&["clone", "--quiet", "--bare", "--depth=2", &format!("file://{}", root.join("plain").display()), "shallow"]);
    let server = GitServer::start(&root);
    Some((world, server))
}

#[test]
fn over_http_by_gix_and_by_the_git_program() {
    let Some((mut world, server)) = served() else { return };
    let url = format!("{}/git/plain", server.url);
    world.add(&url, "");
    world.run("fetch", "gix", &[]).expect(0, &["1 mirrored"]);
    world.run("fetch", "gix", &[]).expect(0, &["1 unchanged"]);
    let whole = published(&world, "gix", "out-gix");
    world.set("use_git_program", "true");
    world.run("fetch", "git", &[]).expect(0, &["1 mirrored"]);
    world.run("fetch", "git", &[]).expect(0, &["1 unchanged"]);
    let [full, blobless] = ["gix", "git"].map(|cache| world.table(cache)[0]["bytes"].as_u64().expect("a size"));
    assert!(blobless < full, "{blobless} < {full}");
    extend_repository(&gix::open(world.path("served/plain")).expect("a repository"), 1, 3);
    world.run("fetch", "git", &[]).expect(0, &["1 mirrored"]);
    world.set("use_git_program", "false");
    world.run("fetch", "gix", &[]).expect(0, &["1 mirrored"]);
    let (by_gix, by_git) = (published(&world, "gix", "out-gix-2"), published(&world, "git", "out-git-2"));
    assert_ne!(by_gix["repositories.parquet"], whole["repositories.parquet"], "three commits more");
    assert_eq!(by_gix["repositories.parquet"], by_git["repositories.parquet"], "both ways tell the same");
    assert_eq!(by_gix["persons.parquet"], by_git["persons.parquet"]);
}

#[test]
fn trouble_is_told_by_reason_and_passed_over() {
    let Some((mut world, server)) = served() else { return };
    let expected = [
        ("git/plain", None),
        ("flaky/plain", None),
        ("moved/plain", None),
        ("missing/plain", Some("not found")),
        ("login/plain", Some("needs a login")),
        ("error/plain", Some("the server is busy or failing")),
        ("web/plain", Some("smart protocol")),
        ("loop/plain", Some("redirects do not lead")),
        ("elsewhere/plain", Some("scheme is not asked")),
        ("slow/plain", Some("longer than max_seconds")),
        ("endless/plain", Some("than max_bytes")),
        ("git/empty", Some("no commit at HEAD")),
        ("git/shallow", Some("shallow")),
        ("git/sha256", Some("SHA-256")),
        ("git/../../etc", Some("not found")),
    ];
    for use_git_program in ["false", "true"] {
        world.repositories.clear();
        for (path, _) in expected {
            world.add(&format!("https://example.org/{}", path.replace("..", "up")), &format!("{}/{path}", server.url));
        }
        world.set("use_git_program", use_git_program);
        world.set("max_seconds", "12");
        world.set("max_bytes", "3000000");
        world.set("parallel_per_host", "6");
        let said = world.run("fetch", use_git_program, &[]).expect(0, &["3 mirrored"]);
        let table = world.table(use_git_program);
        for (path, reason) in expected {
            let url = format!("https://example.org/{}", path.replace("..", "up"));
            let row = table.iter().find(|row| row["url"] == url).expect(path);
            let found = row["reason"].as_str();
            let is_as_expected = match reason {
                None => found.is_none(),
                Some(reason) => found.is_some_and(|found| found.contains(reason)),
            };
            assert!(is_as_expected, "{path}, git program {use_git_program}: {row} instead of {reason:?}; {said:#?}");
        }
        let row = |part: &str| table.iter().find(|row| row["url"].as_str().is_some_and(|url| url.contains(part))).expect(part);
        let moved = row("/moved/")["redirected_to"].as_str().map(str::to_owned);
        assert!(moved.is_some_and(|moved| moved.ends_with("/git/plain")), "{}", row("/moved/"));
        assert_eq!(row("/error/")["attempts"], 2);
        assert_eq!(row("/missing/")["attempts"], 1);
    }
}

#[test]
fn limits_end_a_mirror() {
    let Some((mut world, server)) = served() else { return };
    world.add(&format!("{}/git/plain", server.url), "");
    let local = world.path("served/plain");
    world.add("https://example.org/local/plain", local.to_str().expect("text"));
    for use_git_program in ["false", "true"] {
        world.set("use_git_program", use_git_program);
        for (key, value, reason) in
            [("max_bytes", "500", "larger than max_bytes"), ("max_objects", "5", "more objects than max_objects")]
        {
            world.set(key, value);
            world.run("fetch", "cache", &[]).expect(1, &["2 refused", reason]);
            assert_eq!(folders(&world.path("cache")), 0);
            world.set(key, "1000000");
        }
    }
    world.set("allow_hosts", "[\"example.org\"]");
    let before = server.asked.load(Ordering::Relaxed);
    world.run("fetch", "cache", &[]).expect(0, &["1 mirrored", "1 refused", "allow_hosts"]);
    world.set("allow_hosts", "[]");
    world.set("allow_private_addresses", "false");
    world.run("fetch", "cache", &[]).expect(0, &["1 unchanged", "1 refused", "address is not public"]);
    assert_eq!(server.asked.load(Ordering::Relaxed), before, "the server was not asked");
}

#[test]
fn a_cache_serves_one_run_at_a_time() {
    let world = world_of(1);
    std::fs::create_dir_all(world.path("cache/git")).expect("a folder");
    let lock = std::fs::File::create(world.path("cache/git/.lock")).expect("a file");
    lock.lock().expect("locked");
    world.run("fetch", "cache", &[]).expect(1, &["another run mirrors into this cache"]);
}

#[test]
fn hostile_folders_and_damage() {
    let mut world = world_of(2);
    std::fs::create_dir_all(world.path("in/none")).expect("a folder");
    world.add("https://example.org/none", world.path("in/none").to_str().expect("text"));
    let borrowing = world.path("in/borrowing");
    make_repository(&borrowing, 9, 2);
    std::fs::create_dir_all(borrowing.join("objects/info")).expect("a folder");
    std::fs::write(borrowing.join("objects/info/alternates"), world.path("in/r0.git/objects").to_str().expect("text"))
        .expect("written");
    world.add("https://example.org/borrowing", borrowing.to_str().expect("text"));
    world.add("https://example.org/option", "--upload-pack=touch x");
    world.add("file:///a-name", "");
    let said = world.run("fetch", "cache", &[]);
    let said = said.expect(
        0,
        &["2 mirrored, 0 unchanged, 4 refused", "not a git repository", "objects/info/alternates", "scheme is not asked"],
    );
    assert!(!said.log.contains("touch"), "nothing of the job's text is run or told: {said:#?}");
    // A mirror that is damaged is made anew.
    let mirror = world.path("cache/git/mirrors");
    let heads = files(&mirror).into_keys().filter(|name| name.ends_with("packed-refs")).collect::<Vec<_>>();
    assert_eq!(heads.len(), 2);
    let whole: Vec<_> = files(&mirror).into_keys().collect();
    let damaged = mirror.join(&heads[0]).with_file_name("objects");
    std::fs::remove_dir_all(&damaged).expect("removed");
    std::fs::create_dir_all(damaged.join("pack")).expect("a folder");
    world.run("fetch", "cache", &[]).expect(0, &["0 mirrored, 2 unchanged, 4 refused"]);
    assert_eq!(files(&mirror).into_keys().collect::<Vec<_>>(), whole, "every object is there again");
    world.run("run", "cache", &["--out", world.path("out").to_str().expect("text")]).expect(0, &[]);
}

#[test]
fn repositories_that_packages_link_to() {
    let Some((mut world, server)) = served() else { return };
    for name in ["critical", "other", "unlisted"] {
        make_repository(&world.path("served").join("example.org/team").join(name), 3, 4);
    }
    let linked = |name: &str, link: &str| source(name, &format!("Vcs-Git: https://example.org/team/{link}.git\n"));
    std::fs::create_dir_all(world.path("lists")).expect("a folder");
    let sources = linked("aa", "critical") + &linked("bb", "other") + &linked("cc", "gone");
    std::fs::write(world.path("lists/one_Sources"), sources).expect("written");
    let binaries = binary("aa", "") + &binary("bb", "aa") + &binary("cc", "aa, bb");
    std::fs::write(world.path("lists/one_Packages"), binaries).expect("written");
    let lists = world.path("lists");
    let suite = "suites = [{ name = \"one\", as_of = \"2024-01-01\" }]";
    world.more = format!("[sources.debian]\npath = '{}'\nmax_reject_share = 0.0\n{suite}\n", lists.display());
    world.set("from_links", "true");
    world.set("max_links", "1");
    let base = format!("git={}/git", server.url);
    world.run("fetch", "cache", &["--base", &base]).expect(0, &["1 mirrored", "0 refused"]);
    assert_eq!(world.table("cache")[0]["url"], "https://example.org/team/critical");
    world.set("max_links", "3");
    world.run("fetch", "cache", &["--base", &base]).expect(0, &["1 mirrored, 1 unchanged, 1 refused"]);
    let out = world.path("out");
    world.run("run", "cache", &["--out", out.to_str().expect("text")]).expect(0, &[]);
    let published = trustgraph::snapshot::Published::read(&snapshots(&out)[0]).expect("a snapshot");
    let known =
        published.repositories.iter().map(|row| (row.repository_url.as_str(), row.commit_count, row.fork_group.is_some()));
    let team = "https://example.org/team";
    let expected = [("critical", Some(4), true), ("gone", None, false), ("other", Some(4), true)];
    let expected = expected.map(|(name, count, is_read)| (format!("{team}/{name}"), count, is_read));
    assert_eq!(known.map(|(url, count, is_read)| (url.to_owned(), count, is_read)).collect::<Vec<_>>(), expected);
    let groups: Vec<_> = published.repositories.iter().map(|row| (row.fork_group.as_deref(), row.copied_commit_count)).collect();
    let group = format!("{team}/critical");
    assert_eq!(groups, [(Some(group.as_str()), Some(0)), (None, None), (Some(group.as_str()), Some(4))], "both hold one history");
}
