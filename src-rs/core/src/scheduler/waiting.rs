//! Waiting: tasks hang links on what they wait for; a settlement, or a cancellation, takes them off again.

use crate::id::ValueSlot;
use crate::scheduler::link::{Link, Links, Target, WaitList};
use crate::scheduler::task::{Promise, PromiseId, Task, TaskId, Wait, Waitable, Wake};
use crate::vm::Vm;

/// Room for so many tasks woken at once is kept.
const FEW: usize = 1024;

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
    #[inline]
    pub(crate) fn new_promise(&mut self, external: bool) -> PromiseId {
        let handle = self.keep_register();
        let id = self.promises.insert(Promise { handle, external, waiters: WaitList::default() });
        self.outcome.named = Some(Waitable::Promise(id).words());
        id
    }

    /// The list of what waits for `target`, beside the links that are on it; and whether it is settled from outside.
    fn waiters_of(&mut self, target: Target) -> (&mut WaitList, bool, &mut Links) {
        let (list, external) = match target {
            Target::Task(task) => (self.tasks.get_mut(task).map(|task| &mut task.waiters), false),
            Target::Promise(promise) => match self.promises.get_mut(promise) {
                Some(promise) => (Some(&mut promise.waiters), promise.external),
                None => (None, false),
            },
            Target::Semaphore(semaphore) => (self.semaphores.get_mut(semaphore).map(|own| &mut own.waiters), false),
        };
        (list.expect("what is waited for exists (I9, checked by perform)"), external, &mut self.links)
    }

    /// Hangs a link of `task` on `target`. O(1).
    #[inline]
    pub(crate) fn hang(&mut self, task: TaskId, target: Target) {
        let sibling = self.task(task).links;
        let (list, external, links) = self.waiters_of(target);
        let link = links.hang(list, target, task, sibling);
        self.task_mut(task).links = Some(link);
        self.waiting_outside += u32::from(external);
    }

    /// Takes the task's links off whatever they hang on. A promise nobody waits for any more is forgotten. O(links).
    fn unhang(&mut self, mut next: Option<Link>) {
        while let Some(link) = next {
            if let Some(target) = self.links.target(link) {
                let (list, external, links) = self.waiters_of(target);
                links.take_off(list, link);
                self.waiting_outside -= u32::from(external);
                self.forget_unless_awaited(target);
            }
            next = self.links.free(link);
        }
    }

    fn forget_unless_awaited(&mut self, target: Target) {
        let Target::Promise(id) = target else { return };
        if self.promises.get(id).is_some_and(|promise| promise.waiters.is_empty()) {
            let promise = self.promises.remove(id).expect("it was just looked at");
            self.host.forget_promise(promise.handle);
            self.forgotten = self.host.everything();
        }
    }

    /// A task has ended, or the host has settled a promise: wakes everybody who waits for it, the first one first.
    /// O(waiters).
    pub(crate) fn settle(&mut self, waitable: Waitable, failed: bool) {
        let (handle, waiters, external) = match waitable {
            Waitable::Promise(id) => match self.promises.remove(id) {
                Some(Promise { handle, external, waiters }) => (handle, waiters, external),
                None => return,
            },
            Waitable::Task(id) => match self.tasks.get_mut(id) {
                Some(Task { handle: Some(handle), waiters, .. }) => (*handle, std::mem::take(waiters), false),
                _ => return,
            },
        };
        // Nothing hangs on it any more before the first one is woken, which may have waited for it several times.
        let mut woken = std::mem::take(&mut self.woken);
        self.links.take_all_off(waiters, &mut woken);
        if external {
            self.waiting_outside -= u32::try_from(woken.len()).expect("links are numbered by 32 bits");
        }
        for task in woken.drain(..) {
            self.hear_of_settled(task, handle, failed);
        }
        if woken.capacity() <= FEW {
            self.woken = woken;
        }
        if matches!(waitable, Waitable::Promise(_)) {
            self.host.drop_value(handle);
        }
    }

    /// Something that the task waited for was settled: it is woken if that is enough.
    #[inline]
    fn hear_of_settled(&mut self, id: TaskId, handle: ValueSlot, failed: bool) {
        let task = self.task_mut(id);
        let answer = match &mut task.wait {
            Wait::Nothing => return,
            Wait::All { pending, .. } if !failed && *pending > 1 => {
                *pending -= 1;
                return;
            }
            &mut Wait::All { effect, .. } if !failed => effect,
            &mut Wait::First { effect } => effect,
            _ => handle,
        };
        self.host.share_value(answer);
        self.wake(id, Wake::Answer(answer));
    }

    /// A waiting task has got its permit.
    pub(crate) fn wake_with_permit(&mut self, task: TaskId) {
        self.wake(task, Wake::Granted);
    }

    /// A parked or ready task will go on with `wake`, and with nothing it waited for before. It is queued behind the
    /// tasks that are ready already.
    pub(crate) fn wake(&mut self, id: TaskId, wake: Wake) {
        let task = self.task_mut(id);
        let was = std::mem::replace(&mut task.wake, wake);
        let wait = std::mem::replace(&mut task.wait, Wait::Nothing);
        let (number, priority) = (task.scheduler, task.priority);
        let links = task.links.take();
        self.unhang(links);
        for kept in [was.kept(), wait.kept()].into_iter().flatten() {
            self.host.drop_value(kept);
        }
        if let Wait::Members(scope) = wait {
            self.cancel_scope_mut(scope).waiter = None;
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
