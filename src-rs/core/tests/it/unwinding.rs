//! Abandonment: every frame of a body that nobody will resume is closed exactly once, innermost first.

use doeff_vm_core::{ClauseKind, Fault};

use crate::ast::{Act, Program, Value};
use crate::build::*;
use crate::check::{check, returned, threw};

/// Three programs deep, each noting its exit; the innermost performs.
fn nested(innermost: Program) -> Program {
    noting_exit("1", call(noting_exit("2", call(noting_exit("3", innermost)))))
}

/// Ends the handled body by every means there is; each gives 9.
fn ending() -> [crate::ast::Handler; 8] {
    [
        handler().fin(STOP, plain(9)),
        handler().fin(STOP, pure(9)),
        handler().ctl(STOP, pure(9)),
        handler().ctl(STOP, seq([discontinue("k"), pure(9)])),
        handler().ctl(STOP, catch(resume_throw("end"), "e", pure(9))),
        handler().catch_all(ClauseKind::Ctl, pure(9)),
        handler().ctl(STOP, call(seq([call(discontinue("k")), pure(9)]))),
        handler().ctl(STOP, finally(tail(Act::Pure(9.into())), pure(0))),
    ]
}

#[test]
fn every_frame_is_closed_once_innermost_first() {
    for handler in ending() {
        check(with(handler, nested(op(STOP, 0))), returned(9), &["3", "2", "1"]);
    }
}

#[test]
fn an_abandoned_body_is_closed_before_the_clauses_result_is_delivered() {
    let clause = seq([note("clause"), pure(9)]);
    let program =
        bind(with(handler().ctl(STOP, clause), nested(op(STOP, 0))), "r", seq([note("after"), pure(var("r"))]));
    check(program, returned(9), &["clause", "3", "2", "1", "after"]);
}

#[test]
fn a_clause_that_throws_closes_the_body_and_throws_at_its_boundary() {
    let body = catch(nested(op(STOP, 0)), "e", note("never"));
    let program = catch(with(handler().ctl(STOP, throw("boom")), body), "e", seq([note("after"), pure(var("e"))]));
    check(program, returned("boom"), &["3", "2", "1", "after"]);
}

#[test]
fn frames_under_inner_handlers_are_closed_too() {
    for handler in ending() {
        let body = noting_exit(
            "out",
            with(crate::build::handler().val(LOG, 0), with(state([]), noting_exit("in", op(STOP, 0)))),
        );
        check(with(handler, body), returned(9), &["in", "out"]);
    }
}

#[test]
fn return_clauses_of_closed_boundaries_do_not_run() {
    let inner = handler().val(LOG, 0).returns(noting("never", 0));
    check(with(handler().fin(STOP, plain(9)), with(inner, nested(op(STOP, 0)))), returned(9), &["3", "2", "1"]);
}

#[test]
fn a_generator_suspended_nowhere_near_a_finally_is_closed_silently() {
    check(with(handler().fin(STOP, plain(9)), seq([op(STOP, 0), note("never")])), returned(9), &[]);
}

#[test]
fn what_a_closed_program_returns_is_dropped() {
    let body = call(finally(op(STOP, 0), tail(Act::Pure(5.into()))));
    check(with(handler().fin(STOP, plain(9)), seq([body, note("never")])), returned(9), &[]);
}

#[test]
fn closing_a_clause_closes_the_body_it_owns() {
    // The PICK clause performs STOP: it is abandoned, and it owns the body that performed PICK.
    let pick = handler().ctl(PICK, noting_exit("clause", op(STOP, 0)));
    for handler in ending() {
        let handled = with(handler, noting_exit("middle", with(pick_again(&pick), nested(op(PICK, 0)))));
        check(handled, returned(9), &["clause", "3", "2", "1", "middle"]);
    }
}

/// The same clauses once more: handlers are not copied by the scripts' language.
fn pick_again(handler: &crate::ast::Handler) -> crate::ast::Handler {
    let clause = |clause: &crate::ast::Clause| crate::ast::Clause {
        effect: clause.effect,
        kind: clause.kind,
        body: clause.body.clone(),
    };
    crate::ast::Handler { clauses: handler.clauses.iter().map(clause).collect(), ..crate::build::handler() }
}

#[test]
fn closing_a_program_of_a_fun_clause_closes_the_body_that_awaits_its_answer() {
    let fun = handler().fun(PICK, noting_exit("answer", op(STOP, 0)));
    check(with(handler().fin(STOP, plain(9)), with(fun, nested(op(PICK, 0)))), returned(9), &["answer", "3", "2", "1"]);
}

