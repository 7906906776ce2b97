//! Cancel scopes, shields and restores: every moment at which a scope may be cancelled, and what comes of it.

use crate::ast::{Act, Program, Value};
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::forms::TIMED_OUT;
use crate::scheduling::*;

fn forever() -> Program {
    repeat(20, pause())
}

fn cancel_it() -> Program {
    cancel_scope_of(var("s"))
}

/// The program in a task, in a scope that is cancelled once the task waits; the scope's answer.
fn cancelled(program: Program) -> Program {
    let task = cancel_scope("s", seq([put(9, var("s")), program]));
    let root = bind(spawn(task), "t", seq([pause(), bind(get(9), "s", cancel_it()), wait(var("t"))]));
    with(state([]), scheduled(root))
}

/// The state is on the outside, so that scripts may share it.
fn scheduled_with_state(program: Program) -> Program {
    with(state([]), scheduled(program))
}

#[test]
fn a_scope_that_nobody_cancels_is_just_a_call() {
    check(cancel_scope("s", pure(5)), returned(5), &[]);
    check(cancel_scope("s", throw("boom")), threw("boom"), &[]);
    check(scheduled(cancel_scope("s", seq([pause(), pure(5)]))), returned(5), &[]);
    check(scheduled(timeout(seq([pause(), pure(5)]))), returned(5), &[]);
    check(scheduled(scope(seq([pause(), throw("boom")]))), threw("boom"), &[]);
}

#[test]
fn who_has_ended_when_its_scope_is_cancelled_has_ended() {
    check(cancel_scope("s", seq([cancel_it(), pure(5)])), returned(5), &[]);
    check(cancel_scope("s", seq([cancel_it(), throw("boom")])), threw("boom"), &[]);
    // Long before, too.
    let program = cancel_scope("s", seq([put(1, var("s")), pure(5)]));
    let late = bind(program, "v", bind(get(1), "s", seq([cancel_it(), pause(), pure(var("v"))])));
    check(scheduled_with_state(late), returned(5), &[]);
}

#[test]
fn who_suspends_in_a_cancelled_scope_unwinds_at_once() {
    let suspensions = [pause(), wait(var("p")), gather(list([var("p")])), race(list([var("p")])), acquire(var("m"))];
    for suspension in suspensions {
        let body = noting_exit("closed", seq([cancel_it(), suspension, note("never")]));
        let program =
            seq([spawn(note("other")), complete(var("p"), 1), cancel_scope("s", body), note("after"), pause()]);
        let program = bind(promise(), "p", bind(semaphore(1), "m", seq([program, pure(7)])));
        check(scheduled(program), returned(7), &["closed", "after", "other"]);
    }
}

#[test]
fn who_is_suspended_when_its_scope_is_cancelled_unwinds_when_its_turn_comes() {
    let body = noting_exit("outer", call(noting_exit("inner", seq([forever(), note("never")]))));
    check(cancelled(seq([body, note("never")])), returned(Value::Nil), &["inner", "outer"]);
    check(cancelled(noting_exit("closed", wait(Value::Waitable(0)))), returned(Value::Nil), &["closed"]);
}

#[test]
fn who_was_answered_when_its_scope_is_cancelled_gets_the_answer_first() {
    let body = noting_exit("closed", bind(wait(var("p")), "v", seq([note(var("v")), pause(), note("never")])));
    let task = cancel_scope("s", seq([put(9, var("s")), body]));
    let root = seq([pause(), complete(var("p"), 1), bind(get(9), "s", cancel_it()), wait(var("t"))]);
    let program = bind(promise(), "p", bind(spawn(task), "t", root));
    check(scheduled_with_state(program), returned(Value::Nil), &["1", "closed"]);
}

#[test]
fn who_is_ready_for_another_reason_keeps_its_place_and_unwinds() {
    let body = cancel_scope("s", seq([put(9, var("s")), noting_exit("closed", seq([pause(), note("never")]))]));
    let root =
        seq([spawn(body), pause(), spawn(note("later")), bind(get(9), "s", cancel_it()), pause(), pause(), pure(1)]);
    check(scheduled_with_state(root), returned(1), &["closed", "later"]);
}

#[test]
fn the_outermost_cancelled_scope_answers() {
    let inner = noting_exit("inner", cancel_scope("i", seq([cancel_scope_of(var("i")), cancel_it(), pause()])));
    let program = cancel_scope("s", seq([inner, note("never")]));
    check(scheduled(seq([program, note("after"), pure(1)])), returned(1), &["inner", "after"]);
    // A cancelled scope inside of one that is not answers by itself.
    let inner = cancel_scope("i", seq([cancel_scope_of(var("i")), pause(), note("never")]));
    let program = cancel_scope("s", seq([inner, note("between"), pause(), pure(5)]));
    check(scheduled(program), returned(5), &["between"]);
}

