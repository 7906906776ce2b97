//! Unwinding: every frame of an abandoned continuation is closed exactly once, innermost first.
//!
//! The chain to close is linked back on top of the segment where the unwinding was started, above an
//! [`After`](Frame::After) frame that says how to go on; so cleanup that performs effects finds the handlers that
//! stand there, its own inner ones included. Frames are then closed one by one from the top. Whatever arrives at a
//! doomed frame, a value or an error, does not revive it: a value is dropped, an error replaces the completion.

use crate::continuation::{Continuation, ContinuationId};
use crate::error::Fault;
use crate::frame::{Completion, Frame};
use crate::outcome::Instruction;
use crate::region::Region;
use crate::scheduler::task::Ending;
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

use crate::id::{GeneratorSlot, ValueSlot};

/// How many frames the host is told of ahead of their closing.
const MOST_AHEAD: usize = 256;

impl Vm {
    /// Closes every frame of a continuation, then goes on with `completion` on the current segment.
    #[expect(clippy::needless_pass_by_value, reason = "the continuation is consumed: whoever gave it has it no more")]
    pub(crate) fn unwind(&mut self, k: Continuation, completion: Completion) -> Step {
        self.push(Frame::After(completion));
        if let Continuation::Captured { first, last, across, .. } = k {
            if let Some(task) = across {
                self.disinherit(first, last, task);
            }
            self.doom(first, last);
            self.attach(first, last);
        }
        Step::Then(Mode::Unwind)
    }

    /// Closes the frame on top, then goes on with `completion` in its place.
    pub(crate) fn unwind_top(&mut self, completion: Completion) -> Step {
        let frame = self.top().frames.len() - 1;
        self.unwind_from(self.running(), frame, completion)
    }

    /// Closes the frames of the segment from this one on, and whatever is on top of them, then goes on with `completion`
    /// in their place.
    pub(crate) fn unwind_from(&mut self, segment: SegmentId, frame: usize, completion: Completion) -> Step {
        let own = self.segment_mut(segment);
        let (scope, holds) = (own.scope, own.holds);
        let above = own.frames.split_off(frame);
        own.frames.push(Frame::After(completion));
        let id = self.insert_segment(scope, segment);
        let split = self.segment_mut(id);
        (split.frames, split.holds) = (above, holds);
        split.doom();
        let mut at = self.running();
        if at == segment {
            self.current = Some(id);
        }
        while at != segment {
            self.doom_segment(at);
            let parent = self.segment(at).parent.expect("the segment is on the chain (I1)");
            if parent == segment {
                self.segment_mut(at).parent = Some(id);
            }
            at = parent;
        }
        Step::Then(Mode::Unwind)
    }

    pub(crate) fn doom(&mut self, first: SegmentId, last: SegmentId) {
        let mut at = first;
        loop {
            self.doom_segment(at);
            if at == last {
                return;
            }
            at = self.segment(at).parent.expect("a detached chain is linked up to its last segment (I2)");
        }
    }

    /// Dooms the frames of a segment. A child in place unwinds as a part of its parent. A failure that an earlier unwinding
    /// has left here is dropped: this one reports its own.
    pub(crate) fn doom_segment(&mut self, id: SegmentId) {
        let segment = self.segment_mut(id);
        segment.doom();
        let failure = segment.failure.take();
        if let Some(Region::Child(_)) = segment.region {
            segment.region = None;
            self.in_place -= 1;
        }
        if let Some(error) = failure {
            self.host.drop_value(error);
        }
    }

    /// The clause that owned `k` ended: closes `k` if it was not consumed, then goes on with `mode`.
    pub(crate) fn abandon(&mut self, k: ContinuationId, mode: Mode) -> Step {
        let Some(k) = self.continuations.remove(k) else {
            return if mode == Mode::Unwind { Step::Then(mode) } else { self.leave_at_border(mode) };
        };
        let leaves = self.is_at_border();
        let completion = match mode {
            // A doomed frame below will drop the value anyway, so it need not be kept.
            Mode::Deliver if self.top().is_doomed() => Completion::Deliver(ValueSlot::UNDEFINED),
            Mode::Deliver | Mode::Throw if leaves => {
                Completion::Leave { value: self.keep_register(), throws: mode == Mode::Throw }
            }
            Mode::Deliver => Completion::Deliver(self.keep_register()),
            Mode::Throw => Completion::Throw(self.keep_register()),
            Mode::Unwind => Completion::Deliver(ValueSlot::UNDEFINED),
        };
        self.unwind(k, completion)
    }

