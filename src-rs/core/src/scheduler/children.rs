//! Children in place: a form starts its children in its own turn, each as far as it gets without suspending.
//!
//! Such a child is a part of its parent's chain, and costs what a sub-program costs. When it is about to suspend, or must
//! be told from its parent, it becomes a task: its part of the chain is put on the scheduler's boundary, and the parent is
//! the very next one to go on. So a task that is parked has no child in place.

use crate::error::Fault;
use crate::frame::Frame;
use crate::handler::Answer;
use crate::id::{EffectType, ScopeId, ValueSlot};
use crate::outcome::Instruction;
use crate::region::{CancelScopeId, Region};
use crate::scheduler::task::{SchedulerNumber, TaskId, Wake};
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// How many children may be in place at a time: as many as one outcome can name.
const MOST_IN_PLACE: u32 = 32;

/// A child that has become a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forked {
    /// The task.
    pub task: TaskId,
    /// Where its handle goes.
    pub handle: ValueSlot,
    /// The task in whose turn it was.
    pub parent: TaskId,
    /// How many children were in place below it.
    pub below: u32,
}

impl Vm {
    /// The scheduler that is found from the current scope. O(1) when the scope's row knows.
    pub(crate) fn scheduler_in_scope(&mut self) -> Option<SchedulerNumber> {
        let scope = self.top().scope;
        let found = self.scopes.resolve(scope, EffectType::SCHEDULER, &self.handlers)?;
        match found.answer {
            Answer::Scheduler(number) => Some(number),
            _ => None,
        }
    }

    /// What comes next is a child of the form whose boundary the current segment is.
    pub(crate) fn open_child(&mut self) -> Step {
        match (self.scheduler_in_scope(), self.top().region) {
            (Some(number), Some(Region::Cancel(scope))) => {
                let scope = self.cancel_scopes.name_at(scope);
                self.push_child(scope, number);
                self.ask(Instruction::Ready)
            }
            _ => self.ask(Instruction::Fault(Fault::OutOfOrder)),
        }
    }

    fn push_child(&mut self, scope: CancelScopeId, number: SchedulerNumber) {
        if self.in_place >= MOST_IN_PLACE {
            self.all_become_tasks();
        }
        self.cancel_scope_mut(scope).scheduler = Some(number);
        self.push_region(Region::Child(scope.place()));
        self.in_place += 1;
    }

    /// The scheduler of the tasks of a form that has children.
    fn scheduler_of_form(&self, scope: CancelScopeId) -> SchedulerNumber {
        self.cancel_scope(scope).scheduler.expect("a form with a child has a scheduler (I11)")
    }

    /// What is below a child of the form once it is a task.
    pub(crate) fn below_child(&self, scope: CancelScopeId) -> Option<SegmentId> {
        self.scheduler(self.scheduler_of_form(scope)).boundary
    }

    /// The children in place from the current segment to `last`, the innermost first.
    fn children_up_to(&self, last: impl Fn(SegmentId) -> bool) -> Vec<(SegmentId, CancelScopeId)> {
        let mut children = Vec::new();
        let mut at = self.current;
        while let Some(id) = at.filter(|&id| !last(id)) {
            let segment = self.segment(id);
            if let Some(Region::Child(scope)) = segment.region {
                children.push((id, self.cancel_scopes.name_at(scope)));
            }
            at = segment.parent;
        }
        children
    }

    /// The children in place that are parts of the scheduler's running task become tasks, the outermost first; the
    /// innermost one runs. So do those of schedulers inside of it. O(segments) if there is any.
    #[inline]
    pub(crate) fn become_tasks(&mut self, number: SchedulerNumber) {
        if self.in_place > 0 {
            self.fork(number);
        }
    }

    #[cold]
    fn fork(&mut self, number: SchedulerNumber) {
        let boundary = self.scheduler(number).boundary;
        let children = self.children_up_to(|id| Some(id) == boundary);
        // The outermost goes first, so each has as many below it as stay.
        let below = self.in_place - u32::try_from(children.len()).expect("few children are in place at a time");
        for (segment, scope) in children.into_iter().rev() {
            self.become_task(self.scheduler_of_form(scope), segment, scope, below);
        }
    }