#[test]
fn a_scope_that_has_unwound_is_done_with() {
    let one = || cancel_scope("s", seq([cancel_it(), pause(), note("never")]));
    check(scheduled(seq([one(), pause(), one(), pause(), note("after"), pure(1)])), returned(1), &["after"]);
}

#[test]
fn cleanup_of_what_a_scope_unwinds_sees_no_cancellation() {
    let cleanup = seq([note("cleanup"), pause(), cancel_it(), pause(), note("cleaned")]);
    check(
        scheduled(cancel_scope("s", finally(seq([cancel_it(), pause()]), cleanup))),
        returned(Value::Nil),
        &["cleanup", "cleaned"],
    );
}

#[test]
fn cleanup_sees_the_cancellation_of_a_scope_that_it_has_opened_itself() {
    let own = cancel_scope("i", seq([cancel_scope_of(var("i")), noting_exit("own", pause()), note("never")]));
    let cleanup = seq([note("cleanup"), own, pause(), note("cleaned")]);
    let events = ["cleanup", "own", "cleaned"];
    check(scheduled(cancel_scope("s", finally(seq([cancel_it(), pause()]), cleanup))), returned(Value::Nil), &events);
}

#[test]
fn an_error_of_the_cleanup_replaces_what_a_scope_answers() {
    let body = call(finally(seq([cancel_it(), pause()]), throw("boom")));
    let program = |body| catch(cancel_scope("s", noting_exit("out", body)), "e", pure(list([var("e")])));
    check(scheduled(program(body.clone())), returned(values(["boom".into()])), &["out"]);
    // Nobody in between catches it.
    check(scheduled(program(catch(body, "e", note("never")))), returned(values(["boom".into()])), &["out"]);
}

#[test]
fn a_timeout_throws_when_its_deadline_passes() {
    let body = noting_exit("closed", wait(var("p")));
    let program = bind(promise(), "p", catch(timeout(body), "e", pure(list([var("e")]))));
    check(scheduled(program), returned(values([TIMED_OUT.into()])), &["closed"]);
    // The oldest one first; that it is outside of others does not matter.
    let nested = catch(timeout(catch(timeout(wait(var("p"))), "e", note("never"))), "e", pure(1));
    check(scheduled(bind(promise(), "p", nested)), returned(1), &[]);
}

#[test]
fn a_handler_does_not_notice_a_scope() {
    let through = |body| cancel_scope("s", shield(restored(timeout(scope(body)))));
    let kinds = [
        handler().val(PICK, 1),
        handler().fun(PICK, plain(1)),
        handler().fun(PICK, pure(1)),
        handler().ctl(PICK, return_resume(1)),
        handler().ctl(PICK, bind(resume(1), "r", pure(var("r")))),
        handler().raw(PICK, return_resume(1)),
    ];
    for kind in kinds {
        check(with(kind, through(op(PICK, 0))), returned(1), &[]);
    }
    let ending = [handler().fin(PICK, plain(2)), handler().ctl(PICK, pure(2)), handler().ctl(PICK, throw("boom"))];
    for (kind, result) in ending.into_iter().zip([returned(2), returned(2), threw("boom")]) {
        check(with(kind, noting_exit("out", through(noting_exit("in", op(PICK, 0))))), result, &["in", "out"]);
    }
}

#[test]
fn a_captured_scope_that_is_cancelled_unwinds_where_it_is_resumed_and_suspends() {
    let body = noting_exit("closed", seq([op(PICK, 0), note("resumed"), pause(), note("never")]));
    let program = seq([cancel_scope("s", seq([put(9, var("s")), body])), note("after"), pure(3)]);
    let parked = with(handler().raw(PICK, put(1, var("k"))), program);
    let later = bind(get(9), "s", seq([cancel_it(), note("cancelled"), pause(), bind(get(1), "k", resume(0))]));
    let events = ["cancelled", "resumed", "closed", "after"];
    check(scheduled_with_state(seq([parked, later])), returned(3), &events);
}

