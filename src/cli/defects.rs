//! Panics: told in one line, never as a wall of text. Those that a reader of hostile files caught are no end of the run.

use std::panic::{self, PanicHookInfo};

/// What is said when a panic ended the command.
pub(super) const ADVICE: &str = "this is a defect of trustgraph; please report the line before this one with the job";

/// Logs panics from now on as errors, with their place in the code.
pub(super) fn log_them() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("unforeseen at {place}: {}", message(info));
    }));
}

fn message<'p>(info: &'p PanicHookInfo) -> &'p str {
    info.payload_as_str().unwrap_or("no message")
}
