//! Tasks that wait in vain while others may go on: for one another in a circle, or for permits that only such tasks hold.
//!
//! A task *may go on* when it waits for nothing, or for something outside, or for what a task that may go on can give: its
//! end, which a form waits for, too, a permit that it or a task up the chain of its spawners holds. As long as anybody may go on, so may whoever waits
//! for a promise of the program or for a permit that nobody holds: it is not known who gives them. All others are stuck.
//!
//! It is asked for when a run has been idle for a moment, so that a wait costs nothing more. Cost: O(tasks and links).

use crate::id::ValueSlot;
use crate::outcome::Instruction;
use crate::scheduler::link::{Link, Target, WaitList};
use crate::scheduler::semaphore::Semaphore;
use crate::scheduler::snapshot::PAGE;
use crate::scheduler::task::{SchedulerNumber, TaskId, Wait, Waitable};
use crate::vm::Vm;

/// What is known of one task, by its index.
#[derive(Clone, Copy, Default)]
struct Known {
    may_go_on: bool,
    /// What it and its spawners hold may be given back.
    may_give: bool,
    /// How much of all that it waits for was found to come.
    comes: u32,
    /// Its place on the path that looks for a circle; 0 for none.
    step: usize,
}

/// What is known of all of them so far.
struct Search {
    known: Vec<Known>,
    /// May go on; what follows from that is still to be found.
    next: Vec<TaskId>,
}

impl Search {
    fn of(&mut self, id: TaskId) -> &mut Known {
        &mut self.known[id.words().0 as usize]
    }

    fn may_go_on(&mut self, id: TaskId) {
        if !std::mem::replace(&mut self.of(id).may_go_on, true) {
            self.next.push(id);
        }
    }
}

impl Vm {
    /// Lists a circle of tasks that are stuck; one that all others wait for if there is none. First the two words of the
    /// oldest of them and whether it is a circle, then the handles of all in the order of waiting, its own first; at most a
    /// page. Nothing when nobody is stuck.
    pub(crate) fn list_stuck(&mut self) -> Instruction {
        let mut search = self.search();
        let (mut stuck, is_circle) = self.circle(&mut search);
        let waits = (0..).zip(&stuck).filter(|&(_, &id)| self.task(id).wait != Wait::Inner);
        let oldest = waits.min_by_key(|&(_, &id)| self.age(id)).map(|(at, _)| at);
        let mut words = Vec::new();
        if let Some(oldest) = oldest {
            stuck.rotate_left(oldest);
            let (index, generation) = Waitable::Task(stuck[0]).words();
            words.extend([index, generation, u32::from(is_circle)]);
            words.extend(stuck.iter().take(PAGE).map(|&id| self.task(id).handle.map_or(0, ValueSlot::word)));
        }
        self.listing = words;
        Instruction::Listed { more: false }
    }

    fn age(&self, id: TaskId) -> (SchedulerNumber, u32) {
        (self.task(id).scheduler, self.task(id).number)
    }

    /// Finds everybody who may go on.
    fn search(&self) -> Search {
        let mut search = Search { known: vec![Known::default(); self.tasks.room()], next: Vec::new() };
        for (id, _) in self.tasks.iter().filter(|(_, task)| task.wait == Wait::Nothing) {
            search.may_go_on(id);
        }
        for (_, promise) in self.promises.iter().filter(|(_, promise)| promise.external) {
            self.comes(promise.waiters, &mut search);
        }
        if search.next.is_empty() {
            return search;
        }
        for (_, promise) in self.promises.iter().filter(|(_, promise)| !promise.external) {
            self.comes(promise.waiters, &mut search);
        }
        for (_, semaphore) in self.semaphores.iter().filter(|(_, semaphore)| semaphore.is_unheld()) {
            self.comes(semaphore.waiters, &mut search);
        }
        while let Some(id) = search.next.pop() {
            self.comes(self.task(id).waiters, &mut search);
            if let Some(outer) = self.scheduler(self.task(id).scheduler).parked_in {
                search.may_go_on(outer);
            }
            self.may_give(id, &mut search);
            let form = self.task(id).member_of.and_then(|form| self.cancel_scopes.get(form));
            if let Some(waiter) = form.and_then(|form| form.waiter) {
                search.may_go_on(waiter);
            }
        }
        search
    }

