//! Cleanup at work: `finally` blocks that perform, throw and abort while their program is being closed.

use doeff_vm_core::Fault;

use crate::ast::{Act, Handler, Program, Value};
use crate::build::*;
use crate::check::{check, faulted, returned, threw};

/// The body is ended by STOP while this cleanup waits.
pub(crate) fn cleaning(cleanup: Program) -> Program {
    finally(op(STOP, 0), cleanup)
}

pub(crate) fn stopping() -> Handler {
    handler().fin(STOP, noting("stopped", 9))
}

#[test]
fn cleanup_performs_under_the_handlers_that_stand_outside() {
    let body = cleaning(bind(op(PICK, 1), "a", note(var("a"))));
    let program = with(handler().fun(PICK, plain(add(var("x"), 1))), with(stopping(), body));
    check(program, returned(9), &["2", "stopped"]);
}

#[test]
fn cleanup_performs_under_the_handlers_inside_of_the_closed_body() {
    let body = with(handler().fun(PICK, plain(add(var("x"), 10))), cleaning(bind(op(PICK, 1), "a", note(var("a")))));
    check(with(handler().val(PICK, 0), with(stopping(), body)), returned(9), &["11", "stopped"]);
}

#[test]
fn cleanup_performs_under_the_handler_that_ends_the_body() {
    // The boundary is part of what is closed: its clauses still answer its own body's cleanup.
    let stop = handler().fin(STOP, plain(9)).val(PICK, 5);
    check(with(stop, cleaning(bind(op(PICK, 0), "a", note(var("a"))))), returned(9), &["5"]);
}

#[test]
fn cleanup_may_use_the_built_in_handlers() {
    let cleanup = seq([tell("bye"), modify(1, 1), bind(ask(1), "a", note(var("a")))]);
    let body = with(stopping(), cleaning(cleanup));
    let program = with(reader([(1, 5)]), with(state([(1, 1)]).showing(), with(writer().showing(), body)));
    let logged = values([9.into(), values(["bye".into()])]);
    check(program, returned(values([logged, values([values([1.into(), 2.into()])])])), &["5", "stopped"]);
}

#[test]
fn cleanup_may_call_programs_and_install_handlers() {
    let cleanup = seq([call(note("sub")), bind(with(handler().val(PICK, 4), op(PICK, 0)), "a", note(var("a")))]);
    check(with(stopping(), cleaning(cleanup)), returned(9), &["sub", "4", "stopped"]);
}

#[test]
fn cleanup_may_suspend_several_times_in_several_frames() {
    let inner = call(cleaning(seq([op(PICK, 0), note("1"), op(PICK, 0), note("2")])));
    let body = finally(inner, seq([op(PICK, 0), note("3")]));
    check(with(handler().val(PICK, 0), with(stopping(), body)), returned(9), &["1", "2", "3", "stopped"]);
}

#[test]
fn cleanup_under_every_kind_of_outer_clause_goes_on() {
    let cleanup = || cleaning(bind(op(PICK, 0), "a", note(var("a"))));
    let kinds = [
        handler().val(PICK, 1),
        handler().fun(PICK, plain(1)),
        handler().fun(PICK, pure(1)),
        handler().ctl(PICK, return_resume(1)),
        handler().ctl(PICK, bind(resume(1), "r", pure(var("r")))),
        handler().raw(PICK, return_resume(1)),
        handler().ctl(PICK, transfer("k", 1)),
    ];
    for outer in kinds {
        check(with(outer, with(stopping(), cleanup())), returned(9), &["1", "stopped"]);
    }
}

#[test]
fn an_error_of_cleanup_replaces_the_completion() {
    let body = || noting_exit("out", call(cleaning(throw("boom"))));
    check(with(handler().fin(STOP, noting("never", 9)), body()), threw("boom"), &["out"]);
    check(with(handler().ctl(STOP, pure(9)), body()), threw("boom"), &["out"]);
    check(with(handler().ctl(STOP, throw("first")), body()), threw("boom"), &["out"]);
    check(with(handler().fun(STOP, throwing("first")), body()), threw("boom"), &["out"]);
}