#[test]
fn a_captured_scope_travels_to_the_task_that_resumes_it() {
    let body = noting_exit("closed", seq([op(PICK, 0), note("resumed"), forever()]));
    let parked = with(handler().raw(PICK, put(1, var("k"))), cancel_scope("s", seq([put(9, var("s")), body])));
    let resumes = bind(get(1), "k", bind(resume(0), "v", pure(list([var("v")]))));
    let later = bind(spawn(resumes), "t", seq([pause(), bind(get(9), "s", cancel_it()), wait(var("t"))]));
    check(scheduled_with_state(seq([parked, later])), returned(values([Value::Nil])), &["resumed", "closed"]);
}

// --- shields -------------------------------------------------------------------------------------------------------

#[test]
fn in_a_shield_no_cancellation_is_seen_before_the_first_suspension_after_it() {
    let body = seq([cancel_it(), shield(seq([pause(), note("shielded")])), note("after"), pause(), note("never")]);
    check(scheduled(cancel_scope("s", body)), returned(Value::Nil), &["shielded", "after"]);
    let task = seq([shield(seq([forever(), note("shielded")])), note("after"), pause(), note("never")]);
    let root = bind(spawn(task), "t", seq([pause(), cancel(var("t")), catch(wait(var("t")), "e", pure(var("e")))]));
    check(scheduled(root), returned(CANCELLED), &["shielded", "after"]);
}

#[test]
fn what_is_cancelled_inside_of_a_shield_unwinds_inside_of_it() {
    let inside = cancel_scope("i", seq([cancel_scope_of(var("i")), cancel_it(), pause(), note("never")]));
    let body = seq([shield(seq([inside, note("shielded"), pause()])), note("after"), pause(), note("never")]);
    check(scheduled(cancel_scope("s", body)), returned(Value::Nil), &["shielded", "after"]);
}

#[test]
fn shields_nest() {
    let body = seq([cancel_it(), shield(seq([shield(pause()), pause(), note("shielded")])), pause(), note("never")]);
    check(scheduled(cancel_scope("s", body)), returned(Value::Nil), &["shielded"]);
}

#[test]
fn a_restore_lets_through_what_its_shield_holds_back() {
    let body = seq([cancel_it(), shield(seq([pause(), note("shielded"), restored(seq([pause(), note("never")]))]))]);
    check(scheduled(cancel_scope("s", body)), returned(Value::Nil), &["shielded"]);
    check(scheduled(shield(restored(seq([pause(), pure(5)])))), returned(5), &[]);
    check(restored_of(5, pure(5)), returned(5), &[]);
}

fn restored_of(shield: impl Into<crate::ast::Expr>, program: Program) -> Program {
    act(Act::Restored(shield.into(), program))
}

#[test]
fn a_restore_is_of_one_shield() {
    let inner = |restores| {
        let body = seq([cancel_it(), restored_of(var(restores), seq([pause(), note("goes on")]))]);
        let shields = act(Act::Shield("outer", act(Act::Shield("inner", body))));
        scheduled(cancel_scope("s", shields))
    };
    // The other one still holds it back.
    check(inner("outer"), returned(Value::Nil), &["goes on"]);
    check(inner("inner"), returned(Value::Nil), &["goes on"]);
    let both = restored_of(var("outer"), restored_of(var("inner"), seq([pause(), note("never")])));
    let shields = act(Act::Shield("outer", act(Act::Shield("inner", seq([cancel_it(), both])))));
    check(scheduled(cancel_scope("s", shields)), returned(Value::Nil), &[]);
}

#[test]
fn a_shield_is_captured_with_what_is_in_it() {
    let body = seq([op(PICK, 0), pause(), note("shielded")]);
    let program = cancel_scope("s", seq([put(9, var("s")), shield(body), note("after"), pause(), note("never")]));
    let parked = with(handler().raw(PICK, put(1, var("k"))), program);
    let later = bind(get(9), "s", seq([cancel_it(), bind(get(1), "k", resume(0)), note("done")]));
    check(scheduled_with_state(seq([parked, later, pure(1)])), returned(1), &["shielded", "after", "done"]);
}

#[test]
fn a_task_spawned_in_a_shield_is_not_shielded() {
    let task = noting_exit("closed", forever());
    let root =
        shield(bind(spawn(task), "t", seq([pause(), cancel(var("t")), catch(wait(var("t")), "e", pure(var("e")))])));
    check(scheduled(root), returned(CANCELLED), &["closed"]);
}

#[test]
fn a_shielded_task_is_waited_for_at_the_end() {
    let task = seq([shield(seq([pause(), pause(), note("shielded")])), note("after"), noting_exit("closed", pause())]);
    check(scheduled(seq([spawn(task), pause(), pure(5)])), returned(5), &["shielded", "after", "closed"]);
}
