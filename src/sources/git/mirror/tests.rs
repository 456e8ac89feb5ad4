use super::*;

/// Settings that ask nobody.
pub(super) fn settings() -> MirrorSettings {
    MirrorSettings {
        parallel: 4,
        parallel_per_host: 2,
        max_seconds: 20,
        max_bytes: 100_000_000,
        max_objects: 1_000_000,
        tries: 1,
        pause_seconds: 0.0,
        fresh_hours: 0.0,
        use_git_program: false,
        allow_hosts: Vec::new(),
        allow_private_addresses: false,
        allow_http: false,
        from_links: false,
        max_links: None,
    }
}

#[test]
fn what_a_killed_fetch_left_is_removed() {
    let cache = tempfile::tempdir().expect("a folder");
    let place = place::Place::take(cache.path()).expect("nobody else is there");
    let url = crate::ids::RepositoryUrl::parse("https://example.org/a/b").expect("a URL");
    let folder = place.begin(&url).expect("an empty repository");
    let kept = ["objects/pack/pack-1.pack", "objects/pack/pack-1.idx", "refs/tags/v1/a", "HEAD"];
    let left = ["objects/pack/pack-2.pack", "objects/pack/tmp_pack_x", "objects/pack/.tmpx", "refs/tags/v1/b.lock", "HEAD.lock"];
    fs_err::create_dir_all(folder.join("refs/tags/v1")).expect("a folder");
    for name in kept.iter().chain(&left) {
        fs_err::write(folder.join(name), "x").expect("written");
    }
    place::mend(&folder).expect("mended");
    let is_there = |name: &&str| folder.join(name).exists();
    assert!(kept.iter().all(is_there) && !left.iter().any(is_there));
    place.finish(&folder, &url).expect("in its place");
    assert!(place.mirror(&url).join("HEAD").exists() && !folder.exists());
    assert!(place.mirror(&url).starts_with(cache.path().join("git/mirrors")), "no part of the URL is part of the path");
    drop(place);
    fs_err::create_dir_all(cache.path().join("git/new/half.git")).expect("a folder");
    let place = place::Place::take(cache.path()).expect("nobody else is there");
    assert!(!cache.path().join("git/new/half.git").exists() && place.mirror(&url).exists());
}

#[test]
fn hosts_are_not_asked_too_often_at_once() {
    let target = |number: usize, host: &str| Target {
        url: crate::ids::RepositoryUrl::local(&format!("r{number}")),
        origin: Ok(target::Origin::Server(url::Url::parse(&format!("https://{host}/r{number}")).expect("a URL"))),
    };
    let targets = vec![target(0, "a.test"), target(1, "a.test"), target(2, "a.test"), target(3, "b.test")];
    let queue = Queue::new(targets, &MirrorSettings { parallel_per_host: 2, ..settings() });
    let names: Vec<_> = (0..3).map(|_| queue.take().expect("one more")).collect();
    let paths: Vec<_> = names.iter().map(|target| target.url.as_str()).collect();
    assert_eq!(paths, ["file:///r0", "file:///r1", "file:///r3"], "the third of one host waits");
    queue.give_back(&names[0]);
    assert_eq!(queue.take().map(|target| target.url.to_string()).as_deref(), Some("file:///r2"));
    assert!(queue.take().is_none());
}
