//! Which stage runs and how long each took: a moving line on a terminal, plain lines elsewhere.

use std::io::{self, Write};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar};

/// What is drawn on the terminal; log lines step aside for it.
static DRAWN: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Stages that ran.
#[derive(Default)]
pub(super) struct Stages {
    /// Name and time, in order.
    pub(super) done: Vec<(&'static str, Duration)>,
}

impl Stages {
    /// Runs `stage`, which is called `name` everywhere.
    pub(super) fn run<T, E>(&mut self, name: &'static str, stage: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let bar = DRAWN.add(ProgressBar::new_spinner().with_message(name));
        bar.enable_steady_tick(Duration::from_millis(120));
        let start = Instant::now();
        let result = stage();
        bar.finish_and_clear();
        let took = start.elapsed();
        tracing::info!("{name}: {:.2} s", took.as_secs_f64());
        self.done.push((name, took));
        result
    }
}

/// Standard error for log lines, which never tear what is drawn there.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        DRAWN.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
