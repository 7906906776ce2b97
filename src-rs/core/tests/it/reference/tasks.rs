//! Tasks, as the reference interpreter understands them: a scheduler is a handler that keeps the rest of every task but
//! the one that runs.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use doeff_vm_core::{Fault, Priority};

use super::handling::handle;
use super::waiting::{Permits, TaskRef, answer_of};
use super::{Answer, End, Rest, Site, Tree, close, start};
use crate::ast::{Closure, Effect, Env, Program, Value};
use crate::scheduling::{CANCELLED, NO_WAITABLE, SETTLED_BEFORE, Scheduled, Scheduling, Subject};

pub(super) enum Wake {
    Answer(Answer),
    Cancel,
}

#[derive(Clone)]
pub(super) enum Waiting {
    Nothing,
    All(Vec<usize>),
    First(Vec<usize>),
    /// For a scheduler inside.
    Inside(Rc<Scheduler>),
}

struct Task {
    /// None for the root task.
    number: Option<usize>,
    priority: Priority,
    rest: Option<Rest>,
    wake: Option<Wake>,
    waiting: Waiting,
    cancelled: bool,
    /// It is being closed, as a cancelled task or with all that is around it.
    closing: bool,
    /// As above, the latter.
    doomed: bool,
    ended: bool,
}

pub(crate) struct Scheduler {
    pub(super) site: Site,
    most: usize,
    tasks: RefCell<Vec<Task>>,
    ready: RefCell<[VecDeque<usize>; 3]>,
    running: Cell<Option<usize>>,
    ending: RefCell<Option<End>>,
    /// What cleanup has thrown while the scheduler was closed.
    failure: RefCell<Option<Value>>,
    parked_in: RefCell<Option<TaskRef>>,
}

impl Scheduler {
    /// A program as the root task of a new scheduler.
    pub(super) fn begin(scheduled: &Scheduled, program: &Program, env: &Env, site: &Site) -> Tree {
        let scheduler = Rc::new(Self {
            site: Site { clause: None, ..site.clone() },
            most: scheduled.most as usize,
            tasks: RefCell::default(),
            ready: RefCell::default(),
            running: Cell::new(Some(0)),
            ending: RefCell::default(),
            failure: RefCell::default(),
            parked_in: RefCell::default(),
        });
        scheduler.add(None, Priority::Normal, None);
        scheduler.go(0, start(program, env.clone(), &scheduler.site))
    }

    fn add(&self, number: Option<usize>, priority: Priority, rest: Option<Rest>) -> usize {
        let (wake, waiting) = (None, Waiting::Nothing);
        let (cancelled, closing, doomed, ended) = (false, false, false, false);
        let mut tasks = self.tasks.borrow_mut();
        tasks.push(Task { number, priority, rest, wake, waiting, cancelled, closing, doomed, ended });
        tasks.len() - 1
    }

    fn with<T>(&self, id: usize, f: impl FnOnce(&mut Task) -> T) -> T {
        f(&mut self.tasks.borrow_mut()[id])
    }

    pub(super) fn waiting(&self, id: usize) -> Waiting {
        self.with(id, |task| task.waiting.clone())
    }

    /// The running task goes on.
    fn go(self: &Rc<Self>, id: usize, tree: Tree) -> Tree {
        let own = Rc::clone(self);
        match tree {
            Tree::End(end) => self.end(id, end),
            Tree::Parked(inner, rest) => {
                *inner.parked_in.borrow_mut() = Some((own, id));
                self.park(id, rest, Waiting::Inside(inner))
            }
            Tree::Perform(effect, rest) => match &*effect.0 {
                Effect::Scheduling(asked) => self.answer(id, asked, &effect, rest),
                _ => Tree::Perform(
                    effect,
                    rest.wrap(move |rest, answer| {
                        if matches!(answer, Answer::Close) {
                            own.with(id, |task| (task.closing, task.doomed) = (true, true));
                            own.failure.take();
                        }
                        own.go(id, rest.go_on(answer))
                    }),
                ),
            },
        }
    }

    fn park(self: &Rc<Self>, id: usize, rest: Rest, waiting: Waiting) -> Tree {
        self.running.set(None);
        let is_due = self.with(id, |task| {
            (task.rest, task.waiting) = (Some(rest), waiting);
            let is_due = task.cancelled && !task.closing;
            task.cancelled &= !is_due;
            is_due
        });
        if is_due {
            self.cancel(id);
        }
        self.next()
    }

