//! `trustgraph simulate`: what it writes and prints, and attack files that are wrong.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use std::path::Path;

use runs::{Said, World, files, jobs, run};

/// Simulates the attack file `attack` on the job file `job`, writing to `out`.
fn simulate(job: &Path, attack: &Path, out: &Path, more: &[&str]) -> Said {
    let [job, attack, out] = [job, attack, out].map(|path| path.to_str().expect("text"));
    run(&[&["simulate", job, "--attack", attack, "--out", out], more].concat())
}

#[test]
fn outcomes_are_the_same_at_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let (job, attack) = (jobs().join("sample.toml"), jobs().join("sample_attacks.toml"));
    let all = ["1", "3"].map(|threads| {
        let out = folder.path().join(threads);
        let said = simulate(&job, &attack, &out, &["--threads", threads]).expect(0, &[]);
        let head = said.out.lines().next().unwrap_or_default();
        assert!(head.starts_with("attack") && head.contains("earned edges") && head.ends_with("attacked score"), "{said:#?}");
        let rows: Vec<&str> = said.out.lines().filter(|line| line.starts_with("insider") || line.starts_with("ring")).collect();
        assert_eq!(rows.len(), 9, "{said:#?}");
        assert!(rows.iter().all(|row| row.contains(" - ")), "what is missing is a dash: {rows:?}");
        files(&out)
    });
    assert_eq!(all[0].keys().collect::<Vec<_>>(), ["attack_outcomes.parquet", "attacks.svg"]);
    assert_eq!(all[0], all[1]);
}

#[test]
fn a_run_publishes_what_simulate_finds() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("text");
    run(&["run", "jobs/sample.toml", "--out", out]).expect(0, &[]);
    let published = trustgraph::snapshot::Published::read(&runs::snapshots(folder.path())[0]).expect("a snapshot");
    let kinds: std::collections::BTreeSet<&str> = published.attack_outcomes.iter().map(|row| row.kind.as_ref()).collect();
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    for row in &published.attack_outcomes {
        assert_eq!(row.gain_per_earned_edge.is_none(), row.earned_edge_count == 0, "{row:?}");
        assert_eq!(row.gain_per_month.is_some(), row.month_count > Some(0), "{row:?}");
        assert_eq!(row.attacked_purl.is_some(), row.kind == "patient_insider", "{row:?}");
    }
    let page = std::fs::read_to_string(folder.path().join("site/validation.html")).expect("a page");
    assert!(page.contains("<svg") && page.contains("The figures of this plot") && page.contains("Insider: sole maintainer"));
}

/// Simulates `attack` on a world of one package; nothing may be written.
fn on_one_package(attack: &str) -> Said {
    let world = World::with("", "");
    world.write("job.toml", world.job().as_bytes());
    world.write("attack.toml", attack.as_bytes());
    let said = simulate(&world.path("job.toml"), &world.path("attack.toml"), &world.path("out"), &[]);
    assert!(files(&world.path("out")).is_empty() == (said.code != Some(0)), "{said:#?}");
    said
}

/// A star farm of so many accounts and edges.
fn star(accounts: &str, edges: &str) -> String {
    format!(
        "[a]\nkind = \"star_farm\"\nreason = \"r\"\naccounts = {{ values = [{accounts}], reason = \"r\" }}\n\
         packages = {{ values = [1], reason = \"r\" }}\nearned_edges = {{ values = [{edges}], reason = \"r\" }}\n"
    )
}

#[test]
fn wrong_attack_files_are_exit_code_2() {
    on_one_package(&star("2", "0")).expect(0, &[]);
    let file = "attack.toml";
    on_one_package(&star("0", "0")).expect(2, &[file, "a.accounts = 0 is outside 1..=1000000"]);
    on_one_package(&star("1000000000000", "0")).expect(2, &[file, "a.accounts = 1000000000000 is outside"]);
    on_one_package(&star("1e12", "0")).expect(2, &[file, "floating point"]);
    on_one_package(&star("-1", "0")).expect(2, &[file, "-1"]);
    on_one_package(&star("99999999999999999999", "0")).expect(2, &[file]);
    on_one_package(&star("5, 5", "0")).expect(2, &[file, "each more than the one before"]);
    on_one_package(&star("1", "0").replace("star_farm", "moon_farm")).expect(2, &[file, "moon_farm", "sybil_ring"]);
    on_one_package(&star("1", "0").replace("packages", "pakages")).expect(2, &[file, "pakages"]);
    on_one_package(&star("1", "0").replace("reason = \"r\"\na", "a")).expect(2, &[file, "reason"]);
    on_one_package(&star("1", "0").replace("[a]", "[\"<A>\"]")).expect(2, &[file, "no name of an attack"]);
    on_one_package("").expect(2, &[file, "names no attack"]);
    on_one_package("\0").expect(2, &[file]);
    on_one_package(&star("1000000", "0")).expect(2, &["`a` would add", "smaller sizes"]);
    on_one_package(&star("1", "2")).expect(2, &["`a`", "2 trusted persons with a package", "this job has"]);
    let job = jobs().join("sample.toml");
    simulate(&job, Path::new("no/such.toml"), Path::new("/nonexistent/out"), &[]).expect(2, &["no/such.toml"]);
    run(&["simulate", "jobs/sample.toml"]).expect(2, &["--attack"]);
}

#[test]
fn a_job_of_nothing_is_told() {
    let mut world = World::new();
    world.add("one", "2020-01-01", "", "");
    world.write("job.toml", world.job().as_bytes());
    let out = world.path("out");
    let said = simulate(&world.path("job.toml"), &jobs().join("sample_attacks.toml"), &out, &[]);
    assert!(matches!(said.code, Some(1 | 2)) && files(&out).is_empty(), "{said:#?}");
    assert!(said.log.contains("trusted persons") || said.log.contains("one_Sources"), "{said:#?}");
}
