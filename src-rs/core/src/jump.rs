//! Jumps: what a clause does with control instead of going on by itself. It resumes a continuation, declines an effect,
//! gives a body up, or ends the run.
//!
//! A continuation is used by being taken, so each jump asks first whether there is one. What the jump leaves behind is
//! closed before the jump is completed (`unwind.rs`); meanwhile a [`Completion`] keeps where it leads.

use crate::command::Position;
use crate::continuation::{Continuation, ContinuationId};
use crate::error::Fault;
use crate::frame::{Completion, Frame};
use crate::id::ValueSlot;
use crate::outcome::Instruction;
use crate::turn::Step;
use crate::vm::Vm;

impl Vm {
    /// The error of a `fun` clause goes to where its handler was installed, once the body is unwound.
    pub(crate) fn throw_outside(&mut self, k: Continuation) -> Step {
        let error = self.keep_register();
        self.unwind(k, Completion::Throw(error))
    }

    /// The program a `fun` clause returned runs outside the prompt; its result is the answer.
    pub(crate) fn call_outside(&mut self) -> Step {
        let captured = self.capture_pending();
        let k = self.continuations.insert(captured);
        self.push(Frame::Answer(k));
        let slot = self.push_program();
        self.ask(Instruction::Begin(slot))
    }

    pub(crate) fn resume_from(&mut self, k: ContinuationId, throws: bool, position: Position) -> Step {
        if let Err(fault) = self.resumable(k) {
            return self.ask(Instruction::Fault(fault));
        }
        match position {
            Position::NonTail => self.resume(k, throws),
            Position::Tail => match self.top_mut().frames.pop() {
                Some(Frame::Program(slot) | Frame::RawClause { slot, .. }) => {
                    self.host.free_generator(slot);
                    self.resume(k, throws)
                }
                Some(Frame::Clause { slot, k: own }) => {
                    self.host.free_generator(slot);
                    self.resume_instead(own, k, throws)
                }
                other => unreachable!("only a generator's frame resumes (I3), not {other:?}"),
            },
            Position::Closing => {
                let value = self.keep_register();
                let k = self.move_out(k);
                self.unwind_top(1, Completion::resuming(k, value, throws))
            }
        }
    }

    /// A clause that owns `own` ended by resuming `k`: if that is another one, `own` is closed first.
    fn resume_instead(&mut self, own: ContinuationId, k: ContinuationId, throws: bool) -> Step {
        if own == k {
            return self.resume(k, throws);
        }
        let Some(own) = self.continuations.remove(own) else {
            return self.resume(k, throws);
        };
        let value = self.keep_register();
        // Under a new name, so that no cleanup can use it, and no clause that is closed takes it along.
        let k = self.move_out(k);
        self.unwind(own, Completion::resuming(k, value, throws))
    }

    /// Whether `k` can be resumed now.
    fn resumable(&self, k: ContinuationId) -> Result<(), Fault> {
        match self.continuations.get(k) {
            Some(Continuation::Captured { .. }) => Ok(()),
            Some(Continuation::Unstarted) => Err(Fault::UnstartedContinuation),
            None => Err(Fault::OneShotViolation),
        }
    }

    /// Gives a continuation a new name, so that the clause that owned it by the old one no longer does.
    fn move_out(&mut self, k: ContinuationId) -> ContinuationId {
        match self.continuations.remove(k) {
            Some(continuation) => self.continuations.insert(continuation),
            None => k,
        }
    }

    /// The clause under way declines: its frame, and those above it, are closed; `k` and the effect go outward.
    pub(crate) fn delegate(&mut self, position: Position) -> Step {
        let Some((depth, k)) = self.clause_under_way() else {
            return self.ask(Instruction::Fault(Fault::NoHandlerContext));
        };
        if let Err(fault) = self.resumable(k) {
            return self.ask(Instruction::Fault(fault));
        }
        let k = self.move_out(k);
        let mut to_close = depth;
        if position == Position::Tail {
            let ended = self.top_mut().frames.pop();
            if let Some(slot) = ended.and_then(Frame::generator) {
                self.host.free_generator(slot);
            }
            to_close -= 1;
        }
        if to_close == 0 {
            return self.ask(Instruction::Forward { k });
        }
        let effect = self.keep_register();
        self.unwind_top(to_close, Completion::Forward { k, effect })
    }

    /// The innermost clause frame of the current segment: how many frames from the top, and its continuation.
    pub(crate) fn clause_under_way(&self) -> Option<(usize, ContinuationId)> {
        self.top().frames.iter().rev().zip(1..).find_map(|(frame, depth)| Some((depth, frame.callsite()?)))
    }

    pub(crate) fn discontinue(&mut self, k: ContinuationId) -> Step {
        match self.continuations.remove(k) {
            Some(k) => self.unwind(k, Completion::Deliver(ValueSlot::UNDEFINED)),
            None => self.ask(Instruction::Fault(Fault::OneShotViolation)),
        }
    }

    /// Ends the run: the whole chain becomes a continuation to unwind under a fresh root.
    pub(crate) fn abort(&mut self) -> Step {
        let first = self.running();
        let mut last = first;
        while let Some(parent) = self.segment(last).parent {
            last = parent;
        }
        self.current = None;
        self.push_segment(self.scopes.root(), None);
        self.base = self.current;
        self.unwind(Continuation::Captured { first, last }, Completion::Deliver(ValueSlot::UNDEFINED))
    }
}