#[test]
fn the_last_error_of_cleanup_wins() {
    let body = finally(call(cleaning(throw("inner"))), throw("outer"));
    check(with(handler().ctl(STOP, pure(9)), body), threw("outer"), &[]);
}

#[test]
fn an_error_of_cleanup_is_not_caught_by_the_programs_around_it() {
    let body = catch(call(cleaning(throw("boom"))), "e", note("never"));
    check(with(handler().ctl(STOP, pure(9)), body), threw("boom"), &[]);
}

#[test]
fn an_error_of_cleanup_can_be_caught_in_the_same_program() {
    let body = catch(cleaning(throw("boom")), "e", seq([note("caught"), op(PICK, 0), note("dropped")]));
    let program = with(handler().val(PICK, 0), with(stopping(), seq([call(body), note("never")])));
    check(program, returned(9), &["caught", "dropped", "stopped"]);
}

#[test]
fn a_try_around_closed_programs_does_not_catch_their_cleanup() {
    let program =
        with(tries(), with(handler().ctl(STOP, pure(9)), seq([attempt(cleaning(throw("boom"))), note("never")])));
    check(program, threw("boom"), &[]);
}

#[test]
fn a_try_inside_of_cleanup_catches() {
    let cleanup = bind(attempt(throw("boom")), "r", note(var("r")));
    check(with(tries(), with(stopping(), cleaning(cleanup))), returned(9), &["Err(boom)", "stopped"]);
}

#[test]
fn an_unhandled_effect_of_cleanup_is_thrown_there() {
    check(with(stopping(), cleaning(op(PICK, 0))), faulted(Fault::UnhandledEffect), &[]);
    check(
        with(stopping(), cleaning(catch(op(PICK, 0), "e", note(var("e"))))),
        returned(9),
        &["UnhandledEffect", "stopped"],
    );
}

#[test]
fn cleanup_may_abort_to_an_outer_handler() {
    let outer = handler().fin(LOG, noting("outer", 7));
    let body = noting_exit("out", call(cleaning(noting_exit("cleanup", op(LOG, 0)))));
    let program = with(outer, noting_exit("between", with(handler().fin(STOP, noting("never", 9)), body)));
    check(program, returned(7), &["cleanup", "out", "between", "outer"]);
}

#[test]
fn cleanup_may_abort_to_an_inner_handler() {
    // The unwinding goes on from the inner boundary: what it would have given is dropped.
    let inner = handler().fin(LOG, noting("inner", 7));
    let body = noting_exit("out", with(inner, noting_exit("in", call(cleaning(noting_exit("cleanup", op(LOG, 0)))))));
    check(with(stopping(), body), returned(9), &["cleanup", "in", "inner", "out", "stopped"]);
}

#[test]
fn cleanup_may_end_the_body_once_more_and_both_final_clauses_run() {
    // The first of them installs a handler where the boundary stood, which must not make the machine forget it.
    let clause = || seq([note("final"), with(handler().val(PICK, 0), pure(9))]);
    let body = finally(op(STOP, 0), noting_exit("cleanup", op(STOP, 0)));
    check(with(handler().fin(STOP, clause()), body), returned(9), &["cleanup", "final", "final"]);
}

#[test]
fn an_error_of_cleanup_is_dropped_when_further_cleanup_ends_the_body_once_more() {
    // In one program and in two, because a call changes nothing but the depth.
    for inner in [cleaning(throw("boom")), call(cleaning(throw("boom")))] {
        check(with(stopping(), finally(inner, op(STOP, 0))), returned(9), &["stopped", "stopped"]);
    }
}

