//! Semaphores: permits, given out in the order in which they were asked for. Taking one is O(log n) in the
//! permits that are out, giving one back as well.
//!
//! A semaphore whose permits are all in has no record: the host knows how many there are.

use std::collections::BTreeMap;

use crate::id::{Id, ValueSlot};
use crate::scheduler::link::WaitList;
use crate::scheduler::task::TaskId;
use crate::vm::Vm;

/// The name of a semaphore of which permits are out.
pub type SemaphoreId = Id<Semaphore>;

/// A permit that is out, and who has it. Permits of a semaphore are numbered in the order in which they were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    pub(crate) of: SemaphoreId,
    pub(crate) number: u64,
}

/// A semaphore of which permits are out.
#[derive(Debug)]
pub struct Semaphore {
    /// The effect that first took a permit: it names the semaphore. Owned.
    pub(crate) handle: ValueSlot,
    pub(crate) free: u32,
    pub(crate) most: u32,
    /// Who waits for a permit. Nobody does while one is free.
    pub(crate) waiters: WaitList,
    /// Who has which permit. Nobody has one whose task has ended with it.
    pub(crate) holders: BTreeMap<u64, TaskId>,
    /// How many permits were taken so far.
    pub(crate) taken: u64,
}

impl Vm {
    /// A record for a semaphore whose permits were all in until now. The register holds the effect that takes one.
    pub(crate) fn new_semaphore(&mut self, most: u32) -> SemaphoreId {
        let handle = self.keep_register();
        let (waiters, holders) = (WaitList::default(), BTreeMap::new());
        let id = self.semaphores.insert(Semaphore { handle, free: most, most, waiters, holders, taken: 0 });
        self.outcome.named = Some(id.words());
        id
    }

    /// Takes a free permit for `task`; false when there is none.
    pub(crate) fn take_permit(&mut self, id: SemaphoreId, task: TaskId) -> bool {
        let Some(semaphore) = self.semaphores.get_mut(id) else { return false };
        if semaphore.free == 0 {
            return false;
        }
        semaphore.free -= 1;
        self.hold_permit(id, task);
        true
    }

    fn hold_permit(&mut self, id: SemaphoreId, task: TaskId) {
        let semaphore = self.semaphores.get_mut(id).expect("a semaphore with permits out has a record (I9)");
        let number = semaphore.taken;
        semaphore.taken += 1;
        semaphore.holders.insert(number, task);
        self.task_mut(task).permits.push(Permit { of: id, number });
    }

    /// `task` gives a permit back: its own, or that of who has spawned it, or one whose holder has ended. False when there
    /// is none of these: it is never taken from anybody else. O(permits of the holder, and spawners).
    pub(crate) fn release_permit(&mut self, id: SemaphoreId, task: TaskId) -> bool {
        let Some(semaphore) = self.semaphores.get(id) else { return false };
        let out = (semaphore.most - semaphore.free) as usize;
        let is_abandoned = semaphore.holders.len() < out;
        match self.holder_for(id, task) {
            Some(holder) => self.let_go_of_permit(id, holder),
            None if is_abandoned => {}
            None => return false,
        }
        self.permit_is_free(id);
        true
    }

    /// The task itself, or the nearest of those that have spawned it, if one of them has a permit.
    fn holder_for(&self, id: SemaphoreId, task: TaskId) -> Option<TaskId> {
        let line = std::iter::successors(Some(task), |&at| self.tasks.get(at).and_then(|task| task.spawner));
        let mut alive = line.map_while(|at| Some((at, self.tasks.get(at)?)));
        alive.find(|(_, task)| task.permits.iter().any(|permit| permit.of == id)).map(|(at, _)| at)
    }

    /// Strikes the first permit off those that `task` has.
    fn let_go_of_permit(&mut self, id: SemaphoreId, task: TaskId) {
        let permits = &mut self.task_mut(task).permits;
        let at = permits.iter().position(|permit| permit.of == id).expect("who holds a permit knows it (I9)");
        let permit = permits.remove(at);
        self.strike_permit(permit);
    }

    fn strike_permit(&mut self, permit: Permit) {
        let semaphore = self.semaphores.get_mut(permit.of).expect("a semaphore with permits out has a record (I9)");
        semaphore.holders.remove(&permit.number).expect("a permit is struck once (I9)");
    }

    /// A permit has come back: the next one in the queue gets it.
    pub(crate) fn permit_is_free(&mut self, id: SemaphoreId) {
        let semaphore = self.semaphores.get_mut(id).expect("a semaphore with permits out has a record (I9)");
        if let Some(link) = semaphore.waiters.first() {
            let task = self.links.task(link);
            self.hold_permit(id, task);
            self.wake_with_permit(task);
            return;
        }
        semaphore.free += 1;
        if semaphore.free == semaphore.most {
            let handle = semaphore.handle;
            self.semaphores.remove(id);
            self.host.drop_value(handle);
        }
    }

    /// A task has ended with these permits: a cancelled one gives them back, otherwise nobody has them any more.
    pub(crate) fn forget_holder(&mut self, permits: Vec<Permit>, gives_back: bool) {
        for permit in permits {
            self.strike_permit(permit);
            if gives_back {
                self.permit_is_free(permit.of);
            }
        }
    }
}