    /// One step of unwinding: closes the top doomed frame, ends the doomed segment, or completes.
    pub(crate) fn unwind_step(&mut self) -> Step {
        if !self.top().is_doomed() {
            return self.unwound();
        }
        let Some(&frame) = self.top().frames.last() else {
            if self.top().parent.is_none() {
                // The run itself was aborted; nobody is left to receive an error.
                let failure = self.top_mut().failure.take();
                self.host.drop_value(failure.unwrap_or(ValueSlot::UNDEFINED));
                return self.finish(Instruction::Done);
            }
            if let Some(number) = self.scheduler_at(self.running()) {
                return self.end_scheduler(number, Ending::Unwind);
            }
            if let Some(step) = self.leave_region(Mode::Unwind) {
                return step;
            }
            return match self.pop_segment().failure {
                Some(error) => self.fail_with(error),
                None => Step::Then(Mode::Unwind),
            };
        };
        self.top_mut().doomed -= 1;
        match frame {
            Frame::Program(slot) | Frame::RawClause { slot, .. } => self.ask(Instruction::Close(slot)),
            Frame::Clause { slot, .. } => {
                self.top_mut().closes_clause = true;
                self.ask(Instruction::Close(slot))
            }
            Frame::Native { .. }
            | Frame::Task(_)
            | Frame::Catch
            | Frame::Leaving
            | Frame::Ended(_)
            | Frame::After(_)
            | Frame::Failed(_) => {
                self.top_mut().frames.pop();
                self.discard(frame)
            }
        }
    }

    /// The program frames that will be closed next if the one being closed ends without ado, innermost first: the host
    /// may close them in one go and say so by [`Command::Closed`](crate::Command::Closed). At most 256.
    pub fn doomed_ahead(&self) -> impl Iterator<Item = GeneratorSlot> {
        let doomed = self.current.map_or(&[][..], |id| {
            let segment = self.segment(id);
            // What a clause owns is closed before the frames below it.
            let alone = !matches!(segment.frames.last(), Some(Frame::Program(_)));
            &segment.frames[..if alone { 0 } else { segment.doomed as usize }]
        });
        doomed.iter().rev().take(MOST_AHEAD).map_while(|frame| match frame {
            Frame::Program(slot) => Some(*slot),
            _ => None,
        })
    }

    /// The frame being closed and `count - 1` doomed ones below it were closed and had nothing to say.
    pub(crate) fn pop_closed(&mut self, count: u32) -> Step {
        let ahead = count.saturating_sub(1) as usize;
        if count == 0 || !self.top().closing || self.doomed_ahead().take(ahead).count() < ahead {
            return self.ask(Instruction::Fault(Fault::OutOfOrder));
        }
        for _ in 0..ahead {
            // The order among them does not matter any more: all are gone before the next thing happens.
            let segment = self.top_mut();
            let at = segment.doomed as usize - 1;
            segment.doomed -= 1;
            if let Frame::Program(slot) = segment.frames.remove(at) {
                self.host.free_generator(slot);
            }
        }
        self.pop_frame(Mode::Deliver)
    }

    /// Everything above the current segment is closed. Whoever started that left its completion. Cleanup that resumed what
    /// was being closed is closed with it; anybody else who did gets no value. An error of the cleanup comes first.
    fn unwound(&mut self) -> Step {
        match self.top().frames.last() {
            Some(&Frame::Failed(error)) => {
                self.top_mut().frames.pop();
                self.fill_register(error);
                Step::Then(Mode::Throw)
            }
            Some(&Frame::After(completion)) => {
                self.top_mut().frames.pop();
                self.complete(completion)
            }
            _ if self.is_cleanup() => {
                self.close_waiting();
                Step::Then(Mode::Unwind)
            }
            _ => {
                self.fill_register(ValueSlot::UNDEFINED);
                Step::Then(Mode::Deliver)
            }
        }
    }

    /// Whether what runs now does so for the sake of an unwinding. O(segments to where that was started).
    fn is_cleanup(&self) -> bool {
        let mut at = self.current;
        while let Some(id) = at {
            let segment = self.segment(id);
            if segment.closing || segment.frames.iter().any(Frame::ends_unwinding) {
                return true;
            }
            // What becomes a task is no part of its parent's cleanup.
            at = if let Some(Region::Child(scope)) = segment.region {
                self.below_child(self.cancel_scopes.name_at(scope))
            } else {
                segment.parent
            };
        }
        false
    }

