//! I9 and I11: what is true between any two turns of tasks, and of cancel scopes and forms. Each clause says what it
//! asserts; `tests` break each one on purpose.

use rustc_hash::FxHashMap;

use crate::frame::{Completion, Frame};
use crate::id::ValueSlot;
use crate::region::{CancelScopeId, Region};
use crate::scheduler::form::CancelScope;
use crate::scheduler::leaving::Leave;
use crate::scheduler::link::{Target, WaitList};
use crate::scheduler::task::{Ending, Scheduler, Task, TaskId, Wait, Wake};
use crate::vm::Vm;

impl Vm {
    /// I9, in full: every task has one place: it runs, is queued, or waits; what it waits for knows of it; and who knows
    /// of it exists. O(tasks and links).
    pub(crate) fn check_tasks(&self) {
        self.check_task_frames();
        for (number, scheduler) in (0..).zip(&self.schedulers) {
            if let Some(scheduler) = scheduler {
                self.check_scheduler(number, scheduler);
            }
        }
        let mut queued: FxHashMap<TaskId, usize> = FxHashMap::default();
        for scheduler in self.schedulers.iter().flatten() {
            scheduler.ready.iter().for_each(|id| *queued.entry(id).or_default() += 1);
        }
        for (id, task) in self.tasks.iter() {
            self.check_place(id, task, queued.remove(&id).unwrap_or_default());
        }
        assert!(queued.is_empty(), "I9: who is queued exists");
        self.check_links();
        self.check_permits();
    }

    /// A task that has started has one task frame, the lowest of its lowest segment, on its scheduler's boundary.
    fn check_task_frames(&self) {
        let framed = self.frames().filter(|frame| matches!(frame, Frame::Task(_))).count();
        let mut started = 0;
        for (id, task) in self.tasks.iter() {
            let Some(bottom) = task.bottom else { continue };
            let bottom = self.segments.get(bottom).expect("I9: a started task has a segment");
            assert_eq!(bottom.frames.first(), Some(&Frame::Task(id)), "I9: the task frame is the lowest");
            let boundary = self.scheduler(task.scheduler).boundary;
            assert_eq!(bottom.parent, boundary, "I9: {id:?} is on its scheduler's boundary");
            started += 1;
        }
        assert_eq!(framed, started, "I9: every task frame is that of a task");
    }

    /// A scheduler counts its tasks; a task that it says runs does; one with nobody ready may park an outer task, which
    /// waits for it.
    fn check_scheduler(&self, number: u32, scheduler: &Scheduler) {
        let own = self.tasks.iter().filter(|(_, task)| task.scheduler == number).count();
        assert_eq!(scheduler.live as usize, own, "I9: scheduler {number} counts its tasks");
        assert!(scheduler.boundary.is_some() || own == 0, "I9: only a scheduler at work has tasks");
        for id in [scheduler.running, scheduler.root].into_iter().flatten() {
            let task = self.tasks.get(id).expect("I9: a scheduler's task exists");
            assert_eq!(task.scheduler, number, "I9: a scheduler's task is its own");
        }
        if let Some(outer) = scheduler.parked_in {
            let outer = self.tasks.get(outer).expect("I9: a task that waits for a scheduler exists");
            assert_eq!(outer.wait, Wait::Inner, "I9: scheduler {number} is waited for by the task that it is in");
            assert_eq!(outer.first, scheduler.boundary, "I9: that task is parked on its boundary");
            assert_eq!(scheduler.ready.iter().count(), 0, "I9: nobody is ready where an outer task waits");
        }
    }