#[test]
fn an_error_of_cleanup_is_dropped_when_further_cleanup_ends_a_body_that_it_has_arrived_in() {
    // The handler is between the one that ends all and the cleanup.
    let between = || handler().fin(LOG, noting("between", 7));
    let body = finally(call(cleaning(throw("boom"))), op(LOG, 0));
    check(with(stopping(), with(between(), body)), returned(9), &["between", "stopped"]);
    let outside = finally(with(between(), call(cleaning(throw("boom")))), note("out"));
    check(with(stopping(), outside), threw("boom"), &["out"]);
}

#[test]
fn an_error_of_cleanup_goes_on_through_a_clause_that_answers_further_cleanup() {
    let body = finally(call(cleaning(throw("boom"))), op(PICK, 0));
    let caught = catch(resume(1), "e", seq([note(var("e")), throw(var("e"))]));
    check(with(stopping(), with(handler().ctl(PICK, caught), body.clone())), threw("boom"), &["boom"]);
    check(with(stopping(), with(handler().ctl(PICK, return_resume(1)), body)), threw("boom"), &[]);
}

#[test]
fn an_error_of_cleanup_is_kept_when_further_cleanup_aborts_inside_of_itself() {
    for inner in [cleaning(throw("boom")), call(cleaning(throw("boom")))] {
        let inside = with(handler().fin(LOG, noting("inside", 1)), op(LOG, 0));
        check(with(stopping(), finally(inner, inside)), threw("boom"), &["inside"]);
    }
}

#[test]
fn cleanup_that_aborts_drops_the_pending_error() {
    let outer = handler().ctl(LOG, pure(7));
    let program = with(outer, with(handler().ctl(STOP, throw("first")), cleaning(op(LOG, 0))));
    check(program, returned(7), &[]);
}

#[test]
fn cleanup_of_a_transferring_clause_performs_and_then_the_body_goes_on() {
    let clause = finally(transfer("k", 5), bind(op(LOG, 0), "a", note(var("a"))));
    let program = with(handler().val(LOG, 1), with(handler().ctl(PICK, clause), seq([op(PICK, 0), note("body")])));
    check(program, returned(Value::Nil), &["1", "body"]);
}

#[test]
fn a_transfer_whose_cleanup_throws_closes_the_continuation() {
    let clause = finally(transfer("k", 5), throw("boom"));
    check(with(handler().ctl(PICK, clause), noting_exit("body", op(PICK, 0))), threw("boom"), &["body"]);
}

#[test]
fn a_transfer_whose_cleanup_aborts_closes_the_continuation() {
    let clause = finally(transfer("k", 5), op(STOP, 0));
    let program = with(stopping(), with(handler().ctl(PICK, clause), noting_exit("body", op(PICK, 0))));
    check(program, returned(9), &["body", "stopped"]);
}

#[test]
fn a_delegation_whose_cleanup_throws_closes_the_continuation() {
    let clause = finally(delegate(), throw("boom"));
    let program = with(handler().val(PICK, 1), with(handler().ctl(PICK, clause), noting_exit("body", op(PICK, 0))));
    check(program, threw("boom"), &["body"]);
}

#[test]
fn a_delegation_whose_cleanup_aborts_closes_the_continuation() {
    let clause = finally(delegate(), op(STOP, 0));
    let body = with(handler().ctl(PICK, clause), noting_exit("body", op(PICK, 0)));
    check(with(stopping(), with(handler().val(PICK, 1), body)), returned(9), &["body", "stopped"]);
}

/// A parked continuation as `other`, and a clause that jumps there while its own body is still to be closed.
fn jumping(jump: Program, cleanup: Program) -> Program {
    let parked = with(handler().raw(PICK, seq([put(1, var("k")), pure(0)])), noting_exit("other", op(PICK, 0)));
    let clause = bind(get(1), "other", jump);
    let body = with(handler().ctl(LOG, clause), finally(op(LOG, 0), cleanup));
    with(state([]), bind(parked, "_", body))
}

#[test]
fn a_jump_elsewhere_whose_own_bodys_cleanup_throws_closes_where_it_would_have_gone() {
    for jump in [tail(resume_act("other", 5)), transfer("other", 5)] {
        check(jumping(jump, throw("boom")), threw("boom"), &["other"]);
    }
}

