//! Progress on standard error, where it is a terminal; and Ctrl-C.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use touchstone_engine::store::Progress;

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Shows a bar a stage.
pub(crate) struct Bar {
    bar: ProgressBar,
    shown: bool,
    stage: Mutex<&'static str>,
}

impl Bar {
    /// A bar, hidden where `quiet` or where nobody looks. Also takes over Ctrl-C: the first asks the
    /// run to stop at the next batch, the second ends the process.
    pub(crate) fn new(quiet: bool) -> Self {
        // Fails only if a handler is set already, as in a second command of one process.
        let _ = ctrlc::set_handler(|| {
            if CANCELLED.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(crate::exit::INTERRUPTED));
            }
        });
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bar: ProgressBar::with_draw_target(None, target), shown, stage: Mutex::new("") }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn stage(&self, name: &'static str, total: Option<u64>) {
        if !self.shown {
            return;
        }
        if let Ok(mut stage) = self.stage.lock() {
            *stage = name;
        }
        let template = if total.is_some() {
            "{msg:16} {bar:32} {percent:>3} %  {elapsed}"
        } else {
            "{msg:16} {spinner} {human_pos}  {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.reset();
        if let Some(total) = total {
            self.bar.set_length(total.max(1));
        } else {
            self.bar.unset_length();
        }
        self.bar.set_message(name);
    }

    fn advance(&self, n: u64) {
        if self.shown {
            self.bar.inc(n);
        }
    }

    fn cancelled(&self) -> bool {
        CANCELLED.load(Ordering::Relaxed)
    }
}
