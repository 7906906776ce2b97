//! The ready queue: first come, first served within a priority; a higher priority goes first. O(1).

use std::collections::VecDeque;

use crate::scheduler::task::{Priority, TaskId};

/// Tasks whose turn will come. A task is in here at most once; one that has ended meanwhile is passed over.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    idle: VecDeque<TaskId>,
    normal: VecDeque<TaskId>,
    high: VecDeque<TaskId>,
}

impl Ready {
    pub(crate) fn push(&mut self, task: TaskId, priority: Priority) {
        match priority {
            Priority::Idle => self.idle.push_back(task),
            Priority::Normal => self.normal.push_back(task),
            Priority::High => self.high.push_back(task),
        }
    }

    pub(crate) fn pop(&mut self) -> Option<TaskId> {
        self.high.pop_front().or_else(|| self.normal.pop_front()).or_else(|| self.idle.pop_front())
    }

    /// Puts a task back that was just taken out: it is still the next one.
    pub(crate) fn put_back(&mut self, task: TaskId, priority: Priority) {
        match priority {
            Priority::Idle => self.idle.push_front(task),
            Priority::Normal => self.normal.push_front(task),
            Priority::High => self.high.push_front(task),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.high.is_empty() && self.normal.is_empty() && self.idle.is_empty()
    }

    #[cfg(debug_assertions)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = TaskId> {
        self.high.iter().chain(&self.normal).chain(&self.idle).copied()
    }
}
