//! Jobs, parameters and decisions that are wrong: refused with exit code 2 before any work, and nothing is published.

#[expect(dead_code, reason = "other tests use the rest")]
mod runs;

use runs::{Said, World, jobs};

/// A healthy job with parameters and decisions of its own, each changed by `change(file name, text)`.
fn run_changed(change: impl Fn(&str, String) -> String) -> Said {
    let world = World::with("", "");
    std::fs::create_dir(world.path("decisions")).expect("a folder");
    let copied = [
        "parameters.toml",
        "decisions/seeds.toml",
        "decisions/identity.toml",
        "decisions/opt_out.toml",
        "decisions/visibility.toml",
    ];
    for name in copied {
        let text = std::fs::read_to_string(jobs().join(name)).expect("a file of the job");
        world.write(name, change(name, text).as_bytes());
    }
    let committed = jobs().display().to_string();
    let job = world.job().replace(&format!("{committed}/"), "");
    world.write("job.toml", change("job.toml", job).as_bytes());
    let said = Said::of(world.command(&[]).output().expect("the program starts"));
    if said.code != Some(0) {
        world.expect_nothing_published();
    }
    said
}

/// Replaces `from` by `to` in `file`, which must hold it.
fn replaced(file: &'static str, from: &str, to: &str) -> Said {
    run_changed(|name, text| {
        assert!(name != file || text.contains(from), "{file} does not hold `{from}`: {text}");
        if name == file { text.replacen(from, to, 1) } else { text }
    })
}

/// Puts `text` before everything in `file`.
fn prefixed(file: &'static str, prefix: &str) -> Said {
    run_changed(|name, text| if name == file { format!("{prefix}\n{text}") } else { text })
}

#[test]
fn the_unchanged_job_runs() {
    run_changed(|_, text| text).expect(0, &[]);
}

#[test]
fn unknown_and_missing_keys() {
    let job = "job.toml";
    prefixed(job, "titel = \"x\"").expect(2, &[job, "titel", "jobs/README.md"]);
    prefixed(job, "[sources.cpan]").expect(2, &[job]);
    replaced(job, "[sources.debian]", "[sources.cpan]\n[sources.debian]").expect(2, &[job, "cpan", "debian"]);
    replaced(job, "path = \"in\"", "path = \"in\"\nmirror = 1").expect(2, &[job, "mirror", "max_reject_share"]);
    replaced(job, "title =", "# title =").expect(2, &[job, "missing field `title`"]);
    replaced(job, "[sources.debian]", "[sources]\n#").expect(2, &[job]);
    run_changed(|name, text| if name == job { text.split("[sources").next().unwrap_or_default().to_owned() } else { text })
        .expect(2, &[job, "names no source", "[sources.debian]"]);
    let validation = |line: &str| replaced(job, "[sources.debian]", &format!("[validation]\n{line}\n[sources.debian]"));
    validation("attack = \"x.toml\"").expect(2, &[job, "attack", "attacks"]);
    validation("attacks = \"no_such.toml\"").expect(2, &["no_such.toml"]);
    prefixed("parameters.toml", "[identiti]").expect(2, &["parameters.toml", "identiti"]);
    replaced("parameters.toml", "tolerance =", "tolerence =").expect(2, &["parameters.toml", "tolerence"]);
    replaced("parameters.toml", "{ value = 1e-13,", "{ value = 1e-13, unit = 1,").expect(2, &["parameters.toml", "unit"]);
    prefixed("decisions/seeds.toml", "seed = []").expect(2, &["seeds.toml", "seed"]);
    prefixed("decisions/opt_out.toml", "x = 1").expect(2, &["opt_out.toml", "x"]);
}

#[test]
fn numbers_outside_their_range() {
    let file = "parameters.toml";
    for value in ["nan", "-nan", "inf", "-inf", "0.0", "-1e-13", "1e400", "0.5"] {
        let said = replaced(file, "{ value = 1e-13,", &format!("{{ value = {value},")).expect(2, &[file]);
        assert!(said.log.contains("tolerance") || said.log.contains("line 15"), "{said:#?}");
    }
    replaced(file, "{ value = 1e-13,", "{ value = \"small\",").expect(2, &[file, "expected f64"]);
    replaced(file, "member_prior = { value = 0.5", "member_prior = { value = 0.9").expect(2, &[file, "sum to 1.1"]);
    replaced(file, "reason = \"The usual value of PageRank", "# ").expect(2, &[file]);
    run_changed(|name, text| {
        if name != file {
            return text;
        }
        let line = text.lines().find(|line| line.starts_with("ledger_rows")).expect("a parameter").to_owned();
        text.replace(&line, "ledger_rows = { value = 12, reason = \"  \" }")
    })
    .expect(2, &[file, "scores.ledger_rows has no reason"]);
    for share in ["nan", "inf", "-0.1", "1.5"] {
        replaced("job.toml", "max_reject_share = 0.01", &format!("max_reject_share = {share}"))
            .expect(2, &["job.toml", "max_reject_share", "0 to 1"]);
    }
}