    fn next(self: &Rc<Self>) -> Tree {
        self.running.set(None);
        let Some(id) = ({ self.ready.borrow_mut().iter_mut().rev().find_map(VecDeque::pop_front) }) else {
            return self.nobody_is_ready();
        };
        self.running.set(Some(id));
        let (rest, wake) = self.with(id, |task| (task.rest.take(), task.wake.take()));
        let rest = rest.expect("a ready task has a rest");
        match wake.expect("a ready task was woken") {
            Wake::Answer(answer) => self.go(id, rest.go_on(answer)),
            Wake::Cancel => {
                self.with(id, |task| task.closing = true);
                self.go(id, close(rest, End::Closed))
            }
        }
    }

    fn nobody_is_ready(self: &Rc<Self>) -> Tree {
        if self.ending.borrow().is_some() && self.tasks.borrow().iter().all(|task| task.ended) {
            return Tree::End(match (self.failure.take(), self.ending.take()) {
                (Some(error), _) => End::Failed(error),
                (None, Some(end)) => end,
                (None, None) => unreachable!("it was just there"),
            });
        }
        let own = Rc::clone(self);
        Tree::Parked(
            Rc::clone(self),
            Rest::new(move |answer| match answer {
                Answer::Close => {
                    own.failure.take();
                    own.finish(End::Closed)
                }
                _ => own.next(),
            }),
        )
    }

    pub(super) fn wake(self: &Rc<Self>, id: usize, wake: Wake) {
        self.site.world.shared.strike(self, id);
        let (was, priority) = self.with(id, |task| {
            task.waiting = Waiting::Nothing;
            (task.wake.replace(wake), task.priority)
        });
        if was.is_some() {
            return;
        }
        self.ready.borrow_mut()[priority as usize].push_back(id);
        if let Some((outer, id)) = self.parked_in.take() {
            outer.wake(id, Wake::Answer(Answer::Next(Value::Nil)));
        }
    }

    fn cancel(self: &Rc<Self>, id: usize) {
        if self.with(id, |task| task.ended || task.closing || std::mem::replace(&mut task.cancelled, true)) {
            return;
        }
        if self.running.get() == Some(id) {
            return;
        }
        if let Waiting::Inside(inner) = self.waiting(id) {
            inner.parked_in.take();
        }
        self.wake(id, Wake::Cancel);
    }

    /// Throws into the oldest task that is left.
    pub(super) fn interrupt(self: &Rc<Self>, error: &'static str) {
        let oldest = self.tasks.borrow().iter().position(|task| !task.ended).expect("somebody waits");
        match self.waiting(oldest) {
            Waiting::Inside(inner) => inner.interrupt(error),
            _ => self.wake(oldest, Wake::Answer(Answer::Throw(error.into()))),
        }
    }

    // --- effects -----------------------------------------------------------------------------------------------------

    fn answer(self: &Rc<Self>, id: usize, asked: &Scheduling, effect: &Closure<Effect>, rest: Rest) -> Tree {
        let (world, env) = (Rc::clone(&self.site.world), &effect.1);
        let shared = &world.shared;
        let may_suspend = matches!(
            asked,
            Scheduling::Wait(_)
                | Scheduling::Gather(_)
                | Scheduling::Race(_)
                | Scheduling::Yield
                | Scheduling::Acquire(_)
        );
        if may_suspend && self.with(id, |task| task.cancelled && !task.closing) {
            return self.park(id, rest, Waiting::Nothing);
        }
        let (waitables, semaphore) = match effect.subject() {
            Some(Subject::Waitables(numbers)) => (numbers, 0),
            Some(Subject::Semaphore(number)) => (Vec::new(), number),
            _ => (Vec::new(), 0),
        };
        let (settled, waiting) = match asked {
            Scheduling::Spawn { program, priority, .. } => return self.spawn(id, program, *priority, env, rest),
            Scheduling::Yield => {
                self.wake(id, Wake::Answer(Answer::Next(Value::Nil)));
                return self.park(id, rest, Waiting::Nothing);
            }
            Scheduling::Wait(_) => (shared.result(waitables[0]), Waiting::Nothing),
            Scheduling::Gather(_) => (shared.all(&waitables), Waiting::All(waitables.clone())),
            Scheduling::Race(_) => (shared.first(&waitables), Waiting::First(waitables.clone())),
            Scheduling::Acquire(_) if !shared.acquire(semaphore, self, id) => (None, Waiting::Nothing),
            asked => (Some(self.answer_at_once(id, asked, env, &waitables, semaphore)), Waiting::Nothing),
        };
        if let Some(settled) = settled {
            return self.go(id, rest.go_on(answer_of(settled)));
        }
        for number in waitables {
            let waited = &mut shared.waited.borrow_mut()[number];
            if waited.result.is_none() {
                waited.waiters.push((Rc::clone(self), id));
            }
        }
        self.park(id, rest, waiting)
    }

