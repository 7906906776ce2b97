//! Schedulers inside of tasks: to the outer one, an inner scheduler is a part of one task.

use crate::ast::Program;
use crate::build::*;
use crate::check::{check, check_machine, returned, threw};
use crate::scheduling::*;

fn lasting(name: &'static str) -> Program {
    noting_exit(name, repeat(20, pause()))
}

#[test]
fn tasks_of_an_inner_scheduler_take_turns_among_themselves() {
    let inner = scheduled(seq([spawn(seq([note("a"), pause(), note("a")])), pause(), note("inner"), pause(), pure(1)]));
    let program =
        bind(spawn(note("outer")), "o", bind(spawn(inner), "t", seq([wait(var("t")), wait(var("o")), pure(1)])));
    check(scheduled(program), returned(1), &["outer", "a", "inner", "a"]);
}

#[test]
fn an_inner_scheduler_with_nobody_ready_lets_the_outer_tasks_go_on() {
    let inner =
        |name| scheduled(seq([spawn(seq([wait(var("p")), note(name)])), pause(), wait(var("p")), pause(), pure(2)]));
    let outer = seq([note("outer"), pause(), note("outer"), complete(var("p"), 1), note("completed")]);
    let program = bind(promise(), "p", bind(spawn(inner("inner")), "t", seq([spawn(outer), wait(var("t"))])));
    check(scheduled(program), returned(2), &["outer", "outer", "completed", "inner"]);
}

#[test]
fn an_inner_task_waits_for_an_outer_one_and_the_reverse() {
    let inner = scheduled(bind(
        spawn(bind(wait(var("o")), "v", pure(add(var("v"), 1)))),
        "i",
        seq([put(1, var("i")), wait(var("i"))]),
    ));
    let other = bind(get(1), "i", bind(wait(var("i")), "v", note(var("v"))));
    let program = bind(
        spawn(seq([pause(), pause(), pure(4)])),
        "o",
        bind(spawn(inner), "t", seq([pause(), spawn(other), wait(var("t"))])),
    );
    check(with(state([]), scheduled(program)), returned(5), &["5"]);
}

#[test]
fn the_root_task_may_hold_the_inner_scheduler() {
    let inner = scheduled(seq([spawn(lasting("inner")), wait(var("p"))]));
    let program = bind(promise(), "p", seq([spawn(seq([pause(), complete(var("p"), 7)])), inner]));
    check(scheduled(program), returned(7), &["inner"]);
}

#[test]
fn cancelling_the_outer_task_unwinds_the_inner_tasks() {
    let stuck = |name| noting_exit(name, wait(var("p")));
    let inner = scheduled(seq([spawn(stuck("a")), spawn(stuck("b")), stuck("root")]));
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let program = bind(spawn(noting_exit("task", inner)), "t", seq([pause(), cancel(var("t")), waits]));
    let program = scheduled(bind(promise(), "p", program));
    check(program, returned(CANCELLED), &["root", "a", "b", "task"]);
}

#[test]
fn cleanup_of_inner_tasks_may_wait_for_outer_ones() {
    let cleanup = seq([wait(var("q")), note("cleaned")]);
    let inner = scheduled(seq([spawn(finally(wait(var("p")), cleanup)), wait(var("p"))]));
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let program = bind(spawn(inner), "t", seq([pause(), cancel(var("t")), pause(), complete(var("q"), 1), waits]));
    check(scheduled(bind(promise(), "p", bind(promise(), "q", program))), returned(CANCELLED), &["cleaned"]);
}

#[test]
fn an_outer_task_cancelled_by_one_inside_of_it_unwinds_when_the_inner_ones_wait() {
    let inside = bind(get(1), "t", seq([cancel(var("t")), note("goes on"), pause(), note("still"), wait(var("p"))]));
    let inner = scheduled(bind(spawn(noting_exit("inside", inside)), "i", wait(var("i"))));
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let program = bind(spawn(seq([pause(), inner])), "t", seq([put(1, var("t")), waits]));
    let program = with(state([]), scheduled(bind(promise(), "p", program)));
    check(program, returned(CANCELLED), &["goes on", "still", "inside"]);
}

