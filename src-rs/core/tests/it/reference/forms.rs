//! Forms as the reference interpreter understands them: the children of `All` and `Any` run on top of their parent until
//! they are told from it, and clauses of theirs that belong outside of the form leave through it.

use std::rc::Rc;

use doeff_vm_core::{Fault, Until};

use super::handling::{Installed, handle};
use super::regions::{Leave, Mark, is, scoped};
use super::tasks::{Closing, Scheduler, Waiting, Wake};
use super::tree::{Answer, End, Rest, Tree, close};
use super::waiting::{Settled, TaskRef};
use super::world::{Site, World};
use super::{call, start};
use crate::ast::{Bounds, Closure, Effect, Env, Program, Value};

/// What a form asks of the scheduler.
pub(crate) enum Request {
    /// Run the child in place.
    Child(Child),
    /// Wait for the tasks.
    Join(usize, Until),
    /// End the tasks.
    EndMembers(usize),
    /// The task has left its form: it unwinds at once.
    Leave,
    /// Of a handler: its `final` clause takes the effect.
    Final(usize, Closure<Effect>),
    /// Of a handler: this is its result.
    LeaveTo(usize, Settled),
}

pub(crate) struct Child {
    form: usize,
    index: usize,
    program: Program,
    env: Env,
}

/// A child in place: the rest of its parent, whose form it is a child of.
pub(super) struct Place {
    parent: Rest,
    form: usize,
    index: usize,
}

/// The body of a form between two of its children.
struct Body {
    form: usize,
    until: Until,
    programs: Vec<Program>,
    env: Env,
    world: Rc<World>,
}

pub(super) fn form(until: Until, programs: &[Program], env: &Env, rest: Rest, site: &Site) -> Tree {
    let world = Rc::clone(&site.world);
    let form = world.open(Bounds::CancelScope, programs.len());
    let body = Body { form, until, programs: programs.to_vec(), env: env.clone(), world: Rc::clone(&world) };
    call(scoped(body.from(0), form, &world), rest, site)
}

impl Body {
    /// Starts the child of this number, and goes on with the next ones.
    fn from(self, index: usize) -> Tree {
        let Some(program) = self.programs.get(index).cloned() else { return self.join() };
        let child = Child { form: self.form, index, program, env: self.env.clone() };
        let rest = Rest::new(move |answer| {
            match answer {
                Answer::Next(value) => self.note(index, Ok(value)),
                Answer::Throw(error) => self.note(index, Err(error)),
                Answer::Forked => {}
                _ => return Tree::End(End::Closed),
            }
            let ended = self.world.scope(self.form, |form| form.children[index].clone());
            match (self.until, ended) {
                (Until::All, Some((_, Err(error)))) => Tree::End(End::Throw(error)),
                (Until::Any, Some((_, Ok(value)))) => Tree::End(End::Value(value)),
                _ => self.from(index + 1),
            }
        });
        Tree::Ask(Request::Child(child), rest)
    }

    fn note(&self, index: usize, result: Settled) {
        self.world.scope(self.form, |form| form.children[index] = Some((0, result)));
    }

    fn join(self) -> Tree {
        if self.world.scope(self.form, |form| form.children.iter().all(Option::is_some)) {
            return self.outcome();
        }
        let (form, until) = (self.form, self.until);
        let rest = Rest::new(move |answer| match answer {
            Answer::Next(_) => self.outcome(),
            Answer::Throw(error) => Tree::End(End::Throw(error)),
            _ => Tree::End(End::Closed),
        });
        Tree::Ask(Request::Join(form, until), rest)
    }

    fn outcome(&self) -> Tree {
        let children = self.world.scope(self.form, |form| form.children.clone());
        let decides = |result: &Settled| result.is_ok() == (self.until == Until::Any);
        let first = children.iter().flatten().filter(|(_, result)| decides(result)).min_by_key(|(order, _)| *order);
        Tree::End(match first {
            Some((_, Ok(value))) => End::Value(value.clone()),
            Some((_, Err(error))) => End::Throw(error.clone()),
            None => {
                let results = children.into_iter().map(|child| child.expect("all have ended").1);
                let list = Value::List(results.map(|result| result.unwrap_or_else(|error| error)).collect());
                if self.until == Until::All { End::Value(list) } else { End::Throw(list) }
            }
        })
    }
}

