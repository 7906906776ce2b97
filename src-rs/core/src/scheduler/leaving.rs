//! Leaving early across tasks: a clause of a handler that a task has inherited ends without resuming the performer.
//!
//! The place where its result belongs is on another chain. Out of a child of a form one leaves through the form: it is
//! ended, and then its parent leaves in the child's stead. A task of its own has no such place: it fails.
//!
//! Which handler is meant is said by its depth: how many handlers are between it and the scheduler, which is the same on
//! the chain of the child and on that of its parent.

use crate::continuation::{Continuation, ContinuationId};
use crate::frame::{Completion, Frame};
use crate::id::{Id, Place, ScopeId, ValueSlot};
use crate::outcome::Instruction;
use crate::region::CancelScopeId;
use crate::scheduler::task::{SchedulerNumber, Task, TaskId};
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// What the parent does once its form has ended. Owns the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// The `final` clause of the handler of this depth takes the kept effect, as if it was performed where the form is.
    Final { effect: ValueSlot, clause: u32, depth: u32 },
    /// The kept value is the result at the handler of this depth.
    Deliver { value: ValueSlot, depth: u32 },
    /// The kept error is thrown there.
    Throw { error: ValueSlot, depth: u32 },
}

impl Leave {
    pub(crate) fn kept(self) -> ValueSlot {
        match self {
            Self::Final { effect: value, .. } | Self::Deliver { value, .. } | Self::Throw { error: value, .. } => value,
        }
    }
}

impl Vm {
    /// The task that has inherited the handler whose boundary is in the scope `at`, and the segment of that boundary, or the
    /// one above the gap that it is in; `None` when the boundary is on the current chain by itself. O(segments and inherited
    /// handlers).
    fn inheritor(&self, at: ScopeId) -> Option<(TaskId, SegmentId)> {
        let mut next = self.current;
        while let Some(id) = next {
            let segment = self.segment(id);
            if segment.handler.is_some() && segment.scope == at {
                return if segment.inherited { Some((self.task_around(id), id)) } else { None };
            }
            if self.is_in_gap(id, at) {
                return Some((self.task_around(id), id));
            }
            next = segment.parent;
        }
        None
    }

    /// Whether the boundary in the scope `at` is one of those that were never put in, right below the segment.
    pub(crate) fn is_in_gap(&self, id: SegmentId, at: ScopeId) -> bool {
        let segment = self.segment(id);
        if !segment.gap {
            return false;
        }
        let below = segment.parent.expect("a gap is above a task's lowest segment (I5)");
        let base = self.segment(below).scope;
        let scopes = std::iter::successors(Some(segment.scope), |&scope| self.scopes.parent(scope));
        scopes.take_while(|&scope| scope != base).any(|scope| scope == at)
    }

    /// The task that the segment is a part of.
    fn task_around(&self, at: SegmentId) -> TaskId {
        self.task_at_or_below(at).expect("an inherited boundary is above a task's lowest segment (I5)")
    }

    /// The task that has inherited this boundary.
    #[cold]
    pub(crate) fn inheritor_of(&self, boundary: SegmentId) -> Place<Task> {
        self.task_around(boundary).place()
    }

    fn task_at_or_below(&self, at: SegmentId) -> Option<TaskId> {
        let mut chain = std::iter::successors(Some(at), |&id| self.segment(id).parent);
        chain.find_map(|id| self.task_of_lowest(id))
    }

    /// The task whose lowest segment it is.
    fn task_of_lowest(&self, id: SegmentId) -> Option<TaskId> {
        match self.segment(id).frames.first() {
            Some(&Frame::Task(task)) => Some(task),
            _ => None,
        }
    }

    /// A continuation that went up to a boundary which the task has inherited is closed here. Elsewhere than in that task
    /// there is nothing to leave: its boundaries are then like any others. O(segments).
    #[cold]
    pub(crate) fn disinherit(&mut self, first: SegmentId, last: SegmentId, task: Place<Task>) {
        if self.task_at_or_below(self.running()).map(Id::place) == Some(task) {
            return;
        }
        let mut strangers = Vec::new();
        let mut at = first;
        loop {
            strangers.push(at);
            if self.task_of_lowest(at).is_some() {
                // That far it is a task of a scheduler inside, which stays as it is.
                strangers.clear();
            }
            if at == last {
                break;
            }
            at = self.segment(at).parent.expect("a detached chain is linked up to its last segment (I2)");
        }
        for id in strangers {
            self.segment_mut(id).inherited = false;
        }
    }

    /// The form that a task is a child of, if one leaves through it.
    pub(crate) fn form_of(&self, task: TaskId) -> Option<CancelScopeId> {
        self.task(task).member_of.filter(|&scope| !self.cancel_scope(scope).collects)
    }

