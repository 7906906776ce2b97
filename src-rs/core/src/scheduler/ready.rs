//! The ready queue: first come, first served within a priority; a higher priority goes first. O(1).

use std::collections::VecDeque;

use crate::scheduler::task::{Priority, TaskId};

/// Tasks whose turn will come. A task is in here at most once; one that has ended meanwhile is passed over.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// They go before all others, the last one first.
    first: Vec<TaskId>,
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
        self.first
            .pop()
            .or_else(|| self.high.pop_front())
            .or_else(|| self.normal.pop_front())
            .or_else(|| self.idle.pop_front())
    }

    /// A task that is the very next one.
    pub(crate) fn push_first(&mut self, task: TaskId) {
        self.first.push(task);
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
        self.first.is_empty() && self.high.is_empty() && self.normal.is_empty() && self.idle.is_empty()
    }

    #[cfg(debug_assertions)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = TaskId> {
        self.first.iter().chain(&self.high).chain(&self.normal).chain(&self.idle).copied()
    }
}
