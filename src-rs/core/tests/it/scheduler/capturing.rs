//! A handler outside of the scheduler takes an effect of a task: the whole scheduler is a continuation.

use crate::ast::{Act, Handler, Program, Value};
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::scheduling::*;

fn lasting(name: &'static str) -> Program {
    noting_exit(name, repeat(20, pause()))
}

/// Two tasks: one asks outside, the other one notes that it goes on.
fn asking() -> Program {
    let other = seq([note("other"), pause(), note("other"), pure(10)]);
    let asks = bind(op(PICK, 0), "v", seq([pause(), pure(var("v"))]));
    scheduled(bind(spawn(asks), "a", bind(spawn(other), "b", gather(list([var("a"), var("b")])))))
}

/// Parks the program at its first `PICK`: the continuation is in the state.
fn parking() -> Handler {
    handler().raw(PICK, put(1, var("k")))
}

fn resuming(value: i64) -> Program {
    bind(get(1), "k", resume(value))
}

#[test]
fn an_effect_answered_outside_leaves_the_tasks_alone() {
    for outside in [handler().val(PICK, 1), handler().ctl(PICK, return_resume(1)), handler().fun(PICK, pure(1))] {
        check(with(outside, asking()), returned(values([1.into(), 10.into()])), &["other", "other"]);
    }
}

#[test]
fn a_scheduler_is_resumed_later_with_all_its_tasks() {
    let program = seq([with(parking(), asking()), note("between"), resuming(1)]);
    check(with(state([]), program), returned(values([1.into(), 10.into()])), &["between", "other", "other"]);
}

#[test]
fn a_scheduler_resumed_under_other_handlers_moves_all_its_tasks_there() {
    // Each task was spawned under handlers of its own, and performs to the outermost one.
    let ask = |name| bind(op(LOG, 0), "v", seq([note(name), note(var("v"))]));
    let child = seq([ask("child"), pause(), ask("child"), pure(1)]);
    let late = seq([pause(), ask("late")]);
    let own = handler().ctl(STOP, return_resume(8));
    let inside = bind(
        spawn(child),
        "a",
        seq([pause(), op(PICK, 0), spawn(late), ask("parent"), wait(var("a")), pause(), pure(2)]),
    );
    let parked = with(parking(), scheduled(with(own, inside)));
    let outer = |value: i64, program| with(handler().ctl(LOG, return_resume(value)), program);
    let program = seq([outer(5, parked), outer(6, with(handler().val(STOP, 0), resuming(1)))]);
    let events = ["child", "5", "parent", "6", "child", "6", "late", "6"];
    check(with(state([]), program), returned(2), &events);
}

#[test]
fn a_task_that_never_started_moves_too() {
    let child = with(handler().val(STOP, 0), bind(op(LOG, 0), "v", note(var("v"))));
    let own = handler().ctl(STOP, return_resume(8));
    let inside = with(own, bind(spawn(child), "a", seq([op(PICK, 0), wait(var("a")), pure(2)])));
    let outer = |value: i64, program| with(handler().fun(LOG, plain(value)), program);
    let program = seq([outer(5, with(parking(), scheduled(inside))), outer(6, resuming(1))]);
    check(with(state([]), program), returned(2), &["6"]);
}

#[test]
fn a_task_whose_inherited_boundaries_were_put_in_moves_too() {
    let child = seq([bind(op(STOP, 0), "v", note(var("v"))), pause(), bind(op(STOP, 1), "v", note(var("v")))]);
    let own = handler().ctl(STOP, bind(op(LOG, 0), "v", return_resume(list([var("x"), var("v")]))));
    let inside = with(own, bind(spawn(child), "a", seq([pause(), op(PICK, 0), wait(var("a")), pure(2)])));
    let outer = |value: i64, program| with(handler().fun(LOG, plain(value)), program);
    let program = seq([outer(5, with(parking(), scheduled(inside))), outer(6, resuming(1))]);
    check(with(state([]), program), returned(2), &["[0, 5]", "[1, 6]"]);
}

#[test]
fn a_scheduler_discontinued_unwinds_the_running_task_then_the_others() {
    let program = scheduled(seq([spawn(lasting("a")), spawn(lasting("b")), pause(), noting_exit("root", op(PICK, 0))]));
    let discontinuing = handler().ctl(PICK, seq([note("clause"), discontinue("k"), note("done"), pure(4)]));
    check(with(discontinuing, program.clone()), returned(4), &["clause", "root", "a", "b", "done"]);
    let abandoning = handler().ctl(PICK, pure(4));
    check(with(abandoning, program.clone()), returned(4), &["root", "a", "b"]);
    check(with(handler().fin(PICK, plain(4)), program.clone()), returned(4), &["root", "a", "b"]);
    check(with(handler().ctl(PICK, throw("boom")), program.clone()), threw("boom"), &["root", "a", "b"]);
    let kept = seq([with(handler().raw(PICK, pure(4)), program), note("program ends"), pure(5)]);
    check(kept, returned(5), &["program ends", "root", "a", "b"]);
}

