//! The end of the root program, and of runs with tasks in them.

use crate::ast::{Program, Value};
use crate::build::*;
use crate::check::{check, check_nothing_left, returned, threw};
use crate::host::Host;
use crate::scheduling::*;

fn lasting(name: &'static str) -> Program {
    noting_exit(name, repeat(20, pause()))
}

/// Runs and gives who was left over.
#[track_caller]
fn check_leftover(program: &Program, leftover: &[usize]) {
    let mut host = Host::new();
    let _ = host.run(program);
    let left: Vec<Value> = leftover.iter().map(|&number| Value::Waitable(number)).collect();
    assert_eq!(host.tasks.leftover, left);
    check_nothing_left(&mut host);
}

#[test]
fn tasks_left_over_are_unwound_in_the_order_of_spawning() {
    let program = seq([spawn(lasting("a")), spawn(lasting("b")), pause(), note("root ends"), pure(1)]);
    check(scheduled(program.clone()), returned(1), &["root ends", "a", "b"]);
    check_leftover(&scheduled(program), &[0, 1]);
}

#[test]
fn tasks_left_over_are_unwound_before_the_error_of_the_root_goes_on() {
    let program = scheduled(seq([spawn(lasting("a")), pause(), throw("boom")]));
    check(catch(program, "e", seq([note(var("e")), pure(1)])), returned(1), &["a", "boom"]);
}

#[test]
fn tasks_that_never_started_are_left_over_too_and_just_end() {
    let program = scheduled(seq([spawn(note("never")), spawn(note("never")), spawn(note("never")), pure(1)]));
    check(program.clone(), returned(1), &[]);
    check_leftover(&program, &[0, 1, 2]);
}

#[test]
fn daemons_are_unwound_but_not_left_over() {
    let program = scheduled(seq([spawn_daemon(lasting("daemon")), spawn(lasting("task")), pause(), pure(1)]));
    check(program.clone(), returned(1), &["daemon", "task"]);
    check_leftover(&program, &[1]);
    check_leftover(&scheduled(seq([spawn_daemon(lasting("daemon")), pause(), pure(1)])), &[]);
}

#[test]
fn what_was_cancelled_before_is_not_left_over() {
    let program = bind(spawn(lasting("a")), "t", seq([pause(), cancel(var("t")), pure(1)]));
    check_leftover(&scheduled(program), &[]);
}

#[test]
fn cleanup_of_tasks_left_over_may_wait_and_perform() {
    let cleanup = |name| finally(repeat(20, pause()), seq([pause(), tell(name), note(name)]));
    let program = scheduled(seq([spawn(cleanup("a")), spawn(cleanup("b")), pause(), pure(1)]));
    let log = values(["a".into(), "b".into()]);
    check(with(writer().showing(), program), returned(values([1.into(), log])), &["a", "b"]);
}

#[test]
fn what_cleanup_spawns_at_the_end_runs() {
    let cleanup = bind(spawn(seq([pause(), note("helper"), pure(3)])), "t", bind(wait(var("t")), "v", note(var("v"))));
    let program = scheduled(seq([spawn(finally(repeat(20, pause()), cleanup)), pause(), pure(1)]));
    check(program, returned(1), &["helper", "3"]);
}

#[test]
fn what_cleanup_spawns_at_the_end_is_cancelled_once_nobody_else_is_left() {
    let cleanup = seq([spawn(lasting("helper")), note("cleaned")]);
    let other = finally(repeat(20, pause()), seq([pause(), pause(), note("other")]));
    let program = scheduled(seq([spawn(finally(repeat(20, pause()), cleanup)), spawn(other), pause(), pure(1)]));
    check(program, returned(1), &["cleaned", "other", "helper"]);
}

#[test]
fn a_root_task_that_fails_in_its_cleanup_cancels_nobody_once_more() {
    let failing = seq([spawn(note("helper")), throw("boom")]);
    let slow = finally(repeat(20, pause()), seq([pause(), pause()]));
    let root = seq([spawn(slow), spawn(seq([pause(), op(STOP, 0)])), finally(repeat(20, pause()), failing)]);
    check(with(handler().ctl(STOP, pure(3)), scheduled(root)), threw("boom"), &["helper"]);
}

#[test]
fn who_waits_for_a_task_that_is_closed_with_the_scheduler_unwinds_as_well() {
    let program = bind(spawn(op(STOP, 0)), "t", catch(wait(var("t")), "e", note("never")));
    check(with(handler().ctl(STOP, pure(3)), scheduled(program)), returned(3), &[]);
}

#[test]
fn an_error_of_a_cleanup_at_the_end_does_not_touch_the_result() {
    let program = scheduled(seq([spawn(finally(repeat(20, pause()), throw("boom"))), pause(), pure(1)]));
    check(program, returned(1), &[]);
}

#[test]
fn a_cleanup_at_the_end_that_waits_in_vain_is_interrupted() {
    let stuck = finally(repeat(20, pause()), wait(var("p")));
    let program = bind(promise(), "p", seq([spawn(stuck), spawn(lasting("b")), pause(), pure(1)]));
    check(scheduled(program), returned(1), &["b"]);
}

#[test]
fn a_task_that_fails_is_the_business_of_who_waits_for_it() {
    let program = seq([spawn(throw("boom")), pause(), pause(), pure(1)]);
    check(scheduled(program), returned(1), &[]);
}

