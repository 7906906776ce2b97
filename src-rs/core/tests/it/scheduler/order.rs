//! Who runs when: the parent first, then first come, first served within a priority.

use doeff_vm_core::Priority;

use crate::ast::Program;
use crate::build::*;
use crate::check::{check, returned};
use crate::scheduling::*;

fn child(name: &'static str) -> Program {
    spawn(note(name))
}

/// Notes its name, lets the others go on, notes it again.
fn twice(name: &'static str) -> Program {
    seq([note(name), pause(), note(name)])
}

#[test]
fn the_parent_goes_on_first() {
    let parent = bind(spawn(seq([note("child"), pure(7)])), "t", seq([note("parent"), wait(var("t"))]));
    check(scheduled(parent), returned(7), &["parent", "child"]);
}

#[test]
fn tasks_run_in_the_order_of_spawning() {
    let parent = seq([child("a"), child("b"), child("c"), note("parent"), pause(), note("again")]);
    check(scheduled(seq([parent, pure(1)])), returned(1), &["parent", "a", "b", "c", "again"]);
}

#[test]
fn a_task_that_yields_goes_behind_those_that_are_ready() {
    let parent = seq([spawn(twice("a")), spawn(twice("b")), twice("p"), pause(), pure(1)]);
    check(scheduled(parent), returned(1), &["p", "a", "b", "p", "a", "b"]);
}

#[test]
fn a_higher_priority_goes_first_and_idle_tasks_last() {
    let at = |priority, name| spawn_at(priority, note(name));
    let all = seq([
        at(Priority::Idle, "idle 1"),
        at(Priority::Normal, "normal 1"),
        at(Priority::High, "high 1"),
        at(Priority::Idle, "idle 2"),
        at(Priority::Normal, "normal 2"),
        at(Priority::High, "high 2"),
    ]);
    let parent = bind(spawn_at(Priority::Idle, pure(1)), "last", seq([all, wait(var("last"))]));
    let order = ["high 1", "high 2", "normal 1", "normal 2"];
    check(scheduled(parent), returned(1), &order);
}

#[test]
fn idle_tasks_run_when_they_are_alone() {
    let parent = bind(spawn_at(Priority::Idle, seq([twice("idle"), pure(2)])), "t", wait(var("t")));
    check(scheduled(parent), returned(2), &["idle", "idle"]);
}

#[test]
fn a_task_of_high_priority_that_yields_goes_first_again() {
    let high = spawn_at(Priority::High, seq([twice("high"), pause(), note("high")]));
    check(
        scheduled(seq([high, child("normal"), pause(), pause(), pure(1)])),
        returned(1),
        &["high", "high", "high", "normal"],
    );
}

#[test]
fn a_woken_task_is_queued_behind_those_that_are_ready() {
    let waiter = seq([note("waits"), wait(var("p")), note("woken")]);
    let completer = seq([child("ready"), complete(var("p"), 1), note("completer"), child("later"), pause(), pause()]);
    let parent = bind(promise(), "p", seq([spawn(waiter), pause(), completer, pure(1)]));
    check(scheduled(parent), returned(1), &["waits", "completer", "ready", "woken", "later"]);
}

#[test]
fn who_completes_a_promise_or_ends_wakes_in_the_order_of_waiting() {
    let waiter = |name| spawn(seq([wait(var("p")), note(name)]));
    let parent = bind(
        promise(),
        "p",
        seq([waiter("a"), waiter("b"), waiter("c"), pause(), complete(var("p"), 0), pause(), pure(1)]),
    );
    check(scheduled(parent), returned(1), &["a", "b", "c"]);
    let waiter = |name| spawn(seq([wait(var("t")), note(name)]));
    let slow = seq([pause(), note("ends")]);
    let parent = bind(spawn(slow), "t", seq([waiter("a"), waiter("b"), wait(var("t")), note("parent")]));
    check(scheduled(seq([parent, pause(), pure(1)])), returned(1), &["ends", "parent", "a", "b"]);
}

#[test]
fn only_effects_that_may_wait_switch_tasks() {
    let calm = seq([
        bind(promise(), "p", seq([complete(var("p"), 1), wait(var("p"))])),
        bind(semaphore(1), "s", seq([acquire(var("s")), release(var("s"))])),
        bind(child("child"), "t", cancel(pure_task())),
        note("parent"),
    ]);
    check(scheduled(seq([calm, pause(), pure(1)])), returned(1), &["parent"]);
}

fn pure_task() -> crate::ast::Expr {
    var("t")
}

#[test]
fn between_two_switches_a_task_is_alone() {
    let add_one = bind(get(1), "n", put(1, add(var("n"), 1)));
    let two = |program: Program| {
        bind(spawn(program.clone()), "a", bind(spawn(program), "b", gather(list([var("a"), var("b")]))))
    };
    let counted = |program| with(state([(1, 0)]), scheduled(seq([two(program), get(1)])));
    check(counted(add_one), returned(2), &[]);
    let torn = bind(get(1), "n", seq([pause(), put(1, add(var("n"), 1))]));
    check(counted(torn), returned(1), &[]);
}

#[test]
fn yielding_alone_changes_nothing() {
    let yielding = seq([pause(), note("a"), pause(), pause(), note("b"), pure(3)]);
    check(scheduled(yielding), returned(3), &["a", "b"]);
}

#[test]
fn a_thousand_runs_have_one_trace() {
    let noisy = |name| seq([note(name), pause(), note(name), bind(spawn(note(name)), "t", wait(var("t")))]);
    let program = scheduled(seq([spawn(noisy("a")), spawn_at(Priority::High, noisy("b")), noisy("c"), pause()]));
    let trace_of = || {
        let mut host = crate::host::Host::new();
        let _ = host.run(&program);
        host.trace
    };
    let first = trace_of();
    assert!((0..1000).all(|_| trace_of() == first));
}
