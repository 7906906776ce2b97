//! Cancel scopes, and the forms that tasks belong to: what opens, what is cancelled, what ends.
//!
//! A cancel scope is a boundary on a chain and a record. The boundary says where its unwinding ends; the record says
//! whether it was cancelled and which tasks belong to it. No form ends before its tasks: whatever reaches the boundary
//! while some are alive waits there, shielded, until they have unwound.

use crate::frame::{Completion, Frame};
use crate::id::{Id, ValueSlot};
use crate::outcome::Instruction;
use crate::region::{CancelScopeId, Region};
use crate::scheduler::leaving::Leave;
use crate::scheduler::task::{SchedulerNumber, Settlement, Task, TaskId, Wait, Wake};
use crate::segment::{Segment, SegmentId};
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// Until when a form waits for its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// All have ended, or one has failed.
    All,
    /// One has returned, or all have ended.
    Any,
}

/// A cancel scope that is open.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on one another")]
pub struct CancelScope {
    /// Its boundary.
    pub(crate) segment: SegmentId,
    /// What the host holds for it. Owned, until an unwinding that ends here takes it.
    pub(crate) handle: Option<ValueSlot>,
    /// Whether tasks that are spawned inside belong to it.
    pub(crate) collects: bool,
    pub(crate) cancelled: bool,
    /// What was above the boundary is gone, and it waits for its tasks: nothing outside is seen meanwhile.
    pub(crate) ending: bool,
    /// The scheduler of its tasks, once it has some.
    pub(crate) scheduler: Option<SchedulerNumber>,
    /// The child that became a task last, until its parent goes on, unless it has ended by itself before.
    pub(crate) newest: Option<TaskId>,
    /// Its tasks, in the order in which they joined.
    pub(crate) first: Option<TaskId>,
    pub(crate) last: Option<TaskId>,
    pub(crate) alive: u32,
    /// How many of them the ending has cancelled.
    pub(crate) told_to_end: u32,
    pub(crate) any_returned: bool,
    pub(crate) any_threw: bool,
    /// The task that waits for the others.
    pub(crate) waiter: Option<TaskId>,
    /// Until when, once it does.
    pub(crate) until: Option<Until>,
    /// A task of it has left, across it, to a handler outside.
    pub(crate) leave: Option<Leave>,
}

impl CancelScope {
    fn is_satisfied(&self) -> bool {
        self.alive == 0 || self.is_decided()
    }

    /// Whether what its tasks have come to decides it.
    fn is_decided(&self) -> bool {
        match self.until {
            None => false,
            Some(Until::All) => self.any_threw,
            Some(Until::Any) => self.any_returned,
        }
    }

    /// Whether nobody can leave through it any more: somebody has, it is decided, or it ends.
    pub(crate) fn is_late(&self) -> bool {
        self.leave.is_some() || self.ending || self.is_decided()
    }
}

impl Vm {
    pub(crate) fn cancel_scope(&self, id: CancelScopeId) -> &CancelScope {
        self.cancel_scopes.get(id).expect("a boundary's cancel scope has a record (I11)")
    }

    pub(crate) fn cancel_scope_mut(&mut self, id: CancelScopeId) -> &mut CancelScope {
        self.cancel_scopes.get_mut(id).expect("a boundary's cancel scope has a record (I11)")
    }

    /// Opens a cancel scope around what comes next. O(1).
    pub(crate) fn open_scope(&mut self, handle: ValueSlot, collects: bool) -> CancelScopeId {
        let scope = self.top().scope;
        let segment = self.push_segment(scope, None);
        let id = self.cancel_scopes.insert(CancelScope {
            segment,
            handle: Some(handle),
            collects,
            cancelled: false,
            ending: false,
            scheduler: None,
            newest: None,
            first: None,
            last: None,
            alive: 0,
            told_to_end: 0,
            any_returned: false,
            any_threw: false,
            waiter: None,
            until: None,
            leave: None,
        });
        self.segment_mut(segment).region = Some(Region::Cancel(id.place()));
        id
    }