#[test]
fn the_root_may_end_by_transfer_or_by_an_abandoning_clause() {
    let log = || note("outside");
    let program = scheduled(seq([spawn(lasting("a")), pause(), noting_exit("root", op(STOP, 0))]));
    check(with(handler().fin(STOP, plain(4)), program.clone()), returned(4), &["root", "a"]);
    check(with(handler().ctl(STOP, seq([log(), pure(4)])), program), returned(4), &["outside", "root", "a"]);
    let inside = with(handler().ctl(STOP, pure(5)), noting_exit("body", op(STOP, 0)));
    check(scheduled(seq([spawn(lasting("a")), pause(), inside])), returned(5), &["body", "a"]);
}

#[test]
fn a_result_that_waits_for_an_unwinding_is_the_tasks_all_the_same() {
    // The clause ends the task; its value is kept while the body is closed, and is the task's result after that.
    let abandoned = |clause| {
        let child = with(handler().ctl(STOP, clause), noting_exit("closed", op(STOP, 0)));
        let program = bind(spawn(child), "t", seq([spawn(note("next")), wait(var("t"))]));
        scheduled(program)
    };
    check(abandoned(pure(5)), returned(5), &["closed", "next"]);
    check(abandoned(throw("boom")), threw("boom"), &["closed", "next"]);
    check(abandoned(seq([discontinue("k"), pure(6)])), returned(6), &["closed", "next"]);
}

#[test]
fn a_task_that_is_nobody_elses_answer_ends_with_no_value() {
    // The task goes on as a body whose clause discontinues it: what is left of the task is answered with no value.
    let body = |then| with(handler().raw(PICK, put(1, var("k"))), seq([op(PICK, 0), then]));
    let task = bind(get(1), "k", tail(resume_act("k", 0)));
    let program = seq([body(pure(9)), bind(spawn(task), "t", wait(var("t")))]);
    check(with(state([]), scheduled(program)), returned(9), &[]);
}

#[test]
fn a_run_aborted_while_tasks_are_under_way_unwinds_them_all() {
    let program = seq([spawn(lasting("a")), spawn(lasting("b")), noting_exit("root", repeat(20, pause()))]);
    for step in 0..24 {
        for mut host in [Host::new(), Host::lazy(4)] {
            host.abort_in = Some(step);
            assert_eq!(host.run(&scheduled(program.clone())), returned(Value::Nil));
            let count = |name| host.trace.iter().filter(|event| *event == name).count();
            assert!(["a", "b", "root"].map(count).iter().all(|&count| count <= 1), "{:?}", host.trace);
            check_nothing_left(&mut host);
        }
    }
}

#[test]
fn a_run_aborted_while_no_task_is_ready_unwinds_them_all() {
    let waiter = |name| noting_exit(name, wait(var("x")));
    let program = bind(forsaken(), "x", seq([spawn(waiter("a")), spawn(waiter("b")), waiter("root")]));
    let mut host = Host::new();
    host.tasks.abort_when_idle = true;
    assert_eq!(host.run(&scheduled(program.clone())), returned(Value::Nil));
    assert_eq!(host.trace, ["root", "a", "b"]);
    check_nothing_left(&mut host);
    let nested = scheduled(seq([spawn(scheduled(program)), noting_exit("outer", repeat(20, pause()))]));
    let mut host = Host::new();
    host.tasks.abort_when_idle = true;
    assert_eq!(host.run(&nested), returned(Value::Nil));
    check_nothing_left(&mut host);
}

#[test]
fn a_run_is_aborted_while_its_tasks_unwind() {
    let cleanup = seq([note("cleanup"), pause(), call(pure(0)), pause(), note("cleaned")]);
    let task = || finally(repeat(20, pause()), cleanup.clone());
    let program = scheduled(seq([spawn(task()), spawn(task()), task()]));
    for first in 3..9 {
        for second in 0..12 {
            let mut host = Host::new();
            (host.abort_in, host.abort_again_in) = (Some(first), Some(second));
            let _ = host.run(&program);
            assert!(host.trace.iter().filter(|event| *event == "cleanup").count() <= 3, "{:?}", host.trace);
            check_nothing_left(&mut host);
        }
    }
}

#[test]
fn continuations_kept_by_tasks_are_closed_at_the_end_of_the_run() {
    let task = with(handler().raw(PICK, put(1, var("k"))), noting_exit("kept", op(PICK, 0)));
    let program = bind(spawn(task), "t", seq([wait(var("t")), note("root ends"), pure(1)]));
    check(
        seq([with(state([]), scheduled(program)), note("program ends"), pure(1)]),
        returned(1),
        &["root ends", "program ends", "kept"],
    );
}

#[test]
fn what_a_cleanup_has_thrown_is_not_lost_when_another_task_gives_up_the_scheduler_once_more() {
    let failing = call(finally(op(STOP, 1), throw("boom")));
    let root = finally(failing, seq([spawn(op(STOP, 2)), pause(), note("cleaned")]));
    let program = with(handler().ctl(STOP, pure(var("x"))), scheduled(root));
    check(program, threw("boom"), &["cleaned"]);
}

#[test]
fn what_a_cleanup_has_thrown_is_lost_when_its_own_task_gives_up_the_scheduler_once_more() {
    let failing = call(finally(op(STOP, 1), throw("boom")));
    let program = with(handler().ctl(STOP, pure(var("x"))), scheduled(finally(failing, op(STOP, 2))));
    check(program, returned(1), &[]);
}
