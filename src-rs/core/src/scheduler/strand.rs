//! Strands: who goes on, for the host to keep what belongs to a task and to no place in its chain, such as an asynchronous
//! context.
//!
//! A strand is a task. The program around a scheduler and the root task in it are one strand too, which the host knows by
//! the root task while that one lives, and then by the scheduler, until it has ended. An outcome says which strand has
//! been left where it was, and which one goes on where it had been left; nothing when one goes on that was just left.

use std::num::NonZeroU32;

use crate::scheduler::task::{SchedulerNumber, TaskId, Waitable};
use crate::vm::Vm;

/// Who goes on. Only what lives is told apart: a number is given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strand(NonZeroU32);

impl Strand {
    /// The word of a task's strand is that of its index as a [`Waitable`], which is odd; the others are even.
    fn of(task: TaskId) -> Self {
        Self(NonZeroU32::new(Waitable::Task(task).words().0).expect("an odd number"))
    }

    fn around(scheduler: SchedulerNumber) -> Self {
        Self(NonZeroU32::new((scheduler + 1) << 1).expect("schedulers are fewer than 2^31"))
    }

    /// The word that carries it to the host.
    #[must_use]
    pub fn word(self) -> u32 {
        self.0.get()
    }
}

impl Vm {
    /// The task parks. If the host has not heard that it had gone on, it need not hear that it is left again.
    pub(crate) fn leave_strand(&mut self, task: TaskId) {
        let own = Some(Strand::of(task));
        if self.outcome.goes_on == own {
            self.outcome.goes_on = None;
        } else {
            self.outcome.left = own;
        }
    }

    /// The task goes on.
    pub(crate) fn enter_strand(&mut self, task: TaskId) {
        self.outcome.goes_on = Some(Strand::of(task));
    }

    /// The task has ended, and its strand; that of a root task is left to what is around its scheduler.
    pub(crate) fn end_strand(&mut self, task: TaskId) {
        let unheard = self.outcome.goes_on == Some(Strand::of(task));
        let number = self.task(task).scheduler;
        if unheard {
            self.outcome.goes_on = None;
        } else if self.scheduler(number).root == Some(task) {
            self.outcome.left = Some(Strand::around(number));
        }
    }

    /// The scheduler has ended: what is around it goes on.
    pub(crate) fn enter_strand_around(&mut self, scheduler: SchedulerNumber) {
        self.outcome.goes_on = Some(Strand::around(scheduler));
    }
}
