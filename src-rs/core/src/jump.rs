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
use crate::region::Region;
use crate::scheduler::task::Ending;
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

impl Vm {
    /// The program a `fun` clause returned runs on top of the performer, in the scope outside of the prompt; its result is
    /// the answer, its error is thrown at the performer. O(1).
    pub(crate) fn answer_in_place(&mut self) -> Step {
        let found = self.pending.take().expect("a fun clause is under way (checked by turn)");
        self.push_in_place(found.at);
        let slot = self.push_program();
        self.ask(Instruction::Begin(slot))
    }

    /// One look at the continuation is enough for the common cases: a clause resumes its own as the last thing it does, or
    /// waits for the rest of a program in its own task.
    #[inline]
    pub(crate) fn resume_from(&mut self, k: ContinuationId, throws: bool, position: Position) -> Step {
        let Some(&Continuation::Captured { first, last, owned, across }) = self.continuations.get(k) else {
            return self.resume_elsewhere(k, throws, position);
        };
        match position {
            Position::NonTail if across.is_none() => self.forget_continuation(k, owned),
            Position::Tail if owned && self.pop_clause_of(k) => self.continuations.free(k),
            _ => return self.resume_elsewhere(k, throws, position),
        }
        self.resume_chain(first, last, throws)
    }

    /// Pops the frame on top if it is the clause of `k`.
    #[inline]
    fn pop_clause_of(&mut self, k: ContinuationId) -> bool {
        let frames = &mut self.top_mut().frames;
        let Some(&Frame::Clause { slot, k: own }) = frames.last() else { return false };
        if own == k {
            frames.pop();
            self.host.free_generator(slot);
        }
        own == k
    }

