//! Semaphores: permits, given out in the order in which they were asked for. Every operation is O(1).
//!
//! A semaphore whose permits are all in has no record: the host knows how many there are.

use crate::id::{Id, ValueSlot};
use crate::scheduler::link::WaitList;
use crate::scheduler::task::TaskId;
use crate::vm::Vm;

/// The name of a semaphore of which permits are out.
pub type SemaphoreId = Id<Semaphore>;

/// A semaphore of which permits are out.
#[derive(Debug)]
pub struct Semaphore {
    /// The effect that first took a permit: it names the semaphore. Owned.
    pub(crate) handle: ValueSlot,
    pub(crate) free: u32,
    pub(crate) most: u32,
    /// Who waits for a permit. Nobody does while one is free.
    pub(crate) waiters: WaitList,
}

impl Vm {
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
        let permits = &mut self.task_mut(task).permits;
        match permits.iter_mut().find(|(held, _)| *held == id) {
            Some((_, count)) => *count += 1,
            None => permits.push((id, 1)),
        }
    }

    /// `task` gives a permit back; false when none is out. Somebody else's is given back when it holds none itself.
    pub(crate) fn release_permit(&mut self, id: SemaphoreId, task: TaskId) -> bool {
        if self.semaphores.get(id).is_none() {
            return false;
        }
        if !self.let_go_of_permit(id, task) {
            let holds = |held: &[(SemaphoreId, u32)]| held.iter().any(|(held, _)| *held == id);
            let mut holders: Vec<TaskId> =
                self.tasks.iter().filter(|(_, task)| holds(&task.permits)).map(|(id, _)| id).collect();
            holders.sort_by_key(|&holder| self.task(holder).number);
            // Nobody alive holds it when its holder has ended without giving it back.
            if let Some(&holder) = holders.first() {
                self.let_go_of_permit(id, holder);
            }
        }
        self.permit_is_free(id);
        true
    }

    /// Strikes one permit off those that `task` holds.
    fn let_go_of_permit(&mut self, id: SemaphoreId, task: TaskId) -> bool {
        let permits = &mut self.task_mut(task).permits;
        let Some(at) = permits.iter().position(|(held, _)| *held == id) else {
            return false;
        };
        permits[at].1 -= 1;
        if permits[at].1 == 0 {
            permits.swap_remove(at);
        }
        true
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

    /// A cancelled task gives back the permits it still holds.
    pub(crate) fn give_back_permits(&mut self, permits: Vec<(SemaphoreId, u32)>) {
        for (id, count) in permits {
            for _ in 0..count {
                self.permit_is_free(id);
            }
        }
    }
}
