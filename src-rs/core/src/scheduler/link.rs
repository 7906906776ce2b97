//! Links: which task waits for what. A link is on two lists at once, that of the thing waited for and that of the task,
//! so that both a settlement and a cancellation take it off in O(1) and leave nothing behind.

use std::num::NonZeroU32;

use crate::numbers::Numbers;
use crate::scheduler::semaphore::SemaphoreId;
use crate::scheduler::task::{PromiseId, TaskId};

/// The number of a link.
pub(crate) type Link = NonZeroU32;

/// What a link hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Task(TaskId),
    Promise(PromiseId),
    Semaphore(SemaphoreId),
}

/// The links that hang on one thing, the oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WaitList {
    first: Option<Link>,
    last: Option<Link>,
}

impl WaitList {
    pub(crate) fn is_empty(self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn first(self) -> Option<Link> {
        self.first
    }
}

#[derive(Clone, Copy, Debug)]
struct Node {
    task: TaskId,
    /// None once what it waited for has settled, while its task waits for more.
    target: Option<Target>,
    before: Option<Link>,
    after: Option<Link>,
    /// The next link of the same task.
    sibling: Option<Link>,
}

/// Every link of a VM.
pub(crate) struct Links {
    nodes: Vec<Option<Node>>,
    numbers: Numbers,
}

impl Links {
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::new(), numbers: Numbers::from(1) }
    }

    /// Links in use.
    #[cfg(debug_assertions)]
    pub(crate) fn len(&self) -> usize {
        self.numbers.in_use()
    }

    fn node(&self, link: Link) -> &Node {
        self.nodes[link.get() as usize].as_ref().expect("a link in use exists (I9)")
    }

    fn node_mut(&mut self, link: Link) -> &mut Node {
        self.nodes[link.get() as usize].as_mut().expect("a link in use exists (I9)")
    }

    pub(crate) fn task(&self, link: Link) -> TaskId {
        self.node(link).task
    }

    pub(crate) fn target(&self, link: Link) -> Option<Target> {
        self.node(link).target
    }

    /// Hangs a link of `task` at the end of `list`, which is `target`'s; `sibling` is the task's last one so far.
    pub(crate) fn hang(&mut self, list: &mut WaitList, target: Target, task: TaskId, sibling: Option<Link>) -> Link {
        let number = self.numbers.take();
        let link = Link::new(number).expect("link numbers start at 1");
        if number as usize >= self.nodes.len() {
            self.nodes.resize(number as usize + 1, None);
        }
        self.nodes[number as usize] =
            Some(Node { task, target: Some(target), before: list.last, after: None, sibling });
        match list.last.replace(link) {
            Some(before) => self.node_mut(before).after = Some(link),
            None => list.first = Some(link),
        }
        link
    }

    /// How many links a task has, those with nothing to wait for any more included.
    pub(crate) fn count(&self, link: Option<Link>) -> u32 {
        std::iter::successors(link, |&link| self.node(link).sibling).map(|_| 1).sum()
    }

    /// As [`Links::count`], of those that hang on something.
    #[cfg(debug_assertions)]
    pub(crate) fn hanging(&self, link: Option<Link>) -> u32 {
        let links = std::iter::successors(link, |&link| self.node(link).sibling);
        links.map(|link| u32::from(self.node(link).target.is_some())).sum()
    }

    /// The links of a task, the last one first.
    pub(crate) fn of_task(&self, link: Option<Link>) -> impl Iterator<Item = Link> {
        std::iter::successors(link, |&link| self.node(link).sibling)
    }

    /// The links of a list, the oldest first.
    pub(crate) fn list(&self, list: WaitList) -> impl Iterator<Item = Link> {
        std::iter::successors(list.first, |&link| self.node(link).after)
    }

    /// Takes a link off the list it hangs on; it stays on its task's.
    pub(crate) fn take_off(&mut self, list: &mut WaitList, link: Link) {
        let node = self.node_mut(link);
        node.target = None;
        let (before, after) = (node.before.take(), node.after.take());
        match before {
            Some(before) => self.node_mut(before).after = after,
            None => list.first = after,
        }
        match after {
            Some(after) => self.node_mut(after).before = before,
            None => list.last = before,
        }
    }

    /// Takes every link off a list that is given up; the tasks they are of, the oldest first. O(links).
    pub(crate) fn take_all_off(&mut self, list: WaitList, tasks: &mut Vec<TaskId>) {
        let mut next = list.first;
        while let Some(link) = next {
            let node = self.node_mut(link);
            tasks.push(node.task);
            node.target = None;
            node.before = None;
            next = node.after.take();
        }
    }

    /// Frees a link that hangs on nothing; gives the task's next one.
    pub(crate) fn free(&mut self, link: Link) -> Option<Link> {
        let node = self.nodes[link.get() as usize].take().expect("a link is freed once (I9)");
        assert!(node.target.is_none(), "a link is taken off before it is freed (I9)");
        self.numbers.give_back(link.get());
        node.sibling
    }
}