    /// Cancels a scope: what is above its boundary, then the tasks that belong to it, in the order in which they joined.
    /// Each unwinds at its next suspension. O(tasks), and O(segments) to find the task that the boundary is of.
    pub(crate) fn cancel_the_scope(&mut self, id: CancelScopeId) {
        let Some(scope) = self.cancel_scopes.get_mut(id).filter(|scope| !scope.cancelled) else { return };
        scope.cancelled = true;
        let segment = scope.segment;
        self.cancelled += 1;
        self.alarm_around(segment);
        for task in self.members(id) {
            self.cancel(task);
        }
    }

    /// The tasks that belong to a scope, in the order in which they joined.
    pub(crate) fn members(&self, id: CancelScopeId) -> Vec<TaskId> {
        let next = |&task: &TaskId| Some(self.tasks.name_at(self.task(task).next_member?));
        std::iter::successors(self.cancel_scope(id).first, next).collect()
    }

    /// The task belongs to the scope from now on.
    pub(crate) fn join_scope(&mut self, task: TaskId, id: CancelScopeId) {
        let number = self.task(task).scheduler;
        let scope = self.cancel_scope_mut(id);
        scope.scheduler = Some(number);
        scope.alive += 1;
        let before = scope.last.replace(task);
        scope.first.get_or_insert(task);
        let own = self.task_mut(task);
        own.member_of = Some(id);
        own.previous_member = before.map(Id::place);
        if let Some(before) = before {
            self.task_mut(before).next_member = Some(task.place());
        }
    }

    /// A task that has ended belongs to its scope no more. Who waits for the tasks of the scope hears of it.
    #[inline]
    pub(crate) fn part_from_scope(&mut self, task: &Task, how: Settlement) {
        if let Some(id) = task.member_of {
            self.part_from(id, task, how);
        }
    }

    fn part_from(&mut self, id: CancelScopeId, task: &Task, how: Settlement) {
        let before = task.previous_member.map(|place| self.tasks.name_at(place));
        let after = task.next_member.map(|place| self.tasks.name_at(place));
        if let Some(before) = before {
            self.task_mut(before).next_member = task.next_member;
        }
        if let Some(after) = after {
            self.task_mut(after).previous_member = task.previous_member;
        }
        let scope = self.cancel_scope_mut(id);
        if before.is_none() {
            scope.first = after;
        }
        if after.is_none() {
            scope.last = before;
        }
        scope.alive -= 1;
        if !task.unwinding && how != Settlement::Cancelled {
            scope.newest = None;
        }
        scope.told_to_end -= u32::from(task.told_to_end);
        match how {
            Settlement::Returned => scope.any_returned = true,
            Settlement::Threw => scope.any_threw = true,
            // It was closed with all that is around it, in a form that goes on: there will be no result.
            Settlement::Cancelled => scope.any_threw |= scope.leave.is_none() && !scope.ending,
        }
        if scope.ending { self.go_on_ending(id) } else { self.wake_if_satisfied(id) }
    }

    fn wake_if_satisfied(&mut self, id: CancelScopeId) {
        let scope = self.cancel_scope(id);
        if let Some(waiter) = scope.waiter.filter(|_| scope.is_satisfied()) {
            self.wake(waiter, Wake::Granted);
        }
    }

    /// The task that runs the form waits for the tasks of it; it is answered with no value.
    pub(crate) fn join(&mut self, id: CancelScopeId, until: Until) -> Step {
        if self.cancel_scopes.get(id).is_none() {
            return self.ask(Instruction::Fault(crate::error::Fault::OutOfOrder));
        }
        let scope = self.cancel_scope_mut(id);
        scope.until = Some(until);
        let Some(number) = scope.scheduler else { return self.ask(Instruction::Load(ValueSlot::UNDEFINED)) };
        self.become_tasks(number);
        if let Some(step) = self.unwind_if_told(self.scheduler(number).running) {
            return step;
        }
        if self.cancel_scope(id).is_satisfied() {
            return self.ask(Instruction::Load(ValueSlot::UNDEFINED));
        }
        self.wait_for_members(id, number)
    }

    fn wait_for_members(&mut self, id: CancelScopeId, number: SchedulerNumber) -> Step {
        let running = self.scheduler(number).running.expect("a task runs the form");
        self.cancel_scope_mut(id).waiter = Some(running);
        self.task_mut(running).wait = Wait::Members(id);
        self.suspend(number)
    }

