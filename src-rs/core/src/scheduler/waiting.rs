//! Waiting: tasks hang links on what they wait for; a settlement, or a cancellation, takes them off again.

use crate::id::ValueSlot;
use crate::scheduler::link::{Target, WaitList};
use crate::scheduler::task::{Promise, PromiseId, Task, TaskId, Wait, Waitable, Wake};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn task(&self, id: TaskId) -> &Task {
        self.tasks.get(id).expect("a task at work has a record (I9)")
    }

    pub(crate) fn task_mut(&mut self, id: TaskId) -> &mut Task {
        self.tasks.get_mut(id).expect("a task at work has a record (I9)")
    }

    /// What `waitable` is called on the host's side; none when it has no record (any more).
    fn handle_of(&self, waitable: Waitable) -> Option<ValueSlot> {
        match waitable {
            Waitable::Task(task) => self.tasks.get(task).and_then(|task| task.handle),
            Waitable::Promise(promise) => self.promises.get(promise).map(|promise| promise.handle),
        }
    }

    /// Whether it has a record: a task that has not ended, a promise that somebody waits for.
    pub(crate) fn is_pending(&self, waitable: Waitable) -> bool {
        self.handle_of(waitable).is_some()
    }

    /// A record for a promise that nobody waited for until now. Its handle is in the register.
    pub(crate) fn new_promise(&mut self, external: bool) -> PromiseId {
        let handle = self.keep_register();
        let id = self.promises.insert(Promise { handle, external, waiters: WaitList::default() });
        self.outcome.named = Some(Waitable::Promise(id).words());
        id
    }

    fn wait_list(&self, target: Target) -> Option<WaitList> {
        match target {
            Target::Task(task) => self.tasks.get(task).map(|task| task.waiters),
            Target::Promise(promise) => self.promises.get(promise).map(|promise| promise.waiters),
            Target::Semaphore(semaphore) => self.semaphores.get(semaphore).map(|semaphore| semaphore.waiters),
        }
    }

    fn set_wait_list(&mut self, target: Target, list: WaitList) {
        let own = match target {
            Target::Task(task) => self.tasks.get_mut(task).map(|task| &mut task.waiters),
            Target::Promise(promise) => self.promises.get_mut(promise).map(|promise| &mut promise.waiters),
            Target::Semaphore(semaphore) => self.semaphores.get_mut(semaphore).map(|semaphore| &mut semaphore.waiters),
        };
        *own.expect("what a link hangs on exists (I9)") = list;
    }

    fn is_outside(&self, target: Target) -> bool {
        matches!(target, Target::Promise(id) if self.promises.get(id).is_some_and(|promise| promise.external))
    }

    /// Hangs a link of `task` on `target`. O(1).
    pub(crate) fn hang(&mut self, task: TaskId, target: Target) {
        let mut list = self.wait_list(target).expect("what is waited for exists (checked by perform)");
        let sibling = self.task(task).links;
        let link = self.links.hang(&mut list, target, task, sibling);
        self.set_wait_list(target, list);
        self.task_mut(task).links = Some(link);
        self.waiting_outside += u32::from(self.is_outside(target));
    }

    /// Takes the task's links off whatever they hang on. A promise nobody waits for any more is forgotten. O(links).
    fn unhang(&mut self, task: TaskId) {
        let mut next = self.task_mut(task).links.take();
        while let Some(link) = next {
            if let Some(target) = self.links.target(link) {
                self.waiting_outside -= u32::from(self.is_outside(target));
                let mut list = self.wait_list(target).expect("what a link hangs on exists (I9)");
                self.links.take_off(&mut list, link);
                self.set_wait_list(target, list);
                self.forget_unless_awaited(target);
            }
            next = self.links.free(link);
        }
    }

    fn forget_unless_awaited(&mut self, target: Target) {
        let Target::Promise(id) = target else { return };
        if self.promises.get(id).is_some_and(|promise| promise.waiters.is_empty()) {
            let handle = self.promises.remove(id).map(|promise| promise.handle);
            self.host.drop_value(handle.unwrap_or(ValueSlot::UNDEFINED));
        }
    }

    /// A task has ended, or the host has settled a promise: wakes everybody who waits for it, the first one first.
    /// O(waiters).
    pub(crate) fn settle(&mut self, waitable: Waitable, failed: bool) {
        let Some(handle) = self.handle_of(waitable) else { return };
        let target = match waitable {
            Waitable::Task(task) => Target::Task(task),
            Waitable::Promise(promise) => Target::Promise(promise),
        };
        // The promise may go with its last waiter, before that one was given the handle.
        self.host.share_value(handle);
        while let Some(link) = self.wait_list(target).and_then(WaitList::first) {
            let task = self.links.task(link);
            match self.task(task).wait {
                Wait::All { pending, effect } if !failed && pending > 1 => {
                    self.task_mut(task).wait = Wait::All { pending: pending - 1, effect };
                    self.waiting_outside -= u32::from(self.is_outside(target));
                    let mut list = self.wait_list(target).expect("what a link hangs on exists (I9)");
                    self.links.take_off(&mut list, link);
                    self.set_wait_list(target, list);
                    self.forget_unless_awaited(target);
                }
                Wait::All { effect, .. } if !failed => {
                    self.host.share_value(effect);
                    self.wake(task, Wake::Answer(effect));
                }
                Wait::First { effect } => {
                    self.host.share_value(effect);
                    self.wake(task, Wake::Answer(effect));
                }
                _ => {
                    self.host.share_value(handle);
                    self.wake(task, Wake::Answer(handle));
                }
            }
        }
        self.host.drop_value(handle);
    }

    /// A waiting task has got its permit.
    pub(crate) fn wake_with_permit(&mut self, task: TaskId) {
        self.wake(task, Wake::Deliver);
    }

    /// A parked or ready task will go on with `wake`, and with nothing it waited for before. It is queued behind the
    /// tasks that are ready already.
    pub(crate) fn wake(&mut self, id: TaskId, wake: Wake) {
        self.unhang(id);
        let task = self.task_mut(id);
        let was = std::mem::replace(&mut task.wake, wake);
        let wait = std::mem::replace(&mut task.wait, Wait::Nothing);
        let (number, priority) = (task.scheduler, task.priority);
        for kept in [was.kept(), wait.kept()].into_iter().flatten() {
            self.host.drop_value(kept);
        }
        if was != Wake::Never {
            return;
        }
        let scheduler = self.scheduler_mut(number);
        scheduler.ready.push(id, priority);
        if let Some(outer) = scheduler.parked_in.take() {
            self.wake(outer, Wake::Inner);
        }
    }
}
