//! A snapshot of the tasks: who waits for what. For people; its cost is O(tasks).

use crate::id::{HandlerId, ValueSlot};
use crate::outcome::Instruction;
use crate::scheduler::link::{Link, Target};
use crate::scheduler::semaphore::SemaphoreId;
use crate::scheduler::task::{SchedulerNumber, TaskId, Wait, Waitable, Wake};
use crate::vm::Vm;

/// Tasks per page, where one word is listed for each.
pub(crate) const PAGE: usize = 100;
/// Tasks per page of a snapshot.
const SNAPSHOT_PAGE: usize = 60;
/// Holders of a semaphore that are listed.
const MOST_HOLDERS: usize = 200;

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
    /// are. Eight words each: its handle
    /// (0 for a root task), its activity, the handle of what it waits for (0 for none or several, then the effect's),
    /// its priority, flags (1 daemon, 2 cancelled), its two words as a [`Waitable`], and the handler of its scheduler.
    pub(crate) fn list_tasks(&mut self, from: usize) -> Instruction {
        let mut tasks = std::mem::take(&mut self.listed);
        if from == 0 {
            tasks = self.tasks.iter().map(|(id, _)| id).collect();
            tasks.sort_by_key(|&id| (self.task(id).scheduler, self.task(id).number));
        }
        self.listing.clear();
        let living = tasks.iter().skip(from).take(SNAPSHOT_PAGE).filter(|&&id| self.tasks.get(id).is_some());
        let page: Vec<u32> = living.flat_map(|&id| self.task_words(id)).collect();
        self.listing.extend(page);
        let more = tasks.len() > from + SNAPSHOT_PAGE;
        if more {
            self.listed = tasks;
        }
        Instruction::Listed { more }
    }

    fn task_words(&self, id: TaskId) -> [u32; 8] {
        let task = self.task(id);
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
        let (index, generation) = Waitable::Task(id).words();
        let handler = self.handler_word(task.scheduler);
        [word(task.handle), activity as u32, word(waits_for), task.priority as u32, flags, index, generation, handler]
    }

    /// The handler that a scheduler at work was installed by; 0 when it has ended.
    fn handler_word(&self, number: SchedulerNumber) -> u32 {
        let boundary = self.scheduler(number).boundary;
        boundary.and_then(|boundary| self.segment(boundary).handler).map_or(0, HandlerId::word)
    }

    /// What the host holds for a task that has not ended; none for a root task.
    #[must_use]
    pub fn handle_of_task(&self, task: TaskId) -> Option<ValueSlot> {
        self.tasks.get(task)?.handle
    }

    /// Lists the task that performs effects here: its handle (0 for a root task), its two words, the handler of its scheduler.
    pub(crate) fn list_current(&mut self) -> Instruction {
        self.listing.clear();
        if let Some(number) = self.scheduler_in_scope() {
            self.become_tasks(number);
            if let Some(id) = self.scheduler(number).running {
                let (index, generation) = Waitable::Task(id).words();
                let handle = self.handle_of_task(id).map_or(0, ValueSlot::word);
                let handler = self.handler_word(number);
                self.listing.extend([handle, index, generation, handler]);
            }
        }
        Instruction::Listed { more: false }
    }

    /// Lists who holds a semaphore's permits, two words each: the handle (0 for a root task), and the handler of its scheduler.
    pub(crate) fn list_holders(&mut self, semaphore: SemaphoreId) -> Instruction {
        self.listing.clear();
        let Some(semaphore) = self.semaphores.get(semaphore) else { return Instruction::Listed { more: false } };
        let more = semaphore.holders.len() > MOST_HOLDERS;
        let holders = semaphore.holders.values().take(MOST_HOLDERS);
        let words: Vec<u32> = holders
            .flat_map(|&id| {
                let handle = self.handle_of_task(id).map_or(0, ValueSlot::word);
                [handle, self.handler_word(self.task(id).scheduler)]
            })
            .collect();
        self.listing.extend(words);
        Instruction::Listed { more }
    }

    fn handle_at(&self, link: Link) -> Option<ValueSlot> {
        match self.links.target(link)? {
            Target::Task(id) => self.tasks.get(id)?.handle,
            Target::Promise(id) => self.promises.get(id).map(|promise| promise.handle),
            Target::Semaphore(id) => self.semaphores.get(id).map(|semaphore| semaphore.handle),
        }
    }
}
