//! The range, from the command line; see the library.

fn main() -> std::process::ExitCode {
    touchstone_range::main()
}
