//! Handlers in Rust: the built-in ones, which answer without a call to the host, and the way to write others. All are
//! found by the same search as a user's.

pub(crate) mod program;
pub(crate) mod programs;
pub(crate) mod reader;
pub(crate) mod state;
pub(crate) mod writer;
