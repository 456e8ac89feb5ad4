//! Killed runs, two runs at once, full and read-only disks: the old state or the new, and the next run mends what is left.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use runs::{Said, World, expect_whole_site, files, snapshots};

type Files = BTreeMap<String, String>;

/// The world of these tests: big enough that a run takes a moment.
fn world() -> World {
    World::of_size(120)
}

/// Writes the job with another title, so that its snapshot of the same day differs.
fn write_job(world: &World, title: &str) {
    world.write("job.toml", world.job().replace("A world made for a test", title).as_bytes());
}

/// Starts a run of the written job without waiting for it.
fn start(world: &World) -> Child {
    let mut command = world.command(&["--replace", "--threads", "2"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn finish(child: Child) -> Said {
    Said::of(child.wait_with_output().expect("the program ends"))
}

/// Files of the snapshots and of the site.
fn state(out: &Path) -> (Files, Files) {
    let published = snapshots(out).first().map(|folder| files(folder)).unwrap_or_default();
    (published, files(&out.join("site")))
}

/// Names in a folder, hidden ones too.
fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_killed_run_leaves_the_old_state_or_the_new() {
    const MOMENTS: u32 = 25;
    let world = world();
    let out = world.path("out");
    let mut whole: BTreeMap<&str, (Files, Files)> = BTreeMap::new();
    // The fastest run so far: other tests run beside this one, and a kill after the end of a run asks nothing.
    let mut took = Duration::MAX;
    for title in ["the first", "the second"] {
        write_job(&world, title);
        let started = Instant::now();
        finish(start(&world)).expect(0, &[]);
        took = took.min(started.elapsed());
        whole.insert(title, state(&out));
    }
    assert_ne!(whole["the first"].0, whole["the second"].0);
    let mut cut = 0;
    for moment in 0..MOMENTS {
        if moment % 3 == 0 {
            std::fs::remove_dir_all(&out).expect("an empty start");
        }
        let title = if moment % 2 == 0 { "the first" } else { "the second" };
        write_job(&world, title);
        let mut child = start(&world);
        std::thread::sleep(took * (2 * moment + 1) / (2 * MOMENTS));
        child.kill().expect("our own child");
        cut += u32::from(!child.wait().expect("it ends").success());
        let (published, site) = state(&out);
        assert!(published.is_empty() || whole.values().any(|(known, _)| *known == published), "moment {moment}: half a snapshot");
        assert!(site.is_empty() || whole.values().any(|(_, known)| *known == site), "moment {moment}: half a site");
        if !site.is_empty() {
            expect_whole_site(&out.join("site"));
        }
        let started = Instant::now();
        finish(start(&world)).expect(0, &[]);
        took = took.min(started.elapsed());
        assert!(state(&out) == whole[title], "moment {moment}: a rerun is not what an undisturbed run is");
        assert_eq!(listed(&out), ["site", "snapshots"], "moment {moment}");
        assert_eq!(
            listed(&out.join("snapshots")),
            [".lock", "2022-01-01", "2022-01-01.intoto.json", "index.json"],
            "moment {moment}"
        );
    }
    assert!(cut > MOMENTS / 3, "only {cut} of {MOMENTS} runs were killed before their end");
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let world = world();
    write_job(&world, "the only");
    finish(start(&world)).expect(0, &[]);
    let whole = state(&world.path("out"));
    for pause in [0, 0, 20, 60] {
        std::fs::remove_dir_all(world.path("out")).expect("an empty start");
        let first = start(&world);
        std::thread::sleep(Duration::from_millis(pause));
        let said = [first, start(&world)].map(finish);
        let done = said.iter().filter(|said| said.code == Some(0)).count();
        let waits =
            said.iter().filter(|said| said.code == Some(1) && said.log.contains("another run is publishing here")).count();
        assert!(done >= 1 && done + waits == 2, "{said:#?}");
        assert!(state(&world.path("out")) == whole);
    }
}

#[test]
fn what_stands_in_the_way_is_told_and_kept() {
    let world = World::with("", "");
    world.write("out", b"a file");
    world.run(&[]).expect(1, &["out/snapshots", "Not a directory"]);
    std::fs::remove_file(world.path("out")).expect("removed");
    std::fs::create_dir_all(world.path("out/site")).expect("a folder");
    world.write("out/site/thesis.txt", b"the only copy");
    world.run(&[]).expect(1, &["out/site is no website", "another --out"]);
    assert_eq!(std::fs::read(world.path("out/site/thesis.txt")).expect("still there"), b"the only copy");
    std::fs::remove_dir_all(world.path("out/site")).expect("removed");
    world.write("out/site", b"a file");
    world.run(&[]).expect(1, &["out/site is no website"]);
    std::fs::remove_file(world.path("out/site")).expect("removed");
    world.write("out/snapshots", b"a file");
    world.run(&[]).expect(1, &["out/snapshots", "exists"]);
    std::fs::remove_file(world.path("out/snapshots")).expect("removed");
    std::fs::create_dir_all(world.path("out/snapshots")).expect("a folder");
    world.write("out/snapshots/2020-01-01", b"a file");
    world.run(&[]).expect(1, &["out/snapshots/2020-01-01", "--replace"]);
    world.run(&["--replace"]).expect(0, &[]);
    let snapshot = world.path("out/snapshots/2020-01-01");
    let snapshot = snapshot.to_str().expect("text");
    runs::run(&["render", snapshot, "--out", snapshot]).expect(1, &["is no website"]);
    assert_eq!(snapshots(&world.path("out")).len(), 1);
}

/// Runs with files limited to `blocks` of 512 bytes; `is_told` lets the program see an error instead of being ended.
fn run_limited(world: &World, blocks: u32, is_told: bool) -> std::process::Output {
    let trap = if is_told { "trap '' XFSZ; " } else { "" };
    let run = world.command(&["--replace"]);
    let mut limited = Command::new("sh");
    limited
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("-c")
        .arg(format!("{trap}ulimit -c 0; ulimit -f {blocks}; exec \"$@\""))
        .arg("sh");
    limited.arg(run.get_program()).args(run.get_args()).output().expect("a shell")
}

#[test]
fn files_that_may_not_grow() {
    let world = world();
    write_job(&world, "the only");
    for blocks in [0, 4, 16] {
        let said = Said::of(run_limited(&world, blocks, true)).expect(1, &["out/snapshots/", "File too large"]);
        assert_eq!(said.log.matches("File too large").count(), 1, "told once: {said:#?}");
        world.expect_nothing_published();
        let ended = run_limited(&world, blocks, false);
        assert!(!ended.status.success());
        assert!(snapshots(&world.path("out")).is_empty() && !world.path("out/site").exists());
    }
    finish(start(&world)).expect(0, &[]);
    let whole = state(&world.path("out"));
    write_job(&world, "another");
    Said::of(run_limited(&world, 4, true)).expect(1, &["File too large"]);
    assert!(state(&world.path("out")) == whole, "the old state stays");
}

/// A small disk in memory, until dropped.
struct Disk(PathBuf);

impl Disk {
    /// Mounts `size`; `None` where that is not allowed.
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a folder");
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &format!("size={size},mode=777"), "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_path_buf()))
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status();
        assert!(status.expect("mounted before").success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn full_and_read_only_disks() {
    let world = world();
    write_job(&world, "the only");
    let out = world.path("out");
    for size in ["8k", "64k", "128k", "512k", "1m"] {
        let Some(_disk) = Disk::mount(&out, size) else {
            runs::skip("this user may not mount a small disk");
            return;
        };
        let said = finish(start(&world));
        assert_eq!(said.code, Some(1), "{size}: {said:#?}");
        assert!(said.log.contains("No space left") && said.log.contains(out.to_str().expect("text")), "{size}: {said:#?}");
        assert!(snapshots(&out).len() <= 1 && !out.join("site").exists(), "{size}");
    }
    let disk = Disk::mount(&out, "100m").expect("mounted before");
    disk.remount("ro");
    finish(start(&world)).expect(1, &["out/snapshots", "Read-only file system"]);
    disk.remount("rw");
    finish(start(&world)).expect(0, &[]);
    let whole = state(&out);
    disk.remount("ro");
    finish(start(&world)).expect(1, &["out/snapshots", "Read-only file system"]);
    assert!(state(&out) == whole, "the old state stays");
}