    /// Dooms the frames of the current segment that wait for what is closed now: those above its doomed ones, or above
    /// the completion of the unwinding that they run for. That completion is carried out, unless it is doomed itself.
    fn close_waiting(&mut self) {
        let segment = self.top_mut();
        let completion = segment.frames.iter().rposition(Frame::ends_unwinding);
        match completion {
            Some(at) if at >= segment.doomed as usize => {
                let scope = segment.scope;
                let waiting = segment.frames.split_off(at + 1);
                let id = self.push_segment(scope, None);
                self.segment_mut(id).frames = waiting;
                self.segment_mut(id).doom();
            }
            _ => {
                let id = self.running();
                self.doom_segment(id);
            }
        }
    }

    /// The unwinding that this completion was for has failed with the register. Who was to leave a task leaves it with the
    /// error; whose clause was closed for a cancellation unwinds all the same, and then fails.
    pub(crate) fn fail_completion(&mut self, completion: Completion) -> Step {
        match completion {
            Completion::Leave { value, .. } => {
                self.host.drop_value(value);
                self.leave_task(Mode::Throw)
            }
            Completion::PutBack { k } => self.put_back(k, true),
            completion => self.give_up(completion, Mode::Throw),
        }
    }

    /// A completion that will not be carried out.
    pub(crate) fn give_up(&mut self, completion: Completion, mode: Mode) -> Step {
        self.host.drop_value(completion.kept());
        if let Completion::Final { handler, .. } = completion {
            self.disown_handler(handler);
        }
        if let Completion::PutBack { k } = completion {
            self.forget_put_back(k);
        }
        match completion.continuation() {
            Some(k) => self.abandon(k, mode),
            None => Step::Then(mode),
        }
    }

    /// Gives up what a popped frame without a generator owned.
    fn discard(&mut self, frame: Frame) -> Step {
        match frame {
            Frame::Program(_) | Frame::Clause { .. } | Frame::RawClause { .. } => {
                unreachable!("a generator is closed by the host")
            }
            Frame::Catch | Frame::Leaving => Step::Then(Mode::Unwind),
            Frame::Task(task) => self.close_task(task),
            Frame::Native { program, k } => {
                self.close_native(program);
                self.abandon(k, Mode::Unwind)
            }
            Frame::Ended(handler) => {
                self.disown_handler(handler);
                Step::Then(Mode::Unwind)
            }
            Frame::After(completion) => self.give_up(completion, Mode::Unwind),
            Frame::Failed(error) => self.drop_kept(error),
        }
    }

    fn drop_kept(&mut self, value: ValueSlot) -> Step {
        self.host.drop_value(value);
        Step::Then(Mode::Unwind)
    }

    fn complete(&mut self, completion: Completion) -> Step {
        match completion {
            Completion::Deliver(value) => {
                self.fill_register(value);
                Step::Then(Mode::Deliver)
            }
            Completion::Throw(error) => {
                self.fill_register(error);
                Step::Then(Mode::Throw)
            }
            Completion::Final { handler, clause, effect } => {
                self.fill_register(effect);
                self.disown_handler(handler);
                let slot = self.push_program();
                self.ask(Instruction::Final { handler, clause, slot })
            }
            Completion::Resume { k, value } => {
                self.fill_register(value);
                self.resume_at_last(k, false)
            }
            Completion::ResumeThrow { k, error } => {
                self.fill_register(error);
                self.resume_at_last(k, true)
            }
            Completion::Forward { k, effect } => {
                self.fill_register(effect);
                self.ask(Instruction::Forward { k })
            }
            Completion::Cancelled => self.end_cancelled(),
            Completion::Expired(handle) => {
                self.host.drop_value(handle);
                self.ask(Instruction::Expired { handle })
            }
            Completion::Leave { value, throws } => {
                self.fill_register(value);
                self.leave_task(if throws { Mode::Throw } else { Mode::Deliver })
            }
            Completion::PutBack { k } => self.put_back(k, false),
        }
    }

    /// The register, an error, reached a doomed frame: the unwinding under way has failed with it.
    pub(crate) fn fail_unwinding(&mut self) -> Step {
        let error = self.keep_register();
        self.fail_with(error)
    }

    /// The unwinding under way fails with the kept error, in place of an earlier one. It is kept where it has arrived, and
    /// goes outward with the unwinding: whoever gives up what it has arrived in does not hear of it.
    fn fail_with(&mut self, error: ValueSlot) -> Step {
        let segment = self.top_mut();
        let earlier = if segment.is_doomed() {
            segment.failure.replace(error)
        } else if let Some(Frame::Failed(earlier)) = segment.frames.last_mut() {
            Some(std::mem::replace(earlier, error))
        } else {
            segment.frames.push(Frame::Failed(error));
            None
        };
        self.drop_kept(earlier.unwrap_or(ValueSlot::UNDEFINED))
    }
}
