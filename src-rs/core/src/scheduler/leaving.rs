//! Leaving early across tasks: a clause of a handler that a task has inherited ends without resuming the performer.
//!
//! The place where its result belongs is on another chain. Out of a child of a form one leaves through the form: it is
//! ended, and then its parent leaves in the child's stead. A task of its own has no such place: it fails.
//!
//! Which handler is meant is said by its depth: how many handlers are between it and the scheduler, which is the same on
//! the chain of the child and on that of its parent.

use crate::continuation::{Continuation, ContinuationId};
use crate::frame::{Completion, Frame};
use crate::id::{EffectType, ScopeId, ValueSlot};
use crate::outcome::Instruction;
use crate::region::CancelScopeId;
use crate::scheduler::task::{SchedulerNumber, TaskId};
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// What the parent does once its form has ended. Owns the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It performs the kept effect: a `final` clause takes it.
    Perform { effect: ValueSlot, of: EffectType },
    /// The kept value is the result at the handler of this depth.
    Deliver { value: ValueSlot, depth: u32 },
    /// The kept error is thrown there.
    Throw { error: ValueSlot, depth: u32 },
}

impl Leave {
    pub(crate) fn kept(self) -> ValueSlot {
        match self {
            Self::Perform { effect: value, .. } | Self::Deliver { value, .. } | Self::Throw { error: value, .. } => value,
        }
    }
}

impl Vm {
    /// The task that has inherited the handler whose boundary is in the scope `at`; `None` when that boundary is on the
    /// current chain by itself. O(segments and inherited handlers).
    pub(crate) fn inheritor(&self, at: ScopeId) -> Option<TaskId> {
        let mut next = self.current;
        let mut is_inherited = false;
        while let Some(id) = next {
            let segment = self.segment(id);
            if segment.handler.is_some() && segment.scope == at {
                if !segment.inherited {
                    return None;
                }
                is_inherited = true;
            }
            if segment.gap {
                let base = self.base_below(id);
                let mut scope = segment.scope;
                while scope != base {
                    is_inherited |= scope == at;
                    scope = self.scopes.parent(scope).expect("the scheduler's scope is around its tasks' (I5)");
                }
            }
            if let Some(&Frame::Task(task)) = segment.frames.first() {
                if is_inherited {
                    return Some(task);
                }
                // Farther out it can only be outside of the scheduler, where tasks are all on one chain.
            }
            next = segment.parent;
        }
        None
    }

    /// The scope below a gap.
    fn base_below(&self, id: SegmentId) -> ScopeId {
        let below = self.segment(id).parent.expect("a gap is above a task's lowest segment (I5)");
        self.segment(below).scope
    }

    /// The form that a task is a child of, if one leaves through it.
    pub(crate) fn form_of(&self, task: TaskId) -> Option<CancelScopeId> {
        self.task(task).member_of.filter(|&scope| !self.cancel_scope(scope).collects)
    }

    /// A `final` clause of a handler outside of the form takes the effect in the register.
    pub(crate) fn leave_by_effect(&mut self, task: TaskId, form: CancelScopeId, of: EffectType) -> Step {
        let effect = self.keep_register();
        self.leave_form(task, form, Leave::Perform { effect, of })
    }

    /// The frame on top was a clause of an inherited handler, and is gone: the register is what it ended with.
    pub(crate) fn leave_task(&mut self, mode: Mode) -> Step {
        let at = self.top().scope;
        let task = self.task_of_border();
        let Some(form) = self.form_of(task) else {
            let handle = self.task(task).handle.unwrap_or(ValueSlot::UNDEFINED);
            return self.ask(Instruction::Escaped { handle, threw: mode == Mode::Throw });
        };
        let number = self.task(task).scheduler;
        let depth = self.scopes.levels(at, self.scope_of_scheduler(number));
        let value = self.keep_register();
        let leave =
            if mode == Mode::Throw { Leave::Throw { error: value, depth } } else { Leave::Deliver { value, depth } };
        self.leave_form(task, form, leave)
    }

    fn leave_form(&mut self, task: TaskId, form: CancelScopeId, leave: Leave) -> Step {
        let scope = self.cancel_scope_mut(form);
        if scope.leave.is_some() {
            self.host.drop_value(leave.kept());
        } else {
            scope.leave = Some(leave);
        }
        self.cancel_the_scope(form);
        if self.task(task).unwinding {
            return Step::Then(Mode::Unwind);
        }
        self.cancel(task);
        self.unwind_task(task)
    }

    /// The scope in which a scheduler at work has its boundary.
    pub(crate) fn scope_of_scheduler(&self, number: SchedulerNumber) -> ScopeId {
        let boundary = self.scheduler(number).boundary.expect("a scheduler with a task is at work (I9)");
        self.segment(boundary).scope
    }

    /// Whether what runs on the current segment are clauses of a handler that a task has inherited, and none is left.
    pub(crate) fn is_at_border(&self) -> bool {
        self.top().is_at_border(0)
    }

    /// The task whose border the current segment is.
    fn task_of_border(&self) -> TaskId {
        let mut at = self.running();
        loop {
            let segment = self.segment(at);
            if let Some(&Frame::Task(task)) = segment.frames.first() {
                return task;
            }
            at = segment.parent.expect("a border is above a task's lowest segment (I5)");
        }
    }

    /// All tasks of a form have ended, and one of them has left across it: its parent does now. The boundary is on top.
    pub(crate) fn leave_across(&mut self, leave: Leave, mode: Mode) -> Step {
        self.pop_segment();
        if mode == Mode::Unwind
            && let Some(&Frame::After(completion)) = self.top().frames.last()
            && let Completion::Expired(handle) = completion
        {
            self.top_mut().frames.pop();
            self.host.drop_value(handle);
        }
        self.outcome.load = None;
        match leave {
            Leave::Perform { effect, of } => {
                self.fill_register(effect);
                self.perform(of, None)
            }
            Leave::Deliver { value, depth } => self.leave_to(depth, Completion::Deliver(value), value, false),
            Leave::Throw { error, depth } => self.leave_to(depth, Completion::Throw(error), error, true),
        }
    }

    fn leave_to(&mut self, depth: u32, completion: Completion, value: ValueSlot, throws: bool) -> Step {
        let number = self.scheduler_in_scope().expect("a form is inside of a scheduler");
        let site = self.top().scope;
        let levels = self.scopes.levels(site, self.scope_of_scheduler(number));
        let at = self.scopes.outward(site, levels - depth - 1);
        let captured = self.capture(at);
        let completion = if self.top().border.is_some() { Completion::Leave { value, throws } } else { completion };
        self.unwind(captured, completion)
    }

    /// Whether resuming `k` would give the result of a task to who resumes it. In tail position the clause is gone by then.
    pub(crate) fn is_across(&self, k: ContinuationId, is_tail: bool) -> bool {
        let Some(&Continuation::Captured { last, .. }) = self.continuations.get(k) else { return false };
        if !self.segment(last).inherited {
            return false;
        }
        !is_tail || !self.top().is_at_border(1)
    }
}
