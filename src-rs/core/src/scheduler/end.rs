//! Ends: of a task, and of a scheduler, which waits for the tasks that its root program leaves behind to unwind.

use crate::error::Fault;
use crate::frame::Frame;
use crate::id::ValueSlot;
use crate::outcome::Instruction;
use crate::scheduler::task::{Ending, SchedulerNumber, Settlement, Task, TaskId, Wait, Waitable, Wake};
use crate::turn::{Mode, Step};
use crate::vm::Vm;

impl Vm {
    /// The task of the frame on top has ended; its result is in the register.
    pub(crate) fn end_task(&mut self, id: TaskId, how: Settlement) -> Step {
        let mode = if how == Settlement::Threw { Mode::Throw } else { Mode::Deliver };
        let number = self.task(id).scheduler;
        if self.task(id).handle.is_some() && how != Settlement::Cancelled && self.outcome.load.is_some() {
            // The result was kept while something unwound: the host fills the register first.
            self.task_mut(id).ended = Some(how);
            return self.ask(Instruction::Again);
        }
        if self.scheduler(number).root == Some(id) && self.scheduler(number).ending.is_none() {
            if let Some(step) = self.close_kept(mode) {
                return step;
            }
            let result = self.keep_register();
            self.top_mut().frames.pop();
            self.pop_segment();
            self.forget_task(id, how);
            let ending = if how == Settlement::Threw { Ending::Throw(result) } else { Ending::Deliver(result) };
            return self.end_scheduler(number, ending);
        }
        let was_root = self.scheduler(number).root == Some(id);
        self.top_mut().frames.pop();
        self.pop_segment();
        self.forget_task(id, how);
        if was_root && how == Settlement::Threw {
            // The scheduler is unwound, and the cleanup of its root task has failed.
            let _ = self.fail_unwinding();
        }
        self.next(number)
    }

    /// The host has filled the register with the result of the task that has ended on top; `None` when there is none.
    pub(crate) fn end_filled(&mut self) -> Option<Step> {
        let Some(&Frame::Task(id)) = self.current.and_then(|segment| self.segment(segment).frames.last()) else {
            return None;
        };
        let how = self.task_mut(id).ended.take()?;
        Some(self.end_task(id, how))
    }

    /// The task's last frame was closed, because the scheduler's boundary is being unwound.
    pub(crate) fn close_task(&mut self, id: TaskId) -> Step {
        // The tasks that wait for it unwind as well, and do not hear first that it was cancelled; nor do those that run the
        // forms around it.
        self.give_up_scheduler(self.task(id).scheduler);
        let mut child = id;
        while let (Some(_), Some(parent)) = (self.form_of(child), self.task(child).spawner) {
            self.cancel(parent);
            child = parent;
        }
        self.forget_task(id, Settlement::Cancelled);
        Step::Then(Mode::Unwind)
    }

    /// Wakes who waits for the task's end, tells the host, and drops the record.
    pub(crate) fn forget_task(&mut self, id: TaskId, how: Settlement) {
        self.settle(Waitable::Task(id), how != Settlement::Returned);
        self.end_strand(id);
        let task = self.tasks.remove(id).expect("a task ends once (I9)");
        self.cancelled -= u32::from(task.cancelled);
        let scheduler = self.scheduler_mut(task.scheduler);
        scheduler.live -= 1;
        scheduler.left_over -= u32::from(task.left_over);
        if scheduler.root == Some(id) {
            scheduler.root = None;
        }
        if scheduler.running == Some(id) {
            scheduler.running = None;
        }
        if let Some(handle) = task.handle {
            self.outcome.settled = Some((handle, how));
            self.host.drop_value(handle);
        }
        if task.bottom.is_none() {
            self.leave(task.scope);
        }
        self.part_from_scope(&task, how);
        self.forget_holder(task.permits, how == Settlement::Cancelled || task.unwinding);
        if self.scheduler(task.scheduler).ending.is_some() {
            self.go_on_leaving_over(task.scheduler);
        }
    }

    /// A scheduler ends, and a task of it has ended. When only those are left that were spawned meanwhile, they are
    /// cancelled in turn.
    fn go_on_leaving_over(&mut self, number: SchedulerNumber) {
        let scheduler = self.scheduler(number);
        if scheduler.left_over == 0 && scheduler.live > 0 {
            let left = self.left_over(number);
            self.leave_over(number, &left);
        }
    }

    /// The tasks that belong to no form, in the order of spawning: a form ends its own.
    fn left_over(&self, number: SchedulerNumber) -> Vec<TaskId> {
        let mut tasks = self.tasks_in_order(number);
        tasks.retain(|&id| self.task(id).member_of.is_none());
        tasks
    }

