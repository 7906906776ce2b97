//! Tasks, as the reference interpreter understands them: a scheduler is a handler that keeps the rest of every task but
//! the one that runs.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use doeff_vm_core::Priority;

use super::waiting::TaskRef;
use super::{Answer, End, Rest, Site, Tree, close, start};
use crate::ast::{Effect, Env, Program, Value};
use crate::scheduling::{CANCELLED, Scheduled};

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
    /// What it waited for was settled, and it has not gone on yet.
    answered: bool,
    cancelled: bool,
    closing: Option<Closing>,
    ended: bool,
}

/// A task is being closed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Closing {
    /// By itself, because it was cancelled.
    Alone,
    /// With all that is around it.
    WithAll,
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

impl Task {
    fn is_to_close(&self) -> bool {
        self.cancelled && self.closing.is_none()
    }
}

impl Scheduler {
    /// A program as the root task of a new scheduler.
    pub(super) fn begin(scheduled: &Scheduled, program: &Program, env: &Env, site: &Site) -> Tree {
        let own = Rc::new(Self {
            site: Site { clause: None, ..site.clone() },
            most: scheduled.most as usize,
            tasks: RefCell::default(),
            ready: RefCell::default(),
            running: Cell::new(Some(0)),
            ending: RefCell::default(),
            failure: RefCell::default(),
            parked_in: RefCell::default(),
        });
        own.add(None, Priority::Normal, None);
        own.go(0, start(program, env.clone(), &own.site))
    }

    pub(super) fn add(&self, number: Option<usize>, priority: Priority, rest: Option<Rest>) -> usize {
        let (wake, waiting) = (None, Waiting::Nothing);
        let (answered, cancelled, closing, ended) = (false, false, None, false);
        let mut tasks = self.tasks.borrow_mut();
        tasks.push(Task { number, priority, rest, wake, waiting, answered, cancelled, closing, ended });
        tasks.len() - 1
    }

    fn with<T>(&self, id: usize, f: impl FnOnce(&mut Task) -> T) -> T {
        f(&mut self.tasks.borrow_mut()[id])
    }

    pub(super) fn is_to_close(&self, id: usize) -> bool {
        self.with(id, |task| task.is_to_close())
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.borrow().is_some()
    }

    pub(super) fn is_full(&self) -> bool {
        self.tasks.borrow().iter().filter(|task| !task.ended).count() > self.most
    }

    pub(super) fn waiting(&self, id: usize) -> Waiting {
        self.with(id, |task| task.waiting.clone())
    }

    /// The running task goes on.
    pub(super) fn go(self: &Rc<Self>, id: usize, tree: Tree) -> Tree {
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
                            own.with(id, |task| task.closing = Some(Closing::WithAll));
                            own.failure.take();
                        }
                        own.go(id, rest.go_on(answer))
                    }),
                ),
            },
        }
    }

    pub(super) fn park(self: &Rc<Self>, id: usize, rest: Rest, waiting: Waiting) -> Tree {
        self.running.set(None);
        let is_due = self.with(id, |task| {
            (task.rest, task.waiting) = (Some(rest), waiting);
            let is_due = task.is_to_close();
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
        let (rest, wake) = self.with(id, |task| {
            task.answered = false;
            (task.rest.take(), task.wake.take())
        });
        let rest = rest.expect("a ready task has a rest");
        match wake.expect("a ready task was woken") {
            Wake::Answer(answer) => self.go(id, rest.go_on(answer)),
            Wake::Cancel => {
                self.with(id, |task| task.closing = Some(Closing::Alone));
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
            (task.waiting, task.answered) = (Waiting::Nothing, false);
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

    /// What the task waited for was settled.
    pub(super) fn wake_answered(self: &Rc<Self>, id: usize, answer: Answer) {
        self.wake(id, Wake::Answer(answer));
        self.with(id, |task| task.answered = true);
    }

    pub(super) fn cancel(self: &Rc<Self>, id: usize) {
        if self.with(id, |task| task.ended || task.closing.is_some() || std::mem::replace(&mut task.cancelled, true)) {
            return;
        }
        if self.running.get() != Some(id) && !self.with(id, |task| task.answered) {
            self.close_next(id);
        }
    }

    /// When it is the task's turn, it is closed.
    fn close_next(self: &Rc<Self>, id: usize) {
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

    fn end(self: &Rc<Self>, id: usize, end: End) -> Tree {
        let (number, closing) = self.with(id, |task| {
            task.ended = true;
            (task.number, task.closing)
        });
        self.running.set(None);
        let failure = match &end {
            End::Throw(error) | End::Failed(error) => Some(error.clone()),
            _ => None,
        };
        let result = match end {
            End::Value(value) => Ok(value),
            End::Throw(error) | End::Failed(error) => Err(error),
            _ if closing.is_some() => Err(CANCELLED.into()),
            _ => Ok(Value::Nil),
        };
        let shared = &self.site.world.shared;
        if closing == Some(Closing::WithAll) {
            self.note_failure(failure);
            if let Some(number) = number {
                shared.settle(number, &Err(CANCELLED.into()));
            }
            shared.forget_holder(self, id, true);
            return self.finish(End::Closed);
        }
        if id == 0 && self.ending.borrow().is_none() {
            shared.forget_holder(self, id, false);
            return self.finish(result.map_or_else(End::Throw, End::Value));
        }
        match number {
            Some(number) => shared.settle(number, &result),
            None => self.note_failure(failure),
        }
        shared.forget_holder(self, id, closing.is_some());
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
        let is_closed = matches!(end, End::Closed);
        self.ending.replace(Some(end));
        let spawned = self.tasks.borrow().len();
        for id in 0..spawned {
            self.cancel(id);
            // Who was answered goes on, unless the scheduler is closed with all that is around it.
            if is_closed && self.with(id, |task| !task.ended && task.answered && task.is_to_close()) {
                self.close_next(id);
            }
        }
        self.next()
    }
}
