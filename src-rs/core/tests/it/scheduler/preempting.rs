//! Preemption: a task is switched after so many effects, even if it does not wait.

use crate::ast::Program;
use crate::build::*;
use crate::check::{check_machine, check_nothing_left, returned};
use crate::host::Host;
use crate::scheduling::*;

fn every(effects: u32, program: Program) -> Program {
    with(scheduler(1000, effects), program)
}

/// Performs that often, and notes each time.
fn busy(name: &'static str, times: u32) -> Program {
    repeat(times, seq([op(LOG, 0), note(name)]))
}

fn answered(program: Program) -> Program {
    with(handler().val(LOG, 0), program)
}

#[test]
fn a_task_is_switched_after_so_many_effects() {
    let program = bind(spawn(busy("a", 4)), "t", seq([busy("root", 2), wait(var("t")), pure(1)]));
    // The spawn counts; the effect that is one too many is performed when the turn comes again.
    check_machine(every(2, answered(program)), returned(1), &["root", "a", "a", "root", "a", "a"]);
}

#[test]
fn the_effect_that_was_put_off_is_answered_as_any() {
    let picking = |clause| {
        with(
            handler().ctl(PICK, clause),
            bind(op(PICK, 1), "a", bind(op(PICK, 2), "b", pure(list([var("a"), var("b")])))),
        )
    };
    let program = bind(spawn(picking(return_resume(add(var("x"), 10)))), "t", wait(var("t")));
    for effects in 1..5 {
        check_machine(every(effects, program.clone()), returned(values([11.into(), 12.into()])), &[]);
    }
    let stores = with(
        state([(1, 1)]),
        seq([modify(1, 2), put(2, 7), bind(get(1), "a", bind(get(2), "b", pure(list([var("a"), var("b")]))))]),
    );
    for effects in 1..5 {
        check_machine(every(effects, stores.clone()), returned(values([3.into(), 7.into()])), &[]);
    }
}

#[test]
fn a_preempted_task_can_be_cancelled() {
    let task = noting_exit("closed", busy("never ends", 100));
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let program = bind(spawn(seq([note("starts"), task])), "t", seq([pause(), cancel(var("t")), waits]));
    check_machine(every(1, answered(program)), returned(CANCELLED), &["starts", "never ends", "never ends", "closed"]);
}

#[test]
fn cleanup_is_preempted_too_and_goes_on() {
    let task = finally(repeat(20, pause()), busy("cleanup", 3));
    let other = busy("other", 3);
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let program = bind(spawn(task), "t", seq([pause(), cancel(var("t")), spawn(other), waits]));
    for effects in 1..4 {
        let mut host = Host::new();
        assert_eq!(host.run(&every(effects, answered(program.clone()))), returned(CANCELLED));
        assert_eq!(host.trace.iter().filter(|event| *event == "cleanup").count(), 3);
        check_nothing_left(&mut host);
    }
}

#[test]
fn a_task_alone_is_not_disturbed() {
    check_machine(every(1, answered(seq([busy("a", 5), pure(2)]))), returned(2), &["a"; 5]);
}

#[test]
fn effects_of_an_inner_scheduler_count_for_the_outer_one() {
    let inner = scheduled(bind(spawn(busy("inner", 4)), "i", wait(var("i"))));
    let program = bind(spawn(inner), "t", seq([busy("root", 3), wait(var("t")), pure(1)]));
    let mut host = Host::new();
    assert_eq!(host.run(&every(3, answered(program))), returned(1));
    let order: Vec<&str> = host.trace.iter().map(String::as_str).collect();
    let first_inner = order.iter().position(|event| *event == "inner").expect("the inner task runs");
    let last_root = order.iter().rposition(|event| *event == "root").expect("the root task runs");
    assert!(first_inner < last_root, "{order:?}");
    check_nothing_left(&mut host);
}

#[test]
fn an_outer_scheduler_goes_on_counting_when_an_inner_one_has_ended() {
    let inner = |effects| every(effects, pure(0));
    for effects in [0, 2] {
        let task = seq([inner(effects), busy("a", 6)]);
        let program = bind(spawn(task), "t", seq([busy("root", 6), wait(var("t")), pure(1)]));
        let mut host = Host::new();
        assert_eq!(host.run(&every(3, answered(program))), returned(1));
        let last_root = host.trace.iter().rposition(|event| event == "root").expect("the root task runs");
        let first_a = host.trace.iter().position(|event| event == "a").expect("the task runs");
        assert!(first_a < last_root, "{:?}", host.trace);
        check_nothing_left(&mut host);
    }
}

#[test]
fn a_scheduler_that_was_captured_preempts_again_when_it_is_resumed() {
    let asking = seq([op(PICK, 0), busy("a", 4)]);
    let program =
        every(2, bind(spawn(asking), "a", bind(spawn(busy("b", 4)), "b", gather(list([var("a"), var("b")])))));
    let clause = seq([repeat(9, op(LOG, 0)), return_resume(0)]);
    let mut host = Host::new();
    let outcome = host.run(&answered(with(handler().ctl(PICK, clause), program)));
    assert!(outcome.is_ok());
    let first_b = host.trace.iter().position(|event| event == "b").expect("the other task runs");
    let last_a = host.trace.iter().rposition(|event| event == "a").expect("the task runs");
    assert!(first_b < last_a, "{:?}", host.trace);
    check_nothing_left(&mut host);
}

#[test]
fn a_preempted_run_can_be_aborted() {
    let program = every(1, answered(seq([spawn(busy("a", 9)), spawn(busy("b", 9)), busy("root", 9)])));
    for step in 0..30 {
        let mut host = Host::new();
        host.abort_in = Some(step);
        let _ = host.run(&program);
        check_nothing_left(&mut host);
    }
}
