//! Frames: the suspended activities on a segment, innermost last.
//!
//! A frame is a plain value of 16 bytes. Those that own something (a continuation, a parked value, a store) give it
//! up when they are popped; `Vm::pop_*` and `unwind.rs` are the only places that do so.

use crate::continuation::ContinuationId;
use crate::id::{GeneratorSlot, HandlerId, ValueSlot};
use crate::native::program::NativeNumber;
use crate::scheduler::task::TaskId;

/// One suspended activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A program; the host holds its generator.
    Program(GeneratorSlot),
    /// The body of a `ctl` or catch-all clause. Owns `k`: whatever ends the clause closes it.
    Clause { slot: GeneratorSlot, k: ContinuationId },
    /// The body of a `raw` clause, whose `k` may outlive it.
    RawClause { slot: GeneratorSlot, k: ContinuationId },
    /// A program of a native handler. Owns `k`.
    Native { program: NativeNumber, k: ContinuationId },
    /// The lowest frame of a task: where its result arrives.
    Task(TaskId),
    /// A clause of a handler that the task has inherited has gone on as another continuation: what arrives leaves the task.
    Leaving,
    /// The frame of `Try`: turns how its program ends into a value.
    Catch,
    /// Waits while the host reads the store of this ended built-in handler; owns the handler.
    Ended(HandlerId),
    /// What happens once the continuation above has unwound.
    After(Completion),
    /// The unwinding above has failed: the kept error is thrown once it is over, in place of any completion below.
    Failed(ValueSlot),
}

/// How a computation goes on after an unwinding; an error thrown by a cleanup replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completion {
    /// Deliver the value kept in the slot to the frame below.
    Deliver(ValueSlot),
    /// Throw the error kept in the slot into the frame below.
    Throw(ValueSlot),
    /// Run the `final` clause on the effect kept in the slot. Owns the handler.
    Final { handler: HandlerId, clause: u32, effect: ValueSlot },
    /// Resume `k` in tail position with the kept value.
    Resume { k: ContinuationId, value: ValueSlot },
    /// Throw the kept error into `k` in tail position.
    ResumeThrow { k: ContinuationId, error: ValueSlot },
    /// Hand `k` and the kept effect on to the next outer handler.
    Forward { k: ContinuationId, effect: ValueSlot },
    /// End the cancelled task whose frame is below.
    Cancelled,
    /// A cancel scope has unwound: the host's object kept in the slot says how to go on.
    Expired(ValueSlot),
    /// A clause of an inherited handler has left with the kept value or error.
    Leave { value: ValueSlot, throws: bool },
    /// The clause that owned `k` is closed, because what it answers was cancelled: `k` is put back, and unwinds.
    PutBack { k: ContinuationId },
}

impl Frame {
    /// The place of the generator that this frame is.
    pub(crate) fn generator(self) -> Option<GeneratorSlot> {
        match self {
            Self::Program(slot) | Self::Clause { slot, .. } | Self::RawClause { slot, .. } => Some(slot),
            Self::Native { .. }
            | Self::Task(_)
            | Self::Catch
            | Self::Leaving
            | Self::Ended(_)
            | Self::After(_)
            | Self::Failed(_) => None,
        }
    }

    /// Whether an unwinding above ends here.
    pub(crate) fn ends_unwinding(&self) -> bool {
        matches!(self, Self::After(_) | Self::Failed(_))
    }

    /// Whether the host ends this frame, by value or error.
    pub(crate) fn ends_by_itself(self) -> bool {
        self.generator().is_some() || matches!(self, Self::Ended(_))
    }

    /// The continuation of the clause that this frame is.
    pub(crate) fn callsite(self) -> Option<ContinuationId> {
        match self {
            Self::Clause { k, .. } | Self::RawClause { k, .. } => Some(k),
            _ => None,
        }
    }
}

impl Completion {
    /// Resumes `k` with the kept value, or throws it there.
    pub(crate) fn resuming(k: ContinuationId, value: ValueSlot, throws: bool) -> Self {
        if throws { Self::ResumeThrow { k, error: value } } else { Self::Resume { k, value } }
    }

    /// The continuation that only this completion will use.
    pub(crate) fn continuation(self) -> Option<ContinuationId> {
        match self {
            Self::Resume { k, .. } | Self::ResumeThrow { k, .. } | Self::Forward { k, .. } | Self::PutBack { k } => {
                Some(k)
            }
            Self::Deliver(_)
            | Self::Throw(_)
            | Self::Final { .. }
            | Self::Cancelled
            | Self::Expired(_)
            | Self::Leave { .. } => None,
        }
    }

    /// The slot of the value that this completion keeps.
    pub(crate) fn kept(self) -> ValueSlot {
        match self {
            Self::Deliver(value)
            | Self::Throw(value)
            | Self::Final { effect: value, .. }
            | Self::Resume { value, .. }
            | Self::ResumeThrow { error: value, .. }
            | Self::Forward { effect: value, .. }
            | Self::Expired(value)
            | Self::Leave { value, .. } => value,
            Self::Cancelled | Self::PutBack { .. } => ValueSlot::UNDEFINED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn a_frame_is_sixteen_bytes() {
        assert_eq!(size_of::<Frame>(), 16);
    }
}
