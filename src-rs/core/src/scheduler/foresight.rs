//! Foresight: what the host may do in the scheduler's place.
//!
//! To spawn a task, to settle a promise and to cancel a task only queue somebody: the performer goes on at once, and no
//! other task's turn comes before the next command. So the host may answer such an effect itself, and the scheduler hears
//! of it from the [journal](crate::Deed). And when one task only is ready, the host knows that it goes on once the running
//! one waits.

use crate::id::{GeneratorSlot, ValueSlot};
use crate::outcome::Instruction;
use crate::scheduler::link::{Target, WaitList};
use crate::scheduler::task::{Promise, SchedulerNumber, TaskId, Wait, Waitable};
use crate::vm::Vm;

/// What the host may answer ahead. Nothing when there are several schedulers: which of them an effect is about is for the
/// search to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foresight {
    /// How many tasks it may spawn before the scheduler must hear of it. None while a child is in place: it is a task first.
    pub spawns: u32,
    /// The task that runs: it may cancel any other one.
    pub running: Option<TaskId>,
    /// Nobody is ready beside the task that runs, and what the host was told of others still holds: the scopes in which
    /// they have parked, and what they wait for.
    pub alone: bool,
    /// The task that runs may have inherited handlers: what resumes in the middle of a clause of theirs is refused, and the
    /// scheduler must be asked.
    pub inherits: bool,
}

impl Vm {
    /// What the host may answer ahead of the next command.
    #[must_use]
    pub fn foresight(&self) -> Foresight {
        let [Some(only)] = self.schedulers.as_slice() else {
            return Foresight { inherits: !self.schedulers.is_empty(), ..Foresight::default() };
        };
        Foresight {
            inherits: self.in_place > 0 || only.running != only.root,
            spawns: if self.in_place > 0 { 0 } else { only.most.saturating_add(1).saturating_sub(only.live) },
            running: only.running,
            alone: only.running.is_some()
                && only.ready.is_empty()
                && self.in_place == 0
                && !only.moved
                && self.host.has_told(self.forgotten),
        }
    }

    /// The running task waits for something new, and the task whose generator is in `to` has gone on.
    pub(crate) fn hand_off(&mut self, number: SchedulerNumber, to: GeneratorSlot) -> (Waitable, ValueSlot) {
        let running = self.scheduler(number).running.expect("a task waits");
        let handle = self.host.take_value();
        let promise = self.promises.insert(Promise { handle, external: false, waiters: WaitList::default() });
        self.hang(running, Target::Promise(promise));
        self.task_mut(running).wait = Wait::One;
        let _ = self.suspend(number);
        let gone_on = self.outcome.instruction;
        assert!(matches!(gone_on, Instruction::Answer { slot, .. } if slot == to), "{to:?} went on, not {gone_on:?}");
        (Waitable::Promise(promise), handle)
    }
}
