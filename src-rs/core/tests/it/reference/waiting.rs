//! What tasks wait for, as the reference interpreter understands it: who waits is written down at what is waited for.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::forms::same;
use super::tasks::{Scheduler, Waiting};
use super::{Answer, Rest, Tree};
use crate::ast::{Closure, Value};
use crate::scheduling::{DEADLOCK, FORSAKEN, Outside};

pub(super) type TaskRef = (Rc<Scheduler>, usize);
pub(super) type Settled = Result<Value, Value>;

/// A task or promise.
pub(super) struct Waited {
    pub(super) result: Option<Settled>,
    order: usize,
    pub(super) is_task: bool,
    pub(super) outside: Option<Closure<Outside>>,
    pub(super) waiters: Vec<TaskRef>,
}

pub(super) struct Permits {
    pub(super) most: u32,
    pub(super) free: u32,
    pub(super) waiters: Vec<TaskRef>,
    /// Who has taken one, the longest ago first; the numbers count all permits taken.
    pub(super) holders: Vec<(usize, TaskRef)>,
}

/// What all tasks of a run share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) waited: RefCell<Vec<Waited>>,
    pub(super) semaphores: RefCell<Vec<Permits>>,
    settlements: Cell<usize>,
    taken: Cell<usize>,
}

impl Shared {
    pub(super) fn add(&self, is_task: bool, outside: Option<Closure<Outside>>) -> usize {
        let mut waited = self.waited.borrow_mut();
        waited.push(Waited { result: None, order: 0, is_task, outside, waiters: Vec::new() });
        waited.len() - 1
    }

    pub(super) fn result(&self, number: usize) -> Option<Settled> {
        self.waited.borrow()[number].result.clone()
    }

    /// The answer to who waits for all of these; `None` when some are pending and none has failed.
    pub(super) fn all(&self, numbers: &[usize]) -> Option<Settled> {
        let results: Vec<_> = numbers.iter().map(|&number| self.result(number)).collect();
        match results.iter().flatten().find(|result| result.is_err()) {
            Some(failure) => Some(failure.clone()),
            None => results.into_iter().collect::<Option<Result<_, _>>>().map(|all| all.map(Value::List)),
        }
    }

    /// The answer to who waits for the first of these.
    pub(super) fn first(&self, numbers: &[usize]) -> Option<Settled> {
        let waited = self.waited.borrow();
        let settled = numbers.iter().filter(|&&number| waited[number].result.is_some());
        let &first = settled.min_by_key(|&&number| waited[number].order)?;
        let result = waited[first].result.clone().expect("it was settled");
        Some(result.map(|value| Value::List(vec![Value::Waitable(first), value])))
    }

    pub(super) fn count_settlement(&self) -> usize {
        self.settlements.set(self.settlements.get() + 1);
        self.settlements.get()
    }

    pub(super) fn settle(&self, number: usize, result: &Settled) {
        let order = self.count_settlement();
        {
            let own = &mut self.waited.borrow_mut()[number];
            assert!(own.result.is_none(), "a task ends once");
            (own.order, own.result) = (order, Some(result.clone()));
        }
        while let Some((scheduler, id)) = { self.waited.borrow()[number].waiters.first().cloned() } {
            let answer = match scheduler.waiting(id) {
                Waiting::All(numbers) if result.is_ok() => self.all(&numbers),
                Waiting::First(numbers) => self.first(&numbers),
                _ => Some(result.clone()),
            };
            match answer {
                Some(answer) => scheduler.wake_answered(id, answer_of(answer)),
                None => drop(self.waited.borrow_mut()[number].waiters.remove(0)),
            }
        }
    }

    /// The task waits for nothing any more.
    pub(super) fn strike(&self, scheduler: &Rc<Scheduler>, id: usize) {
        for waited in self.waited.borrow_mut().iter_mut() {
            waited.waiters.retain(|task| !same(task, scheduler, id));
        }
        for semaphore in self.semaphores.borrow_mut().iter_mut() {
            semaphore.waiters.retain(|task| !same(task, scheduler, id));
        }
    }

