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