    /// What these wait for may come.
    fn comes(&self, waiters: WaitList, search: &mut Search) {
        for link in self.links.list(waiters) {
            let id = self.links.task(link);
            let known = search.of(id);
            known.comes += 1;
            match self.task(id).wait {
                Wait::All { pending, .. } if known.comes < pending => {}
                _ => search.may_go_on(id),
            }
        }
    }

    /// The task may give back a permit that it holds, or one up the chain of those that spawned it.
    fn may_give(&self, id: TaskId, search: &mut Search) {
        let mut at = Some((id, self.task(id)));
        while let Some((id, task)) = at {
            if std::mem::replace(&mut search.of(id).may_give, true) {
                return;
            }
            for permit in &task.permits {
                let semaphore = self.semaphores.get(permit.of).expect("a permit is of a semaphore (I9)");
                let first = semaphore.waiters.first().map(|link| self.links.task(link));
                // Those of one semaphore may all go on as soon as the first one may.
                if first.is_some_and(|first| !search.of(first).may_go_on) {
                    self.comes(semaphore.waiters, search);
                }
            }
            let above = task.spawner.or(self.scheduler(task.scheduler).parked_in);
            at = above.and_then(|id| Some((id, self.tasks.get(id)?)));
        }
    }

    /// Follows who waits for whom, from the oldest one that is stuck, then from the others, until somebody comes again.
    fn circle(&self, search: &mut Search) -> (Vec<TaskId>, bool) {
        let tasks = self.tasks.iter().map(|(id, _)| id);
        let mut stuck: Vec<TaskId> = tasks.filter(|&id| !search.of(id).may_go_on).collect();
        stuck.sort_by_key(|&id| self.age(id));
        let mut oldest = vec![None; self.schedulers.len()];
        for &id in &stuck {
            oldest[self.task(id).scheduler as usize].get_or_insert(id);
        }
        let mut steps = 0;
        let mut end = None;
        for &start in &stuck {
            let (before, mut path) = (steps, Vec::new());
            let mut at = Some(start);
            while let Some(id) = at {
                let step = std::mem::replace(&mut search.of(id).step, steps + 1);
                if step > before {
                    return (path.split_off(step - before - 1), true);
                }
                if step > 0 {
                    // An earlier path has led on from here.
                    path.clear();
                    break;
                }
                steps += 1;
                path.push(id);
                at = self.stuck_behind(id, &oldest, search);
            }
            end = end.or(path.pop());
        }
        (end.into_iter().collect(), false)
    }

    /// Somebody stuck whom the task waits for. `oldest` says who is the oldest one of each scheduler.
    fn stuck_behind(&self, id: TaskId, oldest: &[Option<TaskId>], search: &mut Search) -> Option<TaskId> {
        let task = self.task(id);
        if task.wait == Wait::Inner {
            return oldest[task.first.and_then(|segment| self.scheduler_at(segment))? as usize];
        }
        if let Wait::Members(form) = task.wait {
            return self.members(form).into_iter().find(|&member| !search.of(member).may_go_on);
        }
        self.links.of_task(task.links).find_map(|link| self.giver(link, search))
    }

    /// A stuck task that could give what the link hangs on.
    fn giver(&self, link: Link, search: &mut Search) -> Option<TaskId> {
        match self.links.target(link)? {
            Target::Task(task) => Some(task).filter(|&task| !search.of(task).may_go_on),
            Target::Semaphore(id) => {
                let holders = self.semaphores.get(id).map(|semaphore| &semaphore.holders)?;
                holders.values().copied().find(|&holder| !search.of(holder).may_go_on)
            }
            Target::Promise(_) => None,
        }
    }
}

impl Semaphore {
    /// Whether a permit is out that nobody holds.
    fn is_unheld(&self) -> bool {
        self.holders.len() < (self.most - self.free) as usize
    }
}
