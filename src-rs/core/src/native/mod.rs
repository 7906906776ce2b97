//! The built-in handlers. They are found by the same search as everybody else's and answer without a call to the host.

pub(crate) mod reader;
pub(crate) mod state;
pub(crate) mod writer;
