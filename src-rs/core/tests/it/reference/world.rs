//! What the parts of one run share: its continuations, and where each part stands.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use doeff_vm_core::Fault;

use super::regions::{Mark, Scope};
use super::tasks::Scheduler;
use super::waiting::{Shared, TaskRef};
use super::{End, Rest, Tree, then};
use crate::ast::{Closure, Effect, NO_CONTINUATION, Value};

#[derive(Default)]
pub(super) struct World {
    /// Continuations by number.
    rests: RefCell<Vec<Kept>>,
    pub(super) kept: RefCell<Vec<usize>>,
    pub(super) trace: RefCell<Vec<String>>,
    pub(super) shared: Shared,
    /// The tasks behind the waitables that are tasks.
    pub(super) spawned: RefCell<std::collections::HashMap<usize, TaskRef>>,
    pub(super) scopes: RefCell<Vec<Scope>>,
    pub(super) schedulers: RefCell<Vec<Rc<Scheduler>>>,
    shields: Cell<u32>,
    handlers: Cell<usize>,
}

/// A continuation.
struct Kept {
    /// Until it is taken.
    rest: Option<Rest>,
    /// The effect it was captured for.
    effect: Closure<Effect>,
    /// Its clause has inherited the handler: only that clause may resume it, as the last thing it does.
    across: bool,
    /// It belongs to an unwinding.
    pinned: bool,
}

/// Where a frame stands.
#[derive(Clone, Default)]
pub(super) struct Site {
    pub(super) world: Rc<World>,
    /// The clause that this is a part of.
    pub(super) clause: Option<usize>,
    /// Whether this is a part of some cleanup.
    pub(super) closing: bool,
    /// The same, when this is the frame of the clause itself.
    pub(super) own: Option<usize>,
}

impl Site {
    /// The continuation and effect that the clause around here declines.
    pub(super) fn declined(&self) -> Result<(Rest, Closure<Effect>), Value> {
        let k = self.clause.ok_or(Value::Fault(Fault::NoHandlerContext))?;
        let effect = self.world.rests.borrow()[k].effect.clone();
        Ok((self.world.take_number(k)?, effect))
    }
}

impl World {
    pub(super) fn count_shield(&self) -> u32 {
        self.shields.set(self.shields.get() + 1);
        self.shields.get()
    }

    pub(super) fn count_handler(&self) -> usize {
        self.handlers.set(self.handlers.get() + 1);
        self.handlers.get()
    }

    pub(super) fn keep(&self, rest: Rest, effect: Closure<Effect>, outlives: bool, across: bool) -> usize {
        let mut rests = self.rests.borrow_mut();
        rests.push(Kept { rest: Some(rest), effect, across, pinned: false });
        if outlives {
            self.kept.borrow_mut().push(rests.len() - 1);
        }
        rests.len() - 1
    }

    pub(super) fn take(&self, k: &Value) -> Result<Rest, Value> {
        match k {
            Value::K(number) => self.take_number(*number),
            _ => Err(Value::Text(NO_CONTINUATION)),
        }
    }

    /// As [`World::take`], to resume it; `own` is the continuation of the clause that ends by doing so.
    pub(super) fn take_to_resume(&self, k: &Value, own: Option<usize>) -> Result<(usize, Rest), Value> {
        if let &Value::K(number) = k {
            let kept = &self.rests.borrow()[number];
            if kept.rest.is_some() && !kept.pinned && kept.across && own != Some(number) {
                return Err(Value::Fault(Fault::EscapedTask));
            }
        }
        let rest = self.take(k)?;
        match *k {
            Value::K(number) => Ok((number, rest)),
            _ => unreachable!("only a continuation is taken"),
        }
    }

    /// What is around the performer, while the continuation is not taken.
    pub(super) fn marks_of(&self, k: usize) -> Option<Vec<Mark>> {
        self.rests.borrow()[k].rest.as_ref().map(|rest| rest.marks.clone())
    }

    pub(super) fn pin_continuation(&self, k: usize) {
        self.rests.borrow_mut()[k].pinned = true;
    }

    pub(super) fn take_number(&self, k: usize) -> Result<Rest, Value> {
        if self.rests.borrow()[k].pinned {
            return Err(Value::Fault(Fault::OneShotViolation));
        }
        let rest = self.take_for_clause(k);
        // What was in it hides no cancellation any more from the task of its clause.
        self.alarm();
        rest
    }

    /// As above, for the end of the clause that owns it.
    pub(super) fn take_for_clause(&self, k: usize) -> Result<Rest, Value> {
        let rest = self.rests.borrow_mut()[k].rest.take().ok_or(Value::Fault(Fault::OneShotViolation))?;
        // Who uses a continuation is not a part of what is closed there, so errors reach it as such.
        Ok(rest.wrap(|rest, answer| {
            then(rest.go_on(answer), |end| {
                Tree::End(if let End::Failed(error) = end { End::Throw(error) } else { end })
            })
        }))
    }
}