    /// A task runs, and has no top; or it is queued once, at its priority, if and only if it was woken; or it waits.
    fn check_place(&self, id: TaskId, task: &Task, queued: usize) {
        let scheduler = self.scheduler(task.scheduler);
        assert_eq!(queued, usize::from(task.wake != Wake::Never), "I9: {id:?} is queued if and only if it was woken");
        let runs = scheduler.running == Some(id);
        assert!(!runs || queued == 0, "I9: {id:?} is queued and runs");
        assert_eq!(task.first.is_some(), task.bottom.is_some() && !runs, "I9: {id:?} has a top unless it runs");
        assert!(task.ended.is_none() || runs, "I9: {id:?} ends on top");
        let links = self.links.count(task.links);
        let hanging = self.links.hanging(task.links);
        match task.wait {
            Wait::Nothing => assert!(runs || (queued == 1 && links == 0), "I9: {id:?} has no place"),
            Wait::One => assert_eq!((links, hanging), (1, 1), "I9: {id:?} waits for one thing"),
            Wait::Permit => assert_eq!((links, hanging), (1, 1), "I9: {id:?} waits for one permit"),
            Wait::All { pending, .. } => assert_eq!(hanging, pending, "I9: {id:?} waits for {pending} things"),
            Wait::First { .. } => assert!(links > 0 && hanging == links, "I9: {id:?} waits for any of several"),
            Wait::Members(scope) => {
                let waits = self.cancel_scope(scope).waiter == Some(id) && self.cancel_scope(scope).alive > 0;
                assert!(waits && links == 0, "I9: {id:?} waits for the tasks of a form");
            }
            Wait::Inner => {
                let inner = task.first.and_then(|first| self.scheduler_at(first));
                let parked = inner.is_some_and(|inner| self.scheduler(inner).parked_in == Some(id));
                assert!(parked && links == 0, "I9: {id:?} waits for a scheduler inside of it");
            }
        }
        assert!(task.wait == Wait::Nothing || (queued == 0 && !runs), "I9: {id:?} waits, and is ready");
    }

    /// Every link hangs on what exists, in the list there; a promise has a record only while somebody waits for it.
    fn check_links(&self) {
        let links: u32 = self.tasks.iter().map(|(_, task)| self.links.count(task.links)).sum();
        assert_eq!(links as usize, self.links.len(), "I9: every link is a task's");
        let mut outside = 0;
        let check = |list: WaitList, target: Target| {
            for link in self.links.list(list) {
                assert_eq!(self.links.target(link), Some(target), "I9: a link in a list hangs there");
            }
            self.links.list(list).count()
        };
        let mut hung = 0;
        for (id, task) in self.tasks.iter() {
            hung += check(task.waiters, Target::Task(id));
        }
        for (id, semaphore) in self.semaphores.iter() {
            hung += check(semaphore.waiters, Target::Semaphore(id));
        }
        for (id, promise) in self.promises.iter() {
            let count = check(promise.waiters, Target::Promise(id));
            assert!(count > 0, "I9: a promise that nobody waits for is forgotten");
            hung += count;
            outside += if promise.external { count } else { 0 };
        }
        let hanging: u32 = self.tasks.iter().map(|(_, task)| self.links.hanging(task.links)).sum();
        assert_eq!(hung, hanging as usize, "I9: every link that hangs is in a list");
        assert_eq!(self.waiting_outside as usize, outside, "I9: who waits for the outside is counted");
    }

    /// A semaphore has a record while permits are out; nobody waits while one is free; holders know what they hold.
    fn check_permits(&self) {
        let mut held: FxHashMap<_, _> = FxHashMap::default();
        for (id, task) in self.tasks.iter() {
            held.extend(task.permits.iter().map(|permit| ((permit.of, permit.number), id)));
        }
        for (id, semaphore) in self.semaphores.iter() {
            assert!(semaphore.free < semaphore.most, "I9: a semaphore with all permits in is forgotten");
            assert!(semaphore.free == 0 || semaphore.waiters.is_empty(), "I9: nobody waits while a permit is free");
            let out = (semaphore.most - semaphore.free) as usize;
            assert!(semaphore.holders.len() <= out, "I9: no more permits are held than are out");
            for (&number, &holder) in &semaphore.holders {
                assert_eq!(held.remove(&(id, number)), Some(holder), "I9: who holds a permit knows it");
            }
        }
        assert!(held.is_empty(), "I9: a permit is held of a semaphore that knows it");
    }

