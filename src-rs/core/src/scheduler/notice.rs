//! Notices: what the host has done in the scheduler's place, and tells it later.
//!
//! To spawn a task, to settle a promise and to cancel a task only queue somebody: who performs one of these goes on at
//! once, and nobody else's turn comes before the next command. So the host may answer such an effect itself, as it does
//! with whatever can be [foreseen](crate::Ahead), and the scheduler hears of it, in order, before that command. And when
//! nobody but one task is ready, the host knows who goes on once the running one waits.

use crate::handler::Answer;
use crate::id::{EffectType, GeneratorSlot, ValueSlot};
use crate::outcome::Instruction;
use crate::scheduler::link::{Target, WaitList};
use crate::scheduler::task::{Promise, SchedulerNumber, TaskId, Wait, Waitable};
use crate::vm::Vm;

/// One notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `Spawn` was performed in the scope that the last outcome left.
    Spawned {
        /// As in the subject of the effect.
        options: u32,
    },
    /// `CompletePromise` or `FailPromise` was performed.
    Settled {
        /// What somebody waited for.
        promise: Waitable,
        /// Whether it failed.
        failed: bool,
    },
    /// `Cancel` was performed, of a task that was not running.
    Cancelled {
        /// Which one.
        task: Waitable,
    },
    /// `Wait` was performed, for a promise of the program that has no record, and the only task that was ready went on.
    HandedOff {
        /// The place of the generator that did, with what it had waited for.
        to: GeneratorSlot,
    },
}

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
    /// Takes notice, before the host's other deeds are told. Gives the name and the handle of what has none yet: a task
    /// that was spawned, a promise that is waited for.
    ///
    /// # Panics
    /// When it is nothing that the host can have done: a bug in the host.
    pub fn notice(&mut self, notice: Notice) -> Option<(Waitable, ValueSlot)> {
        match notice {
            Notice::Spawned { options } => {
                let number = self.scheduler_ahead(EffectType::SPAWN);
                let (task, handle) = self.queue_new(number, options);
                Some((Waitable::Task(task), handle))
            }
            Notice::Settled { promise, failed } => {
                self.settle(promise, failed);
                None
            }
            Notice::Cancelled { task: Waitable::Task(task) } => {
                assert_ne!(Some(task), self.foresight().running, "a task hears at once that it was cancelled");
                self.cancel(task);
                None
            }
            Notice::Cancelled { task } => panic!("only tasks are cancelled, not {task:?}"),
            Notice::HandedOff { to } => Some(self.hand_off(to)),
        }
    }

    fn scheduler_ahead(&mut self, effect: EffectType) -> SchedulerNumber {
        match self.resolve_ahead(effect).answer {
            Answer::Scheduler(number) => number,
            other => panic!("a scheduler takes {effect:?}, not {other:?}"),
        }
    }

    /// The running task waits for something new, and the task whose generator is in `to` has gone on.
    fn hand_off(&mut self, to: GeneratorSlot) -> (Waitable, ValueSlot) {
        let number = self.scheduler_ahead(EffectType::WAIT);
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
}