    fn leave_over(&mut self, number: SchedulerNumber, tasks: &[TaskId]) {
        self.scheduler_mut(number).left_over = u32::try_from(tasks.len()).expect("tasks are numbered by 32 bits");
        for &id in tasks {
            self.task_mut(id).left_over = true;
        }
        for &id in tasks {
            self.cancel(id);
        }
    }

    /// Its root task has ended, or its boundary is unwound: whoever is left is cancelled, in the order of spawning.
    pub(crate) fn end_scheduler(&mut self, number: SchedulerNumber, ending: Ending) -> Step {
        self.current = self.scheduler(number).boundary;
        self.set_ending(number, ending);
        let left = self.left_over(number);
        self.listing.clear();
        for &id in &left {
            let task = self.task(id);
            if !task.daemon && !task.cancelled && ending != Ending::Unwind {
                self.listing.extend(task.handle.map(ValueSlot::word));
            }
        }
        self.leave_over(number, &left);
        self.listing.truncate(crate::scheduler::snapshot::PAGE);
        if self.listing.is_empty() { self.next(number) } else { self.ask(Instruction::Leftover) }
    }

    fn set_ending(&mut self, number: SchedulerNumber, ending: Ending) {
        let earlier = self.scheduler_mut(number).ending.replace(ending);
        if let Some(Ending::Deliver(kept) | Ending::Throw(kept)) = earlier {
            self.host.drop_value(kept);
        }
    }

    /// What is around a scheduler is to unwind: its tasks are cancelled, and then it does.
    pub(crate) fn give_up_scheduler(&mut self, number: SchedulerNumber) {
        self.set_ending(number, Ending::Unwind);
        let left = self.left_over(number);
        self.leave_over(number, &left);
    }

    pub(crate) fn tasks_in_order(&self, number: SchedulerNumber) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> =
            self.tasks.iter().filter(|(_, task)| task.scheduler == number).map(|(id, _)| id).collect();
        tasks.sort_by_key(|&id| self.task(id).number);
        tasks
    }

    pub(crate) fn finish_scheduler(&mut self, number: SchedulerNumber, ending: Ending) -> Step {
        let scheduler = self.scheduler_mut(number);
        scheduler.ending = None;
        scheduler.boundary = None;
        scheduler.next = 0;
        scheduler.left_over = 0;
        let preempts = scheduler.preempt_every > 0;
        self.enter_strand_around(number);
        // Around it, a task may be running that was cancelled.
        self.asks_always = self.is_alarmed();
        if preempts {
            self.preempt_at = u64::MAX;
            if let Some(outer) = self.preempting() {
                self.set_preemption(outer);
            }
        }
        match ending {
            Ending::Deliver(value) => {
                self.fill_register(value);
                self.plain_return()
            }
            Ending::Throw(error) => {
                self.fill_register(error);
                self.segment_throw()
            }
            Ending::Unwind => Step::Then(Mode::Unwind),
        }
    }

    /// Nothing can go on: the register, an error, is thrown into `task`, if it waits. Otherwise into the root task of the
    /// scheduler on top, or into the oldest task that is left; if that one waits for a scheduler inside of it, it is the
    /// same there.
    pub(crate) fn interrupt(&mut self, task: Option<TaskId>) -> Step {
        let number = self.current.and_then(|segment| self.scheduler_at(segment));
        let named = task.filter(|&id| self.tasks.get(id).is_some_and(|task| task.wait != Wait::Nothing));
        let target = named.or_else(|| number.and_then(|number| self.oldest_task(number)));
        let (Some(number), Some(target)) = (number, target) else {
            return self.ask(Instruction::Fault(Fault::OutOfOrder));
        };
        let error = self.keep_register();
        self.wake(target, Wake::Throw(error));
        self.next(number)
    }

    /// The oldest task of a scheduler, or the oldest one of the scheduler that it waits for. One that ends a form only waits
    /// for others.
    fn oldest_task(&self, number: SchedulerNumber) -> Option<TaskId> {
        let ends_form = |task: &Task| matches!(task.wait, Wait::Members(scope) if self.cancel_scope(scope).ending);
        let own = self.tasks.iter().filter(|(_, task)| task.scheduler == number && !ends_form(task));
        let (oldest, task) = own.min_by_key(|(_, task)| task.number)?;
        match (task.wait, task.first) {
            (Wait::Inner, Some(first)) => self.scheduler_at(first).and_then(|inner| self.oldest_task(inner)),
            _ => Some(oldest),
        }
    }

    /// The run is over, and with it every scheduler; semaphores whose permits were never given back end here.
    pub(crate) fn end_tasks(&mut self) {
        let forgotten: Vec<_> = self.semaphores.iter().map(|(id, semaphore)| (id, semaphore.handle)).collect();
        for (id, handle) in forgotten {
            self.semaphores.remove(id);
            self.host.drop_value(handle);
        }
    }
}