#[test]
fn a_jump_elsewhere_whose_own_bodys_cleanup_aborts_closes_where_it_would_have_gone() {
    for jump in [tail(resume_act("other", 5)), transfer("other", 5)] {
        check(with(stopping(), jumping(jump, op(STOP, 0))), returned(9), &["other", "stopped"]);
    }
}

#[test]
fn cleanup_that_uses_the_continuation_its_clause_jumps_to_is_refused() {
    for jump in [tail(resume_act("other", 5)), transfer("other", 5)] {
        let cleanup = bind(get(1), "k", catch(resume(1), "e", note(var("e"))));
        check(jumping(jump, cleanup), returned(5), &["OneShotViolation", "other"]);
    }
}

#[test]
fn cleanup_may_resume_a_parked_continuation() {
    let parked =
        with(handler().raw(PICK, seq([put(1, var("k")), pure(0)])), bind(op(PICK, 0), "a", pure(add(var("a"), 1))));
    let cleanup = bind(get(1), "k", bind(resume(4), "r", note(var("r"))));
    check(with(state([]), bind(parked, "_", with(stopping(), cleaning(cleanup)))), returned(9), &["5", "stopped"]);
}

#[test]
fn cleanup_may_discontinue_and_unwindings_nest() {
    let parked = with(handler().raw(PICK, seq([put(1, var("k")), pure(0)])), noting_exit("parked", op(PICK, 0)));
    let cleanup = bind(get(1), "k", seq([discontinue("k"), note("cleanup")]));
    check(
        with(state([]), bind(parked, "_", with(stopping(), cleaning(cleanup)))),
        returned(9),
        &["parked", "cleanup", "stopped"],
    );
}

#[test]
fn a_clause_closed_in_its_own_finally_may_decline_there() {
    let pick = handler().ctl(PICK, finally(op(STOP, 0), delegate()));
    let body = with(pick, noting_exit("body", bind(op(PICK, 0), "a", note(var("a")))));
    check(with(handler().val(PICK, 3), with(stopping(), body)), returned(9), &["3", "body", "stopped"]);
}

#[test]
fn a_clause_that_is_closed_with_a_program_of_its_own_does_not_decline_in_the_cleanup_of_that() {
    let clause = noting_exit("clause", call(finally(op(STOP, 0), delegate())));
    let body = with(handler().ctl(PICK, clause), noting_exit("body", op(PICK, 0)));
    check(with(handler().val(PICK, 3), with(stopping(), body)), returned(9), &["clause", "body", "stopped"]);
}

#[test]
fn a_continuation_parked_by_cleanup_and_resumed_later_answers_no_value() {
    // The raw clause takes the cleanup's effect; the unwinding ends without it; somebody resumes the cleanup later.
    let raw = handler().raw(PICK, seq([put(1, var("k")), pure(0)]));
    let body = with(raw, noting_exit("out", call(cleaning(seq([op(PICK, 0), note("cleanup")])))));
    let later = bind(get(1), "k", bind(resume(0), "r", pure(list([var("ended"), var("r")]))));
    let program = with(state([]), bind(with(stopping(), body), "ended", later));
    check(program, returned(values([9.into(), Value::Nil])), &["stopped", "cleanup", "out"]);
}

#[test]
fn a_returned_jump_in_cleanup_is_performed_and_its_result_dropped() {
    let cleanup =
        bind(get(1), "k", seq([op(PICK, 0), tail(Act::Resume { k: var("k"), value: 4.into(), throws: false })]));
    let parked = with(handler().raw(PICK, seq([put(1, var("k")), pure(0)])), bind(op(PICK, 0), "a", note(var("a"))));
    let body = with(stopping(), call(cleaning(cleanup)));
    check(with(state([]), bind(parked, "_", with(handler().val(PICK, 0), body))), returned(9), &["4", "stopped"]);
}