    /// I11, in full: what is cancelled, and who belongs to what. O(segments, cancel scopes and tasks).
    pub(crate) fn check_cancel_scopes(&self) {
        self.check_boundaries();
        for (id, scope) in self.cancel_scopes.iter() {
            self.check_members(id, scope);
        }
        self.check_children();
        let cancelled = self.tasks.iter().filter(|(_, task)| task.cancelled).count()
            + self.cancel_scopes.iter().filter(|(_, scope)| scope.cancelled).count();
        let cancelled = cancelled + usize::from(self.aborting);
        assert_eq!(self.cancelled as usize, cancelled, "I11: what was cancelled is counted");
        let awaited = self.frames().filter(|frame| matches!(frame, Frame::After(Completion::PutBack { .. }))).count();
        assert_eq!(self.put_back_for.len(), awaited, "I11: what is put back is awaited");
        for (id, task) in self.tasks.iter().filter(|(_, task)| task.first.is_some()) {
            let waits = task.wake != Wake::Cancel && !task.wake.is_answer();
            assert!(!(waits && self.is_told(task.first, id)), "I11: {id:?} waits, and was told to end");
        }
    }

    /// A cancel scope has one boundary, and the two know each other.
    fn check_boundaries(&self) {
        let mut boundaries = 0;
        for (id, segment) in self.segments.iter() {
            if let Some(Region::Cancel(scope)) = segment.region {
                let scope = self.cancel_scopes.iter().find(|(own, _)| own.place() == scope);
                let (_, scope) = scope.expect("I11: a boundary's scope exists");
                assert_eq!(scope.segment, id, "I11: a boundary's scope is its own");
                boundaries += 1;
            }
        }
        assert_eq!(boundaries, self.cancel_scopes.len(), "I11: every cancel scope has a boundary");
    }

    /// A scope counts its tasks, and those that its end has cancelled; a task knows its scope; who waits for them exists.
    fn check_members(&self, id: CancelScopeId, scope: &CancelScope) {
        let members = self.members(id);
        assert_eq!(members.len(), scope.alive as usize, "I11: a scope counts its tasks");
        let told = members.iter().filter(|&&task| self.task(task).told_to_end).count();
        assert_eq!(told, scope.told_to_end as usize, "I11: a scope counts the tasks that it ends");
        for task in members {
            assert_eq!(self.task(task).member_of, Some(id), "I11: a task knows its scope");
        }
        if let Some(waiter) = scope.waiter {
            let waits = self.tasks.get(waiter).map(|task| task.wait);
            assert_eq!(waits, Some(Wait::Members(id)), "I11: who is told of the end of a scope's tasks waits for it");
        }
    }

    /// A child in place is on the running chain, right on top of its form's boundary; such children are counted.
    fn check_children(&self) {
        let chain = std::iter::successors(self.current, |&id| self.segments.get(id).and_then(|segment| segment.parent));
        let on_chain = chain.filter_map(|id| self.segments.get(id)).filter_map(|segment| match segment.region {
            Some(Region::Child(scope)) => Some((segment.parent, scope)),
            _ => None,
        });
        let mut children = 0;
        for (below, scope) in on_chain {
            let boundary = self.cancel_scopes.iter().find(|(own, _)| own.place() == scope);
            let boundary = boundary.map(|(_, scope)| scope.segment);
            assert!(below.is_some() && below == boundary, "I11: a child in place is on top of its form's boundary");
            children += 1;
        }
        assert_eq!(self.in_place, children, "I11: children in place are counted");
        let all = self.segments.iter().filter(|(_, segment)| matches!(segment.region, Some(Region::Child(_)))).count();
        assert_eq!(self.in_place as usize, all, "I11: children in place are on the running chain");
    }

    /// The values that tasks, promises, semaphores and schedulers keep.
    pub(crate) fn kept_by_tasks(&self) -> Vec<ValueSlot> {
        let mut kept = Vec::new();
        for (_, task) in self.tasks.iter() {
            kept.extend([task.handle, task.wake.kept(), task.wait.kept()].into_iter().flatten());
        }
        kept.extend(self.promises.iter().map(|(_, promise)| promise.handle));
        kept.extend(self.semaphores.iter().map(|(_, semaphore)| semaphore.handle));
        for (_, scope) in self.cancel_scopes.iter() {
            kept.extend(scope.handle);
            kept.extend(scope.leave.map(Leave::kept));
        }
        for scheduler in self.schedulers.iter().flatten() {
            if let Some(Ending::Deliver(value) | Ending::Throw(value)) = scheduler.ending {
                kept.push(value);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests;
