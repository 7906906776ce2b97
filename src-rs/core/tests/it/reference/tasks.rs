//! Tasks, as the reference interpreter understands them: a scheduler is a handler that keeps the rest of every task but
//! the one that runs.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use doeff_vm_core::Priority;

use super::forms::Place;
use super::regions::{Mark, Target};
use super::tree::conclude;
use super::waiting::{Settled, TaskRef};
use super::{Answer, End, Rest, Site, Tree, close, start};
use crate::ast::{Effect, Env, Program, Value};
use crate::scheduling::{CANCELLED, Scheduled};

pub(super) enum Wake {
    Answer(Answer),
    /// This child has become a task.
    Forked(usize),
    Cancel,
}

#[derive(Clone)]
pub(super) enum Waiting {
    Nothing,
    All(Vec<usize>),
    First(Vec<usize>),
    /// For a scheduler inside.
    Inside(Rc<Scheduler>),
    /// For the tasks of a form that it runs.
    Members(usize),
}

#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on one another")]
struct Task {
    /// None for the root task, and for a child of a form.
    number: Option<usize>,
    /// Which child of a form it is.
    child: Option<(usize, usize)>,
    spawner: Option<usize>,
    /// The scope that it belongs to.
    member_of: Option<usize>,
    priority: Priority,
    rest: Option<Rest>,
    wake: Option<Wake>,
    waiting: Waiting,
    is_started: bool,
    /// What it waited for is there, and it has not gone on yet.
    answered: bool,
    cancelled: bool,
    /// The end of the scheduler has cancelled it.
    left_over: bool,
    closing: Option<Closing>,
    /// A clause has left it: what it has comes back when it has ended.
    left: bool,
    ended: bool,
}

/// A task is being closed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Closing {
    /// By itself.
    Alone,
    /// With all that is around it.
    WithAll,
}

pub(crate) struct Scheduler {
    pub(super) site: Site,
    most: usize,
    tasks: RefCell<Vec<Task>>,
    /// The parents of children that became tasks; the last one goes first.
    first: RefCell<Vec<usize>>,
    ready: RefCell<[VecDeque<usize>; 3]>,
    pub(super) running: Cell<Option<usize>>,
    /// The children in place of the running task, the outermost first.
    pub(super) places: RefCell<Vec<Place>>,
    ending: RefCell<Option<End>>,
    /// What cleanup has thrown while the scheduler was closed.
    failure: RefCell<Option<Value>>,
    parked_in: RefCell<Option<TaskRef>>,
}

impl Scheduler {
    /// A program as the root task of a new scheduler.
    pub(super) fn begin(scheduled: &Scheduled, program: &Program, env: &Env, site: &Site) -> Tree {
        let own = Rc::new(Self {
            site: Site { clause: None, own: None, ..site.clone() },
            most: scheduled.most as usize,
            tasks: RefCell::default(),
            first: RefCell::default(),
            ready: RefCell::default(),
            running: Cell::new(Some(0)),
            places: RefCell::default(),
            ending: RefCell::default(),
            failure: RefCell::default(),
            parked_in: RefCell::default(),
        });
        own.site.world.schedulers.borrow_mut().push(Rc::clone(&own));
        own.add(None, Priority::Normal, None);
        own.go(start(program, env.clone(), &own.site))
    }

    pub(super) fn add(&self, number: Option<usize>, priority: Priority, rest: Option<Rest>) -> usize {
        let mut tasks = self.tasks.borrow_mut();
        let spawner = self.running.get().filter(|_| !tasks.is_empty());
        tasks.push(Task {
            number,
            child: None,
            spawner,
            member_of: None,
            priority,
            is_started: rest.is_none(),
            rest,
            wake: None,
            waiting: Waiting::Nothing,
            answered: false,
            cancelled: false,
            left_over: false,
            closing: None,
            left: false,
            ended: false,
        });
        tasks.len() - 1
    }

    /// A task that a child of the form, in place until now, has become.
    pub(super) fn add_child(&self, parent: usize, child: (usize, usize)) -> usize {
        let priority = self.with(parent, |task| task.priority);
        let id = self.add(None, priority, None);
        self.with(id, |task| task.child = Some(child));
        id
    }

    fn with<T>(&self, id: usize, f: impl FnOnce(&mut Task) -> T) -> T {
        f(&mut self.tasks.borrow_mut()[id])
    }

    pub(super) fn running_task(self: &Rc<Self>) -> TaskRef {
        (Rc::clone(self), self.running.get().expect("a task runs"))
    }

    pub(super) fn runs(&self, id: usize) -> bool {
        self.running.get() == Some(id)
    }

    /// Whether the task was cancelled, and has not begun to unwind.
    pub(super) fn is_to_close(&self, id: usize) -> bool {
        self.with(id, |task| task.cancelled && task.closing.is_none())
    }

    pub(super) fn member_of(&self, id: usize) -> Option<usize> {
        self.with(id, |task| task.member_of)
    }

    pub(super) fn set_member(&self, id: usize, scope: usize) {
        self.with(id, |task| task.member_of = Some(scope));
    }

