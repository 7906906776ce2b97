//! Cancel scopes, shields and restores, as the reference interpreter understands them: what is around the rest of a
//! computation is a list, from which the target of a cancellation is read.

use std::rc::Rc;

use doeff_vm_core::Until;

use super::tasks::Scheduler;
use super::tree::{Answer, End, Rest, Tree, conclude};
use super::waiting::{Settled, TaskRef};
use super::world::World;
use crate::ast::{Bounds, Closure, Effect, Value};
use crate::forms::TIMED_OUT;

/// What is around a computation, besides handlers.
#[derive(Clone)]
pub(crate) enum Mark {
    Scope(usize),
    Shield(u32),
    Restore(u32),
    /// A frame that is being closed.
    Closing,
    /// A clause that owns this continuation.
    Clause(usize),
    /// A scheduler, from which the task that runs has performed to the outside.
    Inside(Rc<Scheduler>),
}

/// Where an unwinding ends.
#[derive(Clone)]
pub(crate) enum Target {
    Scope(usize),
    Task(TaskRef),
}

/// What becomes of the parent of a form once that has ended.
pub(super) enum Leave {
    /// The `final` clause of the handler of this number takes the effect.
    Final(usize, Closure<Effect>),
    /// The result is that of the handler of this number.
    To(usize, Settled),
}

/// A cancel scope, and the form that it is a part of.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on one another")]
pub(super) struct Scope {
    pub(super) bounds: Bounds,
    pub(super) cancelled: bool,
    pub(super) ending: bool,
    pub(super) is_over: bool,
    pub(super) is_late: bool,
    /// The tasks that belong to it, and those of them that its end has cancelled.
    pub(super) members: Vec<TaskRef>,
    pub(super) told: Vec<TaskRef>,
    pub(super) returned: bool,
    pub(super) threw: bool,
    pub(super) until: Option<Until>,
    pub(super) waiter: Option<TaskRef>,
    pub(super) leave: Option<Leave>,
    /// The scope that tasks belong to which are spawned by its children.
    pub(super) around: Option<usize>,
    /// How its children have ended, with the number of the settlement.
    pub(super) children: Vec<Option<(usize, Settled)>>,
}

/// A look outward.
#[derive(Default)]
struct Look {
    restored: Vec<u32>,
    found: Option<Target>,
}

pub(super) fn is(task: &TaskRef, other: &TaskRef) -> bool {
    Rc::ptr_eq(&task.0, &other.0) && task.1 == other.1
}

impl Target {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scope(own), Self::Scope(other)) => own == other,
            (Self::Task(own), Self::Task(other)) => is(own, other),
            _ => false,
        }
    }
}

impl World {
    pub(super) fn open(&self, bounds: Bounds, children: usize) -> usize {
        let mut scopes = self.scopes.borrow_mut();
        scopes.push(Scope {
            bounds,
            cancelled: false,
            ending: false,
            is_over: false,
            is_late: false,
            members: Vec::new(),
            told: Vec::new(),
            returned: false,
            threw: false,
            until: None,
            waiter: None,
            leave: None,
            around: None,
            children: vec![None; children],
        });
        scopes.len() - 1
    }

    pub(super) fn scope<T>(&self, id: usize, f: impl FnOnce(&mut Scope) -> T) -> T {
        f(&mut self.scopes.borrow_mut()[id])
    }

    /// The target of who stands in these marks, as the innermost part of the task.
    pub(super) fn target(&self, marks: &[Mark], task: &TaskRef) -> Option<Target> {
        let mut look = Look::default();
        if !self.look(marks, &mut look) && task.0.is_to_close(task.1) {
            look.found = Some(Target::Task(task.clone()));
        }
        look.found
    }

    /// Gives whether something has ended the look.
    fn look(&self, marks: &[Mark], look: &mut Look) -> bool {
        marks.iter().any(|mark| match mark {
            Mark::Shield(number) => !look.restored.contains(number),
            Mark::Closing => true,
            Mark::Restore(number) => {
                look.restored.push(*number);
                false
            }
            Mark::Scope(id) => {
                let (cancelled, ending) = self.scope(*id, |scope| (scope.cancelled, scope.ending));
                if cancelled && !ending {
                    look.found = Some(Target::Scope(*id));
                }
                ending
            }
            Mark::Clause(k) => self.marks_of(*k).is_some_and(|marks| self.look(&marks, look)),
            Mark::Inside(scheduler) => {
                if scheduler.marks_of_parents().iter().any(|marks| self.look(marks, look)) {
                    return true;
                }
                let task = scheduler.running_task();
                if scheduler.is_to_close(task.1) {
                    look.found = Some(Target::Task(task));
                }
                false
            }
        })
    }