    /// A `final` clause takes the effect in the register, whose boundary is in the scope `at`. If that is outside of the
    /// form that the task is a child of, the form is told; `None` otherwise.
    pub(crate) fn leave_by_effect(&mut self, at: ScopeId, clause: u32) -> Option<Step> {
        let (task, boundary) = self.inheritor(at)?;
        let form = self.form_of(task)?;
        let effect = self.keep_register();
        let depth = self.scopes.levels(at, self.scope_of_scheduler(self.task(task).scheduler)) - 1;
        if self.cancel_scope(form).is_late() {
            self.host.drop_value(effect);
        } else {
            self.tell_form(form, Leave::Final { effect, clause, depth });
        }
        if self.segment(boundary).closing {
            // All of it is being closed: the cleanup that performed is closed as well, and the unwinding goes on.
            self.doom(self.running(), boundary);
            return Some(Step::Then(Mode::Unwind));
        }
        Some(self.unwind_task(task))
    }

    /// The frame on top is gone: if it was a clause of an inherited handler, it leaves the task.
    pub(crate) fn leave_at_border(&mut self, mode: Mode) -> Step {
        if self.is_at_border() { self.leave_task(mode) } else { Step::Then(mode) }
    }

    /// The frame on top was a clause of an inherited handler, and is gone: the register is what it ended with.
    pub(crate) fn leave_task(&mut self, mode: Mode) -> Step {
        let at = self.top().scope;
        let task = self.task_around(self.running());
        let Some(form) = self.form_of(task) else {
            // It ends as if it had unwound: what it has comes back, for nobody has been told of it.
            self.task_mut(task).unwinding = true;
            let handle = self.task(task).handle.unwrap_or(ValueSlot::UNDEFINED);
            return self.ask(Instruction::Escaped { handle, threw: mode == Mode::Throw });
        };
        let number = self.task(task).scheduler;
        let depth = self.scopes.levels(at, self.scope_of_scheduler(number));
        let value = self.keep_register();
        let leave =
            if mode == Mode::Throw { Leave::Throw { error: value, depth } } else { Leave::Deliver { value, depth } };
        if self.cancel_scope(form).is_late() {
            return self.leave_too_late(task, leave);
        }
        self.tell_form(form, leave);
        self.unwind_task(task)
    }

    /// The form is to be left so. It is cancelled, and with it the task that has told, which unwinds at once.
    fn tell_form(&mut self, form: CancelScopeId, leave: Leave) {
        self.cancel_scope_mut(form).leave = Some(leave);
        self.cancel_the_scope(form);
    }

    /// It is too late to leave: the task unwinds all the same, and what it would have thrown is its own error.
    fn leave_too_late(&mut self, task: TaskId, leave: Leave) -> Step {
        let completion = if let Leave::Throw { error, .. } = leave {
            Completion::Throw(error)
        } else {
            self.host.drop_value(leave.kept());
            Completion::Cancelled
        };
        self.unwind_task_to(task, completion)
    }

    /// The scope in which a scheduler at work has its boundary.
    pub(crate) fn scope_of_scheduler(&self, number: SchedulerNumber) -> ScopeId {
        let boundary = self.scheduler(number).boundary.expect("a scheduler with a task is at work (I9)");
        self.segment(boundary).scope
    }

    /// Whether what runs on the current segment are clauses of a handler that a task has inherited, and none is left.
    pub(crate) fn is_at_border(&self) -> bool {
        self.top().is_at_border()
    }

    /// All tasks of a form have ended, and one of them has left across it: its parent does now. The boundary is on top.
    pub(crate) fn leave_across(&mut self, leave: Leave, mode: Mode) -> Step {
        let failure = self.pop_segment().failure;
        self.host.drop_value(failure.unwrap_or(ValueSlot::UNDEFINED));
        if mode == Mode::Unwind
            && let Some(&Frame::After(completion)) = self.top().frames.last()
            && let Completion::Expired(handle) = completion
        {
            self.top_mut().frames.pop();
            self.host.drop_value(handle);
        }
        self.outcome.load = None;
        match leave {
            Leave::Final { effect, clause, depth } => {
                self.fill_register(effect);
                let at = self.scope_at_depth(depth);
                let handler = self.scopes.handler(at).expect("a handler's scope has one (I5)");
                self.call_final(handler, at, clause)
            }
            Leave::Deliver { value, depth } => self.leave_to(depth, Completion::Deliver(value), value, false),
            Leave::Throw { error, depth } => self.leave_to(depth, Completion::Throw(error), error, true),
        }
    }

    /// The scope of the handler here that has so many handlers between itself and the scheduler.
    fn scope_at_depth(&mut self, depth: u32) -> ScopeId {
        let number = self.scheduler_in_scope().expect("a form is inside of a scheduler");
        let site = self.top().scope;
        let levels = self.scopes.levels(site, self.scope_of_scheduler(number));
        self.scopes.outward(site, levels - depth - 1)
    }

    fn leave_to(&mut self, depth: u32, completion: Completion, value: ValueSlot, throws: bool) -> Step {
        let at = self.scope_at_depth(depth);
        let captured = self.capture(at);
        let completion = if self.is_at_border() { Completion::Leave { value, throws } } else { completion };
        self.unwind(captured, completion)
    }

    /// Whether `k` goes up to a boundary that a task has inherited.
    pub(crate) fn ends_at_border(&self, k: ContinuationId) -> bool {
        matches!(self.continuations.get(k), Some(Continuation::Captured { across: Some(_), .. }))
    }
}
