//! What a command prints. Whoever reads it may have gone (`| head -1`): what was done stays done, and the exit code says
//! so.

use std::fmt::Arguments;
use std::io::Write;

/// Prints a line for whoever reads the answer.
macro_rules! say {
    ($($words:tt)*) => { $crate::cli::say::out(format_args!($($words)*)) };
}

/// Prints a line beside the answer.
macro_rules! aside {
    ($($words:tt)*) => { $crate::cli::say::beside(format_args!($($words)*)) };
}

pub(super) use {aside, say};

/// To standard output; a closed pipe is nobody who reads.
pub fn out(words: Arguments<'_>) {
    let _ = writeln!(std::io::stdout().lock(), "{words}");
}

/// To standard error.
pub fn beside(words: Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}
