//! Notices: what the host has done in the scheduler's place, and tells it later.
//!
//! To spawn a task, to settle a promise and to cancel a task only queue somebody: who performs one of these goes on at
//! once, and nobody else's turn comes before the next command. So the host may answer such an effect itself, as it does
//! with whatever can be [foreseen](crate::Ahead), and the scheduler hears of it, in order, before that command.

use crate::handler::Answer;
use crate::id::{EffectType, ValueSlot};
use crate::scheduler::task::{Scheduler, TaskId, Waitable};
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
}

impl Vm {
    /// Takes notice, before the host's other deeds are told. Gives the name and the handle of a task that was spawned.
    ///
    /// # Panics
    /// When it is nothing that the host can have done: a bug in the host.
    pub fn notice(&mut self, notice: Notice) -> Option<(TaskId, ValueSlot)> {
        match notice {
            Notice::Spawned { options } => {
                let found = self.resolve_ahead(EffectType::SPAWN);
                let Answer::Scheduler(number) = found.answer else { panic!("tasks are spawned by a scheduler") };
                Some(self.queue_new(number, options))
            }
            Notice::Settled { promise, failed } => {
                self.settle(promise, failed);
                None
            }
            Notice::Cancelled { task: Waitable::Task(task) } => {
                assert_ne!(Some(task), self.sole_running(), "a task hears at once that it was cancelled");
                self.cancel(task);
                None
            }
            Notice::Cancelled { task } => panic!("only tasks are cancelled, not {task:?}"),
        }
    }

    /// How many tasks the host may spawn before the scheduler must hear of it: none when there are several schedulers.
    #[must_use]
    pub fn spawns_ahead(&self) -> u32 {
        self.sole_scheduler().map_or(0, |only| only.most.saturating_add(1).saturating_sub(only.live))
    }

    /// The task that runs, if there is one scheduler only: the host cancels any other one ahead.
    #[must_use]
    pub fn sole_running(&self) -> Option<TaskId> {
        self.sole_scheduler()?.running
    }

    /// Whether nobody is ready beside the task that runs, and there is one scheduler only: what that task waits for from
    /// outside, the host may wait for without a word, as long as nothing else happens.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.sole_scheduler().is_some_and(|only| only.running.is_some() && only.ready.is_empty())
    }

    fn sole_scheduler(&self) -> Option<&Scheduler> {
        match self.schedulers.as_slice() {
            [only] => only.as_ref(),
            _ => None,
        }
    }
}
