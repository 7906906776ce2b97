//! Cancellation: when a task unwinds, what its cleanup may do, and who hears of it.

use crate::ast::Program;
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::scheduling::*;

/// Cancels the task once it waits, then waits for it.
fn cancelled(task: Program) -> Program {
    bind(spawn(task), "t", seq([pause(), cancel(var("t")), caught(wait(var("t")))]))
}

fn caught(program: Program) -> Program {
    catch(program, "e", pure(var("e")))
}

fn forever() -> Program {
    repeat(20, pause())
}

#[test]
fn a_parked_task_unwinds_when_its_turn_comes() {
    let task = noting_exit("outer", call(noting_exit("inner", seq([forever(), note("never")]))));
    check(scheduled(cancelled(task)), returned(CANCELLED), &["inner", "outer"]);
}

#[test]
fn cancelling_is_not_a_switch() {
    let program = bind(spawn(noting_exit("closed", forever())), "t", seq([pause(), cancel(var("t")), note("first")]));
    check(scheduled(seq([program, pause(), pure(1)])), returned(1), &["first", "closed"]);
}

#[test]
fn a_task_that_never_started_just_ends() {
    let program =
        bind(spawn(noting_exit("never", note("never"))), "t", seq([cancel(var("t")), caught(wait(var("t")))]));
    check(scheduled(program), returned(CANCELLED), &[]);
}

#[test]
fn a_task_that_was_answered_goes_on_to_its_next_suspension() {
    let task = noting_exit("closed", seq([wait(var("p")), note("goes on"), pause(), note("never")]));
    let program =
        bind(spawn(task), "t", seq([pause(), complete(var("p"), 1), cancel(var("t")), caught(wait(var("t")))]));
    check(scheduled(bind(promise(), "p", program)), returned(CANCELLED), &["goes on", "closed"]);
}

#[test]
fn a_task_that_yields_is_suspended_where_it_did() {
    let task = noting_exit("closed", seq([pause(), note("never")]));
    let program = bind(spawn(task), "t", seq([pause(), cancel(var("t")), caught(wait(var("t")))]));
    check(scheduled(program), returned(CANCELLED), &["closed"]);
}

#[test]
fn a_task_that_was_answered_when_its_scheduler_ends_goes_on_to_its_next_suspension() {
    let task = noting_exit("closed", seq([wait(var("p")), note("goes on"), pause(), note("never")]));
    let program = seq([spawn(task), pause(), complete(var("p"), 1), pure(5)]);
    check(scheduled(bind(promise(), "p", program)), returned(5), &["goes on", "closed"]);
}

#[test]
fn a_task_that_cancels_itself_goes_on_to_its_next_suspension() {
    let own = bind(get(1), "own", seq([cancel(var("own")), note("goes on"), put(2, 5), pause(), note("never")]));
    let task = noting_exit("closed", seq([pause(), own]));
    let program = bind(spawn(task), "t", seq([put(1, var("t")), caught(wait(var("t")))]));
    check(with(state([]), scheduled(program)), returned(CANCELLED), &["goes on", "closed"]);
}

#[test]
fn a_task_that_cancels_itself_and_ends_has_ended() {
    let own = bind(get(1), "own", seq([cancel(var("own")), pure(7)]));
    let program = bind(spawn(seq([pause(), own])), "t", seq([put(1, var("t")), wait(var("t"))]));
    check(with(state([]), scheduled(program)), returned(7), &[]);
}

#[test]
fn every_effect_that_may_wait_is_a_suspension() {
    let suspensions = [pause(), wait(var("p")), gather(list([var("p")])), race(list([var("p")])), acquire(var("s"))];
    for suspension in suspensions {
        let own = bind(get(1), "own", seq([cancel(var("own")), suspension, note("never")]));
        let program = bind(spawn(seq([pause(), own])), "t", seq([put(1, var("t")), caught(wait(var("t")))]));
        let program = bind(promise(), "p", bind(semaphore(1), "s", seq([complete(var("p"), 1), program])));
        check(with(state([]), scheduled(program)), returned(CANCELLED), &[]);
    }
}

#[test]
fn cancelling_twice_or_when_all_is_over_does_nothing() {
    let task = noting_exit("closed", forever());
    let twice = bind(
        spawn(task),
        "t",
        seq([pause(), cancel(var("t")), cancel(var("t")), caught(wait(var("t"))), cancel(var("t")), pure(1)]),
    );
    check(scheduled(twice), returned(1), &["closed"]);
    let over = bind(spawn(pure(7)), "t", seq([pause(), cancel(var("t")), wait(var("t"))]));
    check(scheduled(over), returned(7), &[]);
    let failed = bind(spawn(throw("boom")), "t", seq([pause(), cancel(var("t")), wait(var("t"))]));
    check(scheduled(failed), threw("boom"), &[]);
}

#[test]
fn cancellation_is_masked_while_a_task_unwinds() {
    let task = finally(forever(), seq([note("cleanup"), pause(), pause(), note("cleaned")]));
    let program =
        bind(spawn(task), "t", seq([pause(), cancel(var("t")), pause(), cancel(var("t")), caught(wait(var("t")))]));
    check(scheduled(program), returned(CANCELLED), &["cleanup", "cleaned"]);
}

#[test]
fn cleanup_may_wait_spawn_and_catch() {
    let spawned = bind(spawn(seq([note("helper"), pure(3)])), "h", bind(wait(var("h")), "v", note(var("v"))));
    check(scheduled(cancelled(finally(forever(), spawned))), returned(CANCELLED), &["helper", "3"]);
    let acquired = bind(semaphore(1), "s", seq([acquire(var("s")), pause(), release(var("s")), note("cleaned")]));
    check(scheduled(cancelled(finally(forever(), acquired))), returned(CANCELLED), &["cleaned"]);
    let catching = catch(throw("inside"), "e", note(var("e")));
    check(scheduled(cancelled(finally(forever(), catching))), returned(CANCELLED), &["inside"]);
}