#[test]
fn seeds_that_mean_nothing() {
    let seeds =
        |node: &str, prior: &str| format!("malicious = []\n[[seeds]]\nnode = '{node}'\nprior = {prior}\nreason = \"a test\"\n");
    let with = |text: String| run_changed(|name, old| if name == "decisions/seeds.toml" { text.clone() } else { old });
    for node in ["pkg:deb/debian/none?arch=source", "", "../../x", "\u{202e}<b>"] {
        with(seeds(node, "0.5")).expect(2, &["seeds.toml", "no package, repository or person", "correct or remove"]);
    }
    for prior in ["nan", "1.01", "-0.1", "inf"] {
        with(seeds("pkg:deb/debian/healthy?arch=source", prior)).expect(2, &["seeds.toml", "outside 0..=1"]);
    }
    with(seeds("pkg:deb/debian/healthy?arch=source", "1.0")).expect(0, &[]);
    let malicious = |package: &str| format!("seeds = []\n[[malicious]]\npackage = '{package}'\nreason = \"a test\"\n");
    with(malicious("pkg:deb/debian/gone?arch=source")).expect(0, &["no package of this run", "nothing is held at 0"]);
    with(malicious("pkg:deb/debian/healthy?arch=source")).expect(0, &[]);
    with("seeds = []\n[[malicious]]\npackage = 'x'\n".to_owned()).expect(2, &["seeds.toml", "reason"]);
}

#[test]
fn columns_that_nobody_decided() {
    let file = "decisions/visibility.toml";
    replaced(file, "homepage = \"public\"\n", "")
        .expect(2, &["visibility.toml", "packages.homepage is not listed", "public or private"]);
    replaced(file, "homepage =", "homepgae =").expect(2, &["packages.homepage is not listed", "no column \"homepgae\""]);
    replaced(file, "[binaries]", "[binary]").expect(2, &["binaries.purl is not listed", "no table \"binary\""]);
    replaced(file, "name = \"public\"", "name = \"private\"").expect(2, &["packages.name is needed by every reader"]);
    replaced(file, "homepage = \"public\"", "homepage = \"secret\"").expect(2, &["visibility.toml", "secret", "private"]);
    replaced(file, "homepage = \"public\"", "homepage = \"private\"").expect(0, &[]);
}

#[test]
fn suites_that_cannot_be() {
    let job = "job.toml";
    replaced(job, "name = \"one\"", "name = \"../one\"").expect(2, &["../one", "no name of a suite"]);
    replaced(job, "name = \"one\"", "name = \"<b>\"").expect(2, &["no name of a suite"]);
    replaced(job, "as_of = \"2020-01-01\"", "").expect(2, &["suite `one` has no `as_of`", "YYYY-MM-DD"]);
    for day in ["2020-02-30", "0000-00-00", "-009999-01-01", "20200101", "1969-12-31", "tomorrow", ""] {
        replaced(job, "\"2020-01-01\"", &format!("{day:?}")).expect(2, &[job, "not a day (YYYY-MM-DD)"]);
    }
    replaced(job, "as_of = \"2020-01-01\"", "as_of = \"2020-01-01\"\n[[sources.debian.suites]]\nname = \"one\"")
        .expect(2, &["suite `one` twice"]);
    replaced(job, "[[sources.debian.suites]]\nname = \"one\"\nas_of = \"2020-01-01\"\n", "suites = []")
        .expect(2, &["names no suite"]);
}

#[test]
fn files_that_are_no_toml() {
    for file in ["job.toml", "parameters.toml", "decisions/seeds.toml"] {
        let with = |text: &str| run_changed(|name, old| if name == file { text.to_owned() } else { old });
        for text in ["\0\0\0", "= = =", "[", "a = \"\u{202e}", "title = \"x\"\ntitle = \"y\""] {
            with(text).expect(2, &[file.rsplit('/').next().unwrap_or(file)]);
        }
        with(&format!("a = {}", "[".repeat(100_000))).expect(2, &["job.toml"].map(|_| file.rsplit('/').next().unwrap_or(file)));
        let said = with(&format!("a = \"{}\"", "x".repeat(10_000_000))).expect(2, &[]);
        assert!(said.log.len() < 10_000, "{} bytes of log", said.log.len());
    }
    let world = World::with("", "");
    world.write("job.toml", b"title = \"\xff\xfe\"");
    Said::of(world.command(&[]).output().expect("the program starts")).expect(2, &["job.toml", "UTF-8"]);
    world.write("job.toml", world.job().replace("parameters.toml", "no.toml").as_bytes());
    Said::of(world.command(&[]).output().expect("the program starts")).expect(2, &["no.toml"]);
}