impl Scheduler {
    pub(super) fn asked(self: &Rc<Self>, request: Request, rest: Rest) -> Tree {
        match request {
            Request::Child(child) => self.run_in_place(child, rest),
            Request::Join(form, until) => self.join(form, until, rest),
            Request::EndMembers(form) => {
                self.site.world.scope(form, |form| form.ending = true);
                self.tell_members_to_end(form);
                self.fork();
                self.wait_for_members(form, rest)
            }
            Request::Leave => {
                self.begin_closing(Closing::Alone);
                self.go(close(rest, End::Closed))
            }
            Request::Final(..) | Request::LeaveTo(..) => unreachable!("the handler is around the form"),
        }
    }

    fn run_in_place(self: &Rc<Self>, child: Child, rest: Rest) -> Tree {
        let world = &self.site.world;
        let around = self.collecting(&rest.marks);
        world.scope(child.form, |form| form.around = around);
        let handlers = rest.handlers.clone();
        self.places.borrow_mut().push(Place { parent: rest, form: child.form, index: child.index });
        let body = start(&child.program, child.env, &self.site);
        self.go(self.inheriting(&handlers, body))
    }

    /// The tree under the handlers of where the task comes from.
    pub(super) fn inheriting(self: &Rc<Self>, handlers: &[Rc<Installed>], tree: Tree) -> Tree {
        handlers.iter().fold(tree, |tree, handler| handle(&handler.inherited(self), tree, &self.site, false))
    }

    /// The child in place on top has ended, or, when there is none, the running task.
    pub(super) fn end_in_place(self: &Rc<Self>, end: End) -> Tree {
        let Some(place) = ({ self.places.borrow_mut().pop() }) else { return self.end(end) };
        let answer = match end {
            End::Value(value) => Answer::Next(value),
            End::Throw(error) | End::Failed(error) => Answer::Throw(error),
            _ => Answer::Next(Value::Nil),
        };
        self.go(place.parent.go_on(answer))
    }

    /// The children in place become tasks, the outermost first; the parents go on before anybody else.
    pub(super) fn fork(self: &Rc<Self>) {
        for Place { parent, form, index } in self.places.take() {
            let id = self.running_task().1;
            let child = self.add_child(id, (form, index));
            self.park_first(id, parent, Wake::Forked(child));
            self.join_scope(form, child);
            self.running.set(Some(child));
        }
    }

    /// What is around the parents of children in place, the innermost first.
    pub(super) fn marks_of_parents(&self) -> Vec<Vec<Mark>> {
        self.places.borrow().iter().rev().map(|place| place.parent.marks.clone()).collect()
    }

    pub(super) fn join_scope(self: &Rc<Self>, scope: usize, id: usize) {
        self.site.world.scope(scope, |scope| scope.members.push((Rc::clone(self), id)));
        self.set_member(id, scope);
    }

    /// The scope that tasks belong to which are spawned by who stands in these marks.
    pub(super) fn collecting(self: &Rc<Self>, marks: &[Mark]) -> Option<usize> {
        let world = &self.site.world;
        let parents = self.marks_of_parents();
        let on_chain = world.collecting(marks).or_else(|| parents.iter().find_map(|marks| world.collecting(marks)));
        on_chain.or_else(|| {
            let own = self.member_of(self.running_task().1)?;
            world.scope(own, |scope| if scope.bounds == Bounds::Scope { Some(own) } else { scope.around })
        })
    }

    fn join(self: &Rc<Self>, form: usize, until: Until, rest: Rest) -> Tree {
        self.fork();
        let world = &self.site.world;
        world.scope(form, |form| form.until = Some(until));
        if let Some(target) = self.own_target(&rest) {
            return self.unwind(rest, target);
        }
        if world.is_satisfied(form) {
            return self.go(rest.go_on(Answer::Next(Value::Nil)));
        }
        self.wait_for_members(form, rest)
    }

    fn wait_for_members(self: &Rc<Self>, form: usize, rest: Rest) -> Tree {
        let task = self.running_task();
        let id = task.1;
        self.site.world.scope(form, |form| form.waiter = Some(task));
        self.park(id, rest, Waiting::Members(form))
    }