#[test]
fn a_deadlock_of_all_is_thrown_where_the_oldest_task_waits() {
    let stuck = || catch(wait(var("p")), "e", seq([note(var("e")), pure(3)]));
    let inner = scheduled(seq([spawn(noting_exit("a", wait(var("p")))), stuck()]));
    check(scheduled(bind(promise(), "p", inner.clone())), returned(3), &[DEADLOCK, "a"]);
    // The root of the outer one goes first, even if the inner one waits as well.
    let program = seq([spawn(inner), stuck()]);
    check(scheduled(bind(promise(), "p", program)), returned(3), &[DEADLOCK, "a"]);
    let uncaught = scheduled(seq([spawn(noting_exit("b", wait(var("p")))), wait(var("p"))]));
    check(scheduled(bind(promise(), "p", uncaught)), threw(DEADLOCK), &["b"]);
}

#[test]
fn a_cleanup_inside_that_waits_in_vain_is_interrupted_there() {
    let stuck = finally(wait(var("p")), wait(var("p")));
    let inner = scheduled(seq([spawn(stuck.clone()), stuck]));
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let program = bind(spawn(inner), "t", seq([pause(), cancel(var("t")), waits]));
    let program = scheduled(bind(promise(), "p", program));
    let (result, events) = crate::reference::run(&program);
    assert!(events.is_empty());
    check(program, result, &[]);
}

#[test]
fn in_a_scheduler_being_closed_tasks_go_on_while_a_cleanup_inside_waits() {
    let root =
        seq([pause(), wait(var("p")), note("goes on"), complete(var("q"), 1), noting_exit("root", wait(var("p2")))]);
    let given_up = finally(op(STOP, 0), seq([wait(var("q")), note("cleaned")]));
    let inner = scheduled(seq([spawn(given_up), root]));
    let outside = seq([note("outside"), complete(var("p"), 1)]);
    let program = seq([spawn(outside), inner]);
    let program = bind(promise(), "p", bind(promise(), "p2", bind(promise(), "q", program)));
    let program = with(handler().fin(STOP, plain(5)), scheduled(program));
    check(program, returned(5), &["outside", "goes on", "cleaned", "root"]);
}

#[test]
fn an_inner_task_waits_for_the_outside_when_nobody_else_is_ready() {
    let inner = scheduled(bind(completed_outside(5), "x", bind(spawn(wait(var("x"))), "i", wait(var("i")))));
    let program = bind(spawn(inner), "t", seq([note("root"), wait(var("t"))]));
    check(scheduled(program), returned(5), &["root"]);
}

#[test]
fn inherited_handlers_reach_over_an_inner_scheduler() {
    let inner = scheduled(bind(spawn(bind(op(PICK, 1), "v", seq([pause(), op(PICK, var("v"))]))), "i", wait(var("i"))));
    let pick = handler().ctl(PICK, seq([pause(), return_resume(add(var("x"), 1))])).returns(plain("mapped"));
    let program = bind(
        with(pick, bind(spawn(inner), "t", seq([put(1, var("t")), pure(0)]))),
        "_",
        bind(get(1), "t", wait(var("t"))),
    );
    check(with(state([]), scheduled(program)), returned(3), &[]);
}

#[test]
fn three_schedulers_deep_is_like_one() {
    let innermost = scheduled(bind(spawn(seq([wait(var("p")), pure(3)])), "i", wait(var("i"))));
    let middle = scheduled(bind(spawn(innermost), "m", wait(var("m"))));
    let program = bind(promise(), "p", bind(spawn(middle), "t", seq([pause(), complete(var("p"), 1), wait(var("t"))])));
    check(scheduled(program), returned(3), &[]);
    let aborted =
        scheduled(scheduled(scheduled(seq([spawn(lasting("a")), pause(), noting_exit("root", op(STOP, 0))]))));
    check(with(handler().fin(STOP, plain(1)), aborted), returned(1), &["root", "a"]);
}

#[test]
fn a_scheduler_installed_again_inside_of_itself_is_the_same_one() {
    let inside = bind(spawn(seq([note("child"), pure(2)])), "t", seq([note("parent"), wait(var("t"))]));
    let reinstalled = bind(act(crate::ast::Act::GetHandlers), "h", act(crate::ast::Act::Under(at("h", 0), inside)));
    let program = seq([spawn(note("before")), reinstalled]);
    check_machine(scheduled(program), returned(2), &["parent", "before", "child"]);
    check_machine(seq([scheduled(seq([spawn(lasting("a")), pure(1)])), scheduled(pure(2))]), returned(2), &[]);
}