    fn answer_at_once(
        self: &Rc<Self>,
        id: usize,
        asked: &Scheduling,
        env: &Env,
        waitables: &[usize],
        semaphore: usize,
    ) -> Result<Value, Value> {
        let shared = &self.site.world.shared;
        let result = match asked {
            Scheduling::Cancel(_) => {
                let task = self.site.world.spawned.borrow().get(&waitables[0]).cloned();
                if let Some((scheduler, task)) = task {
                    scheduler.cancel(task);
                }
                return Ok(Value::Nil);
            }
            Scheduling::CreatePromise => return Ok(Value::Waitable(shared.add(false, None))),
            Scheduling::CreateExternal(outside) => {
                return Ok(Value::Waitable(shared.add(false, Some(env.close(outside)))));
            }
            Scheduling::CreateSemaphore(most) => {
                let mut semaphores = shared.semaphores.borrow_mut();
                semaphores.push(Permits { most: *most, free: *most, waiters: Vec::new(), holders: Vec::new() });
                return Ok(Value::Semaphore(semaphores.len() - 1));
            }
            Scheduling::Release(_) if !shared.release(semaphore, self, id) => {
                return Err(Value::Fault(Fault::TooManyPermits));
            }
            Scheduling::Complete { value, .. } => Ok(env.eval(value)),
            Scheduling::Fail { error, .. } => Err(env.eval(error)),
            _ => return Ok(Value::Nil),
        };
        let (is_promise, is_settled) = {
            let own = &shared.waited.borrow()[waitables[0]];
            (!own.is_task && own.outside.is_none(), own.result.is_some())
        };
        match (is_promise, is_settled) {
            (false, _) => Err(NO_WAITABLE.into()),
            (true, true) => Err(SETTLED_BEFORE.into()),
            (true, false) => {
                shared.settle(waitables[0], result);
                Ok(Value::Nil)
            }
        }
    }

    fn spawn(self: &Rc<Self>, parent: usize, program: &Program, priority: Priority, env: &Env, rest: Rest) -> Tree {
        if self.tasks.borrow().iter().filter(|task| !task.ended).count() > self.most {
            return self.go(parent, rest.go_on(Answer::Throw(Value::Fault(Fault::TooManyTasks))));
        }
        let (handlers, site) = (rest.handlers.clone(), self.site.clone());
        let (program, env) = (program.clone(), env.clone());
        let child = Rest::new(move |answer| match answer {
            Answer::Close => Tree::End(End::Closed),
            _ => {
                let body = start(&program, env, &site);
                handlers.iter().fold(body, |tree, handler| handle(&handler.inherited(), tree, &site, false))
            }
        });
        let number = self.site.world.shared.add(true, None);
        let id = self.add(Some(number), priority, Some(child));
        self.site.world.spawned.borrow_mut().insert(number, (Rc::clone(self), id));
        self.wake(id, Wake::Answer(Answer::Next(Value::Nil)));
        if self.ending.borrow().is_some() {
            self.cancel(id);
        }
        self.go(parent, rest.go_on(Answer::Next(Value::Waitable(number))))
    }

    // --- ends --------------------------------------------------------------------------------------------------------

    fn end(self: &Rc<Self>, id: usize, end: End) -> Tree {
        let (number, closing, doomed) = self.with(id, |task| {
            task.ended = true;
            (task.number, task.closing, task.doomed)
        });
        self.running.set(None);
        let failure = match &end {
            End::Throw(error) | End::Failed(error) => Some(error.clone()),
            _ => None,
        };
        let result = match end {
            End::Value(value) => Ok(value),
            End::Throw(error) | End::Failed(error) => Err(error),
            _ if closing => Err(CANCELLED.into()),
            _ => Ok(Value::Nil),
        };
        let shared = &self.site.world.shared;
        if doomed {
            self.note_failure(failure);
            number.into_iter().for_each(|number| shared.settle(number, Err(CANCELLED.into())));
            shared.forget_holder(self, id, true);
            return self.finish(End::Closed);
        }
        if id == 0 && self.ending.borrow().is_none() {
            shared.forget_holder(self, id, false);
            return self.finish(result.map_or_else(End::Throw, End::Value));
        }
        match number {
            Some(number) => shared.settle(number, result),
            None => self.note_failure(failure),
        }
        shared.forget_holder(self, id, closing);
        self.next()
    }

    /// What cleanup throws comes before any other end, unless all is closed once more.
    fn note_failure(&self, failure: Option<Value>) {
        if failure.is_some() {
            self.failure.replace(failure);
        }
    }

    /// Everybody who is left is cancelled, in the order of spawning.
    fn finish(self: &Rc<Self>, end: End) -> Tree {
        self.ending.replace(Some(end));
        let spawned = self.tasks.borrow().len();
        for id in 0..spawned {
            self.cancel(id);
        }
        self.next()
    }
}