    fn tell_members_to_end(&self, form: usize) {
        let members = self.site.world.scope(form, |form| {
            form.told.clone_from(&form.members);
            form.members.clone()
        });
        for (scheduler, id) in members {
            scheduler.cancel(id);
        }
    }

    /// A task has ended, and so it belongs to its scope no more.
    pub(super) fn part_from_scope(self: &Rc<Self>, id: usize, result: Option<&Settled>) {
        let Some(scope) = self.member_of(id) else { return };
        let (own, world) = ((Rc::clone(self), id), &self.site.world);
        let (waiter, ending, nobody_told) = world.scope(scope, |scope| {
            scope.members.retain(|member| !is(member, &own));
            scope.told.retain(|member| !is(member, &own));
            scope.returned |= result.is_some_and(Settled::is_ok);
            let is_lost = result.is_none() && scope.leave.is_none() && !scope.ending;
            scope.threw |= is_lost || result.is_some_and(Settled::is_err);
            (scope.waiter.clone(), scope.ending, scope.told.is_empty())
        });
        if world.is_satisfied(scope)
            && let Some((scheduler, id)) = waiter
        {
            let answer = Answer::Next(Value::Nil);
            if ending { scheduler.wake(id, Wake::Answer(answer)) } else { scheduler.wake_answered(id, answer) }
        } else if ending && nobody_told {
            self.tell_members_to_end(scope);
        }
    }

    /// The form through which the running task may leave.
    fn form_of_running(self: &Rc<Self>) -> Option<usize> {
        let member_of = self.member_of(self.running_task().1)?;
        self.site.world.scope(member_of, |scope| (scope.bounds != Bounds::Scope).then_some(member_of))
    }

    /// A `final` clause outside takes the effect: the form is told, unless that is too late. `None` when there is no form.
    pub(super) fn tell_form(self: &Rc<Self>, leave: impl FnOnce() -> Leave) -> Option<Told> {
        let form = self.form_of_running()?;
        let world = &self.site.world;
        let is_late = world.scope(form, |form| {
            let is_decided = match form.until {
                None => false,
                Some(Until::All) => form.threw,
                Some(Until::Any) => form.returned,
            };
            form.leave.is_some() || form.ending || is_decided
        });
        if is_late {
            return Some(Told::TooLate);
        }
        world.scope(form, |form| form.leave = Some(leave()));
        world.cancel_scope(form);
        Some(Told::First)
    }

    /// A clause of a handler that the running task has inherited has ended so, without its performer.
    pub(super) fn leave(self: &Rc<Self>, handler: usize, end: End) -> Tree {
        let result = match end {
            End::Value(value) => Ok(value),
            End::Throw(error) => Err(error),
            end => return Tree::End(end),
        };
        let told = result.clone();
        let is_told = self.tell_form(|| Leave::To(handler, told));
        if is_told == Some(Told::First) || (is_told.is_some() && result.is_ok()) {
            return Tree::Ask(Request::Leave, Rest::new(|_| Tree::End(End::Closed)));
        }
        // It ends as if it had unwound.
        self.note_left();
        if let (Some(_), Err(error)) = (is_told, &result) {
            return Tree::End(End::Throw(error.clone()));
        }
        let result = match result {
            Ok(value) => Value::Good(Box::new(value)),
            Err(error) => Value::Bad(Box::new(error)),
        };
        Tree::End(End::Throw(Value::List(vec![Value::Fault(Fault::EscapedTask), result])))
    }
}

/// How a form has taken it that a task wants to leave through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    First,
    TooLate,
}

impl World {
    /// Whether who waits for the tasks of the form need wait no more.
    fn is_satisfied(&self, form: usize) -> bool {
        self.scope(form, |form| match form.until {
            _ if form.members.is_empty() => true,
            _ if form.ending => false,
            None => false,
            Some(Until::All) => form.threw,
            Some(Until::Any) => form.returned,
        })
    }
}

/// Whether the two are the same task.
pub(super) fn same(task: &TaskRef, scheduler: &Rc<Scheduler>, id: usize) -> bool {
    Rc::ptr_eq(&task.0, scheduler) && task.1 == id
}