    #[cold]
    fn resume_elsewhere(&mut self, k: ContinuationId, throws: bool, position: Position) -> Step {
        match self.continuations.get(k) {
            Some(Continuation::Captured { across: None, .. }) => {}
            Some(Continuation::Captured { .. }) if position != Position::NonTail && self.is_of_top(k) => {}
            // Its result would be given to who resumes it. Its own clause is gone by then.
            Some(Continuation::Captured { .. }) => return self.ask(Instruction::Fault(Fault::EscapedTask)),
            Some(Continuation::Unstarted) => return self.ask(Instruction::Fault(Fault::UnstartedContinuation)),
            None => return self.ask(Instruction::Fault(Fault::OneShotViolation)),
        }
        match position {
            Position::NonTail => self.resume(k, throws),
            Position::Tail => match self.top_mut().frames.pop() {
                Some(Frame::Program(slot) | Frame::RawClause { slot, .. }) => {
                    self.host.free_generator(slot);
                    self.resume_at_last(k, throws)
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
                self.unwind_top(Completion::resuming(k, value, throws))
            }
        }
    }

    /// A clause that owns `own` ended by resuming `k`: if that is another one, `own` is closed first.
    fn resume_instead(&mut self, own: ContinuationId, k: ContinuationId, throws: bool) -> Step {
        let Some(own) = self.continuations.remove(own) else {
            return self.resume_at_last(k, throws);
        };
        let value = self.keep_register();
        // Under a new name, so that no cleanup can use it, and no clause that is closed takes it along.
        let k = self.move_out(k);
        self.unwind(own, Completion::resuming(k, value, throws))
    }

    /// The frame that resumes `k` is gone. If it was a clause of a handler that the task has inherited, and `k` is not its
    /// own, the result is the clause's all the same.
    pub(crate) fn resume_at_last(&mut self, k: ContinuationId, throws: bool) -> Step {
        if self.is_at_border() && !self.ends_at_border(k) {
            self.push(Frame::Leaving);
        }
        self.resume(k, throws)
    }

    /// Whether `k` is of the clause on top.
    fn is_of_top(&self, k: ContinuationId) -> bool {
        self.top().frames.last().and_then(|frame| frame.callsite()) == Some(k)
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
    pub(crate) fn move_out(&mut self, k: ContinuationId) -> ContinuationId {
        match self.take_out(k) {
            Some(Continuation::Captured { first, last, across, .. }) => {
                self.continuations.insert(Continuation::Captured { first, last, owned: false, across })
            }
            Some(Continuation::Unstarted) => self.continuations.insert(Continuation::Unstarted),
            None => k,
        }
    }

    /// The clause under way declines: its frame, and those above it, are closed; `k` and the effect go outward.
    pub(crate) fn delegate(&mut self, position: Position) -> Step {
        let Some((segment, frame, k)) = self.clause_under_way() else {
            return self.ask(Instruction::Fault(Fault::NoHandlerContext));
        };
        if let Err(fault) = self.resumable(k) {
            return self.ask(Instruction::Fault(fault));
        }
        let k = self.move_out(k);
        if position == Position::Tail {
            let ended = self.top_mut().frames.pop();
            if let Some(slot) = ended.and_then(Frame::generator) {
                self.host.free_generator(slot);
            }
        }
        if self.current == Some(segment) && self.top().frames.len() == frame {
            return self.ask(Instruction::Forward { k });
        }
        let effect = self.keep_register();
        self.unwind_from(segment, frame, Completion::Forward { k, effect })
    }

    /// The innermost clause that runs here, or around the regions here: its segment, its place there, and its
    /// continuation.
    pub(crate) fn clause_under_way(&self) -> Option<(SegmentId, usize, ContinuationId)> {
        let mut id = self.running();
        loop {
            let segment = self.segment(id);
            let mut frames = segment.frames.iter().enumerate().rev();
            if let Some((place, k)) = frames.find_map(|(place, frame)| Some((place, frame.callsite()?))) {
                return Some((id, place, k));
            }
            match segment.region? {
                Region::Cancel(_) | Region::Shield(_) | Region::Restore(_) => id = segment.parent?,
                Region::Child(_) | Region::InPlace => return None,
            }
        }
    }

    pub(crate) fn discontinue(&mut self, k: ContinuationId) -> Step {
        match self.take_out(k) {
            Some(k) => self.unwind(k, Completion::Deliver(ValueSlot::UNDEFINED)),
            None => self.ask(Instruction::Fault(Fault::OneShotViolation)),
        }
    }

    /// The run is told to end: what is not shielded unwinds. The tasks of the outermost scheduler are cancelled, and once
    /// they have ended, what is around it unwinds.
    pub(crate) fn abort(&mut self, waits: bool) -> Step {
        self.cancelled += u32::from(!std::mem::replace(&mut self.aborting, true));
        self.asks_always = true;
        self.end_outermost_scheduler();
        if let Some(number) = self.scheduler_at(self.running()) {
            // Nobody runs: whoever was woken goes on.
            return self.next(number);
        }
        let step = if waits { self.unwind_if_told(None) } else { None };
        step.unwrap_or_else(|| self.ask(Instruction::Ready))
    }

    /// Ends the scheduler that no other one is around, unless what is around it is shielded: then the end of that shield
    /// does.
    pub(crate) fn end_outermost_scheduler(&mut self) {
        let chain = std::iter::successors(self.current, |&id| self.segment(id).parent);
        let schedulers = chain.filter_map(|id| Some((id, self.scheduler_at(id)?)));
        let Some((boundary, number)) = schedulers.last() else { return };
        if !self.reaches_root(boundary) || self.scheduler(number).ending == Some(Ending::Unwind) {
            return;
        }
        let (first, last) = (boundary, self.root_of(boundary));
        self.doom(first, last);
        let root = self.new_root(Completion::Deliver(ValueSlot::UNDEFINED));
        self.segment_mut(last).parent = Some(root);
        self.give_up_scheduler(number);
    }

    /// What runs is in no scheduler and in no shield: the whole chain unwinds under a fresh root.
    pub(crate) fn unwind_run(&mut self) -> Step {
        let first = self.running();
        let last = self.root_of(first);
        self.doom(first, last);
        let root = self.new_root(Completion::Deliver(ValueSlot::UNDEFINED));
        self.segment_mut(last).parent = Some(root);
        Step::Then(Mode::Unwind)
    }

    pub(crate) fn root_of(&self, from: SegmentId) -> SegmentId {
        std::iter::successors(Some(from), |&id| self.segment(id).parent).last().expect("the chain has an end (I1)")
    }

    /// A root segment below all others.
    fn new_root(&mut self, completion: Completion) -> SegmentId {
        let current = self.current.take();
        let root = self.push_segment(self.scopes.root(), None);
        self.push(Frame::After(completion));
        self.base = self.current;
        self.current = current;
        root
    }
}
