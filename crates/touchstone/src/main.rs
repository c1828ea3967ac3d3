//! Which likes are real? The command line of Touchstone.

mod adapt;
mod command;
mod configuration;
mod exit;
mod job;
mod progress;
mod resist;
mod terminal;

fn main() -> std::process::ExitCode {
    exit::code(command::run(std::env::args_os()))
}
