//! The trust kernel on all of Debian. Skipped, with a line that says so, where the indices are absent.

use std::path::PathBuf;

use trustgraph::graph::TrustGraph;
use trustgraph::identity::{Identities, PseudonymKey, resolve};
use trustgraph::ids::{AccountKey, Ecosystem, PackageId, Purl};
use trustgraph::job::{Decisions, Job};
use trustgraph::scores::{self, Scores};
use trustgraph::sources::{self, FetchContext};
use trustgraph::tables::{
    Account, AccountKind, Dependency, DependencyKind, Maintainer, MaintainerRole, Package, Release, Tables, TablesBuilder,
};

/// Fake accounts, each with one package that all other fake packages and many real ones are said to be needed by.
const FAKES: usize = 10_000;

fn indices() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")));
    let folder = shared.join("debian");
    folder.join("trixie_Sources.xz").exists().then_some(folder)
}

/// Reads the three suites into a builder, so that a test can add to them.
fn read(folder: PathBuf) -> (Job, TablesBuilder) {
    let job = Job::read(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/jobs/debian.toml"))).expect("the job is good");
    let context = FetchContext {
        cache: folder.clone(),
        is_offline: true,
        job_folder: job.folder.clone(),
        inputs: [("debian".to_owned(), folder)].into(),
        bases: Default::default(),
    };
    let raw = sources::fetch(&job, &context).expect("the indices are there");
    let mut builder = TablesBuilder::default();
    for source in sources::of(&job) {
        source.read(&raw[source.name()], None, &mut builder).expect("the indices are good");
    }
    (job, builder)
}

fn score(job: &Job, tables: &Tables) -> (Identities, TrustGraph, Scores) {
    let identities = resolve(tables, &job.parameters.identity, &Decisions::default(), &PseudonymKey::public());
    let graph = TrustGraph::build(tables, &identities);
    let as_of = tables.suites.iter().map(|suite| suite.as_of).max().expect("suites");
    let scores = scores::compute(&graph, tables, &job.parameters.scores, &[], as_of).expect("the brackets meet");
    (identities, graph, scores)
}

/// Adds accounts and packages that only know each other, and that use every hundredth real package.
fn add_fakes(builder: &mut TablesBuilder, tables: &Tables) {
    let newest = tables.suites.iter().max_by_key(|suite| suite.as_of).expect("suites").clone();
    let day = newest.as_of;
    let suite = builder.suite(newest);
    let package = |builder: &mut TablesBuilder, number: usize| {
        let name = format!("zz-fake-{number}");
        builder.package(Package {
            purl: Purl::new(Ecosystem::Debian, &name).expect("a purl"),
            ecosystem: Ecosystem::Debian,
            name,
            facts_as_of: day,
            section: None,
            homepage: None,
            binaries: Vec::new(),
            has_tests: false,
        })
    };
    let packages: Vec<PackageId> = (0..FAKES).map(|number| package(builder, number)).collect();
    // The builder answers with the provisional id of a package it knows.
    let real: Vec<PackageId> = tables.packages.iter().step_by(100).map(|package| builder.package(package.clone())).collect();
    for (number, package) in packages.iter().enumerate() {
        let account = builder.account(Account {
            place: "debian",
            key: AccountKey::from_address(&format!("fake{number}@example.org")),
            kind: AccountKind::Person,
            handle: None,
            names: Default::default(),
            displayed: None,
            verification: None,
        });
        builder.rows.releases.push(Release { package: *package, suite, version: "1".into(), is_orphaned: false });
        builder.rows.maintainers.push(Maintainer { package: *package, suite, account, role: MaintainerRole::Maintainer });
        let others = (1..=20).map(|step| packages[(number + step * step) % FAKES]).chain([real[number % real.len()]]);
        for dependency in others {
            let kind = DependencyKind::Runtime;
            builder.rows.dependencies.push(Dependency { package: *package, suite, dependency, kind, is_sole: true });
        }
    }
}

#[test]
fn ten_thousand_fakes_gain_nothing_and_move_nobody() {
    let Some(folder) = indices() else {
        println!("skipped: no Debian indices in $TRUSTGRAPH_SHARED_DATA or ../shared/data");
        return;
    };
    let (job, builder) = read(folder.clone());
    let tables = builder.finish();
    let (identities, graph, honest) = score(&job, &tables);
    assert!(tables.packages.len() > 40_000 && identities.persons.len() > 3_000, "all of Debian");
    assert!(honest.propagation.gap() <= 1e-9 && honest.propagation.sweeps.len() < 80);

    let (_, mut builder) = read(folder);
    add_fakes(&mut builder, &tables);
    let attacked_tables = builder.finish();
    let (attacked_identities, attacked_graph, attacked) = score(&job, &attacked_tables);
    assert_eq!(attacked_tables.packages.len(), tables.packages.len() + FAKES);
    let earned = |scores: &Scores, node: trustgraph::ids::NodeId| scores.propagation.state.earned[node.row()];
    let mut fakes = 0;
    for (row, package) in attacked_tables.packages.iter().enumerate() {
        let after = earned(&attacked, attacked_graph.nodes.package(PackageId::from_row(row)));
        match tables.packages.binary_search_by(|known| known.purl.cmp(&package.purl)) {
            Ok(before) => {
                let before = earned(&honest, graph.nodes.package(PackageId::from_row(before)));
                assert!((after - before).abs() <= 1e-12, "{}: {before} became {after}", package.purl);
            }
            Err(_) => fakes += 1,
        }
    }
    assert_eq!(fakes, FAKES);
    for (row, person) in attacked_identities.persons.iter().enumerate() {
        let after = attacked.propagation.state.earned[row];
        match identities.persons.binary_search_by(|known| known.id.cmp(&person.id)) {
            Ok(before) => assert!((after - honest.propagation.state.earned[before]).abs() <= 1e-12),
            Err(_) => assert!(after <= 1e-12, "a fake person earned {after}"),
        }
    }
}
