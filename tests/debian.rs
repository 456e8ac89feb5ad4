//! The trust kernel on all of Debian. Skipped, with a line that says so, where the indices are absent.

use std::path::PathBuf;

use trustgraph::graph::TrustGraph;
use trustgraph::identity::{PseudonymKey, resolve};
use trustgraph::job::{Attacks, Job};
use trustgraph::pipeline;
use trustgraph::scores;
use trustgraph::sources::{self, FetchContext};
use trustgraph::tables::Tables;

/// Ten thousand fake accounts with a package each that use one another's, and a thousand that use real ones.
const ATTACKS: &str = r#"
[ring]
kind = "sybil_ring"
reason = "A crowd that knows itself only."
accounts = { values = [10000], reason = "Three times as many as all of Debian's maintainers." }
packages_per_account = { values = [1], reason = "One each." }
repositories_per_account = { values = [0], reason = "Debian's indices name no commits." }
uses_per_package = { values = [20], reason = "More than most packages need." }
earned_edges = { values = [0], reason = "Nobody else uses them." }

[slander]
kind = "slander"
reason = "A crowd that goes for everybody."
accounts = { values = [1000], reason = "A crowd." }
targets = { values = [400], reason = "Every hundredth package." }
"#;

fn indices() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUSTGRAPH_SHARED_DATA").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")));
    let folder = shared.join("debian");
    folder.join("trixie_Sources.xz").exists().then_some(folder)
}

/// Reads the three suites.
fn read(folder: PathBuf) -> (Job, Tables) {
    let job = Job::read(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/jobs/debian.toml"))).expect("the job is good");
    let context = FetchContext {
        cache: folder.clone(),
        is_offline: true,
        job_folder: job.folder.clone(),
        inputs: [("debian".to_owned(), folder)].into(),
        bases: Default::default(),
        cargo_home: None,
        network: Default::default(),
    };
    let raw = sources::fetch(&job, &context).expect("the indices are there");
    let tables = sources::read(&job, &raw, None).expect("the indices are good");
    (job, tables)
}

#[test]
fn ten_thousand_fakes_gain_nothing_and_move_nobody() {
    let Some(folder) = indices() else {
        println!("skipped: no Debian indices in $TRUSTGRAPH_SHARED_DATA or ../shared/data");
        return;
    };
    let (job, tables) = read(folder);
    let key = PseudonymKey::public();
    let identities = resolve(&tables, &job.parameters.identity, &job.decisions, &key);
    let graph = TrustGraph::build(&tables, &identities);
    let as_of = tables.suites.iter().map(|suite| suite.as_of).max().expect("suites");
    let honest = scores::compute(&graph, &tables, &job.parameters.scores, &[], as_of).expect("the brackets meet");
    assert!(tables.packages.len() > 40_000 && identities.persons.len() > 3_000, "all of Debian");
    assert!(honest.propagation.gap() <= 1e-9 && honest.propagation.sweeps.len() < 80);

    let attacks: Attacks = toml::from_str(ATTACKS).expect("attacks");
    let outcomes = pipeline::attack(&job, &attacks, &tables, as_of, &key).expect("outcomes");
    assert_eq!(outcomes.iter().map(|outcome| outcome.package_count).collect::<Vec<_>>(), [10_000, 1000]);
    for outcome in &outcomes {
        assert!(outcome.gains.person.is_some_and(|gain| gain <= 1e-12), "a fake person gained: {outcome:?}");
        assert!(outcome.honest_largest_rise <= 1e-12 && outcome.honest_largest_fall <= 1e-12, "{outcome:?}");
    }
    assert!(outcomes[0].gain <= 1e-12, "a fake package gained: {:?}", outcomes[0]);
}
