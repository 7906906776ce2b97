//! Promises that tasks settle.

use crate::ast::Program;
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::scheduling::*;

fn promised(then: Program) -> Program {
    scheduled(bind(promise(), "p", then))
}

fn caught(program: Program) -> Program {
    catch(program, "e", pure(var("e")))
}

#[test]
fn a_promise_completed_before_or_after_it_is_waited_for_answers_the_same() {
    check(promised(seq([complete(var("p"), 7), wait(var("p"))])), returned(7), &[]);
    check(promised(seq([spawn(complete(var("p"), 7)), wait(var("p"))])), returned(7), &[]);
    check(promised(seq([spawn(complete(var("p"), 7)), pause(), wait(var("p"))])), returned(7), &[]);
}

#[test]
fn a_promise_failed_before_or_after_it_is_waited_for_throws_the_same() {
    check(promised(seq([fail(var("p"), "boom"), wait(var("p"))])), threw("boom"), &[]);
    check(promised(seq([spawn(fail(var("p"), "boom")), wait(var("p"))])), threw("boom"), &[]);
}

#[test]
fn who_completes_goes_on() {
    let waiter = seq([wait(var("p")), note("waiter")]);
    let program = seq([spawn(waiter), pause(), complete(var("p"), 1), note("completer"), pause(), pure(1)]);
    check(promised(program), returned(1), &["completer", "waiter"]);
}

#[test]
fn a_promise_is_settled_once() {
    for first in [complete(var("p"), 1), fail(var("p"), "boom")] {
        for second in [complete(var("p"), 2), fail(var("p"), "again")] {
            check(promised(seq([first.clone(), caught(second)])), returned(SETTLED_BEFORE), &[]);
        }
    }
}

#[test]
fn a_promise_may_be_waited_for_again_when_its_waiters_are_gone() {
    // The machine forgets the promise with its only waiter, and learns of it anew.
    let first = bind(spawn(wait(var("p"))), "t", seq([pause(), cancel(var("t")), pause()]));
    let again = seq([spawn(complete(var("p"), 7)), wait(var("p"))]);
    check(promised(seq([first.clone(), again])), returned(7), &[]);
    check(promised(seq([first.clone(), first, complete(var("p"), 8), wait(var("p"))])), returned(8), &[]);
}

#[test]
fn a_promise_completed_when_its_waiter_is_cancelled_wakes_nobody() {
    let waiter = noting_exit("closed", seq([wait(var("p")), note("never")]));
    let program = bind(spawn(waiter), "t", seq([pause(), cancel(var("t")), complete(var("p"), 1), pause(), pure(1)]));
    check(promised(program), returned(1), &["closed"]);
}

#[test]
fn only_promises_are_completed() {
    let task = bind(spawn(pure(1)), "t", caught(complete(var("t"), 2)));
    check(scheduled(task), returned(NO_WAITABLE), &[]);
    check(scheduled(bind(completed_outside(1), "x", caught(complete(var("x"), 2)))), returned(NO_WAITABLE), &[]);
}

#[test]
fn promises_and_tasks_are_gathered_and_raced_together() {
    let both = || list([var("p"), var("t")]);
    let child = spawn(seq([pause(), complete(var("p"), 1), pause(), pure(2)]));
    let program = |then| promised(bind(child.clone(), "t", then));
    check(program(gather(both())), returned(values([1.into(), 2.into()])), &[]);
    check(program(bind(race(both()), "r", pure(at("r", 1)))), returned(1), &[]);
    // Twice the same promise, and a promise nobody has waited for before.
    check(program(gather(list([var("p"), var("p"), var("t")]))), returned(values([1.into(), 1.into(), 2.into()])), &[]);
}

#[test]
fn a_promise_that_nobody_completes_is_a_deadlock() {
    check(promised(wait(var("p"))), threw(DEADLOCK), &[]);
    check(promised(caught(wait(var("p")))), returned(DEADLOCK), &[]);
}

#[test]
fn a_waiter_that_was_interrupted_may_wait_again() {
    let again = catch(wait(var("p")), "e", seq([spawn(complete(var("p"), 7)), wait(var("p"))]));
    check(promised(again), returned(7), &[]);
}

#[test]
fn tasks_talk_through_promises() {
    let asking = bind(promise(), "back", seq([complete(var("p"), var("back")), wait(var("back"))]));
    let answering = bind(wait(var("p")), "back", complete(var("back"), 5));
    check(
        promised(bind(spawn(answering), "t", bind(asking, "v", seq([wait(var("t")), pure(var("v"))])))),
        returned(5),
        &[],
    );
}
