//! Scratch.
use crate::ast::*;
use crate::build::*;
use crate::scheduling::*;
use doeff_vm_core::*;

#[test]
fn probe() {
    let inner = handler().catch_all(ClauseKind::Ctl, finally(op(PICK, 0), release(Value::Semaphore(0))));
    let program = with(
        handler().ctl(PICK, throw("x")),
        scheduled(seq([
            semaphore(1),
            promise(),
            with(inner, finally(acquire(Value::Semaphore(0)), first_of([seq([note("child"), fail(Value::Waitable(0), 7)])]))),
        ])),
    );
    crate::random::agree(&program);
}
