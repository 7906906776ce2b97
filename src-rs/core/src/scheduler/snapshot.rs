//! A snapshot of the tasks: who waits for what. For people; its cost is O(tasks).

use crate::id::ValueSlot;
use crate::outcome::Instruction;
use crate::scheduler::link::{Link, Target};
use crate::scheduler::task::{Task, Wait, Wake};
use crate::vm::Vm;

/// Tasks per page.
pub(crate) const PAGE: usize = 100;

/// What a task is doing. The numbers are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Activity {
    /// It runs.
    Running = 1,
    /// It waits for its turn.
    Ready = 2,
    /// It waits for a task or promise.
    Waiting = 3,
    /// It waits for all of several.
    Gathering = 4,
    /// It waits for the first of several.
    Racing = 5,
    /// It waits for a permit.
    Acquiring = 6,
    /// It waits for tasks of a scheduler inside of it.
    Inside = 7,
    /// It waits for the tasks of a form that it runs.
    Joining = 8,
}

impl Activity {
    /// Every activity with its name, for the generated host copy.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("RUNNING", Self::Running),
        ("READY", Self::Ready),
        ("WAITING", Self::Waiting),
        ("GATHERING", Self::Gathering),
        ("RACING", Self::Racing),
        ("ACQUIRING", Self::Acquiring),
        ("INSIDE", Self::Inside),
        ("JOINING", Self::Joining),
    ];
}

impl Vm {
    /// Lists one page of the living tasks, scheduler by scheduler in the order of spawning; the first page says which they
    /// are. Five words each: its handle
    /// (0 for a root task), its activity, the handle of what it waits for (0 for none or several, then the effect's),
    /// its priority, and flags: 1 daemon, 2 cancelled.
    pub(crate) fn list_tasks(&mut self, from: usize) -> Instruction {
        let mut tasks = std::mem::take(&mut self.listed);
        if from == 0 {
            tasks = self.tasks.iter().map(|(id, _)| id).collect();
            tasks.sort_by_key(|&id| (self.task(id).scheduler, self.task(id).number));
        }
        self.listing.clear();
        let living = tasks.iter().skip(from).take(PAGE).filter_map(|&id| self.tasks.get(id));
        let page: Vec<u32> = living.flat_map(|task| self.task_words(task)).collect();
        self.listing.extend(page);
        let more = tasks.len() > from + PAGE;
        if more {
            self.listed = tasks;
        }
        Instruction::Listed { more }
    }

    fn task_words(&self, task: &Task) -> [u32; 5] {
        let activity = match task.wait {
            Wait::One => Activity::Waiting,
            Wait::Members(_) => Activity::Joining,
            Wait::All { .. } => Activity::Gathering,
            Wait::First { .. } => Activity::Racing,
            Wait::Permit => Activity::Acquiring,
            Wait::Inner => Activity::Inside,
            Wait::Nothing if task.wake == Wake::Never => Activity::Running,
            Wait::Nothing => Activity::Ready,
        };
        let waits_for = match task.wait {
            Wait::All { effect, .. } | Wait::First { effect } => Some(effect),
            _ => task.links.and_then(|link| self.handle_at(link)),
        };
        let flags = u32::from(task.daemon) | u32::from(task.cancelled) << 1;
        let word = |slot: Option<ValueSlot>| slot.map_or(0, ValueSlot::word);
        [word(task.handle), activity as u32, word(waits_for), task.priority as u32, flags]
    }

    fn handle_at(&self, link: Link) -> Option<ValueSlot> {
        match self.links.target(link)? {
            Target::Task(id) => self.tasks.get(id)?.handle,
            Target::Promise(id) => self.promises.get(id).map(|promise| promise.handle),
            Target::Semaphore(id) => self.semaphores.get(id).map(|semaphore| semaphore.handle),
        }
    }
}