    fn take(&self) -> usize {
        self.taken.set(self.taken.get() + 1);
        self.taken.get()
    }

    /// Takes a free permit; false when there is none.
    pub(super) fn acquire(&self, number: usize, scheduler: &Rc<Scheduler>, id: usize) -> bool {
        let own = &mut self.semaphores.borrow_mut()[number];
        if own.free == 0 {
            own.waiters.push((Rc::clone(scheduler), id));
            return false;
        }
        own.free -= 1;
        own.holders.push((self.take(), (Rc::clone(scheduler), id)));
        true
    }

    /// The task gives back its own permit, or that of who has spawned it, or one whose holder has ended. False when there is
    /// none of these.
    pub(super) fn release(&self, number: usize, scheduler: &Rc<Scheduler>, id: usize) -> bool {
        {
            let own = &mut self.semaphores.borrow_mut()[number];
            let out = (own.most - own.free) as usize;
            let held = |&id: &usize| own.holders.iter().position(|(_, holder)| same(holder, scheduler, id));
            match scheduler.line(id).iter().find_map(held) {
                Some(at) => drop(own.holders.remove(at)),
                None if own.holders.len() < out => {}
                None => return false,
            }
        }
        self.give_back(number);
        true
    }

    fn give_back(&self, number: usize) {
        let next = {
            let own = &mut self.semaphores.borrow_mut()[number];
            let next = own.waiters.first().cloned();
            match &next {
                Some(next) => own.holders.push((self.take(), next.clone())),
                None => own.free += 1,
            }
            next
        };
        if let Some((scheduler, id)) = next {
            scheduler.wake_answered(id, Answer::Next(Value::Nil));
        }
    }

    /// A task has ended. The permits that it holds come back if it was cancelled; otherwise nobody holds them now.
    pub(super) fn forget_holder(&self, scheduler: &Rc<Scheduler>, id: usize, gives_back: bool) {
        let mut held = Vec::new();
        for (number, own) in self.semaphores.borrow_mut().iter_mut().enumerate() {
            let of_task = own.holders.iter().filter(|(_, holder)| same(holder, scheduler, id));
            held.extend(of_task.map(|(taken, _)| (*taken, number)));
            own.holders.retain(|(_, holder)| !same(holder, scheduler, id));
        }
        held.sort_unstable();
        for (_, number) in held.into_iter().filter(|_| gives_back) {
            self.give_back(number);
        }
    }
}

pub(super) fn answer_of(result: Settled) -> Answer {
    match result {
        Ok(value) => Answer::Next(value),
        Err(error) => Answer::Throw(error),
    }
}

impl Scheduler {
    /// No task is ready anywhere: something happens outside, or an error breaks the deadlock.
    pub(super) fn wait_outside(self: &Rc<Self>, rest: Rest) -> Tree {
        let shared = &self.site.world.shared;
        let is_awaited = |waited: &Waited| waited.outside.is_some() && !waited.waiters.is_empty();
        let is_idle = shared.waited.borrow().iter().any(is_awaited);
        let happening = shared.waited.borrow().iter().enumerate().find_map(|(number, waited)| {
            let Closure(outside, env) = waited.outside.as_ref().filter(|_| waited.result.is_none())?;
            match &**outside {
                Outside::Completes(value) => Some((number, Ok(env.eval(value)))),
                Outside::Fails(error) => Some((number, Err(env.eval(error)))),
                Outside::Never => None,
            }
        });
        match happening.filter(|_| is_idle) {
            Some((number, result)) => shared.settle(number, &result),
            None if self.site.world.let_time_pass() => {}
            None => self.interrupt(if is_idle { FORSAKEN } else { DEADLOCK }),
        }
        rest.go_on(Answer::Next(Value::Nil))
    }
}