    fn all_become_tasks(&mut self) {
        if let Some(&(_, scope)) = self.children_up_to(|_| false).last() {
            self.become_tasks(self.scheduler_of_form(scope));
        }
    }

    fn become_task(&mut self, number: SchedulerNumber, bottom: SegmentId, scope: CancelScopeId, below: u32) {
        let parent = self.scheduler(number).running.expect("a child runs in its parent's turn (I9)");
        let boundary = self.scheduler(number).boundary.expect("a scheduler with a task is at work (I9)");
        let base = self.scope_of_scheduler(number);
        let segment = self.segment_mut(bottom);
        let form = segment.parent.replace(boundary);
        let own = segment.scope;
        segment.gap = own != base;
        segment.region = None;
        self.in_place -= 1;
        let priority = self.task(parent).priority;
        let task = self.new_task(number, own, priority, false);
        let segment = self.segment_mut(bottom);
        segment.frames.insert(0, Frame::Task(task));
        segment.doomed += u32::from(segment.doomed > 0);
        let handle = self.host.take_value();
        let own = self.task_mut(task);
        own.bottom = Some(bottom);
        own.handle = Some(handle);
        own.wake = Wake::Never;
        own.spawner = Some(parent);
        self.join_scope(task, scope);
        self.forked.push(Forked { task, handle, parent, below });
        self.go_on_next(number, parent, form);
        self.cancel_scope_mut(scope).newest = Some(task);
        self.scheduler_mut(number).running = Some(task);
    }

    /// The parent, whose chain ends at `first`, goes on before anybody else.
    fn go_on_next(&mut self, number: SchedulerNumber, parent: TaskId, first: Option<SegmentId>) {
        let base = self.scope_of_scheduler(number);
        let own = self.task_mut(parent);
        own.first = first;
        own.base = base;
        own.wake = Wake::Forked;
        self.scheduler_mut(number).ready.push_first(parent);
    }

    /// The parent of a child that has become a task goes on.
    pub(crate) fn go_on_after_child(&mut self, id: TaskId) -> Step {
        let child = match self.top().region {
            Some(Region::Cancel(scope)) => {
                let form = self.cancel_scopes.name_at(scope);
                self.cancel_scope_mut(form).newest.take()
            }
            other => unreachable!("the body of a form stands on its boundary (I11), not on {other:?}"),
        };
        if child.is_some()
            && let Some(step) = self.unwind_if_told(Some(id))
        {
            return step;
        }
        self.outcome.load = Some(ValueSlot::UNDEFINED);
        Step::Then(Mode::Deliver)
    }

    /// A clause will take what is above the boundary in the scope `at`: a child that this reaches across is a task first.
    #[inline]
    pub(crate) fn become_tasks_within(&mut self, at: ScopeId) {
        if self.in_place > 0 {
            self.tell_from_parents(at);
        }
    }

    #[cold]
    fn tell_from_parents(&mut self, at: ScopeId) {
        let mut outermost = None;
        let mut next = self.current;
        while let Some(id) = next {
            let segment = self.segment(id);
            if segment.handler.is_some() && segment.scope == at {
                break;
            }
            if let Some(Region::Child(scope)) = segment.region {
                outermost = Some(self.cancel_scopes.name_at(scope));
            }
            next = segment.parent.filter(|_| !self.is_in_gap(id, at));
        }
        if let Some(scope) = outermost {
            self.become_tasks(self.scheduler_of_form(scope));
        }
    }

    /// The tasks that children have become, with their handles, in that order, since the host has last
    /// [noted](Vm::note_forked) them.
    #[must_use]
    pub fn forked(&self) -> &[Forked] {
        &self.forked
    }

    /// How many children are in place.
    #[must_use]
    pub fn in_place(&self) -> u32 {
        self.in_place
    }

    /// The host has made a handle for each of them.
    pub fn note_forked(&mut self) {
        self.forked.clear();
    }
}
