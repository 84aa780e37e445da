//! The program: see `cli` for what can be typed, `ARCHITECTURE.md` for how it is built.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    commonground::cli::run().await
}