#[test]
fn a_scheduler_discontinued_in_a_child_unwinds_the_root_task_with_the_others() {
    let child = noting_exit("child", seq([pause(), op(PICK, 0)]));
    let root = noting_exit("root", bind(spawn(child), "t", seq([spawn(lasting("b")), wait(var("t"))])));
    check(with(handler().ctl(PICK, pure(4)), scheduled(root)), returned(4), &["child", "b", "root"]);
}

#[test]
fn an_error_of_a_running_tasks_cleanup_is_the_unwindings() {
    let child = finally(op(PICK, 0), throw("boom"));
    let root = noting_exit("root", bind(spawn(child), "t", wait(var("t"))));
    check(with(handler().ctl(PICK, pure(4)), scheduled(root)), threw("boom"), &["root"]);
    let root = finally(bind(spawn(op(PICK, 0)), "t", wait(var("t"))), throw("boom"));
    check(with(handler().ctl(PICK, pure(4)), scheduled(root)), threw("boom"), &[]);
    // Another task's is its own.
    let root = seq([spawn(finally(repeat(20, pause()), throw("boom"))), pause(), op(PICK, 0)]);
    check(with(handler().ctl(PICK, pure(4)), scheduled(root)), returned(4), &[]);
}

#[test]
fn cleanup_of_a_discontinued_scheduler_may_wait_for_its_other_tasks() {
    let other = seq([pause(), note("other"), pure(3)]);
    let cleanup = bind(wait(var("t")), "v", note(var("v")));
    let root = bind(spawn(other), "t", seq([pause(), finally(op(PICK, 0), cleanup)]));
    check(with(handler().ctl(PICK, pure(4)), scheduled(root)), returned(4), &["other", "3"]);
}

#[test]
fn cleanup_of_an_unwound_task_may_be_captured_outside() {
    let cleanup = bind(op(LOG, 0), "v", note(var("v")));
    let root = seq([spawn(finally(repeat(20, pause()), cleanup.clone())), pause(), finally(op(PICK, 0), cleanup)]);
    let outside = handler().ctl(LOG, bind(resume(7), "_", pure(0)));
    check(with(outside, with(handler().ctl(PICK, pure(4)), scheduled(root))), returned(0), &["7", "7"]);
}

#[test]
fn a_scheduler_resumed_with_an_error_throws_it_into_the_task() {
    let caught = catch(op(PICK, 0), "e", pure(var("e")));
    let program = scheduled(bind(spawn(caught), "t", wait(var("t"))));
    check(with(handler().ctl(PICK, resume_throw("boom")), program), returned("boom"), &[]);
    let program = scheduled(seq([spawn(lasting("a")), pause(), op(PICK, 0)]));
    check(with(handler().ctl(PICK, resume_throw("boom")), program), threw("boom"), &["a"]);
}

#[test]
fn a_clause_outside_runs_without_the_scheduler() {
    let refused = catch(pause(), "e", return_resume("refused"));
    let program = scheduled(bind(spawn(op(PICK, 0)), "t", wait(var("t"))));
    check(with(handler().ctl(PICK, refused), program), returned("refused"), &[]);
}

#[test]
fn two_schedulers_take_turns_as_continuations() {
    let talker = |name: &'static str| {
        let child = seq([note(name), op(PICK, name), note(name), pure(1)]);
        scheduled(bind(spawn(child), "t", wait(var("t"))))
    };
    let store = |key| handler().raw(PICK, put(key, var("k")));
    let go_on = |key| bind(get(key), "k", act(Act::Resume { k: var("k"), value: 0.into(), throws: false }));
    let program = seq([with(store(1), talker("a")), with(store(2), talker("b")), go_on(1), go_on(2)]);
    check(with(state([]), program), returned(1), &["a", "b", "a", "b"]);
}

#[test]
fn a_task_resumes_a_continuation_that_another_task_has_kept() {
    let keeps = with(parking(), bind(op(PICK, 0), "v", seq([pause(), pure(add(var("v"), 1))])));
    let goes_on = seq([pause(), resuming(5)]);
    let program = bind(spawn(keeps), "a", bind(spawn(goes_on), "b", gather(list([var("a"), var("b")]))));
    check(with(state([]), scheduled(program)), returned(values([Value::Nil, 6.into()])), &[]);
}

#[test]
fn what_a_clause_throws_for_one_tasks_cleanup_overrules_what_anothers_has_thrown() {
    // The handler is a part of what is closed: it takes the second effect as it took the first.
    let other = finally(wait(var("p")), op(LOG, 0));
    for cleanup in [throw("boom"), seq([pause(), throw("boom")])] {
        let root = seq([spawn(other.clone()), pause(), finally(op(LOG, 2), cleanup)]);
        let program = with(handler().raw(LOG, throw("clause")), scheduled(bind(promise(), "p", root)));
        check(program, threw("clause"), &[]);
    }
}
