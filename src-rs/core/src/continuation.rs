//! Continuations: detached pieces of chain, consumed by taking.
//!
//! A continuation is move-only. The arena of the VM owns it under a generational name; resuming, discontinuing or
//! delegating *takes* it, so a second use finds nothing. There is no copy and no table of used ones.

use crate::id::{Id, Place};
use crate::scheduler::task::Task;
use crate::segment::SegmentId;

/// The name of a continuation.
pub type ContinuationId = Id<Continuation>;

/// A piece of chain that nothing runs.
#[derive(Debug)]
pub enum Continuation {
    /// Captured by performing an effect: from the segment that performed (`first`) up to and including the prompt
    /// boundary of the handler that took it (`last`).
    #[expect(private_interfaces, reason = "segments never leave the heart")]
    Captured {
        /// The segment that performed.
        first: SegmentId,
        /// The prompt boundary; its parent link is cut.
        last: SegmentId,
        /// A clause owns it.
        owned: bool,
        /// The task that has inherited the handler; it lives as long as this.
        across: Option<Place<Task>>,
    },
    /// Made from a program and handlers, which the host keeps until it is started.
    Unstarted,
}
