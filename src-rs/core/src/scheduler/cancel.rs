//! Cancelling tasks: the root of a task is a cancel scope, too. What it means to be cancelled is in `target.rs`.

use crate::frame::{Completion, Frame};
use crate::id::ValueSlot;
use crate::scheduler::task::{Settlement, TaskId};
use crate::turn::{Mode, Step};
use crate::vm::Vm;

impl Vm {
    /// Tells a task to end, at its next suspension: when it is its turn, if it is suspended now. Once; then it is masked.
    pub(crate) fn cancel(&mut self, id: TaskId) {
        if self.tasks.get(id).is_some_and(|task| !task.cancelled) && !self.is_unwinding(id) {
            self.task_mut(id).cancelled = true;
            self.cancelled += 1;
            self.alarm_task(id);
        }
    }

    /// It is the turn of a task that was told to end.
    pub(crate) fn unwind_now(&mut self, id: TaskId) -> Step {
        if self.task(id).bottom.is_none() {
            let number = self.task(id).scheduler;
            self.forget_task(id, Settlement::Cancelled);
            return self.next(number);
        }
        self.unwind_if_told(Some(id)).expect("who is woken to unwind was told to (I9)")
    }

    /// The running task unwinds down to its task frame.
    pub(crate) fn unwind_task(&mut self, id: TaskId) -> Step {
        self.unwind_task_to(id, Completion::Cancelled)
    }

    /// As above; how the task ends then.
    pub(crate) fn unwind_task_to(&mut self, id: TaskId, completion: Completion) -> Step {
        let bottom = self.task(id).bottom.expect("a task that runs has started (I9)");
        self.task_mut(id).unwinding = true;
        if self.segment(bottom).frames.len() > 1 || self.segment(bottom).gap {
            self.separate_task_frame(bottom);
        }
        let bottom = self.task(id).bottom.expect("it has started");
        let lowest = self.segment_mut(bottom);
        // It is not doomed itself, even if its chain was: the cancellation ends in it.
        (lowest.closing, lowest.doomed) = (false, 0);
        lowest.frames.push(Frame::After(completion));
        let failure = lowest.failure.take();
        self.host.drop_value(failure.unwrap_or(ValueSlot::UNDEFINED));
        let mut at = self.running();
        while at != bottom {
            self.doom_segment(at);
            at = self.segment(at).parent.expect("a task's chain leads to its lowest segment (I2)");
        }
        Step::Then(Mode::Unwind)
    }

    pub(crate) fn is_unwinding(&self, id: TaskId) -> bool {
        let task = self.task(id);
        task.unwinding || task.bottom.is_some_and(|bottom| self.segment(bottom).closing)
    }

    /// The end of a cancelled task's unwinding.
    pub(crate) fn end_cancelled(&mut self) -> Step {
        match self.top().frames.last() {
            Some(&Frame::Task(task)) => self.end_task(task, Settlement::Cancelled),
            other => unreachable!("a cancelled task unwinds down to its task frame (I3), not {other:?}"),
        }
    }
}
