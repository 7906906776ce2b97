//! What concurrent random programs do besides.
//!
//! What tasks share is made before they start, so that every clause can name it by its number: two promises, two things
//! settled outside, two tasks and two semaphores.

use std::rc::Rc;

use doeff_vm_core::Priority;
use proptest::prelude::*;

use super::{Level, Programs, Weighted, observed, outside};
use crate::ast::{Act, Bounds, Expr, Handler, Program, Value};
use crate::build::*;
use crate::resource::bracket;
use crate::scheduling::*;

const SHARED_WAITABLES: usize = 6;
const SHARED_SEMAPHORES: usize = 2;
/// The first regions may be named by anybody, whether they are there or not.
const FIRST_SCOPES: usize = 4;
const FIRST_SHIELDS: u32 = 3;

/// Whole concurrent programs: a scheduler somewhere between the handlers, and two tasks besides the root.
pub(crate) fn concurrent_programs() -> impl Strategy<Value = Program> {
    let level = Level::of_depth(4, true);
    let handlers = prop::collection::vec(level.handlers.clone(), 0..3);
    let (one, other, root) = (level.outside.clone(), level.outside.clone(), level.outside.clone());
    (one, other, root, handlers.clone(), handlers, 0..3_u8).prop_map(|(one, other, root, inner, outer, shown)| {
        let program = prelude(under(inner, one), other, root);
        let program = if shown == 1 { observed(program) } else { program };
        let program = bind(pure(0), "a", under(outer, scheduled(program)));
        if shown == 2 { observed(program) } else { program }
    })
}

fn under(handlers: Vec<Rc<Handler>>, program: Program) -> Program {
    handlers.into_iter().fold(program, |program, handler| with(handler, program))
}

fn prelude(one: Program, other: Program, root: Program) -> Program {
    let outside = seq([completed_outside(77), failed_outside("outside")]);
    let shared = seq([promise(), promise(), outside, semaphore(1), semaphore(2)]);
    seq([shared, spawn(one), bind(spawn(other), "a", root)])
}

fn waitable() -> BoxedStrategy<Expr> {
    let shared = (0..SHARED_WAITABLES).prop_map(|number| Expr::Value(Value::Waitable(number)));
    prop_oneof![4 => shared, 1 => Just(var("a"))].boxed()
}

fn waitables() -> BoxedStrategy<Expr> {
    prop::collection::vec(waitable(), 0..4).prop_map(Expr::List).boxed()
}

fn shared_semaphore() -> impl Strategy<Value = Expr> {
    (0..SHARED_SEMAPHORES).prop_map(|number| Expr::Value(Value::Semaphore(number)))
}

pub(super) fn leaf(values: &BoxedStrategy<Expr>) -> Programs {
    let promise = || (0..2_usize).prop_map(|number| Expr::Value(Value::Waitable(number)));
    prop_oneof![
        6 => Just(()).prop_map(|()| pause()),
        4 => waitable().prop_map(wait),
        1 => waitables().prop_map(gather),
        1 => waitables().prop_map(race),
        2 => waitable().prop_map(cancel),
        2 => (promise(), values.clone()).prop_map(|(promise, value)| complete(promise, value)),
        1 => (promise(), values.clone()).prop_map(|(promise, error)| fail(promise, error)),
        3 => shared_semaphore().prop_map(acquire),
        3 => shared_semaphore().prop_map(release),
        1 => (0..2_u32, outside()).prop_map(|(key, value)| put(key, value)),
        4 => scope_value().prop_map(cancel_scope_of),
    ]
    .boxed()
}

fn scope_value() -> impl Strategy<Value = Expr> {
    let first = (0..FIRST_SCOPES).prop_map(|number| Expr::Value(Value::Scope(number)));
    prop_oneof![3 => first, 2 => Just(var("a"))]
}

fn shield_value() -> impl Strategy<Value = Expr> {
    let first = (1..=FIRST_SHIELDS).prop_map(|number| Expr::Value(Value::Shield(number)));
    prop_oneof![1 => first, 2 => Just(var("a"))]
}

/// Regions and forms around smaller programs; in a region `a` is its name.
fn bounded(smaller: &Programs) -> Weighted<Program> {
    let p = || smaller.clone();
    let bounds = prop_oneof![4 => Just(Bounds::CancelScope), 2 => Just(Bounds::Timeout), 2 => Just(Bounds::Scope)];
    let scoped = (bounds, p()).prop_map(|(bounds, body)| act(Act::Scoped(bounds, "a", body)));
    let shielded = p().prop_map(|body| act(Act::Shield("a", body)));
    let restored = (shield_value(), p()).prop_map(|(shield, body)| act(Act::Restored(shield, body)));
    let children = || prop::collection::vec(p(), 0..4);
    vec![
        (6, scoped.boxed()),
        (3, shielded.boxed()),
        (2, restored.boxed()),
        (4, children().prop_map(|children| act(Act::All(children))).boxed()),
        (3, children().prop_map(|children| act(Act::Any(children))).boxed()),
        (2, p().prop_map(bracket).boxed()),
    ]
}

pub(super) fn larger(smaller: &Programs) -> Weighted<Program> {
    let p = || smaller.clone();
    let priority = prop_oneof![1 => Just(Priority::Idle), 3 => Just(Priority::Normal), 1 => Just(Priority::High)];
    let spawned = (priority, p(), p()).prop_map(|(priority, task, then)| bind(spawn_at(priority, task), "a", then));
    let called = p().prop_map(|task| bind(spawn(task), "a", wait(var("a"))));
    let guarded = (shared_semaphore(), p())
        .prop_map(|(semaphore, body)| seq([acquire(semaphore.clone()), finally(body, release(semaphore))]));
    let mut larger = bounded(smaller);
    larger.extend([
        (5, spawned.boxed()),
        (2, called.boxed()),
        (2, guarded.boxed()),
        (1, p().prop_map(scheduled).boxed()),
        (2, p().prop_map(|body| seq([pause(), body])).boxed()),
    ]);
    larger
}
