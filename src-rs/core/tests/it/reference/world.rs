//! What the parts of one run share: its continuations, and where each part stands.

use std::cell::RefCell;
use std::rc::Rc;

use doeff_vm_core::Fault;

use super::waiting::{Shared, TaskRef};
use super::{End, Rest, Tree, then};
use crate::ast::{Closure, Effect, NO_CONTINUATION, Value};

#[derive(Default)]
pub(super) struct World {
    /// Continuations by number, until they are taken; with the effects they were captured for.
    rests: RefCell<Vec<(Option<Rest>, Closure<Effect>)>>,
    pub(super) kept: RefCell<Vec<usize>>,
    pub(super) trace: RefCell<Vec<String>>,
    pub(super) shared: Shared,
    /// The tasks behind the waitables that are tasks.
    pub(super) spawned: RefCell<std::collections::HashMap<usize, TaskRef>>,
}

/// Where a frame stands.
#[derive(Clone, Default)]
pub(super) struct Site {
    pub(super) world: Rc<World>,
    /// The clause that this is a part of.
    pub(super) clause: Option<usize>,
    /// Whether this is a part of some cleanup.
    pub(super) closing: bool,
}

impl Site {
    /// The continuation and effect that the clause around here declines.
    pub(super) fn declined(&self) -> Result<(Rest, Closure<Effect>), Value> {
        let k = self.clause.ok_or(Value::Fault(Fault::NoHandlerContext))?;
        let effect = self.world.rests.borrow()[k].1.clone();
        Ok((self.world.take_number(k)?, effect))
    }
}

impl World {
    pub(super) fn keep(&self, rest: Rest, effect: Closure<Effect>, outlives: bool) -> usize {
        let mut rests = self.rests.borrow_mut();
        rests.push((Some(rest), effect));
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

    pub(super) fn take_number(&self, k: usize) -> Result<Rest, Value> {
        let rest = self.rests.borrow_mut()[k].0.take().ok_or(Value::Fault(Fault::OneShotViolation))?;
        // Who uses a continuation is not a part of what is closed there, so errors reach it as such.
        Ok(rest.wrap(|rest, answer| {
            then(rest.go_on(answer), |end| {
                Tree::End(if let End::Failed(error) = end { End::Throw(error) } else { end })
            })
        }))
    }
}