#[test]
fn closing_a_chain_of_clauses_closes_each_body_behind_its_clause() {
    // Each clause performs the next effect from outside of its handler; the last one ends everything.
    let one = handler().ctl(PICK, noting_exit("pick", op(LOG, 0)));
    let two = handler().ctl(LOG, noting_exit("log", op(STOP, 0)));
    let body = with(two, noting_exit("b", with(one, noting_exit("a", op(PICK, 0)))));
    check(with(handler().fin(STOP, plain(9)), body), returned(9), &["log", "pick", "a", "b"]);
}

#[test]
fn closing_a_raw_clause_leaves_its_k_to_the_end_of_the_run() {
    let raw = handler().raw(PICK, noting_exit("clause", op(STOP, 0)));
    let program = seq([with(handler().fin(STOP, plain(0)), with(raw, nested(op(PICK, 0)))), note("end"), pure(9)]);
    check(program, returned(9), &["clause", "end", "3", "2", "1"]);
}

#[test]
fn raw_continuations_are_closed_at_the_end_youngest_first() {
    let raw = || handler().raw(PICK, pure(0));
    let program = seq([
        with(raw(), noting_exit("a", op(PICK, 0))),
        with(raw(), noting_exit("b", op(PICK, 0))),
        with(raw(), noting_exit("c", op(PICK, 0))),
        pure(9),
    ]);
    check(program, returned(9), &["c", "b", "a"]);
}

#[test]
fn raw_continuations_are_closed_at_the_end_of_a_run_that_throws() {
    let raw = handler().raw(PICK, pure(0));
    check(seq([with(raw, noting_exit("a", op(PICK, 0))), throw("boom")]), threw("boom"), &["a"]);
}

#[test]
fn an_error_of_cleanup_at_the_end_of_the_run_replaces_its_result_and_the_others_are_closed() {
    let raw = || handler().raw(PICK, pure(0));
    let program = || {
        [
            with(raw(), noting_exit("a", op(PICK, 0))),
            with(raw(), finally(op(PICK, 0), throw("boom"))),
            with(raw(), noting_exit("c", op(PICK, 0))),
        ]
    };
    let [a, b, c] = program();
    check(seq([a, b, c, pure(9)]), threw("boom"), &["c", "a"]);
    let [a, b, c] = program();
    check(seq([a, b, c, throw("first")]), threw("boom"), &["c", "a"]);
}

#[test]
fn a_raw_continuation_that_cleanup_parks_at_the_end_of_the_run_is_closed_too() {
    let raw = handler().raw(PICK, pure(0));
    let body = finally(op(PICK, 0), with(handler().raw(PICK, pure(0)), noting_exit("late", op(PICK, 0))));
    check(seq([with(raw, noting_exit("a", call(body))), pure(9)]), returned(9), &["a", "late"]);
}

#[test]
fn an_abort_goes_past_handlers_that_are_inside_of_it() {
    let outer = handler().fin(STOP, plain(9));
    let inner = handler().fin(STOP, plain(8));
    let body = noting_exit("out", bind(with(inner, nested(op(STOP, 0))), "r", seq([note(var("r")), op(STOP, 0)])));
    check(with(outer, body), returned(9), &["3", "2", "1", "8", "out"]);
}

#[test]
fn a_body_resumed_after_an_abort_of_its_clause_is_gone() {
    // The clause hands its k out and is aborted; the k was closed with it.
    let pick = handler().ctl(PICK, seq([put(1, var("k")), op(STOP, 0)]));
    let aborted = with(handler().fin(STOP, plain(0)), with(pick, nested(op(PICK, 0))));
    let program = seq([aborted, bind(get(1), "k", catch(resume(0), "e", pure(var("e"))))]);
    let expected = Value::Fault(Fault::OneShotViolation);
    check(with(state([]), program), returned(expected), &["3", "2", "1"]);
}

#[test]
fn built_in_layers_of_a_closed_body_are_gone() {
    let body = local([(1, 6.into())], listen(attempt(nested(op(STOP, 0)))));
    let under = |program| with(reader([(1, 5)]), with(writer(), with(tries(), program)));
    let program = seq([with(handler().fin(STOP, plain(0)), body), ask(1)]);
    check(under(program), returned(5), &["3", "2", "1"]);
}

#[test]
fn a_shown_store_of_a_closed_body_is_not_shown() {
    let body = with(writer().showing(), seq([tell("a"), op(STOP, 0)]));
    check(with(handler().fin(STOP, plain(9)), body), returned(9), &[]);
}