    pub(super) fn begin_closing(self: &Rc<Self>, closing: Closing) {
        self.with(self.running_task().1, |task| task.closing = Some(closing));
    }

    pub(super) fn note_left(self: &Rc<Self>) {
        self.with(self.running_task().1, |task| task.left = true);
    }

    pub(super) fn is_full(&self) -> bool {
        self.tasks.borrow().iter().filter(|task| !task.ended).count() > self.most
    }

    pub(super) fn waiting(&self, id: usize) -> Waiting {
        self.with(id, |task| task.waiting.clone())
    }

    /// The task, and who has spawned it, and so on, as long as they live.
    pub(super) fn line(&self, id: usize) -> Vec<usize> {
        let spawner = |&id: &usize| self.with(id, |task| task.spawner);
        let line = std::iter::successors(Some(id), spawner);
        line.take_while(|&id| self.with(id, |task| !task.ended)).collect()
    }

    /// The target of the running task, whose rest this is.
    pub(super) fn own_target(self: &Rc<Self>, rest: &Rest) -> Option<Target> {
        self.site.world.target(&rest.marks, &self.running_task())
    }

    /// The running task goes on.
    pub(super) fn go(self: &Rc<Self>, tree: Tree) -> Tree {
        match tree {
            Tree::End(end) => self.end_in_place(end),
            Tree::Parked(inner, rest) => {
                self.fork();
                let id = self.running_task().1;
                *inner.parked_in.borrow_mut() = Some((Rc::clone(self), id));
                self.park(id, rest, Waiting::Inside(inner))
            }
            Tree::Ask(request, rest) => self.asked(request, rest),
            Tree::Perform(effect, rest) => match &*effect.0 {
                Effect::Scheduling(asked) => self.answer(asked, &effect, rest),
                _ => self.perform_outside(effect, rest),
            },
        }
    }

    fn perform_outside(self: &Rc<Self>, effect: crate::ast::Closure<Effect>, rest: Rest) -> Tree {
        let own = Rc::clone(self);
        let mut rest = rest.wrap(move |rest, answer| match answer {
            Answer::Close => {
                own.begin_closing(Closing::WithAll);
                own.failure.take();
                own.go(rest.go_on(Answer::Close))
            }
            Answer::Unwind(Target::Task(task), failure) if super::regions::is(&task, &own.running_task()) => {
                own.begin_closing(Closing::Alone);
                own.go(conclude(rest.go_on(Answer::Close), failure.map_or(End::Closed, End::Throw)))
            }
            answer => own.go(rest.go_on(answer)),
        });
        rest.marks.push(Mark::Inside(Rc::clone(self)));
        rest.schedulers.push(Rc::clone(self));
        Tree::Perform(effect, rest)
    }

    /// The running task unwinds up to the target.
    pub(super) fn unwind(self: &Rc<Self>, rest: Rest, target: Target) -> Tree {
        match target {
            Target::Task(task) if super::regions::is(&task, &self.running_task()) => {
                self.begin_closing(Closing::Alone);
                self.go(close(rest, End::Closed))
            }
            target => self.go(rest.go_on(Answer::Unwind(target, None))),
        }
    }

    pub(super) fn park(self: &Rc<Self>, id: usize, rest: Rest, waiting: Waiting) -> Tree {
        self.running.set(None);
        self.with(id, |task| (task.rest, task.waiting) = (Some(rest), waiting));
        self.alarm();
        self.next()
    }

    /// The task is the very next one.
    pub(super) fn park_first(&self, id: usize, rest: Rest, wake: Wake) {
        self.with(id, |task| (task.rest, task.wake, task.answered) = (Some(rest), Some(wake), true));
        self.first.borrow_mut().push(id);
    }

    /// Whoever of these tasks is suspended, and not answered, and has a target is to unwind.
    pub(super) fn alarm(self: &Rc<Self>) {
        let count = self.tasks.borrow().len();
        for id in 0..count {
            let is_suspended = |task: &Task| {
                !task.ended && task.rest.is_some() && !task.answered && !matches!(task.wake, Some(Wake::Cancel))
            };
            if !self.with(id, |task| is_suspended(task)) {
                continue;
            }
            let marks = self.with(id, |task| task.rest.as_ref().expect("it is suspended").marks.clone());
            if let Some(target) = self.site.world.target(&marks, &(Rc::clone(self), id)) {
                self.site.world.pin(&marks, &target);
                self.close_next(id);
            }
        }
    }

