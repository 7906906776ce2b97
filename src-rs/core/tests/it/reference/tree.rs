//! Trees: what a computation comes to when it is run as far as it goes by itself, and what can be made of one. Nothing
//! here knows a handler or a scheduler.

use std::rc::Rc;

use doeff_vm_core::Fault;

use super::forms::Request;
use super::handling::Installed;
use super::regions::{Mark, Target};
use super::tasks::Scheduler;
use crate::ast::{Closure, Effect, Value};

pub(crate) enum Answer {
    Next(Value),
    Throw(Value),
    Close,
    /// Close what is above this boundary, then go on there: with what cleanup has thrown on the way, if it has.
    Unwind(Target, Option<Value>),
    /// To the performer of `Local`, `Listen` or `Try`: run the effect's program yourself.
    Granted(Closure<Effect>),
    /// To the body of a form: the child has become a task.
    Forked,
}

/// The rest of a computation, and what is in it, innermost first.
pub(crate) struct Rest {
    pub(super) go_on: Box<dyn FnOnce(Answer) -> Tree>,
    pub(super) handlers: Vec<Rc<Installed>>,
    /// What bounds cancellation.
    pub(super) marks: Vec<Mark>,
    pub(super) schedulers: Vec<Rc<Scheduler>>,
}

pub(crate) enum Tree {
    End(End),
    Perform(Closure<Effect>, Rest),
    /// A form asks the scheduler; no handler hears of it.
    Ask(Request, Rest),
    /// No task of the scheduler is ready.
    Parked(Rc<Scheduler>, Rest),
}

pub(crate) enum End {
    Value(Value),
    Throw(Value),
    /// It was being closed, and now it is.
    Closed,
    /// As above, and cleanup threw.
    Failed(Value),
    /// The frame is gone; the other computation, which has this number, goes on in its place.
    Jump(usize, Rest, Answer),
    /// As above, in the place of the handler that declines.
    Forward(Rest, Closure<Effect>),
}

/// Nobody takes what is still performed.
pub(super) fn drive(mut tree: Tree) -> End {
    loop {
        tree = match tree {
            Tree::End(end) => return end,
            Tree::Perform(_, rest) => rest.go_on(Answer::Throw(Value::Fault(Fault::UnhandledEffect))),
            Tree::Ask(_, rest) => rest.go_on(Answer::Throw(Value::Fault(Fault::OutOfOrder))),
            Tree::Parked(scheduler, rest) => scheduler.wait_outside(rest),
        }
    }
}

/// Goes on with `then` at the end, which also learns whether the tree was closed meanwhile.
pub(super) fn follow(tree: Tree, closed: bool, then: impl FnOnce(End, bool) -> Tree + 'static) -> Tree {
    match tree {
        Tree::End(end) => then(end, closed),
        tree => tree.with_rest(move |rest, answer| {
            let closed = closed || matches!(answer, Answer::Close);
            follow(rest.go_on(answer), closed, then)
        }),
    }
}

pub(super) fn then(tree: Tree, f: impl FnOnce(End) -> Tree + 'static) -> Tree {
    follow(tree, false, |end, _| f(end))
}

/// Closes the rest, then ends so. What cleanup throws replaces the end; so does being closed once more.
pub(super) fn close(rest: Rest, end: End) -> Tree {
    conclude(rest.go_on(Answer::Close), end)
}

/// The tree is closed, then it ends so. A frame that jumps in its cleanup is gone before that.
pub(super) fn conclude(tree: Tree, end: End) -> Tree {
    follow(tree, false, |last, closed| match (last, end) {
        (End::Throw(error) | End::Failed(error), End::Jump(_, rest, _) | End::Forward(rest, _)) => {
            close(rest, End::Throw(error))
        }
        (End::Throw(error) | End::Failed(error), _) => Tree::End(End::Throw(error)),
        (_, End::Jump(_, rest, _) | End::Forward(rest, _)) if closed => close(rest, End::Closed),
        (End::Jump(k, rest, answer), end) => {
            Tree::End(End::Jump(k, rest.wrap(|rest, answer| conclude(rest.go_on(answer), end)), answer))
        }
        (End::Forward(rest, effect), end) => {
            Tree::End(End::Forward(rest.wrap(|rest, answer| conclude(rest.go_on(answer), end)), effect))
        }
        (_, end) => Tree::End(if closed { End::Closed } else { end }),
    })
}

/// Closes the rest as a part of something larger that is being closed: nobody in between sees what cleanup throws.
pub(super) fn close_on_the_way(rest: Rest, end: End) -> Tree {
    then(close(rest, end), |end| Tree::End(if let End::Throw(error) = end { End::Failed(error) } else { end }))
}

/// Closes what is on top of the rest, which then unwinds up to the target.
pub(super) fn unwind_below(top: Rest, rest: Rest, target: Target, failure: Option<Value>) -> Tree {
    follow(jumped(close(top, End::Closed)), false, move |end, closed| {
        let failure = if let End::Throw(error) | End::Failed(error) = end { Some(error) } else { failure };
        if closed {
            return close_on_the_way(rest, failure.map_or(End::Closed, End::Failed));
        }
        rest.go_on(Answer::Unwind(target, failure))
    })
}

/// Where the tree jumps, the other computation goes on.
fn jumped(tree: Tree) -> Tree {
    then(tree, |end| match end {
        End::Jump(_, rest, answer) => jumped(rest.go_on(answer)),
        End::Forward(rest, effect) => jumped(Tree::Perform(effect, rest)),
        end => Tree::End(end),
    })
}

impl Rest {
    pub(super) fn new(go_on: impl FnOnce(Answer) -> Tree + 'static) -> Self {
        Self { go_on: Box::new(go_on), handlers: Vec::new(), marks: Vec::new(), schedulers: Vec::new() }
    }

    pub(super) fn go_on(self, answer: Answer) -> Tree {
        (self.go_on)(answer)
    }

    pub(super) fn marked(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self
    }

    /// Whether a part of it is being closed.
    pub(super) fn is_closing(&self) -> bool {
        self.marks.iter().any(|mark| matches!(mark, Mark::Closing))
    }

    /// Goes on in another way, with the same things in it.
    pub(super) fn wrap(self, go_on: impl FnOnce(Self, Answer) -> Tree + 'static) -> Self {
        let (handlers, marks, schedulers) = (self.handlers.clone(), self.marks.clone(), self.schedulers.clone());
        Self { go_on: Box::new(move |answer| go_on(self, answer)), handlers, marks, schedulers }
    }
}

impl Tree {
    /// The tree with another rest, if it has one.
    pub(super) fn with_rest(self, go_on: impl FnOnce(Rest, Answer) -> Self + 'static) -> Self {
        self.map_rest(|rest| rest.wrap(go_on))
    }

    pub(super) fn map_rest(self, f: impl FnOnce(Rest) -> Rest) -> Self {
        match self {
            Self::End(end) => Self::End(end),
            Self::Perform(effect, rest) => Self::Perform(effect, f(rest)),
            Self::Ask(request, rest) => Self::Ask(request, f(rest)),
            Self::Parked(scheduler, rest) => Self::Parked(scheduler, f(rest)),
        }
    }
}
