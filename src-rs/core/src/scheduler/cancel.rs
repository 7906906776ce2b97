//! Cancellation: a task is asked to unwind, once, and does so at its next suspension.

use crate::frame::{Completion, Frame};
use crate::scheduler::task::{Settlement, Task, TaskId, Wait, Wake};
use crate::turn::{Mode, Step};
use crate::vm::Vm;

impl Vm {
    /// Asks a task to unwind, at its next suspension: when it is its turn, if it is suspended now. Once; then it is masked.
    ///
    /// Who was answered is suspended no more: what it waited for is given to it first, since it may be something to release.
    pub(crate) fn cancel(&mut self, id: TaskId) {
        if self.tasks.get(id).is_none_or(|task| task.cancelled) || self.is_unwinding(id) {
            return;
        }
        let task = self.task_mut(id);
        task.cancelled = true;
        let (number, is_answered) = (task.scheduler, matches!(task.wake, Wake::Answer(_)));
        if self.scheduler(number).running == Some(id) {
            self.asks_always = true;
        } else if !is_answered {
            self.unwind_next(id);
        }
    }

    /// The scheduler itself is unwound: a task that is left goes on to nothing but its unwinding.
    pub(crate) fn cancel_at_once(&mut self, id: TaskId) {
        if self.tasks.get(id).is_some() && !self.is_unwinding(id) {
            self.task_mut(id).cancelled = true;
            self.unwind_next(id);
        }
    }

    /// When it is the task's turn, it unwinds.
    fn unwind_next(&mut self, id: TaskId) {
        let Task { wait, first, .. } = *self.task(id);
        if wait == Wait::Inner {
            let inner = first.and_then(|segment| self.scheduler_at(segment));
            let inner = inner.expect("a task that waits for a scheduler inside is parked on its boundary (I9)");
            self.scheduler_mut(inner).parked_in = None;
        }
        self.wake(id, Wake::Cancel);
    }

    /// It is the cancelled task's turn: it unwinds down to its task frame.
    pub(crate) fn cancel_now(&mut self, id: TaskId) -> Step {
        let Some(bottom) = self.task(id).bottom else {
            let number = self.task(id).scheduler;
            self.forget_task(id, Settlement::Cancelled);
            return self.next(number);
        };
        self.task_mut(id).unwinding = true;
        if self.segment(bottom).frames.len() > 1 || self.segment(bottom).gap {
            self.separate_task_frame(bottom);
        }
        let bottom = self.task(id).bottom.expect("it has started");
        let lowest = self.segment_mut(bottom);
        // It is not doomed itself, even if its chain was: the cancellation ends in it.
        (lowest.closing, lowest.doomed) = (false, 0);
        lowest.frames.push(Frame::After(Completion::Cancelled));
        let mut at = self.running();
        while at != bottom {
            let segment = self.segment_mut(at);
            segment.doom();
            at = segment.parent.expect("a task's chain leads to its lowest segment (I2)");
        }
        Step::Then(Mode::Unwind)
    }

    /// Whether the task was cancelled and has not begun to unwind: neither by itself nor with all that is around it.
    pub(crate) fn is_to_unwind(&self, id: TaskId) -> bool {
        self.task(id).cancelled && !self.is_unwinding(id)
    }

    /// Whether some task that the current segment is a part of is to unwind at its next suspension. O(segments).
    pub(crate) fn is_part_of_cancelled(&self) -> bool {
        let mut at = self.current;
        while let Some(id) = at {
            let running = self.scheduler_at(id).and_then(|number| self.scheduler(number).running);
            if running.is_some_and(|task| self.is_to_unwind(task)) {
                return true;
            }
            at = self.segment(id).parent;
        }
        false
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
