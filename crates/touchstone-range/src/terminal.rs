//! The one place that prints.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Takes over Ctrl-C, so that a run ends at its next step and takes its worlds away with it.
pub(crate) fn listen() {
    // Fails only if a handler is set already.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst));
}

/// Whether somebody pressed Ctrl-C.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Progress over worlds, on standard error where it is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(worlds: usize, quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(worlds as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} worlds  {elapsed}  {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    pub(crate) fn begin(&self, world: &str) {
        self.bar.set_message(world.to_owned());
        self.bar.tick();
    }

    pub(crate) fn done(&self) {
        self.bar.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Prints to standard output; a reader that went away is no failure.
pub(crate) fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Says on standard error what went wrong. Wrong use and bad input are all that can.
#[allow(clippy::print_stderr)] // the one place that reports failures
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("touchstone-range: {error:#}");
    ExitCode::from(2)
}