#[test]
fn an_error_of_the_cleanup_replaces_the_cancellation() {
    check(scheduled(cancelled(finally(forever(), throw("boom")))), returned("boom"), &[]);
    let outer = noting_exit("outer", call(finally(forever(), seq([pause(), throw("boom")]))));
    check(scheduled(cancelled(catch(outer, "e", note("never")))), returned("boom"), &["outer"]);
}

#[test]
fn a_cancelled_task_finds_its_handlers_while_it_unwinds() {
    let task = with(handler().ctl(PICK, return_resume(5)), finally(forever(), bind(op(PICK, 0), "v", note(var("v")))));
    check(scheduled(cancelled(task)), returned(CANCELLED), &["5"]);
    let task = with(handler().fin(STOP, plain(5)), finally(forever(), seq([note("in"), op(STOP, 0), note("never")])));
    check(scheduled(cancelled(task)), returned(CANCELLED), &["in"]);
}

#[test]
fn whatever_a_task_waits_for_it_can_be_cancelled() {
    let waits = [
        wait(var("p")),
        wait(var("x")),
        wait(var("other")),
        gather(list([var("p"), var("x"), var("p")])),
        race(list([var("other"), var("x")])),
        acquire(var("s")),
    ];
    for waits in waits {
        let task = noting_exit("closed", seq([waits, note("never")]));
        let others = |then| bind(promise(), "p", bind(completed_outside(1), "x", bind(semaphore(1), "s", then)));
        let program = others(seq([
            acquire(var("s")),
            bind(
                spawn(seq([wait(var("p")), pure(1)])),
                "other",
                seq([
                    pause(),
                    bind(
                        cancelled(task),
                        "c",
                        seq([
                            complete(var("p"), 1),
                            release(var("s")),
                            bind(gather(list([var("p"), var("other")])), "_", pure(var("c"))),
                        ]),
                    ),
                ]),
            ),
        ]));
        check(scheduled(program), returned(CANCELLED), &["closed"]);
    }
}

#[test]
fn waiting_for_a_cancelled_task_throws_in_every_form() {
    let with_cancelled = |then| bind(spawn(forever()), "t", seq([pause(), spawn_cancel(), caught(then)]));
    for then in [wait(var("t")), gather(list([var("t")])), race(list([var("t")]))] {
        check(scheduled(with_cancelled(then.clone())), returned(CANCELLED), &[]);
        check(scheduled(with_cancelled(seq([pause(), pause(), then]))), returned(CANCELLED), &[]);
    }
}

fn spawn_cancel() -> Program {
    spawn(cancel(var("t")))
}

#[test]
fn siblings_and_children_of_a_cancelled_task_go_on() {
    let child = seq([pause(), pause(), note("child")]);
    let task = seq([spawn(child), noting_exit("closed", forever())]);
    let program = seq([cancelled(task), repeat(4, pause()), pure(1)]);
    check(scheduled(program), returned(1), &["closed", "child"]);
}

#[test]
fn a_clause_of_the_task_may_be_under_way_when_it_is_cancelled() {
    let clause = noting_exit("clause", seq([forever(), resume(1)]));
    let task = with(handler().ctl(PICK, clause), noting_exit("body", op(PICK, 0)));
    check(scheduled(cancelled(task)), returned(CANCELLED), &["clause", "body"]);
    let answering = with(handler().fun(PICK, noting_exit("answer", forever())), noting_exit("body", op(PICK, 0)));
    check(scheduled(cancelled(answering)), returned(CANCELLED), &["answer", "body"]);
}

#[test]
fn a_task_that_goes_on_as_another_continuation_is_cancelled_with_it() {
    // The task's own frame is gone: only what it has resumed is left of it, under handlers from where it was spawned.
    let cleanup = bind(op(LOG, 0), "v", note(var("v")));
    let parked = with(handler().raw(PICK, put(1, var("k"))), seq([op(PICK, 0), finally(forever(), cleanup)]));
    let task = bind(get(1), "k", tail(resume_act("k", 0)));
    let log = handler().ctl(LOG, return_resume("logged")).returns(plain("returned"));
    let program = with(log, bind(seq([parked, cancelled(task)]), "v", seq([note(var("v")), pure(1)])));
    check(with(state([]), scheduled(program)), returned("returned"), &["logged", CANCELLED]);
}

#[test]
fn a_task_whose_body_is_closed_from_outside_masks_cancellation_too() {
    // The clause outside closes the whole scheduler while one task runs; the cleanup of that task lets the other one cancel it.
    let task = finally(op(STOP, 0), seq([note("cleanup"), pause(), pause(), note("cleaned")]));
    let program = bind(spawn(task), "t", bind(spawn(seq([pause(), cancel(var("t")), forever()])), "u", wait(var("t"))));
    let program = with(handler().ctl(STOP, pure(3)), scheduled(program));
    check(program, returned(3), &["cleanup", "cleaned"]);
}

#[test]
fn a_task_cancelled_before_its_body_is_closed_from_outside_is_closed_once() {
    let own = bind(get(1), "own", seq([cancel(var("own")), op(STOP, 0)]));
    let task = seq([pause(), finally(own, seq([note("cleanup"), pause(), note("cleaned")]))]);
    let program = bind(spawn(task), "t", seq([put(1, var("t")), wait(var("t"))]));
    let program = with(state([]), with(handler().ctl(STOP, pure(3)), scheduled(program)));
    check(program, returned(3), &["cleanup", "cleaned"]);
}
