//! Preemption: a task is switched after a number of effects, though it does not wait. Deterministic, since it counts effects.

use crate::scheduler::task::{SchedulerNumber, Wake};
use crate::turn::Step;
use crate::vm::Vm;

impl Vm {
    /// The turn of a task begins. A scheduler that does not preempt leaves the count of the one around it alone.
    pub(crate) fn set_preemption(&mut self, number: SchedulerNumber) {
        let every = self.scheduler(number).preempt_every;
        if every > 0 {
            self.preempt_at = self.performed + u64::from(every);
        }
    }

    /// The innermost scheduler on the chain that preempts. O(segments).
    pub(crate) fn preempting(&self) -> Option<SchedulerNumber> {
        let mut at = self.current;
        while let Some(id) = at {
            if let Some(number) = self.scheduler_at(id).filter(|&number| self.scheduler(number).preempt_every > 0) {
                return Some(number);
            }
            at = self.segment(id).parent;
        }
        None
    }

    /// Enough effects were performed: the one in the register is put off, and the next task goes on. `None` when the
    /// scheduler is not on the chain now, or nobody else is ready.
    pub(crate) fn preempt(&mut self) -> Option<Step> {
        let number = self.preempting()?;
        self.set_preemption(number);
        self.become_tasks(number);
        let running = self.scheduler(number).running?;
        self.performed -= 1;
        self.subject = [0; 3];
        let effect = self.keep_register();
        self.wake(running, Wake::Perform(effect));
        self.park_here(number, running);
        if self.cancelled > 0 {
            self.alarm(running);
        }
        Some(self.next(number))
    }
}
