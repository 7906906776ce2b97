//! What is settled outside of the program.

use crate::build::*;
use crate::check::{check, returned, threw};
use crate::scheduling::*;

#[test]
fn a_task_waits_for_the_outside_only_when_nobody_is_ready() {
    let waiter = bind(wait(var("x")), "v", note(var("v")));
    let program = seq([spawn(waiter), repeat(3, seq([note("busy"), pause()])), wait(var("x"))]);
    check(scheduled(bind(completed_outside(7), "x", program)), returned(7), &["busy", "busy", "busy", "7"]);
}

#[test]
fn an_error_from_outside_is_thrown_where_it_is_waited_for() {
    let caught = catch(wait(var("x")), "e", pure(var("e")));
    check(scheduled(bind(failed_outside("boom"), "x", caught)), returned("boom"), &[]);
}

#[test]
fn what_is_settled_outside_is_gathered_and_raced() {
    let both = || list([var("x"), var("y")]);
    let program = |then| scheduled(bind(completed_outside(1), "x", bind(completed_outside(2), "y", then)));
    check(program(gather(both())), returned(values([1.into(), 2.into()])), &[]);
    check(program(bind(race(both()), "r", pure(at("r", 1)))), returned(1), &[]);
    check(program(seq([wait(var("y")), bind(race(both()), "r", pure(at("r", 1)))])), returned(1), &[]);
    let never =
        scheduled(bind(forsaken(), "x", bind(completed_outside(2), "y", bind(race(both()), "r", pure(at("r", 1))))));
    check(never, returned(2), &[]);
}

#[test]
fn waiting_for_the_outside_is_no_deadlock_until_nothing_happens_there() {
    check(scheduled(bind(forsaken(), "x", wait(var("x")))), threw(FORSAKEN), &[]);
    // Nobody waits for the outside any more.
    let waiter = noting_exit("closed", wait(var("x")));
    let program = bind(spawn(waiter), "t", seq([pause(), cancel(var("t")), bind(promise(), "p", wait(var("p")))]));
    check(scheduled(bind(forsaken(), "x", program)), threw(DEADLOCK), &["closed"]);
}

#[test]
fn a_deadlock_is_thrown_into_the_root_task_first() {
    let stuck = |name| catch(wait(var("p")), "e", seq([note(name), pure(1)]));
    let program = bind(promise(), "p", seq([spawn(stuck("never")), stuck("root"), pure(2)]));
    check(scheduled(program), returned(2), &["root"]);
}

#[test]
fn who_survives_a_deadlock_may_end_it() {
    let child = seq([wait(var("p")), note("child"), pure(1)]);
    let parent = catch(wait(var("t")), "e", seq([note(var("e")), complete(var("p"), 1), wait(var("t"))]));
    check(scheduled(bind(promise(), "p", bind(spawn(child), "t", parent))), returned(1), &[DEADLOCK, "child"]);
}

#[test]
fn tasks_that_wait_for_each_other_are_a_deadlock() {
    let waits = |key| seq([pause(), bind(get(key), "t", wait(var("t")))]);
    let program = bind(
        spawn(waits(2)),
        "a",
        bind(spawn(waits(1)), "b", seq([put(1, var("a")), put(2, var("b")), wait(var("a"))])),
    );
    check(with(state([]), scheduled(program)), threw(DEADLOCK), &[]);
}

#[test]
fn many_tasks_wait_for_many_things_outside() {
    let child = |value: i64| {
        spawn(bind(completed_outside(value), "x", bind(wait(var("x")), "v", seq([note(var("v")), pure(var("v"))]))))
    };
    let program =
        bind(child(1), "a", bind(child(2), "b", bind(child(3), "c", gather(list([var("c"), var("b"), var("a")])))));
    check(scheduled(program), returned(values([3.into(), 2.into(), 1.into()])), &["1", "2", "3"]);
}