    /// Whether the target is among the marks.
    pub(super) fn holds(&self, marks: &[Mark], target: &Target) -> bool {
        marks.iter().any(|mark| match mark {
            Mark::Scope(id) => target.is(&Target::Scope(*id)),
            Mark::Clause(k) => self.marks_of(*k).is_some_and(|marks| self.holds(&marks, target)),
            Mark::Inside(scheduler) => {
                target.is(&Target::Task(scheduler.running_task()))
                    || scheduler.marks_of_parents().iter().any(|marks| self.holds(marks, target))
            }
            Mark::Shield(_) | Mark::Restore(_) | Mark::Closing => false,
        })
    }

    /// Nobody but the unwinding uses the continuations any more through which the target lies.
    pub(super) fn pin(&self, marks: &[Mark], target: &Target) {
        for mark in marks {
            if let Mark::Clause(k) = mark
                && let Some(marks) = self.marks_of(*k).filter(|marks| self.holds(marks, target))
            {
                self.pin_continuation(*k);
                self.pin(&marks, target);
            }
        }
    }

    /// Cancels a scope: what is above it, then the tasks that belong to it.
    pub(super) fn cancel_scope(&self, id: usize) {
        if id >= self.scopes.borrow().len() {
            return;
        }
        if self.scope(id, |scope| scope.is_over || std::mem::replace(&mut scope.cancelled, true)) {
            return;
        }
        self.alarm();
        for (scheduler, task) in self.scope(id, |scope| scope.members.clone()) {
            scheduler.cancel(task);
        }
    }

    /// Whoever is suspended and has a target is to unwind.
    pub(super) fn alarm(&self) {
        let schedulers = self.schedulers.borrow().clone();
        for scheduler in schedulers {
            scheduler.alarm();
        }
    }

    /// Nothing happens any more: the oldest deadline passes. False when there is none.
    pub(super) fn let_time_pass(&self) -> bool {
        let is_next = |scope: &Scope| scope.bounds == Bounds::Timeout && !scope.is_late && !scope.is_over;
        let Some(id) = self.scopes.borrow().iter().position(is_next) else { return false };
        self.scope(id, |scope| scope.is_late = true);
        self.cancel_scope(id);
        true
    }

    /// The innermost scope among these that tasks spawned inside belong to.
    pub(super) fn collecting(&self, marks: &[Mark]) -> Option<usize> {
        let inside = marks.iter().rposition(|mark| matches!(mark, Mark::Inside(_))).map_or(0, |at| at + 1);
        marks[inside..].iter().find_map(|mark| match *mark {
            Mark::Scope(id) if self.scope(id, |scope| scope.bounds == Bounds::Scope) => Some(id),
            // Who answers an effect spawns on behalf of the performer.
            Mark::Clause(k) => self.marks_of(k).and_then(|marks| self.collecting(&marks)),
            _ => None,
        })
    }
}

/// The tree inside of a shield or restore.
pub(super) fn bounded(tree: Tree, mark: Mark) -> Tree {
    let own = mark.clone();
    tree.with_rest(move |rest, answer| bounded(rest.go_on(answer), own)).map_rest(|rest| rest.marked(mark))
}

/// The tree inside of a cancel scope.
pub(super) fn scoped(tree: Tree, id: usize, world: &Rc<World>) -> Tree {
    if let Tree::End(end) = tree {
        return leave(id, end, world);
    }
    let own = Rc::clone(world);
    let tree = tree.with_rest(move |rest, answer| {
        let tree = match answer {
            Answer::Unwind(Target::Scope(target), failure) if target == id => {
                let end = match (failure, own.scope(id, |scope| scope.bounds)) {
                    (Some(error), _) => End::Throw(error),
                    (None, Bounds::Timeout) => End::Throw(TIMED_OUT.into()),
                    (None, Bounds::CancelScope | Bounds::Scope) => End::Value(Value::Nil),
                };
                conclude(rest.go_on(Answer::Close), end)
            }
            answer => rest.go_on(answer),
        };
        scoped(tree, id, &own)
    });
    tree.map_rest(|rest| rest.marked(Mark::Scope(id)))
}

/// No form ends before its tasks.
fn leave(id: usize, end: End, world: &Rc<World>) -> Tree {
    let own = Rc::clone(world);
    if world.scope(id, |scope| !scope.members.is_empty()) {
        let rest = Rest::new(move |_| leave(id, end, &own)).marked(Mark::Scope(id));
        return Tree::Ask(super::forms::Request::EndMembers(id), rest);
    }
    let leave = world.scope(id, |scope| {
        scope.is_over = true;
        scope.leave.take()
    });
    let gone = Rest::new(|_| Tree::End(End::Closed));
    match leave {
        Some(Leave::Final(handler, effect)) => Tree::Ask(super::forms::Request::Final(handler, effect), gone),
        Some(Leave::To(handler, result)) => Tree::Ask(super::forms::Request::LeaveTo(handler, result), gone),
        None => Tree::End(end),
    }
}
