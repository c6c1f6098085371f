//! Arguments to command to exit status; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    vitrine::cli::run()
}