    /// The register, or an unwinding, has reached the boundary of a scope. `None` when it may pass.
    pub(crate) fn leave_scope(&mut self, id: CancelScopeId, mode: Mode) -> Option<Step> {
        let scope = self.cancel_scope(id);
        if scope.alive > 0 {
            return Some(self.end_members(id, mode));
        }
        let scope = self.cancel_scopes.remove(id).expect("it was just looked at");
        self.cancelled -= u32::from(scope.cancelled);
        if let Some(handle) = scope.handle {
            self.host.drop_value(handle);
        }
        scope.leave.map(|leave| self.leave_across(leave, mode))
    }

    /// The tasks of a form are cancelled, and what has reached its boundary waits until all have ended.
    fn end_members(&mut self, id: CancelScopeId, mode: Mode) -> Step {
        match mode {
            Mode::Deliver => {
                let value = self.keep_register();
                self.push(Frame::After(Completion::Deliver(value)));
            }
            Mode::Throw => {
                let error = self.keep_register();
                self.push(Frame::After(Completion::Throw(error)));
            }
            Mode::Unwind => {}
        }
        let scope = self.cancel_scope_mut(id);
        scope.ending = true;
        let number = scope.scheduler.expect("a scope with tasks has their scheduler (I11)");
        self.tell_members_to_end(id);
        self.become_tasks(number);
        self.wait_for_members(id, number)
    }

    fn tell_members_to_end(&mut self, id: CancelScopeId) {
        let members = self.members(id);
        for &member in &members {
            self.task_mut(member).told_to_end = true;
            self.cancel(member);
        }
        self.cancel_scope_mut(id).told_to_end = u32::try_from(members.len()).expect("tasks are numbered by 32 bits");
    }

    /// A task of a form that ends has ended. When only those are left that joined meanwhile, they are cancelled in turn.
    fn go_on_ending(&mut self, id: CancelScopeId) {
        let scope = self.cancel_scope(id);
        if let Some(waiter) = scope.waiter.filter(|_| scope.alive == 0) {
            self.wake(waiter, Wake::Deliver);
        } else if scope.told_to_end == 0 {
            self.tell_members_to_end(id);
        }
    }

    /// The scope whose tasks those of the scheduler are that are spawned here: by who answers an effect, the performer's.
    /// O(segments).
    pub(crate) fn collecting_scope(&self, number: SchedulerNumber) -> Option<CancelScopeId> {
        let mut found = None;
        self.collect_from(self.current, None, number, &mut found);
        found
    }

    /// Looks outward from `from`, to `last` if there is one, for the innermost scope that collects. Gives whether the root of
    /// a task of the scheduler has ended the look.
    fn collect_from(
        &self,
        from: Option<SegmentId>,
        last: Option<SegmentId>,
        number: SchedulerNumber,
        found: &mut Option<CancelScopeId>,
    ) -> bool {
        let mut at = from;
        while let Some(id) = at {
            let segment = self.segment(id);
            if segment.holds && self.collect_from_held(segment, number, found) {
                return true;
            }
            at = segment.parent.filter(|_| last != Some(id));
            if let Some(Region::Cancel(place)) = segment.region {
                let scope = self.cancel_scopes.name_at(place);
                *found = found.or(Some(scope).filter(|&scope| self.cancel_scope(scope).collects));
                continue;
            }
            match segment.frames.first() {
                // What is inside of another scheduler is none of this one's.
                Some(&Frame::Task(task)) if self.task(task).scheduler != number => *found = None,
                Some(&Frame::Task(task)) => {
                    *found = found.or(self.task(task).member_of);
                    match *found {
                        Some(scope) if !self.cancel_scope(scope).collects => {
                            at = self.segment(self.cancel_scope(scope).segment).parent;
                            *found = None;
                        }
                        _ => return true,
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// Looks into the continuations that clauses on the segment own, the uppermost first.
    fn collect_from_held(&self, segment: &Segment, number: SchedulerNumber, found: &mut Option<CancelScopeId>) -> bool {
        let clauses = segment.frames.iter().skip(segment.closed_up_to()).rev();
        clauses
            .filter_map(|frame| self.owned_by(*frame))
            .any(|(first, last)| self.collect_from(Some(first), Some(last), number, found))
    }
}
