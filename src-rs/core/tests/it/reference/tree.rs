//! Trees: what a computation comes to when it is run as far as it goes by itself, and what can be made of one. Nothing
//! here knows a handler or a scheduler.

use std::rc::Rc;

use doeff_vm_core::Fault;

use super::handling::Installed;
use super::tasks::Scheduler;
use crate::ast::{Closure, Effect, Value};
pub(crate) enum Answer {
    Next(Value),
    Throw(Value),
    Close,
    /// To the performer of `Local`, `Listen` or `Try`: run the effect's program yourself.
    Granted(Closure<Effect>),
}

/// The rest of a computation, and the handlers that are in it, innermost first.
pub(crate) struct Rest {
    pub(super) go_on: Box<dyn FnOnce(Answer) -> Tree>,
    pub(super) handlers: Vec<Rc<Installed>>,
}

pub(crate) enum Tree {
    End(End),
    Perform(Closure<Effect>, Rest),
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
    /// The frame is gone; the other computation goes on in its place.
    Jump(Rest, Answer),
    /// As above, in the place of the handler that declines.
    Forward(Rest, Closure<Effect>),
}

/// Nobody takes what is still performed.
pub(super) fn drive(mut tree: Tree) -> End {
    loop {
        tree = match tree {
            Tree::End(end) => return end,
            Tree::Perform(_, rest) => rest.go_on(Answer::Throw(Value::Fault(Fault::UnhandledEffect))),
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
        (End::Throw(error) | End::Failed(error), End::Jump(rest, _) | End::Forward(rest, _)) => {
            close(rest, End::Throw(error))
        }
        (End::Throw(error) | End::Failed(error), _) => Tree::End(End::Throw(error)),
        (_, End::Jump(rest, _) | End::Forward(rest, _)) if closed => close(rest, End::Closed),
        (End::Jump(rest, answer), end) => {
            Tree::End(End::Jump(rest.wrap(|rest, answer| conclude(rest.go_on(answer), end)), answer))
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

impl Rest {
    pub(super) fn new(go_on: impl FnOnce(Answer) -> Tree + 'static) -> Self {
        Self { go_on: Box::new(go_on), handlers: Vec::new() }
    }

    pub(super) fn go_on(self, answer: Answer) -> Tree {
        (self.go_on)(answer)
    }

    /// Goes on in another way, with the same handlers.
    pub(super) fn wrap(self, go_on: impl FnOnce(Self, Answer) -> Tree + 'static) -> Self {
        let handlers = self.handlers.clone();
        Self { go_on: Box::new(move |answer| go_on(self, answer)), handlers }
    }
}

impl Tree {
    /// The tree with another rest, if it has one.
    pub(super) fn with_rest(self, go_on: impl FnOnce(Rest, Answer) -> Self + 'static) -> Self {
        match self {
            Self::End(end) => Self::End(end),
            Self::Perform(effect, rest) => Self::Perform(effect, rest.wrap(go_on)),
            Self::Parked(scheduler, rest) => Self::Parked(scheduler, rest.wrap(go_on)),
        }
    }
}