    pub(super) fn next(self: &Rc<Self>) -> Tree {
        self.running.set(None);
        let first = self.first.borrow_mut().pop();
        let Some(id) = first.or_else(|| self.ready.borrow_mut().iter_mut().rev().find_map(VecDeque::pop_front)) else {
            return self.nobody_is_ready();
        };
        self.running.set(Some(id));
        let (rest, wake, is_started) = self.with(id, |task| {
            task.answered = false;
            (task.rest.take(), task.wake.take(), std::mem::replace(&mut task.is_started, true))
        });
        let rest = rest.expect("a ready task has a rest");
        match wake.expect("a ready task was woken") {
            Wake::Forked(child) => {
                match self.own_target(&rest).filter(|_| !self.with(child, |task| task.ended && task.closing.is_none()))
                {
                    Some(target) => self.unwind(rest, target),
                    None => self.go(rest.go_on(Answer::Forked)),
                }
            }
            Wake::Answer(answer) => self.go(rest.go_on(answer)),
            Wake::Cancel if !is_started => {
                self.begin_closing(Closing::Alone);
                self.end(End::Closed)
            }
            Wake::Cancel => {
                let target = self.own_target(&rest).expect("who is woken to unwind was told to");
                self.unwind(rest, target)
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
        let world = &self.site.world;
        world.shared.strike(self, id);
        if let Waiting::Members(form) = self.waiting(id) {
            world.scope(form, |form| form.waiter = None);
        }
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

    /// What the task waited for is there.
    pub(super) fn wake_answered(self: &Rc<Self>, id: usize, answer: Answer) {
        self.wake(id, Wake::Answer(answer));
        self.with(id, |task| task.answered = true);
    }

    pub(super) fn cancel(&self, id: usize) {
        if self.with(id, |task| task.ended || task.closing.is_some() || std::mem::replace(&mut task.cancelled, true)) {
            return;
        }
        self.site.world.alarm();
    }

    /// When it is the task's turn, it unwinds.
    fn close_next(self: &Rc<Self>, id: usize) {
        if let Waiting::Inside(inner) = self.waiting(id) {
            inner.parked_in.take();
        }
        self.wake(id, Wake::Cancel);
    }

    /// Throws into the oldest task that is left, unless that one only waits for others to end.
    pub(super) fn interrupt(self: &Rc<Self>, error: &'static str) {
        let world = &self.site.world;
        let waits_for_others = |task: &Task| match task.waiting {
            Waiting::Members(form) => world.scope(form, |form| form.ending),
            _ => false,
        };
        let oldest = self.tasks.borrow().iter().position(|task| !task.ended && !waits_for_others(task));
        let oldest = oldest.expect("somebody waits");
        match self.waiting(oldest) {
            Waiting::Inside(inner) => inner.interrupt(error),
            _ => self.wake_answered(oldest, Answer::Throw(error.into())),
        }
    }

    /// The running task has ended.
    pub(super) fn end(self: &Rc<Self>, end: End) -> Tree {
        let id = self.running_task().1;
        let (closing, is_root) = self.with(id, |task| {
            task.ended = true;
            (task.closing, id == 0)
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
        if closing == Some(Closing::WithAll) {
            self.note_failure(failure);
            // The tasks that wait for it unwind as well, and do not hear first that it was cancelled; nor do those that run
            // the forms around it.
            self.leave_over();
            let mut child = id;
            while let (Some(_), Some(parent)) = self.with(child, |task| (task.child, task.spawner)) {
                self.cancel(parent);
                child = parent;
            }
            self.settle(id, &Err(CANCELLED.into()), true);
            return self.finish(End::Closed);
        }
        let is_cancelled = closing.is_some() && failure.is_none();
        if is_root && self.ending.borrow().is_none() {
            self.settle(id, &result, is_cancelled);
            return self.finish(result.map_or_else(End::Throw, End::Value));
        }
        if is_root {
            self.note_failure(failure);
        }
        self.settle(id, &result, is_cancelled);
        self.next()
    }

    /// Everybody hears how the task has ended.
    fn settle(self: &Rc<Self>, id: usize, result: &Settled, is_cancelled: bool) {
        let (number, child, gives_back) =
            self.with(id, |task| (task.number, task.child, task.closing.is_some() || task.left));
        let world = &self.site.world;
        if let Some(number) = number {
            world.shared.settle(number, result);
        }
        if let Some((form, index)) = child {
            let order = world.shared.count_settlement();
            world.scope(form, |form| form.children[index] = Some((order, result.clone())));
        }
        self.part_from_scope(id, (!is_cancelled).then_some(result));
        world.shared.forget_holder(self, id, gives_back);
        self.go_on_leaving_over();
    }

    /// What cleanup throws comes before any other end, unless all is closed once more.
    fn note_failure(&self, failure: Option<Value>) {
        if failure.is_some() {
            self.failure.replace(failure);
        }
    }

    /// Everybody who is left is cancelled, in the order of spawning. Forms end their own tasks.
    fn finish(self: &Rc<Self>, end: End) -> Tree {
        self.ending.replace(Some(end));
        self.leave_over();
        self.next()
    }

    fn leave_over(&self) {
        let left: Vec<usize> = {
            let mut tasks = self.tasks.borrow_mut();
            let left = tasks.iter_mut().enumerate().filter(|(_, task)| !task.ended && task.member_of.is_none());
            left.map(|(id, task)| {
                task.left_over = true;
                id
            })
            .collect()
        };
        for id in left {
            self.cancel(id);
        }
    }

    /// When only those are left that were spawned meanwhile, they are cancelled in turn.
    fn go_on_leaving_over(&self) {
        let some_left = self.tasks.borrow().iter().any(|task| !task.ended && task.left_over);
        if self.ending.borrow().is_some() && !some_left {
            self.leave_over();
        }
    }
}
